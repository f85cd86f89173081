"""How the work stands: static analysis of new code, then the checks, run in the sandbox."""

import re
from collections.abc import Sequence

from autogpt.agent.agree import loose, pinned, probe
from autogpt.agent.context import Context
from autogpt.agent.credit import credit, renewed
from autogpt.agent.formats import block
from autogpt.agent.ladder import OURS
from autogpt.agent.perform import perform
from autogpt.agent.programs import analysis
from autogpt.agent.programs.stubs import unfinished
from autogpt.agent.prompts import prompts
from autogpt.agent.questions import asked
from autogpt.agent.rerun import left_out
from autogpt.agent.stuck import stuck
from autogpt.agent.turn import is_new
from autogpt.core.check import Check, CheckResult, Judged
from autogpt.core.contracts import Survey
from autogpt.core.event import Evaluated
from autogpt.core.plan import Item
from autogpt.core.run import Run, Step
from autogpt.core.task import Language
from autogpt.core.verdict import Verdict


async def evaluate(run: Run, item: Item, ctx: Context) -> Run:
    """Judge the item's work so far; not while files are still to be written or tools still being called."""
    step = run.steps[-1]
    if not step.actions or _under_way(run, item, step):
        return run
    findings, dangers = _findings(step)
    broken = next((line for line in findings if "syntax" in line.lower()), None)
    if broken and step.strategy.format == "files":
        # A file that does not parse fails every check in the same way; its own error says it better.
        verdict = Verdict(decision="continue", findings=findings, dangers=dangers)
        return await ctx.record(run, Evaluated(verdict=verdict, item=item.name))
    verdict = await judge(item.checks, findings, ctx, run)
    if verdict.decision == "done" and (tried := await left_out(item, step, ctx)):
        verdict = verdict_of((*verdict.results, *tried), findings)
    verdict = verdict.model_copy(update={"dangers": dangers})
    if doubt := await _doubtful(run, item, step, ctx):
        findings = (doubt, *findings)
        verdict = verdict.model_copy(update={"decision": "continue", "findings": findings})
    run = await ctx.record(run, Evaluated(verdict=verdict, item=item.name))
    if verdict.decision == "done" and run.profile.small and loose(item) and step.strategy.name not in OURS:
        paths = [path for path in item.delivers if path] or _touched(run)
        run = await perform(run, probe(item, paths, step.number), ctx)
    return run


_SAY: dict[Language, tuple[str, str, str, str, str]] = {
    "en": (
        "the answer was too long and was cut off before its end: say the same shorter",
        "{path} came out empty: nothing in the data was found to fit; compare with how the values are written there",
        "the answer repeats the task instead of doing it",
        "the function {name} does not do its work yet: write the real code, from what it is given",
        "the program broke off before its end: what it has done may be half of the work",
    ),
    "zh": (
        "回答太长，没有写完就被截断：请写得更短",
        "{path} 是空的：数据中没有找到符合条件的内容；请对照数据里实际的写法",
        "回答只是重复了任务，没有去完成它",
        "函数 {name} 还没有真正实现：请根据传入的参数写出真正的代码",
        "程序在结束之前中断：已做的可能只是一部分",
    ),
}


async def _doubtful(run: Run, item: Item, step: Step, ctx: Context) -> str:
    """Why the answer is not taken for done although all checks may pass; '' where it may be.

    Stub: the example holds, for it is what is returned.
    Parroted: small models copy their prompt into a text at times, above all in Chinese.
    Cut off: what is missing may be what no check looks for. Empty: a result may rightly be so, and a second empty one
    is taken; but mostly the program compared with values that are not there. Broken off: files may be half moved.
    """
    cut, empty, parroted, stub, half = _SAY[run.task.language]
    say = prompts(run.task.language)
    heading, listing = (text.partition("\n")[0] for text in (say.task, say.workspace))
    if step.reply and heading in step.reply.text and item.goal.strip()[:24] in step.reply.text:
        return parroted
    if step.reply and run.profile.small and listing in step.reply.text and listing not in item.goal:
        return parroted
    if run.profile.small and item.recipe == "prose" and step.reply and _says_nothing_new(step.reply.text, item.goal):
        return parroted
    if step.strategy.format == "files" and run.profile.small and (name := _stub(step, item, run.task.goal)):
        return stub.format(name=name)
    if step.strategy.format == "files":
        # Where examples of the goal hold, what was cut off is what the model put below its code to show it off.
        return cut if step.reply and step.reply.stopped == "length" and not pinned(item) else ""
    if step.strategy.format not in ("script", "query"):
        return ""
    # What a check pins down is there however the program ended.
    if step.observations and not step.observations[-1].ok and not pinned(item) and run.profile.small:
        return half
    hollow = await hollow_of(item.delivers, ctx)
    told = empty.format(path=", ".join(hollow))
    before = [one.verdict.findings for one in run.steps[:-1] if one.item == item.name and one.verdict]
    return told if hollow and sum(told in findings for findings in before) < 2 else ""


_WISH = re.compile(
    r"\b(?:letters?|notices?|invitations?|announcements?|e-?mails?|posts?|ads?|adverts?\w*|poems?|stor(?:y|ies)|speech\w*)\b|信|启事|通知|邀请|公告|广告|邮件|文章|作文|诗|故事|致辞|海报"
)


def _says_nothing_new(text: str, goal: str) -> bool:
    """Whether a letter, a notice and the like is one piece of the goal and no more, though nobody gave it in quotes."""
    plain = _MARKUP.sub("", block(text))
    whole = _MARKUP.sub("", goal)
    quoted = any(plain in _MARKUP.sub("", one) for one in _IN_QUOTES.findall(goal))
    return len(plain) >= 20 and plain in whole and not quoted and _WISH.search(goal) is not None


