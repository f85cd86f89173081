"""A cell keeps state between calls, and hostile code in it can end it but not speak for it."""

import asyncio
import sys
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
import pytest

from autogpt.core.contracts import Program
from autogpt.core.errors import ToolError
from autogpt.sandbox import Limits, open_sandbox
from autogpt.sandbox.cell import SandboxCell

CHOICES = ["bubblewrap", "landlock"]
MIB = 1 << 20


def in_cell(
    workspace: Path, act: Callable[[SandboxCell], Awaitable[object]], choice: str = "bubblewrap", **limits: int
):
    async def main() -> object:
        cell = await open_sandbox(choice, Limits(**limits)).open(str(workspace))
        try:
            return await act(cell)
        finally:
            await cell.close()

    return anyio.run(main)


def sh(text: str, **options: object) -> Program:
    return Program(argv=("sh", "-c", text), **options)


@pytest.mark.parametrize("choice", CHOICES)
def test_names_are_kept_from_call_to_call(tmp_path, choice):
    async def act(cell):
        return [
            await cell.python(code)
            for code in ("import math\nx = 20", "x += 1\nprint('x is', x)\nx * 2", "math.pi > 3")
        ]

    done = in_cell(tmp_path, act, choice)
    assert [(d.exit, d.stdout) for d in done] == [(0, ""), (0, "x is 21\n42\n"), (0, "True\n")]


@pytest.mark.parametrize(
    ("code", "exit", "stdout", "stderr"),
    [
        ("1/0", 1, "", "ZeroDivisionError: division by zero"),
        ("def f(:", 1, "", "SyntaxError"),
        ("import sys; sys.exit(3)", 3, "", ""),
        ("raise SystemExit('no')", 1, "", "no"),
        ("import sys; print('o'); print('e', file=sys.stderr)", 0, "o\n", "e\n"),
        ("raise KeyboardInterrupt", -2, "", "KeyboardInterrupt"),
        ("", 0, "", ""),
        ("# nothing", 0, "", ""),
        ("async def f(): return 7\nimport asyncio\nasyncio.run(f())", 0, "7\n", ""),
    ],
)
def test_code_ends_as_it_would_at_a_prompt(tmp_path, code, exit, stdout, stderr):
    async def act(cell):
        return await cell.python(code), await cell.python("'still here'")

    done, after = in_cell(tmp_path, act)
    assert (done.exit, done.stdout, after.stdout) == (exit, stdout, "'still here'\n")
    assert stderr in done.stderr
    assert "inside.py" not in done.stderr
    assert "evaluate" not in done.stderr


def test_a_traceback_shows_the_line_of_the_code(tmp_path):
    done = in_cell(tmp_path, lambda cell: cell.python("def f():\n    return {}['key']\nf()"))
    assert "    return {}['key']" in done.stderr


@pytest.mark.parametrize("choice", CHOICES)
def test_when_the_time_is_up_names_are_kept_if_the_code_lets_itself_be_stopped(tmp_path, choice):
    async def act(cell):
        await cell.python("x = 5")
        endless = await cell.python("while True: pass", seconds=0.3)
        return endless, await cell.python("x")

    endless, after = in_cell(tmp_path, act, choice)
    assert (endless.ended_by, after.stdout) == ("time", "5\n")


def test_code_that_cannot_be_interrupted_loses_the_names_and_says_so(tmp_path):
    async def act(cell):
        await cell.python("x = 5")
        deaf = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
        return await cell.python(deaf, seconds=0.3), await cell.python("x")

    deaf, after = in_cell(tmp_path, act)
    assert (deaf.ended_by, deaf.exit) == ("time", -9)
    assert "names defined earlier are gone" in deaf.stderr
    assert "NameError" in after.stderr


@pytest.mark.parametrize("choice", CHOICES)
def test_a_program_runs_to_its_end_beside_the_interpreter(tmp_path, choice):
    async def act(cell):
        await cell.python("open('made', 'w').write('by python')")
        program = sh("cat made; cat; echo $EXTRA; exit 7", stdin=" and stdin\n", env={"EXTRA": "more"})
        return await cell.run(program)

    done = in_cell(tmp_path, act, choice)
    assert (done.exit, done.stdout, done.ended_by) == (7, "by python and stdin\nmore\n", "exit")


def test_what_a_program_leaves_running_ends_with_it(tmp_path):
    async def act(cell):
        await cell.run(
            sh("(setsid sleep 77 &) ; sleep 77 & nohup sh -c 'sleep 77 & sleep 77' >/dev/null 2>&1 & exit 0")
        )
        return await cell.run(sh("ps -ef | grep -c '[s]leep 77'"))

    assert in_cell(tmp_path, act).stdout == "0\n"


