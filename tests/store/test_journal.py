"""The journal: what was written comes back, once, in order and unchanged, or is refused with a reason."""

import asyncio
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import anyio
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from autogpt.core.action import Action
from autogpt.core.errors import AutoGPTError, JournalError, RunNotFound, UsageError
from autogpt.core.event import Answered, Asked, Delivered, Entry, Event, Replied, Started
from autogpt.core.message import Profile, Reply
from autogpt.core.task import Task
from autogpt.store.journal import SqlJournal
from autogpt.store.portable import export_json, import_json
from autogpt.store.process import is_alive, this_process
from autogpt.store.runs import DamagedLine, RunLine, Runs
from autogpt.store.schema import open_database

START = Started(task=Task(goal="Count the\nwords"), model="embedded", profile=Profile(), workspace="/w", version="1")
STORY: tuple[Event, ...] = (
    START,
    Asked(id="q", question="Which file?"),
    Answered(id="q", answer="a.txt \u0000 中文 \x1b[31m"),
    Replied(reply=Reply(text="ok", actions=(Action(id="1", tool="t", args={"z": [1, 2.5, None], "a": {"b": "\\"}}),))),
    Delivered(outcome="complete", summary="done"),
)


@pytest.fixture(scope="module")
def server():
    """A Postgres server of our own, by its URL; None where there is none to start."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found or importlib.util.find_spec("psycopg") is None:
        yield None
        return
    where = Path(tempfile.mkdtemp(prefix="autogpt-postgres-"))
    user = "nobody" if os.geteuid() == 0 else None
    if user:
        shutil.chown(where, user)
    data = str(where / "data")

    def call(program: str, *args: str) -> None:
        command = [str(found[-1] / program), "-D", data, *args]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, user=user, cwd=where)

    call("initdb", "-U", "autogpt", "-A", "trust", "-E", "UTF8", "--no-sync")
    call("pg_ctl", "-w", "-o", f"-c listen_addresses='' -c fsync=off -k {where}", "-l", str(where / "log"), "start")
    yield f"postgresql+psycopg://autogpt@/postgres?host={where}"
    call("pg_ctl", "-w", "-m", "immediate", "stop")
    shutil.rmtree(where)


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Path, server: str | None):
    if request.param == "postgres" and server is None:
        pytest.skip("no Postgres here")
    engine = open_database(tmp_path / "runs.sqlite" if request.param == "sqlite" else server)
    yield engine
    with engine.begin() as connection:
        for table in ("events", "runs", "meta"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
    engine.dispose()


def write(engine: sa.Engine, run_id: str = "r1", story: tuple[Event, ...] = STORY) -> tuple[Entry, ...]:
    async def work() -> tuple[Entry, ...]:
        journal = SqlJournal(engine)
        return tuple([await journal.append(run_id, seq, event) for seq, event in enumerate(story)])

    return anyio.run(work)


def read(engine: sa.Engine, run_id: str = "r1", after: int = -1) -> tuple[Entry, ...]:
    return anyio.run(SqlJournal(engine).read, run_id, after)


def tamper(engine: sa.Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)


def test_what_was_appended_is_what_is_read_whole_or_in_part(engine: sa.Engine) -> None:
    written = write(engine)
    assert [entry.event for entry in written] == list(STORY)
    assert read(engine) == written
    assert read(engine, after=2) == written[3:]
    assert read(engine, after=4) == read(engine, after=99) == read(engine, "unknown") == ()


def test_appending_the_same_again_gives_the_kept_entry_with_its_time(engine: sa.Engine) -> None:
    assert write(engine) == write(engine)
    assert len(read(engine)) == len(STORY)


@pytest.mark.parametrize(
    ("seq", "event", "message"),
    [
        (1, Asked(id="q", question="Another?"), "run 'r1': entry 1 is another event already"),
        (7, Asked(id="q", question="?"), "run 'r1': entry 7 would leave a gap, entry 6 is missing"),
    ],
)
def test_another_event_or_a_gap_is_refused_and_changes_nothing(
    engine: sa.Engine, seq: int, event: Event, message: str
) -> None:
    before = write(engine)
    with pytest.raises(JournalError, match=message):
        anyio.run(SqlJournal(engine).append, "r1", seq, event)
    assert read(engine) == before
    assert anyio.run(Runs(engine).list)[0].events == len(STORY)


def test_a_run_begins_with_its_start(engine: sa.Engine) -> None:
    with pytest.raises(JournalError, match="its first event must be its start, not 'asked'"):
        write(engine, story=STORY[1:2])
    assert read(engine) == ()


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        ("UPDATE events SET body = replace(body, 'Which', 'What') WHERE seq = 1", "entry 1, was changed"),
        ("UPDATE events SET body = '{' WHERE seq = 1", "entry 1, was changed"),
        ("UPDATE events SET hash = 'x' WHERE seq = 2", "entry 2, was changed"),
        ("UPDATE events SET at = 'noon' WHERE seq = 2", "entry 2, has no time that can be read"),
        ("UPDATE events SET at = '2026-01-01T00:00:00' WHERE seq = 2", "entry 2, contradicts itself"),
        ("UPDATE events SET kind = 'asked' WHERE seq = 2", "entry 2, contradicts itself"),
        ("DELETE FROM events WHERE seq = 2", "is damaged: entry 2 is missing"),
        ("DELETE FROM events WHERE seq = 0", "is damaged: entry 0 is missing"),
        ("DELETE FROM events WHERE seq = 4", "is damaged: it holds 4 entries of 5"),
        ("DELETE FROM events", "is damaged: it holds 0 entries of 5"),
        ("DELETE FROM runs", "is damaged: it holds 5 entries of None"),
        ("UPDATE events SET run_id = 'r2'", "journal of run 'r2'"),
    ],
)
def test_a_damaged_journal_is_refused_naming_the_place(engine: sa.Engine, harm: str, message: str) -> None:
    write(engine)
    tamper(engine, harm)
    with pytest.raises(JournalError, match=message):
        read(engine, "r2" if "'r2'" in harm else "r1")


def test_damage_before_the_part_that_is_read_is_noticed_where_the_part_begins(engine: sa.Engine) -> None:
    write(engine)
    tamper(engine, "UPDATE events SET hash = 'x' WHERE seq = 2")
    with pytest.raises(JournalError, match="entry 3, was changed"):
        read(engine, after=2)
    tamper(engine, "DELETE FROM events WHERE seq = 2")
    with pytest.raises(JournalError, match="entry 2 is missing"):
        read(engine, after=2)


def rewrite(engine: sa.Engine, seq: int, change: dict[str, object]) -> None:
    """Change an event the way another version would have written it, with a hash that fits."""
    from autogpt.core.schema import canonical_json
    from autogpt.store.journal import chain

    with engine.begin() as connection:
        rows = connection.exec_driver_sql("SELECT seq, body FROM events ORDER BY seq").all()
        previous = "r1"
        for number, body in rows:
            if number == seq:
                body = canonical_json(json.loads(body) | change)
            previous = chain(previous, body)
            connection.execute(
                sa.text("UPDATE events SET body = :body, hash = :hash WHERE seq = :seq"),
                {"body": body, "hash": previous, "seq": number},
            )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "dreamt"}, r"run 'r1', entry 1, is of a kind this version does not know"),
        ({"mood": "new"}, r"run 'r1', entry 1, was written by another version that this one cannot read"),
        ({"question": None}, r"run 'r1', entry 1, was written by another version that this one cannot read"),
    ],
)
def test_events_of_another_version_are_refused_not_half_read(
    engine: sa.Engine, change: dict[str, object], message: str
) -> None:
    write(engine)
    rewrite(engine, 1, change)
    with pytest.raises(JournalError, match=message):
        read(engine)


def test_tables_of_another_version_or_of_others_are_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite"
    open_database(path).dispose()
    for value, message in (("2", "newer version"), ("0", "too old"), ("x", "no database of runs")):
        with sa.create_engine(f"sqlite:///{path}").begin() as connection:
            connection.exec_driver_sql(f"UPDATE meta SET value = '{value}'")
        with pytest.raises(JournalError, match=message):
            open_database(path)
    other = tmp_path / "other.sqlite"
    with sa.create_engine(f"sqlite:///{other}").begin() as connection:
        connection.exec_driver_sql("CREATE TABLE runs (id INTEGER)")
    with pytest.raises(JournalError, match="no database of runs"):
        open_database(other)
    (tmp_path / "text").write_text("not a database at all, " * 100)
    with pytest.raises(JournalError, match="move the file away"):
        open_database(tmp_path / "text")


@pytest.mark.parametrize("url", ["nonsense", "nosuch://x", "postgresql+nosuch://x"])
def test_a_database_url_that_means_nothing_is_the_persons_to_mend(url: str) -> None:
    with pytest.raises(UsageError, match="the database URL"):
        open_database(url)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"the folder for runs '.*file/deep' cannot be made"):
        open_database(tmp_path / "file" / "deep" / "runs.sqlite")


def test_several_may_be_the_first_to_open_it_at_once(tmp_path: Path) -> None:
    """SQLite answers a second switch to the write-ahead log with 'locked', whatever the busy timeout (seen in CI)."""
    for turn in range(60):
        start = threading.Barrier(4)

        def first(_: int, where: Path = tmp_path / f"{turn}.sqlite", start: threading.Barrier = start) -> str:
            start.wait()
            engine = open_database(where)
            with engine.connect() as connection:
                mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
            engine.dispose()
            return str(mode)

        with ThreadPoolExecutor(4) as pool:
            assert set(pool.map(first, range(4))) == {"wal"}


def test_many_writers_leave_each_run_whole(engine: sa.Engine) -> None:
    async def work() -> None:
        journal = SqlJournal(engine)

        async def one(run_id: str) -> None:
            for seq, event in enumerate(STORY):
                await journal.append(run_id, seq, event)

        # Every run twice, so that the same append also races against itself.
        await asyncio.gather(*(one(f"r{number % 8}") for number in range(16)))

    asyncio.run(work())
    for number in range(8):
        assert [entry.event for entry in read(engine, f"r{number}")] == list(STORY)


def test_an_acknowledged_event_survives_kill_9(tmp_path: Path) -> None:
    code = """
