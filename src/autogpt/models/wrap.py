"""Behaviour added to a model by a Model around it: retry, rate limit, meter."""

import random
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import anyio

from autogpt.core.contracts import Model, OnText
from autogpt.core.errors import ModelBusy, ModelError
from autogpt.core.message import Reply, Request, Usage
from autogpt.core.wrapped import Wrapped


class Retry(Wrapped):
    """Waits and asks again when the model is busy: exponentially longer with jitter, or as long as it asked for."""

    def __init__(
        self,
        model: Model,
        *,
        tries: int = 5,
        first_wait: float = 1.0,
        longest_wait: float = 60.0,
        patience: float = 900.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
        on_wait: Callable[[ModelBusy, float], None] = lambda error, seconds: None,
        seed: int | None = None,
    ) -> None:
        """tries: requests altogether. Waits in seconds. on_wait: told why and how long, before each wait.

        A provider that asks for more than `longest_wait` is not waited for: the error says so at once.
        patience: seconds after which no other try is begun, as when each of them took long to fail.
        clock: seconds that never go back; sleep: waits that many seconds.
        """
        super().__init__(model)
        self._tries = tries
        self._first = first_wait
        self._longest = longest_wait
        self._patience = patience
        self._clock = clock
        self._sleep = sleep
        self._on_wait = on_wait
        self._dice = random.Random(seed)  # noqa: S311  # jitter is no secret

    async def reply(self, request: Request, on_text: OnText | None = None) -> Reply:
        """Raises the last ModelBusy when all tries are used up."""
        until = self._clock() + self._patience
        for attempt in range(1, self._tries + 1):
            try:
                return await self._model.reply(request, on_text)
            except ModelBusy as error:
                if attempt == self._tries or (error.after or 0) > self._longest:
                    raise
                seconds = self._wait(attempt, error.after)
                if self._clock() + seconds > until:
                    raise
                self._on_wait(error, seconds)
            await self._sleep(seconds)
        raise ModelError("Retry needs at least one try")

    def _wait(self, attempt: int, asked: float | None) -> float:
        grown = min(self._longest, self._first * 2 ** (attempt - 1))
        # Half of the wait is left to chance, so that runs that failed together do not come back together.
        jittered = grown * (0.5 + 0.5 * self._dice.random())
        return max(jittered, asked or 0.0)


@dataclass
class _Spent:
    at: float
    tokens: int


class RateLimit(Wrapped):
    """Keeps this process's requests and tokens within limits per minute, by waiting before a request.

    Tokens are reserved as estimated (prompt, and the most the answer may have) and corrected by the reply.
    """

    def __init__(
        self,
        model: Model,
        *,
        requests_per_minute: int | None = None,
        tokens_per_minute: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
        on_wait: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        """clock: seconds that never go back; sleep: waits that many seconds. on_wait: told how many, before it."""
        super().__init__(model)
        self._requests = requests_per_minute
        self._tokens = tokens_per_minute
        self._clock = clock
        self._sleep = sleep
        self._on_wait = on_wait
        self._spent: deque[_Spent] = deque()

    async def reply(self, request: Request, on_text: OnText | None = None) -> Reply:
        wanted = await self.count(request.messages) + request.max_tokens if self._tokens else 0
        while (seconds := self._wait(wanted)) > 0:
            self._on_wait(seconds)
            await self._sleep(seconds)
        spent = _Spent(self._clock(), wanted)
        self._spent.append(spent)
        reply = await super().reply(request, on_text)
        spent.tokens = reply.usage.tokens
        return reply

    def _wait(self, wanted: int) -> float:
        now = self._clock()
        while self._spent and self._spent[0].at <= now - 60:
            self._spent.popleft()
        wait = 0.0
        if self._requests and len(self._spent) >= self._requests:
            wait = self._spent[len(self._spent) - self._requests].at + 60 - now
        # A request over the limit by itself goes when nothing else counts: it would never fit otherwise.
        over = sum(spent.tokens for spent in self._spent) + wanted - (self._tokens or 0) if self._tokens else 0
        for spent in self._spent:
            if over <= 0:
                break
            over -= spent.tokens
            wait = max(wait, spent.at + 60 - now)
        return wait


class Meter(Wrapped):
    """Adds up what a model used."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self.usage = Usage()
        self.calls = 0

    async def reply(self, request: Request, on_text: OnText | None = None) -> Reply:
        self.calls += 1
        reply = await super().reply(request, on_text)
        self.usage += reply.usage
        return reply
