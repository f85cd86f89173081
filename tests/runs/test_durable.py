"""A run survives the end of its process, wherever it comes."""

import asyncio
import multiprocessing
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autogpt.core.effect import Effects
from autogpt.core.event import Answered, Asked, Delivered, Observed
from autogpt.runs.mailbox import Mailbox

sys.path.insert(0, str(Path(__file__).parent))
import kit

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["kit", "dbos"])


def in_a_process(home: Path, kill_at: int = 0, effects: Effects | None = None) -> str:
    """How the work ended; 'killed' if the process left no word of it.

    Exit codes are not asked: threads that wait for several children at once take them from each other.
    """
    ended = home / "ended.txt"
    ended.unlink(missing_ok=True)
    process = _PROCESSES.Process(target=kit.work, args=(home, kill_at, effects))
    process.start()
    process.join()
    return ended.read_text() if ended.exists() else "killed"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> kit.Stage:
    stage = kit.Stage(tmp_path_factory.mktemp("undisturbed"))
    stage.begin()
    assert in_a_process(stage.home) == "over"
    return stage


def test_killed_at_any_point_the_run_ends_as_if_nothing_had_happened_and_repeats_nothing_it_finished(
    undisturbed, tmp_path
):
    points = undisturbed.passed()

    def killed_at(number: int) -> tuple[str, object]:
        stage = kit.Stage(tmp_path / str(number))
        stage.begin()
        assert in_a_process(stage.home, kill_at=number) == "killed"
        assert len(stage.passed()) == number
        assert in_a_process(stage.home) == "over"
        same = (
            [
                event.model_copy(update={"workspace": ""}) if event.kind == "started" else event
                for event in stage.events()
            ]
            == [
                event.model_copy(update={"workspace": ""}) if event.kind == "started" else event
                for event in undisturbed.events()
            ],
            (stage.workspace / "log.txt").read_text() == "one\ntwo\n",
        )
        # Only the one call that was interrupted may be begun again.
        inside = points[number - 1] if not points[number - 1].startswith("journal") else None
        repeated = Counter(stage.passed()) - Counter(points)
        calls = {name for name in repeated if not name.startswith("journal")}
        allowed = {name for name in points if inside is not None and name.split()[0] == inside.split()[0]}
        return points[number - 1], (same, calls <= allowed and all(repeated[name] == 1 for name in calls))

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(killed_at, range(1, len(points) + 1)))
    assert [entry for entry in found if entry[1] != ((True, True), True)] == []
    assert len(found) > 25


def test_a_call_that_reaches_outside_and_has_no_key_is_not_repeated_after_a_kill(tmp_path):
    mail = Effects(reads="none", untrusted_output=False, effect="external", idempotent="no")
    stage = kit.Stage(tmp_path, mail)
    stage.begin()
    first = kit.Stage(tmp_path / "count", mail)
    first.begin()
    in_a_process(first.home, effects=mail)
    midway = first.passed().index("tool midway") + 1

    assert in_a_process(stage.home, midway, mail) == "killed"
    in_a_process(stage.home, effects=mail)

    seen = [event.observation for event in stage.events() if isinstance(event, Observed)]
    assert (seen[0].ok, "unknown whether it took effect" in seen[0].content, seen[1].ok) == (False, True, True)
    assert stage.passed().count("tool before") == 2


def test_where_nobody_is_there_a_question_ends_the_work_and_the_answer_takes_it_up(tmp_path):
    stage = kit.Stage(tmp_path)
    stage.begin("write two lines, but ask")

    assert stage.work().why == "waiting"
    assert isinstance(stage.events()[-1], Asked)
    assert stage.work().why == "waiting"

    Mailbox(stage.folder.root).answer("r1.q1", "绿色")
    assert stage.work().why == "over"
    assert [event.answer for event in stage.events() if isinstance(event, Answered)] == ["绿色"]


def test_the_time_in_which_nobody_worked_on_a_run_is_kept_with_it(undisturbed, tmp_path):
    stage = kit.Stage(tmp_path)
    stage.begin()
    assert in_a_process(stage.home, kill_at=len(undisturbed.passed()) // 2) == "killed"
    assert stage.folder.read().idle == 0
    assert in_a_process(stage.home) == "over"
    assert stage.folder.read().idle > 0


def test_where_a_person_is_there_the_run_waits_for_the_answer(tmp_path):
    stage = kit.Stage(tmp_path)
    stage.begin("write two lines, but ask")

    async def both():
        session = stage.session(attended=True)
        async with asyncio.TaskGroup() as tasks:
            work = tasks.create_task(session.work())
            while not any(isinstance(event, Asked) for event in await asyncio.to_thread(read, stage)):
                await asyncio.sleep(0.01)
            Mailbox(stage.folder.root).answer("r1.q1", "green")
        return work.result().why

    assert asyncio.run(both()) == "over"


def read(stage: kit.Stage):
    return stage.events()


def test_cancelling_ends_the_run_for_good_with_an_event_that_says_so(tmp_path):
    stage = kit.Stage(tmp_path)
    stage.begin("write two lines, but ask")

    async def both():
        async with asyncio.TaskGroup() as tasks:
            work = tasks.create_task(stage.session(attended=True).work())
            while not any(isinstance(event, Asked) for event in await asyncio.to_thread(read, stage)):
                await asyncio.sleep(0.01)
            Mailbox(stage.folder.root).cancel()
        return work.result().message

    assert asyncio.run(both()) == "cancelled"
    assert stage.events()[-1] == Delivered(outcome="cancelled", summary="Cancelled.")
    assert stage.work().why == "over"


def test_a_run_that_was_cancelled_before_anybody_worked_on_it_begins_and_ends(tmp_path):
    stage = kit.Stage(tmp_path)
    stage.begin()
    Mailbox(stage.folder.root).cancel()
    assert stage.work().message == "cancelled"
    assert [event.kind for event in stage.events()] == ["started", "delivered"]


def test_a_busy_model_stops_the_run_where_it_is_and_nothing_is_lost(tmp_path):
    stage = kit.Stage(tmp_path)
    stage.begin("busy")
    ending = stage.work()
    assert (ending.why, ending.message) == ("busy", "try later")
    calls = stage.passed().count("model after")
    assert stage.work().why == "busy"
    assert stage.passed().count("model after") == calls == 2


def test_two_processes_do_not_work_on_one_run(tmp_path):
    from autogpt.core.errors import UsageError
    from autogpt.runs.workflow import held

    stage = kit.Stage(tmp_path)
    stage.begin()
    with held(stage.folder), pytest.raises(UsageError, match="worked on by another process"):
        stage.work()


def test_damaged_steps_are_refused_and_left_as_they_are(tmp_path):
    from autogpt.core.errors import JournalError

    stage = kit.Stage(tmp_path)
    stage.begin("write two lines, but ask")
    stage.work()
    stage.folder.steps.write_bytes(b"not a database" * 1000)
    with pytest.raises(JournalError, match="damaged"):
        stage.work()
    assert stage.folder.steps.read_bytes() == b"not a database" * 1000


def test_a_run_made_by_other_code_is_noticed_at_the_first_call_that_differs(tmp_path):
    stage = kit.Stage(tmp_path)
    stage.begin("write two lines, but ask")
    stage.work()
    spec = stage.folder.read()
    # The same steps, yet the loop now asks another question.
    stage.folder.write(spec.model_copy(update={"task": spec.task.model_copy(update={"goal": "busy"})}))
    assert stage.work().why == "unfit"
