"""How a goal says its program is started: each command it shows is tried, each page of a server it names is asked for.

Tried with made-up values, so no more is demanded than that the program does not break (no traceback, and for a page
the status 200), does not wait for input, and that commands said to print something print something.
"""

import ast
import re
import shlex
from collections.abc import Iterator, Sequence

from autogpt.agent.legible import legible
from autogpt.agent.programs.serving import CALLS, PORT, SERVER, in_address, listed, titled
from autogpt.agent.programs.trial import RUNS, SAMPLE
from autogpt.agent.programs.usage import COMMAND, arguments_of, explained, statuses
from autogpt.agent.reading.complaints import complaints
from autogpt.agent.reading.expected import ends, expected, says
from autogpt.agent.reading.filled import filled, real
from autogpt.agent.reading.misuse import misuse
from autogpt.agent.reading.wordings import wordings
from autogpt.core.check import Check, PageAnswers, PythonHolds
from autogpt.core.contracts import FileHead
from autogpt.core.task import Language

_MISSING = re.compile(
    r"(?<!not )(?<!never )(?<!instead of )(?<!rather than )(?<!no longer )(?<!without )\bexit\w*\b[^.;\n]{0,120}?\b(?P<code>[1-9])\s+(?:if|when)\s+(?:a|the|any|one)\s+(?:(?:input|given|named|source)\s+)?file\s+(?:does not exist|doesn['’]t exist|is missing|is not there|"
    r"cannot be (?:found|opened|read))|\b(?:if|when)\s+(?:a|the|any)\s+(?:(?:input|given|named|source)\s+)?file\s+(?:does not exist|doesn['’]t exist|is missing|is not there)[^.;]{0,160}\bexit\w*\s+(?:with\s+)?"
    r"(?:status|code)?\s*(?P<code2>[1-9])\b|文件不存在[^。；\n]{0,20}?(?:退出码|退出状态|返回码)(?:为|是)?\s*(?P<code3>[1-9])",
    re.I,
)
"""What exit status a program is to have for a file that is not there."""
_PAGE = re.compile(
    r"\bGET\s+`?(/[^\s`\"'，。；、,;()（）\u4e00-\u9fff]*)|访问\s*`?(/[^\s`\"'，。；、,;()（）\u4e00-\u9fff]*)"
)
_REFUSES = re.compile(
    r"\b[345]\d\d\b|\bredirect\w*|\berrors?\b|not found|\bforbid\w*|\bunauthori\w*|"
    r"\bpasswords?\b|\blog(?:ged)?[- ]?in\b|\bauth\w*|\btokens?\b|\badmins? only\b|错误|重定向|拒绝|禁止|登录|登陆|密码|权限|跳转|转到|认证",
    re.I,
)
_STDIN = re.compile(r"\bstdin\b|\bstandard input\b|\bpipe[ds]?\b|标准输入|管道", re.I)
_FAILS = re.compile(r"\btraceback\b|\w+Error\b|\braises?\b|\bcrash\w*|\bexception\b|抛出|异常", re.I)
_PRINTS = re.compile(r"\bprints\b|打印|输出(?!文件|到文件|目录)", re.I)
_SURELY = re.compile(
    r"[\"“「`]|\b(?:sum|total|count|number of|id|standard output|stdout|average|mean|greeting|hello)\b|总|数量|个数|编号|合计|平均|问候|标准输出",
    re.I,
)
_SOMETIMES = re.compile(
    r"\b(?:if|when|unless|otherwise|else|only|errors?|messages?|warnings?|stderr|that|which|whose|where|matching|each|every|"
    r"duplicates?|differ\w*)\b|时|如果|若|否则|错误|警告|包含|重复|匹配|每",
    re.I,
)
_ASKS = re.compile(
    r"\b(?:asks?|prompts?|interactive\w*|menu|enters?|type[sd]? in|games?|quiz\w*|guess\w*|players?|users? (?:answers|says|chooses|types)|"
    r"answers|replies|interviews?|chat)\b|询问|提示用户|交互|菜单|输入|游戏|猜|玩家|问答|测验|答题",
    re.I,
)
_MOST = 8
"""How many of the commands are tried."""


