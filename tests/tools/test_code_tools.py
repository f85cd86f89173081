import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from autogpt.core.action import Action, Observation
from autogpt.core.contracts import Finished, Sandbox
from autogpt.core.errors import ToolError
from autogpt.sandbox.sandbox import open_sandbox
from autogpt.sandbox.workspace import Folder
from autogpt.tools.code import report, shell
from autogpt.tools.here import Here
from autogpt.tools.processes import address
from autogpt.tools.standard import TOOLS
from autogpt.tools.toolbox import Box


@dataclass
class Tools:
    """Calls the tools of a box."""

    box: Box

    async def __call__(self, tool: str, **args: object) -> Observation:
        return await self.box.run(Action(id="1", tool=tool, args=args))


class Blobs:
    def put(self, content: bytes, /) -> str:
        return hashlib.sha256(content).hexdigest()


Story = Callable[[Path, Tools], Awaitable[None]]


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return open_sandbox()


@pytest.fixture
def live(tmp_path: Path, sandbox: Sandbox) -> Callable[[Story], None]:
    """Run a story that is given the folder and the tools, with a real sandbox, in one event loop."""

    def run(story: Story) -> None:
        async def whole() -> None:
            folder = tmp_path / "work"
            folder.mkdir()
            box = Box(TOOLS, Here(Folder(folder, tmp_path / "keep"), sandbox, Blobs()))
            try:
                await story(folder, Tools(box))
            finally:
                await box.close()

        anyio.run(whole)

    return run


def test_python_started_fresh_sees_the_workspace_and_leaves_no_file_behind(live):
    async def story(folder, do):
        (folder / "helper.py").write_text("def double(x):\n    return 2 * x\n")
        seen = await do(
            "run_python",
            code="import helper, sys\nprint(helper.double(21), __name__, sys.argv)\nopen('out.txt', 'w').write('x')",
            keep_state=False,
        )
        assert (seen.ok, seen.content) == (True, "42 __main__ ['program.py']")
        assert {path for path in seen.changed if "__pycache__" not in path} == {"out.txt"}
        assert not (await do("run_python", code="print(helper)", keep_state=False)).ok

    live(story)


def test_a_fresh_program_that_fails_shows_its_own_lines_and_nothing_of_how_it_was_started(live):
    async def story(folder, do):
        seen = await do("run_python", code="def f(x):\n    return 1 / x\n\nf(0)\n", keep_state=False)
        assert not seen.ok
        assert seen.content == (
            "Traceback (most recent call last):\n"
            '  File "program.py", line 4, in <module>\n'
            "    f(0)\n"
            '  File "program.py", line 2, in f\n'
            "    return 1 / x\n"
            "           ~~^~~\n"
            "ZeroDivisionError: division by zero\n"
            "  x = 0\n"
            "[exit status 1]"
        )
        wrong = await do("run_python", code="print((", keep_state=False)
        assert "'(' was never closed" in wrong.content
        names = await do("run_python", code="print([n for n in globals() if n[0] != '_'])", keep_state=False)
        assert names.content == "[]"
        assert (await do("run_python", code="import sys\nsys.exit(3)", keep_state=False)).content == "[exit status 3]"

    live(story)


def test_files_named_like_modules_of_the_library_do_not_hinder_a_fresh_program(live):
    async def story(folder, do):
        for name in ("traceback", "linecache", "tokenize"):
            (folder / f"{name}.py").write_text("raise SystemExit('shadowed')")
        assert (await do("run_python", code="print(1)", keep_state=False)).content == "1"
        assert "ZeroDivisionError" in (await do("run_python", code="1 / 0", keep_state=False)).content

    live(story)


TESTED = """
import unittest
class T(unittest.TestCase):
    def test_sum(self):
        self.assertEqual(1 + 1, 2)
unittest.main()
"""


def test_a_fresh_program_is_the_main_module_to_unittest_and_pickle(live):
    async def story(folder, do):
        assert "Ran 1 test" in (await do("run_python", code=TESTED, keep_state=False)).content
        code = "import pickle\nclass A: pass\nprint(type(pickle.loads(pickle.dumps(A()))).__name__)"
        assert (await do("run_python", code=code, keep_state=False)).content == "A"

    live(story)


