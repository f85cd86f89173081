"""Snapshots of the workspace: what was there can be compared with and brought back."""

import os
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autogpt.core.errors import ToolError, UsageError
from autogpt.sandbox.restoring import Restoration
from autogpt.sandbox.snapshots import Snapshots
from autogpt.sandbox.workspace import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    (tmp_path / "work").mkdir()
    return Folder(tmp_path / "work", tmp_path / "keep")


def picture(root: Path) -> dict[str, object]:
    """Everything below a folder, as it really is."""
    seen: dict[str, object] = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if path.is_symlink():
            seen[name] = ("link", str(path.readlink()))
        elif path.is_dir():
            seen[name] = ("folder", path.stat().st_mode & 0o777)
        else:
            seen[name] = (path.read_bytes(), path.stat().st_mode & 0o777)
    return seen


def test_restore_brings_back_files_links_modes_and_removes_what_is_new(folder: Folder) -> None:
    root = Path(folder.root)
    folder.write("src/a.py", b"a = 1\n")
    folder.write("run.sh", b"echo\n")
    (root / "run.sh").chmod(0o755)
    (root / "empty").mkdir(mode=0o750)
    (root / "link").symlink_to("src/a.py")
    before, first = picture(root), folder.snapshot()

    folder.remove("src")
    folder.write("src", b"a file now")
    folder.remove("link")
    folder.write("link/was/link.txt", b"folder now")
    (root / "run.sh").chmod(0o600)
    (root / "empty").rmdir()
    folder.write("new/deep/file", b"new")
    os.mkfifo(root / "pipe")

    changed = ("empty/", "link", "link/was/link.txt", "new/deep/file", "pipe", "run.sh", "src", "src/a.py")
    assert folder.bring_back(first) == Restoration(changed, ())
    assert picture(root) == before
    assert folder.snapshot() == first


def test_the_same_content_has_the_same_id_wherever_and_whenever(tmp_path: Path) -> None:
    ids: list[str] = []
    for name, order in (("one", ("b", "a")), ("two", ("a", "b"))):
        (tmp_path / name).mkdir()
        folder = Folder(tmp_path / name, tmp_path / f"keep-{name}")
        for path in order:
            folder.write(path, path.encode())
            os.utime(tmp_path / name / path, (1, len(ids) + 2))
        ids.append(folder.snapshot())
    assert ids[0] == ids[1]


def test_a_change_of_equal_length_with_the_old_time_stamp_is_seen(folder: Folder) -> None:
    path = Path(folder.root) / "a"
    path.write_bytes(b"one")
    info = path.stat()
    first = folder.snapshot()
    with path.open("r+b") as file:
        file.write(b"two")
    os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))
    second = folder.snapshot()
    assert folder.changes(first, second) == ("a",)


def test_changes_tell_files_and_only_those_folders_that_say_something(folder: Folder) -> None:
    folder.write("kept", b"1")
    folder.write("a/gone", b"1")
    first = folder.snapshot()
    folder.remove("a")
    folder.write("b/c/new", b"1")
    (Path(folder.root) / "bare").mkdir()
    folder.write("__pycache__/x.pyc", b"1")
    assert folder.changes(first, folder.snapshot()) == ("a/gone", "b/c/new", "bare/")


def test_a_diff_shows_text_and_says_what_else_changed(folder: Folder) -> None:
    folder.write("a.txt", "one\ntwo\n三\n".encode())
    folder.write("b.bin", b"\0\1")
    folder.write("m", b"same")
    first = folder.snapshot()
    folder.write("a.txt", "one\n2\n三\n".encode())
    folder.write("b.bin", b"\0\1\2")
    folder.write("n.txt", b"no end of line")
    (Path(folder.root) / "m").chmod(0o700)
    (Path(folder.root) / "new").mkdir()
    told = folder.diff(first, folder.snapshot())
    assert told == (
        "--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n 三\n"
        "b.bin: changed, 2 -> 3 bytes\n"
        "m: mode 644 -> 700\n"
        "--- a/n.txt\n+++ b/n.txt\n@@ -0,0 +1 @@\n+no end of line\n\\ No newline at end of file\n"
        "new/: made\n"
    )


