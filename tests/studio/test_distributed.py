"""One training in two processes, as `accelerate launch` and torchrun begin it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import tiny
import training

from autogpt.studio.evaluate import evaluate
from autogpt.studio.model import load
from autogpt.studio.report import Trained


def test_two_processes_train_one_model(tmp_path):
    tiny.encoder(tmp_path / "base")
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    done = subprocess.run(
        [*command, training.__file__, str(tmp_path), "both"],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parent), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    trained = Trained.model_validate_json((tmp_path / "both" / "train.json").read_text())
    # 96 rows, 8 in each process: half the steps of one process.
    assert trained.steps == 18
    assert trained.losses[-1][1] < 0.7 * trained.losses[0][1]
    assert evaluate(load(tmp_path / "both"), tiny.names_corpus().splits["validation"]) == trained.final


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