def test_python_keeps_names_between_calls_until_the_box_is_closed(live):
    async def story(folder, do):
        assert (await do("run_python", code="total = 41")).ok
        assert (await do("run_python", code="total += 1\nprint(total)")).content == "42"
        failed = await do("run_python", code="print('before')\nraise ValueError('no')")
        assert not failed.ok
        assert "before" in failed.content
        assert "ValueError: no" in failed.content
        assert (await do("run_python", code="print(total)")).content == "42"
        await do.box.close()
        assert "NameError" in (await do("run_python", code="print(total)")).content

    live(story)


def test_what_is_not_installed_and_a_wait_for_typing_come_with_advice(live):
    async def story(folder, do):
        seen = await do("run_python", code="import nosuchlibrary.part", keep_state=False)
        assert "use Python's standard library" in seen.content
        seen = await do("run_python", code="import nosuchlibrary", keep_state=True)
        assert "use Python's standard library" in seen.content
        (folder / "ask.py").write_text("print('hello', input())")
        assert "as `stdin` of run_command" in (await do("run_command", command="python3 ask.py")).content
        assert (await do("run_command", command="python3 ask.py", stdin="you\n")).content == "hello you"

    live(story)


def test_a_command_that_fails_shows_both_streams_and_its_status(live):
    async def story(folder, do):
        seen = await do("run_command", command="echo out; echo err >&2; [[ a == a ]] && exit 7")
        assert (seen.ok, seen.content) == (False, "out\n[stderr]\nerr\n[exit status 7]")
        seen = await do("run_command", command="true")
        assert (seen.ok, seen.content) == (True, "(it succeeded and printed nothing)")
        seen = await do("run_command", command="mkdir -p a && echo x > a/b.txt")
        assert seen.changed == ("a/b.txt",)
        assert "+x" in seen.diff
        assert (await do("undo")).changed == ("a/b.txt",)
        assert list(folder.iterdir()) == []

    live(story)


@pytest.mark.parametrize("keep_state", [True, False])
def test_code_without_end_is_stopped_and_told_what_to_use_instead(live, keep_state):
    async def story(folder, do):
        seen = await do("run_python", code="while True: pass", keep_state=keep_state, seconds=0.5)
        assert not seen.ok
        assert "its time was over" in seen.content
        assert (await do("run_python", code="print(1)", keep_state=keep_state)).content == "1"

    live(story)


APP = """
from http.server import BaseHTTPRequestHandler, HTTPServer
class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        found = self.path != "/none"
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "image/png" if self.path == "/picture" else "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(f"<h1>你好 {self.path}</h1>".encode())
HTTPServer(("127.0.0.1", 8123), Page).serve_forever()
"""


def test_a_web_app_is_started_fetched_logged_and_stopped(live):
    async def story(folder, do):
        await do("write_file", path="app.py", content=APP)
        started = await do("start_process", command="python3 -u app.py")
        assert started.ok
        name = started.content.partition(" ")[0]
        page = await do("http_get", url="http://localhost:8123/a?b=c")
        assert page.content == "status 200 OK\nContent-Type: text/html; charset=utf-8\n\n<h1>你好 /a?b=c</h1>"
        assert (await do("http_get", url="127.0.0.1:8123/none")).content.startswith("status 404 Not Found")
        assert "[binary, " in (await do("http_get", url="http://localhost:8123/picture")).content
        assert "<h1>" in (await do("run_command", command="python3 - <<'X'\n" + FETCH + "X")).content
        log = await do("process_log", name=name)
        assert log.content.startswith(f"{name} is running")
        assert "GET /a?b=c" in log.content
        assert (await do("stop_process", name=name)).ok
        assert f"{name} has ended" in (await do("process_log", name=name)).content

    live(story)


FETCH = "import urllib.request as u\nprint(u.urlopen('http://127.0.0.1:8123/').read().decode())\n"


def test_a_program_that_ends_at_once_is_not_said_to_run(live):
    async def story(folder, do):
        seen = await do("start_process", command="echo no such thing; exit 4")
        assert not seen.ok
        assert "ended at once with exit status 4\nno such thing" in seen.content
        seen = await do("start_process", command="true")
        assert (seen.ok, seen.content.partition(" ")[2]) == (True, "has already ended, with exit status 0")
        for tool in ("process_log", "stop_process"):
            unknown = await do(tool, name="p99")
            assert not unknown.ok

    live(story)


def test_what_a_background_process_writes_between_calls_is_told_with_the_next_one(live):
    async def story(folder, do):
        started = await do("start_process", command="sleep 2; echo x > late.txt; echo written; exec sleep 600")
        name = started.content.partition(" ")[0]
        while "written" not in (await do("process_log", name=name)).content:
            await anyio.lowlevel.checkpoint()
        seen = await do("write_file", path="a.txt", content="a")
        assert {*started.changed, *seen.changed} == {"late.txt", "a.txt"}

    live(story)


