import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autogpt.core.action import Action
from autogpt.core.effect import Effects
from autogpt.core.errors import ToolError, UsageError
from autogpt.tools.here import Here
from autogpt.tools.tool import tool

QUIET = Effects(reads="none", untrusted_output=True, effect="none", idempotent="key")


@tool(effects=QUIET)
async def talk(here: Here, times: int, words: str = "line {}") -> str:
    """Say a thing many times."""
    return "\n".join(words.format(n) for n in range(times))


@tool(effects=QUIET, destinations=lambda args: (str(args["to"]),))
async def send(here: Here, to: str) -> str:
    """Send nothing anywhere."""
    return "sent"


def test_a_long_result_is_capped_and_its_full_text_kept(make_room):
    room = make_room(talk, most=500)
    seen = room.do("talk", times=1000)
    assert len(seen.content) <= 500
    assert "characters left out" in seen.content
    assert room.blobs.content[seen.artifact or ""].decode() == "\n".join(f"line {n}" for n in range(1000))


def test_a_folded_result_is_kept_in_full_and_a_short_one_is_not_kept(make_room):
    room = make_room(talk)
    folded = room.do("talk", times=9, words="same")
    assert folded.content == "same\n[the line above comes 8 more times]"
    assert room.do("talk", times=3).artifact is None
    folded = room.do("talk", times=90, words="a long line that repeats")
    assert room.blobs.content[folded.artifact or ""].decode() == "\n".join(["a long line that repeats"] * 90)


def test_what_the_agent_reads_has_no_terminal_escapes(make_room):
    assert make_room(talk).do("talk", times=1, words="\x1b[31mred\x07").content == "red"


def test_a_call_names_where_it_reaches(make_room):
    room = make_room(send)
    assert room.box.call(Action(id="1", tool="send", args={"to": "example.org"}), "r").destinations == ("example.org",)


def test_a_full_disk_under_the_artifacts_is_said_and_nothing_is_lost(make_room):
    class Full:
        def put(self, content: bytes, /) -> str:
            raise OSError(28, "No space left on device")

    room = make_room(talk, most=500)
    room.box.here.blobs = Full()
    seen = room.do("talk", times=1000)
    assert (seen.ok, seen.artifact) == (True, None)
    assert seen.content.endswith("[the full text could not be kept: No space left on device]")


def test_a_workspace_that_cannot_be_kept_for_undo_is_not_touched(make_room):
    room = make_room()
    keep = room.folder.parent / "keep"
    keep.write_text("a file where the folder should be")
    with pytest.raises(UsageError):
        room.do("write_file", path="a.txt", content="x")
    assert not (room.folder / "a.txt").exists()


def test_a_question_goes_to_the_person_or_is_answered_with_what_to_do(make_room):
    room = make_room()
    assert room.box.for_loop == {"ask_person", "hand_in"}
    assert room.do("ask_person", question="Which year?").ok is False

    async def answer(question: str) -> str:
        return f"{question} 2026"

    room.box.here.ask = answer
    assert room.do("ask_person", question="Which year?").content == "Which year? 2026"
    assert not room.do("ask_person", question=" ").ok


def test_handing_in_claims_nothing(room):
    assert room.do("hand_in", summary="a page").content == "handed in; the checks decide"


def test_calls_made_at_once_each_know_their_own_changes(room):
    async def both() -> list[tuple[str, ...]]:
        seen: dict[int, tuple[str, ...]] = {}

        async def write(number: int) -> None:
            action = Action(id=str(number), tool="write_file", args={"path": f"{number}.txt", "content": "x"})
            seen[number] = (await room.box.run(action)).changed

        async with anyio.create_task_group() as tasks:
            for number in range(5):
                tasks.start_soon(write, number)
        return [seen[number] for number in range(5)]

    assert anyio.run(both) == [(f"{number}.txt",) for number in range(5)]


finite = st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | finite | st.text() | st.sampled_from(["a.txt", "../x", "\0", "."]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
names = [
    "path",
    "content",
    "old",
    "new",
    "start",
    "lines",
    "text",
    "name",
    "regex",
    "source",
    "target",
    "under",
    "changes",
]


@given(
    tool=st.sampled_from(
        ["list_files", "read_file", "write_file", "edit_file", "find", "move_file", "delete_file", "undo"]
    )
    | st.text(max_size=20),
    args=st.dictionaries(st.sampled_from(names) | st.text(max_size=5), json_values, max_size=5),
)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_model_calls_only_declared_errors_come_out(room, tool, args):
    room.put("a.txt", "one\ntwo\n")
    action = Action(id="1", tool=tool, args=args)
    try:
        digest = room.box.call(action, "run").digest
    except ToolError:
        digest = ""
    seen = anyio.run(room.box.run, action)
    assert seen.model_validate_json(seen.model_dump_json()) == seen
    assert digest or not seen.ok
    assert room.folder.exists()


TEXT = st.sampled_from(
    ["a.txt", "b/c.txt", "x\n", "one", "", ".", "../y", "/workspace/a.txt", "\0", "\x1b[31m", "中", "b"]
)
FITTING = {
    "list_files": {"under": TEXT},
    "read_file": {"path": TEXT, "start": st.integers(1, 5), "lines": st.integers(1, 3)},
    "write_file": {"path": TEXT, "content": TEXT},
    "edit_file": {"path": TEXT, "old": TEXT, "new": TEXT},
    "find": {"text": TEXT, "name": TEXT},
    "move_file": {"source": TEXT, "target": TEXT},
    "delete_file": {"path": TEXT},
    "undo": {"changes": st.integers(1, 3)},
}


@given(
    st.lists(
        st.one_of([st.tuples(st.just(name), st.fixed_dictionaries(args)) for name, args in FITTING.items()]),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_series_of_calls_changes_only_what_it_tells(room, calls):
    for name, args in calls:
        before = _files(room.folder)
        seen = room.do(name, **args)
        after = _files(room.folder)
        touched = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
        assert touched <= set(seen.changed)
    assert {path.name for path in room.folder.parent.iterdir()} <= {"work", "keep"}


def _files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
