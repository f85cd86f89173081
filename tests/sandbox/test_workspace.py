"""The workspace as the host sees it: hostile content leads nowhere, and every refusal is advice."""

import contextlib
import os
import socket
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogpt.core.errors import AutoGPTError, ToolError, UsageError
from autogpt.sandbox import beneath
from autogpt.sandbox.workspace import Folder

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to own files as somebody else")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    (tmp_path / "work").mkdir()
    return Folder(tmp_path / "work", tmp_path / "keep")


@pytest.fixture
def trap(tmp_path: Path, folder: Folder) -> Folder:
    """A workspace full of traps, beside a secret."""
    (tmp_path / "secret").write_text("the key")
    work = tmp_path / "work"
    os.mkfifo(work / "data.fifo")
    (work / "out").symlink_to(tmp_path / "secret")
    (work / "up").symlink_to("..")
    (work / "self").symlink_to("self")
    (work / "proc").symlink_to("/proc/self/cwd")
    (work / "note.txt").write_text("plain")
    (work / "sub").mkdir()
    (work / "sub" / "x").write_text("inside")
    (work / "inner").symlink_to("sub")
    with (work / "huge").open("wb") as file:
        file.truncate(2**40)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(work / "sock"))
    return folder


OUTSIDE = "is outside the workspace; use a path relative to it"
LINK = "leads through a symbolic link, which is not followed; name the file it points to"
SPECIAL = "is not a regular file (a pipe, socket or device) and is left alone"


@pytest.mark.parametrize(
    ("path", "advice"),
    [
        ("../secret", OUTSIDE),
        ("sub/../../secret", OUTSIDE),
        ("/etc/passwd", OUTSIDE),
        (r"\x2e\x2e/secret", OUTSIDE),
        (r"..\x2fsecret", OUTSIDE),
        ("/workspace/../secret", OUTSIDE),
        ("out", LINK),
        ("self", LINK),
        ("up/secret", LINK),
        ("proc/note.txt", LINK),
        ("inner/x", LINK),
        ("data.fifo", SPECIAL),
        ("sock", SPECIAL),
        ("sub", "is a folder, not a file"),
        ("sub/", "names a folder, not a file"),
        ("", "names a folder, not a file"),
        ("note.txt/x", "leads through a file as if it were a folder"),
        ("n" * 300, "is too long a name; use names of at most 255 bytes"),
        ("a\0b", "holds a NUL character, which no file name can"),
        ("\ud800", "cannot be a file name; use plain text"),
    ],
)
def test_a_path_that_is_no_file_inside_can_neither_be_read_nor_written(trap: Folder, path: str, advice: str) -> None:
    for use in (trap.read, lambda path: trap.write(path, b"x")):
        with pytest.raises(ToolError) as told:
            use(path)
        assert str(told.value) == f"{path or '.'!r} {advice}" or str(told.value) == f"{path!r} {advice}"


def test_nothing_that_was_tried_touched_what_is_outside(trap: Folder, tmp_path: Path) -> None:
    for path in ("out", "up/secret", "up/new", "proc/new", "../new", "self"):
        for use in (
            trap.read,
            trap.remove,
            lambda path: trap.write(path, b"x"),
            lambda path: trap.move("note.txt", path),
        ):
            with contextlib.suppress(ToolError):
                use(path)
    assert (tmp_path / "secret").read_text() == "the key"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["secret", "work"]


def test_removing_a_link_leaves_what_it_points_to(trap: Folder, tmp_path: Path) -> None:
    trap.remove("out")
    trap.remove("up")
    assert (tmp_path / "secret").read_text() == "the key"
    assert not (tmp_path / "work" / "up").is_symlink()


def test_a_file_over_the_cap_is_refused_unread(trap: Folder) -> None:
    with pytest.raises(ToolError, match=r"'huge' has 1,099,511,627,776 bytes, more than the 1,000,000 that"):
        trap.read("huge")


def test_a_listing_names_everything_once_sorted_and_touches_nothing(trap: Folder) -> None:
    assert [(entry.path, entry.kind) for entry in trap.list()] == [
        ("data.fifo", "other"),
        ("huge", "file"),
        ("inner", "link"),
        ("note.txt", "file"),
        ("out", "link"),
        ("proc", "link"),
        ("self", "link"),
        ("sock", "other"),
        ("sub/", "folder"),
        ("sub/x", "file"),
        ("up", "link"),
    ]


