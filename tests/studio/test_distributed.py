"""One training in two processes, as `accelerate launch` and torchrun begin it."""

import os
import subprocess
import sys
from pathlib import Path

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
