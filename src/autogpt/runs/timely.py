"""A model whose answer is cut off when the time of the run is over."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from autogpt.agent.window import tokens
from autogpt.core.contracts import Journal, Model, OnText
from autogpt.core.event import Answered, Started
from autogpt.core.message import Reply, Request, Usage
from autogpt.core.wrapped import Wrapped
from autogpt.runs.spec import RunSpec, now

Left = Callable[[], Awaitable[float | None]]
"""How many seconds a run has left; None if it has no limit of time."""


def time_left(spec: RunSpec, journal: Journal) -> Left:
    """Of the run's limit of time, counted from its start, whichever process saw that, without waiting for answers."""

    async def left() -> float | None:
        if spec.task.limits.seconds is None:
            return None
        events = [entry.event for entry in await journal.read(spec.run_id)]
        began = next((event.at for event in events if isinstance(event, Started)), None) or now()
        waited = sum(event.waited for event in events if isinstance(event, Answered))
        return spec.task.limits.seconds + waited + spec.idle - (now() - began).total_seconds()

    return left


class Timely(Wrapped):
    """Cuts an answer off when the time is over, with `stopped` "cancelled"; asks nothing where it was over before."""

    def __init__(self, model: Model, left: Left, *, least: float = 0.0) -> None:
        """least: seconds that an answer has in any case."""
        super().__init__(model)
        self._left = left
        self._least = least

    async def reply(self, request: Request, on_text: OnText | None = None) -> Reply:
        left = await self._left()
        if left is not None and (left := max(left, self._least)) <= 0:
            return Reply(stopped="cancelled", model=self.name)
        said: list[str] = []

        def hear(piece: str) -> None:
            said.append(piece)
            if on_text is not None:
                on_text(piece)

        began = time.monotonic()
        limit = asyncio.timeout(left)
        try:
            async with limit:
                return await self._model.reply(request, hear if on_text is not None else None)
        except TimeoutError:
            if not limit.expired():
                raise
        return self._cut(request, "".join(said), time.monotonic() - began)

    def _cut(self, request: Request, said: str, seconds: float) -> Reply:
        """What was heard so far; what it took is estimated, for nobody tells it of half an answer."""
        prompt = sum(tokens(message.content) for message in request.messages)
        usage = Usage(input_tokens=prompt, output_tokens=tokens(said) if said else 0, model_seconds=seconds)
        rates = self.profile.rates
        cost = rates.cost(usage) if rates else 0.0
        return Reply(text=said, usage=usage.model_copy(update={"cost_usd": cost}), stopped="cancelled", model=self.name)
