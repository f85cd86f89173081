"""The messages of a turn: the first prompt of an attempt, the next file, the round of repair."""

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import PurePosixPath

from autogpt.agent.credit import says_changed
from autogpt.agent.programs.loading import loading
from autogpt.agent.programs.oddities import capitals, oddities
from autogpt.agent.prompts import Prompts, prompts
from autogpt.agent.reading.compile import is_prose
from autogpt.agent.reading.duplicates import twins
from autogpt.agent.reading.mentions import is_test
from autogpt.agent.reading.orders import writes_anew
from autogpt.agent.reading.shape import DECIMALS
from autogpt.agent.window import cap, fence, show
from autogpt.core.action import Observation
from autogpt.core.check import CheckResult, describe, path_of
from autogpt.core.contracts import FileHead, Survey
from autogpt.core.message import Message
from autogpt.core.plan import Item
from autogpt.core.run import Run, Step
from autogpt.core.strategy import Strategy
from autogpt.core.verdict import Verdict


def first(
    run: Run,
    item: Item,
    strategy: Strategy,
    survey: Survey,
    target: str,
    stands: Verdict | None = None,
    broke: str = "",
) -> tuple[Message, ...]:
    """System and user message that open an attempt: folder, task, what fails so far, what to answer with.

    stands: the verdict on the folder as it is now, where code is mended; on the last answer, where it is given anew.
    broke: how the last program broke off; then nothing else of it is news, for what it would have made is not there.
    """
    say = prompts(run.task.language)
    room = run.profile.window - 2 * run.profile.step_tokens - 1_200
    budget = max(200, min(room, 3_000 if run.profile.small else 12_000))
    named = (*item.delivers, *_paths(item), *_mentioned(item.goal, survey))
    asks = [f.head for f in survey.files if f.path in named and len(f.head) < 2_000]
    about = "\n".join([item.goal, *asks]) if item.recipe == "prose" else ""
    parts = [say.task.format(goal=item.goal.strip())]
    if survey.files or item.recipe != "prose":  # told of an empty folder, a model writes that into its letter
        parts.insert(0, show(survey, named, budget, say, about))
    if seen := "\n".join(cap(o.content, 2_000) for o in run.looked if o.ok and o.tool == "run_python"):
        parts.insert(len(parts) - 1, say.looked.format(seen=seen))
    if run.answers:
        parts.append(say.answers.format(answers="\n".join(f"- {q}\n  {a}" for q, a in run.answers)))
    if item.done_before:
        parts.append(say.done_so_far.format(work=item.done_before))
    if extra := _demands(item, run):
        parts.append(say.checks.format(checks=extra))
    begun = loading(item, to_read(item, survey)) if run.profile.small and strategy.format == "script" else ""
    if odd := _odd(run, item, survey, target, begun):
        parts.append(say.data.format(lines=odd))
    parts.append(_instruction(run, item, strategy, survey, target, begun))
    if broke:
        parts.append(say.broke.format(error=broke))
    elif stands and (stands.failing or stands.findings):
        # What is new comes last: all before it is in the engine's cache from the attempt before. Of code that is there
        # to be mended it is what the first attempt begins with.
        parts.insert(len(parts) - (item.recipe == "fix"), _so_far(run, item, stands, say))
    system = _system(item, strategy, target, say)
    return (Message(role="system", content=system), Message(role="user", content="\n\n".join(parts)))


def _so_far(run: Run, item: Item, stands: Verdict, say: Prompts) -> str:
    """What is wrong with the code as it is, or was with the last answer."""
    parts: list[str] = []
    if item.recipe == "fix" and stands.findings:
        parts.append(say.findings.format(findings="\n".join(stands.findings[:6])))
    told = [result for result in stands.failing if not says_changed(result)]
    again = run.profile.small and bool(run.attempt_on(item.name))
    lines = [] if item.recipe == "fix" else [f"- {line}" for line in stands.findings[:6]]
    if stands.failing:
        lines.append(evidence(told or stands.failing, focus=again))
    if lines:
        parts.append((say.failed if item.recipe == "fix" else say.beware).format(evidence="\n".join(lines)))
    return "\n\n".join(parts)


def _system(item: Item, strategy: Strategy, target: str, say: Prompts) -> str:
    if strategy.format in ("native", "schema"):
        return say.system_tools
    if strategy.format == "files":
        return say.system_prose if item.recipe == "prose" or is_prose(target, item.goal) else say.system_files
    return say.system_script


