"""What to do in which order: one item by default, known recipes, the goal's own numbering for long goals."""

import re
from pathlib import PurePosixPath

from pydantic import ValidationError

from autogpt.agent.context import Context
from autogpt.agent.legible import MOST
from autogpt.agent.questions import questions
from autogpt.agent.reading.bulk import folder_changed
from autogpt.agent.reading.compile import ASKS, implied, is_asked_for, is_code, is_prose, merge
from autogpt.agent.reading.goal import Reading, read_goal
from autogpt.agent.reading.mentions import is_test
from autogpt.agent.reading.ready import ready
from autogpt.agent.reading.untouched import is_settings
from autogpt.agent.understand import ANSWER, full_goal, reading_of
from autogpt.agent.window import tokens
from autogpt.core.check import Check, FileExists, TestsPass, path_of
from autogpt.core.contracts import Survey
from autogpt.core.event import Planned
from autogpt.core.message import Message, Request, Usage
from autogpt.core.plan import Item, Plan, Recipe
from autogpt.core.run import Run
from autogpt.core.schema import JsonValue, Value


async def plan(run: Run, survey: Survey, ctx: Context) -> Run:
    """Make the first plan. Small models plan only what the goal itself numbers: free planning costs them points."""
    goal = full_goal(run.task, run.answers, survey.files)
    reading = reading_of(run.task, run.answers, survey.files)
    steps = numbered(goal)
    usage = Usage()
    if run.profile.format != "native" and len(steps) >= 3:
        made = _chain(goal, steps, run, survey)
    elif run.profile.format == "native" and len(goal) > 1_500:
        drawn, usage = await _model_plan(run, goal, ctx)
        made = drawn or _single(goal, reading, run, survey)
    else:
        made = _single(goal, reading, run, survey)
    return await ctx.record(run, Planned(plan=made, usage=usage))


def _single(goal: str, reading: Reading, run: Run, survey: Survey) -> Plan:
    native = run.profile.format == "native"
    item = make_item("task", goal, reading, run.task.checks, survey, native=native)
    told = [p for p in reading.named("output") if not is_code(p) and (is_prose(p, goal) or not item.then)]
    if item.recipe == "fix" and (texts := told):
        # First mend the code, then write about it: the account needs the mended files before its eyes.
        own = [check for check in item.checks if path_of(check) in texts]
        mend = item.model_copy(update={"name": "fix", "checks": tuple(c for c in item.checks if c not in own)})
        tell = Item(name="write", goal=goal, needs=("fix",), delivers=tuple(texts), checks=tuple(own), recipe="prose")
        return Plan(items=(mend, tell), recipe="fix", reason="the account is written after the repair")
    known = None if native else ready(goal, reading, survey.files)
    if known is None:
        return Plan(items=(item,), recipe=item.recipe)
    if known.all:
        return Plan(items=(item.model_copy(update={"program": known.program}),), recipe=item.recipe)
    touched = {*known.removes, *(path for pair in known.moves for path in pair)}
    own = tuple(check for check in item.checks if path_of(check) in touched)
    if not own:
        return Plan(items=(item,), recipe=item.recipe)
    told = known.told(run.task.language)
    first = Item(name="files", goal=told.removeprefix("- "), checks=own, recipe="program", program=known.program)
    rest = item.model_copy(update={"needs": ("files",), "done_before": told})
    texts = reading.named("output")
    if texts and all(path.endswith((".txt", ".md")) for path in texts) and not reading.named("input", "change"):
        # What is left is to tell of it.
        rest = rest.model_copy(update={"recipe": "prose", "delivers": texts})
    return Plan(items=(first, rest), recipe=item.recipe, reason="what is said in full of files is done first")


