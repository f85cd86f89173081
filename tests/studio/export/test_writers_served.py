"""Models that write, served by torch, heed what OpenAI's API asks: how long, until what, how freely, in pieces."""

import http.client
import json
import time

import openai
import pytest
import torch
from small import tokenizer
from test_hf_folder import TEXT, card, checkpoint
from test_serving import GOOD, KEY, Speaks, call
from transformers import GPT2Config, GPT2LMHeadModel

from autogpt.checkpoints import serve_checkpoint
from autogpt.studio.facade import AutoGpt
from autogpt.studio.kind import Loaded
from autogpt.studio.model import load, save
from autogpt.studio.serve import serve_predictions
from autogpt.studio.torchmodel import TorchModel

CHAT = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "海很宽 Hi"}]


@pytest.fixture(scope="module")
def little(tmp_path_factory):
    """A language model that writes on and on, in characters of many bytes, too."""
    return checkpoint(tmp_path_factory.mktemp("little") / "little", "sft")


@pytest.fixture(scope="module")
def served(little):
    """The door of Python programs."""
    with AutoGpt.load(little).serve(KEY) as serving:
        yield serving


@pytest.fixture(scope="module")
def client(served):
    return openai.OpenAI(base_url=f"{served.address}/v1", api_key=KEY, max_retries=0)


def chat(client, **asked):
    return client.chat.completions.create(model="little", messages=CHAT, **asked)


def text_of(answer):
    return answer.choices[0].message.content


def test_python_programs_serve_the_doors_of_the_command_line(served, client, little):
    assert served.doors == ("/predict", "/v1/chat/completions", "/v1/completions")
    assert [one.id for one in client.models.list()] == ["tiny"]
    (expected,) = TorchModel(little).predict([{"messages": CHAT}])
    assert text_of(chat(client)) == expected
    assert call(served.address, "/predict", {"inputs": [{"messages": CHAT}]})[1]["answers"] == [expected]


def test_an_answer_is_as_long_as_was_asked_and_ends_before_a_stop_text(client):
    whole = chat(client, max_tokens=20)
    assert (whole.choices[0].finish_reason, whole.usage.completion_tokens) == ("length", 20)
    assert whole.usage.total_tokens == whole.usage.prompt_tokens + 20
    assert chat(client, max_completion_tokens=5).usage.completion_tokens == 5
    stop = text_of(whole)[8:11]
    short = chat(client, max_tokens=20, stop=["never written", stop])
    assert text_of(short) == text_of(whole)[: text_of(whole).index(stop)]
    assert short.choices[0].finish_reason == "stop"
    assert short.usage.completion_tokens < 20


