"""The door to exporting: what comes out is described, checked, and whole."""

import hashlib
import math
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import torch
from small import language_model, load
from transformers import AutoTokenizer

from autogpt.core.errors import UsageError
from autogpt.studio.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from autogpt.studio.export import weigh
from autogpt.studio.export.export import export
from autogpt.studio.export.gguf import write_gguf
from autogpt.studio.export.hfcheck import _TEXTS
from autogpt.studio.export.verify import verify_gguf
from autogpt.studio.recipe import Recipe


def checkpoint(folder, **changes):
    language_model(folder, "llama")
    card = {
        "name": "little",
        "task": "sft",
        "base": "smollm2-135m",
        "licence": "Apache-2.0",
        "recipe": Recipe(task="sft", base="smollm2-135m", method="lora"),
        "scores": {"eval/loss": 1.25},
        "created": datetime(2030, 1, 1, tzinfo=UTC),
    }
    write_checkpoint(folder, Checkpoint.model_validate(card | changes))
    return folder


def test_an_f16_export_says_what_was_compared_and_what_lies_where(tmp_path):
    done = export(checkpoint(tmp_path / "little"), "gguf", tmp_path)
    file = tmp_path / "little-f16.gguf"
    assert (done.form, done.quant, done.paths) == ("gguf", "f16", (file,))
    assert done.sha256 == (hashlib.sha256(file.read_bytes()).hexdigest(),)
    assert done.bytes == file.stat().st_size
    assert [(check.name, check.ok, check.numbers) for check in done.checks] == [
        ("tokenizer", True, {"texts": 5, "alike": 5}),
        ("answers", True, {"tokens": 64, "alike": 64}),
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["little", "little-f16.gguf"]


def test_a_trained_model_is_asked_as_later_versions_of_transformers_want_it_and_in_silence(tmp_path, outdated, capfd):
    folder = checkpoint(tmp_path / "little")
    file = write_gguf(folder, tmp_path / "f16.gguf")
    capfd.readouterr()
    verify_gguf(folder, file, exact=True)
    assert outdated() == []
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("what", ["weights", "tokenizer"])
def test_a_file_that_is_not_the_checkpoint_is_refused(tmp_path, what):
    folder = checkpoint(tmp_path / "little")
    file = write_gguf(folder, tmp_path / "f16.gguf")
    if what == "weights":
        network = load(folder)
        with torch.no_grad():
            for layer in network.model.layers:
                layer.self_attn.q_proj.weight.copy_(layer.self_attn.q_proj.weight.flip(0))
        network.save_pretrained(folder)
        message = "tokens of greedy answers the same token is likeliest"
    else:
        language_model(folder, "llama", "gpt-2")
        message = "llama.cpp cuts"
    with pytest.raises(UsageError, match=message):
        verify_gguf(folder, file, exact=True)


def test_a_hugging_face_folder_to_hand_on_has_its_card_and_licence(tmp_path):
    folder = checkpoint(tmp_path / "little")
    (folder / "optimizer.pt").write_bytes(b"not to be handed on")
    done = export(folder, "hf", tmp_path / "out", sources=("tickets.csv",))
    assert {path.name for path in done.paths} >= {"README.md", "LICENSE", "autogpt.json", "config.json"}
    assert "optimizer.pt" not in {path.name for path in done.paths}
    card = (tmp_path / "out" / "README.md").read_text()
    assert card.startswith("---\nlicense: apache-2.0\npipeline_tag: text-generation\nlibrary_name: transformers\n")
    for said in ("# little", "- tickets.csv", "| eval/loss | 1.25 |", "| method | `lora` |", "Base: `smollm2-135m`"):
        assert said in card
    assert "Apache License" in (tmp_path / "out" / "LICENSE").read_text()
    assert load(tmp_path / "out").config.num_hidden_layers == 2
    with pytest.raises(UsageError, match="is not empty"):
        export(folder, "hf", tmp_path / "out")


def test_the_text_of_a_licence_nobody_knows_is_not_made_up(tmp_path):
    done = export(checkpoint(tmp_path / "little", licence="Own-1.0"), "hf", tmp_path / "out")
    assert "LICENSE" not in {path.name for path in done.paths}
    assert "## Licence\n\nOwn-1.0" in (tmp_path / "out" / "README.md").read_text()


def test_a_plug_in_brings_a_form_of_its_own(tmp_path, monkeypatch):
    """An installed package is a folder on the path with its metadata beside it."""
    (tmp_path / "site" / "shout-1.dist-info").mkdir(parents=True)
    (tmp_path / "site" / "shout-1.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: shout\nVersion: 1\n"
    )
    (tmp_path / "site" / "shout-1.dist-info" / "entry_points.txt").write_text(
        "[autogpt.studio.exporters]\nshout = shout:write\n"
    )
    (tmp_path / "site" / "shout.py").write_text(
        "from autogpt.studio.export.exported import describe\n"
        "def write(folder, checkpoint, target, *, quant, on_advance):\n"
        "    target.write_text(checkpoint.name.upper())\n"
        "    return describe('shout', target, [target], [])\n"
    )
    monkeypatch.syspath_prepend(tmp_path / "site")
    done = export(checkpoint(tmp_path / "little"), "shout", tmp_path / "out.txt")
    assert (done.form, (tmp_path / "out.txt").read_text()) == ("shout", "LITTLE")


def test_an_unknown_form_is_told_the_known_ones(tmp_path):
    with pytest.raises(UsageError, match="no form is known as 'pdf'; there are: hf, onnx, gguf, adapter"):
        export(tmp_path, "pdf", tmp_path / "out")


@pytest.mark.parametrize("quant", ["q8_0", "q4_k_m"])
def test_a_quantised_file_is_held_against_f16_in_size_speed_and_quality(tmp_path, quant):
    done = export(checkpoint(tmp_path / "little"), "gguf", tmp_path, quant=quant)
    plain = write_gguf(tmp_path / "little", tmp_path / "plain.gguf")
    (found,) = [check for check in done.checks if check.name == "beside f16"]
    numbers = found.numbers
    assert numbers["bytes"] == {"f16": plain.stat().st_size, "small": done.bytes}
    assert found.said.startswith(f"beside F16: {done.bytes / 1e6:.1f} instead of {plain.stat().st_size / 1e6:.1f} MB")
    perplexity = numbers["perplexity"]
    assert perplexity["small"] == pytest.approx(perplexity["f16"], rel=0.05 if quant == "q8_0" else 0.5)
    assert perplexity["small"] != perplexity["f16"]
    assert numbers["greedy_tokens"] == 64
    assert 0 < numbers["greedy_tokens_alike"] <= 64
    for speed in ("reading", "writing"):
        assert min(numbers[f"{speed}_tokens_per_second"].values()) > 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["little", f"little-{quant}.gguf", "plain.gguf"]


def test_the_perplexity_that_the_engine_is_asked_for_is_the_networks(tmp_path):
    """Beside itself a file loses nothing; beside another network of the same size it does."""
    from autogpt.studio.export.probe import probe_both

    folder = checkpoint(tmp_path / "little")
    plain = write_gguf(folder, tmp_path / "plain.gguf")
    network = load(folder)
    texts = [torch.randint(3, 390, (40,), generator=torch.Generator().manual_seed(seed)).tolist() for seed in (1, 2)]
    with torch.inference_mode():
        loss = sum(float(network(torch.tensor([text]), labels=torch.tensor([text])).loss) for text in texts) / 2
        network.model.layers[1].mlp.down_proj.weight.mul_(-1)
    network.save_pretrained(folder)
    other = write_gguf(folder, tmp_path / "other.gguf")

    same, changed = (probe_both(plain, file, [[5, 6, 7]], texts) for file in (plain, other))

    assert same.perplexity == pytest.approx([math.exp(loss)] * 2, rel=0.01)
    assert (same.tokens, same.answered, same.alike) == (78, 32, 32)
    assert changed.perplexity[0] == same.perplexity[0] != pytest.approx(changed.perplexity[1], rel=0.1)
    assert changed.alike < 24


ASK = """
import sys
from pathlib import Path
from autogpt.studio.export.probe import probe
probe(Path(sys.argv[1]), (), [[5] * 200] * 20_000)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not end a process with its parent")
def test_the_engine_ends_with_the_process_that_asked_it(tmp_path):
    file = write_gguf(language_model(tmp_path / "little"), tmp_path / "little.gguf")
    asking = subprocess.Popen([sys.executable, "-c", ASK, str(file)], env={**os.environ, "OMP_NUM_THREADS": "1"})
    children = Path(f"/proc/{asking.pid}/task/{asking.pid}/children")
    while not (found := [int(one) for one in children.read_text().split()]):
        time.sleep(0.05)
    engine = found[0]
    while (
        sum(map(int, Path(f"/proc/{engine}/stat").read_text().rpartition(")")[2].split()[11:13])) < 200
    ):  # 2 s of work
        time.sleep(0.05)
    asking.kill()
    asking.wait()
    end = time.monotonic() + 20
    while Path(f"/proc/{engine}").exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert not Path(f"/proc/{engine}").exists()


def test_the_engine_takes_as_many_threads_as_it_is_told(monkeypatch):
    ours = len(os.sched_getaffinity(0))
    for told, threads in (("1", 1), ("1000", ours), ("", ours), ("many", ours)):
        monkeypatch.setenv("OMP_NUM_THREADS", told)
        assert weigh.threads() == threads


@pytest.mark.parametrize(("form", "quant"), [("gguf", "q8_0"), ("hf", "")])
def test_an_export_touches_nothing_of_what_lies_beside(tmp_path, form, quant):
    folder = checkpoint(tmp_path / "little")
    there = [
        "out.unchecked.gguf",
        "out.plain.gguf",
        "out.gguf.new",
        "out.gguf.f16",
        "out.new",
        "out.unchecked.gguf.new",
    ]
    for name in there:
        (tmp_path / name).write_text("mine")
    export(folder, form, tmp_path / ("out.gguf" if form == "gguf" else "out"), quant=quant)
    assert [(tmp_path / name).read_text() for name in there] == ["mine"] * len(there)
    made = "out.gguf" if form == "gguf" else "out"
    assert {path.name for path in tmp_path.iterdir()} == {"little", made, *there}
    with pytest.raises(UsageError, match="is there already; choose another name" if form == "gguf" else "is not empty"):
        export(folder, form, tmp_path / made, quant=quant)
    with pytest.raises(UsageError, match="is there already" if form == "gguf" else "is a file; give a new folder"):
        export(folder, form, tmp_path / "out.new", quant=quant)


def test_what_cannot_be_written_is_told_and_leaves_nothing(tmp_path):
    folder = checkpoint(tmp_path / "little")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(
        UsageError, match=r"out.gguf' cannot be written: Not a directory|cannot be written: File exists"
    ):
        export(folder, "gguf", tmp_path / "file" / "out.gguf", verify=False)
    assert {path.name for path in tmp_path.iterdir()} == {"little", "file"}


def test_a_model_that_answers_some_texts_with_no_number_is_refused(tmp_path):
    folder = checkpoint(tmp_path / "little")
    network, cut = load(folder), AutoTokenizer.from_pretrained(folder)
    strange = (
        set(cut(_TEXTS[-1])["input_ids"]) - {one for text in _TEXTS[:-1] for one in cut(text)["input_ids"]}
    ).pop()
    with torch.no_grad():
        network.model.embed_tokens.weight[strange] = math.nan
    network.save_pretrained(folder)
    write_checkpoint(folder, read_checkpoint(folder).model_copy(update={"files": {}}))
    with pytest.raises(UsageError, match="answers with numbers that are not finite"):
        export(folder, "hf", tmp_path / "out")
    assert {path.name for path in tmp_path.iterdir()} == {"little"}
