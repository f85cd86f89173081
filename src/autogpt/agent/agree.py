"""Agreement between independent answers: the check for what no given check can see.

When everything that can be run passes but little of the result was pinned down, a second answer is drawn and both are
run: functions on inputs of the kind they take, programs that are called with what the goal shows, others on the folder.
Equal results settle it; otherwise
that answer of three is taken whose files or calls agree most with the others' (minimum Bayes risk by execution; Shi et
al. 2022, arXiv:2204.11454).
"""

import ast
import re
from collections import Counter
from collections.abc import Sequence

from autogpt.agent.programs.probes import CALLS, COMMANDS, FILES, POINTS
from autogpt.agent.reading.inputs import pools
from autogpt.agent.reading.started import commands_of
from autogpt.agent.small import by_small_changes
from autogpt.core.action import PROBE, Action
from autogpt.core.check import (
    Check,
    CheckResult,
    CommandSucceeds,
    FileExists,
    Judged,
    PageAnswers,
    PythonHolds,
    TestsPass,
    ValueAt,
)
from autogpt.core.plan import Item
from autogpt.core.run import Run, Step
from autogpt.core.task import Language


def loose(item: Item) -> bool:
    """Whether the checks leave the result open enough that a second answer is worth its price."""
    count = pinned(item)
    if item.recipe == "code":
        module = len(item.delivers) == 1 and item.delivers[0].endswith(".py")
        # Where an example of the goal held, a second answer changed what was taken in none of 53 runs.
        seen = _functions(item.checks) or commands_of(item.checks)
        return count < 3 and module and bool(seen) and not _calls(item.checks)
    return item.recipe == "program" and count == 0


def _pins(check: Check) -> bool:
    match check:
        case TestsPass() | PageAnswers():
            return True
        case CommandSucceeds():
            return check.prints is not None
        case ValueAt():
            return check.compare
        case PythonHolds():
            return (check.label or check.code).startswith(("assert ", "from "))
        case _:
            return check.source == "user" and check.kind not in ("file_exists", "file_parses", "judged")


def probe(item: Item, changed: Sequence[str], step: int) -> Action:
    """The program whose output is the answer's fingerprint."""
    names = _functions(item.checks)
    if item.recipe == "code" and names:
        module = item.delivers[0].removesuffix(".py").replace("/", ".")
        code = CALLS.format(module=module, names=names, pools=pools(item.goal, names))
    elif item.recipe == "code":
        code = COMMANDS.format(commands=_sequence(item))
    else:
        paths = [path for path in changed if not path.endswith((".pyc", "/"))]
        code = FILES.format(paths=paths, points=POINTS)
    return Action(id=f"{PROBE}{step}", tool="run_python", args={"code": code, "keep_state": False})


