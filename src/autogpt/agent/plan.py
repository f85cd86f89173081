"""What to do in which order: one item by default, known recipes, the goal's own numbering for long goals."""

import re
from collections.abc import Collection

from pydantic import ValidationError

from autogpt.agent.context import Context
from autogpt.agent.legible import MOST
from autogpt.agent.limits import put
from autogpt.agent.queries.asking import askable
from autogpt.agent.questions import questions
from autogpt.agent.reading.bulk import folder_changed
from autogpt.agent.reading.compile import implied, is_asked_for, is_code, is_prose, merge
from autogpt.agent.reading.goal import Reading, read_goal
from autogpt.agent.reading.mentions import is_test
from autogpt.agent.reading.ready import ready
from autogpt.agent.reading.regression import ADDS_TESTS
from autogpt.agent.reading.untouched import is_settings
from autogpt.agent.reading.worked import worked_out
from autogpt.agent.recipes import mended_first, recipe_for
from autogpt.agent.understand import ANSWER, full_goal, reading_of
from autogpt.core.check import Check, FileExists, PythonHolds, path_of
from autogpt.core.contracts import Survey
from autogpt.core.event import Planned
from autogpt.core.message import Message, Request, Usage
from autogpt.core.plan import PART_OF, Item, Plan
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
    if steps := _then_tested(item, goal, reading, survey):
        return Plan(items=steps, recipe="fix", reason="the tests are written after the repair")
    looked = "\n".join(one.content for one in run.looked if one.ok)
    outputs = reading.named("output", "change")
    worked = None if native or run.answers else worked_out(goal, outputs, survey.files, looked)
    if worked:
        # Of databases nothing was known when the goal was read.
        proven = merge(item.checks, worked.checks)
        return Plan(items=(item.model_copy(update={"program": worked.program, "checks": proven}),), recipe=item.recipe)
    known = None if native else ready(goal, reading, survey.files)
    if known is None:
        item = item.model_copy(update={"query": askable(item, survey.files, looked)})
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


def _then_tested(item: Item, goal: str, reading: Reading, survey: Survey) -> tuple[Item, ...]:
    """First the repair, then the tests that are asked for, which are written with the mended code before its eyes."""
    more = item.recipe == "fix" and ADDS_TESTS.search(goal)
    changed = tuple(p for p in reading.named("change") if is_test(p)) if more else ()
    tests = item.delivers if item.recipe == "code" else changed
    faulty = mended_first(goal, tests, reading, survey)
    if not faulty:
        return ()
    # Tests that are there have to pass after the repair, too.
    rest = tuple(c for c in item.checks if not _speaks_of(c, tests) or (changed and c.kind == "tests_pass"))
    mend = item.model_copy(update={"name": "fix", "delivers": faulty, "checks": rest, "recipe": "fix", "then": ""})
    then = {"name": "tests", "needs": ("fix",), "delivers": tests, "recipe": "code"}
    return (mend, item.model_copy(update=then))


def _speaks_of(check: Check, paths: Collection[str]) -> bool:
    """Whether the check looks at one of the files, or runs it."""
    return path_of(check) in paths or (isinstance(check, PythonHolds) and any(path in check.code for path in paths))


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
        checks = implied(text, reading, survey.files, step=True)
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
    reply = await put(run, ctx.model, request)
    try:
        drafts = _Drafts.model_validate_json(reply.text).items
    except ValidationError:
        return None, reply.usage
    if len(drafts) < 2 or len({draft.name for draft in drafts}) < len(drafts):
        return None, reply.usage
    items: list[Item] = []
    for draft in drafts:
        known = tuple(name for name in draft.needs if name in {item.name for item in items})
        said = f"{draft.goal}{PART_OF}{goal[:600]})"
        # Its files are its check; the whole task is judged once more at the end.
        checks = tuple(FileExists(path=path, source="agent") for path in draft.delivers) or run.task.checks
        items.append(Item(name=draft.name, goal=said, needs=known, delivers=draft.delivers, checks=checks))
    return Plan(items=tuple(items), reason="a long goal", recipe="model plan"), reply.usage
