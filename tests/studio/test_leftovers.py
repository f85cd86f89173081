"""What a job that did not end well leaves: in nobody's way, removed with the job, and never at a whole one's cost."""

import os
import signal
import time
from pathlib import Path

import pytest

from autogpt.core.errors import UsageError
from autogpt.studio import jobs, leftovers
from autogpt.studio.checkpoint import CARD
from autogpt.studio.jobs import Ending, write
from autogpt.studio.leftovers import WORK

MAKING = '''
import time
from pathlib import Path
from autogpt.core.errors import UsageError

def make(arguments, here):
    """Begins a folder as a training does, and fails, waits, or finishes it."""
    out = Path(arguments["out"])
    (out / ".training").mkdir(parents=True, exist_ok=True)
    if arguments["end"] == "fail":
        raise UsageError("no")
    while arguments["end"] == "wait":
        time.sleep(0.01)
    (out / "autogpt.json").write_text("{}")
'''


@pytest.fixture
def places(tmp_path, monkeypatch) -> tuple[Path, Path]:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "making.py").write_text(MAKING)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path / 'lib'}:{os.environ.get('PYTHONPATH', '')}")
    return tmp_path / "checkpoints", tmp_path / "jobs"


def begin(places: tuple[Path, Path], name: str, end: str) -> Path:
    folder = jobs.submit(places[1], "making:make", {"out": str(leftovers.place(*places, name)), "end": end})
    child = jobs.start(folder)
    if end == "wait":
        while not (places[0] / name / WORK).exists():
            time.sleep(0.01)
    else:
        child.wait()
    return folder


def test_a_failed_job_frees_its_name_and_can_no_longer_touch_what_is_made_under_it(places):
    failed = begin(places, "m", "fail")
    made = begin(places, "m", "finish")
    assert jobs.status(made).state == "done"
    with pytest.raises(UsageError, match=f"{failed.name} cannot go on: {made.name} was begun in its place"):
        jobs.start(failed)
    leftovers.remove(failed)
    assert (places[0] / "m" / CARD).exists()
    with pytest.raises(UsageError, match="there is a checkpoint 'm' already"):
        leftovers.place(*places, "m")
    assert leftovers.free_name(*places, "m") == places[0] / "m-1"


def test_a_job_that_can_be_taken_up_keeps_its_name_until_it_is_removed(places):
    folder = begin(places, "m", "wait")
    with pytest.raises(UsageError, match=f"the job {folder.name} is making 'm' now"):
        leftovers.place(*places, "m")
    with pytest.raises(UsageError, match="is at work"):
        leftovers.remove(folder)
    os.kill(jobs.status(folder).pid, signal.SIGKILL)
    while jobs.status(folder).state == "running":
        time.sleep(0.01)
    with pytest.raises(UsageError, match=f"`autogpt studio jobs remove {folder.name}` gives the name free"):
        leftovers.place(*places, "m")


def job(places: tuple[Path, Path], kind: str, state: str, **arguments: str) -> Path:
    """A job that ended, as `jobs` writes it down."""
    folder = jobs.submit(places[1], kind, arguments)
    write(folder / "attempt-1.json", jobs.Attempt(pid=0, mark="", began=jobs.status(folder).job.created))
    write(folder / "ending-1.json", Ending(state=state, ended=jobs.status(folder).job.created))
    return folder


def test_with_a_job_goes_what_it_left_half_made(places, tmp_path):
    out = places[0] / "m"
    half = [out / WORK / "recipe.json", out / "runs" / "curve", leftovers.searched(out) / "search.json"]
    train = job(places, "train", "cancelled", out=str(out))
    prune = job(places, "prune", "interrupted", out=str(places[0] / "small"))
    export = job(places, "export", "failed", target=str(tmp_path / "x.gguf"), form="gguf", checkpoint=str(out))
    half += [places[0] / f".{prune.name}" / "small" / "model.safetensors", tmp_path / f".{export.name}" / "x.gguf"]
    other = tmp_path / "x.unchecked.gguf"
    for path in (*half, other):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    for folder in (train, prune, export):
        leftovers.remove(folder)
    assert [path for path in half if path.exists()] == []
    assert not out.exists()
    assert other.exists()


def test_a_checkpoint_that_is_whole_stays_when_its_job_goes(places):
    out = places[0] / "m"
    (out / WORK).mkdir(parents=True)
    (out / CARD).touch()
    leftovers.remove(job(places, "train", "interrupted", out=str(out)))
    assert ((out / CARD).exists(), (out / WORK).exists()) == (True, False)


def test_what_is_no_leftover_is_never_written_over(places):
    (places[0] / "m").mkdir(parents=True)
    (places[0] / "m" / "notes.txt").touch()
    with pytest.raises(UsageError, match="is there, and no checkpoint"):
        leftovers.place(*places, "m")