def started(goal: str, outputs: Sequence[str], files: Sequence[FileHead], language: Language) -> tuple[Check, ...]:
    """The checks for the programs among the outputs that the goal tells how to start."""
    goal = legible(goal)
    programs = [path for path in outputs if path.endswith(".py")]
    port = PORT.search(goal)
    if port and SERVER.search(goal):
        return _pages(goal, programs, int(port[1] or port[2]), files)
    if _STDIN.search(goal):
        return ()
    tried: list[list[str]] = []
    shown: list[tuple[str, list[str], str]] = []
    told: list[int] = []
    absent: list[list[str]] = []
    calls: list[tuple[str, str, list[str]]] = []
    for match in COMMAND.finditer(goal):
        file, rest = match["file"] or match["file2"], arguments_of(match)
        after = explained(match) or goal[match.end() :].lstrip("` ")
        clause = re.split(r"[;。；\n`]|\.\s", after.lstrip("\n"))[0]
        if file not in programs or _FAILS.search(clause):
            continue
        if (arguments := filled(goal, rest, files, language)) is not None and len(tried) < _MOST:
            clause = re.split(r"[;。；\n`]|\.\s", after)[0]
            shown.append(
                (f"{file} {rest}", [file, *arguments], re.split(r"[;。；\n]|\.\s+(?=[A-Z])|`python", after)[0])
            )
            says = _prints(clause, surely=real(arguments, files) or SAMPLE in arguments) or (
                len(shown) == 1 and _says_so(goal)
            )
            told += [len(tried)] if arguments and says and not _ASKS.search(goal) else []
            tried.append([file, *arguments])
            calls.append((file, rest, arguments))
        arguments = filled(goal, rest, files, language, file=_NOWHERE)
        if arguments and _NOWHERE in arguments:
            absent.append([file, *arguments])
    if SERVER.search(goal):
        return ()
    checks: list[Check] = []
    if tried:
        shown_as = "; ".join(shlex.join(["python", *command]) for command in tried)
        code = _TRIED.format(commands=tried, told=told)
        checks.append(PythonHolds(code=code, label=f"no traceback from: {shown_as}", source="goal"))
        checks += expected(goal, shown, {file.path for file in files})
        checks += misuse(goal, calls)
        checks += complaints(goal, calls)
        checks += wordings(goal, programs[0]) if len(programs) == 1 else []
        if _goes_well(goal):
            checks += [ends([command], 0) for command in tried if real(command[1:], files)]
        checks += _lines(shown, files)
    if len({tuple(command) for command in absent}) == 1 and (said := _MISSING.search(goal)):
        status = int(said["code"] or said["code2"] or said["code3"])
        label = f"exit status {status} from: {shlex.join(['python', *absent[0]])}"
        checks.append(PythonHolds(code=_ENDED.format(command=absent[0], status=status), label=label, source="goal"))
    return tuple(checks)


def commands_of(checks: Sequence[Check]) -> list[list[str]]:
    """The commands that the checks try, each as the words behind `python`."""
    for check in checks:
        if isinstance(check, PythonHolds) and (
            call := re.search(r"^wrong = tried\((\[.*\]), \[.*\]\)$", check.code, re.M)
        ):
            return [[str(word) for word in command] for command in ast.literal_eval(call[1])]
    return []


def _prints(clause: str, *, surely: bool = False) -> bool:
    """Whether the command is said to print something whatever happens: a sum, a number, words that are given.

    surely: it is tried on what is there, of which there is something to print.
    """
    return any(
        _PRINTS.search(part) and (surely or _SURELY.search(part)) and not _SOMETIMES.search(part)
        for part in re.split(r"[,，]", re.sub(r"\bnothing else\b", "", clause))
    )


def _lines(shown: Sequence[tuple[str, list[str], str]], files: Sequence[FileHead]) -> Iterator[PythonHolds]:
    """Checks for lines given as examples, whose words stand in the file that the command is tried on.

    As in 'prints the tasks, like "2. [x] call the plumber"', where the file holds '- [x] call the plumber'.
    """
    for _, command, clause in shown:
        given = next((file.head for file in files if file.path in command[1:]), "")
        match = _LIKE.search(clause)
        if match and given and real(command[1:], files) and not _SOMETIMES.search(clause[: match.start()]):
            example = match[1] or match[2]
            words = re.search(r"[^\W\d]\w*(?:[ ,][^\n]*)?$", example)
            if words and len(words[0]) > 5 and words[0] in given:
                yield says([command], example)