def make_item(
    name: str, goal: str, reading: Reading, checks: tuple[Check, ...], survey: Survey, *, native: bool = False
) -> Item:
    """One item: its recipe, the files it writes, the command that makes the rest."""
    outputs = reading.named("output", "change")
    if native:
        return Item(name=name, goal=goal, delivers=outputs, checks=checks, recipe="tools")
    recipe = recipe_for(goal, reading, checks, survey)
    code = tuple(sorted((p for p in outputs if is_code(p)), key=is_test))
    match recipe:
        case "code":
            texts = tuple(
                p for p in outputs if p not in code and (p.endswith((".html", ".htm", ".md", ".rst")) or is_settings(p))
            )
            rest = [p for p in outputs if p not in code and p not in texts and is_asked_for(goal)]
            programs = [p for p in code if p.endswith(".py") and not is_test(p)]
            then = f"python3 {programs[-1]}" if rest and programs else ""
            return Item(name=name, goal=goal, delivers=(*code, *texts), checks=checks, recipe=recipe, then=then)
        case "fix":
            suspects = _suspects(reading, survey)
            made_by_it = [p for p in reading.named("output") if not is_code(p) and not is_prose(p, goal)]
            then = f"python3 {suspects[0]}" if len(suspects) == 1 and made_by_it else ""
            return Item(name=name, goal=goal, delivers=suspects, checks=checks, recipe=recipe, then=then)
        case "prose":
            delivers = outputs or (ANSWER,)
            asked = tuple((one.key, one.text) for one in questions(goal, reading, survey.files))
            return Item(name=name, goal=goal, delivers=delivers, checks=checks, recipe=recipe, questions=asked)
        case "program" | "tools":
            return Item(name=name, goal=goal, delivers=outputs, checks=checks, recipe=recipe)


_FIX = re.compile(
    r"\b(fix|bugs?|debug|repair|failing|broken|correct|refactor|"
    r"make (?:the |all )?tests? pass|until (?:the )?tests? pass)\b|"
    r"修复|修好|修理|报错|缺陷|调试|通过测试|测试通过|修正|重构",
    re.I,
)
_MENDS = re.compile(r"\b(?:fix|repair|debug|mend)\b|修复|修好|修理|修正|报错", re.I)
"""Words of goals whose one script is to be mended, tests or not."""
_NOT_MENDED = re.compile(
    r"(?:\b(?:do not|never|without|not)|n['’]t)\s+(?:\w+\s+)?(?:fix|repair|debug|mend|correct)\w*|"
    r"\b(?:fix|repair|correct) nothing\b|\bbug reports?\b|(?:不要|别|不用|无需|勿)(?:修复|修正|修理|修好|重构)",
    re.I,
)
_DATA = frozenset(
    {".csv", ".tsv", ".json", ".jsonl", ".db", ".sqlite", ".sqlite3", ".log", ".xml", ".yaml", ".yml", ".toml", ".ini"}
)
_COUNTS = re.compile(
    r"\b(how many|count|number of|total|average|sum|list|which|largest|smallest|most|least)\b|"
    r"多少|几个|统计|总|平均|最",
    re.I,
)


