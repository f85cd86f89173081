"""Real processes: killed, interrupted, cancelled, several at once. The run goes on, and nothing is done twice."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PERSON = Path(__file__).with_name("person.py")


class Place:
    """A home and a folder, and people who type commands there."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.told = root / "told.txt"

    def begin(self, *arguments: str, script: str = "plain", told: Path | None = None) -> subprocess.Popen[str]:
        environment = {
            **os.environ,
            "AUTOGPT_HOME": str(self.root / "home"),
            "AUTOGPT_CONFIG": str(self.root / "own.toml"),
            "LANG": "C.UTF-8",
            "SCRIPT": script,
            "TOLD": str(told or self.told),
            "PYTHONHASHSEED": "0",
        }
        return subprocess.Popen(
            [sys.executable, str(PERSON), *arguments],
            cwd=self.root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def call(self, *arguments: str, script: str = "plain") -> tuple[int, str, str]:
        process = self.begin(*arguments, script=script)
        out, err = process.communicate()
        return process.returncode, out, err

    def asked(self) -> list[str]:
        return self.told.read_text().splitlines() if self.told.exists() else []


@pytest.fixture
def place(tmp_path) -> Place:
    (tmp_path / "work").mkdir()
    return Place(tmp_path)


def test_an_answer_without_end_is_cut_off_when_the_time_is_over(place):
    code, out, _ = place.call(
        "run", "write hello to a.txt", "--workspace", "work", "--max-seconds", "4", "--json", script="hang"
    )
    told = json.loads(out)
    assert (code, told["outcome"], len(place.asked())) == (4, "capped", 1)
    assert told["summary"].startswith("Stopped at the limit (4 seconds, in the middle of an answer): 0 of")


def until(true, process: subprocess.Popen[str]) -> None:
    """Wait for what must come, as long as the process lives."""
    while not true():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


RUN = ("run", "write hello to a.txt", "-w", "work", "--check", "a.txt contains hello", "--json")


def test_killed_while_the_sandboxed_program_runs_the_folder_is_put_back_and_the_program_done_once(place):
    process = place.begin(*RUN, script="slow")
    until((place.root / "work" / "log.txt").exists, process)
    process.kill()
    process.communicate()

    (place.root / "work" / "go").write_text("")  # not part of the work: it was not there when the step began
    code, out, err = place.call("resume", "last", "--json", script="slow")
    assert code == 0, err
    assert json.loads(out)["outcome"] == "complete"
    assert (place.root / "work" / "log.txt").read_text() == "once\n"
    assert len(place.asked()) == 1


def test_killed_while_the_model_thinks_only_that_question_is_asked_again(place):
    process = place.begin(*RUN, script="hang")
    until(place.asked, process)
    process.kill()
    process.communicate()

    code, out, err = place.call("resume", "last", "--json", script="plain")
    assert code == 0, err
    assert json.loads(out)["steps"] == 1
    assert len(place.asked()) == 2
    assert len(set(place.asked())) == 1


def test_killed_at_each_of_its_questions_the_run_still_ends_and_its_journal_is_whole(place):
    process = place.begin(*RUN, script="second try")
    for number in (1, 2):
        until(lambda number=number: len(place.asked()) >= number, process)
        process.kill()
        process.communicate()
        process = place.begin("resume", "last", "--json", script="second try")
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert json.loads(out)["outcome"] == "complete"
    assert (place.root / "work" / "a.txt").read_text() == "hello"
    exported = json.loads(place.call("export", "last")[1])
    kinds = [entry["event"]["kind"] for entry in exported["entries"]]
    assert (kinds[0], kinds.count("turned"), kinds.count("replied"), kinds[-1]) == (
        "started",
        json.loads(out)["steps"],
        json.loads(out)["steps"],
        "delivered",
    )


def test_ctrl_c_stops_cleanly_and_says_how_to_go_on(place):
    process = place.begin(*RUN, script="hang")
    until(place.asked, process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    told = json.loads(out)
    assert (process.returncode, told["outcome"]) == (130, "stopped")
    assert f"autogpt resume {told['run_id']}" in err
    assert "Traceback" not in err
    assert place.call("resume", told["run_id"], "--quiet")[0] == 0


def test_cancel_from_another_process_ends_a_model_that_hangs_and_the_run_for_good(place):
    process = place.begin(*RUN, script="hang")
    until(place.asked, process)
    assert place.call("cancel", "last")[0] == 0
    out, _ = process.communicate()
    assert (process.returncode, json.loads(out)["outcome"]) == (1, "cancelled")
    code, _, err = place.call("resume", "last")
    assert (code, "is over (cancelled)" in err) == (2, True)


def test_a_run_that_goes_on_is_shown_as_it_goes_and_its_end_once(place):
    process = place.begin(*RUN, script="hang")
    until(place.asked, process)
    assert json.loads(place.call("show", "last", "--json")[1])["outcome"] == "running"
    watching = place.begin("show", "last")
    shown = watching.stderr.readline()
    assert place.call("cancel", "last")[0] == 0
    out, err = watching.communicate()
    process.communicate()
    assert (watching.returncode, (shown + err + out).count("Goal: write hello")) == (0, 1)
    assert out.startswith("Cancelled: ")


def test_cancel_of_a_run_nobody_works_on_ends_it_at_once(place):
    process = place.begin(*RUN, script="hang")
    until(place.asked, process)
    process.kill()
    process.communicate()
    assert place.call("cancel", "last")[0] == 0
    assert json.loads(place.call("list", "--json")[1])[0]["state"] == "cancelled"


def test_several_runs_work_at_once_in_one_home_each_in_its_folder(place):
    processes = []
    for number in range(3):
        (place.root / f"work{number}").mkdir()
        arguments = ("run", "write hello to a.txt", "-w", f"work{number}", "--json")
        processes.append(place.begin(*arguments, told=place.root / f"told{number}.txt"))
    ended = [(process.communicate(), process.returncode) for process in processes]
    assert [code for _, code in ended] == [0, 0, 0], ended
    assert len(json.loads(place.call("list", "--json")[1])) == 3


def test_help_needs_nothing_heavy(place):
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "autogpt", "--help"], capture_output=True, text=True, check=True
    )
    loaded = {line.rsplit("|", 1)[-1].strip() for line in told.stderr.splitlines()}
    assert {"dbos", "pydantic", "sqlalchemy", "rich", "asyncio", "pydantic_ai", "autogpt.app"} & loaded == set()
    assert "Work on a goal" in told.stdout


