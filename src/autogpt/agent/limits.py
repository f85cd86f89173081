"""What a run may still use: looked at between turns, and before each call of a model."""

from collections.abc import Sequence

from autogpt.agent.context import Context
from autogpt.agent.window import tokens
from autogpt.core.contracts import Model, OnText
from autogpt.core.errors import LimitReached
from autogpt.core.message import Message, Profile, Reply, Request, ToolSpec
from autogpt.core.run import Run

_WORTH = 256
"""Tokens of an answer for which less than its whole length is still worth its prompt's price."""


async def limit_now(run: Run, ctx: Context) -> str:
    """`limit_reached` with the last turn's own time counted in, which no event of the run tells."""
    if run.task.limits.seconds is None:
        return limit_reached(run)
    return limit_reached(run, run.until(await ctx.clock.now()) - ctx.idle)


def limit_reached(run: Run, seconds: float | None = None) -> str:
    """Which limit the run has reached, in words of the task's language; '' if none.

    Tokens and money already spent by sub-runs count. seconds: how long it has taken; if not given, to its last turn.
    """
    limits = run.task.limits
    zh = run.task.language == "zh"
    steps = len(run.steps) + run.extra_steps
    if steps >= limits.steps:
        return f"{limits.steps} 步" if zh else f"{limits.steps} step{'' if limits.steps == 1 else 's'}"
    if limits.tokens is not None and run.usage.tokens >= limits.tokens:
        return f"{limits.tokens:,} {'个 token' if zh else 'tokens'}"
    if limits.seconds is not None and (run.seconds if seconds is None else seconds) >= limits.seconds:
        return _seconds(limits.seconds, zh=zh)
    if limits.cost_usd is not None and run.usage.cost_usd >= limits.cost_usd:
        return f"{limits.cost_usd:g} {'美元' if zh else 'USD'}"
    return ""


def _seconds(seconds: float, *, zh: bool) -> str:
    return f"{seconds:g} {'秒' if zh else 'second' if seconds == 1 else 'seconds'}"


def room(run: Run, profile: Profile, messages: Sequence[Message], most: int, tools: Sequence[ToolSpec] = ()) -> int:
    """How many tokens the answer may have, so that the limits of tokens and money hold with the prompt counted in.

    Raises LimitReached where the money that is left does not pay for the prompt and an answer worth it.
    """
    limits = run.task.limits
    prompt = sum(tokens(message.content) for message in messages)
    if limits.tokens is not None:
        most = max(16, min(most, limits.tokens - run.usage.tokens - prompt))
    if limits.cost_usd is None or profile.rates is None:
        return most
    prompt += sum(tokens(tool.model_dump_json()) for tool in tools)
    left = limits.cost_usd - run.usage.cost_usd
    paid = profile.rates.answer(left, prompt)
    if paid < min(most, _WORTH):
        raise LimitReached(_too_dear(run, left, profile.rates.ask(prompt, min(most, _WORTH))))
    return min(most, paid)


def _too_dear(run: Run, left: float, price: float) -> str:
    most = run.task.limits.cost_usd or 0.0
    if run.task.language == "zh":
        return f"{most:g} 美元；下一次调用模型约需 {price:.2g} 美元，只剩 {max(left, 0.0):.2g} 美元"
    return f"{most:g} USD; the next call of the model would cost about {price:.2g}, and {max(left, 0.0):.2g} is left"


def heard_out(reply: Reply, run: Run) -> Reply:
    """The reply, if it was not cut off by the end of the run's time. Raises LimitReached if it was."""
    if reply.stopped != "cancelled":
        return reply
    zh, seconds = run.task.language == "zh", run.task.limits.seconds or 0.0
    told = "，模型的回答被中断" if zh else ", in the middle of an answer"
    raise LimitReached(_seconds(seconds, zh=zh) + (told if reply.usage.input_tokens else ""))


async def put(run: Run, model: Model, request: Request, on_text: OnText | None = None) -> Reply:
    """Ask the model within what the run may still spend. Raises LimitReached where it may not."""
    most = room(run, model.profile, request.messages, request.max_tokens, request.tools)
    return await model.reply(request.model_copy(update={"max_tokens": most}), on_text)
