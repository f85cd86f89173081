"""One turn: decide, get leave, do, observe."""

import json
import re
from datetime import timedelta

from pydantic_core import PydanticSerializationError

from autogpt.agent.adapt import progress
from autogpt.agent.context import Context
from autogpt.agent.formats import (
    action_schema,
    closes,
    file_actions,
    imports,
    opening,
    program_actions,
    schema_actions,
)
from autogpt.agent.functions import CLOSES, FORMAT, asked_for, blamed, function_actions, places
from autogpt.agent.functions import opening as begun
from autogpt.agent.ladder import MEND, READY, ladder
from autogpt.agent.questions import FORMAT as QUESTION
from autogpt.agent.questions import answer_actions, asked, asks
from autogpt.agent.started import shows_options
from autogpt.agent.turn import again, better_anew, first, is_library, next_file, next_target
from autogpt.agent.untouched import is_settings, keeps_remarks, with_remarks
from autogpt.agent.window import cap, tokens
from autogpt.core.action import Action, Observation
from autogpt.core.contracts import FileHead, Model, Survey
from autogpt.core.effect import Approval, Call, Decision, Labels
from autogpt.core.errors import ContextFull, ToolError
from autogpt.core.event import Answered, Asked, Decided, Observed, Replied, Restored, Turned
from autogpt.core.message import Message, Reply, Request
from autogpt.core.plan import Item
from autogpt.core.run import Run
from autogpt.core.strategy import Strategy

MOST_READ = 400_000
"""Bytes of a text that are read to pick passages from."""
MOST_ACTIONS = 12
"""How many calls of one reply are made; the limits of the task are looked at between turns."""
FRESH = frozenset({"strategy", "sample", "next_item", "replan"})


async def act(run: Run, item: Item, ctx: Context) -> Run:
    """Take one turn on the item. Raises ModelError where the model cannot answer at all."""
    strategy = run.strategy or ladder(run.profile, item, stronger=ctx.stronger is not None)[0]
    run = await _open(run, item, strategy, ctx)
    strategy = run.steps[-1].strategy
    model = ctx.stronger if strategy.stronger and ctx.stronger else ctx.model
    reply = await _ask(run, item, strategy, model, ctx)
    reply = _sound(reply)
    run = await ctx.record(run, Replied(reply=reply))
    text = ""
    if strategy.format == FORMAT or is_settings(run.steps[-1].target):
        text = await ctx.workspace.read(run.steps[-1].target.partition("::")[0], MOST_READ) or ""
    for number, action in enumerate(_actions(run, item, strategy, reply, text)):
        if number < MOST_ACTIONS:
            run = await perform(run, action, ctx)
        else:
            text = f"not done: more than {MOST_ACTIONS} calls in one turn; make it again in the next if it is needed"
            seen = Observation(action_id=action.id, tool=action.tool, ok=False, content=text)
            run = await _observed(run, action, seen, Labels(), ctx)
    if item.then and _wrote_last(run, item):
        run = await perform(run, Action(id=f"t{len(run.steps)}", tool="run_command", args={"command": item.then}), ctx)
    return run


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
        if item.recipe == "prose":
            survey = await _read_whole(survey, ctx)
        sample = last.sample + (change == "sample") if last and (anew or change == "sample") else 0
        stands = mended[1] if mended else run.before.get(item.name)
        if anew and last:
            stands = last.verdict
        blame = blamed(run, item, survey, stands) if strategy.format == FORMAT else None
        if blame is not None:
            target, messages = blame.place.target, asked_for(run, item, blame, survey)
        else:
            strategy = MEND if strategy.format == FORMAT else strategy
            target = next_target(run, item, strategy, fresh=True)
            messages = first(run, item, strategy, survey, target, stands)
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
    if change == "repair" and strategy.format in ("script", "shell"):
        await ctx.workspace.restore(run.base)
        run = await ctx.record(run, Restored(snapshot=run.base, reason="the corrected program starts afresh"))
    messages = again(run, strategy, target) if change == "repair" else next_file(run, strategy, target)
    turned = Turned(item=item.name, strategy=strategy, sample=last.sample, target=target, messages=messages, at=now)
    return await ctx.record(run, turned)


async def _put(run: Run, item: Item, strategy: Strategy, ctx: Context) -> Run:
    """Begin a turn that puts the next of the item's questions, in a conversation of its own."""
    survey = await _read_whole(await ctx.workspace.survey(), ctx)
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