def test_temperature_draws_and_a_seed_draws_the_same_again(client):
    likeliest = text_of(chat(client, max_tokens=12, temperature=0))
    assert text_of(chat(client, max_tokens=12)) == likeliest
    drawn = [text_of(chat(client, max_tokens=12, temperature=2, seed=seed)) for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert drawn[0] != likeliest
    # Of the likeliest share alone nothing is left to draw from.
    assert text_of(chat(client, max_tokens=12, temperature=2, top_p=1e-6)) == likeliest
    assert text_of(chat(client, max_tokens=12, temperature=2)) != text_of(chat(client, max_tokens=12, temperature=2))


@pytest.mark.parametrize("temperature", [0, 1.5])
def test_a_stream_says_the_same_in_pieces(client, temperature):
    asked = {"max_tokens": 40, "temperature": temperature, "seed": 3}
    whole = chat(client, **asked)
    stop = text_of(whole)[14:17]
    for more in ({}, {"stop": stop}):
        whole = chat(client, **asked, **more)
        chunks = list(chat(client, **asked, **more, stream=True, stream_options={"include_usage": True}))
        assert chunks[-1].usage == whole.usage
        pieces = [chunk.choices[0] for chunk in chunks[:-1]]
        assert pieces[0].delta.role == "assistant"
        assert len(pieces) > 4
        assert "".join(one.delta.content or "" for one in pieces) == text_of(whole)
        assert [one.finish_reason for one in pieces] == [None] * (len(pieces) - 1) + [whole.choices[0].finish_reason]
        assert len({chunk.id for chunk in chunks}) == 1


def test_texts_are_gone_on_with_several_at_a_time(client):
    prompts = ["The sea", "海很宽，天很蓝。" * 3, ""]
    whole = client.completions.create(model="little", prompt=prompts, max_tokens=9)
    assert [one.index for one in whole.choices] == [0, 1, 2]
    for prompt, one in zip(prompts, whole.choices, strict=True):
        alone = client.completions.create(model="little", prompt=prompt, max_tokens=9)
        assert (alone.choices[0].text, alone.choices[0].finish_reason) == (one.text, one.finish_reason)
    said = ["", "", ""]
    for chunk in client.completions.create(model="little", prompt=prompts, max_tokens=9, stream=True):
        said[chunk.choices[0].index] += chunk.choices[0].text
    assert said == [one.text for one in whole.choices]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"messages": []}, "the body must be"),
        ({"messages": ["Hi"]}, "the body must be"),
        ({"messages": [{"role": "wizard", "content": "Hi"}]}, "'wizard' is no role"),
        ({"messages": [*CHAT, {"role": "assistant", "content": "Well"}]}, "the assistant spoke last"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]}, "is a text; images"),
        ({"messages": [{"role": "user", "content": "long " * 600}]}, "and the model room for 512; make it shorter"),
        ({"max_tokens": 0}, "'max_tokens' is a number over 0, not 0"),
        ({"max_tokens": "9"}, "'max_tokens' is a number over 0"),
        ({"temperature": 3}, "'temperature' is a number from 0 to 2, not 3"),
        ({"temperature": "hot"}, "'temperature' is a number"),
        ({"top_p": 0}, "'top_p' is over 0"),
        ({"stop": [""]}, "'stop' is a text, or a list of at most 16"),
        ({"seed": -1}, "'seed' is a whole number"),
        ({"stream": "yes"}, "'stream' is true or false"),
        ({"n": 2}, "'n' is not heeded here; leave it out"),
        ({"tools": [{"type": "function"}]}, "'tools' is not heeded here"),
        ({"response_format": {"type": "json_object"}}, "'response_format' is not heeded"),
        ({"logprobs": True}, "'logprobs' is not heeded"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_what_cannot_be_heeded_is_refused_and_never_passed_over(served, asked, message, stream):
    body = {"messages": CHAT, "stream": stream, **asked}
    assert call(served.address, "/v1/chat/completions", body) == (422, Speaks(message))
    neutral = {"messages": CHAT, "n": 1, "tools": [], "presence_penalty": 0.0, "max_tokens": 1, "stop": None}
    assert call(served.address, "/v1/chat/completions", neutral)[0] == 200


def test_whoever_goes_away_ends_the_writing(tmp_path):
    model = TorchModel(checkpoint(tmp_path / "little", "sft"))
    seen: list[str] = []

    class Watched:
        chats = True
        encode = model.writer.encode

        def write(self, prompts, manner, on_text):
            def slowly(at, text):
                seen.append(text)
                time.sleep(0.01)
                on_text(at, text)

            try:
                return model.writer.write(prompts, manner, slowly)
            finally:
                seen.append("over")

    with serve_predictions(model.predict, key=KEY, name="l", task="sft", writer=Watched()) as serving:
        line = http.client.HTTPConnection(serving.address.removeprefix("http://"), timeout=60)
        body = {"messages": CHAT, "max_tokens": 400, "temperature": 1.5, "stream": True}
        line.request("POST", "/v1/chat/completions", json.dumps(body), GOOD)
        answer = line.getresponse()
        assert answer.getheader("Content-Type") == "text/event-stream"
        assert answer.readline().startswith(b'data: {"id": "chatcmpl-')
        answer.close()
        line.close()
        # The next is answered when the one who went away no longer holds the model.
        assert call(serving.address, "/predict", {"inputs": [{"messages": CHAT}]})[0] == 200
    assert seen[-1] == "over"
    assert len(seen) < 300


@pytest.mark.parametrize("task", ["seq2seq", "causal-lm"])
def test_writers_without_chats_have_the_door_for_texts(tmp_path, task):
    folder = tmp_path / "home" / "checkpoints" / "it"
    if task == "seq2seq":
        checkpoint(folder, task)
    else:  # of a family that the engine does not run
        torch.manual_seed(3)
        small = GPT2Config(vocab_size=416, n_embd=32, n_layer=1, n_head=2, n_positions=64, initializer_range=0.3)
        words = tokenizer()
        words.chat_template = None
        save(Loaded(GPT2LMHeadModel(small).eval(), words, card(task)), folder)
    with serve_checkpoint(tmp_path / "home", "it", key=KEY) as reachable:
        assert reachable.more == ("/v1/completions",)
        address = reachable.url.removesuffix("/predict")
        expected = TorchModel(folder).predict([TEXT, "no"])
        status, told = call(address, "/v1/completions", {"prompt": [TEXT, "no"]})
        assert (status, [one["text"] for one in told["choices"]]) == (200, expected)
        status, told = call(address, "/v1/completions", {"prompt": "no", "max_tokens": 3})
        assert (told["usage"]["completion_tokens"], told["choices"][0]["finish_reason"]) == (3, "length")
        if task == "causal-lm":  # as many as it has places for, and no more
            _, told = call(address, "/v1/completions", {"prompt": "no", "max_tokens": 900, "temperature": 2})
            assert told["usage"]["total_tokens"] <= 64
            long = call(address, "/v1/completions", {"prompt": "no " * 64})
            assert long == (422, Speaks("the model room for 64"))
    assert load(folder).checkpoint.task == task
