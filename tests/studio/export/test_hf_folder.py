"""A Hugging Face folder to hand on: transformers loads it and answers alike, and its README says how, from what."""

import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import torch
import yaml
from safetensors.torch import load_file, save_file
from small import language_model, tokenizer
from test_onnx import BIO, encoder, wordpiece
from transformers import (
    AutoModelForSequenceClassification,
    BertConfig,
    BertForMaskedLM,
    BertModel,
    LlamaConfig,
    LlamaForSequenceClassification,
    T5Config,
    T5ForConditionalGeneration,
    pipeline,
)

from autogpt.core.errors import UsageError
from autogpt.studio.checkpoint import Checkpoint, Lesson, Source, read_checkpoint, write_checkpoint
from autogpt.studio.compress.resize import blocks, keep_heads, keep_layers, keep_neurons, sizes
from autogpt.studio.evaluate import predict
from autogpt.studio.export.export import export
from autogpt.studio.export.hf import model_card
from autogpt.studio.export.hfcheck import verify_folder
from autogpt.studio.export.usage import FOLDER
from autogpt.studio.kind import Loaded
from autogpt.studio.kinds.pixels import Pixels
from autogpt.studio.model import load, save
from autogpt.studio.recipe import Recipe

MODEL = "model.safetensors"
TEXT = "Anna went to Paris."
ITEMS = ("Anna", "went", "Paris", "many words")


def card(task, **more):
    made = {"name": "tiny", "task": task, "base": "none", "max_length": 48, "created": datetime(2030, 1, 1, tzinfo=UTC)}
    return Checkpoint.model_validate(made | more)


def pruned(folder):
    """Layers with 1 and 2 heads, 30 and 17 neurons, of networks with 2 and 48."""
    loaded = load(encoder(folder.with_name("whole"), "text-classification", ("bad", "fair", "good")))
    keep_layers(loaded.network, [0, 1])
    for layer, heads, neurons in zip(blocks(loaded.network), ([1], [0, 1]), (30, 17), strict=True):
        keep_heads(layer, heads)
        keep_neurons(layer, torch.arange(neurons))
    shape = {"layers": sizes(loaded.network)}
    loaded.checkpoint = loaded.checkpoint.model_copy(update={"shape": shape})
    return save(loaded, folder)


def test_a_pruned_network_answers_the_same_in_the_hands_of_a_stranger(tmp_path):
    folder = pruned(tmp_path / "pruned")
    texts = ["no", TEXT, "many words"]
    expected = predict(load(folder), texts)
    done = export(folder, "hf", tmp_path / "out")
    ask = pipeline("text-classification", str(tmp_path / "out"), top_k=None)
    for text, answer in zip(texts, expected, strict=True):
        said = {one["label"]: one["score"] for one in ask([text])[0]}
        assert said == pytest.approx(answer["scores"], abs=1e-5)
    assert len({json.dumps(answer) for answer in expected}) == 3
    size, outputs = done.checks
    assert (size.name, size.numbers["bytes"] > size.numbers["bytes_pruned"]) == ("size", True)
    assert (outputs.ok, outputs.numbers["samples"], outputs.numbers["max_difference"] < 1e-4) == (True, 4, True)
    # The studio takes it for what it is now: a network like any other.
    assert read_checkpoint(tmp_path / "out").shape == {}
    assert [one["label"] for one in predict(load(tmp_path / "out"), texts)] == [one["label"] for one in expected]


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("weights", "does not answer like the checkpoint"),
        ("lost", "transformers finds no weights in it for 'classifier.bias'"),
        ("tokenizer", "its tokenizer cuts texts otherwise"),
        ("widths", "transformers cannot load the exported folder"),
        ("cut off", "model.safetensors' is damaged or was cut off"),
    ],
)
def test_a_folder_that_is_not_the_checkpoint_is_found_out(tmp_path, what, message):
    folder, out = pruned(tmp_path / "pruned"), tmp_path / "out"
    export(folder, "hf", out, verify=False)
    match what:
        case "weights" | "lost":
            weights = load_file(out / MODEL)
            bias = weights.pop("classifier.bias")
            save_file(weights | ({"classifier.bias": bias.flip(0) + 1} if what == "weights" else {}), out / MODEL)
        case "tokenizer":
            tokenizer().save_pretrained(out)
        case "widths":
            (out / MODEL).write_bytes((folder / MODEL).read_bytes())
        case _:
            (out / MODEL).write_bytes((out / MODEL).read_bytes()[:-100])
    with pytest.raises(UsageError, match=message):
        verify_folder(folder, out, read_checkpoint(folder))