def _instruction(run: Run, item: Item, strategy: Strategy, survey: Survey, target: str, begun: str) -> str:
    say = prompts(run.task.language)
    match strategy.format:
        case "files" | "function" | "answers":
            return _write(run, target, {file.path for file in survey.files}, item, say)
        case "script":
            # Of an empty folder a small model that is told to open files opens the folder.
            return " ".join([say.write_program if survey.files else say.write_alone, *_hints(item, survey, begun, say)])
        case "schema" | "native" | "query":
            return say.tools_turn


_COUNTS = re.compile(
    r"\b(?:how often|frequen\w+|most (?:often|common|requested|used|popular)|(?:requested|used|sold|ordered) most)\b|"
    r"\boccurrences?\b|次数|频率|出现最多|最常",
    re.I,
)
_INTO_FOLDERS = re.compile(
    r"\b(?:move|copy|sort|put|organi[sz]e)\b[^.;\n]{0,80}\b(?:into|in|to)\b[^.;\n]{0,60}\b(?:sub)?(?:folders?|director\w+)\b|"
    r"\b(?:sub)?folders? (?:for|per|by|named)\b|\bfolder for each\b|"
    r"(?:移到|移动到|放到|放进|归到|复制到)[^。；\n]{0,30}(?:文件夹|目录)",
    re.I,
)
_WORDS = re.compile(r"\bwords\b[^.;]{0,120}\bpunctuation\b|\bpunctuation\b[^.;]{0,60}\bwords\b", re.I)
_HAN = re.compile(r"\bchinese characters?\b|汉字|中文字符", re.I)
_LATER = re.compile(
    r"\b(?:days?|weeks?)\s+(?:after|before|later|earlier|from|until|till|between|since|old|overdue|late)\b|\b(?:due|overdue|deadlines?|expir\w+)\b|"
    r"\b(?:number of|how many) days\b|\bdays (?:left|allowed)|天(?:后|前|内|数)|到期|逾期|相差|相隔|间隔",
    re.I,
)
_YEAR = re.compile(r"(?<=\bin )(?:19|20)\d\d\b(?!-)|(?:19|20)\d\d(?=\s*年(?!\s*\d))")
_OLDEST = re.compile(
    r"\b(?:oldest|earliest)(?: \w+)? first\b|\bfrom the oldest\b|从早到晚|(?:最早|早)的(?:排)?在前", re.I
)
_DEEP = re.compile(r"\b(?:subfolders?|sub-?director\w+|recursive\w*|nested|inside)\b|子文件夹|子目录|递归|各级", re.I)


def _hints(item: Item, survey: Survey, begun: str, say: Prompts) -> list[str]:
    """What programs for such a folder and goal get wrong most, said beforehand; only where it applies.

    begun: the lines that the program begins with.
    """
    tables = [f.path for f in survey.files if f.path.lower().endswith(".csv") and f.head]
    named = any(path in item.goal or PurePosixPath(path).name in item.goal for path in tables)
    others = [f for f in survey.files if f.head and f.path not in tables]
    deep = any("/" in f.path for f in survey.files) and _DEEP.search(item.goal)
    if begun:
        by = say.number_hint.replace("float", "number()") if "def number" in begun else say.number_hint
        found = [say.begun_hint] + ([by] if "csv." in begun else [])
    else:
        found = [say.csv_hint] if tables and (named or not others) else []
    found += [say.deep_hint] if deep else []
    found += [say.count_hint] if _COUNTS.search(item.goal) else []
    found += [say.words_hint] if _WORDS.search(item.goal) else []
    found += [say.han_hint] if _HAN.search(item.goal) else []
    texts = [path for path in item.delivers if path.lower().endswith((".csv", ".tsv", ".md", ".txt", ".html"))]
    found += [say.decimals_hint] if texts and DECIMALS.search(item.goal) else []
    dated = any(re.search(r"\b\d{4}-\d\d-\d\d\b", f.head) for f in survey.files)
    found += [say.dates_hint] if dated and _LATER.search(item.goal) else []
    kept = any(f.path.lower().endswith((".db", ".sqlite", ".sqlite3")) for f in survey.files)
    year = _YEAR.search(item.goal) if kept else None
    found += [say.years_hint.format(year=year[0])] if year else []
    found += [say.oldest_hint] if dated and _OLDEST.search(item.goal) else []
    found += [say.html_hint] if any(path.endswith((".html", ".htm")) for path in item.delivers) else []
    made = () if any(c.kind == "file_absent" for c in item.checks) else item.checks  # else files are moved there
    folders = {f"{PurePosixPath(c.path).parent}/": None for c in made if c.kind == "file_exists" and "/" in c.path}
    results = [*item.delivers, *(folder for folder in folders if not any(p.startswith(folder) for p in item.delivers))]
    found += [say.moves_hint] if folders or _INTO_FOLDERS.search(item.goal) else []
    return [*found, say.results_hint.format(paths=", ".join(results))] if results else found