_LIKE = re.compile(
    r"\bprints\b[^\n]*?\blike\s+[\"“`]([^\"”`\n]{6,80})[\"”`]|打印[^\n]*?(?:如|例如)[“\"`]([^”\"`\n]{6,80})[”\"`]"
)


def _says_so(goal: str) -> bool:
    """Whether the goal says apart from the command what the program prints: 'It prints CSV on standard output'."""
    return any(_prints(match[0]) for match in re.finditer(r"(?:^|[-*] |\. |\n)(?:It )?[Pp]rints\b[^.;\n]*", goal))


def _goes_well(goal: str) -> bool:
    """Whether a command on files that are there ends well: it has one other status at most, for what is not there."""
    told = re.findall(r"[^.;。；]*(?:\bexit\w*|\bstatus|退出码|返回码|退出状态)[^.;。；]*", goal, re.I)
    return len(statuses(goal)) < 2 and all(_ABSENT.search(sentence) for sentence in told)


_ABSENT = re.compile(
    r"\bnot exist|\bn['’]t exist|\bmissing\b|\bunknown\b|\bno such\b|\bnot found\b|\bhas no\b|\bthere is no\b|不存在|找不到|没有",
    re.I,
)


_NOWHERE = "no-such-file.txt"


def _pages(goal: str, programs: Sequence[str], port: int, files: Sequence[FileHead]) -> tuple[Check, ...]:
    if len(programs) != 1 or not 1_024 <= port <= 65_535:
        return ()
    if CALLS.search(goal) or any(arguments_of(match) for match in COMMAND.finditer(goal)):
        return ()
    pages: dict[str, str] = {}
    for match in _PAGE.finditer(goal):
        clause = _CLAUSE.split(goal[match.end() :])[0]
        address = (match[1] or match[2]).rstrip(".:!?")
        if "?" in address:
            place = re.match(r"[\u4e00-\u9fff]*", goal[match.end() :])
            address = in_address(address + (place[0] if place else ""), goal, files)
        if address and not re.search(r"[<{:*\[](?!$)", address) and not _REFUSES.search(clause):
            pages.setdefault(address, "" if "api" in address else listed(clause, goal, files) or titled(clause))
    return tuple(
        PageAnswers(command=f"python3 {programs[0]}", port=port, path=path, contains=contains, source="goal")
        for path, contains in list(pages.items())[:3]
    )


_CLAUSE = re.compile(
    r"[;。；\n]|\.\s|\bGET\b|\bPOST\b|访问|，(?=没有|其他|否则|若|如果)|,\s*(?:and\s+)?(?=any\b|every\b|all other|otherwise|if\b|unless\b)"
)


_TRIED = f"""{RUNS}\
def tried(commands, told):
    said = ''
    for number, done in enumerate(runs(commands)):
        if done is None:
            return ''
        shown = 'python ' + ' '.join(commands[number])
        ends = done.stderr.rstrip().rpartition('\\n')[2]
        if ends.startswith('EOFError') and told:
            return shown + ' waits for input, but all it needs is in its arguments (sys.argv)'
        if 'Traceback (most recent call last)' in done.stderr and not ends.startswith('EOFError'):
            return shown + ' breaks: ' + done.stderr[-700:]
        if number in told and '[Errno ' in done.stdout:
            return shown + ' only prints that it broke: ' + done.stdout[-300:]
        said += done.stdout if number in told else ''
    return '' if said.strip() or not told else 'nothing is printed by: ' + '; '.join(
        'python ' + ' '.join(commands[number]) for number in told)

wrong = tried({{commands!r}}, {{told!r}})
if wrong:
    raise AssertionError(wrong)"""

_ENDED = """\
import subprocess, sys
done = subprocess.run([sys.executable, *{command!r}], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=10)
assert done.returncode == {status}, f'the exit status is {{done.returncode}} instead of {status}'"""