def asked(folder, capsys, **replaced):
    """What the README's own lines print, once the folder and the inputs are put in."""
    text = (folder / "README.md").read_text()
    program = re.search(r"```python\n(.*?)```", text, re.DOTALL)[1].replace(FOLDER, str(folder))
    for old, new in replaced.items():
        assert old.replace("_", " ") in program or old in program, program
        program = program.replace(old.replace("_", " "), new)
    capsys.readouterr()
    exec(compile(program, "README.md", "exec"), {})
    return capsys.readouterr().out.removesuffix("\n").rpartition("\n")[2]


def checkpoint(folder, task):
    """A checkpoint of a random network for the task."""
    torch.manual_seed(3)
    labels = {"token-classification": BIO, "text-pair": ("no", "yes")}.get(task, ("bad", "fair", "good"))
    config = BertConfig(
        vocab_size=120,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=64,
        initializer_range=0.4,
    )
    match task:
        case "text-classification" | "multi-label" | "text-pair" | "token-classification" | "embedding":
            return encoder(folder, task, labels if task != "embedding" else ())
        case "recommendation":
            return save(Loaded(BertModel(config).eval(), wordpiece(), card(task, labels=ITEMS)), folder)
        case "masked-lm":
            words = wordpiece()
            words.add_special_tokens({"mask_token": "[MASK]"})
            config.vocab_size = len(words)
            return save(Loaded(BertForMaskedLM(config).eval(), words, card(task)), folder)
        case "image-classification":
            from transformers import ResNetConfig, ResNetForImageClassification

            small = ResNetConfig(
                embedding_size=8,
                hidden_sizes=[8, 8],
                depths=[1, 1],
                layer_type="basic",
                id2label=dict(enumerate(labels)),
                label2id={label: id for id, label in enumerate(labels)},
            )
            network = ResNetForImageClassification(small).eval()
            return save(Loaded(network, Pixels(16), card(task, labels=labels)), folder)
        case "reward":
            numbers = {"hidden_size": 32, "intermediate_size": 48, "num_attention_heads": 2, "num_hidden_layers": 2}
            small = LlamaConfig(
                vocab_size=416, id2label={0: "reward"}, pad_token_id=0, initializer_range=0.3, **numbers
            )
            return save(Loaded(LlamaForSequenceClassification(small).eval(), tokenizer(), card(task)), folder)
        case "seq2seq":
            small = T5Config(
                vocab_size=120, d_model=32, d_kv=16, d_ff=48, num_layers=1, num_heads=2, decoder_start_token_id=0,
                eos_token_id=3, pad_token_id=0,
            )  # fmt: skip
            words = wordpiece()
            words.eos_token = "[SEP]"
            return save(Loaded(T5ForConditionalGeneration(small).eval(), words, card(task)), folder)
        case _:
            write_checkpoint(language_model(folder), card(task))
            return folder


TASKS = (
    "text-classification",
    "multi-label",
    "text-pair",
    "token-classification",
    "embedding",
    "recommendation",
    "masked-lm",
    "image-classification",
    "reward",
    "seq2seq",
    "causal-lm",
    "sft",
)


