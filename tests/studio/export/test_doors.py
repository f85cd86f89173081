"""Every kind of checkpoint answers other programs, at its own door and at the one of OpenAI's API that fits it."""

import base64
import io
import struct

import pytest
from PIL import Image
from test_hf_folder import ITEMS, TEXT, checkpoint
from test_serving import GOOD, KEY, Speaks, call

from autogpt.checkpoints import serve_checkpoint
from autogpt.studio.evaluate import predict
from autogpt.studio.export.export import export
from autogpt.studio.export.onnx import differences
from autogpt.studio.export.onnxmodel import OnnxModel
from autogpt.studio.model import load


def picture(folder, name="image.png"):
    Image.radial_gradient("L").resize((20, 30)).convert("RGB").save(folder / name)
    return folder / name


@pytest.mark.parametrize("task", ["recommendation", "image-classification"])
def test_the_onnx_folder_of_items_and_images_answers_like_the_network(tmp_path, task):
    folder = checkpoint(tmp_path / "model", task)
    done = export(folder, "onnx", tmp_path / "onnx")
    inputs = [{"history": list(ITEMS[:2])}, {"history": []}, {"history": ["never seen"]}]
    if task == "image-classification":
        other = tmp_path / "other.png"
        Image.linear_gradient("L").save(other)
        inputs = [str(picture(tmp_path)), {"image": str(other)}]
    expected = predict(load(folder), inputs)
    assert max(differences(expected, OnnxModel(tmp_path / "onnx").predict(inputs, batch=2))) < 1e-4
    assert done.checks[0].ok
    assert expected[0] != expected[1]


def served(tmp_path, task):
    checkpoint(tmp_path / "home" / "checkpoints" / "it", task)
    return serve_checkpoint(tmp_path / "home", "it", key=KEY)


def test_an_image_is_sent_in_base64_or_as_it_is_and_never_by_its_path(tmp_path):
    path = picture(tmp_path)
    content = path.read_bytes()
    text = base64.b64encode(content).decode()
    with served(tmp_path, "image-classification") as reachable:
        address = reachable.url.removesuffix("/predict")
        expected = predict(load(tmp_path / "home" / "checkpoints" / "it"), [str(path)])
        asked = {"inputs": [text, {"image": text}, {"image": f"data:image/png;base64,{text}"}]}
        status, told = call(address, "/predict", asked)
        assert (status, max(differences(told["answers"], expected * 3))) == (200, pytest.approx(0, abs=1e-4))
        status, told = call(address, "/predict", content, GOOD | {"Content-Type": "image/png"})
        assert (status, max(differences(told["answers"], expected))) == (200, pytest.approx(0, abs=1e-4))
        for wrong in (str(path), {"image": str(path)}, 7):
            answer = call(address, "/predict", {"inputs": [text, wrong]})
            assert answer == (422, Speaks("input 2 must be an image in base64"))
        junk = base64.b64encode(b"no image").decode()
        assert call(address, "/predict", {"inputs": [junk]}) == (422, Speaks("^'image 1' is no image that can be read"))
        assert call(address, "/predict", b"", GOOD | {"Content-Length": "20000001"})[0] == 413
        large = io.BytesIO()
        Image.effect_noise((1200, 1200), 90).save(large, "PNG")
        assert len(large.getvalue()) > 1_000_000
        assert call(address, "/predict", large.getvalue(), GOOD | {"Content-Type": "image/png"})[0] == 200


def test_vectors_come_in_openai_s_form(tmp_path):
    with served(tmp_path, "embedding") as reachable:
        assert reachable.more == ("/v1/embeddings",)
        address = reachable.url.removesuffix("/predict")
        expected = predict(load(tmp_path / "home" / "checkpoints" / "it"), [TEXT, "no"])
        status, told = call(address, "/v1/embeddings", {"model": "it", "input": [TEXT, "no"]})
        assert (status, told["object"], told["model"]) == (200, "list", "it")
        for at, (one, answer) in enumerate(zip(told["data"], expected, strict=True)):
            assert (one["object"], one["index"]) == ("embedding", at)
            assert one["embedding"] == pytest.approx(answer["vector"], abs=1e-4)
        _, packed = call(address, "/v1/embeddings", {"input": "no", "encoding_format": "base64"})
        content = base64.b64decode(packed["data"][0]["embedding"])
        numbers = struct.unpack(f"<{len(content) // 4}f", content)
        assert numbers == pytest.approx(expected[1]["vector"], abs=1e-4)
        for wrong in ({}, {"input": [1, 2]}, {"input": []}, [TEXT]):
            assert call(address, "/v1/embeddings", wrong) == (422, Speaks('the body must be {"input": "text"}'))
        assert call(address, "/v1/completions", {"prompt": "x"}) == (404, Speaks("only /predict and /v1/embeddings"))
        assert call(address, "/v1/models", method="GET")[1]["data"] == [{"id": "it", "object": "model"}]
        assert call(address, "/v1/models", headers={}, method="GET")[0] == 401


@pytest.mark.parametrize(
    ("task", "inputs"),
    [
        ("recommendation", [{"history": list(ITEMS[:2])}]),
        ("masked-lm", ["Anna [MASK] Paris"]),
        ("reward", [{"prompt": "A question?", "answer": "An answer."}]),
        ("seq2seq", [TEXT, "no"]),
    ],
)
def test_whatever_can_answer_answers(tmp_path, task, inputs):
    with served(tmp_path, task) as reachable:
        address = reachable.url.removesuffix("/predict")
        expected = predict(load(tmp_path / "home" / "checkpoints" / "it"), inputs)
        status, told = call(address, "/predict", {"inputs": inputs})
        assert (status, max([*differences(told["answers"], expected), 0.0])) == (200, pytest.approx(0, abs=1e-4))
        assert call(address, "/predict", {"inputs": [7]})[0] == 422
