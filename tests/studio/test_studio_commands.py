"""autogpt studio at the terminal: what a person types, what comes back, what is on the disk then."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from tiny import NAMES, PLACES, TOPICS, encoder

from autogpt.cli.main import run


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


@pytest.fixture
def cli(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("AUTOGPT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AUTOGPT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("AUTOGPT_CONFIG", str(tmp_path / "own.toml"))
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    def call(*arguments: str) -> Result:
        capsys.readouterr()
        code = run(["studio", *arguments])
        told = capsys.readouterr()
        return Result(code, told.out, told.err)

    return call


@pytest.fixture
def table(cli) -> Path:
    """120 rows in the current folder that a tiny network can learn."""
    rows = [
        f"{name} likes the {word} day in {place},{topic}"
        for name in NAMES
        for topic, words in TOPICS.items()
        for word in words
        for place in PLACES
    ]
    path = Path("rows.csv")
    path.write_text("text,label\n" + "\n".join(rows) + "\nno label\n")
    return path


def test_a_profile_is_told_and_written_as_a_page(cli, table):
    done = cli("data", "profile", "rows.csv", "-o", "out/page.html", "--quiet")
    assert (done.code, done.err) == (0, "")
    assert "train       120 rows, 7 words" in done.out
    assert "1 rows were left out; the first," in done.out
    assert "written: out/page.html" in done.out
    assert json.loads(Path("out/page.json").read_text())["splits"]["train"]["rows"] == 120
    told = json.loads(cli("data", "profile", "rows.csv", "--json").out)
    assert told["labels"] == ["bad", "good"]


def test_what_rows_are_for_is_told_from_them_where_nobody_says_it(cli):
    names = "".join(f"{name} B-PER\nlives O\nin O\n{place} B-LOC\n\n" for name in NAMES for place in PLACES)
    Path("names.txt").write_text(names)
    done = cli("data", "split", "names.txt", "-o", "split", "--cut", "test=0.25", "-f", "conll")
    assert (done.code, "read as rows for token-classification (--task says otherwise)" in done.err) == (0, True), done
    assert "\tB-PER\nlives\tO\nin\tO\n" in Path("split/test.conll").read_text()
    assert cli("data", "split", "names.txt", "-o", "quiet", "-q").err == ""

    Path("two.jsonl").write_text('{"prompt": "Hi", "chosen": "Hello", "rejected": "Go"}\n' * 4)
    done = cli("data", "profile", "two.jsonl")
    assert "read as rows for preference; they may be for reward, too (--task)" in done.err
    done = cli("train", "two.jsonl")
    assert (done.code, done.err) == (
        2,
        "autogpt: these rows may be for preference, reward; say which with --task\n",
    )


def test_data_is_cleaned_split_and_converted(cli, table):
    Path("mail.csv").write_text("text,label\nwrite to a@b.co,x\nWrite to A@b.co!,x\nasked in the exam,y\n")
    Path("exam.txt").write_text("Asked in the exam?\n")
    done = cli("data", "clean", "mail.csv", "-o", "clean", "--against", "exam.txt", "--quiet")
    assert (done.code, Path("clean/train.jsonl").read_text()) == (0, '{"text": "write to [e-mail]", "label": "x"}\n')
    assert "2 rows left out as copies or exam texts" in done.out
    done = cli("data", "split", "rows.csv", "-o", "split", "--cut", "test=0.25", "-f", "csv", "--json")
    assert json.loads(done.out)["rows"].keys() == {"train", "test"}
    assert Path("split/test.csv").read_text().startswith("text,label\n")
    assert cli("data", "convert", "split", "-o", "columns", "-f", "parquet", "-q").code == 0
    assert Path("columns/train.parquet").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["data", "profile"], "there is no data; name a file, a folder or a URL"),
        (["data", "profile", "nothing.csv"], "there is no file or folder"),
        (["data", "profile", "rows.csv", "--stop-on-bad"], "rows.csv:122: 2 columns were expected, there are 1"),
        (["data", "profile", "rows.csv", "--task", "nonsense"], "no task is known as 'nonsense'"),
        (["data", "profile", "http://127.0.0.1/a.csv"], "no address of the public internet"),
        (["data", "split", "rows.csv", "-o", "x", "--cut", "test"], "'test' is no NAME=VALUE (--cut)"),
        (["data", "split", "rows.csv", "-o", "x", "--cut", "test=2"], "shares are over 0 and together under 1"),
        (["data", "convert", "rows.csv", "-o", "x", "-f", "xls"], "'xls' is no form to save"),
        (["train", "rows.csv", "--base", "nope"], "'nope' is no base; give one of minilm"),
        (["train", "rows.csv", "--epochs", "-1"], "the recipe cannot have 'epochs' = -1.0"),
        (["train", "rows.csv", "--set", "nope=1"], "the recipe cannot have 'nope' = 1"),
        (["train", "rows.csv", "--name", "../x"], "'../x' cannot name a checkpoint"),
        (["train", "rows.csv", "--max-seconds", "0"], "the limits cannot have 'seconds' = 0.0"),
        (["eval", "nope", "rows.csv"], "there is no checkpoint 'nope'"),
        (["predict", "nope", "text"], "there is no checkpoint 'nope'"),
        (["jobs", "show", "last"], "there is no job 'last'"),
        (["quantize", "nope", "rows.csv"], "there is no checkpoint 'nope'"),
        (["export", "nope", "-o", "x", "-f", "xls"], "no form is known as 'xls'; there are: hf, onnx"),
    ],
)
def test_what_cannot_be_used_is_one_line_and_exit_code_2(cli, table, arguments, told):
    done = cli(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert told in done.err


def test_nothing_is_there_yet(cli):
    assert cli("list").out == "there are no checkpoints yet; `autogpt studio train` makes one\n"
    assert cli("jobs", "list").out == "there are no jobs\n"
    assert json.loads(cli("list", "--json").out) == json.loads(cli("jobs", "list", "--json").out) == []
    assert {"minilm", "e5-small"} <= {base["name"] for base in json.loads(cli("bases", "--json").out)}


def test_a_model_is_trained_scored_asked_listed_and_exported(cli, table, tmp_path):
    base = str(encoder(tmp_path / "base"))
    sizes = "--epochs 6 --batch 8 --learning-rate 0.003 --max-length 16 --set precision=fp32".split()
    sizes += ["--set", "freeze_embeddings=false", "--set", "head_learning_rate=0.01"]
    cuts = ["--cut", "test=0.25", "--cut", "validation=0.2"]
    done = cli("train", "rows.csv", "--base", base, "--name", "mood", *cuts, *sizes)
    assert done.code == 0, done.err
    assert "rows: train" in done.out
    assert "1 malformed rows left out" in done.out
    assert "accuracy 1.0000" in done.out
    assert "training" in done.err
    (kept,) = json.loads(cli("list", "--json").out)
    assert (Path(kept["folder"]).name, kept["task"], kept["labels"]) == ("mood", "text-classification", ["bad", "good"])
    assert kept["scores"]["test/accuracy"] == 1
    assert "mood" in cli("list").out
    taken = cli("train", "rows.csv", "--base", base, "--name", "mood")
    assert (taken.code, "there is a checkpoint 'mood' already" in taken.err) == (2, True)

    done = cli("eval", "mood", "rows.csv", "--quiet")
    assert "train, 120 rows: accuracy 1.0000" in done.out
    assert "precision    recall        f1   support" in done.out
    asked = cli("predict", "mood", "Bob likes a lovely day", "--json")
    assert json.loads(asked.out)["output"]["label"] == "good"
    Path("ask.txt").write_text("an awful trip\na good trip\n")
    assert [line.split()[0] for line in cli("predict", "mood", "-i", "ask.txt").out.splitlines()] == ["bad", "good"]
    Path("ask.jsonl").write_text('{"text": "a good trip"}\n{"text": \n')
    asked = cli("predict", "mood", "-i", "ask.jsonl")
    assert (len(asked.out.splitlines()), "1 malformed rows left out, first" in asked.err) == (1, True), asked

    first, second = json.loads(cli("jobs", "list", "--json").out)
    assert [(one["job"]["kind"], one["state"]) for one in (first, second)] == [("evaluate", "done"), ("train", "done")]
    assert cli("jobs", "show", second["job"]["id"]).out.startswith(f"{second['job']['id']}  train  done  mood\n")
    assert [line.split()[1:4] for line in cli("jobs", "list").out.splitlines()] == [
        ["evaluate", "mood", "done"],
        ["train", "mood", "done"],
    ]
    assert cli("jobs", "resume", second["job"]["id"]).code == 2
    assert cli("jobs", "log", "last").code == 0

    done = cli("export", "mood", "-f", "hf", "-o", "shared", "-q")
    assert done.code == 0, done.err
    assert Path("shared/README.md").exists()


def test_ctrl_c_stops_a_job_cleanly_and_says_how_to_go_on(cli, table, tmp_path):
    command = [
        sys.executable,
        "-m",
        "autogpt",
        "studio",
        "train",
        "rows.csv",
        "--base",
        str(encoder(tmp_path / "base")),
    ]
    command += ["--name", "long", "--max-length", "16", "--set", "max_steps=100000", "--set", "precision=fp32"]
    child = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ)
    told = ""
    while "training 1" not in told and "training 2" not in told:
        line = child.stderr.readline()
        assert line, told
        told += line
    child.send_signal(signal.SIGINT)
    out, err = child.communicate()
    assert (child.returncode, out) == (130, "")
    (job,) = json.loads(cli("jobs", "list", "--json").out)
    assert job["state"] == "interrupted"
    assert f"`autogpt studio jobs resume {job['job']['id']}` goes on" in err
    assert cli("jobs", "cancel", job["job"]["id"]).out == f"job {job['job']['id']}: interrupted\n"
    # Its process printed nothing, and the message above leads here.
    logged = cli("jobs", "log", job["job"]["id"])
    assert logged.err == "the process of this job printed nothing; what is known of it:\n"
    assert logged.out == cli("jobs", "show", job["job"]["id"]).out
    assert "interrupted" in logged.out
    assert "training" in logged.out


def test_what_is_not_installed_is_told_with_the_command_that_mends_it(cli, table, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)  # as Python marks what cannot be imported
    done = cli("train", "rows.csv")
    assert (done.code, done.err) == (2, "autogpt: the studio needs torch: pip install 'autogpt[studio]'\n")


@pytest.mark.model
def test_a_packaged_model_learns_a_handful_of_sentences_and_understands_others(cli, monkeypatch):
    monkeypatch.delenv("AUTOGPT_CACHE")
    asked = {
        "lost": "I lost my card|my card is gone|someone stole my wallet|I cannot find my bank card|my card was stolen",
        "rate": "the exchange rate, please|how many dollars for a pound|do you change euros|what is the rate for yen",
        "age": "how old must I be|can my child open an account|is there an age limit|may teenagers have a card",
    }
    rows = [f"{text},{label}" for label, texts in asked.items() for text in texts.split("|")]
    Path("ask.csv").write_text("text,label\n" + "\n".join(rows) + "\n")
    done = cli("train", "ask.csv", "--name", "ask", "--epochs", "3", "--batch", "4", "--set", "precision=fp32", "-q")
    assert done.code == 0, done.err
    found = cli("predict", "ask", "a thief took my card", "what do I get for 100 francs", "I am only 15 years old")
    assert [line.split()[0] for line in found.out.splitlines()] == ["lost", "rate", "age"]


def test_what_is_not_there_is_told_before_a_job_begins(cli):
    Path("short.csv").write_text("article,summary\na long text,short\n")
    for given in (["short.csv", "none.csv"], ["short.csv", "--against", "none.csv"], ["--train", "none.csv"]):
        assert "there is no file or folder 'none.csv'" in cli("train", *given).err
    done = cli("train", "short.csv")
    assert (done.code, "no encoder-decoder is packaged; give the folder of one with --base" in done.err) == (2, True)
    assert cli("jobs", "list").out == "there are no jobs\n"