def test_a_capped_listing_keeps_what_is_nearest(folder: Folder) -> None:
    for name in ("deep/er/a", "deep/b", "c", "d"):
        folder.write(name, b"1")
    assert [entry.path for entry in folder.list(most=4)] == ["c", "d", "deep/", "deep/b"]


def test_git_and_environments_are_listed_as_names_until_asked_for(folder: Folder) -> None:
    for name in (".git/config", ".venv/bin/python", "node_modules/x/index.js", "__pycache__/a.pyc", "src/a.py"):
        folder.write(name, b"1")
    assert [entry.path for entry in folder.list()] == [
        *(".git/", ".venv/", "__pycache__/", "node_modules/", "src/", "src/a.py")
    ]
    assert [entry.path for entry in folder.list(".git")] == [".git/config"]


def test_names_that_are_not_text_are_shown_and_can_be_used_as_shown(folder: Folder) -> None:
    for raw in (b"\xff\xfe", b"\x1b[31mred", "right\u202eleft".encode(), b"back\\slash", "报告.md".encode()):
        with open(os.path.join(os.fsencode(folder.root), raw), "wb") as file:  # noqa: PTH118, PTH123
            file.write(raw)
    shown = [entry.path for entry in folder.list()]
    assert sorted(shown) == sorted([r"\xff\xfe", r"\x1b[31mred", r"right\xe2\x80\xaeleft", r"back\x5cslash", "报告.md"])
    assert sorted(folder.read(path) for path in shown) == sorted(
        [b"\xff\xfe", b"\x1b[31mred", "right\u202eleft".encode(), b"back\\slash", "报告.md".encode()]
    )
    for path in shown:
        folder.remove(path)
    assert folder.list() == ()


@pytest.mark.parametrize("path", ["a\x1b[31m", "a\nb", r"\xff", "tab\there"])
def test_no_such_name_is_made_anew(folder: Folder, path: str) -> None:
    with pytest.raises(ToolError, match="control characters or bytes that are not text"):
        folder.write(path, b"x")


@given(st.binary(min_size=1, max_size=40))
def test_a_shown_name_is_printable_and_turns_back_into_itself(raw: bytes) -> None:
    shown = beneath.shown(os.fsdecode(raw))
    assert os.fsencode(beneath.named(shown)) == raw
    shown.encode()
    assert "\x1b" not in shown
    assert "\n" not in shown


def test_writing_keeps_the_mode_and_never_setuid(folder: Folder) -> None:
    script = Path(folder.root) / "run.sh"
    script.write_text("old")
    script.chmod(0o4750)
    folder.write("run.sh", b"new")
    assert (script.read_text(), stat.S_IMODE(script.stat().st_mode)) == ("new", 0o750)


def test_a_write_does_not_reach_a_file_that_shares_its_content_elsewhere(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "original").write_text("mine")
    (tmp_path / "work" / "copy").hardlink_to(tmp_path / "original")
    folder.write("copy", b"changed")
    assert (tmp_path / "original").read_text() == "mine"


def test_the_paths_of_the_sandbox_and_of_the_host_mean_the_same_file(folder: Folder) -> None:
    folder.write("/workspace/a/b.txt", b"1")
    assert folder.read(f"{folder.root}/a/b.txt") == folder.read("./a//x/../b.txt") == b"1"


def test_moving_renames_and_moves_into_folders_but_overwrites_nothing(folder: Folder) -> None:
    folder.write("a.txt", b"a")
    folder.write("b.txt", b"b")
    folder.move("a.txt", "new/place/c.txt")
    folder.move("b.txt", "new/place")
    folder.write("b.txt", b"again")
    for target in ("new/place/c.txt", "new/place/"):
        with pytest.raises(ToolError, match="exists already"):
            folder.move("b.txt", target)
    with pytest.raises(ToolError, match="cannot be moved into itself"):
        folder.move("new", "new/place/new")
    with pytest.raises(ToolError, match="'gone' does not exist"):
        folder.move("gone", "x")
    assert [entry.path for entry in folder.list()] == [
        "b.txt",
        "new/",
        "new/place/",
        "new/place/b.txt",
        "new/place/c.txt",
    ]


