"""A model behind a provider's API, through pydantic-ai's model classes; faults become our three errors."""

import asyncio
import json
import math
import time
import warnings
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import replace
from typing import cast
from weakref import WeakKeyDictionary

from pydantic_ai import direct
from pydantic_ai.exceptions import (
    ContentFilterError,
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelContextWindowExceededError,
    ModelHTTPError,
    ModelNotFoundError,
    ModelQuotaExceededError,
    ModelRateLimitError,
    ModelRequestTimeout,
    ModelServerError,
    ModelUnavailableError,
    UnexpectedModelBehavior,
    UnsupportedSettingWarning,
    UserError,
)
from pydantic_ai.messages import ModelResponse, PartDeltaEvent, PartStartEvent, TextPart, TextPartDelta
from pydantic_ai.models import Model as ProviderModel
from pydantic_ai.models import StreamedResponse
from pydantic_ai.settings import ModelSettings

from autogpt.core.contracts import OnText
from autogpt.core.errors import AutoGPTError, ContextFull, ModelBusy, ModelError
from autogpt.core.message import Message, Profile, Reply, Request
from autogpt.models.address import KEY_NAMES, HostedAddress
from autogpt.models.loopguard import LoopGuard
from autogpt.models.profile import HOSTED
from autogpt.models.translate import Price, to_messages, to_parameters, to_reply

_SILENCE = 180.0
"""Seconds without a byte after which an attempt is given up."""
_ALTOGETHER = 900.0
"""Seconds for one answer."""


class Hosted:
    """A Model over a provider. It tries once; wrap it in `Retry`."""

    def __init__(
        self,
        address: HostedAddress,
        make: Callable[[], ProviderModel],
        profile: Profile = HOSTED,
        key: str = "",
        price: Price | None = None,
    ) -> None:
        """make: builds the provider's model; called once per event loop, because connections belong to one.

        key: what is left out of the provider's words, should it repeat it. price: see `to_reply`.
        """
        self._key, self._price = key, price
        self._address = address
        self._make = make
        self._models: WeakKeyDictionary[asyncio.AbstractEventLoop, ProviderModel] = WeakKeyDictionary()
        self._profile = profile
        # What a model cannot take (a seed, a temperature) it does without; stop texts we apply ourselves.
        warnings.filterwarnings("ignore", category=UnsupportedSettingWarning)

    @property
    def name(self) -> str:
        return str(self._address)

    @property
    def profile(self) -> Profile:
        return self._profile

    async def count(self, messages: Sequence[Message]) -> int:
        """An estimate on the high side, without asking the provider."""
        said = [message.content + "".join(str(action.args) for action in message.actions) for message in messages]
        return sum(16 + _tokens(text) for text in said)

    async def reply(self, request: Request, on_text: OnText | None = None) -> Reply:
        """Raises ModelBusy for what passes (limits, overload, broken connections), ContextFull, ModelError."""
        asked = await self.count(request.messages) + sum(16 + _tokens(tool.model_dump_json()) for tool in request.tools)
        # Some servers cut the beginning off, silently; a third more than the estimate is no estimate's error.
        if asked > self.profile.window * 4 / 3:
            raise ContextFull(f"the messages take about {asked:,} of {self.profile.window:,} tokens")
        started = time.monotonic()
        response = await self._ask(self._model(), request, on_text)
        reply = to_reply(response, request, self.name, time.monotonic() - started, self._price)
        if not reply.usage.tokens:
            # A server that tells no usage: a run's limit of tokens must hold all the same.
            said = _tokens(reply.text + "".join(action.model_dump_json() for action in reply.actions))
            estimate = reply.usage.model_copy(update={"input_tokens": asked, "output_tokens": said})
            reply = reply.model_copy(update={"usage": estimate})
        if not reply.text and not reply.actions and reply.stopped == "end":
            raise ModelBusy(f"{self.name} answered with nothing")
        return reply

    def _model(self) -> ProviderModel:
        loop = asyncio.get_running_loop()
        if loop not in self._models:
            self._models[loop] = self._make()
        return self._models[loop]

    async def _ask(self, model: ProviderModel, request: Request, on_text: OnText | None) -> ModelResponse:
        messages, settings = to_messages(request), _settings(request)
        parameters = to_parameters(request, native_schema=bool(model.profile.get("supports_json_schema_output")))
        if on_text is None:
            async with self._faults():
                return await direct.model_request(
                    model, messages, model_settings=settings, model_request_parameters=parameters
                )
        guard = LoopGuard()
        async with self._opened(
            direct.model_request_stream(model, messages, model_settings=settings, model_request_parameters=parameters)
        ) as stream:
            async with aclosing(self._pieces(stream)) as pieces:
                async for piece in pieces:
                    on_text(piece)
                    if guard.looping(piece):
                        await stream.cancel()
                        return replace(stream.get(), finish_reason="length")
            response = stream.get()
        # A connection that closes early looks like an end; the provider's own word for it, or its bill, is missing.
        if not (response.provider_details or {}).get("finish_reason") and not response.usage.output_tokens:
            raise ModelBusy(f"the answer of {self.name} broke off")
        return response

    @asynccontextmanager
    async def _opened(self, opening: AbstractAsyncContextManager[StreamedResponse]) -> AsyncGenerator[StreamedResponse]:
        async with self._faults():
            stream = await opening.__aenter__()
        try:
            yield stream
        finally:
            await opening.__aexit__(None, None, None)

    async def _pieces(self, stream: StreamedResponse) -> AsyncGenerator[str]:
        # A generator of its own, so that what `on_text` raises is not taken for a fault of the provider.
        async with self._faults():
            async for event in stream:
                if piece := _piece(event):
                    yield piece

    @asynccontextmanager
    async def _faults(self) -> AsyncGenerator[None]:
        """Turn the provider's errors into ours."""
        try:
            yield
        except UnusableAnswer as error:
            raise ModelError(f"{self.name} gave no answer that can be used: {error}") from error
        except (LookupError, AttributeError, TypeError, ValueError) as error:
            # What the adapters run into when an answer lacks what every answer has.
            raise ModelBusy(f"the answer of {self.name} could not be read: {self._short(repr(error))}") from error
        except ModelAPIError as error:
            raise _ours(error, self._address, self._short(_said(error))) from error
        except ContentFilterError as error:
            raise ModelError(f"{self.name} refused: its content filter was triggered") from error
        except UnexpectedModelBehavior as error:
            raise ModelBusy(f"the answer of {self.name} could not be read: {self._short(str(error))}") from error
        except UserError as error:
            raise ModelError(f"{self.name} cannot take this request: {self._short(str(error))}") from error

    def _short(self, text: str) -> str:
        line = " ".join((text.replace(self._key, "...") if self._key else text).split())
        return line if len(line) <= 300 else line[:300] + " ..."


