"""What is damaged on the disk is named, in every door; what is whole beside it goes on."""

import hashlib
import json
import os
import shutil
from datetime import UTC, datetime

import pytest
from tiny import encoder, names_corpus

from autogpt.checkpoints import answering_model, choices
from autogpt.cli.main import run
from autogpt.core.errors import UsageError
from autogpt.studio.checkpoint import Checkpoint, Held, Source, read_checkpoint, write_checkpoint
from autogpt.studio.corpus import Corpus
from autogpt.studio.data import load as load_rows
from autogpt.studio.export.export import export
from autogpt.studio.intact import intact
from autogpt.studio.model import load
from autogpt.studio.origin import learned
from autogpt.studio.recipe import Recipe
from autogpt.studio.train import train


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A checkpoint that a real training wrote, and what it began with."""
    folder = tmp_path_factory.mktemp("trained")
    recipe = Recipe(
        task="token-classification", base=str(encoder(folder / "base")), max_steps=2, precision="fp32", threads=1
    )
    train(recipe, names_corpus(16, 8), folder / "names", cache=folder)
    return folder / "names"


@pytest.fixture
def home(trained, tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOGPT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AUTOGPT_CONFIG", str(tmp_path / "own.toml"))
    monkeypatch.setenv("LANG", "C.UTF-8")
    for name in ("good", "bad"):
        shutil.copytree(trained, tmp_path / "home" / "checkpoints" / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def cut_off(path):
    path.write_bytes(path.read_bytes()[:-1000])


def scribble(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


DAMAGE = [
    ("model.safetensors", cut_off, "were saved: it is damaged|is damaged or was cut off"),
    ("model.safetensors", scribble, "is not what was saved: it is damaged, or was changed by hand"),
    ("tokenizer.json", lambda path: path.unlink(), "is missing, without which the model would answer otherwise"),
    ("tokenizer_config.json", lambda path: path.unlink(), "is missing"),
    ("config.json", lambda path: path.write_bytes(b"\xff\xfe"), "were saved"),
]


@pytest.mark.parametrize(("name", "harm", "said"), DAMAGE)
def test_a_damaged_checkpoint_is_refused_in_every_door_by_the_name_of_its_file(
    home, tmp_path, capsys, name, harm, said
):
    folder = home / "checkpoints" / "bad"
    harm(folder / name)
    for door in (
        lambda: load(folder),
        lambda: export(folder, "hf", tmp_path / "out"),
        lambda: export(folder, "onnx", tmp_path / "out"),
        lambda: export(folder, "gguf", tmp_path / "out.gguf"),
        lambda: answering_model(home, "bad"),
        lambda: train(
            Recipe(task="token-classification", base=str(folder), max_steps=1, precision="fp32"),
            names_corpus(8, 0),
            tmp_path / "more",
            cache=tmp_path,
        ),
    ):
        with pytest.raises(UsageError, match=said) as raised:
            door()
        assert str(folder / name) in str(raised.value)
    assert run(["studio", "predict", "bad", "Ann lives in Paris"]) == 2
    assert str(folder / name) in capsys.readouterr().err
    assert not list(tmp_path.glob("out*"))


def test_a_large_file_is_hashed_once_and_again_when_it_was_written_to(tmp_path):
    path = tmp_path / "weights.pt"
    with path.open("wb") as file:
        file.truncate(256_000_100)  # takes no room on the disk
    write_checkpoint(tmp_path, Checkpoint(name="large", task="sft", base="b", created=datetime(2030, 1, 1, tzinfo=UTC)))
    card = read_checkpoint(tmp_path)
    intact(tmp_path, card)
    # Once: a hash that is wrong everywhere is found right, for nobody computes it anew.
    notes = tmp_path / ".hashed.json"
    notes.write_text(notes.read_text().replace(card.files["weights.pt"].sha256, "0" * 64))
    wrong = card.model_copy(update={"files": {"weights.pt": Held(bytes=256_000_100, sha256="0" * 64)}})
    intact(tmp_path, wrong)
    intact(tmp_path, card)
    with pytest.raises(UsageError, match="is not what was saved"):
        intact(tmp_path, wrong)
    # Again: one byte in the middle, size and time of the content as they were.
    stat = path.stat()
    with path.open("r+b") as file:
        file.seek(128_000_000)
        file.write(b"x")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    with pytest.raises(UsageError, match=r"weights.pt' is not what was saved"):
        intact(tmp_path, card)


def test_weights_that_are_cut_off_are_found_where_no_record_was_kept(home, tmp_path):
    """Checkpoints of before, and folders of others that a training begins with."""
    folder = home / "checkpoints" / "bad"
    told = json.loads((folder / "autogpt.json").read_text())
    del told["files"], told["lessons"]
    (folder / "autogpt.json").write_text(json.dumps(told))
    assert load(folder).checkpoint.files == {}
    cut_off(folder / "model.safetensors")
    with pytest.raises(UsageError, match=r"model.safetensors' is damaged or was cut off"):
        load(folder)
    base = encoder(tmp_path / "base")
    (base / "model.safetensors").write_bytes(b"\x08")
    with pytest.raises(UsageError, match=r"base/model.safetensors' is damaged or was cut off"):
        train(Recipe(task="token-classification", base=str(base)), names_corpus(8, 0), tmp_path / "x", cache=tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"version": 1, "name": "\xff"}', "is damaged ('utf-8' codec can't decode byte 0xff"),
        (b'{"version": 1, "na', "is damaged (not valid JSON"),
        (b'{"version": 1, "name": 7}', "is damaged at 'name'"),
        (b'{"version": 9}', "is of version 9"),
    ],
)
def test_one_bad_card_does_not_hide_the_others(home, capsys, content, said):
    card = home / "checkpoints" / "bad" / "autogpt.json"
    card.write_bytes(content)
    assert run(["studio", "list"]) == 0
    out, err = capsys.readouterr()
    assert [line.split()[0] for line in out.splitlines()] == ["good"]
    assert str(card) in err
    assert said in err
    assert run(["studio", "list", "--json"]) == 0
    assert [one["folder"] for one in json.loads(capsys.readouterr().out)] == [str(home / "checkpoints" / "good")]
    assert run(["models"]) == 0
    assert "checkpoint:bad" in capsys.readouterr().out
    assert [choice.ready for choice in choices(home)] == [False]
    assert run(["studio", "predict", "bad", "Ann"]) == 2
    assert str(card) in capsys.readouterr().err


def test_a_checkpoint_keeps_what_it_learned_from(trained, tmp_path):
    card = read_checkpoint(trained)
    (lesson,) = card.lessons
    assert (lesson.task, lesson.rows, len(lesson.sha256)) == (
        "token-classification",
        {"train": 16, "validation": 8},
        64,
    )
    assert set(card.files) >= {"model.safetensors", "config.json", "tokenizer.json"}
    # Trained on: the new lesson stands before the one of what it was made from.
    recipe = Recipe(task="token-classification", base=str(trained), max_steps=1, precision="fp32", threads=1)
    train(recipe, names_corpus(8, 0), tmp_path / "more", cache=tmp_path)
    assert [one.rows["train"] for one in read_checkpoint(tmp_path / "more").lessons] == [8, 16]


def test_what_was_learned_from_is_told_by_names_sizes_and_hashes(tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "train.csv").write_text("text,label\nfine,good\nawful,bad\n")
    lesson = learned(load_rows(str(tmp_path / "secret" / "train.csv"), "text-classification"))
    digest = hashlib.sha256((tmp_path / "secret" / "train.csv").read_bytes()).hexdigest()
    assert lesson.sources == (Source(name="train.csv", bytes=31, sha256=digest),)
    assert str(tmp_path) not in lesson.model_dump_json()
    many = Corpus("x", {}, sources=tuple(str(tmp_path / "photos" / f"{at}.png") for at in range(30)))
    assert [(one.name, one.files) for one in learned(many).sources] == [("photos/", 30)]
    page = Corpus("x", {}, sources=("https://ann:pass@example.org/a/data.csv?token=1",))
    assert learned(page).sources == (Source(name="https://example.org/a/data.csv"),)