async def _read_whole(survey: Survey, ctx: Context) -> Survey:
    """The survey with the long texts read to their end, so that the passages that matter can be picked from them."""
    files: list[FileHead] = []
    for file in survey.files:
        if file.head and len(file.head.encode()) < file.size <= MOST_READ and len(files) < 40:
            text = await ctx.workspace.read(file.path, MOST_READ)
            files.append(file.model_copy(update={"head": text}) if text else file)
        else:
            files.append(file)
    return survey.model_copy(update={"files": tuple(files)})


def _crowded(run: Run) -> bool:
    """Whether the conversation leaves too little room for an answer; it is then begun anew from the present state."""
    used = sum(tokens(message.content) for message in run.messages)
    return used > run.profile.window - run.profile.step_tokens - 512


def _room(run: Run, most: int) -> int:
    """How many tokens the answer may have, so that the task's limit holds with the prompt counted in."""
    if run.task.limits.tokens is None:
        return most
    prompt = sum(tokens(message.content) for message in run.messages)
    return max(16, min(most, run.task.limits.tokens - run.usage.tokens - prompt))


async def _ask(run: Run, item: Item, strategy: Strategy, model: Model, ctx: Context) -> Reply:
    if strategy.name == READY.name:
        return Reply(text=f"```python\n{item.program}```", model=READY.name)
    profile = model.profile
    step = run.steps[-1]
    prefill, stop, schema, tools = "", (), None, ()
    match strategy.format:
        case "files":
            # Begun so, a small model takes the arguments apart with the library made for it.
            parser = "import argparse\n" if profile.small and shows_options(item.goal, step.target) else ""
            prefill = opening(step.target) + parser
            stop = closes(step.target, library=is_library(item, step.target))
        case "answers":
            stop = ("\n\n",)
        case "function":
            prefill, stop = await _begun(step.target, ctx), CLOSES
        case "script":
            prefill, stop = f"```python\n{imports(_files_of(run, item))}", ("\n```",)
        case "shell":
            prefill, stop = "```bash\n", ("\n```",)
        case "schema":
            schema = action_schema(ctx.toolbox.specs())
        case "native":
            tools = ctx.toolbox.specs()
    request = Request(
        messages=run.messages,
        prefill=prefill if profile.prefill else "",
        stop=stop if profile.prefill else (),
        output_schema=schema,
        tools=tools,
        max_tokens=_room(run, profile.step_tokens),
        temperature=_warmth(run, strategy),
        seed=step.number,
    )
    try:
        return await model.reply(request, ctx.on_text)
    except ContextFull:
        kept = request.model_copy(update={"messages": _shortened(request.messages)})
        return await model.reply(kept, ctx.on_text)


def _files_of(run: Run, item: Item) -> str:
    """The files that a program works on: those of the folder that the goal names, or all if they are few; and pages."""
    listed = re.findall(r"^- (\S.*?) \(\d+ bytes", run.messages[-1].content, re.M)
    named = [path for path in listed if path.rpartition("/")[2] in item.goal]
    pages = [path for path in item.delivers if path.endswith((".html", ".htm"))]
    return "\n".join([*(named or (listed if len(listed) <= 3 else ())), *pages])


async def _begun(target: str, ctx: Context) -> str:
    """The function that is asked for, up to its body."""
    path, _, name = target.partition("::")
    text = await ctx.workspace.read(path, MOST_READ) or ""
    return next((begun(place) for place in places(path, text) if place.name == name), "```python\n")


def _warmth(run: Run, strategy: Strategy) -> float:
    """The temperature of the answer: higher, the more often the same was asked for."""
    step = run.steps[-1]
    if strategy.format == FORMAT:
        before = sum(s.target == step.target and s.strategy.format == FORMAT for s in run.steps) - 1
        return (0.0, 0.2, 0.6, 0.8)[min(before, 3)]
    return max(strategy.temperature, _REPAIR_TEMPERATURE) if _repairs(run) else strategy.temperature


_REPAIR_TEMPERATURE = 0.4
"""At 0 a small model that has its last answer before its eyes copies it, fault and all (seen in 3 of 5 repairs)."""


def _repairs(run: Run) -> bool:
    before = run.steps[-2].change if len(run.steps) > 1 else None
    return run.profile.small and before is not None and before.change == "repair"


def _sound(reply: Reply) -> Reply:
    """The reply without halves of surrogate pairs, which are not text and can be written nowhere."""
    try:
        reply.model_dump_json()
    except PydanticSerializationError:
        told = json.dumps(reply.model_dump(mode="python"), ensure_ascii=False)
        return Reply.model_validate_json(told.encode("utf-8", "replace"))
    return reply