def recipe_for(goal: str, reading: Reading, checks: tuple[Check, ...], survey: Survey) -> Recipe:
    """Which known way of working fits, by the endings of the files and the words of the goal."""
    wanted = _NOT_MENDED.sub(" ", goal)
    outputs = reading.named("output", "change")
    made = reading.named("output")
    changed = reading.named("change")
    tested = any(isinstance(check, TestsPass) and check.source == "workspace" for check in checks)
    sources = [f.path for f in survey.files if f.path.endswith(".py") and not is_test(f.path)]
    if (
        _FIX.search(wanted)
        and sources
        and not any(is_code(p) for p in made)
        and (tested or any(is_code(p) for p in changed))
    ):
        return "fix"
    if _MENDS.search(wanted) and not any(is_code(p) for p in made):
        scripts = [p for p in reading.named("input") if p in sources and p not in reading.keeps]
        if len(scripts) == 1:
            return "fix"
    if tested and not made and sources and any(is_code(p) for p in (*changed, *reading.named("input"))):
        return "fix"
    if any(not is_code(p) and not _shown(p, survey) for p in changed):
        return "program"  # a model that writes it anew loses what it was not shown
    if changed and not made and all(is_settings(p) and _small(p, survey) for p in changed):
        # A program that reads and writes settings loses their remarks; a model that writes them anew does not.
        return "code"
    pages = [p for p in made if p.endswith((".html", ".htm"))]
    if any(is_code(p) for p in outputs) or (pages and not _data_inputs(reading, survey)):
        return "code"
    if reading.renames or reading.turned or reading.named("remove"):
        return "program"
    if not outputs:
        words = [f for f in survey.files if f.head]
        if any(check.source == "agent" and path_of(check) == ANSWER for check in checks):
            return "program" if words and _COUNTS.search(goal) and ASKS.search(goal) else "prose"
        return "program"
    if changed and not made and all(p.endswith((".txt", ".md")) for p in changed) and _WORDING.search(goal):
        return "prose"
    if all(is_prose(p, goal) for p in outputs) and not _computes(goal, reading, survey):
        return "prose"
    alone = not survey.files and not reading.named("input", "change")
    texts = all(p.endswith((".txt", ".md")) for p in outputs)
    if alone and texts and tokens(goal) > _SHORT and not _MADE_BY_RULE.search(goal):
        return "prose"  # nothing there that a program could read
    small = sum(f.size for f in survey.files if f.path.endswith((".txt", ".md"))) < _FEW
    if questions(goal, reading, survey.files) and (small or _running(reading, survey)):
        return "prose"
    told = all(p.endswith((".txt", ".md", ".json")) for p in outputs)
    if told and _READS.search(goal) and _all_text(reading, survey):
        by_program = _TALLIES if _running(reading, survey) else _COUNTS
        return "program" if by_program.search(goal) else "prose"
    return "program"


def _shown(path: str, survey: Survey) -> bool:
    """Whether the file is shown as a whole, or is not there yet."""
    return all(len(f.head.encode()) >= f.size for f in survey.files if f.path == path)


def _small(path: str, survey: Survey) -> bool:
    return any(f.path == path and f.head and f.size <= _SMALL for f in survey.files)


_WORDING = re.compile(
    r"\b(?:spelling|grammar|typos?|punctuation|wording|tone|polite\w*|friendl\w+|polish|rephrase|reword|shorten|proofread)\b|"
    r"错别字|语法|标点|措辞|语气|润色|改写|通顺|缩短",
    re.I,
)
"""Changes of a text that take a reader, not a program."""
_FEW = 1_500
"""Bytes of texts that a model reads as a whole, in whatever form they are."""
_SMALL = 1_500
"""Bytes of a file that a small model writes anew without losing any of it."""

_READS = re.compile(
    r"\b(answers?|questions?|agreed|decided|find out|work out|extract|who|when|facts?|mentioned|according to the|"
    r"action items?|to-?dos?|decisions?|minutes of)\b|"
    r"回答|问题|答案|约定|决定|找出|提取|待办|梳理|写清楚|结论",
    re.I,
)
_SHORT = 35
"""Tokens up to which a goal says what to write rather than what to write about."""
_MADE_BY_RULE = re.compile(
    r"\b(?:numbers?|integers?|squares?|cubes?|primes?|fibonacci|multiples|powers|factorials?|random|multiplication|calendar|"
    r"every (?:day|week|month|second)|lines? (?:each|with)|times)\b|"
    r"从\s*\d+\s*到|\d+\s*到\s*\d+\s*的|平方|立方|质数|素数|斐波那契|乘法|日历|随机|倍数",
    re.I,
)
"""Texts that are counted out rather than written."""
_TALLIES = re.compile(
    r"\b(?:times|occurrences?|frequen\w+|count(?:s|ed|ing)? (?:the |all |how )|"
    r"number of (?:words|lines|characters|sentences|files)|"
    r"how many (?:words|lines|characters|sentences|files|times))\b|次数|词频|字数|行数|统计",
    re.I,
)
"""Words of what only a program does well with running text."""


def _running(reading: Reading, survey: Survey) -> bool:
    """Whether the texts to be read are sentences, not lines of data."""
    named = [p for p in reading.named("input") if p not in reading.obeys]
    texts = [f for f in survey.files if (f.path in named or not named) and f.path.endswith((".txt", ".md")) and f.head]
    long = [f for f in texts if len(f.head) > 400]
    ends = sum(len(re.findall(r"[.!?]\s|[。！？]", f.head)) for f in long)
    size = sum(len(f.head) + sum(char > "\u2e7f" for char in f.head) for f in long)
    return bool(long) and size / max(1, ends) < 160