def _settings(request: Request) -> ModelSettings:
    settings = ModelSettings(
        max_tokens=request.max_tokens,
        temperature=request.temperature,
        seed=request.seed,
        timeout=_SILENCE,
        request_timeout=_ALTOGETHER,
        # Retrying is the wrapper's work, which honours the run's limits and its cancellation.
        max_retries=0,
        # The context is append-only: the growing prefix is read from the provider's cache.
        cache=True,
    )
    # OpenAI takes four, Anthropic none that is only white space.
    if stop := [text for text in request.stop if text.strip()][:4]:
        settings["stop_sequences"] = stop
    return settings


def _piece(event: object) -> str:
    match event:
        case PartStartEvent(part=TextPart(content=text)):
            return text
        case PartDeltaEvent(delta=TextPartDelta(content_delta=text)):
            return text
        case _:
            return ""


def _ours(error: ModelAPIError, address: HostedAddress, said: str) -> AutoGPTError:
    if (too_much := _cause(error, UnusableAnswer)) is not None:
        return ModelError(f"{address} gave no answer that can be used: {too_much}")
    match error:
        case ModelContextWindowExceededError():
            return ContextFull(f"the messages do not fit the window of {address}: {said}")
        case ModelAuthenticationError():
            names = " or ".join(KEY_NAMES[address.provider])
            return ModelError(f"{address} did not accept the key: check {names} and what it may use. It said: {said}")
        case ModelNotFoundError():
            if address.url:
                return ModelError(
                    f"{address} does not exist there: check the model's name and the address. It said: {said}"
                )
            return ModelError(f"{address} does not exist there: check the model's name. It said: {said}")
        case ModelQuotaExceededError():
            return ModelError(f"{address}: the account's credit or quota is used up: {said}")
        case ModelRateLimitError() | ModelUnavailableError() | ModelServerError():
            return ModelBusy(f"{address} is busy: {said}", after=error.retry_after)
        case ModelConnectionError() | ModelRequestTimeout():
            return ModelBusy(f"{address} cannot be reached: {said}", after=error.retry_after)
        case ModelHTTPError(status_code=status) if 400 <= status < 500:
            return ModelError(f"{address} refused the request: {said}")
        case _:
            return ModelBusy(f"the answer of {address} could not be read: {said}", after=error.retry_after)


class UnusableAnswer(Exception):
    """What came is no model's answer: longer than any can be, compressed unasked, or sent from another address."""


def _first_cause(error: BaseException) -> str:
    """What the system said, which the layers above it put into words of their own; '' if it said nothing else."""
    said, seen = "", error.__cause__
    while seen is not None:
        said = str(seen) or said
        seen = seen.__cause__ or seen.__context__
    return "" if said in str(error) else said


def _cause(error: BaseException, kind: type[UnusableAnswer]) -> UnusableAnswer | None:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, kind):
            return seen
        seen = seen.__cause__ or seen.__context__
    return None


def _said(error: ModelAPIError) -> str:
    """What the provider itself said of a fault, and the status that it came with."""
    if not isinstance(error, ModelHTTPError):
        return f"{error} ({cause})" if (cause := _first_cause(error)) else str(error)
    body = error.body
    if isinstance(body, dict):
        told = cast("dict[str, object]", body)
        inner = told.get("error")
        message = told.get("message") or (
            cast("dict[str, object]", inner).get("message") if isinstance(inner, dict) else inner
        )
        body = message or json.dumps(told, default=str)
    return f"{body} (status {error.status_code})" if body else f"status {error.status_code}"


def _tokens(text: str) -> int:
    """Tokens of the text, on the high side: English takes about one per four characters, Chinese up to two each."""
    ascii_ = sum(char.isascii() for char in text)
    return math.ceil(ascii_ / 3) + 2 * (len(text) - ascii_)