def _shortened(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """The conversation without its middle: system, first and last messages, long ones without theirs."""
    kept = messages if len(messages) <= 3 else (*messages[:2], messages[-1])
    return tuple(m.model_copy(update={"content": cap(m.content, 6_000)}) for m in kept)


def _actions(run: Run, item: Item, strategy: Strategy, reply: Reply, text: str) -> tuple[Action, ...]:
    step = run.steps[-1]
    match strategy.format:
        case "answers":
            return answer_actions(item, run, step.number)
        case "function":
            return function_actions(reply, text, step.target, step.number)
        case "files":
            made = file_actions(reply, step.target, step.number)
            if not made or not text or not keeps_remarks(item.goal):
                return made
            content = with_remarks(text, str(made[0].args["content"]))
            return (made[0].model_copy(update={"args": {**made[0].args, "content": content}}),)
        case "script":
            return program_actions(reply, "run_python", step.number)
        case "shell":
            return program_actions(reply, "run_command", step.number)
        case "schema":
            return schema_actions(reply, step.number)
        case "native":
            return reply.actions


def _wrote_last(run: Run, item: Item) -> bool:
    """Whether this turn wrote the last of the item's files."""
    step = run.steps[-1]
    written = {s.target for s in run.attempt if s.actions}
    return step.strategy.format == "files" and bool(step.actions) and written.issuperset(item.delivers)


async def perform(run: Run, action: Action, ctx: Context) -> Run:
    """One action through the policy: allowed and done, approved by a person and done, or refused."""
    try:
        call = ctx.toolbox.call(action, run.id)
    except ToolError as error:
        seen = Observation(action_id=action.id, tool=action.tool, ok=False, content=str(error))
        return await _observed(run, action, seen, Labels(), ctx)
    if action.tool == "ask_person":
        return await _ask_person(run, action, ctx)
    run, decision = await _decide(run, call, action, ctx)
    if decision.kind == "ask":
        run, decision = await _approval(run, call, action, decision, ctx)
    if decision.kind != "allow":
        text = f"not allowed ({decision.rule}): {decision.reason}"
        seen = Observation(action_id=action.id, tool=action.tool, ok=False, content=text)
        return await _observed(run, action, seen, Labels(), ctx)
    seen = await ctx.toolbox.run(action)
    labels = Labels(untrusted=call.effects.untrusted_output, private=call.effects.reads == "private")
    return await _observed(run, action, seen, labels, ctx)


async def _decide(run: Run, call: Call, action: Action, ctx: Context) -> tuple[Run, Decision]:
    now = run.now or await ctx.clock.now()
    decision = ctx.policy(run, call, now)
    used = call.digest if decision.kind == "allow" and any(a.digest == call.digest for a in run.approvals) else None
    run = await ctx.record(
        run,
        Decided(
            action_id=action.id,
            tool=call.tool,
            digest=call.digest,
            decision=decision,
            labels=run.labels,
            approval=used,
        ),
    )
    return run, decision


async def _approval(run: Run, call: Call, action: Action, decision: Decision, ctx: Context) -> tuple[Run, Decision]:
    """Ask for leave for exactly this call, and decide again with the answer."""
    asked = Asked(
        id=f"approve-{call.digest[:12]}-{run.events}",
        question=f"{ctx.render(call, run.labels)}\n{decision.rule}: {decision.reason}",
        about="approval",
        choices=("yes", "no"),
        digest=call.digest,
    )
    run = await ctx.record(run, asked)
    answer = await ctx.human.ask(asked)
    now = await ctx.clock.now()
    granted = answer.strip().lower() in ("yes", "y", "是", "同意", "允许", "approve")
    approval = Approval(digest=call.digest, granted=granted, expires=now + timedelta(hours=24))
    run = await ctx.record(run, Answered(id=asked.id, answer=answer, approval=approval))
    return await _decide(run.model_copy(update={"now": now}), call, action, ctx)


async def _ask_person(run: Run, action: Action, ctx: Context) -> Run:
    asked = Asked(id=f"tool-{run.events}", question=str(action.args.get("question", "")), about="tool")
    run = await ctx.record(run, asked)
    answer = await ctx.human.ask(asked)
    run = await ctx.record(run, Answered(id=asked.id, answer=answer))
    seen = Observation(action_id=action.id, tool=action.tool, ok=True, content=answer)
    return await _observed(run, action, seen, Labels(), ctx)


async def _observed(run: Run, action: Action, seen: Observation, labels: Labels, ctx: Context) -> Run:
    return await ctx.record(run, Observed(action=action, observation=seen, labels=run.labels | labels))