@pytest.mark.parametrize("most", [0, 50, 200, 1_000])
def test_a_long_diff_is_cut_at_a_line_and_says_so(folder: Folder, most: int) -> None:
    first = folder.snapshot()
    for number in range(20):
        folder.write(f"f{number:02}", b"line\n" * 30)
    told = folder.diff(first, folder.snapshot(), most)
    assert len(told) <= most
    assert "".join(told.splitlines(keepends=True)[-1:]).startswith("... cut here"[:most])


def test_text_made_to_be_slow_to_compare_is_not_compared(folder: Folder) -> None:
    folder.write("a", b"x\ny\n" * 900)
    first = folder.snapshot()
    folder.write("a", b"y\nx\n" * 900)
    assert folder.diff(first, folder.snapshot()).endswith("(1,800 -> 1,800 lines, too many to compare)\n")


def sized(folder: Folder, tmp_path: Path, **limits: int) -> tuple[Snapshots, int]:
    return Snapshots(tmp_path / "small", **limits), os.open(folder.root, os.O_RDONLY)


def test_what_is_too_large_to_keep_is_compared_left_alone_and_named(folder: Folder, tmp_path: Path) -> None:
    keep, root = sized(folder, tmp_path, largest=100)
    folder.write("big", b"a" * 200)
    folder.write("small", b"1")
    first = keep.take(root)
    folder.write("big", b"b" * 200)
    folder.write("small", b"2")
    assert keep.changes(first, keep.take(root)) == ("big", "small")
    assert keep.restore(root, first) == Restoration(("small",), ("big",))
    assert folder.read("big") == b"b" * 200
    folder.remove("big")
    assert keep.restore(root, first) == Restoration((), ("big",))
    os.close(root)


def test_what_is_remembered_of_a_file_is_dropped_when_it_changes_or_is_forgotten(
    folder: Folder, tmp_path: Path
) -> None:
    keep, root = sized(folder, tmp_path, tick=0)
    path = Path(folder.root) / "a"
    path.write_bytes(b"old")
    first = keep.take(root)
    path.write_bytes(b"newer")
    second = keep.take(root)
    for snapshot, content in ((first, b"old"), (second, b"newer")):
        folder.remove("a")
        assert keep.restore(root, snapshot) == Restoration(("a",), ())
        assert path.read_bytes() == content
    assert keep.take(root) == second
    keep.retain([])
    assert keep.take(root) == second
    folder.remove("a")
    assert keep.restore(root, second) == Restoration(("a",), ())
    os.close(root)


def test_a_large_file_that_was_only_moved_comes_back(folder: Folder, tmp_path: Path) -> None:
    keep, root = sized(folder, tmp_path, largest=100)
    folder.write("data/big", b"a" * 200)
    first = keep.take(root)
    folder.move("data/big", "elsewhere/renamed")
    folder.remove("data")
    assert keep.restore(root, first) == Restoration(("data/big", "elsewhere/renamed"), ())
    assert [entry.path for entry in folder.list()] == ["data/", "data/big"]
    os.close(root)


def test_a_terabyte_of_nothing_costs_nothing(folder: Folder) -> None:
    with (Path(folder.root) / "huge").open("wb") as file:
        file.truncate(2**40)
    first = folder.snapshot()
    folder.write("a", b"1")
    assert folder.bring_back(first) == Restoration(("a",), ())


def test_beyond_the_budget_the_smallest_files_are_kept(folder: Folder, tmp_path: Path) -> None:
    keep, root = sized(folder, tmp_path, budget=150)
    for name, size in (("a", 120), ("b", 100), ("c", 40)):
        folder.write(name, name.encode() * size)
    first = keep.take(root)
    for name in "abc":
        folder.remove(name)
    assert keep.restore(root, first) == Restoration(("b", "c"), ("a",))
    os.close(root)


