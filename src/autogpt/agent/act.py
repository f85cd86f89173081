"""One turn: decide, get leave, do, observe."""

import json

from pydantic_core import PydanticSerializationError

from autogpt.agent.adapt import progress
from autogpt.agent.agree import only_function
from autogpt.agent.asking import MOST_READ, ask
from autogpt.agent.context import Context
from autogpt.agent.formats import (
    file_actions,
    native_actions,
    program_actions,
    schema_actions,
)
from autogpt.agent.functions import FORMAT, asked_for, blamed, function_actions
from autogpt.agent.ladder import MEND, REWRITE, ladder
from autogpt.agent.limits import heard_out
from autogpt.agent.perform import observed, perform
from autogpt.agent.programs.habits import blank_is_none
from autogpt.agent.programs.letters import without_blanks
from autogpt.agent.programs.mending import joined
from autogpt.agent.programs.oddities import table_of
from autogpt.agent.programs.signature import signature
from autogpt.agent.programs.sqldates import date_columns, with_julian_days
from autogpt.agent.queries.asking import asks_query, query_actions
from autogpt.agent.questions import FORMAT as QUESTION
from autogpt.agent.questions import answer_actions, asked, asks
from autogpt.agent.reading.untouched import is_settings, keeps_remarks, with_remarks
from autogpt.agent.rerun import run_headed, run_mended, run_sorted, run_without_rows
from autogpt.agent.small import CHANGES, can_change
from autogpt.agent.turn import again, better_anew, first, next_file, next_target, why_broken
from autogpt.agent.whole import read_whole
from autogpt.agent.window import tokens
from autogpt.core.action import SILENT, Action, Observation
from autogpt.core.effect import Labels
from autogpt.core.event import Replied, Restored, Turned
from autogpt.core.message import Reply
from autogpt.core.plan import Item
from autogpt.core.run import Run, Step
from autogpt.core.schema import JsonValue
from autogpt.core.strategy import Strategy

MOST_ACTIONS = 12
"""How many calls of one reply are made; the limits of the task are looked at between turns."""
FRESH = frozenset({"strategy", "sample", "next_item", "replan"})


async def act(run: Run, item: Item, ctx: Context) -> Run:
    """Take one turn on the item. Raises ModelError where the model cannot answer at all."""
    strategy = run.strategy or ladder(run.profile, item, stronger=ctx.stronger is not None)[0]
    run = await _open(run, item, strategy, ctx)
    strategy = run.steps[-1].strategy
    model = ctx.stronger if strategy.stronger and ctx.stronger else ctx.model
    reply = await ask(run, item, strategy, model, ctx)
    reply = _sound(reply)
    run = await ctx.record(run, Replied(reply=reply))
    heard_out(reply, run)
    text = ""
    if strategy.format in (FORMAT, "files"):
        text = await ctx.workspace.read(run.steps[-1].target.partition("::")[0], MOST_READ) or ""
    if strategy.format == "files" and not _own(run) and _unseen(run, text):
        target = run.steps[-1].target
        seen = Observation(
            action_id=f"a{len(run.steps)}", tool="write_file", ok=False, content=_UNSEEN.format(path=target)
        )
        action = Action(id=seen.action_id, tool="write_file", args={"path": target})
        return await observed(run, action, seen, Labels(), ctx)
    actions = _actions(run, item, strategy, reply, text)
    if strategy.format == "query":
        actions = query_actions(run, item, reply, (await ctx.workspace.survey()).files)
    if strategy.format == "files":
        actions = await _with_siblings(actions, item, ctx)
    elif strategy.format == "script" and run.profile.small:
        actions = await _with_blanks(_with_days(actions, run), ctx)
    for number, action in enumerate(actions):
        if number < MOST_ACTIONS:
            run = await perform(run, action, ctx)
        else:
            text = f"not done: more than {MOST_ACTIONS} calls in one turn; make it again in the next if it is needed"
            seen = Observation(action_id=action.id, tool=action.tool, ok=False, content=text)
            run = await observed(run, action, seen, Labels(), ctx)
    if strategy.format == "script" and run.profile.small:
        run = await run_mended(run, item, ctx)
        run = await run_headed(run, item, ctx)
        run = await run_without_rows(run, item, ctx)
    if strategy.format in ("script", "query") and run.profile.small:
        run = await run_sorted(run, item, ctx)
    if strategy.format == "script" and (path := await _printed(run, item, ctx)):
        args: dict[str, JsonValue] = {"path": path, "content": run.steps[-1].observations[-1].content + "\n"}
        run = await perform(run, Action(id=f"p{len(run.steps)}", tool="write_file", args=args), ctx)
    if item.then and _wrote_last(run, item):
        run = await perform(run, Action(id=f"t{len(run.steps)}", tool="run_command", args={"command": item.then}), ctx)
    return run


