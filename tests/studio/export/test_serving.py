"""Models served to other programs on this machine: only with the key, only here, only what they can answer."""

import http.client
import json
import os
import re
from pathlib import Path

import pytest
from small import language_model

from autogpt.core.errors import ModelError, UsageError
from autogpt.models.serve import serve
from autogpt.studio.export.gguf import write_gguf
from autogpt.studio.serve import serve_predictions

KEY = "a-key-of-enough-letters"
GOOD = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}


def call(address, path, body=b"", headers=GOOD, method="POST"):
    line = http.client.HTTPConnection(address.removeprefix("http://"), timeout=60)
    line.request(method, path, body if isinstance(body, bytes) else json.dumps(body).encode(), headers)
    answer = line.getresponse()
    told = answer.read()
    line.close()
    return answer.status, json.loads(told) if told.startswith(b"{") else told.decode()


@pytest.fixture(scope="module")
def lengths():
    """A model that answers with the length of a text."""

    def predict(inputs):
        if not all(isinstance(one, str) for one in inputs):
            raise UsageError("it reads texts")
        return [{"length": len(one)} for one in inputs]

    with serve_predictions(predict, key=KEY, name="lengths", task="text-classification") as serving:
        yield serving.address


def test_predictions_come_in_the_order_of_the_inputs(lengths):
    status, told = call(lengths, "/predict", {"inputs": ["a", "你好", ""]})
    assert (status, told) == (
        200,
        {
            "model": "lengths",
            "task": "text-classification",
            "answers": [{"length": 1}, {"length": 2}, {"length": 0}],
        },
    )


@pytest.mark.parametrize(
    ("path", "body", "headers", "status", "message"),
    [
        ("/predict", {"inputs": ["a"]}, {"Content-Type": "application/json"}, 401, "key is missing or wrong"),
        ("/predict", {"inputs": ["a"]}, GOOD | {"Authorization": "Bearer guessed"}, 401, "key is missing or wrong"),
        ("/predict", {"inputs": ["a"]}, GOOD | {"Host": "evil.example:80"}, 403, "answers to 127.0.0.1"),
        ("/other", {"inputs": ["a"]}, GOOD, 404, "only /predict"),
        ("/predict", {"inputs": ["a"]}, GOOD | {"Content-Type": "text/plain"}, 415, "send JSON"),
        ("/predict", b"", GOOD | {"Content-Length": "1000001"}, 413, "at most 1,000,000"),
        ("/predict", b"{", GOOD, 400, "not valid JSON"),
        ("/predict", b'{"inputs": ["\xff"]}', GOOD, 400, "not UTF-8"),
        ("/predict", b'{"inputs": ["a"], "inputs": ["b"]}', GOOD, 400, "appears twice"),
        ("/predict", {"inputs": "a"}, GOOD, 422, "1 to 256 inputs"),
        ("/predict", {"inputs": ["a"] * 257}, GOOD, 422, "1 to 256 inputs"),
        ("/predict", {"inputs": [1]}, GOOD, 422, "it reads texts"),
    ],
)
def test_other_requests_are_refused_with_the_reason(lengths, path, body, headers, status, message):
    assert call(lengths, path, body, headers) == (status, Speaks(message))


class Speaks:
    """Equal to an error that speaks of it."""

    def __init__(self, message):
        self.message = message

    def __eq__(self, other):
        return list(other) == ["error"] and re.search(self.message, other["error"]) is not None

    def __repr__(self):
        return f"an error about {self.message!r}"


def test_a_short_key_and_a_taken_port_are_refused(lengths):
    with pytest.raises(UsageError, match="at least 16"), serve_predictions(list, key="short", name="n", task="t"):
        pass
    port = int(lengths.rpartition(":")[2])
    with (
        pytest.raises(UsageError, match=f"port {port} cannot be used"),
        serve_predictions(list, key=KEY, name="n", task="t", port=port),
    ):
        pass


def test_a_language_model_is_served_over_openai_s_api_to_whoever_has_the_key(tmp_path):
    file = write_gguf(language_model(tmp_path / "hf"), tmp_path / "little.gguf")
    asked = {"model": "little", "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 4}
    with serve(file, key=KEY, threads=1) as serving:
        assert serving.address.startswith("http://127.0.0.1:")
        status, told = call(serving.address, "/v1/chat/completions", asked)
        assert (status, told["object"], told["model"]) == (200, "chat.completion", "little")
        for headers in ({"Content-Type": "application/json"}, GOOD | {"Authorization": "Bearer guessed"}):
            for path in ("/v1/chat/completions", "/v1/completions", "/completion", "/tokenize", "/apply-template"):
                assert call(serving.address, path, asked, headers)[0] == 401
        assert KEY not in Path(f"/proc/{serving.pid}/cmdline").read_text()
        assert KEY not in Path(f"/proc/{serving.pid}/environ").read_text()
    with pytest.raises(ProcessLookupError):
        os.kill(serving.pid, 0)


def test_a_file_that_cannot_be_served_says_so(tmp_path):
    (tmp_path / "broken.gguf").write_bytes(b"GGUF" + b"\0" * 100)
    with pytest.raises(ModelError, match="could not be served"), serve(tmp_path / "broken.gguf", key=KEY):
        pass