import anyio, sys
from pathlib import Path
from autogpt.core.event import Asked
from autogpt.store.journal import SqlJournal
from autogpt.store.schema import open_database
async def work():
    journal = SqlJournal(open_database(Path(sys.argv[1])))
    for seq in range(1, 100_000):
        await journal.append("r1", seq, Asked(id=str(seq), question="?"))
        print(seq, flush=True)
anyio.run(work)
"""
    path = tmp_path / "runs.sqlite"
    engine = open_database(path)
    write(engine, story=STORY[:1])
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [int(process.stdout.readline()) for _ in range(20)]
        process.kill()
        told += [int(line) for line in process.stdout.read().split("\n")[:-1]]
    entries = read(engine)
    engine.dispose()
    assert entries[-1].seq - told[-1] in (0, 1)
    assert [entry.seq for entry in entries] == list(range(len(entries)))


FULL = """
import anyio, json, sys
from pathlib import Path
from autogpt.core.errors import JournalError
from autogpt.core.event import Asked, Started
from autogpt.core.message import Profile
from autogpt.core.task import Task
from autogpt.store.blobs import Blobs
from autogpt.store.journal import SqlJournal
from autogpt.store.schema import open_database
async def work():
    home = Path(sys.argv[1])
    engine = open_database(home / "runs.sqlite")
    journal = SqlJournal(engine)
    start = Started(task=Task(goal="g"), model="m", profile=Profile(), workspace="w", version="1")
    await journal.append("r", 0, start)
    kept, told = 0, ""
    while not told:
        try:
            await journal.append("r", kept + 1, Asked(id="q", question="x" * 50_000))
            kept += 1
        except JournalError as error:
            told = str(error)
    try:
        Blobs(home / "blobs").put(b"y" * 2_000_000)
        blob = "kept"
    except JournalError as error:
        blob = str(error)
    left = sum(1 for path in (home / "blobs").rglob("*") if path.is_file())
    read = len(await journal.read("r"))
    print(json.dumps([kept + 1, read, told, blob, left]))