def test_a_server_started_in_the_background_is_reached_by_later_programs(tmp_path):
    (tmp_path / "index.html").write_text("hello")
    get = "import urllib.request as u\nprint(u.urlopen('http://127.0.0.1:8123/').read().decode())"
    wait = "until python3 -c 'import socket; socket.create_connection((\"127.0.0.1\", 8123))' 2>/dev/null; do :; done"

    async def act(cell):
        name = await cell.start(Program(argv=("python3", "-m", "http.server", "8123", "--bind", "127.0.0.1")))
        await cell.run(sh(wait, seconds=20))
        page = await cell.run(Program(argv=("python3", "-c", get)))
        from_python = await cell.python(get)
        text, running = await cell.log(name)
        last = await cell.stop(name)
        return name, page.stdout, from_python.stdout, text, running, last, await cell.log(name), await cell.stop(name)

    name, page, from_python, text, running, last, ended, again = in_cell(tmp_path, act)
    assert (name, page, from_python, running) == ("p1", "hello\n", "hello\n", None)
    assert "GET / HTTP/1.1" in text
    assert ended == (last, -9)
    assert again == last
    with pytest.raises(OSError, match=r"refused|unreachable"):
        urllib.request.urlopen("http://127.0.0.1:8123/", timeout=2)  # and never from outside


def test_the_log_keeps_the_last_64_kib(tmp_path):
    async def act(cell):
        name = await cell.start(sh("seq 1 100000; echo done"))
        while (await cell.log(name))[1] is None:
            await asyncio.sleep(0.01)
        return await cell.log(name)

    text, status = in_cell(tmp_path, act)
    assert (len(text), text[-11:], status) == (65536, "100000\ndone\n"[-11:], 0)


def test_an_unknown_background_process_is_named_with_the_known_ones(tmp_path):
    async def act(cell):
        await cell.start(sh("exit 0"))
        await cell.log("p9")

    with pytest.raises(ToolError, match=r"no background process 'p9'; known: p1"):
        in_cell(tmp_path, act)


@pytest.mark.parametrize(
    ("attack", "seconds"),
    [
        ("for p in $(ps -e -o pid=); do [ $p -ne 1 ] && [ $p -ne $$ ] && kill -9 $p; done", 20.0),
        ("kill -9 -1", 20.0),
        ("for p in $(ps -e -o pid=); do [ $p -ne $$ ] && kill -STOP $p; done; sleep 60", 0.5),
    ],
)
def test_who_ends_or_stops_the_agent_only_ends_the_cell(tmp_path, attack, seconds):
    async def act(cell):
        await cell.python("x = 1")
        name = await cell.start(sh("sleep 60"))
        attacked = await cell.run(sh(attack, seconds=seconds))
        return attacked, await cell.python("x"), await cell.log(name)

    attacked, after, background = in_cell(tmp_path, act)
    assert not attacked.ok
    assert after.stderr.startswith("[the sandbox had to be started again")
    assert "NameError" in after.stderr
    assert background == ("", -9)


def test_the_agent_cannot_be_written_to_or_spoken_for(tmp_path):
    code = """
import os, struct
got = []
for pid in os.listdir("/proc"):
    if pid.isdigit() and "pread" in open(f"/proc/{pid}/cmdline").read() and int(pid) not in (os.getpid(), os.getppid()):
        for name in ("mem", "fd/0", "environ", "maps"):
            try: got.append((pid, name, len(open(f"/proc/{pid}/{name}", "rb").read(1))))
            except OSError: pass
        try: got += os.listdir(f"/proc/{pid}/fd")
        except OSError: pass
for fd in range(3, 200):
    for forged in (struct.pack("=IcI", 0, b"x", 1), struct.pack("=IcI", 10, b"x", 1) + b'{"exit":0}'):
        try: os.write(fd, forged)
        except OSError: continue
        got.append(fd)
print(got)
"""
    done = in_cell(tmp_path, lambda cell: cell.run(Program(argv=("python3", "-c", code))))
    assert (done.exit, done.stdout) == (0, "[]\n")


def test_the_interpreter_speaks_for_itself_only(tmp_path):
    forge = (
        "import os, struct\n"
        "for fd in range(3, 64):\n"
        "    for _ in range(3):\n"
        "        try: os.write(fd, struct.pack('=i', 0) * 5)\n"
        "        except OSError: break\n"
        "print('after')\n"
    )

    async def act(cell):
        await cell.python(forge)
        return await cell.run(sh("echo real; exit 4"))

    done = in_cell(tmp_path, act)
    assert (done.exit, done.stdout) == (4, "real\n")


