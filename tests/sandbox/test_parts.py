"""What the sandbox stands on: what is shown of the host, whose the files are, how folders are measured."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autogpt.core.errors import SandboxUnavailable
from autogpt.sandbox.disk import DiskWatch, changed_since
from autogpt.sandbox.idmap import swap
from autogpt.sandbox.limits import Limits
from autogpt.sandbox.ownership import Owner, hand_over, lent
from autogpt.sandbox.uids import Uids
from autogpt.sandbox.view import View, host_view
from autogpt.sandbox.walk import DEEPEST, TooDeep, walk
from autogpt.sandbox.watch import Writes, resident, tree

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


def test_everything_on_the_way_to_a_file_is_shown_with_its_links(tmp_path):
    real = tmp_path / "store" / "python-3.11.9"
    (real / "bin").mkdir(parents=True)
    (real / "bin" / "python3.11").touch()
    (real / "bin" / "python3").symlink_to("python3.11")
    (tmp_path / "store" / "python-3.11").symlink_to("python-3.11.9")
    (tmp_path / "current").symlink_to(tmp_path / "store" / "python-3.11")
    view = View()
    view.show(tmp_path / "current")
    view.show(tmp_path / "current" / "bin" / "python3")
    assert view.shown == [real]
    assert view.links == {
        tmp_path / "current": str(tmp_path / "store" / "python-3.11"),
        tmp_path / "store" / "python-3.11": "python-3.11.9",
    }


def test_a_loop_of_links_is_told(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(SandboxUnavailable, match="loop of links"):
        View().show(tmp_path / "a")


def test_the_view_shows_python_but_not_the_home_folder(tmp_path):
    view = host_view(tmp_path)
    assert view.covers(Path(sys.prefix).resolve())
    assert view.covers(Path(os.__file__).resolve())
    assert not view.covers(Path.home())
    assert not view.covers(Path("/etc/passwd"))


@pytest.mark.parametrize(("one", "other"), [(0, 60000), (1000, 60000), (60000, 60000), (60001, 60000), (65534, 60000)])
def test_swapped_ids_cover_all_once(one, other):
    parts = [tuple(map(int, line.split())) for line in swap(one, other).splitlines()]

    def mapped(number: int) -> int:
        (found,) = [outside + number - inside for inside, outside, count in parts if inside <= number < inside + count]
        return found

    assert (mapped(one), mapped(other)) == (other, one)
    for number in (0, 1, 999, 1001, 59999, 60002, 65535, 4_000_000_000):
        assert mapped(number) == {one: other, other: one}.get(number, number)
    assert sum(count for _, _, count in parts) == 0xFFFF_FFFF


@as_root
def test_a_lent_folder_comes_back_with_what_was_made_in_it(tmp_path):
    (tmp_path / "mine").write_text("x")
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "theirs").write_text("x")
    os.chown(tmp_path / "theirs", 4321, 4321)
    before = Path("/etc/passwd").stat()
    with lent(tmp_path, Owner(60000, 60000)):
        assert {name: (tmp_path / name).lstat().st_uid for name in ("mine", "link", "dangling", "theirs")} == {
            "mine": 60000,
            "link": 60000,
            "dangling": 60000,
            "theirs": 4321,
        }
        with lent(tmp_path, Owner(60000, 60000)):
            (tmp_path / "made").mkdir()
            (tmp_path / "made" / "deep").write_text("x")
            os.link(tmp_path / "made" / "deep", tmp_path / "second-name")
            for path in ("made", "made/deep"):
                os.chown(tmp_path / path, 60000, 60000)
        assert tmp_path.stat().st_uid == 60000  # the outer loan goes on
    owners = {path.name: path.lstat().st_uid for path in tmp_path.rglob("*")}
    assert owners == {"mine": 0, "link": 0, "dangling": 0, "theirs": 4321, "made": 0, "deep": 0, "second-name": 0}
    assert Path("/etc/passwd").stat() == before


@as_root
def test_a_file_with_a_second_name_outside_is_not_given_away(tmp_path):
    outside, folder = tmp_path / "outside", tmp_path / "folder"
    outside.write_text("x")
    folder.mkdir()
    os.link(outside, folder / "inside")
    with lent(folder, Owner(60000, 60000)):
        assert outside.stat().st_uid == 0


@as_root
def test_what_a_killed_run_left_behind_goes_to_us(tmp_path):
    (tmp_path / "a").write_text("x")
    hand_over(tmp_path, Owner(0, 0), Owner(60000, 60000), several_names=False)
    with lent(tmp_path, Owner(60000, 60000)):
        pass
    assert {tmp_path.stat().st_uid, (tmp_path / "a").stat().st_uid} == {0}


def test_two_users_of_the_uids_never_get_the_same_one():
    one, other = Uids(), Uids()
    taken = [one.take(), other.take(), one.take(), other.take()]
    assert len(set(taken)) == 4
    one.give_back(taken[0])
    one.give_back(taken[2])
    again = other.take()
    assert again not in (taken[1], taken[3])
    for uid in (taken[1], taken[3], again):
        other.give_back(uid)


def test_a_walk_follows_no_link_and_finds_everything(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c").touch()
    (tmp_path / "out").symlink_to("/usr")
    os.mkfifo(tmp_path / "fifo")
    assert sorted(name for _, name, _ in walk(tmp_path)) == ["a", "b", "c", "fifo", "out"]


def test_a_walk_ends_where_it_gets_absurdly_deep(tmp_path):
    script = f"cd {tmp_path} && for i in $(seq {DEEPEST + 5}); do mkdir d && cd d; done"
    subprocess.run(["sh", "-c", script], check=True)
    with pytest.raises(TooDeep):
        list(walk(tmp_path))
    assert list(changed_since((tmp_path,), 0))[-1][1] > 1_000_000


def test_only_what_changed_since_counts(tmp_path):
    (tmp_path / "old").write_bytes(bytes(1_000_000))
    mark = (tmp_path / "old").stat().st_ctime_ns + 1
    new = tmp_path / "new"
    while not new.exists() or new.stat().st_ctime_ns < mark:
        new.write_bytes(bytes(50_000))  # until the coarse clock of the file system has moved on
    os.utime(new, (1, 1))
    os.link(new, tmp_path / "again")
    used, entries = list(changed_since((tmp_path,), mark))[-1]
    assert (used, entries) == (new.stat().st_blocks * 512, 2)  # the bytes once, each of its names


def test_a_watch_never_allows_more_than_half_of_what_is_left(tmp_path):
    watch = DiskWatch((tmp_path,), Limits(disk_bytes=1 << 60), Writes(os.getpid()), lambda: ())
    watch.close()
    assert watch.bytes <= os.statvfs(tmp_path).f_bavail * os.statvfs(tmp_path).f_frsize // 2 + (1 << 30)


def test_what_a_process_wrote_counts_after_its_end(tmp_path):
    code = "import sys\nwith open('f', 'wb') as f: f.write(bytes(1 << 23))\nprint(flush=True); sys.stdin.read()"
    child = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    writes = Writes(child.pid)
    before = writes.look()
    child.communicate()
    assert before >= 1 << 23
    assert Writes(child.pid).look() == 0
    assert writes.look() >= 1 << 23


def test_the_tree_of_a_process_and_its_memory_are_found():
    child = subprocess.Popen(["sh", "-c", "sleep 60 & echo; wait"], stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None
        child.stdout.readline()
        pids = tree(child.pid)
        assert len(pids) == 2
        assert resident(pids) > 500_000
    finally:
        for pid in reversed(tree(child.pid)):
            os.kill(pid, 9)
        child.wait()
    assert tree(child.pid) == [child.pid]