def test_nothing_but_the_sandboxs_own_loopback_can_be_fetched(live):
    async def story(folder, do):
        seen = await do("http_get", url="http://localhost:9/")
        assert (seen.ok, "nothing listens on 127.0.0.1:9" in seen.content) == (False, True)

    live(story)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "http://169.254.169.254/latest",
        "https://localhost/",
        "file:///etc/passwd",
        "http://user:word@localhost/",
        "http://localhost@example.org/",
        "http://localhost\\@example.org/",
        "http://127.0.0.1.example.org/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://localhost:0/",
        "http://localhost:99999/",
        "http://localhost:a/",
        "http://[::1",
        "http://localhost/a b",
        "http://localhost/\r\nX: y",
        "http://localhost/中",
        "http://",
        "",
    ],
)
def test_a_url_that_is_not_on_the_loopback_is_refused(url):
    with pytest.raises(ToolError):
        address(url)


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("http://localhost:8000", ("127.0.0.1", 8000, "/")),
        ("http://LOCALHOST:8000/a/../b?c=d#e", ("127.0.0.1", 8000, "/a/../b?c=d")),
        ("localhost/x", ("127.0.0.1", 80, "/x")),
        ("127.0.0.1:5000?q", ("127.0.0.1", 5000, "/?q")),
    ],
)
def test_a_url_on_the_loopback_is_taken_apart(url, parts):
    assert address(url) == parts


@pytest.mark.parametrize("command", ["", "  \n", "echo a\0b", "x" * 200_000])
def test_a_command_no_shell_takes_is_refused_with_advice(command):
    with pytest.raises(ToolError):
        shell(command)


@pytest.mark.parametrize(
    ("finished", "told"),
    [
        (Finished(exit=-9, stdout="", stderr="", seconds=1, ended_by="memory"), "[stopped: it used too much memory. "),
        (Finished(exit=-11, stdout="a", stderr="", seconds=1), "a\n[ended by signal 11]"),
        (Finished(exit=0, stdout="a", stderr="", seconds=1, ended_by="output"), "a\n[stopped: it printed far too much"),
        (Finished(exit=-9, stdout="", stderr="", seconds=1, ended_by="disk"), "[stopped: it wrote too much to disk]"),
    ],
)
def test_how_a_program_was_stopped_is_told(finished, told):
    with pytest.raises(ToolError) as error:
        report(finished)
    assert str(error.value).startswith(told)


def test_the_same_result_reads_the_same_however_long_it_took():
    one = Finished(exit=0, stdout="a\n", stderr="warning\n", seconds=1)
    assert report(one) == report(one.model_copy(update={"seconds": 2.0})) == "a\n[stderr]\nwarning"


def test_what_a_run_prints_without_end_reaches_the_agent_capped_and_clean(live):
    async def story(folder, do):
        code = "import sys\nfor n in range(20000): print('\\x1b[31m', n)\nprint('last')"
        seen = await do("run_python", code=code, keep_state=False)
        assert seen.ok
        assert len(seen.content) <= 6000
        assert "\x1b" not in seen.content
        assert "characters left out" in seen.content
        assert seen.content.endswith("last")
        assert seen.artifact

    live(story)


def test_a_fresh_program_gets_the_folders_of_the_files_it_writes_and_of_none_it_reads(live):
    async def story(folder, do):
        code = "import pathlib\nopen('a/b/c.txt', 'w').write('1')\npathlib.Path('d/e.txt').write_text('2')\n"
        code += "open('f/g.txt')"
        seen = await do("run_python", code=code, keep_state=False)
        assert "No such file or directory: 'f/g.txt'" in seen.content
        assert (folder / "a/b/c.txt").read_text() + (folder / "d/e.txt").read_text() == "12"
        assert not (folder / "f").exists()

    live(story)


def test_an_error_tells_the_values_in_the_line_that_failed(live):
    async def story(folder, do):
        code = "line = '10.0.0.1 GET -'\ncount = 3\ntotal = count + int(line.split()[2])"
        seen = await do("run_python", code=code, keep_state=False)
        assert "  count = 3\n" in seen.content
        assert "  line.split() = [0] '10.0.0.1', [1] 'GET', [2] '-'" in seen.content

    live(story)