def test_a_full_keep_still_compares(folder: Folder, tmp_path: Path) -> None:
    keep, root = sized(folder, tmp_path, store=0)
    folder.write("a", b"1")
    first = keep.take(root)
    folder.write("a", b"2")
    assert keep.changes(first, keep.take(root)) == ("a",)
    assert keep.restore(root, first) == Restoration((), ("a",))
    os.close(root)


def test_setuid_found_in_the_workspace_is_stripped(folder: Folder) -> None:
    path = Path(folder.root) / "tool"
    path.write_text("x")
    path.chmod(0o6755)
    folder.snapshot()
    assert path.stat().st_mode & 0o7777 == 0o755


def test_odd_names_and_link_targets_come_back_byte_for_byte(folder: Folder) -> None:
    root = os.fsencode(folder.root)
    with open(root + b"/\xff\n\\x41", "wb") as file:  # noqa: PTH123
        file.write(b"odd")
    (Path(folder.root) / "l").symlink_to(os.fsdecode(b"\xfe\x1b"))
    first = folder.snapshot()
    for path in Path(folder.root).iterdir():
        path.unlink()
    folder.restore(first)
    assert {os.fsencode(path.name) for path in Path(folder.root).iterdir()} == {b"\xff\n\\x41", b"l"}
    assert os.fsencode((Path(folder.root) / "l").readlink()) == b"\xfe\x1b"
    assert folder.snapshot() == first


def test_environments_and_caches_are_left_alone(folder: Folder) -> None:
    folder.write("a.py", b"1")
    first = folder.snapshot()
    folder.write(".venv/bin/python", b"1")
    folder.write("__pycache__/other.pyc", b"1")
    assert folder.snapshot() == first
    assert folder.restore(first) == ()
    assert folder.read(".venv/bin/python") == b"1"


def test_forgotten_snapshots_are_gone_and_the_others_are_whole(folder: Folder, tmp_path: Path) -> None:
    folder.write("a", b"1")
    first = folder.snapshot()
    folder.write("a", b"2")
    second = folder.snapshot()
    Snapshots(tmp_path / "keep").retain([second, "0" * 64])
    folder.write("a", b"3")
    assert folder.restore(second) == ("a",)
    with pytest.raises(ToolError, match="no snapshot"):
        folder.restore(first)
    folder.write("a", b"1")
    assert folder.snapshot() == first
    folder.write("a", b"4")
    assert folder.restore(first) == ("a",)


@pytest.mark.parametrize("name", ["", "x", "../../etc/passwd", "0" * 64, "'; DROP TABLE manifests; --"])
def test_an_unknown_snapshot_is_an_answer_not_a_crash(folder: Folder, name: str) -> None:
    with pytest.raises(ToolError, match="no snapshot"):
        folder.restore(name)


def test_damage_in_the_keep_is_noticed_before_anything_is_overwritten(folder: Folder, tmp_path: Path) -> None:
    folder.write("a", b"good")
    first = folder.snapshot()
    folder.write("a", b"newer")
    with sqlite3.connect(tmp_path / "keep" / "snapshots.sqlite") as database:
        database.execute("UPDATE contents SET body = x'00'")
    database.close()
    assert folder.bring_back(first) == Restoration((), ("a",))
    assert folder.read("a") == b"newer"
    with sqlite3.connect(tmp_path / "keep" / "snapshots.sqlite") as database:
        database.execute("UPDATE manifests SET body = x'00'")
    database.close()
    with pytest.raises(ToolError, match="damaged"):
        folder.restore(first)


def test_a_keep_that_cannot_be_written_is_told(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "keep").write_text("a file is in the way")
    with pytest.raises(UsageError, match="cannot be copied to"):
        folder.snapshot()
    (tmp_path / "keep").unlink()
    (tmp_path / "keep").mkdir()
    (tmp_path / "keep" / "snapshots.sqlite").write_text("not a database " * 100)
    with pytest.raises(UsageError, match="cannot be kept in"):
        folder.snapshot()


