"""Sub-runs with real processes, folders and sandboxes; only the model's programs are written beforehand."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autogpt.core.message import Usage
from autogpt.core.run import Run
from autogpt.core.task import Limits, Task
from autogpt.runs.hold import at_work
from autogpt.runs.spec import RunFolder, whole_run
from autogpt.runs.split import share

NAMES = ("one", "two", "sum")
CREW = Path(__file__).with_name("crew.py")
GOAL = """Count words.
1. Count the words in sun.md and write the number to one.txt
2. Count the words in moon.md and write the number to two.txt
3. Add up the numbers in one.txt and two.txt and write the sum to sum.txt"""
"""The first two are independent, the third needs both."""


class Place:
    """A home and a folder, and people who type commands there."""

    def __init__(self, root: Path) -> None:
        self.root, self.work, self.hold, self.told = root, root / "work", root / "hold", root / "told.txt"
        for folder in (self.work, self.hold):
            folder.mkdir()
        for name in ("sun", "moon"):
            (self.work / f"{name}.md").write_text(f"the {name} shines\n")

    def begin(self, *arguments: str, program: str = "plain") -> subprocess.Popen[str]:
        environment = {
            **os.environ,
            "AUTOGPT_HOME": str(self.root / "home"),
            "AUTOGPT_CONFIG": str(self.root / "own.toml"),
            "LANG": "C.UTF-8",
            "PROGRAM": program,
            "TOLD": str(self.told),
            "HOLD": str(self.hold),
        }
        return subprocess.Popen(
            [sys.executable, str(CREW), *arguments],
            cwd=self.root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def call(self, *arguments: str, program: str = "plain") -> tuple[int, str, str]:
        process = self.begin(*arguments, program=program)
        out, err = process.communicate()
        return process.returncode, out, err

    def asked(self) -> list[str]:
        return sorted(self.told.read_text().split()) if self.told.exists() else []

    def keep_waiting(self, *paths: str) -> None:
        for path in paths:
            (self.hold / path).write_text("")

    def let_on(self) -> None:
        for path in self.hold.iterdir():
            path.unlink()

    def folders(self) -> list[RunFolder]:
        """The run and its sub-runs."""
        return [RunFolder(path) for path in sorted((self.root / "home" / "runs").glob("*"))]

    def states(self) -> list[str]:
        return [run["state"] for run in sorted(json.loads(self.call("list", "--json")[1]), key=lambda r: r["run_id"])]

    def events(self, kind: str) -> list[dict]:
        exported = json.loads(self.call("export", "last")[1])
        return [entry["event"] for entry in exported["entries"] if entry["event"]["kind"] == kind]


@pytest.fixture
def place(tmp_path) -> Place:
    return Place(tmp_path)


def run(*more: str) -> tuple[str, ...]:
    return ("run", GOAL, "-w", "work", "--no-input", "--json", *more)


def until(true, *processes: subprocess.Popen[str]) -> None:
    """Wait for what must come, as long as the processes live."""
    end = time.monotonic() + 120
    while not true():
        for process in processes:
            assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def test_independent_items_are_worked_on_side_by_side_and_merged(place):
    place.keep_waiting("one.txt", "two.txt")
    process = place.begin(*run("--max-steps", "7", "--max-tokens", "1001"))
    until(lambda: place.asked() == ["one.txt", "two.txt"], process)  # both, while neither has an answer
    place.let_on()
    out, err = process.communicate()
    told = json.loads(out)
    assert (process.returncode, told["outcome"], told["steps"]) == (0, "complete", 3), err
    assert (told["usage"]["input_tokens"], told["usage"]["output_tokens"]) == (9, 6)
    assert sorted(path.name for path in place.work.iterdir()) == ["moon.md", "one.txt", "sum.txt", "sun.md", "two.txt"]
    assert place.asked() == ["one.txt", "sum.txt", "two.txt"]
    assert [turn["item"] for turn in place.events("turned")] == ["step 3"]

    whole, first, second = place.folders()
    assert [whole_run(folder.id) for folder in (whole, first, second)] == [None, whole.id, whole.id]
    assert [folder.read().task.limits for folder in (first, second)] == [Limits(steps=3, tokens=500)] * 2
    joined = place.events("joined")
    assert [(one["run"], one["item"], one["outcome"], one["steps"], one["changed"]) for one in joined] == [
        (first.id, "step 1", "complete", 1, ["one.txt"]),
        (second.id, "step 2", "complete", 1, ["two.txt"]),
    ]

    shown = place.call("show", "last")[1]
    assert f"step 1: complete, 1 step (run {first.id})" in shown
    assert f"(of {whole.id})" in place.call("list")[1]
    assert place.call("undo", "last")[0] == 0
    assert sorted(path.name for path in place.work.iterdir()) == ["moon.md", "sun.md"]


def test_modes_links_and_removals_are_merged_too(place):
    for name in NAMES:
        (place.work / f"old-{name}.txt.md").write_text("old\n")
    code, _, err = place.call(*run(), program="exact")
    assert (code, place.asked()) == (0, ["one.txt", "sum.txt", "two.txt"]), err
    names = sorted([*(f"{n}.txt" for n in NAMES), *(f"{n}.txt.link" for n in NAMES), "moon.md", "sun.md"])
    assert sorted(path.name for path in place.work.iterdir()) == names
    assert (place.work / "one.txt.link").readlink() == Path("one.txt")
    assert stat.S_IMODE((place.work / "two.txt").stat().st_mode) == 0o755


def test_an_item_whose_changes_conflict_is_worked_on_again_in_the_run_itself(place):
    code, out, err = place.call(*run(), program="greedy")
    assert (code, json.loads(out)["outcome"], json.loads(out)["steps"]) == (0, "complete", 4), err
    assert place.asked() == ["one.txt", "sum.txt", "two.txt", "two.txt"]
    first, second = place.events("joined")
    assert (first["outcome"], first["changed"]) == ("complete", ["notes.log", "one.txt"])
    assert (second["outcome"], second["changed"]) == ("partial", [])
    assert "notes.log" in second["reason"]
    assert [turn["item"] for turn in place.events("turned")] == ["step 2", "step 3"]
    assert len(place.events("split")) == 1
    assert (place.work / "two.txt").read_text() == "3"


def test_killed_in_the_middle_no_finished_sub_run_is_repeated_and_none_lives_on(place):
    place.keep_waiting("two.txt")
    process = place.begin(*run())
    until(lambda: place.asked() == ["one.txt", "two.txt"], process)
    until(lambda: place.states()[1:] == ["complete", "running"], process)
    process.kill()
    process.communicate()
    until(lambda: not any(at_work(folder) for folder in place.folders()))
    assert place.states() == ["stopped", "complete", "stopped"]
    assert not (place.work / "one.txt").exists()

    place.let_on()
    code, out, err = place.call("resume", "last", "--no-input", "--json")
    assert (code, json.loads(out)["outcome"], json.loads(out)["steps"]) == (0, "complete", 3), err
    assert place.asked() == ["one.txt", "sum.txt", "two.txt", "two.txt"]  # the answer it waited for was asked for again
    assert sorted(path.name for path in place.work.iterdir()) == ["moon.md", "one.txt", "sum.txt", "sun.md", "two.txt"]
    assert len(place.folders()) == 3


def test_ctrl_c_stops_the_sub_runs_too_and_they_go_on_with_the_run(place):
    place.keep_waiting("one.txt", "two.txt")
    process = place.begin(*run())
    until(lambda: place.asked() == ["one.txt", "two.txt"], process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert (process.returncode, "Traceback" in err) == (130, False), err
    until(lambda: not any(at_work(folder) for folder in place.folders()))
    assert place.states() == ["stopped"] * 3
    place.let_on()
    assert place.call("resume", "last", "--no-input", "--quiet")[0] == 0
    assert len(place.folders()) == 3


def test_cancelling_the_run_cancels_its_sub_runs(place):
    place.keep_waiting("one.txt", "two.txt")
    process = place.begin(*run())
    until(lambda: place.asked() == ["one.txt", "two.txt"], process)
    assert place.call("cancel", "last")[0] == 0
    out, _ = process.communicate()
    assert (process.returncode, json.loads(out)["outcome"]) == (1, "cancelled")
    until(lambda: not any(at_work(folder) for folder in place.folders()))
    assert place.states() == ["cancelled"] * 3


def test_cancelling_a_run_that_was_killed_cancels_its_sub_runs(place):
    place.keep_waiting("one.txt", "two.txt")
    process = place.begin(*run())
    until(lambda: place.asked() == ["one.txt", "two.txt"], process)
    process.kill()
    process.communicate()
    until(lambda: not any(at_work(folder) for folder in place.folders()))
    assert place.call("cancel", "last")[0] == 0
    assert place.states() == ["cancelled"] * 3


def test_a_sub_run_that_waits_for_a_person_does_not_hold_up_the_run(place):
    goal = GOAL.replace("Count the words in sun.md and write the number", "Read mars.md and write how long it is")
    code, _, err = place.call("run", goal, "-w", "work", "--no-input", "--json")
    assert (code, "mars.md" in err) == (3, True)
    code, out, err = place.call("answer", "last", "use sun.md instead of it", "--no-input", "--json")
    assert (code, json.loads(out)["outcome"]) == (0, "complete"), err
    first, second = place.events("joined")
    assert (first["outcome"], second["outcome"]) == ("blocked", "complete")
    assert "mars.md" in first["reason"]
    assert place.states() == ["complete", "blocked", "complete"]
    assert [turn["item"] for turn in place.events("turned")] == ["step 1", "step 3"]


@pytest.mark.parametrize(
    ("limits", "count", "at_once", "each"),
    [
        (Limits(steps=10), 2, 2, Limits(steps=4)),
        (Limits(steps=10, tokens=100, cost_usd=1.0), 3, 2, Limits(steps=3, tokens=30, cost_usd=0.25)),
        (Limits(steps=10, seconds=60), 2, 2, Limits(steps=4, seconds=60)),
        (Limits(steps=10, seconds=60), 3, 2, Limits(steps=3, seconds=30)),
    ],
)
def test_sub_runs_share_what_the_run_has_left(limits, count, at_once, each):
    used = Usage(input_tokens=6, output_tokens=4, cost_usd=0.25)
    so_far = Run(id="r1", task=Task(goal="g", limits=limits), usage=used, extra_steps=1)
    assert share(so_far, count, at_once) == each