def test_a_tree_deeper_than_any_path_is_listed_kept_and_removed(folder: Folder) -> None:
    here = os.open(folder.root, os.O_RDONLY)
    for _ in range(3_000):
        os.mkdir("d", dir_fd=here)
        inner = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
    assert 60 < len(folder.list()) < 80
    assert folder.snapshot() == folder.snapshot()
    folder.write("f", b"")
    with pytest.raises(ToolError, match="leads through"):
        folder.read("f/" * 5_000 + "f")
    folder.remove("d")
    assert [entry.path for entry in folder.list()] == ["f"]


def test_new_python_is_never_hidden_by_bytecode_of_the_old(folder: Folder) -> None:
    folder.write("a.py", b"x = 1")
    folder.write("__pycache__/a.cpython-311.pyc", b"stale")
    folder.write("__pycache__/ab.cpython-311.pyc", b"another's")
    folder.write("a.py", b"x = 2")
    assert [entry.path for entry in folder.list("__pycache__")] == ["__pycache__/ab.cpython-311.pyc"]


@pytest.mark.parametrize("walk", [False, True], ids=["openat2", "component by component"])
def test_both_ways_of_opening_refuse_links_at_every_place(trap: Folder, walk: bool) -> None:
    root = os.open(trap.root, os.O_RDONLY)
    try:
        os.close(beneath.open_beneath(root, "note.txt", os.O_RDONLY, walk=walk))
        os.close(beneath.open_beneath(root, "", os.O_RDONLY | os.O_DIRECTORY, walk=walk))
        for path in ("out", "up/secret", "up/work/note.txt", "proc/note.txt", "inner/x", "../secret", "/x", "sub/.."):
            with pytest.raises(OSError, match=r"Too many levels|cross-device"):
                beneath.open_beneath(root, path, os.O_RDONLY, walk=walk)
    finally:
        os.close(root)


@as_root
def test_what_root_writes_belongs_to_whom_the_folder_belongs(folder: Folder) -> None:
    os.chown(folder.root, 60_000, 60_000)
    folder.write("a/b.txt", b"1")
    first = folder.snapshot()
    folder.remove("a")
    folder.restore(first)
    for path in ("a", "a/b.txt"):
        info = (Path(folder.root) / path).stat()
        assert (info.st_uid, info.st_gid) == (60_000, 60_000)


@as_root
def test_devices_are_never_opened(folder: Folder) -> None:
    os.mknod(Path(folder.root) / "zero", stat.S_IFCHR | 0o666, os.makedev(1, 5))
    with pytest.raises(ToolError, match="not a regular file"):
        folder.read("zero")
    assert folder.snapshot() == folder.snapshot()


def test_a_workspace_that_cannot_serve_is_refused_with_advice(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "good").mkdir()
    for root, keep, advice in (
        ("gone", "keep", "does not exist; create it, or give another --workspace"),
        ("file", "keep", "is not a folder; give the folder to work in"),
        ("loop", "keep", "cannot be used"),
        ("good", "good/keep", "inside the workspace they are taken of"),
        ("a\0b", "keep", "cannot be used"),
    ):
        with pytest.raises(UsageError, match=advice):
            Folder(tmp_path / root, tmp_path / keep)


def test_a_workspace_that_vanishes_is_said_to_be_gone(folder: Folder) -> None:
    Path(folder.root).rmdir()
    for use in (folder.list, folder.snapshot, lambda: folder.read("a"), lambda: folder.write("a", b"")):
        with pytest.raises(UsageError, match=r"the workspace '.*' cannot be opened: No such file"):
            use()


@given(path=st.text(max_size=60) | st.text(alphabet="./\\x2ea~ *", max_size=30))
def test_whatever_path_a_model_writes_only_declared_errors_come_out(tmp_path_factory, path: str) -> None:
    base = tmp_path_factory.mktemp("any")
    (base / "work").mkdir()
    folder = Folder(base / "work", base / "keep")
    for use in (folder.read, folder.list, lambda path: folder.write(path, b"x"), folder.remove):
        with contextlib.suppress(AutoGPTError):
            use(path)
    assert [each.name for each in base.iterdir()] == ["work"]
