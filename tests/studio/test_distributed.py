"""One training in two processes, as `accelerate launch` and torchrun begin it."""

import os
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import pytest
import tiny
import training

from autogpt.cli.main import run
from autogpt.core.errors import UsageError
from autogpt.studio import jobs
from autogpt.studio.distributed import check_places
from autogpt.studio.evaluate import evaluate
from autogpt.studio.model import load
from autogpt.studio.report import Trained


def test_two_processes_train_one_model(tmp_path):
    tiny.encoder(tmp_path / "base")
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    done = subprocess.run(
        [*command, training.__file__, str(tmp_path), "both"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(_paths()), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    trained = Trained.model_validate_json((tmp_path / "both" / "train.json").read_text())
    # 96 rows, 8 in each process: half the steps of one process.
    assert trained.steps == 18
    assert trained.tokens == 3 * sum(len(tokens) + 2 for tokens in tiny.names_corpus().splits["train"]["tokens"])
    assert trained.losses[-1][1] < 0.7 * trained.losses[0][1]
    assert evaluate(load(tmp_path / "both"), tiny.names_corpus().splits["validation"]) == trained.final


PLACES = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE")
LAUNCHERS = {
    "torchrun": ["torch.distributed.run", "--standalone", "--nproc-per-node", "2"],
    "accelerate": ["accelerate.commands.launch", "--multi_gpu", "--num_processes", "2", "--main_process_port", "0"],
}


@pytest.mark.parametrize("launcher", LAUNCHERS)
def test_the_command_line_trains_one_model_in_two_processes(tmp_path, launcher):
    tiny.encoder(tmp_path / "base")
    rows = [f"{row['text']},{row['label']}" for row in tiny.opinions(64, 0)]
    (tmp_path / "rows.csv").write_text("text,label\n" + "\n".join(rows) + "\n")
    sizes = ["--epochs", "2", "--batch", "8", "--max-length", "16", "--set", "precision=auto"]
    command = [sys.executable, "-m", *LAUNCHERS[launcher], "-m", "autogpt", "studio", "train", "rows.csv"]
    done = subprocess.run(
        [*command, "--base", "base", "--name", "both", "--quiet", *sizes],
        env=os.environ | {"AUTOGPT_HOME": str(tmp_path / "home"), "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    # One job and one checkpoint, told once.
    assert done.stdout.count("checkpoint: ") == 1
    assert len(list((tmp_path / "home" / "jobs").iterdir())) == 1
    trained = Trained.model_validate_json((tmp_path / "home" / "checkpoints" / "both" / "train.json").read_text())
    # 64 rows, 8 in each of two processes: 4 steps an epoch.
    assert trained.steps == 8


def test_a_training_in_two_processes_goes_on_in_two_after_kills(tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    whole, killed = _job(tmp_path / "whole"), _job(tmp_path / "killed")
    jobs.start(whole).wait()

    child = jobs.start(killed)
    (other,) = _begun_by(child.pid, tmp_path / "killed")
    os.kill(other, signal.SIGKILL)
    child.wait()
    status = jobs.status(killed)
    assert status.state == "failed"
    assert "another process of this training is gone" in status.message
    child = jobs.start(killed)
    (other,) = _begun_by(child.pid, tmp_path / "killed", checkpoints=2)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    assert jobs.status(killed).state == "interrupted"
    jobs.start(killed).wait()

    first, second = (
        Trained.model_validate_json((tmp_path / name / "made" / "train.json").read_text())
        for name in ("whole", "killed")
    )
    assert jobs.status(killed).state == "done", jobs.log_tail(killed, 20)
    # In one process these rows would take twice as many steps, and begin anew none at all.
    assert (first.steps, second.steps, second.resumed_from > 0) == (180, 180, True)
    assert second.losses == first.losses
    assert second.evaluations == first.evaluations
    assert (tmp_path / "killed" / "made" / "model.safetensors").read_bytes() == (
        tmp_path / "whole" / "made" / "model.safetensors"
    ).read_bytes()


def test_a_launcher_that_begins_lost_processes_anew_goes_on_with_the_job(tmp_path):
    tiny.encoder(tmp_path / "base")
    for split, count, seed in (("train", 240, 0), ("validation", 24, 1)):
        rows = [f"{row['text']},{row['label']}" for row in tiny.opinions(count, seed)]
        (tmp_path / f"{split}.csv").write_text("text,label\n" + "\n".join(rows) + "\n")
    command = [sys.executable, "-m", *LAUNCHERS["torchrun"], "--max-restarts", "1", "-m", "autogpt", "studio", "train"]
    sizes = ["--epochs", "12", "--batch", "8", "--max-length", "16", "--set", "precision=fp32"]
    home = tmp_path / "home"
    with (tmp_path / "said").open("wb") as said:
        launcher = subprocess.Popen(
            [*command, "train.csv", "validation.csv", "--base", "base", "--name", "both", "--quiet", *sizes],
            env=os.environ | {"AUTOGPT_HOME": str(home), "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"},
            cwd=tmp_path,
            stdout=said,
            stderr=said,
        )
    while not list(home.glob("checkpoints/both/.training/checkpoint-*/progress.json")):
        assert launcher.poll() is None, (tmp_path / "said").read_text()[-2_000:]
        time.sleep(0.01)
    ranks = {}
    for pid in map(int, Path(f"/proc/{launcher.pid}/task/{launcher.pid}/children").read_text().split()):
        found = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        ranks |= {entry: pid for entry in found if entry.startswith(b"RANK=")}
    os.kill(ranks[b"RANK=1"], signal.SIGKILL)
    assert launcher.wait() == 0, (tmp_path / "said").read_text()[-2_000:]
    (job,) = (home / "jobs").iterdir()
    assert (jobs.status(job).state, jobs.status(job).attempts) == ("done", 2)
    trained = Trained.model_validate_json((home / "checkpoints" / "both" / "train.json").read_text())
    assert (trained.steps, trained.resumed_from > 0) == (180, True)


def test_processes_that_do_not_all_come_are_not_waited_for_without_end(tmp_path):
    code = (
        "from datetime import timedelta\nfrom autogpt.studio import distributed\n"
        "distributed._MEET = timedelta(seconds=2)\ndistributed.meet()\n"
    )
    place = {"RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "0"}
    for there in (place, place | {"RANK": "1", "MASTER_PORT": "9"}):  # the first alone; another without the first
        done = subprocess.run(
            [sys.executable, "-c", code], env=os.environ | there, capture_output=True, text=True, check=False
        )
        assert "TryAgain: not all 2 processes of this training met at 127.0.0.1:" in done.stderr, done.stderr[-900:]


@pytest.mark.parametrize(
    ("around", "words", "said"),
    [
        ({"RANK": "0", "WORLD_SIZE": "2"}, ["--processes", "2"], "leave it out under torchrun"),
        ({"RANK": "0", "WORLD_SIZE": "2"}, ["--trials", "3"], "a search runs in one process"),
        ({"RANK": "1", "WORLD_SIZE": "2"}, ["--trials", "3"], "a search runs in one process"),
        ({}, ["--processes", "2", "--trials", "3"], "a search runs in one process"),
        ({"PMI_RANK": "1", "PMI_SIZE": "2"}, ["--trials", "3"], "a search runs in one process"),
        # What accelerate sets that was asked for two processes on a CPU, and begins one.
        ({"ACCELERATE_MIXED_PRECISION": "no", "MASTER_ADDR": "127.0.0.1"}, [], "accelerate began one process only"),
    ],
)
def test_what_cannot_be_trained_in_several_processes_is_told_before(tmp_path, monkeypatch, capsys, around, words, said):
    monkeypatch.setenv("AUTOGPT_HOME", str(tmp_path / "home"))
    for name in PLACES:
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    for name, value in around.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "rows.csv").write_text("text,label\na,b\nc,d\n")
    assert run(["studio", "train", str(tmp_path / "rows.csv"), *words]) == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "home" / "jobs").exists()


def test_policy_gradients_in_several_processes_are_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("AUTOGPT_HOME", str(tmp_path / "home"))
    (tmp_path / "rows.csv").write_text("prompt,answer\na,b\nc,d\n")
    words = ["--task", "policy-gradient", "--processes", "2"]
    assert run(["studio", "train", str(tmp_path / "rows.csv"), *words]) == 2
    assert "policy gradients are learned in one process" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    ("around", "begun", "said"),
    [
        ({}, (4, 2), "torchrun --nnodes 2 --node-rank 0 --nproc-per-node 2 --master-addr ADDRESS"),
        ({"RANK": "0", "WORLD_SIZE": "3"}, (2, 1), "was begun in 2 processes, not in 3"),
        ({"RANK": "0", "WORLD_SIZE": "2"}, (2, 1), ""),
        ({}, (2, 1), ""),
    ],
)
def test_a_job_is_taken_up_in_as_many_processes_as_it_was_begun_in(monkeypatch, around, begun, said):
    for name, value in around.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=said) if said else nullcontext():
        check_places("a-job", *begun)


def _paths() -> list[str]:
    given = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    return [str(Path(__file__).parent), *(str(Path(one).absolute()) for one in given)]


def _job(root: Path) -> Path:
    """A training in two processes, below the folder."""
    tiny.encoder(root / "base")
    for split, count, seed in (("train", 240, 0), ("validation", 24, 1)):
        rows = [f"{row['text']},{row['label']}" for row in tiny.opinions(count, seed)]
        (root / f"{split}.csv").write_text("text,label\n" + "\n".join(rows) + "\n")
    recipe = {"task": "text-classification", "base": str(root / "base"), "epochs": 12, "batch": 8, "precision": "fp32"}
    order = {
        "feed": {"splits": {split: [str(root / f"{split}.csv")] for split in ("train", "validation")}},
        "recipe": {**recipe, "max_length": 16, "threads": 1},
        "out": str(root / "made"),
        "cache": str(root / "cache"),
        "processes": 2,
    }
    return jobs.submit(root / "jobs", "train", order)


def _begun_by(pid: int, root: Path, checkpoints: int = 1) -> list[int]:
    """The processes that the job has begun, when so many of its checkpoints are whole that were not there before."""
    there = set(root.glob("made/.training/checkpoint-*/progress.json"))
    while len(set(root.glob("made/.training/checkpoint-*/progress.json")) - there) < checkpoints:
        os.kill(pid, 0)
        time.sleep(0.01)
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
