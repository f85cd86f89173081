"""How a goal says its program is started: each command it shows is tried, each page of a server it names is asked for.

Tried with made-up values, so no more is demanded than that the program does not break (no traceback, and for a page
the status 200), does not wait for input, and that commands said to print something print something.
"""

import ast
import re
import shlex
from collections.abc import Sequence

from autogpt.agent.legible import legible
from autogpt.agent.programs.oddities import table_of
from autogpt.agent.programs.serving import CALLS, PORT, SERVER, in_address, listed
from autogpt.agent.programs.trial import AMOUNT, NUMBER, RUNS
from autogpt.agent.programs.usage import COMMAND, arguments_of
from autogpt.agent.reading.expected import expected
from autogpt.agent.reading.misuse import misuse
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
_VALUES = (
    (re.compile(r"N|NUM\w*|COUNT|INT\w*|INDEX|ID|TOP|数字|整数|序号|编号|数量"), NUMBER),
    (re.compile(r"AMOUNT|PRICE|FLOAT|VALUE|金额|价格"), AMOUNT),
    (re.compile(r"DATE|DAY|日期"), "2025-01-31"),
)
_TEXT = re.compile(
    r"(?:\w+_)?(?:NAME|TITLE|TEXT|WORDS?|NOTE|CATEGORY|MESSAGE|DESCRIPTION|TASK|CITY|ITEM|QUERY|SENTENCE|AUTHOR|TAG)|"
    r"文字|文本|备注|类别|任务|城市|描述|标签|[\u4e00-\u9fff]{1,4}(?:名|名字|名称|标题|内容|作者)|名字|名称|标题|内容|作者"
)
_STDIN = re.compile(r"\bstdin\b|\bstandard input\b|\bpipe[ds]?\b|标准输入|管道", re.I)
_FAILS = re.compile(r"\btraceback\b|\w+Error\b|\braises?\b|\bcrash\w*|\bexception\b|抛出|异常", re.I)
_PRINTS = re.compile(r"\bprints\b|打印|输出(?!文件|到文件|目录)", re.I)
_SURELY = re.compile(
    r"[\"“「`]|\b(?:sum|total|count|number of|id|average|mean|greeting|hello)\b|总|数量|个数|编号|合计|平均|问候", re.I
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
_COLUMN = re.compile(r"COL(?:UMN)?|FIELD|列名?|字段")
_FILE = re.compile(r"(?:IN|INPUT)?_?(?:FILE|PATH)(?:NAME)?|INPUT|文件名?|路径")
_PLACE = re.compile(r"[A-Z][A-Z_]*|<[^<>]+>|\{[^{}]+\}|[\u4e00-\u9fff]+")


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
    filled: list[tuple[str, str, list[str]]] = []
    for match in COMMAND.finditer(goal):
        file, rest = match["file"] or match["file2"], arguments_of(match)
        if file not in programs or _FAILS.search(re.split(r"[;。；\n`]|\.\s", goal[match.end() :].lstrip("\n"))[0]):
            continue
        if (arguments := _filled(goal, rest, files, language)) is not None and len(tried) < _MOST:
            after = goal[match.end() :].lstrip("` ")
            clause = re.split(r"[;。；\n`]|\.\s", after)[0]
            shown.append(
                (f"{file} {rest}", [file, *arguments], re.split(r"[;。；\n]|\.\s+(?=[A-Z])|`python", after)[0])
            )
            told += [len(tried)] if arguments and _prints(clause) and not _ASKS.search(goal) else []
            tried.append([file, *arguments])
            filled.append((file, rest, arguments))
        arguments = _filled(goal, rest, files, language, file=_NOWHERE)
        if arguments and _NOWHERE in arguments:
            absent.append([file, *arguments])
    if SERVER.search(goal):
        return ()
    checks: list[Check] = []
    if tried:
        calls = "; ".join(shlex.join(["python", *command]) for command in tried)
        code = _TRIED.format(commands=tried, told=told)
        checks.append(PythonHolds(code=code, label=f"no traceback from: {calls}", source="goal"))
        checks += expected(goal, shown, empty=not files)
        checks += misuse(goal, filled)
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


def _prints(clause: str) -> bool:
    """Whether the command is said to print something whatever happens: a sum, a number, words that are given."""
    return any(
        _PRINTS.search(part) and _SURELY.search(part) and not _SOMETIMES.search(part)
        for part in re.split(r"[,，]", clause)
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
            pages.setdefault(address, "" if "api" in address else listed(clause, goal, files))
    return tuple(
        PageAnswers(command=f"python3 {programs[0]}", port=port, path=path, contains=contains, source="goal")
        for path, contains in list(pages.items())[:3]
    )


_CLAUSE = re.compile(
    r"[;。；\n]|\.\s|\bGET\b|\bPOST\b|访问|，(?=没有|其他|否则|若|如果)|,\s*(?:and\s+)?(?=any\b|every\b|all other|otherwise|if\b|unless\b)"
)


def _filled(goal: str, rest: str, files: Sequence[FileHead], language: Language, file: str = "") -> list[str] | None:
    """The arguments with values for their placeholders; optional ones left out. None where none can be made up.

    file: what to put for a file; one that is there if empty.
    """
    rest = re.sub(r"\[[^\[\]]*\]", " ", rest)
    try:
        words = shlex.split(rest)
    except ValueError:
        return None
    made: list[str] = []
    there = {file.path for file in files}
    tables = {file.path: table.head for file in files if file.path.endswith(".csv") and (table := table_of(file))}
    column = next((name for file in files if file.path in tables and (name := _numeric(file))), "")
    for word in words:
        if re.fullmatch(r"[a-z]+(?:\|[a-z]+)+", word):
            made.append(word.partition("|")[0])
            continue
        if _PLACE.fullmatch(word.strip("'").upper()) and not _PLACE.fullmatch(word) and _is_name(word.upper()):
            return None  # a placeholder in small letters, or a word
        if re.search(r"\.[a-z]\w{0,4}$", word) and not word.startswith("-") and word not in there:
            return None  # a file that may be there when it is used
        if word in ("|", ">", "<", ">>", "&&", "...", "…"):
            return None
        if not _PLACE.fullmatch(word):
            made.append(word)
            continue
        name = word.strip("<>{}").upper()
        if _FILE.fullmatch(name):
            given = _given(goal, files)
            if not given and not file:
                return None
            made.append(file or given)
        else:
            value = next((value for pattern, value in _VALUES if pattern.fullmatch(name)), "")
            value = column if _COLUMN.fullmatch(name) else value
            if not value and (_COLUMN.fullmatch(name) or not _TEXT.fullmatch(name)):
                return None
            made.append(value or ("示例" if language == "zh" else "sample"))
    return made


_KINDS = {
    "csv": r"\bcsv\b|tables?\b|\bcolumns?\b|列",
    "json": r"\bjson\b",
    "md": r"\bmarkdown\b",
    "log": r"\blogs?\b|日志",
    "txt": r"\btexts?\b|\bwords?\b|\blines?\b|文本|单词|行",
}


def _given(goal: str, files: Sequence[FileHead]) -> str:
    """The file to start the program with: the one there is, or the one of the kind that the goal speaks of."""
    there = [f.path for f in files if f.head and not f.path.endswith(".py")]
    kinds = {path.rpartition(".")[2].lower() for path in there}
    if len(kinds) < 2:
        return there[0] if there else ""
    said = [kind for kind, words in _KINDS.items() if kind in kinds and re.search(words, goal, re.I)]
    return next(path for path in there if path.lower().endswith(said[0])) if len(said) == 1 else ""


def _numeric(file: FileHead) -> str:
    """The last column all of whose cells are numbers."""
    table = table_of(file)
    names = enumerate(table.head) if table else ()
    found = [
        name.strip()
        for at, name in names
        if table
        and (cells := [c for c in table.column(at) if c.strip()])
        and all(re.fullmatch(r"-?\d+(?:\.\d+)?", c) for c in cells)
    ]
    return found[-1] if found else ""


def _is_name(word: str) -> bool:
    return bool(
        _FILE.fullmatch(word) or re.search(r"(?:^|_)(?:FILE|PATH|DATE|FOLDER|DIR|URL|NUMBER|AMOUNT|ID)(?:NAME)?$", word)
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
