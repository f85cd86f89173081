"""The embedded model: a GGUF file served by the engine process, spoken to over HTTP on this machine."""

import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import TypeVar

from autogpt.core.contracts import OnText
from autogpt.core.errors import ContextFull, ModelBusy, ModelError, UsageError
from autogpt.core.message import Message, Profile, Reply, Request, StopReason, Usage
from autogpt.core.schema import JsonValue, canonical_json, read_json
from autogpt.models.engine import EngineSpec, lease, restart
from autogpt.models.line import Broken, Line, Said, line_to
from autogpt.models.loopguard import LoopGuard
from autogpt.models.prompt import Tokenizer

_LEAST_ROOM = 256
"""Tokens an answer must have room for; with less, the messages count as not fitting."""

Answer = TypeVar("Answer")


class Embedded:
    """A Model over the one engine of this machine, which it starts when needed and shares with everybody."""

    def __init__(
        self,
        name: str,
        spec: EngineSpec,
        profile: Profile,
        runtime: Path,
        on_start: Callable[[], None] = lambda: None,
        on_wait: Callable[[], None] = lambda: None,
    ) -> None:
        """on_start: called when the model has to be loaded into memory, which takes seconds.

        on_wait: called when another model, of which only one is in memory, answers somebody first."""
        self._name = name
        self._spec = spec
        self._profile = profile
        self._runtime = runtime
        self._on_start, self._on_wait = on_start, on_wait
        self._tokenizer = Tokenizer()

    @property
    def name(self) -> str:
        return self._name

    @property
    def profile(self) -> Profile:
        return self._profile

    async def ready(self) -> None:
        """Start the engine if need be, and take the window it really has into the profile.

        Raises ModelError when the file cannot be loaded.
        """
        told = await self._surviving(lambda line: line.get("/props"))
        settings = told.get("default_generation_settings")
        window = settings.get("n_ctx") if isinstance(settings, dict) else None
        if isinstance(window, int) and window > 0:
            self._profile = self._profile.model_copy(update={"window": window})

    async def count(self, messages: Sequence[Message]) -> int:
        """The exact number of tokens, chat template included."""
        return len(await self._surviving(lambda line: self._tokenizer.prompt(line, messages)))

    async def reply(self, request: Request, on_text: OnText | None = None) -> Reply:
        """Answer. A schema is enforced by grammar, and then says how the answer begins: `prefill` is not used.

        An answer that only repeats itself is cut, with `stopped` "length". An engine that dies is started again and
        asked once more, then ModelBusy. Raises ContextFull before the engine is asked, ModelError for tools, which
        this engine does not offer, and for a schema that its grammar does not know.
        """
        if request.tools:
            raise ModelError(f"{self.name} has no native tool calls; its profile says format {self.profile.format!r}")
        return await self._surviving(lambda line: self._reply(line, request, on_text))

    async def _surviving(self, ask: Callable[[Line], Awaitable[Answer]]) -> Answer:
        why = ""
        for _ in range(2):
            async with lease(self._spec, self._runtime, self._on_start, self._on_wait) as engine:
                try:
                    async with line_to(engine) as line:
                        return await ask(line)
                except Broken as error:
                    why = str(error)
            await restart(self._runtime, engine)
        raise ModelBusy(f"the engine failed twice in a row ({why}); its log is {str(self._runtime / 'engine.log')!r}")

    async def _reply(self, line: Line, request: Request, on_text: OnText | None) -> Reply:
        started = time.monotonic()
        prefill = "" if request.output_schema else request.prefill
        prompt = await self._tokenizer.prompt(line, request.messages, prefill)
        room = self.profile.window - len(prompt)
        if room < min(request.max_tokens, _LEAST_ROOM):
            raise ContextFull(
                f"the messages take {len(prompt):,} of {self.profile.window:,} tokens; "
                f"{min(request.max_tokens, _LEAST_ROOM)} must stay free for the answer"
            )
        generated = _Generated(prefill)
        guard = LoopGuard()
        async with aclosing(line.events("/completion", _body(request, prompt, room))) as events:
            async for event in events:
                piece = generated.take(event)
                if piece and on_text is not None:
                    on_text(piece)
                if generated.stopped is not None:
                    break
                if piece and guard.looping(piece):
                    generated.stopped = "length"
                    break
        if generated.stopped is None:
            raise Broken("the answer broke off")
        reply = generated.reply(self.name, len(prompt), time.monotonic() - started)
        if request.output_schema:
            _must_be_json(reply)
        return reply


class _Generated:
    """What has come of an answer so far."""

    def __init__(self, prefill: str) -> None:
        self._pieces = [prefill]
        self._cached = 0
        self._tokens = 0
        self.stopped: StopReason | None = None

    def take(self, event: Said) -> str:
        progress = event.get("prompt_progress")
        if isinstance(progress, dict):
            self._cached = _int(progress.get("cache"))
        self._tokens = max(self._tokens, _int(event.get("tokens_predicted")))
        if event.get("stop") is True:
            kinds: dict[str, StopReason] = {"eos": "end", "word": "stop_text", "limit": "length"}
            self.stopped = kinds.get(str(event.get("stop_type")), "end")
        if isinstance(progress, dict):
            return ""
        piece = str(event.get("content") or "")
        self._pieces.append(piece)
        return piece

    def reply(self, model: str, prompt: int, seconds: float) -> Reply:
        usage = Usage(
            input_tokens=prompt, cached_tokens=self._cached, output_tokens=self._tokens, model_seconds=seconds
        )
        return Reply(text="".join(self._pieces), usage=usage, stopped=self.stopped or "end", model=model)


def _body(request: Request, prompt: Sequence[int], room: int) -> Said:
    body: dict[str, JsonValue] = {
        "prompt": list(prompt),
        "n_predict": max(1, min(request.max_tokens, room)),
        "temperature": request.temperature,
        "seed": request.seed,
        "stop": [text for text in request.stop if text],
        "stream": True,
        "cache_prompt": True,
        "return_progress": True,
    }
    if request.output_schema:
        # Without white space between the tokens of the JSON: a small model fills it with newlines without end.
        compact: dict[str, JsonValue] = {"whitespace_flexible": False}
        schema: dict[str, JsonValue] = {**request.output_schema, "x-guidance": compact}
        body["grammar"] = f"%llguidance {{}}\nstart: %json {canonical_json(schema)}"
    return body


def _must_be_json(reply: Reply) -> None:
    # The engine generates freely, with no word, when its grammar compiler refuses a schema.
    try:
        if reply.stopped == "end":
            read_json(reply.text)
        elif reply.text[:1] not in '{["-0123456789tfn':
            raise UsageError(f"the answer begins with {reply.text[:20]!r}")
    except UsageError as error:
        raise ModelError(f"the engine could not enforce the schema ({error}); use a simpler one") from None


def _int(value: JsonValue | None) -> int:
    return value if isinstance(value, int) else 0
