"""The request of a turn: how the answer begins and where it ends, how long and how warm it may be."""

import re

from autogpt.agent import small
from autogpt.agent.agree import only_function
from autogpt.agent.context import Context
from autogpt.agent.formats import action_schema, closes, dates, imports, opening
from autogpt.agent.functions import CLOSES, FORMAT, places
from autogpt.agent.functions import opening as begun
from autogpt.agent.ladder import OURS, READY, REWRITE
from autogpt.agent.limits import put
from autogpt.agent.programs.loading import loading
from autogpt.agent.programs.options import begun as with_option
from autogpt.agent.programs.serving import begun as server
from autogpt.agent.programs.signature import signature
from autogpt.agent.programs.usage import begun as parser
from autogpt.agent.queries.asking import opening as opening_of
from autogpt.agent.turn import is_library, is_new, to_read
from autogpt.agent.window import cap
from autogpt.core.contracts import Model
from autogpt.core.errors import ContextFull
from autogpt.core.message import Message, Reply, Request
from autogpt.core.plan import Item
from autogpt.core.run import Run, Step
from autogpt.core.strategy import Strategy

MOST_READ = 400_000
"""Bytes of a text that are read to pick passages from."""


async def ask(run: Run, item: Item, strategy: Strategy, model: Model, ctx: Context) -> Reply:
    """Ask the model for the turn that was begun; of a conversation too long for it, once more without its middle."""
    if strategy.name in OURS:
        program = item.program if strategy.name == READY.name else small.program(run, item, strategy)
        return Reply(text=f"```python\n{program}```", model=strategy.name)
    profile = model.profile
    step = run.steps[-1]
    prefill, stop, schema, tools = "", (), None, ()
    match strategy.format:
        case "files":
            prefill = opening(step.target) + (dates(item.goal, step.target) if profile.small else "")
            stop = closes(step.target, library=is_library(item, step.target))
            if profile.small and is_new(item, step.target) and (begun := await _program(item, step.target, ctx)):
                prefill, stop = prefill + begun, (*stop, "\nif __name__")
            elif profile.small and is_library(item, step.target):
                prefill += _first_line(item, strategy, step)
            elif (
                profile.small
                and step.target.endswith(".py")
                and not (strategy.name == REWRITE.name and step.sample % 2)
            ):
                prefill += with_option(item.goal, await ctx.workspace.read(step.target, MOST_READ) or "")
        case "answers":
            stop = ("\n\n",)
        case "function":
            prefill, stop = await _begun(step.target, ctx), CLOSES
        case "script":
            prefill, stop = f"```python\n{await _beginning(run, item, ctx)}", ("\n```",)
        case "query":
            prefill, stop = opening_of(item)
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
        max_tokens=profile.step_tokens,
        temperature=_warmth(run, strategy),
        seed=step.number,
    )
    try:
        return await put(run, model, request, ctx.on_text)
    except ContextFull:
        kept = request.model_copy(update={"messages": _shortened(request.messages)})
        return await put(run, model, kept, ctx.on_text)


async def _program(item: Item, path: str, ctx: Context) -> str:
    """What a program of a kind that small models get wrong begins with: a server, or one with arguments."""
    return server(item.goal, path, (await ctx.workspace.survey()).files) or parser(item.goal, path)


def _first_line(item: Item, strategy: Strategy, step: Step) -> str:
    """The function that a new module begins with, by its example; the imports it needs are put in afterwards.

    Of 67 problems of MBPP asked once 38 were solved so, 35 without it, and 31 where only `def name(` was given; either
    of the first two solved 42, so every second sample goes without.
    """
    again = strategy.name == REWRITE.name
    name = "" if again and step.sample % 2 else only_function(item.checks)
    # What failed before may have been called otherwise.
    return signature(item.checks, name, item.goal) or (f"def {name}(" if name and again else "")


async def _beginning(run: Run, item: Item, ctx: Context) -> str:
    """What the program begins with: the imports that keep a small model from other libraries, and its data read in."""
    begun = loading(item, to_read(item, await ctx.workspace.survey())) if run.profile.small else ""
    # Before data that is read in an import does no harm; alone, it makes the model go on importing.
    results = [path for path in item.delivers if begun or path.endswith((".html", ".htm", ".db", ".sqlite"))]
    files = "\n".join([*_files_of(run, item), *results])
    return "".join(line for line in imports(files).splitlines(True) if line not in begun) + begun


def _files_of(run: Run, item: Item) -> list[str]:
    """The files that a program works on: those of the folder that the goal names, or all if they are few."""
    listed = re.findall(r"^- (\S.*?) \(\d+ bytes", run.messages[-1].content, re.M)
    named = [path for path in listed if path.rpartition("/")[2] in item.goal]
    return named or (listed if len(listed) <= 3 else [])


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
    if strategy.format == "script" and len(run.steps) > 2 and _alike(run.steps[-2], run.steps[-3]):
        return min(strategy.temperature + _WARMER, 2.0)
    return max(strategy.temperature, _REPAIR_TEMPERATURE) if _repairs(run) else strategy.temperature


_WARMER = 0.4
"""Added to the temperature after two programs on end that were the same."""


def _alike(one: Step, other: Step) -> bool:
    return one.reply is not None and other.reply is not None and one.reply.text == other.reply.text


_REPAIR_TEMPERATURE = 0.4
"""At 0 a small model that has its last answer before its eyes copies it, fault and all (seen in 3 of 5 repairs)."""


def _repairs(run: Run) -> bool:
    before = run.steps[-2].change if len(run.steps) > 1 else None
    return run.profile.small and before is not None and before.change == "repair"


def _shortened(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """The conversation without its middle: system, first and last messages, long ones without theirs.

    Results of tool calls stay with the calls that they answer, without which providers refuse them.
    """
    last = max((at for at, message in enumerate(messages) if message.role == "assistant"), default=0)
    called = any(message.role == "tool" for message in messages[last:])
    kept = messages if len(messages) <= 3 else (*messages[:2], *(messages[max(2, last) :] if called else messages[-1:]))
    return tuple(m.model_copy(update={"content": cap(m.content, 6_000)}) for m in kept)
