"""Started in odd surroundings (closed streams, no home folder, a full disk), it says what is the matter or works."""

import contextlib
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from test_process import PERSON, RUN, Place, until

import autogpt


@pytest.fixture
def place(tmp_path) -> Place:
    (tmp_path / "work").mkdir()
    return Place(tmp_path)


def person(place: Place, words: str, **changed: str | None) -> subprocess.CompletedProcess[str]:
    """Type a line of shell; $AUTOGPT is the program. A variable that is None is not there."""
    environment = {
        **os.environ,
        "AUTOGPT_HOME": str(place.root / "home"),
        "AUTOGPT_CONFIG": str(place.root / "own.toml"),
        "LANG": "C.UTF-8",
        "TOLD": str(place.told),
        "AUTOGPT": f"{sys.executable} {PERSON}",
        **{name: value for name, value in changed.items() if value is not None},
    }
    for name in (name for name, value in changed.items() if value is None):
        environment.pop(name, None)
    return subprocess.run(["sh", "-c", words], cwd=place.root, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize(("closed", "code"), [("<&-", 0), (">&-", 0), ("2>&-", 0), ("<&- >&- 2>&-", 0)])
def test_without_its_streams_a_run_ends_as_with_them(place, closed, code):
    done = person(place, f"$AUTOGPT run 'write hello to a.txt' --workspace work {closed}")
    assert (done.returncode, (place.root / "work" / "a.txt").read_text()) == (code, "hello"), done
    assert "bug" not in done.stderr


def test_a_task_from_a_closed_stdin_is_an_empty_goal(place):
    done = person(place, "$AUTOGPT run --task-file - <&-")
    assert (done.returncode, "the goal is empty" in done.stderr) == (2, True), done


def test_a_full_disk_stops_the_run_where_it_is_and_says_so_and_resume_goes_on(place):
    process = place.begin(*RUN, script="slow")
    until((place.root / "work" / "log.txt").exists, process)
    # As when the disk is full: no file of ours can grow any more.
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1, 1))
    (place.root / "work" / "go").write_text("")
    _, err = process.communicate()
    assert (process.returncode, "bug" in err, "autogpt resume" in err) == (1, False, True), err

    code, out, err = place.call("resume", "last", "--quiet", script="slow")
    assert (code, "Complete" in out) == (0, True), err
    assert (place.root / "work" / "log.txt").read_text() == "once\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a user that is nowhere known")
def test_a_user_without_a_home_folder_is_told_to_set_one(tmp_path):
    # As in a container that is started for a user of its own.
    as_user = Path(__file__).parents[1] / "sandbox" / "as_user.py"
    done = subprocess.run(
        [sys.executable, str(as_user), "54321", "env", "-u", "HOME", sys.executable, "-m", "autogpt", "list"],
        env={"PYTHONPATH": str(Path(autogpt.__file__).parents[1]), "LANG": "C.UTF-8", "PATH": os.environ["PATH"]},
        cwd="/",
        capture_output=True,
        text=True,
    )
    assert (done.returncode, "no home folder; set HOME" in done.stderr) == (2, True), done


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a disk that is small")
@pytest.mark.parametrize("left", [0, 100_000, 400_000])
def test_where_the_disk_of_its_data_is_full_a_run_says_what_to_do(place, left):
    home = place.root / "home"
    home.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(home)], check=True)
    try:
        (home / "full").write_bytes(bytes(4 * 1024 * 1024 - left))
        code, _, err = place.call(*RUN)
    finally:
        subprocess.run(["umount", "-l", str(home)], check=True)
    assert (code in (1, 2), "bug" in err, "free" in err and "disk" in err) == (True, False, True), err


_APART = ["unshare", "--user", "--map-root-user", "--net"]


@pytest.mark.skipif(
    subprocess.run([*_APART, "true"], capture_output=True, check=False).returncode != 0,
    reason="no network namespace can be made here",
)
def test_without_a_loopback_network_the_embedded_model_is_refused_with_what_to_do(place):
    words = f"{' '.join(_APART)} {sys.executable} -P -m autogpt run 'write hello to a.txt' --model embedded"
    done = person(place, words)
    assert (done.returncode, "ip link set lo up" in done.stderr, "run 2" in done.stderr) == (2, True, False), done
    assert person(place, "$AUTOGPT list").stdout.startswith("no runs yet")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a disk that is small")
def test_on_a_full_disk_runs_are_listed_and_the_doctor_says_what_is_wrong(place):
    home = place.root / "home"
    home.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", str(home)], check=True)
    try:
        place.begin(*RUN).communicate()
        with contextlib.suppress(OSError), (home / "full").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        listed = place.call("list")
        looked = place.call("doctor")
    finally:
        subprocess.run(["umount", "-l", str(home)], check=True)
    assert (listed[0], "complete" in listed[1]) == (0, True), listed
    assert (looked[0], f"✗ data folder: {home}: No space left on device" in looked[1]) == (1, True), looked
