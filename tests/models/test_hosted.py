"""Hosted models against a provider on this machine: what is asked, what comes back, every way it fails."""

import itertools
import json
import time
from pathlib import Path

import anyio
import pytest
from fakeprovider import (
    FakeServer,
    Handler,
    anthropic,
    endless,
    openai,
    openai_call,
    openai_chunk,
    provider,
    resets,
    says,
    streams,
)

from autogpt.core.action import Action
from autogpt.core.contracts import Model
from autogpt.core.errors import AutoGPTError, ContextFull, MissingExtra, ModelBusy, ModelError, UsageError
from autogpt.core.message import Message, Rates, Reply, Request, ToolSpec
from autogpt.models.open import open_model
from autogpt.parts import warn_unpriced
from autogpt.runs.timely import Timely

KEYS = {"OPENAI_API_KEY": "sk-test", "ANTHROPIC_API_KEY": "sk-ant-test", "GOOGLE_API_KEY": "g-test"}
HELLO = Request(messages=(Message(role="system", content="Be brief."), Message(role="user", content="Hi")))
READ = ToolSpec(
    name="read_file",
    description="Read a file.",
    parameters={"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]},
)


async def opened(server: FakeServer, kind: str = "openai", model: str = "gpt-4o") -> Model:
    path = "" if kind == "anthropic" else "/v1"
    return await open_model(
        f"{kind}@{server.url}{path}#{model}", cache=Path("unused"), runtime=Path("unused"), keys=KEYS
    )


def ask(server: FakeServer, request: Request = HELLO, kind: str = "openai", model: str = "gpt-4o") -> Reply:
    async def main() -> Reply:
        return await (await opened(server, kind, model)).reply(request)

    return anyio.run(main)


def ask_streaming(server: FakeServer, request: Request = HELLO, kind: str = "openai") -> tuple[Reply, list[str]]:
    pieces: list[str] = []

    async def main() -> Reply:
        return await (await opened(server, kind)).reply(request, pieces.append)

    return anyio.run(main), pieces


def test_an_answer_comes_with_its_usage_and_its_price():
    with provider(says(200, openai("Hello."))) as server:
        reply = ask(server)
    assert (reply.text, reply.stopped, reply.model) == ("Hello.", "end", "gpt-4o")
    assert (reply.usage.input_tokens, reply.usage.cached_tokens, reply.usage.output_tokens) == (1_000, 400, 10)
    # gpt-4o: 2.50 in, 1.25 cached, 10 out, per million tokens
    assert reply.usage.cost_usd == pytest.approx((600 * 2.5 + 400 * 1.25 + 10 * 10) / 1e6)


@pytest.mark.parametrize(
    ("model", "rates"), [("gpt-4o", Rates(input_usd=2.5, output_usd=10.0)), ("nobody-knows-it", None)]
)
def test_what_a_model_costs_is_known_before_it_is_asked(model, rates):
    with provider(says(200, openai())) as server:
        assert anyio.run(opened, server, "openai", model).profile.rates == rates


def test_an_answer_is_cut_off_and_the_provider_hung_up_on_when_the_time_is_over():
    def goes_on(handler: Handler) -> None:
        handler.start_stream()
        for number in itertools.count():
            handler.wfile.write(f"data: {json.dumps(openai_chunk(f'{hash(str(number))} '))}\n\n".encode())
            time.sleep(0.01)

    async def main(server: FakeServer) -> Reply:
        async def left() -> float:
            return 0.5

        return await Timely(await opened(server), left).reply(HELLO, lambda piece: None)

    with provider(goes_on) as server:
        assert anyio.run(main, server).stopped == "cancelled"
        assert server.hung_up.wait(60)


def test_the_provider_is_asked_what_we_meant_to_ask():
    request = Request(
        messages=(
            Message(role="system", content="Be brief."),
            Message(role="user", content="Read a.txt"),
            Message(
                role="assistant", content="", actions=(Action(id="call_1", tool="read_file", args={"path": "a.txt"}),)
            ),
            Message(role="tool", content="forty-two", action_id="call_1"),
        ),
        tools=(READ,),
        stop=("END",),
        max_tokens=50,
        temperature=0.5,
        seed=7,
    )
    with provider(says(200, openai("It says forty-two."))) as server:
        ask(server, request)
    path, body, headers = server.asked[0]
    assert path == "/v1/chat/completions"
    assert headers["authorization"] == "Bearer sk-test"
    assert [message["role"] for message in body["messages"]] == ["system", "user", "assistant", "tool"]
    assert body["messages"][2]["tool_calls"][0]["function"] == {"name": "read_file", "arguments": '{"path":"a.txt"}'}
    assert body["messages"][3] | {"content": "forty-two", "tool_call_id": "call_1"} == body["messages"][3]
    assert body["tools"][0]["function"]["name"] == "read_file"
    assert (body["temperature"], body["seed"], body["stop"]) == (0.5, 7, ["END"])
    assert body.get("max_completion_tokens", body.get("max_tokens")) == 50


def test_tool_calls_become_actions():
    calls = [openai_call("read_file", '{"path": "a.txt"}'), openai_call("read_file", '{"path": "b.txt"}', "call_2")]
    with provider(says(200, openai(None, finish="tool_calls", calls=calls))) as server:
        reply = ask(server, HELLO.model_copy(update={"tools": (READ,)}))
    assert reply.stopped == "tool"
    assert reply.actions == (
        Action(id="call_1", tool="read_file", args={"path": "a.txt"}),
        Action(id="call_2", tool="read_file", args={"path": "b.txt"}),
    )


@pytest.mark.parametrize(
    "garbled", ['{"path": "a.t', "[1, 2]", '{"path": "a"}{"path": "b"}', "\u0000", '{"n": NaN}', '{"a": 1, "a": 2}']
)
def test_garbled_arguments_reach_the_toolbox_as_arguments_no_tool_has(garbled):
    with provider(says(200, openai(None, finish="tool_calls", calls=[openai_call("read_file", garbled)]))) as server:
        reply = ask(server, HELLO.model_copy(update={"tools": (READ,)}))
    assert reply.actions == (Action(id="call_1", tool="read_file", args={"INVALID_JSON": garbled}),)


def test_anthropic_is_spoken_to_in_its_own_form():
    content = (
        {"type": "text", "text": "Reading."},
        {"type": "tool_use", "id": "t1", "name": "read_file", "input": {"path": "a"}},
    )
    with provider(says(200, anthropic(*content, stop="tool_use"))) as server:
        reply = ask(server, HELLO.model_copy(update={"tools": (READ,)}), "anthropic", "claude-test")
    path, body, headers = server.asked[0]
    assert path.startswith("/v1/messages")
    assert "sk-ant-test" in headers.get("x-api-key", headers.get("authorization", ""))
    assert body["tools"][0]["name"] == "read_file"
    assert reply.text == "Reading."
    assert reply.actions == (Action(id="t1", tool="read_file", args={"path": "a"}),)
    assert (reply.usage.input_tokens, reply.usage.cached_tokens) == (1_000, 400)


def test_a_schema_is_enforced_by_the_provider():
    schema = {
        "type": "object",
        "properties": {"ok": {"type": "boolean"}},
        "required": ["ok"],
        "additionalProperties": False,
    }
    with provider(says(200, openai('{"ok": true}'))) as server:
        reply = ask(server, Request(messages=HELLO.messages, output_schema=schema))
    sent = server.asked[0][1]["response_format"]
    assert sent["type"] == "json_schema"
    assert sent["json_schema"]["schema"]["properties"] == {"ok": {"type": "boolean"}}
    assert json.loads(reply.text) == {"ok": True}


@pytest.mark.parametrize(
    ("answer", "text", "stopped"),
    [
        ("```bash\nls\n```\nDone.", "```bash\nls", "stop_text"),
        ("Sure!\n```bash\nls\n```", "```bash\nls", "stop_text"),
        ("ls -l", "```bash\nls -l", "end"),
    ],
)
def test_a_begun_answer_is_asked_for_and_the_reply_begins_with_it(answer, text, stopped):
    request = Request(messages=HELLO.messages, prefill="```bash\n", stop=("\n```",))
    with provider(says(200, openai(answer))) as server:
        reply = ask(server, request)
    assert "Begin your answer with exactly this:\n```bash" in server.asked[0][1]["messages"][-1]["content"]
    assert (reply.text, reply.stopped) == (text, stopped)


@pytest.mark.parametrize(
    ("behaviour", "error", "words"),
    [
        (says(429, {"error": {"message": "slow down"}}, Retry_After="7"), ModelBusy, "slow down"),
        (says(500, {"error": {"message": "oops"}}), ModelBusy, "oops"),
        (says(502, b"<html><h1>Bad gateway</h1></html>", kind="text/html"), ModelBusy, "502"),
        (says(503, b""), ModelBusy, "503"),
        (says(503, {"error": {"message": "oops"}}), ModelBusy, "is busy: oops (status 503)"),
        (says(307, b"", Location="http://127.0.0.1:9/v1"), ModelError, "sends us on to 'http://127.0.0.1:9/v1'"),
        (says(529, {"error": {"message": "overloaded"}}), ModelBusy, "overloaded"),
        (resets, ModelBusy, "cannot be reached"),
        (says(200, b"{not json"), ModelBusy, "could not be read"),
        (says(200, b"<html></html>", kind="text/html"), ModelBusy, "could not be read"),
        (says(200, {**openai(), "choices": []}), ModelBusy, "could not be read"),
        (says(200, openai("")), ModelBusy, "answered with nothing"),
        (endless, ModelError, "longer than 32 MB"),
        (says(401, {"error": {"message": "bad key"}}), ModelError, "check OPENAI_API_KEY"),
        (says(401, {"error": {"message": "no such key: sk-test"}}), ModelError, "no such key: ..."),
        (
            says(404, {"error": {"message": "no such model", "code": "model_not_found"}}),
            ModelError,
            "check the model's name",
        ),
        (says(400, {"error": {"message": "bad request"}}), ModelError, "bad request"),
        (says(429, {"error": {"message": "pay", "code": "insufficient_quota"}}), ModelError, "quota is used up"),
        (
            says(400, {"error": {"message": "too long", "code": "context_length_exceeded"}}),
            ContextFull,
            "too long",
        ),
    ],
)
def test_every_fault_becomes_the_error_that_says_what_to_do(behaviour, error, words):
    with provider(behaviour) as server, pytest.raises(AutoGPTError) as raised:
        ask(server)
    assert type(raised.value) is error
    assert words in str(raised.value)
    assert "sk-test" not in str(raised.value)


@pytest.mark.parametrize(
    ("address", "warned"),
    [
        ("embedded", False),
        ("openai:gpt-4o", False),
        ("anthropic:claude-sonnet-4-5", False),
        ("openai:gpt-nonsense", True),
        ("openai-compatible@http://127.0.0.1:9/v1#gpt-4o", True),
    ],
)
def test_a_limit_of_money_that_cannot_hold_is_told(address, warned):
    told: list[str] = []
    warn_unpriced(address, told.append)
    assert [f"what {address} costs is not known here" in text for text in told] == [True] * warned


def test_what_the_system_says_of_a_connection_is_told():
    with provider(resets) as server:
        address = f"openai@{server.url.replace('http', 'https')}/v1#gpt-4o"

        async def main() -> None:
            model = await open_model(address, cache=Path("unused"), runtime=Path("unused"), keys=KEYS)
            await model.reply(HELLO)

        with pytest.raises(ModelBusy, match=r"cannot be reached: .*(SSL|EOF|reset)"):
            anyio.run(main)


def test_an_answer_by_another_name_costs_what_the_model_that_was_asked_costs():
    with provider(says(200, {**openai(), "model": "my-proxy"})) as server:
        asked = ask(server)
    with provider(says(200, openai())) as server:
        assert ask(server).usage.cost_usd == asked.usage.cost_usd > 0


def test_a_busy_provider_says_how_long_to_wait():
    busy = says(429, {"error": {"message": "slow down"}}, Retry_After="7")
    with provider(busy) as server, pytest.raises(ModelBusy) as raised:
        ask(server)
    assert raised.value.after == 7
    assert len(server.asked) == 1, "the SDK must not try again by itself"


def test_a_refusal_is_told_apart():
    with provider(says(200, openai("I cannot", finish="content_filter"))) as server:
        assert ask(server).stopped == "refused"


def test_a_stream_is_shown_as_it_comes():
    events = [openai_chunk("Hel"), openai_chunk("lo."), openai_chunk(finish="stop"), openai_chunk(usage=True)]
    with provider(streams(*events)) as server:
        reply, pieces = ask_streaming(server)
    assert (reply.text, reply.stopped, pieces) == ("Hello.", "end", ["Hel", "lo."])
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (10, 2)


def test_a_stream_cut_at_any_place_is_never_taken_for_an_answer():
    events = [openai_chunk("Héllo"), openai_chunk(" wörld 你好"), openai_chunk(finish="stop"), openai_chunk(usage=True)]
    whole = sum(len(f"data: {json.dumps(event)}\n\n") for event in events[:3])
    with provider(*[streams(*events, cut=cut) for cut in range(0, whole - 20, 23)]) as server:

        async def main() -> list[str]:
            model, seen = await opened(server), []
            for _ in range(0, whole - 20, 23):
                try:
                    await model.reply(HELLO, lambda piece: None)
                    seen.append("answer")
                except ModelBusy:
                    seen.append("busy")
            return seen

        assert set(anyio.run(main)) == {"busy"}


def test_a_stream_that_only_repeats_itself_is_ended():
    def forever(handler):
        handler.start_stream()
        for _ in range(10_000):
            handler.wfile.write(f"data: {json.dumps(openai_chunk('I look at the file.' + chr(10)))}\n\n".encode())
            handler.wfile.flush()

    with provider(forever) as server:
        reply, pieces = ask_streaming(server)
    assert reply.stopped == "length"
    assert 12 <= len(pieces) < 100


def test_messages_that_cannot_fit_are_not_sent():
    with provider(says(200, openai())) as server, pytest.raises(ContextFull):
        ask(server, Request(messages=(Message(role="user", content="word " * 200_000),)))
    assert server.asked == []


def test_a_server_with_one_model_needs_no_name_and_tells_its_window():
    models = {"object": "list", "data": [{"id": "tiny", "object": "model", "max_model_len": 4_096}]}
    with provider(says(200, models), says(200, openai())) as server:

        async def main() -> tuple[Model, Reply]:
            address = f"openai-compatible@{server.url}/v1"
            model = await open_model(address, cache=Path("unused"), runtime=Path("unused"))
            return model, await model.reply(HELLO)

        model, reply = anyio.run(main)
    assert model.name == f"openai-compatible@{server.url}/v1#tiny"
    assert (model.profile.window, model.profile.step_tokens) == (4_096, 1_024)
    assert server.asked[1][1]["model"] == "tiny"
    assert reply.usage.cost_usd == 0 or reply.model == "gpt-4o"


@pytest.mark.parametrize(
    ("address", "error", "words"),
    [
        ("openai:gpt-5", UsageError, "export OPENAI_API_KEY"),
        ("google:gemini-2.5-pro", UsageError, "export GOOGLE_API_KEY"),
        ("openai", UsageError, "lacks the model's name"),
        ("openai:", UsageError, "lacks the model's name"),
        ("openai-compatible:x", UsageError, "lacks the server"),
        ("openai-compatible@ftp://host/v1#m", UsageError, "is not a web address"),
        ("openai-compatible@http://host:99999/v1#m", UsageError, "is not a web address"),
        ("openai-compatible@http://me:secret@host/v1#m", UsageError, "does not belong into the address"),
        ("openai-compatible@http://127.0.0.1:9/v1", ModelBusy, "is the server running?"),
        ("gpt-5", UsageError, "no model is known as 'gpt-5'"),
        ("", UsageError, "no model is known as ''"),
        ("a\0b", UsageError, "no model is known"),
        ("x" * 10_000, UsageError, "no model is known"),
        ("/nowhere/model.gguf", UsageError, "cannot be read"),
    ],
)
def test_an_address_that_cannot_be_used_says_what_to_write(tmp_path, address, error, words):
    with pytest.raises(AutoGPTError) as raised:
        anyio.run(lambda: open_model(address, cache=tmp_path, runtime=tmp_path / "run"))
    assert type(raised.value) is error or (error is UsageError and isinstance(raised.value, MissingExtra))
    assert words in str(raised.value)
    assert "secret" not in str(raised.value)


def test_a_server_that_tells_no_usage_is_counted_by_estimate():
    silent = {name: value for name, value in openai("x" * 300).items() if name != "usage"}
    with provider(says(200, silent)) as server:
        reply = ask(server)
    assert reply.usage.output_tokens == 100
    assert reply.usage.input_tokens > 0