def change_version(place: Place) -> None:
    """As if the run had been made by another version of the loop."""
    (spec,) = (place.root / "home" / "runs").glob("*/spec.json")
    told = json.loads(spec.read_text())
    spec.write_text(json.dumps({**told, "version": "0.0.1+0123456789ab"}))


def test_a_run_of_another_version_goes_on_where_its_steps_fit(place):
    process = place.begin(*RUN, script="second try")
    until(lambda: len(place.asked()) >= 2, process)
    process.kill()
    process.communicate()
    change_version(place)

    code, out, err = place.call("resume", "last", "--json", script="second try")
    assert code == 0, err
    assert json.loads(out)["outcome"] == "complete"
    assert len(place.asked()) in (2, 3)
    assert place.asked().count(place.asked()[0]) == 1


def test_a_run_of_another_version_whose_steps_do_not_fit_is_refused_and_left_as_it_is(place):
    process = place.begin(*RUN, script="hang")
    until(place.asked, process)
    process.kill()
    process.communicate()
    change_version(place)
    (spec,) = (place.root / "home" / "runs").glob("*/spec.json")
    told = json.loads(spec.read_text())
    # Other code would ask other things; so does other input to the same code.
    spec.write_text(json.dumps({**told, "task": {**told["task"], "goal": "write hello to a.txt now"}}))
    before = spec.read_text()

    code, _, err = place.call("resume", "last", script="plain")
    assert (code, "its steps do not fit this one" in err, "--restart" in err) == (2, True, True), err
    assert json.loads(spec.read_text()) == json.loads(before)
    assert place.call("fork", "last", "--restart", "--quiet")[0] == 0


def test_tidy_gives_room_back_and_leaves_what_was_delivered(place):
    (place.root / "work" / "large.txt").write_text("x" * 3_000_000)
    assert place.call("run", "write hello to a.txt", "--workspace", "work", "--check", "a.txt contains hello")[0] == 0
    code, out, _ = place.call("tidy")
    assert (code, out) == (0, "given back: 0.0 MB, 0 folders of sub-runs\n")
    code, out, _ = place.call("tidy", "--older-than", "0")
    assert code == 0
    assert float(out.split()[2]) > 2.9
    code, _, err = place.call("undo", "last")
    assert code == 1
    assert "tidied away" in err
    assert (place.root / "work" / "a.txt").read_text() == "hello"
    assert "hello" in place.call("show", "last")[1]


def test_tidy_waits_for_runs_at_work(place):
    process = place.begin("run", "write hello to a.txt", "--workspace", "work", script="hang")
    until(lambda: place.asked(), process)
    code, _, err = place.call("tidy", "--older-than", "0")
    assert code == 2
    assert "at work" in err
    process.kill()
    process.wait()
    assert place.call("tidy", "--older-than", "0")[0] == 0
    # A run that was stopped may be taken up again: its states are kept.
    assert place.call("resume", "last")[0] == 0
