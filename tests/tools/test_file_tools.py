import os

import pytest

from autogpt.core.action import Action


@pytest.mark.parametrize(
    ("content", "args", "told", "ok"),
    [
        ("one\ntwo\n", {}, "one\ntwo", True),
        ("one\ntwo", {"start": 2}, "two\n[lines 2-2 of 2]", True),
        ("one\ntwo\nthree\n", {"lines": 2}, "one\ntwo\n[lines 1-2 of 3; go on with start=3]", True),
        ("one\ntwo\n", {"start": 9}, "'a.txt' has 2 lines; start at 9 is past its end", False),
        ("", {}, "[a.txt is empty]", True),
        ("x\r\ny\r\n", {}, "x\ny", True),
        (b"\x89PNG\0\0", {}, "'a.txt' is binary, 6 bytes; use run_python to look into it", False),
        ("会议在三点开始".encode("gb18030"), {}, "会议在三点开始\n[decoded as gb18030]", True),
        ("0\n" * 6, {}, "0\n0\n0\n0\n0\n0", True),
        ("x" * 9000, {}, "x" * 5700 + "\n[line 1 is long: 3,300 of its characters are left out]", True),
    ],
)
def test_a_file_is_read_in_parts_that_the_agent_can_hold(room, content, args, told, ok):
    room.put("a.txt", content)
    seen = room.do("read_file", path="a.txt", **args)
    assert (seen.content, seen.ok, seen.changed) == (told, ok, ())


def test_reading_on_as_told_gives_the_whole_file(room):
    lines = [f"line {n} " + "x" * (n % 70) for n in range(1000)]
    room.put("a.txt", "\n".join(lines))
    found: list[str] = []
    start = 1
    while True:
        seen = room.do("read_file", path="a.txt", start=start)
        *shown, note = seen.content.split("\n")
        found += shown
        if "go on with start=" not in note:
            break
        start = int(note.rpartition("=")[2].rstrip("]"))
    assert found == lines


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("../secret", "'../secret' is outside the workspace; use a path relative to it"),
        ("/etc/passwd", "'/etc/passwd' is outside the workspace; use a path relative to it"),
        ("none.txt", "'none.txt' does not exist; list the folder to see what does"),
        ("pipe", "'pipe' is not a regular file (a pipe, socket or device) and is left alone"),
        ("out", "'out' leads through a symbolic link, which is not followed; name the file it points to"),
    ],
)
def test_what_cannot_be_read_is_something_the_agent_reads(room, path, told):
    os.mkfifo(room.folder / "pipe")
    (room.folder / "out").symlink_to("/etc/passwd")
    seen = room.do("read_file", path=path)
    assert (seen.content, seen.ok) == (told, False)


def test_a_file_too_large_to_read_says_what_to_do(room):
    with (room.folder / "huge.bin").open("wb") as file:
        file.truncate(1 << 40)
    seen = room.do("read_file", path="huge.bin")
    assert not seen.ok
    assert "head, tail" in seen.content


def test_files_are_listed_with_their_sizes_and_strange_ones_named(room):
    room.put("b/c.txt", "12345")
    room.put("a.txt", "x" * 1234)
    room.put(".git/config", "")
    (room.folder / "out").symlink_to("/etc/passwd")
    os.mkfifo(room.folder / "pipe")
    everything = ".git/\na.txt  1,234\nb/\nb/c.txt  5\nout  (a link; not followed)\npipe  (not a regular file)"
    assert room.do("list_files").content == everything
    assert room.do("list_files", under=".").content == everything
    assert room.do("list_files", under="/workspace").content == everything
    assert room.do("list_files", under="b").content == "b/c.txt  5"


def test_an_empty_folder_is_said_to_be_empty(room):
    assert room.do("list_files").content == "(no files)"


def test_writing_tells_what_changed_and_can_be_undone(room):
    room.put("a.txt", "one\n")
    seen = room.do("write_file", path="a.txt", content="one\ntwo\n")
    assert (seen.ok, seen.content, seen.changed) == (True, "wrote a.txt: 2 lines, 8 bytes", ("a.txt",))
    assert "+two" in seen.diff.split("\n")
    assert room.do("undo").content == "put back: a.txt"
    assert (room.folder / "a.txt").read_text() == "one\n"


