"""What passes between the agent and a model."""

from typing import Literal

from pydantic import JsonValue

from autogpt.core.action import Action
from autogpt.core.schema import Value

Role = Literal["system", "user", "assistant", "tool"]
StopReason = Literal["end", "stop_text", "length", "tool", "refused", "cancelled"]


class Message(Value):
    role: Role
    content: str
    actions: tuple[Action, ...] = ()
    """Tool calls an assistant made (native tool calling only)."""
    action_id: str | None = None
    """Which tool call a `tool` message answers."""


class Usage(Value):
    """What a call or a run used. Tokens are the provider's own count; money in US dollars; time in seconds."""

    input_tokens: int = 0
    """All prompt tokens, those from the cache included."""
    cached_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0
    model_seconds: float = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cost_usd=self.cost_usd + other.cost_usd,
            model_seconds=self.model_seconds + other.model_seconds,
        )

    def __sub__(self, other: "Usage") -> "Usage":
        return Usage(
            input_tokens=self.input_tokens - other.input_tokens,
            cached_tokens=self.cached_tokens - other.cached_tokens,
            output_tokens=self.output_tokens - other.output_tokens,
            cost_usd=self.cost_usd - other.cost_usd,
            model_seconds=self.model_seconds - other.model_seconds,
        )

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens


class Rates(Value):
    """What a hosted model's tokens cost, in US dollars a million."""

    input_usd: float
    output_usd: float

    def ask(self, prompt: int, answer: int) -> float:
        """What a call costs with a prompt and an answer of so many tokens."""
        return (prompt * self.input_usd + answer * self.output_usd) / 1e6

    def cost(self, usage: Usage) -> float:
        """What so much use costs."""
        return self.ask(usage.input_tokens, usage.output_tokens)

    def answer(self, usd: float, prompt: int) -> int:
        """How many tokens of an answer so much money pays for, the prompt paid first; below 0 if it does not do."""
        left = usd * 1e6 - prompt * self.input_usd
        return int(left / self.output_usd) if self.output_usd else (-1 if left < 0 else 1_000_000_000)


class ToolSpec(Value):
    """What a model is told of a tool."""

    name: str
    description: str
    parameters: dict[str, JsonValue]
    """JSON Schema (2020-12) of the arguments."""


class Request(Value):
    """One question to a model. Nothing in it depends on the clock, so that equal requests can be replayed."""

    messages: tuple[Message, ...]
    prefill: str = ""
    """How the assistant's answer begins; the reply's text comes back *with* it. Engines that cannot continue a
    begun answer get it as an instruction instead."""
    stop: tuple[str, ...] = ()
    """Texts at which the answer ends; the stop text itself is not part of the reply."""
    output_schema: dict[str, JsonValue] | None = None
    """JSON Schema the whole answer must follow, enforced by grammar where the engine can."""
    tools: tuple[ToolSpec, ...] = ()
    max_tokens: int = 1024
    temperature: float = 0.0
    seed: int = 0


class Reply(Value):
    text: str = ""
    actions: tuple[Action, ...] = ()
    usage: Usage = Usage()
    stopped: StopReason = "end"
    model: str = ""


class Profile(Value):
    """How to get the best out of one model; measured, not guessed (see benchmarks/formats)."""

    format: Literal["block", "native", "schema"] = "native"
    """`block`: code and files as markdown blocks; `native`: tool calls; `schema`: JSON-constrained actions."""
    prefill: bool = False
    """Whether the engine continues a begun assistant answer."""
    grammar: bool = True
    """Whether a JSON schema is enforced while decoding."""
    window: int = 32_768
    """Context window in tokens, prompt and answer together, as the engine says."""
    step_tokens: int = 2_048
    """How many tokens one answer may have."""
    queries: bool = False
    """Whether it is asked for a query before a program, where what is wanted may be the rows of one."""
    rates: Rates | None = None
    """What its tokens cost; None where that is nothing, or not known."""
    small: bool = False
    """Small models get short prompts, no free planning and deterministic decomposition."""
