"""What was quantised can be served, called as a tool, and exported where the form can hold it."""

import http.client
import json
import shutil
from typing import cast

import anyio
import learned
import pytest

from autogpt.checkpoint_tools import offer, offered_tools
from autogpt.checkpoints import serve_checkpoint
from autogpt.core.action import Action
from autogpt.core.errors import UsageError
from autogpt.sandbox.workspace import Folder
from autogpt.studio.compress.quantize import quantize
from autogpt.studio.evaluate import predict
from autogpt.studio.export.export import export
from autogpt.studio.export.onnxmodel import OnnxModel
from autogpt.studio.model import load
from autogpt.tools.here import Blobs, Here
from autogpt.tools.toolbox import Box

KEY = "a-key-of-enough-letters"
METHODS = ("onnx-dynamic", "onnx-static", "torch-dynamic", "weights-int8", "weights-int4")
TEXTS = ("the food was awful and cold", "a lovely evening with great food", "we had a bright meal in this place")


@pytest.fixture(scope="module")
def home(reviews, tmp_path_factory):
    """AUTOGPT_HOME with the reviews in every form there is."""
    home = tmp_path_factory.mktemp("home")
    rows, more = learned.review_rows(48, 2), learned.review_rows(40, 3)
    (home / "checkpoints").mkdir()
    shutil.copytree(reviews, home / "checkpoints" / "reviews")
    for method in METHODS:
        quantize(reviews, method, home / "checkpoints" / method, rows=rows, calibration=more, seconds=0.05)
    return home


@pytest.mark.parametrize("method", METHODS)
def test_a_quantised_checkpoint_is_served_and_called_like_the_one_it_was_made_of(home, tmp_path, method):
    expected = [answer["label"] for answer in predict(load(home / "checkpoints" / "reviews"), TEXTS)]
    assert set(expected) == {"bad", "good"}
    with serve_checkpoint(home, method, key=KEY) as reachable:
        line = http.client.HTTPConnection(reachable.url.split("/")[2], timeout=60)
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
        line.request("POST", "/predict", json.dumps({"inputs": TEXTS}), headers)
        answer = line.getresponse()
        told = json.loads(answer.read())
    assert (answer.status, [one["label"] for one in told["answers"]]) == (200, expected)
    name = method.replace("-", "_")
    offer(home, method, "Says whether a review is good.", name)
    tools = [tool for tool in offered_tools(home) if tool.name == name]
    here = Here(Folder(home, tmp_path / "keep"), None, cast(Blobs, None))
    seen = anyio.run(Box(tools, here).run, Action(id="1", tool=name, args={"text": TEXTS[0]}))
    assert (seen.ok, seen.content.split()[0]) == (True, "bad"), seen


@pytest.mark.parametrize("method", ["onnx-dynamic", "onnx-static"])
def test_a_quantised_graph_is_exported_as_it_is(home, tmp_path, method):
    done = export(home / "checkpoints" / method, "onnx", tmp_path / "out")
    quantised = home / "checkpoints" / method / "model.onnx"
    assert (tmp_path / "out" / "model.onnx").read_bytes() == quantised.read_bytes()
    assert done.checks[0].ok
    answers = OnnxModel(tmp_path / "out").predict(TEXTS)
    assert [answer["label"] for answer in answers] == [one["label"] for one in predict(load(quantised.parent), TEXTS)]


@pytest.mark.parametrize(
    ("method", "form", "said"),
    [
        ("onnx-dynamic", "hf", "export it with --format onnx, or 'reviews'"),
        ("onnx-static", "adapter", "export it with --format onnx, or 'reviews'"),
        ("torch-dynamic", "hf", "export 'reviews', what it was made of, as hf"),
        ("torch-dynamic", "onnx", "quantise 'reviews' with --method onnx-dynamic and export that"),
        ("weights-int8", "onnx", "quantise 'reviews' with --method onnx-dynamic and export that"),
        ("weights-int4", "gguf", "export 'reviews', what it was made of, as gguf with --quant"),
    ],
)
def test_a_form_that_cannot_hold_it_says_what_can_be_exported(home, tmp_path, method, form, said):
    with pytest.raises(UsageError, match=said):
        export(home / "checkpoints" / method, form, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