def test_several_changes_are_taken_back_one_by_one_or_together(room):
    for number in range(4):
        room.do("write_file", path="a.txt", content=f"{number}")
    room.do("read_file", path="a.txt")
    room.do("undo")
    assert (room.folder / "a.txt").read_text() == "2"
    room.do("undo", changes=2)
    assert (room.folder / "a.txt").read_text() == "0"
    room.do("write_file", path="b.txt", content="b")
    assert room.do("undo", changes=2).changed == ("a.txt", "b.txt")
    assert list(room.folder.iterdir()) == []
    seen = room.do("undo")
    assert (seen.ok, seen.content) == (False, "nothing was changed yet, so there is nothing to take back")


def test_more_than_was_changed_cannot_be_taken_back(room):
    room.do("write_file", path="a.txt", content="1")
    assert room.do("undo", changes=5).content == "only 1 change can be taken back, not 5"
    assert (room.folder / "a.txt").read_text() == "1"


def test_after_a_restart_the_same_changes_can_be_undone(room, make_room):
    seen = [room.do("write_file", path="a.txt", content=f"{number}") for number in range(3)]
    seen.append(room.do("undo"))
    again = make_room()
    for one in seen:
        again.box.recall(one)
    again.do("undo")
    assert (room.folder / "a.txt").read_text() == "0"


def test_what_the_user_changed_between_two_calls_is_not_told_as_the_agents(room):
    room.do("write_file", path="a.txt", content="1")
    room.put("mine.txt", "x")
    assert room.do("write_file", path="b.txt", content="1").changed == ("b.txt",)


def test_moving_never_overwrites_and_deleting_can_be_undone(room):
    room.put("a.txt", "a")
    room.put("b.txt", "b")
    assert not room.do("move_file", source="a.txt", target="b.txt").ok
    assert room.do("move_file", source="a.txt", target="new/a.txt").changed == ("a.txt", "new/a.txt")
    assert room.do("delete_file", path="new").changed == ("new/a.txt",)
    assert room.do("undo", changes=2).ok
    assert (room.folder / "a.txt").read_text() == "a"


@pytest.mark.parametrize(
    ("content", "old", "new", "after", "told"),
    [
        ("a\nb\nc\n", "b", "B", "a\nB\nc\n", "edited a.py at line 2"),
        ("a\r\nb\r\nc\r\n", "a\nb\n", "x\n", "x\r\nc\r\n", "edited a.py at line 1"),
        (
            "if x:\n    a = 1  \n    b = 2\n",
            "a = 1\nb = 2\n",
            "a = 3\nif a:\n    b = 4\n",
            "if x:\n    a = 3\n    if a:\n        b = 4\n",
            "edited a.py at line 2 (the indentation was adapted to the file)",
        ),
        (
            "a = 1\nb = 2\n",
            "        a = 1\n        b = 2",
            "        c = 3",
            "c = 3\n",
            "edited a.py at line 1 (the indentation was adapted to the file)",
        ),
        (
            "a = 1   \nb = 2\t\n",
            "a = 1\nb = 2",
            "c = 3",
            "c = 3\n",
            "edited a.py at line 1 (white space at line ends was overlooked)",
        ),
        (
            "\tif a:\n\t\tb\n",
            "if a:\n\tb",
            "if c:\n\td",
            "\tif c:\n\t\td\n",
            "edited a.py at line 1 (the indentation was adapted to the file)",
        ),
    ],
)
def test_a_block_that_stands_once_is_replaced(room, content, old, new, after, told):
    file = room.put("a.py", content)
    seen = room.do("edit_file", path="a.py", old=old, new=new)
    assert (seen.content, seen.ok, seen.changed) == (told, True, ("a.py",))
    assert file.read_bytes().decode() == after


NEAREST = """\
`old` is not in 'a.py'. The nearest lines are (with line numbers that are not part of the file):
1: def area(r):
2:     return 3.14 * r * r
3: print(area(2))"""