def _odd(run: Run, item: Item, survey: Survey, target: str, begun: str) -> str:
    """What is odd in the data that a program of a small model is to read."""
    if not run.profile.small or not (item.recipe == "program" or (item.recipe == "code" and target.endswith(".py"))):
        return ""
    named = set(_mentioned(item.goal, survey))
    files = [file for file in survey.files if file.path in named] or survey.files
    lines = [line for file in files[:40] if file.head and (line := oddities(file, run.task.language, begun))]
    if item.recipe == "program" and (line := twins(item.goal, survey.files, run.task.language)):
        lines.insert(0, line)
    if item.recipe == "program" and (line := capitals(survey.files, run.task.language)):
        lines.append(line)
    return "\n".join(f"- {line}" for line in lines[:4])[:1_200]


def _write(run: Run, target: str, there: set[str], item: Item, say: Prompts) -> str:
    if item.recipe == "prose":
        asked = any(
            c.kind == "written_in" and c.path == target and c.language != run.task.language for c in item.checks
        )
        return (say.write_file if asked else say.write_prose).format(path=target)
    told = (say.rewrite_file if target in there else say.write_file).format(path=target)
    if target.endswith(".py") and target not in there:
        hints = ((say.words_hint, _WORDS), (say.han_hint, _HAN))
        told = " ".join([told, *(hint for hint, when in hints if when.search(item.goal))])
    return told


def _demands(item: Item, run: Run) -> str:
    """The checks that the goal's words do not show: the user's own, and the tests that are there."""
    told = [describe(check) for check in item.checks if check.source in ("user", "workspace")]
    return "\n".join(f"- {line}" for line in told if line not in run.task.goal)[:2_000]


def _paths(item: Item) -> tuple[str, ...]:
    return tuple(path for check in item.checks if (path := path_of(check)))


def _mentioned(goal: str, survey: Survey) -> tuple[str, ...]:
    return tuple(f.path for f in survey.files if f.path in goal or PurePosixPath(f.path).name in goal)


def next_target(run: Run, item: Item, strategy: Strategy, *, fresh: bool = False, repair: bool = False) -> str:
    """The file this turn writes: the next unwritten one, or in a repair the one the evidence blames."""
    if strategy.format != "files" or not item.delivers:
        return ""
    if item.recipe == "fix" or repair:
        return blamed(run, item)
    if fresh:
        return item.delivers[0]
    written = {step.target for step in run.attempt if step.actions}
    waiting = [path for path in item.delivers if path not in written]
    return waiting[0] if waiting else blamed(run, item)


_STARTED = re.compile(
    r"\b(?:(?:is|be|when|if|to|and|can|i|we|you) run|runs? (?:it|as|with|from|by|like|python)|print|prints|printed|"
    r"outputs?|command|cli|argparse|arguments?|argv|script|program|stdin|usage|main|server|serves?|starts?|interactive|prompts?|demo\w*|"
    r"self-?tests?|asserts|usage example)\b|__main__|运行|打印|输出|命令|脚本|程序|参数|服务|启动|演示|示例|自测",
    re.I,
)
"""Words of goals whose module is also started, not only imported."""


def is_library(item: Item, path: str) -> bool:
    """Whether the file is a new module of which the goal wants functions or classes and nothing that is started."""
    module = path.removesuffix(".py").replace("/", ".")
    wanted = any(c.kind == "python_holds" and c.code.startswith(f"from {module} import ") for c in item.checks)
    return wanted and is_new(item, path) and not is_test(path) and not item.then and _STARTED.search(item.goal) is None


def is_new(item: Item, path: str) -> bool:
    """Whether the file is to be made, and not one that is there to be changed."""
    return all(check.kind != "python_holds" or check.label != f"{path} has changed" for check in item.checks)


def to_read(item: Item, survey: Survey) -> list[FileHead]:
    """The files that a program may need to read; what is left of an earlier result would be added to."""
    gone = item.delivers if writes_anew(item.goal) else ()
    return [file for file in survey.files if file.path not in gone]


def blamed(run: Run, item: Item) -> str:
    """The file that the failing checks speak of most; those already rewritten in this attempt come last."""
    told = "\n".join(f"{describe(r.check)}\n{r.evidence}" for r in run.verdict.failing) if run.verdict else ""
    findings = "\n".join(run.verdict.findings) if run.verdict else ""
    done = [step.target for step in run.attempt if step.actions]

    def weight(path: str) -> tuple[int, int, int]:
        stem = PurePosixPath(path).stem
        seen = 3 * (findings.count(path)) + told.count(PurePosixPath(path).name) + told.count(f"{stem}.")
        return (is_test(path), done.count(path) if item.recipe == "fix" else 0, -seen)

    return min(item.delivers, key=weight)


