"""Checkpoints under the home: talked to as `checkpoint:NAME`, listed, exported when they are first needed."""

import anyio
import pytest
from small import language_model
from test_export import checkpoint
from test_onnx import encoder
from test_serving import GOOD, KEY, call

from autogpt.checkpoints import answering_model, checkpoints, serve_checkpoint, served_model
from autogpt.core.errors import UsageError
from autogpt.core.message import Message, Request
from autogpt.models.engine import stop
from autogpt.parts import known_models, model_opener
from autogpt.settings import Settings
from autogpt.studio.checkpoint import read_checkpoint, write_checkpoint


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTOGPT_CONFIG", str(tmp_path / "own.toml"))
    (tmp_path / "cache" / "engine").mkdir(parents=True, mode=0o700)
    yield Settings(home=tmp_path / "home", cache=tmp_path / "cache")
    anyio.run(stop, tmp_path / "cache" / "engine")


def test_a_checkpoint_is_a_model_of_the_agent_by_its_name(settings):
    checkpoint(settings.home / "checkpoints" / "little")
    said: list[str] = []
    open_model = model_opener(settings, said.append)
    listed = {choice.address: choice for choice in known_models(settings)}
    assert listed["checkpoint:little"].needs == "is exported to GGUF on first use"

    async def talk():
        model = await open_model("checkpoint:little")
        request = Request(messages=(Message(role="user", content="Hi"),), max_tokens=8)
        return model.name, model.profile.window, await model.reply(request)

    name, window, reply = anyio.run(talk)
    assert (name, window, reply.model) == ("little", 512, "little")
    assert reply.usage.output_tokens > 0
    assert said == ["little: making the file it is served from", "little: loading into memory"]
    assert {choice.address: choice.ready for choice in known_models(settings)}["checkpoint:little"]


def test_the_file_is_made_once_and_again_after_more_training(settings):
    folder = checkpoint(settings.home / "checkpoints" / "little")
    stages: list[str] = []

    def make():
        return (
            served_model(settings.home, "little", lambda progress: stages.append(progress.what)).file.stat().st_mtime_ns
        )

    first = make()
    (folder / "report.html").write_text("what is no part of the model")
    assert (make(), stages) == (first, ["export"])
    language_model(folder, "llama", hidden_size=96)
    card = read_checkpoint(folder)
    write_checkpoint(folder, card.model_copy(update={"files": {}}))
    assert (make() != first, stages) == (True, ["export", "export"])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("checkpoint:gone", "there is no checkpoint 'gone' in .*; there are: labels, little"),
        ("checkpoint:labels", "is for text-classification, and writes no text"),
        ("checkpoint:../little", "names no checkpoint; write checkpoint:NAME"),
        ("checkpoint", "names no checkpoint"),
    ],
)
def test_what_cannot_be_talked_to_says_why(settings, name, message):
    checkpoint(settings.home / "checkpoints" / "little")
    encoder(settings.home / "checkpoints" / "labels", "text-classification", ("bad", "good"))
    (settings.home / "checkpoints" / "broken").mkdir()
    (settings.home / "checkpoints" / "broken" / "autogpt.json").write_text("{}")
    assert [folder.name for folder, _ in checkpoints(settings.home)] == ["labels", "little"]
    with pytest.raises(UsageError, match=message):
        anyio.run(model_opener(settings, lambda text: None), name)


def test_a_classifier_answers_from_its_export(settings):
    encoder(settings.home / "checkpoints" / "labels", "text-classification", ("bad", "good"))
    model = answering_model(settings.home, "labels")
    assert model.predict(["a text"])[0]["label"] in ("bad", "good")
    checkpoint(settings.home / "checkpoints" / "little")
    with pytest.raises(UsageError, match="'little' is for sft, and is talked to"):
        answering_model(settings.home, "little")


def test_a_checkpoint_is_served_to_other_programs_in_the_way_of_its_task(settings):
    encoder(settings.home / "checkpoints" / "labels", "text-classification", ("bad", "good"))
    with serve_checkpoint(settings.home, "labels", key=KEY) as reachable:
        address = reachable.url.removesuffix("/predict")
        status, told = call(address, "/predict", {"inputs": ["a text", "another"]})
        assert call(address, "/predict", {"inputs": [7]})[0] == 422
    assert (status, told["answers"]) == (200, answering_model(settings.home, "labels").predict(["a text", "another"]))
    checkpoint(settings.home / "checkpoints" / "little")
    with serve_checkpoint(settings.home, "little", key=KEY) as reachable:
        asked = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 3}
        status, told = call(reachable.url.removesuffix("/v1"), "/v1/chat/completions", asked, GOOD)
    assert (status, told["model"], told["usage"]["completion_tokens"]) == (200, "little", 3)
