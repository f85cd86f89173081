"""Jobs that shrink or hand on a checkpoint, killed in the middle and resumed; all other kinds: `killed/`."""

import os
import signal
from dataclasses import dataclass, field
from pathlib import Path

import killing
import learned
import pytest
import torch
from datasets import Dataset

from autogpt.studio import jobs
from autogpt.studio.compress.prune import Cut, prune
from autogpt.studio.compress.shrunk import Shrunk
from autogpt.studio.compress.teach import Lessons
from autogpt.studio.evaluate import predict
from autogpt.studio.model import load
from autogpt.studio.report import Advance


@dataclass
class Bench:
    """A checkpoint, rows, and jobs on them, each in a process of its own."""

    root: Path
    checkpoint: Path
    feed: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for split, count, seed in (("train", 200, 1), ("test", 60, 2)):
            learned.review_rows(count, seed).to_csv(self.root / f"{split}.csv")
        self.feed = {"splits": {split: [str(self.root / f"{split}.csv")] for split in ("train", "test")}}

    def submit(self, kind: str, **arguments: object) -> Path:
        given = {"checkpoint": str(self.checkpoint), **arguments}
        return jobs.submit(self.root / "jobs", f"killing:{kind}", given)

    def shrink(self, kind: str, name: str, **arguments: object) -> Path:
        out = str(self.root / "checkpoints" / name)
        return self.submit(kind, feed=self.feed, out=out, seconds=0.1, **arguments)

    def killed(self, folder: Path) -> Path:
        assert jobs.start(folder).wait() == -signal.SIGKILL
        assert jobs.status(folder).state == "interrupted"
        return folder

    def done(self, folder: Path) -> dict:
        jobs.start(folder).wait()
        status = jobs.status(folder)
        assert status.state == "done", f"{status.message}\n{jobs.log_tail(folder, 30)}"
        assert not (folder / "state").exists()
        return status.result

    def names(self, folder: str = "checkpoints") -> list[str]:
        return sorted(path.name for path in (self.root / folder).iterdir())


@pytest.fixture
def bench(tmp_path, monkeypatch, dropping) -> Bench:
    # The code that is tried goes first, should it not be what is installed.
    folders = (Path(killing.__file__).parent, Path(jobs.__file__).parents[2])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, folders)))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    return Bench(tmp_path, dropping)


def advances(folder: Path, after: int) -> list[Advance]:
    lines = (folder / "progress.jsonl").read_text().splitlines()[after:]
    return [Advance.model_validate_json(line) for line in lines]


@pytest.fixture
def one_thread():
    """As the jobs have: with more, sums come in another order."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def test_a_network_that_was_killed_while_it_recovered_goes_on_to_the_very_same_weights(bench, one_thread):
    sizes, lessons = {"heads": 0.5, "neurons": 0.5, "layers": 1}, {"epochs": 3, "learning_rate": 1e-3}
    train, rows = (Dataset.from_csv(str(bench.root / f"{split}.csv")) for split in ("train", "test"))
    whole = prune(
        bench.checkpoint,
        bench.root / "checkpoints" / "whole",
        train=train,
        rows=rows,
        cut=Cut(**sizes),
        lessons=Lessons(**lessons),
        seconds=0.1,
    )
    job = bench.shrink("prune", "killed", sizes=sizes, lessons=lessons, killed_at=[["train", 20]])  # of 3 x 13 steps
    bench.killed(job)
    assert bench.names() == [f".{job.name}", "whole"]
    before = len(advances(job, 0))

    result = bench.done(job)

    assert result["checkpoint"] == str(bench.root / "checkpoints" / "killed")
    assert bench.names() == ["killed", "whole"]
    killed = Shrunk.model_validate(result["shrunk"])
    assert killed.extra == whole.extra
    assert len(killed.extra["losses"]) == 3
    assert killed.after == whole.after
    weights = [(folder / "model.safetensors").read_bytes() for folder in (whole.folder, killed.folder)]
    assert weights[0] == weights[1]
    again = advances(job, before)
    assert next(one.done for one in again if one.stage == "train") == 14  # the end of the first epoch was kept
    assert "importance" not in {one.stage for one in again}


@pytest.mark.parametrize(
    ("kind", "stage", "more"),
    [
        ("distill", ["evaluate after", 0], {"sizes": {"layers": 1, "neurons": 32}, "lessons": {"epochs": 2}}),
        ("quantize", ["evaluate before", 0], {"method": "torch-dynamic"}),
    ],
)
def test_a_checkpoint_that_was_half_made_is_in_nobodys_way(bench, kind, stage, more):
    job = bench.killed(bench.shrink(kind, "small", **more, killed_at=[stage]))
    assert bench.names("checkpoints/" + f".{job.name}") == ["small"]
    before = len(advances(job, 0))

    result = bench.done(job)

    assert bench.names() == ["small"]
    assert "train" not in {one.stage for one in advances(job, before)}  # what it had learned was kept
    small = load(bench.root / "checkpoints" / "small")
    assert small.checkpoint.name == "small"
    assert [answer["label"] for answer in predict(small, ["the film was awful", "a lovely place"])] == ["bad", "good"]
    assert result["shrunk"]["after"]["values"] == pytest.approx(
        {name.removeprefix("eval/"): value for name, value in small.checkpoint.scores.items()}
    )


def test_a_killed_export_is_made_anew_and_leaves_alone_what_is_not_its_own(bench):
    target = bench.root / "out" / "handed-on"
    job = bench.killed(bench.submit("export", form="hf", target=str(target), killed_at=[["export", 2]]))
    assert not target.exists()
    target.mkdir()
    (target / "mine.txt").write_text("of the person")

    jobs.start(job).wait()
    assert "is there already; choose another name, or move it away and resume" in jobs.status(job).message
    assert [path.read_text() for path in target.iterdir()] == ["of the person"]
    target.rename(bench.root / "moved")
    result = bench.done(job)

    assert bench.names("out") == ["handed-on"]
    assert result["target"] == str(target)
    assert sorted(result["paths"]) == sorted(str(path) for path in target.iterdir())