def next_file(run: Run, strategy: Strategy, target: str) -> tuple[Message, ...]:
    """What follows a turn that went well so far: the next file, or the results of the tool calls."""
    say = prompts(run.task.language)
    last = run.steps[-1]
    if strategy.format == "files":
        return (Message(role="user", content=say.write_file.format(path=target)),)
    results = _results(last, strategy, say)
    if last.verdict and last.verdict.failing:
        results = (
            *results,
            Message(role="user", content=say.continue_tools.format(evidence=evidence(last.verdict.failing))),
        )
    return results or (Message(role="user", content=say.tools_turn),)


def _results(step: Step, strategy: Strategy, say: Prompts) -> tuple[Message, ...]:
    if strategy.format == "native":
        called = {action.id for action in step.reply.actions} if step.reply else set[str]()
        seen = [one for one in step.observations if one.action_id in called]
        return tuple(Message(role="tool", content=one.content, action_id=one.action_id) for one in seen)
    told = [(say.output if o.ok else say.error).format(output=cap(o.content, 3_000)) for o in step.observations]
    return (Message(role="user", content="\n".join(told)),) if told else ()


def again(run: Run, strategy: Strategy, target: str) -> tuple[Message, ...]:
    """A round of repair: what came of the last answer, what fails and why, and the call for a corrected one."""
    say = prompts(run.task.language)
    last = run.steps[-1]
    parts: list[str] = [say.circles] if last.change and last.change.stuck else []
    if broke := why_broken(last.observations):
        parts.append(say.error.format(output=broke))
    if last.verdict:
        if last.verdict.findings:
            parts.append(say.findings.format(findings="\n".join(last.verdict.findings[:6])))
        if last.verdict.failing:
            parts.append(say.failed.format(evidence=evidence(last.verdict.failing, focus=run.profile.small)))
    match strategy.format:
        case "files" | "function" | "answers" | "script" | "query":
            parts.append(say.again_file.format(path=target))
        case "schema" | "native" if not last.actions:
            parts.append(say.no_action)
        case "schema" | "native":
            pass
    results = _results(last, strategy, say) if strategy.format == "native" else ()
    return (*results, Message(role="user", content="\n\n".join(parts) or say.tools_turn))


def better_anew(run: Run, item: Item) -> bool:
    """Whether a small model mends its last answer better without having it before its eyes.

    A text that is merely not what was asked it copies; told beforehand what went wrong, it writes something else.
    """
    last = run.steps[-1]
    prose = last.strategy.format == "files" and item.recipe == "prose"
    return run.profile.small and bool(last.actions) and last.verdict is not None and prose


def why_broken(observations: Sequence[Observation]) -> str:
    """The last lines of what a program said that was run and broke off; '' where none did."""
    ran = [one for one in observations if one.tool in ("run_python", "run_command")]
    if not ran or ran[-1].ok:
        return ""
    lines = [line for line in ran[-1].content.splitlines() if line.strip(" ~^") and not line.startswith("[")]
    frames = [at for at, line in enumerate(lines) if re.match(r'  File "(?:program\.py|/workspace/)', line)]
    own = frames[-1] + (ran[-1].tool == "run_python") if frames else 0
    return cap("\n".join(line.strip() for line in lines[own:]), 600)


_TEST_LINE = re.compile(r"^\S+::\S+: ", re.M)


def failures(seen: str) -> list[str]:
    """What was seen of each failing test by itself; all of it as one where no tests are named."""
    starts = [found.start() for found in _TEST_LINE.finditer(seen)]
    return [seen[a:b].rstrip() for a, b in pairwise([*starts, len(seen)])] or [seen]


def evidence(failing: Sequence[CheckResult], most: int = 2_400, *, focus: bool = False) -> str:
    """The failing checks with what was seen, the most telling first, capped.

    focus: of failing tests only the first.
    """
    lines: list[str] = []
    each = max(300, most // max(1, len(failing[:5])))
    for result in failing[:5]:
        seen = "" if says_changed(result) else result.evidence.strip()
        seen = cap(failures(seen)[0] if focus else seen, each)
        lines.append(
            f"- {describe(result.check)}" + (f"\n{fence(seen)}" if "\n" in seen else f": {seen}" if seen else "")
        )
    if len(failing) > 5:
        lines.append(f"- (+{len(failing) - 5})")
    return "\n".join(lines)