_MARKUP = re.compile(r"[\s#*>`_-]+")
_IN_QUOTES = re.compile(r"[\"“「『][^\"”」』]*[\"”」』]")


def _stub(step: Step, item: Item, goal: str) -> str:
    """The function of a new module written in this step that is none yet; '' if there is none."""
    wrote = [(str(one.args.get("path", "")), one.args) for one in step.actions if one.tool == "write_file"]
    texts = [str(args.get("content", "")) for path, args in wrote if path.endswith(".py") and is_new(item, path)]
    return next((name for text in texts if (name := unfinished(text, goal))), "")


_WHOLE: dict[Language, tuple[str, str]] = {
    "en": ("the code does its work", "{path}: the function {name} does not look at what it is given, or is left open"),
    "zh": ("代码真正完成了工作", "{path}：函数 {name} 没有用到传入的参数，或还没有写完"),
}


async def left_open(run: Run, ctx: Context) -> tuple[CheckResult, ...]:
    """A failing check for modules of which a small model left a function to be written; nothing where it did not."""
    question, evidence = _WHOLE[run.task.language]
    items = run.plan.items if run.plan and run.profile.small else ()
    new = {path for item in items if item.recipe == "code" for path in item.delivers if is_new(item, path)}
    for path in run.changed:
        text = await ctx.workspace.read(path) if path in new and path.endswith(".py") else None
        if text and (name := unfinished(text, run.task.goal)):
            told = evidence.format(path=path, name=name)
            return (CheckResult(check=Judged(question=question, source="agent"), passed=False, evidence=told),)
    return ()


async def hollow_of(paths: Sequence[str], ctx: Context) -> list[str]:
    """Of the files those that hold data in form only: a head without rows, a table in Markdown too, or empty values."""
    data = [path for path in paths if path.lower().endswith((".json", ".csv", ".tsv", ".jsonl", ".md"))]
    return [path for path in data if _is_empty(path, await ctx.workspace.read(path, 400))]


def _is_empty(path: str, text: str | None) -> bool:
    if text is None:
        return False
    if path.lower().endswith(".md"):
        return re.search(r"^\s*\|(?:\s*:?-+:?\s*\|)+\s*\Z", text, re.M) is not None
    if path.lower().endswith(".json"):
        return (
            re.fullmatch(r"\s*(?:\[\s*\]|\{\s*(?:\"[^\"]*\":\s*(?:null|\"\"|\[\]|\{\}),?\s*)*\})\s*", text) is not None
        )
    return len(text.split("\n")) <= 2 and len(text.strip().splitlines()) <= (0 if path.lower().endswith("l") else 1)


_RENEWED = "it was written once more, with what it held"


async def judge(checks: Sequence[Check], findings: tuple[str, ...], ctx: Context, run: Run | None = None) -> Verdict:
    """Run the checks and make a verdict of them. No check at all is never 'done'.

    run: whose steps may tell that a file was written once more with what it held (see `renewed`).
    """
    results = await ctx.checker.check(checks)
    if run is not None:
        results = tuple(
            result.model_copy(update={"passed": True, "evidence": _RENEWED}) if renewed(result, run) else result
            for result in results
        )
    return verdict_of(results, findings)


def verdict_of(results: tuple[CheckResult, ...], findings: tuple[str, ...] = ()) -> Verdict:
    passed = sum(result.passed for result in results)
    done = bool(results) and passed == len(results)
    score = sum(credit(result) for result in results) / len(results) if results else 0.0
    return Verdict(decision="done" if done else "continue", score=score, results=results, findings=findings)


def _under_way(run: Run, item: Item, step: Step) -> bool:
    match step.strategy.format:
        case "files":
            if item.recipe == "fix":
                return False
            written = {s.target for s in run.attempt if s.actions}
            return not written.issuperset(item.delivers) and not any("syntax" in f.lower() for f in _findings(step)[0])
        case "native" | "schema":
            # Who goes in circles does not hand in, though the work may be done.
            return not any(action.tool == "hand_in" for action in step.actions) and not stuck(run)
        case "answers":
            return asked(item, run) < len(item.questions)
        case "script" | "query" | "function":
            return False


def _findings(step: Step) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What static analysis says of the code this step wrote or ran: errors, and calls worth a person's look."""
    found: list[str] = []
    dangers: list[str] = []
    for action in step.actions if step.strategy.name not in OURS else ():
        match action.tool:
            case "write_file":
                path, text = str(action.args.get("path", "")), str(action.args.get("content", ""))
            case "run_python":
                path, text = "program.py", str(action.args.get("code", ""))
            case _:
                continue
        wrong = analysis.syntax_error(path, text)
        found += [wrong] if wrong else analysis.findings(path, text)
        dangers += [f"{path}: {line}" for line in analysis.dangerous(text, analysis.language(path, text))]
    return tuple(found[:20]), tuple(dangers[:20])


def suspicious(item: Item, survey: Survey) -> tuple[str, ...]:
    """What static analysis says of the files that are to be mended."""
    whole = [f for f in survey.files if f.path in item.delivers and len(f.head.encode()) >= f.size]
    return tuple(line for file in whole for line in analysis.findings(file.path, file.head))[:10]


def _touched(run: Run) -> list[str]:
    return sorted({path for step in run.attempt for seen in step.observations for path in seen.changed})
