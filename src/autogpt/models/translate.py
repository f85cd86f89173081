"""Our messages and tools in pydantic-ai's words, and its answers in ours."""

import json
from collections.abc import Callable, Sequence

from pydantic_ai.exceptions import UserError
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelRequestPart,
    ModelResponse,
    ModelResponsePart,
    SystemPromptPart,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.tools import ToolDefinition
from pydantic_ai.usage import RequestUsage

from autogpt.core.action import Action
from autogpt.core.errors import UsageError
from autogpt.core.message import Message, Reply, Request, StopReason, Usage
from autogpt.core.schema import JsonValue, read_json

Price = Callable[[RequestUsage], float]
"""What so much use costs in US dollars; 0 where that is not known."""


def to_messages(request: Request) -> list[ModelMessage]:
    """The conversation, neighbouring messages that are not the model's joined into one request."""
    named = {action.id: action.tool for message in request.messages for action in message.actions}
    messages = list(request.messages)
    if request.prefill and not request.output_schema:
        messages.append(Message(role="user", content=f"Begin your answer with exactly this:\n{request.prefill}"))
    history: list[ModelMessage] = []
    waiting: list[ModelRequestPart] = []
    for message in messages:
        if message.role == "assistant":
            if waiting:
                history.append(ModelRequest(parts=waiting))
                waiting = []
            history.append(ModelResponse(parts=_said(message)))
        else:
            waiting.append(_told(message, named))
    # Providers answer a user, not themselves.
    history.append(ModelRequest(parts=waiting or [UserPromptPart("Go on.")]))
    return history


def to_parameters(request: Request, *, native_schema: bool) -> ModelRequestParameters:
    """Tools and output format. native_schema: whether the provider enforces a JSON schema itself."""
    tools = [
        ToolDefinition(name=tool.name, description=tool.description, parameters_json_schema=dict(tool.parameters))
        for tool in request.tools
    ]
    if request.output_schema is None:
        return ModelRequestParameters(function_tools=tools)
    return ModelRequestParameters(
        function_tools=tools,
        output_mode="native" if native_schema else "prompted",
        output_object=OutputObjectDefinition(json_schema=dict(request.output_schema), name="answer"),
    )


def to_reply(response: ModelResponse, request: Request, name: str, seconds: float, price: Price | None = None) -> Reply:
    """The answer with the beginning that was asked for, cut at the stop texts.

    price: what such an answer costs by the name that was asked for; the one the provider answers by goes before.
    """
    text = "".join(part.content for part in response.parts if isinstance(part, TextPart))
    actions = tuple(
        Action(id=part.tool_call_id, tool=part.tool_name, args=_args(part))
        for part in response.parts
        if isinstance(part, ToolCallPart)
    )
    stopped: StopReason = "tool" if actions else _stopped(response)
    if not actions:
        text, cut = _shaped(text, request)
        stopped = "stop_text" if cut else stopped
    usage = Usage(
        input_tokens=response.usage.input_tokens,
        cached_tokens=response.usage.cache_read_tokens,
        output_tokens=response.usage.output_tokens,
        cost_usd=_cost(response) or (price(response.usage) if price else 0.0),
        model_seconds=seconds,
    )
    return Reply(text=text, actions=actions, usage=usage, stopped=stopped, model=response.model_name or name)


def _args(part: ToolCallPart) -> dict[str, JsonValue]:
    """The arguments, read strictly (no NaN, no name twice); what cannot be read so is no tool's argument."""
    text = part.args if isinstance(part.args, str) else json.dumps(part.args or {})
    try:
        value = read_json(text or "{}")
    except UsageError:
        return {"INVALID_JSON": text}
    return value if isinstance(value, dict) else {"INVALID_JSON": text}


def _said(message: Message) -> Sequence[ModelResponsePart]:
    parts: list[ModelResponsePart] = [TextPart(message.content)] if message.content or not message.actions else []
    parts += [ToolCallPart(action.tool, dict(action.args), action.id) for action in message.actions]
    return parts


def _told(message: Message, named: dict[str, str]) -> ModelRequestPart:
    if message.role == "system":
        return SystemPromptPart(message.content)
    if message.role == "tool" and message.action_id in named:
        return ToolReturnPart(named[message.action_id], message.content, message.action_id)
    return UserPromptPart(message.content)


def _shaped(text: str, request: Request) -> tuple[str, bool]:
    begun = 0
    if request.prefill and not request.output_schema:
        # A chatty model says something first; what counts begins at the beginning that was asked for.
        at = text.find(request.prefill.strip())
        rest = text[at + len(request.prefill.strip()) :].lstrip(" \r\n") if at >= 0 else text
        text, begun = request.prefill + rest, len(request.prefill)
    ends = [at for stop in request.stop if stop and (at := text.find(stop, begun)) >= 0]
    return (text[: min(ends)], True) if ends else (text, False)


def _stopped(response: ModelResponse) -> StopReason:
    if (response.provider_details or {}).get("finish_reason") == "stop_sequence":
        return "stop_text"
    match response.finish_reason:
        case "length":
            return "length"
        case "content_filter":
            return "refused"
        case _:
            return "end"


def _cost(response: ModelResponse) -> float:
    """US dollars by genai-prices; 0 for a model without a known price."""
    if response.usage.cost is not None:
        return float(response.usage.cost)
    if not response.model_name:
        return 0.0
    try:
        return float(response.cost().total_price)
    except (LookupError, ValueError, UserError):
        return 0.0