async def _with_blanks(actions: tuple[Action, ...], ctx: Context) -> tuple[Action, ...]:
    """The programs with empty cells found where they ask whether a cell is None."""
    if not any(action.tool == "run_python" and "None" in str(action.args.get("code", "")) for action in actions):
        return actions
    files = [file for file in (await ctx.workspace.survey()).files if file.path.endswith((".csv", ".tsv"))]
    tables = [table for file in files if (table := table_of(file))]
    gaps = {n.strip() for t in tables for at, n in enumerate(t.head) if any(not c.strip() for c in t.column(at))}
    codes = [blank_is_none(str(action.args.get("code", "")), frozenset(gaps)) for action in actions]
    return tuple(
        action.model_copy(update={"args": {**action.args, "code": code}}) if action.tool == "run_python" else action
        for action, code in zip(actions, codes, strict=True)
    )


def _with_days(actions: tuple[Action, ...], run: Run) -> tuple[Action, ...]:
    """The programs with days where their SQL subtracts the texts of dates, in databases that were looked into."""
    columns = date_columns("\n".join(seen.content for seen in run.looked if seen.ok))
    codes = [with_julian_days(str(action.args.get("code", "")), columns) for action in actions]
    return tuple(
        action.model_copy(update={"args": {**action.args, "code": code}}) if code else action
        for action, code in zip(actions, codes, strict=True)
    )


async def _with_siblings(actions: tuple[Action, ...], item: Item, ctx: Context) -> tuple[Action, ...]:
    """The files with the imports they lack of what other files of the item define, such as a test's of its module."""
    made: list[Action] = []
    for action in actions:
        path, content = str(action.args.get("path", "")), str(action.args.get("content", ""))
        beside = [other for other in item.delivers if other != path and other.endswith(".py") and path.endswith(".py")]
        texts = {_module(other): await ctx.workspace.read(other) or "" for other in beside}
        made.append(action.model_copy(update={"args": {**action.args, "content": joined(content, texts)}}))
    return tuple(made)