anyio.run(work)
"""


def test_a_full_disk_is_said_and_leaves_what_was_kept_whole(tmp_path: Path) -> None:
    command = f"mount -t tmpfs -o size=1m tmpfs {tmp_path} && exec {sys.executable} -c '{FULL}' {tmp_path}"
    unshare = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    done = subprocess.run([*unshare, "sh", "-c", command], capture_output=True, text=True, check=False)
    if done.returncode != 0 and ("unshare" in done.stderr or "mount" in done.stderr):
        pytest.skip("no private mounts here")
    written, kept, told, blob, left = json.loads(done.stdout)
    assert written == kept > 3
    assert "full; nothing was written: free some disk space, then try again" in told
    assert "the disk is full" in blob
    assert left == 0


def test_runs_are_listed_newest_first_as_they_stand(engine: sa.Engine) -> None:
    write(engine, "a-1", STORY[:2])
    write(engine, "b-2")
    listed = anyio.run(Runs(engine).list)
    assert [(line.run_id, line.title, line.outcome, line.waiting, line.events) for line in listed] == [
        ("b-2", "Count the words", "complete", None, 5),
        ("a-1", "Count the words", None, "Which file?", 2),
    ]
    assert [line.live for line in listed] == [False, True]
    assert listed[1].owner == this_process()
    assert listed[1].created == read(engine, "a-1")[0].at <= listed[1].updated == read(engine, "a-1")[1].at
    assert [line.run_id for line in anyio.run(Runs(engine).list, 1, 1)] == ["a-1"]


def test_a_damaged_line_hides_no_other_run(engine: sa.Engine) -> None:
    for name in ("a-1", "b-2", "c-3"):
        write(engine, name)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE runs SET created = 'not a time' WHERE run_id = 'b-2'"))
    listed = {line.run_id: line for line in anyio.run(Runs(engine).list)}
    assert sorted(listed) == ["a-1", "b-2", "c-3"]
    assert isinstance(listed["b-2"], DamagedLine)
    assert "what it holds of run 'b-2' cannot be read (created)" in listed["b-2"].problem
    assert isinstance(listed["a-1"], RunLine)
    with pytest.raises(JournalError, match="b-2"):
        anyio.run(Runs(engine).find, "b-2")


def test_a_run_waits_in_the_listing_until_it_is_answered(engine: sa.Engine) -> None:
    write(engine, story=STORY[:2])
    assert [line.waiting for line in anyio.run(Runs(engine).list)] == ["Which file?"]
    write(engine, story=STORY[:3])
    assert [line.waiting for line in anyio.run(Runs(engine).list)] == [None]


def test_a_run_is_found_by_the_beginning_of_its_id(engine: sa.Engine) -> None:
    for run_id in ("abc", "abcd", "abd%"):
        write(engine, run_id, STORY[:1])
    find = Runs(engine).find
    assert anyio.run(find, "abc").run_id == "abc"
    assert anyio.run(find, "abcd").run_id == "abcd"
    assert anyio.run(find, "abd").run_id == "abd%"
    with pytest.raises(UsageError, match=r"'ab' could be 3 runs \(abc, abcd, abd%\)"):
        anyio.run(find, "ab")
    for prefix in ("", "x", "ABC", "%", "a_c", "a\0"):
        with pytest.raises(RunNotFound):
            anyio.run(find, prefix)


def test_a_deleted_run_is_gone_and_the_others_stay(engine: sa.Engine) -> None:
    write(engine, "a")
    write(engine, "b")
    anyio.run(Runs(engine).delete, "a")
    assert (read(engine, "a"), len(read(engine, "b"))) == ((), 5)
    assert [line.run_id for line in anyio.run(Runs(engine).list)] == ["b"]
    with pytest.raises(RunNotFound):
        anyio.run(Runs(engine).delete, "a")


def test_a_process_is_told_from_a_later_one_with_its_number() -> None:
    assert is_alive(this_process())
    host, pid, start = this_process().rsplit(":", 2)
    for other in (f"{host}:{pid}:{int(start) - 1}", f"elsewhere:{pid}:{start}", f"{host}:0:{start}", "", "a:b:c", "::"):
        assert not is_alive(other)
    with subprocess.Popen(["sleep", "60"]) as child:
        ended = f"{host}:{child.pid}:{start}"
        child.kill()
    assert not is_alive(ended)


def test_an_exported_run_comes_back_and_any_change_is_noticed(engine: sa.Engine) -> None:
    entries = write(engine)
    moved = json.loads(json.dumps(export_json(entries)))
    assert import_json(moved) == entries
    for change, message in (
        (lambda value: value["entries"][1]["event"].update(question="Other?"), "entry 1, was changed"),
        (lambda value: value["entries"].pop(2), "entry 2 is missing"),
        (lambda value: value["entries"].reverse(), "entry 0 is missing"),
        (lambda value: value["entries"].clear(), "holds no entry"),
        (lambda value: value["entries"][3].update(run_id="r2"), "entries of another run"),
        (lambda value: value["entries"][3].pop("hash"), "damaged at entries.3.hash"),
        (lambda value: value.update(version=2), "upgrade"),
        (lambda value: value.pop("format"), "no exported run"),
    ):
        value = json.loads(json.dumps(export_json(entries)))
        change(value)
        with pytest.raises(JournalError, match=message):
            import_json(value)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.dictionaries(st.text(), json_values, max_size=3), min_size=1, max_size=5))
def test_whatever_a_model_said_is_kept_exactly(tmp_path_factory, said: list[dict]) -> None:
    story = (START, *(Replied(reply=Reply(actions=(Action(id="1", tool="t", args=args),))) for args in said))
    engine = open_database(tmp_path_factory.mktemp("any") / "runs.sqlite")
    assert write(engine, story=story) == read(engine) == import_json(json.loads(json.dumps(export_json(read(engine)))))
    assert [entry.event for entry in read(engine)] == list(story)
    engine.dispose()


def test_text_that_cannot_be_kept_is_refused_as_such(engine: sa.Engine) -> None:
    write(engine, story=STORY[:1])
    half = Asked(id="q", question="?").model_copy(update={"question": "\ud800"})
    with pytest.raises(JournalError, match="cannot be kept as text"):
        anyio.run(SqlJournal(engine).append, "r1", 1, half)


@given(
    st.recursive(st.none() | st.text() | st.integers(), lambda x: st.lists(x) | st.dictionaries(st.text(), x))
    | st.fixed_dictionaries({"format": st.just("autogpt-run"), "version": st.just(1), "entries": st.lists(json_values)})
)
def test_a_foreign_export_gives_only_declared_errors(value) -> None:
    with pytest.raises(AutoGPTError):
        import_json(value)


def test_times_are_aware_and_now(engine: sa.Engine) -> None:
    before = datetime.now(UTC)
    entries = write(engine)
    assert all(before <= entry.at <= datetime.now(UTC) for entry in entries)