@pytest.mark.parametrize("where", ["run", "python"])
def test_a_job_over_its_memory_ends_without_the_others(tmp_path, where):
    hungry = "b = bytearray(1 << 31)\nfor i in range(0, len(b), 4096): b[i] = 1\nimport time; time.sleep(60)"

    async def act(cell):
        name = await cell.start(sh("sleep 60"))
        if where == "run":
            await cell.python("x = 8")
            program = Program(argv=("python3", "-c", hungry), memory_bytes=64 * MIB)
            return await cell.run(program), await cell.python("x"), await cell.log(name)
        return await cell.python(hungry), await cell.python("x = 8\nx"), await cell.log(name)

    done, after, background = in_cell(tmp_path, act)
    assert (done.ended_by, done.exit) == ("memory", -9)
    assert (after.stdout, background) == ("8\n", ("", None))


def test_a_cell_that_fills_the_disk_is_ended_as_a_whole(tmp_path):
    fill = "i=0; while true; do head -c 8000000 /dev/zero > f$i; i=$((i+1)); done"

    async def act(cell):
        return await cell.run(sh(fill, seconds=30)), await cell.python("1 + 1")

    done, after = in_cell(tmp_path, act, disk_bytes=64 * MIB)
    assert (done.ended_by, after.stdout) == ("disk", "2\n")
    assert "started again" in after.stderr


def test_a_flood_of_output_ends_the_job_and_keeps_its_head(tmp_path):
    async def act(cell):
        return await cell.run(sh("yes", seconds=20)), await cell.python("1 + 1")

    done, after = in_cell(tmp_path, act, output_kill_bytes=4 * MIB)
    assert (done.ended_by, done.stdout[:4], after.stdout) == ("output", "y\ny\n", "2\n")
    assert done.stdout.rstrip().endswith("more bytes]")
    assert len(done.stdout) < 300_000


def test_calls_run_side_by_side_and_get_their_own_output(tmp_path):
    async def act(cell):
        return await asyncio.gather(*(cell.run(sh(f"for i in 1 2 3; do echo {n}; done")) for n in range(8)))

    assert [done.stdout for done in in_cell(tmp_path, act)] == [f"{n}\n" * 3 for n in range(8)]


def test_a_cancelled_call_is_ended_and_the_cell_goes_on(tmp_path):
    async def act(cell):
        call = asyncio.create_task(cell.run(sh("touch begun; sleep 60")))
        while not (tmp_path / "begun").exists():
            await asyncio.sleep(0.01)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        return await cell.run(sh("ps -ef | grep -c '[s]leep 60'"))

    assert in_cell(tmp_path, act).stdout == "0\n"


def test_a_closed_cell_says_so(tmp_path):
    async def act(cell):
        await cell.close()
        await cell.close()
        await cell.python("1")

    with pytest.raises(ToolError, match="the cell is closed; open a new one"):
        in_cell(tmp_path, act)


@pytest.mark.parametrize(
    ("program", "advice"),
    [
        (Program(argv=()), "there is no command to run"),
        (Program(argv=("a\0b",)), "NUL"),
        (Program(argv=("true",), hosts=("example.org:443",)), "cannot be given hosts"),
    ],
)
def test_a_program_that_cannot_be_is_refused_with_advice(tmp_path, program, advice):
    with pytest.raises(ToolError, match=advice):
        in_cell(tmp_path, lambda cell: cell.run(program))


def test_a_missing_program_is_told_like_a_shell_would(tmp_path):
    done = in_cell(tmp_path, lambda cell: cell.run(Program(argv=("no-such-program",))))
    assert (done.exit, done.stderr) == (127, "no-such-program: No such file or directory\n")


def test_nothing_of_a_cell_is_left_when_it_is_closed(tmp_path):
    descriptors = len([*Path("/proc/self/fd").iterdir()])

    async def act(cell):
        await cell.start(sh("sleep 60"))
        await cell.python("1")

    for _ in range(3):
        in_cell(tmp_path, act)
    assert len([*Path("/proc/self/fd").iterdir()]) <= descriptors + 1  # the descriptor of the id map stays, once


def test_the_python_inside_is_that_of_this_environment(tmp_path):
    done = in_cell(tmp_path, lambda cell: cell.python("import sys, pytest\nsys.prefix"))
    assert done.stdout == f"{sys.prefix!r}\n"