def fingerprint(step: Step) -> str | None:
    """What the probe printed after this step, if it was probed, and its inputs were of a kind that the code takes."""
    seen = [o.content for o in step.observations if o.action_id.startswith(PROBE) and o.ok]
    calls = [line for line in seen[-1].splitlines() if " -> " in line] if seen else []
    refused = sum(line.endswith(("TypeError", "AttributeError")) for line in calls)
    if not seen or (calls and refused > len(calls) // 2):
        return None
    return "\n".join(line for line in seen[-1].splitlines() if not line.startswith(POINTS))


def _points(step: Step) -> int:
    """How many whole numbers stand in the tables of this step as 1.0."""
    seen = [o.content for o in step.observations if o.action_id.startswith(PROBE) and o.ok]
    found = re.search(rf"^{re.escape(POINTS)} (\d+)$", seen[-1], re.M) if seen else None
    return int(found[1]) if found else 0


def _most(run: Run, item: str) -> int:
    """How many second opinions are drawn: two, and a third where one of them broke and the results there are differ."""
    steps = [step for step in run.steps if step.item == item]
    asked = [step for step in steps if step.strategy.name == "second opinion" and step.fresh]
    good = [step for step in steps if step.verdict and step.verdict.decision == "done"]
    prints = [print_ for step in good if (print_ := fingerprint(step)) is not None]
    return 2 + (len(asked) > len(good) - 1 and len(prints) == len(set(prints)) == 2)


def settled(run: Run, item: str, most: int | None = None) -> Step | None:
    """The step whose answer to take, or None while another opinion is wanted.

    most: how many second opinions are drawn at the most; as many as are worth their price if not given.
    """
    most = _most(run, item) if most is None else most
    steps = [step for step in run.steps if step.item == item]
    good = [step for step in steps if step.verdict and step.verdict.decision == "done"]
    if not good:
        return None
    prints = [print_ for step in good if (print_ := fingerprint(step)) is not None]
    best = _likeliest(prints)
    if best is not None and _confirmed(best, prints):
        return min((step for step in good if fingerprint(step) == best), key=_points)
    asked = sum(1 for step in steps if step.strategy.name == "second opinion" and step.fresh)
    # A fingerprint that could not be taken cannot be compared: the first answer stands.
    if fingerprint(good[0]) is None:
        return good[0]
    return next(step for step in good if fingerprint(step) == best) if asked >= most else None


def _likeliest(prints: Sequence[str]) -> str | None:
    """The fingerprint most of whose lines (a file or a call each) other answers have, too; the first of equals."""
    votes = Counter(line for print_ in prints for line in set(print_.splitlines()))
    return max(prints, key=lambda print_: sum(votes[line] for line in set(print_.splitlines())), default=None)


def _confirmed(best: str, prints: Sequence[str]) -> bool:
    """Whether each line of it stands in at least one other answer."""
    votes = Counter(line for print_ in prints for line in set(print_.splitlines()))
    return len(prints) > 1 and all(votes[line] > 1 for line in best.splitlines())


_SAY: dict[Language, tuple[str, ...]] = {
    "en": (
        "what no check pins down is confirmed",
        "{alike} of {count} answers gave the same result",
        "{count} answers gave {count} different results: look at {paths} yourself, or pin it down with --check",
        "no check looks at what {paths} does: try it yourself, or pin it down with --check",
        "no other attempt came to a result: look at {paths} yourself, or pin it down with --check",
        "{paths}: small changes were tried until the tests passed; read what changed, for few tests pass by chance",
        "{paths} came out empty: make sure that there was nothing to find",
        "1 of {count} answers gave another result: look at {paths} yourself, or pin it down with --check",
    ),
    "zh": (
        "没有检查约束的内容得到了证实",
        "{count} 个答案中有 {alike} 个结果相同",
        "{count} 个答案得到 {count} 种不同结果：请亲自查看 {paths}，或用 --check 把它定下来",
        "没有检查考察 {paths} 的实际作用：请亲自试用，或用 --check 把它定下来",
        "其他尝试都没有得出结果：请亲自查看 {paths}，或用 --check 把它定下来",
        "{paths}：逐一尝试小改动，直到测试通过；请看一看改了什么，测试太少时可能只是碰巧通过",
        "{paths} 是空的：请确认确实没有符合条件的内容",
        "{count} 个答案中有 1 个结果不同：请亲自查看 {paths}，或用 --check 把它定下来",
    ),
}


def agreement(run: Run, hollow: Sequence[str] = ()) -> tuple[CheckResult, ...]:
    """What is known of what no check pins down, for each item of which anything is.

    Counted over tasks of suites: two answers of two that are alike were right in 92 of 106 cases, two of three in 18
    of 41, one of two that differ in 17 of 48, one that no other attempt came to in 7 of 28, code that nothing tries
    in 5 of 19. Only the first are complete.

    hollow: files that came out empty: two attempts that find nothing are alike, and mostly wrong.
    """
    question, agreed, differ, untried, alone, _, empty, another = _SAY[run.task.language]
    told: list[tuple[bool, str]] = []
    for item, alike, count in _compared(run):
        sure = alike == count or alike > 2
        evidence = agreed if sure else another if alike > 1 else differ
        told.append((sure, evidence.format(alike=alike, count=count, paths=_paths(run, item))))
    if run.profile.small:
        apart = [item for item in _alone(run) if not {*item.delivers} & {*hollow}]
        told += [(False, alone.format(paths=_paths(run, item))) for item in apart]
        told += [(False, untried.format(paths=_paths(run, i))) for i in _untried(run) if not _runs(i)]
        told += [(False, empty.format(paths=", ".join(hollow)))] if hollow else []
    check = Judged(question=question, source="agent")
    return tuple(CheckResult(check=check, passed=passed, evidence=evidence) for passed, evidence in told)


def tried(run: Run) -> tuple[CheckResult, ...]:
    """What was tried of the programs whose answers were taken, beside the checks of their items."""
    items = run.plan.items if run.plan else ()
    taken = [step for item in items if (step := settled(run, item.name, most=0)) and step.verdict]
    known = {item.name: item.checks for item in items}
    return tuple(
        result
        for step in taken
        for result in (step.verdict.results if step.verdict else ())
        if isinstance(result.check, PythonHolds) and result.check not in known.get(step.item, ())
    )


def doubts(run: Run, hollow: Sequence[str] = ()) -> tuple[str, ...]:
    """What a person should look at although all checks pass: code mended by trial, and code of which no more is known
    than that it does not break."""
    _, _, _, untried, _, tried, empty, _ = _SAY[run.task.language]
    small = run.profile.small
    items = run.plan.items if run.plan else ()
    return (
        *(tried.format(paths=_paths(run, item)) for item in items if by_small_changes(run, item.name)),
        *(untried.format(paths=_paths(run, i)) for i in _untried(run) if not small or _runs(i)),
        *((empty.format(paths=", ".join(hollow)),) if hollow and not small else ()),
    )


def _alone(run: Run) -> list[Item]:
    """Items other than code whose answer no second opinion could be compared with, though some were drawn."""
    seen = {item.name for item, _, _ in _compared(run)}
    drawn = {step.item for step in run.steps if step.strategy.name == "second opinion"} - seen
    items = run.plan.items if run.plan else ()
    return [item for item in items if item.name in drawn and item.recipe not in ("code", "fix")]


def _untried(run: Run) -> list[Item]:
    """Items of code of which neither a check nor another answer says what it does."""
    seen = {item.name for item, _, _ in _compared(run)}
    code = [item for item in (run.plan.items if run.plan else ()) if item.recipe in ("code", "fix")]
    open_ones = [item for item in code if item.name not in seen and not pinned(item)]
    return [item for item in open_ones if any(path.endswith(".py") for path in item.delivers)]


def _runs(item: Item) -> bool:
    """Whether a check runs the program, whatever it then does, or looks for the file that it makes."""
    for check in item.checks:
        if isinstance(check, CommandSucceeds) or (isinstance(check, FileExists) and not check.path.endswith(".py")):
            return True
    return bool(commands_of(item.checks))


def pinned(item: Item) -> int:
    """How much of the result the checks pin down; a file of tests counts for three."""
    return sum(3 if isinstance(check, TestsPass) else 1 for check in item.checks if _pins(check))


def _compared(run: Run) -> list[tuple[Item, int, int]]:
    """Each item of which more than one answer was compared, how many of them are alike, and how many there are."""
    found: list[tuple[Item, int, int]] = []
    for item in run.plan.items if run.plan else ():
        steps = [step for step in run.steps if step.item == item.name]
        seen = [fingerprint(step) for step in steps if step.verdict and step.verdict.decision == "done"]
        prints = [one for one in seen if one is not None]
        if len(prints) > 1 and loose(item):
            best = _likeliest(prints) or ""
            lines = best.splitlines()
            # Of the line with the fewest votes, for all of the answer must be confirmed.
            alike = min(sum(line in print_.splitlines() for print_ in prints) for line in lines) if lines else 1
            found.append((item, alike, len(prints)))
    return found


def _paths(run: Run, item: Item) -> str:
    # What an attempt made beside its results may be gone again.
    return ", ".join(list(dict.fromkeys(item.delivers or run.changed))[:3])


def second_opinion_due(run: Run, item: str) -> bool:
    """Whether the price of another answer is still in proportion: two or three are drawn, within half the steps."""
    drawn = sum(1 for step in run.steps if step.strategy.name == "second opinion" and step.fresh)
    return drawn < _most(run, item) and len(run.steps) + run.extra_steps < run.task.limits.steps // 2


def _calls(checks: Sequence[Check]) -> list[str]:
    """Calls of a function with literal arguments, from the asserts among the checks; one an assert."""
    found: list[str] = []
    for check in checks:
        if not isinstance(check, PythonHolds):
            continue
        try:
            tree = ast.parse(check.code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for line in (node for node in tree.body if isinstance(node, ast.Assert)):
            calls = [n for n in ast.walk(line) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
            found += [ast.unparse(call) for call in calls if _literal(call)][:1]
    return found


def only_function(checks: Sequence[Check]) -> str:
    """The name of the function that the checks call or want, where it is one and no more; '' else."""
    called = {text.partition("(")[0] for text in _calls(checks)} or set(_functions(checks))
    return called.pop() if len(called) == 1 else ""


def _functions(checks: Sequence[Check]) -> list[str]:
    """Names of the functions that a 'defines' check asks for, to be tried on inputs guessed from their parameters."""
    found: list[str] = []
    for check in checks:
        if isinstance(check, PythonHolds) and " defines " in check.label and check.code.startswith("from "):
            found += [name.strip() for name in check.code.partition(" import ")[2].split(",")]
    return [name for name in found if name[:1].islower()]


def _sequence(item: Item) -> list[list[str]]:
    """The commands that the goal shows, once more those that show what is kept, and the first with its options."""
    commands = commands_of(item.checks)
    shows = [command for command in commands if len(command) == 2]
    more = [[*commands[0], flag, "2"] for flag in dict.fromkeys(_COUNTED.findall(item.goal)) if flag not in commands[0]]
    return [
        *commands,
        *(shows if len(commands) > 1 else []),
        *more,
        *(_varied(commands[0]) if len(commands) == 1 else []),
    ]


def _varied(command: Sequence[str]) -> list[list[str]]:
    """The command with other numbers, and with its two numbers or dates the other way round."""
    program, *words = command
    numbers = [bool(_NUMBER.fullmatch(word)) for word in words]
    if not words or not all(number or _DAY.fullmatch(word) for number, word in zip(numbers, words, strict=True)):
        return []
    found = [[program, *reversed(words)]] if len(words) == 2 and len(set(numbers)) == 1 else []
    for at, word in enumerate(words):
        if numbers[at]:
            more = str(int(word) * 2 + 1) if word.isdigit() else f"{float(word) * 3:.2f}"
            found.append([program, *words[:at], more, *words[at + 1 :]])
    return [one for one in found if one != [program, *words]][:4]


_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,4})?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


_COUNTED = re.compile(r"(?<![\w-])(--?[a-z][\w-]*)[ =](?:N|K|NUM\w*|COUNT|LIMIT|\d+|数量|个数|行数)\b")
"""Options that take a number."""


def _literal(call: ast.Call) -> bool:
    try:
        for argument in [*call.args, *(keyword.value for keyword in call.keywords)]:
            ast.literal_eval(argument)
    except (ValueError, TypeError, SyntaxError):
        return False
    return bool(call.args or call.keywords)