def test_workspaces_that_share_a_keep_do_not_disturb_each_other(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one, two = (Folder(tmp_path / name, tmp_path / "keep") for name in ("one", "two"))
    one.write("a", b"1" * 100)
    two.write("b", b"2")
    first, other = one.snapshot(), two.snapshot()
    one.write("a", b"3")
    assert (two.snapshot(), one.restore(first), one.snapshot()) == (other, ("a",), first)
    assert two.restore(first) == ("a", "b")
    assert two.read("a") == b"1" * 100


def test_more_than_one_batch_of_contents_comes_back(folder: Folder) -> None:
    for number in range(6):
        folder.write(f"{number}", bytes([number]) * 10_000_000)
    first = folder.snapshot()
    for number in range(6):
        folder.remove(f"{number}")
    assert folder.bring_back(first) == Restoration(("0", "1", "2", "3", "4", "5"), ())
    assert folder.snapshot() == first


names = st.sampled_from(["a", "b", "d/a", "d/b", "d/e/f", "e"])
contents = st.binary(max_size=5)
trees = st.dictionaries(names, contents, max_size=6)


@settings(max_examples=60, deadline=None)
@given(old=trees, new=trees)
def test_any_tree_comes_back_from_any_other(tmp_path_factory, old: dict[str, bytes], new: dict[str, bytes]) -> None:
    base = tmp_path_factory.mktemp("any")
    (base / "work").mkdir()
    folder = Folder(base / "work", base / "keep")
    for path, content in old.items():
        folder.write(path, content)
    before, first = picture(base / "work"), folder.snapshot()
    for entry in folder.list():
        if entry.path.rstrip("/").count("/") == 0:
            folder.remove(entry.path)
    for path, content in new.items():
        folder.write(path, content)
    second = folder.snapshot()
    assert (first == second) == (old == new)
    assert set(folder.changes(first, second)) == {p for p in old.keys() | new.keys() if old.get(p) != new.get(p)}
    assert folder.restore(first) == folder.changes(second, first)
    assert picture(base / "work") == before


def test_only_the_paths_that_are_named_are_put_back(folder: Folder) -> None:
    root = Path(folder.root)
    folder.write("kept/a", b"1")
    folder.write("b", b"1")
    first = folder.snapshot()
    folder.remove("kept")
    folder.write("kept", b"a file now")
    folder.write("b", b"2")
    folder.write("new", b"2")
    changed = folder.restore(first, ["kept/a", "never/there"])
    assert set(changed) == {"kept", "kept/a"}
    assert {path: (root / path).read_bytes() for path in ("kept/a", "b", "new")} == {
        "kept/a": b"1",
        "b": b"2",
        "new": b"2",
    }


def test_what_a_program_locked_can_still_be_restored_and_removed(folder: Folder) -> None:
    folder.write("d/e/f", b"1")
    before, first = picture(Path(folder.root)), folder.snapshot()
    folder.write("d/new/g", b"1")
    folder.write("extra/a/b", b"1")
    for path in ("d/e/f", "d/e", "d/new", "d", "extra/a", "extra"):
        (Path(folder.root) / path).chmod(0)
    folder.restore(first)
    assert picture(Path(folder.root)) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_no_obstacle(folder: Folder) -> None:
    folder.write("locked", b"1")
    (Path(folder.root) / "locked").chmod(0)
    first = folder.snapshot()
    with pytest.raises(ToolError, match="permission denied"):
        folder.read("locked")
    folder.write("a", b"1")
    assert folder.bring_back(first) == Restoration(("a",), ())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_refused(tmp_path: Path) -> None:
    for mode, word in ((0o500, "written to"), (0o300, "read")):
        (tmp_path / "work").mkdir(exist_ok=True)
        (tmp_path / "work").chmod(mode)
        with pytest.raises(UsageError, match=f"cannot be {word}"):
            Folder(tmp_path / "work", tmp_path / "keep")
    (tmp_path / "work").chmod(0o700)