def _all_text(reading: Reading, survey: Survey) -> bool:
    """Whether what is to be read is running text, which a program cannot understand and a model can."""
    named = [p for p in reading.named("input") if p not in reading.obeys]
    inputs = named or [f.path for f in survey.files]
    # A JSON of questions beside the texts is read by the model as well.
    texts = [p for p in inputs if p.endswith((".txt", ".md"))] or [
        f.path for f in survey.files if f.path.endswith((".txt", ".md"))
    ]
    return bool(texts) and all(p.endswith((".txt", ".md", ".json")) for p in inputs)


def _data_inputs(reading: Reading, survey: Survey) -> bool:
    there = reading.named("input", "change") or tuple(f.path for f in survey.files)
    return any(PurePosixPath(p).suffix.lower() in _DATA for p in there)


def _computes(goal: str, reading: Reading, survey: Survey) -> bool:
    """Whether text is to be made from data that a program must read: tables, logs, or files too long for a prompt.

    So are running texts of which lines or words are wanted as they are, picked by what a program sees at once.
    """
    named = [f for f in survey.files if f.path in reading.named("input")]
    long = any(f.size > 12_000 for f in named or survey.files)
    picks = bool(named) and _PICKS.search(goal) is not None and _RETELLS.search(goal) is None
    return long or picks or (_data_inputs(reading, survey) and _COUNTS.search(goal) is not None)


_PICKS = re.compile(
    r"\b(?:longest|shortest) (?:\w+ )?(?:lines?|words?|verses?|names?|titles?)\b|\bnumber of characters\b|"
    r"\b(?:lines?|words|verses) (?:containing|starting|beginning|ending)\b|\balphabetical\w*\b|"
    r"\b(?:lines?|words|verses)\b[^;\n]{0,40} (?:that|which) (?:contain|start|begin|end|have|are|mention)\w*\b|"
    r"\b(?:every|each) (?:second|third|other|\d+(?:nd|rd|th)) (?:line|word)\b|"
    r"\b(?:first|last) (?:\d+ )?(?:lines?|words?)\b|"
    r"最[长短]的(?:一)?(?:行|句|词|单词|诗句)|字数最|(?:包含|含有|开头|结尾)[^，。；\n]{0,12}的(?:所有)?(?:行|词|单词)|按(?:字母|拼音|笔画)|倒序",
    re.I,
)
_RETELLS = re.compile(
    r"\b(?:summar\w+|translat\w+|repl(?:y|ies)|answers?|rewrit\w+|rephras\w+|polish|essay|describe|explain\w*|review|letter)\b|"
    r"总结|概括|摘要|翻译|回复|回答|改写|润色|描述|介绍|解释|评论|信",
    re.I,
)
"""Work with a text that takes a reader."""


def _suspects(reading: Reading, survey: Survey) -> tuple[str, ...]:
    """The files to mend: those the goal names, else every source that is not a test (the evidence picks one)."""
    named = tuple(
        p for p in (*reading.named("change"), *reading.named("input")) if p.endswith(".py") and not is_test(p)
    )
    named = tuple(p for p in named if p not in reading.keeps)
    if named:
        return named
    return tuple(f.path for f in survey.files if f.path.endswith(".py") and not is_test(f.path) and f.size)


_NUMBERED = re.compile(
    r"^[ \t]*(?:\(?(\d{1,2})[.)、:：]|第([一二三四五六七八九十]+)步[:：,，]?|[Ss]tep\s+(\d{1,2})[.:)]?)\s*(\S.*)$", re.M
)


def numbered(goal: str) -> tuple[str, ...]:
    """The steps of a goal that numbers them on lines of their own ('1. ...', '第一步：...'), in order."""
    found = [match[4].strip() for match in _NUMBERED.finditer(goal)] if len(goal) <= MOST else []
    return tuple(found) if len(found) >= 2 else ()