def _module(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")


_UNSEEN = "{path} was not written anew: the model has not seen all that stands in it, and the rest would be lost"


def _own(run: Run) -> bool:
    """Whether the model wrote the file itself in this attempt, as its answer says; its slips may have been mended."""
    target = run.steps[-1].target
    return any(step.target == target and step.reply and any(o.ok for o in step.observations) for step in run.attempt)


def _unseen(run: Run, text: str) -> bool:
    """Whether a file that is there is about to be written anew by a model that was not shown its end."""
    end = text.strip()[-80:]
    return bool(end) and not any(end in message.content for message in run.messages)


_PRINTABLE = (".md", ".txt", ".csv", ".json", ".html", ".xml", ".sql")


async def _printed(run: Run, item: Item, ctx: Context) -> str:
    """The one text the item is to make, where the program printed it instead of writing it; '' else."""
    seen = run.steps[-1].observations
    if len(item.delivers) != 1 or len(seen) != 1 or not seen[0].ok or seen[0].changed:
        return ""
    path, text = item.delivers[0], seen[0].content
    whole = text != SILENT and "[stderr]" not in text and seen[0].artifact is None
    there = await ctx.workspace.read(path, 1) is not None
    return path if whole and not there and path.lower().endswith(_PRINTABLE) else ""


async def _open(run: Run, item: Item, strategy: Strategy, ctx: Context) -> Run:
    """Begin the turn: a fresh attempt on the folder as the item found it, or the next message of this one."""
    if strategy.format == QUESTION:
        return await _put(run, item, strategy, ctx)
    last = run.steps[-1] if run.steps else None
    change = last.change.change if last and last.change else "next_item"
    now = await ctx.clock.now()
    anew = change == "repair" and better_anew(run, item)
    if last is None or change in FRESH or anew or not run.messages or _crowded(run):
        base = run.base if run.base_item == item.name else ""
        mended = progress(run, item)
        if base:
            base = mended[0] if mended else base
            changed = await ctx.workspace.restore(base)
            if changed:
                run = await ctx.record(run, Restored(snapshot=base, reason="a fresh attempt"))
        survey = await ctx.workspace.survey()
        if item.recipe == "prose" or strategy.format == FORMAT:
            survey = await read_whole(survey, ctx)
        sample = last.sample + (change == "sample") if last and (anew or change == "sample") else 0
        stands = mended[1] if mended else run.before.get(item.name)
        broke = ""
        if last and last.item == item.name and (anew or _told(item, strategy, last, sample)):
            stands, broke = last.verdict, why_broken(last.observations)
        elif item.recipe == "fix":
            broke = why_broken(last.observations) if last and last.item == item.name else why_broken(run.looked)
        blame = blamed(run, item, survey, stands) if strategy.format == FORMAT else None
        if blame is not None:
            target, messages = blame.place.target, asked_for(run, item, blame, survey)
        else:
            if strategy.format == FORMAT:
                tried = run.steps and run.steps[-1].strategy.format == FORMAT
                strategy = CHANGES if tried and can_change(item) and CHANGES.name not in run.tried else MEND
            target = next_target(run, item, strategy, fresh=True)
            told = asks_query(run, item, survey, stands, broke) if strategy.format == "query" else ()
            messages = told or first(run, item, strategy, survey, target, stands, broke)
        turned = Turned(
            item=item.name,
            strategy=strategy,
            sample=sample,
            target=target,
            fresh=True,
            base=base or survey.snapshot,
            messages=messages,
            at=now,
        )
        return await ctx.record(run, turned)
    target = next_target(run, item, strategy, repair=change == "repair")
    messages = again(run, strategy, target) if change == "repair" else next_file(run, strategy, target)
    turned = Turned(item=item.name, strategy=strategy, sample=last.sample, target=target, messages=messages, at=now)
    return await ctx.record(run, turned)


def _told(item: Item, strategy: Strategy, last: Step, sample: int) -> bool:
    """Whether an attempt is told what was wrong with the one before: of programs each, of modules every other.

    Told what came of an example, a small model writes what was expected into the function (of 22 samples 8 then gave
    it, 2 were right; untold 12 of 43 and 8), so that is told once.
    """
    if strategy.format == "files":
        failing = last.verdict.failing if last.verdict else ()
        name = only_function(item.checks)
        shown = bool(failing) and all(signature((r.check,), name, item.goal) for r in failing)
        return item.recipe == "code" and strategy.name == REWRITE.name and (sample == 2 if shown else sample % 2 == 0)
    return strategy.format == last.strategy.format and strategy.format in ("script", "query")


async def _put(run: Run, item: Item, strategy: Strategy, ctx: Context) -> Run:
    """Begin a turn that puts the next of the item's questions, in a conversation of its own."""
    survey = await read_whole(await ctx.workspace.survey(), ctx)
    at = asked(item, run)
    turned = Turned(
        item=item.name,
        strategy=strategy,
        target=item.delivers[0],
        fresh=True,
        base=run.base if at and run.base else survey.snapshot,
        messages=asks(item, run, survey, at),
        at=await ctx.clock.now(),
    )
    return await ctx.record(run, turned)


def _crowded(run: Run) -> bool:
    """Whether the conversation leaves too little room for an answer; it is then begun anew from the present state."""
    used = sum(tokens(message.content) for message in run.messages)
    return used > run.profile.window - run.profile.step_tokens - 512


def _sound(reply: Reply) -> Reply:
    """The reply without halves of surrogate pairs, which are not text and can be written nowhere."""
    try:
        reply.model_dump_json()
    except PydanticSerializationError:
        told = json.dumps(reply.model_dump(mode="python"), ensure_ascii=False)
        return Reply.model_validate_json(told.encode("utf-8", "replace"))
    return reply


def _actions(run: Run, item: Item, strategy: Strategy, reply: Reply, text: str) -> tuple[Action, ...]:
    step = run.steps[-1]
    match strategy.format:
        case "query":
            return ()
        case "answers":
            return answer_actions(item, run, step.number)
        case "function":
            return function_actions(reply, text, step.target, step.number)
        case "files":
            made = file_actions(reply, step.target, step.number)
            if made and run.profile.small and item.recipe == "prose":
                content = without_blanks(str(made[0].args["content"]), run.task.goal)
                made = (made[0].model_copy(update={"args": {**made[0].args, "content": content}}),)
            if not made or not text or not is_settings(step.target) or not keeps_remarks(item.goal):
                return made
            content = with_remarks(text, str(made[0].args["content"]))
            return (made[0].model_copy(update={"args": {**made[0].args, "content": content}}),)
        case "script":
            return program_actions(reply, step.number)
        case "schema":
            return schema_actions(reply, step.number)
        case "native":
            return native_actions(reply, step.number)


def _wrote_last(run: Run, item: Item) -> bool:
    """Whether this turn wrote the last of the item's files."""
    step = run.steps[-1]
    written = {s.target for s in run.attempt if s.actions}
    return step.strategy.format == "files" and bool(step.actions) and written.issuperset(item.delivers)