@pytest.mark.parametrize("task", TASKS)
def test_the_lines_in_the_readme_run_and_answer_as_the_studio_does(tmp_path, task, capsys, monkeypatch):
    folder = checkpoint(tmp_path / "model", task)
    done = export(folder, "hf", tmp_path / "out")
    assert done.checks[-1].ok, done.checks
    loaded = load(folder)
    monkeypatch.chdir(tmp_path)
    match task:
        case "text-classification":
            (answer,) = predict(loaded, [TEXT])
            (said,) = eval(asked(tmp_path / "out", capsys, A_text=TEXT))
            assert (said["label"], said["score"]) == (answer["label"], pytest.approx(answer["score"], abs=1e-5))
        case "multi-label":
            (answer,) = predict(loaded, [TEXT])
            said = eval(asked(tmp_path / "out", capsys, A_text=TEXT))
            assert sorted(one["label"] for one in said) == sorted(answer["labels"])
        case "text-pair":
            (answer,) = predict(loaded, [{"text": TEXT, "text_pair": "no"}])
            said = eval(asked(tmp_path / "out", capsys, One_text=TEXT, the_other="no"))
            said = said[0] if isinstance(said, list) else said
            assert (said["label"], said["score"]) == (answer["label"], pytest.approx(answer["score"], abs=1e-5))
        case "token-classification":
            assert isinstance(eval(asked(tmp_path / "out", capsys, A_text=TEXT), {"np": __import__("numpy")}), list)
        case "embedding":
            (answer,) = predict(loaded, [{"text": TEXT, "text_pair": "no"}])
            said = float(asked(tmp_path / "out", capsys, A_text=TEXT, another_text="no"))
            assert said == pytest.approx(answer["similarity"], abs=1e-4)
        case "recommendation":
            (answer,) = predict(loaded, [{"history": list(ITEMS[:2])}])
            assert eval(asked(tmp_path / "out", capsys)) == [one["item"] for one in answer["items"]]
        case "masked-lm":
            (answer,) = predict(loaded, ["Anna [MASK] Paris"])
            said = eval(asked(tmp_path / "out", capsys, A_text_with_a="Anna", in_it="Paris"))
            assert [one["token_str"] for one in said] == [one["token"] for one in answer["fills"][0]]
        case "image-classification":
            from PIL import Image

            Image.radial_gradient("L").resize((16, 16)).convert("RGB").save("image.png")
            (answer,) = predict(loaded, [{"image": "image.png"}])
            said = eval(asked(tmp_path / "out", capsys))
            assert {one["label"]: one["score"] for one in said} == pytest.approx(answer["scores"], abs=1e-4)
        case "reward":
            (answer,) = predict(loaded, [{"prompt": "A question?", "answer": "An answer."}])
            assert float(asked(tmp_path / "out", capsys)) == pytest.approx(answer, abs=1e-4)
        case "seq2seq":
            (answer,) = predict(loaded, [TEXT])
            assert asked(tmp_path / "out", capsys, A_text=TEXT) == answer
        case "causal-lm" | "sft":
            assert asked(tmp_path / "out", capsys)


def test_the_card_says_what_it_learned_from_and_no_folder_of_the_person(tmp_path):
    lesson = Lesson(
        task="text-classification",
        sources=(Source(name="tickets.csv", bytes=1234, sha256="ab" * 32), Source(name="photos/", files=800)),
        rows={"train": 1200, "test": 90},
        sha256="cd" * 32,
    )
    made = card(
        "text-classification",
        base=str(tmp_path / "home" / "ann" / "my-base"),
        labels=("bad", "good"),
        licence="MIT",
        recipe=Recipe(task="text-classification", base=str(tmp_path / "home" / "ann" / "my-base"), seed=7),
        lessons=(lesson,),
    )
    folder = encoder(tmp_path / "model", "text-classification", ("bad", "good"))
    write_checkpoint(folder, made)
    export(folder, "hf", tmp_path / "out")
    text = (tmp_path / "out" / "README.md").read_text()
    for said in (
        "rows: train 1,200, test 90 (SHA-256 of the training rows: `cdcdcdcdcdcdcdcd`)",
        "- `tickets.csv`, 1,234 bytes, SHA-256 `abababababababab`",
        "- `photos/`, 800 files",
        "Base: `my-base`",
        "| seed | `7` |",
        "MIT, which is that of its base `my-base`",
    ):
        assert said in text, text
    for path in (tmp_path / "out").iterdir():
        assert str(tmp_path).encode() not in path.read_bytes(), path
    assert "was not written down" in model_card(card("text-classification"), {})


def test_a_stranger_needs_nothing_of_the_house(tmp_path):
    """The exported folder is loaded where the house is not: by transformers' own class, in this very process."""
    folder = pruned(tmp_path / "pruned")
    export(folder, "hf", tmp_path / "out")
    network = AutoModelForSequenceClassification.from_pretrained(tmp_path / "out")
    assert type(network).__module__.startswith("transformers.")
    assert not any("autogpt" in str(path) for path in Path(sys.modules[type(network).__module__].__file__).parents[:2])


def test_names_of_any_kind_leave_the_card_whole():
    odd = card("text-classification", licence="Own: v1", base="a`b``c", labels=("a|b", "`c", "e\nf"))
    odd = odd.model_copy(update={"name": "x\n# evil", "scores": {"eval|x": 1.0}})
    text = model_card(odd, {})
    head, _, body = text.removeprefix("---\n").partition("---\n")
    assert yaml.safe_load(head)["license"] == "own: v1"
    assert "\n# x # evil\n" in body
    assert "Base: ``` a`b``c ```." in body
    assert "Labels (3): `a|b`, `` `c ``, `e f`" in body
    assert "| eval\\|x | 1 |" in body