def _chain(goal: str, steps: tuple[str, ...], run: Run, survey: Survey) -> Plan:
    """The goal's own steps as items. A step needs the earlier steps whose files it names; else all before it."""
    head = goal[: goal.find(steps[0])]
    intro = re.sub(r"\(?1[.)、:：]\s*$|第一步[:：,，]?\s*$|[Ss]tep\s+1[.:)]?\s*$", "", head).strip()
    items: list[Item] = []
    made: dict[str, str] = {}
    for at, text in enumerate(steps, start=1):
        there = {file.path for file in survey.files} | set(made)
        reading = read_goal(text, there).model_copy(update={"language": run.task.language})
        outputs = reading.named("output", "change")
        checks = implied(text, reading, survey.files)
        if not outputs and not reading.renames and not reading.named("remove") and items:
            # A step that names nothing of its own speaks of what is being made: it belongs to the step before.
            before = items[-1]
            grown = before.model_copy(update={"goal": f"{before.goal}\n{text}", "checks": merge(before.checks, checks)})
            items[-1] = grown
            continue
        uses = {made[path] for path in reading.named("input", "change") if path in made}
        names = {item.name for item in items}
        needs = tuple(sorted(uses or (names if not _alone(reading, survey) else set())))
        said = f"{intro}\n{text}".strip() if intro and len(intro) < 600 else text
        # A step of which no rule knows more is done when its program has done something.
        checks = checks or (folder_changed(survey.files),)
        item = make_item(f"step {at}", said, reading, checks, survey)
        items.append(item.model_copy(update={"needs": needs}))
        made |= {path: item.name for path in outputs}
    if len(items) < 2:
        reading = reading_of(run.task, run.answers, survey.files)
        return _single(goal, reading, run, survey)
    return Plan(items=tuple(items), reason="the goal numbers its own steps", recipe="numbered steps")


def _alone(reading: Reading, survey: Survey) -> bool:
    """Whether a step works only on files that were there from the start."""
    there = {file.path for file in survey.files}
    return bool(reading.named("input")) and all(path in there for path in reading.named("input"))


class _Draft(Value):
    name: str
    goal: str
    needs: tuple[str, ...] = ()
    delivers: tuple[str, ...] = ()


class _Drafts(Value):
    items: tuple[_Draft, ...]


_PLAN: dict[str, JsonValue] = {
    "type": "object",
    "properties": {
        "items": {
            "type": "array",
            "minItems": 1,
            "maxItems": 8,
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string", "maxLength": 40},
                    "goal": {"type": "string", "maxLength": 600},
                    "needs": {"type": "array", "items": {"type": "string"}},
                    "delivers": {"type": "array", "items": {"type": "string"}},
                },
                "required": ["name", "goal", "needs", "delivers"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["items"],
    "additionalProperties": False,
}


async def _model_plan(run: Run, goal: str, ctx: Context) -> tuple[Plan | None, Usage]:
    """A capable model's decomposition of a long goal; None where its answer is not a usable plan."""
    text = (
        "Divide this task into the fewest items that can be done and checked one after another (one item if it is one "
        "piece of work). `needs` names items that must be done before; `delivers` lists the file paths an item makes "
        f"or changes.\n\n{goal}"
    )
    request = Request(messages=(Message(role="user", content=text),), output_schema=_PLAN, max_tokens=2_000)
    reply = await ctx.model.reply(request)
    try:
        drafts = _Drafts.model_validate_json(reply.text).items
    except ValidationError:
        return None, reply.usage
    if len(drafts) < 2 or len({draft.name for draft in drafts}) < len(drafts):
        return None, reply.usage
    items: list[Item] = []
    for draft in drafts:
        known = tuple(name for name in draft.needs if name in {item.name for item in items})
        said = f"{draft.goal}\n\n(Part of: {goal[:600]})"
        # Its files are its check; the whole task is judged once more at the end.
        checks = tuple(FileExists(path=path, source="agent") for path in draft.delivers) or run.task.checks
        items.append(Item(name=draft.name, goal=said, needs=known, delivers=draft.delivers, checks=checks))
    return Plan(items=tuple(items), reason="a long goal", recipe="model plan"), reply.usage