@pytest.mark.parametrize(
    ("content", "old", "new", "told"),
    [
        ("x\ny\nx\n", "x", "z", "`old` is in 'a.py' 2 times, at lines 1, 3; add lines before or after it"),
        ("aaa", "aa", "b", "`old` is in 'a.py' 2 times, at lines 1, 1; add lines before or after it"),
        (
            "def area(r):\n    return 3.14 * r * r\nprint(area(2))\n",
            "    return 3.14 * r ** 2",
            "    return 0",
            NEAREST,
        ),
        ("a\n", "completely different", "b", "`old` is not in 'a.py'. No line is like it: read the file again."),
        ("a\n", " \n", "b", "`old` is empty: give the lines to replace, or use write_file for a whole file"),
        ("a\n", "a", "a", "`old` and `new` are the same, so nothing would change"),
        (
            "  a\n  b\n\n    a\n    b\n",
            "a\nb",
            "c",
            "`old` is not in 'a.py' exactly; but for white space it is there 2 times, at lines 1, 4; "
            "copy it exactly, with lines before or after it",
        ),
        (
            "    if a:\n  b\n",
            "if a:\n    b",
            "c",
            "`old` is not in 'a.py'. The nearest lines are (with line numbers that are not part of the file):\n"
            "1:     if a:\n2:   b",
        ),
        (
            "a = 1\n",
            "    a = 1",
            "  b = 2",
            "`old` stands at line 1 with another indentation, to which `new` cannot be moved; "
            "copy both with the indentation of the file",
        ),
    ],
)
def test_a_block_that_does_not_stand_once_is_answered_with_what_does(room, content, old, new, told):
    file = room.put("a.py", content)
    seen = room.do("edit_file", path="a.py", old=old, new=new)
    assert (seen.content, seen.ok, seen.changed) == (told, False, ())
    assert file.read_text() == content


def test_an_edit_keeps_the_files_encoding(room):
    file = room.put("a.txt", "会议在三点开始\r\n地点未定\r\n".encode("gb18030"))
    assert room.do("edit_file", path="a.txt", old="三点", new="五点").ok
    assert file.read_bytes() == "会议在五点开始\r\n地点未定\r\n".encode("gb18030")


def test_lines_are_found_by_text_and_by_regular_expression(room):
    room.put("a.py", "import os\nTOTAL = 1\n")
    room.put("b/c.py", "print(total)\n")
    room.put("d.bin", b"total\0")
    room.put("node_modules/x.py", "total")
    both = "a.py:2: TOTAL = 1\nb/c.py:1: print(total)"
    note = "\n[files not searched, as binary, very large, or beyond 20 MB in all: 1]"
    assert room.do("find", text="total").content == both + note
    assert room.do("find", text="total", name="*.py").content == both
    assert room.do("find", text=r"^T\w+ = \d", regex=True, name="a.*").content == "a.py:2: TOTAL = 1"
    assert room.do("find", name="*.py").content == "a.py\nb/c.py"
    assert room.do("find", text="nothing", name="*.py").content == "no line holds 'nothing' in 2 files"
    assert room.do("find", name="*.rs").content == "no file is named '*.rs'"
    assert not room.do("find", text="(", regex=True).ok


def test_a_regular_expression_without_end_is_stopped(room):
    room.put("a.txt", "a" * 40 + "b")
    seen = room.do("find", text=r"(a|a|aa)+$", regex=True)
    assert (seen.ok, seen.content) == (
        False,
        "the regular expression took more than 5 s or too much memory; give a simpler one",
    )


def test_only_the_first_hundred_hits_are_told(room):
    room.put("a.txt", "x\n" * 500)
    told = room.do("find", text="x").content.split("\n")
    assert len(told) == 101
    assert told[-1] == "[more than 100 lines fit; give a longer text, or a name]"
    assert len(room.do("find", text="x", regex=True).content.split("\n")) == 101


def test_without_a_sandbox_tools_that_run_code_are_absent(room):
    assert {spec.name for spec in room.box.specs()}.isdisjoint({"run_python", "run_command", "http_get"})
    seen = room.do("run_python", code="1")
    assert (seen.ok, seen.content) == (
        False,
        "'run_python' runs code, and there is no sandbox on this machine to run it in",
    )


def test_an_unknown_tool_is_answered_with_those_there_are(room):
    seen = room.do("readfile", path="a")
    assert (seen.action_id, seen.tool, seen.ok) == ("1", "readfile", False)
    assert seen.content.startswith("there is no tool 'readfile'. Did you mean 'read_file'? The tools are: list_files, ")


def test_the_policy_sees_the_whole_call_and_equal_calls_have_equal_digests(room):
    call = room.box.call(Action(id="1", tool="read_file", args={"path": "a", "start": "3"}), "run")
    same = room.box.call(Action(id="2", tool="read_file", args={"start": 3, "path": "a", "lines": None}), "run")
    assert call.args == {"path": "a", "start": 3, "lines": 400}
    assert call.digest == same.digest
    assert call.effects.effect == "none"
    assert call.destinations == ()
    assert call.digest != room.box.call(Action(id="1", tool="read_file", args={"path": "b"}), "run").digest
