"""Jobs: child processes whose folders tell the truth, whatever happens to them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autogpt.core.errors import UsageError
from autogpt.studio import jobs
from autogpt.studio.jobs import Limits
from autogpt.studio.process import mark_of
from autogpt.studio.report import Advance

WORK = '''
import os, signal, time
from pathlib import Path
from autogpt.core.errors import AutoGPTError, TryAgain, UsageError
from autogpt.studio.report import Advance

def count(arguments, here):
    """Counts to a number, kept in a file, and waits there until the file `go` is there."""
    kept = here.folder / "kept"
    at = int(kept.read_text()) if here.resume and kept.exists() else 0
    begun = at
    while at < arguments["to"]:
        at += 1
        kept.write_text(str(at))
        here.on_advance(Advance(stage="count", done=at, total=arguments["to"]))
        if at == arguments.get("wait"):
            print("waiting", flush=True)
            while not (here.folder / "go").exists():
                time.sleep(0.01)
    return {"counted": at, "begun": begun}

def fail(arguments, here):
    raise UsageError("this cannot work; try that")

def no_room(arguments, here):
    raise TryAgain("there is no room; make some and resume it")

def plugin(arguments, here):
    raise AutoGPTError("the plug-in x failed")

def too_large(arguments, here):
    list(range(10 ** 18))

def too_large_tensor(arguments, here):
    import torch
    torch.empty(10 ** 15)

def bug(arguments, here):
    raise ZeroDivisionError("oh no")

def stateful(arguments, here):
    if here.resume:
        return (here.state / "kept").read_text()
    here.state.mkdir()
    (here.state / "kept").write_text("of the first attempt")
    raise UsageError("resume it")

def deaf(arguments, here):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    Path(here.folder / "deaf").touch()
    time.sleep(600)

def hungry(arguments, here):
    held = bytearray(400_000_000)
    held[::4096] = b"x" * len(held[::4096])
    time.sleep(600)
'''


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "counting.py").write_text(WORK)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "lib"), prepend=os.pathsep)
    return tmp_path / "jobs"


def submit(root: Path, kind: str, limits: Limits | None = None, **arguments) -> Path:
    return jobs.submit(root, f"counting:{kind}", arguments, limits)


def until(condition) -> None:
    while not condition():
        time.sleep(0.01)


def test_a_job_is_done_in_a_process_of_its_own_and_tells_what_came_of_it(root):
    folder = submit(root, "count", to=3)
    assert jobs.status(folder).state == "queued"
    assert jobs.start(folder).wait() == 0
    status = jobs.status(folder)
    assert (status.state, status.attempts, status.result) == ("done", 1, {"counted": 3, "begun": 0})
    assert jobs.last_advance(folder) == Advance(stage="count", done=3, total=3)
    with pytest.raises(UsageError, match="is done"):
        jobs.start(folder)


def test_a_job_that_fails_says_why_and_a_bug_leaves_its_traceback_in_the_log(root):
    failed = submit(root, "fail")
    assert jobs.start(failed).wait() == 1
    assert (jobs.status(failed).state, jobs.status(failed).message) == ("failed", "this cannot work; try that")
    bug = submit(root, "bug")
    assert jobs.start(bug).wait() == 1
    assert jobs.status(bug).message == "it ended by a fault of ours; the log has the details"
    assert "ZeroDivisionError: oh no" in jobs.log_tail(bug, 20)
    unknown = jobs.submit(root, "nonsense", {})
    assert jobs.start(unknown).wait() == 1
    assert "no job is known as 'nonsense'" in jobs.status(unknown).message


@pytest.mark.parametrize(
    ("kind", "resumable"), [("fail", False), ("no_room", True), ("plugin", True), ("bug", True), ("too_large", True)]
)
def test_a_job_tells_whether_another_attempt_can_help(root, kind, resumable):
    folder = submit(root, kind)
    jobs.start(folder).wait()
    assert (jobs.status(folder).state, jobs.status(folder).resumable) == ("failed", resumable)


@pytest.mark.parametrize(("kind", "where"), [("too_large", "MemoryError"), ("too_large_tensor", "torch.empty(10 **")])
def test_a_job_without_enough_memory_says_what_to_do_and_its_log_where_it_was(root, kind, where):
    folder = submit(root, kind)
    assert jobs.start(folder).wait() == 1
    assert "not enough memory for it: end other programs" in jobs.status(folder).message
    assert "a smaller batch" in jobs.status(folder).message
    assert where in jobs.log_tail(folder, 30)


def test_a_killed_job_is_interrupted_and_goes_on_where_it_was(root):
    folder = submit(root, "count", to=5, wait=3)
    child = jobs.start(folder)
    until(lambda: jobs.log_tail(folder, 1) == "waiting")
    assert jobs.status(folder).state == "running"
    with pytest.raises(UsageError, match="is at work already"):
        jobs.start(folder)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert (jobs.status(folder).state, jobs.status(folder).pid) == ("interrupted", None)
    assert jobs.start(folder).wait() == 0
    assert (jobs.status(folder).state, jobs.status(folder).result) == ("done", {"counted": 5, "begun": 3})


def test_a_job_killed_while_it_wrote_down_that_it_begins_can_be_resumed(root):
    folder = submit(root, "count", to=3)
    (folder / "attempt-1.json").write_text('{"pid": 1')
    assert jobs.status(folder).state == "running"
    a_minute_ago = time.time() - 60
    os.utime(folder / "attempt-1.json", (a_minute_ago, a_minute_ago))
    assert jobs.status(folder).state == "interrupted"
    assert jobs.start(folder).wait() == 0
    assert (jobs.status(folder).state, jobs.status(folder).attempts) == ("done", 2)


def test_what_a_job_goes_on_from_is_removed_when_it_is_done_and_not_before(root):
    folder = submit(root, "stateful")
    assert jobs.start(folder).wait() == 1
    assert (folder / "state" / "kept").read_text() == "of the first attempt"
    assert jobs.start(folder).wait() == 0
    assert jobs.status(folder).result == "of the first attempt"
    assert not (folder / "state").exists()


def test_a_job_lives_on_when_the_program_that_started_it_is_killed(root):
    folder = submit(root, "count", to=5, wait=3)
    program = "import sys, time, pathlib; from autogpt.studio import jobs; jobs.start(pathlib.Path(sys.argv[1]))"
    parent = subprocess.Popen([sys.executable, "-c", f"{program}; time.sleep(600)", str(folder)])
    until(lambda: jobs.log_tail(folder, 1) == "waiting")
    parent.kill()
    parent.wait()
    assert jobs.status(folder).state == "running"
    (folder / "go").touch()
    until(lambda: jobs.status(folder).state != "running")
    assert jobs.status(folder).state == "done"


def test_a_pid_that_now_belongs_to_another_process_is_not_taken_for_the_job(root):
    folder = submit(root, "count", to=5, wait=3)
    child = jobs.start(folder)
    until(lambda: jobs.log_tail(folder, 1) == "waiting")
    child.kill()
    child.wait()
    attempt = jobs.Attempt.model_validate_json((folder / "attempt-1.json").read_text())
    jobs.write(folder / "attempt-1.json", attempt.model_copy(update={"pid": os.getpid()}))
    assert jobs.status(folder).state == "interrupted"
    assert jobs.cancel(folder).state == "interrupted"
    assert mark_of(os.getpid()) not in (None, attempt.mark)


def test_a_job_can_be_cancelled_and_resumed(root):
    folder = submit(root, "count", to=5, wait=3)
    child = jobs.start(folder)
    until(lambda: jobs.log_tail(folder, 1) == "waiting")
    assert jobs.cancel(folder).state == "cancelled"
    assert child.wait() == 1
    assert jobs.cancel(folder).state == "cancelled"
    assert jobs.start(folder).wait() == 0
    assert jobs.status(folder).result == {"counted": 5, "begun": 3}
    waiting = submit(root, "count", to=1)
    assert jobs.cancel(waiting).state == "cancelled"


def test_a_job_is_removed_unless_it_is_at_work(root):
    folder = submit(root, "count", to=5, wait=3)
    child = jobs.start(folder)
    until(lambda: jobs.log_tail(folder, 1) == "waiting")
    with pytest.raises(UsageError, match="is at work"):
        jobs.remove(folder)
    jobs.cancel(folder)
    child.wait()
    jobs.remove(folder)
    assert jobs.jobs(root) == []


def test_a_job_that_does_not_listen_is_ended_by_force(root):
    folder = submit(root, "deaf")
    child = jobs.start(folder)
    until((folder / "deaf").exists)
    assert jobs.cancel(folder, "interrupted", grace=0.2).state == "interrupted"
    assert child.wait() == -signal.SIGKILL


@pytest.mark.parametrize(
    ("kind", "limits", "told", "resumable"),
    [
        ("count", Limits(seconds=0.1), "it reached its limit of 0.1 seconds; resume it to go on for as long", True),
        ("hungry", Limits(memory_bytes=300_000_000), "over its limit of 300 MB; use a smaller batch or model", False),
    ],
)
def test_a_job_over_its_limits_is_stopped_with_the_reason(root, kind, limits, told, resumable):
    folder = submit(root, kind, limits, to=5, wait=3)
    assert jobs.start(folder).wait() == 1
    status = jobs.status(folder)
    assert (status.state, status.resumable) == ("failed", resumable)
    assert told in status.message


def test_progress_can_be_followed_until_the_end(root):
    folder = submit(root, "count", to=4, wait=2)
    jobs.start(folder)
    seen = []
    for advance in jobs.follow(folder):
        seen.append(advance.done)
        (folder / "go").touch()
    assert seen[-1] == 4
    assert jobs.status(folder).state == "done"


def test_who_follows_an_attempt_that_has_just_begun_hears_nothing_of_the_one_before(root):
    folder = submit(root, "count", to=5, wait=3)
    child = jobs.start(folder)
    until(lambda: jobs.log_tail(folder, 1) == "waiting")
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    told = jobs.told(folder)
    jobs.start(folder)
    assert {advance.done for advance in jobs.follow(folder, told)} == {4, 5}


def test_two_starts_of_one_attempt_work_once(root):
    folder = submit(root, "count", to=5, wait=3)
    jobs.start(folder)
    command = [sys.executable, "-P", "-m", "autogpt.studio.work", str(folder), "1"]
    assert subprocess.run(command, check=False).returncode == 75
    jobs.cancel(folder)


def test_jobs_are_listed_and_found(root):
    assert jobs.jobs(root) == []
    first, second = submit(root, "count", to=1), submit(root, "count", to=2)
    (root / "stray").mkdir()
    assert [one.job.id for one in jobs.jobs(root)] == [second.name, first.name]
    assert (jobs.find(root, "last"), jobs.find(root, first.name)) == (second, first)
    with pytest.raises(UsageError, match="there is no job 'nope'"):
        jobs.find(root, "nope")
    with pytest.raises(UsageError, match="is the beginning of several jobs"):
        jobs.find(root, first.name[:3])


def test_one_job_that_cannot_be_read_does_not_hide_the_others(root):
    first, second = submit(root, "count", to=1), submit(root, "count", to=2)
    (second / "job.json").write_text("")
    assert [one.job.id for one in jobs.jobs(root)] == [first.name]
    assert (jobs.damaged(root), jobs.find(root, "last")) == ([second], first)
    assert submit(root, "count", to=3).is_dir()
