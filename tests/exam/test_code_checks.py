"""Checks that run code, in the real sandbox; the code would rather pass than be right."""

import json
import os
import py_compile
import subprocess
import sys
from importlib import resources

import anyio
import pytest

from autogpt.core.check import CommandSucceeds, FileExists, FileParses, PageAnswers, PythonHolds, TestsPass
from autogpt.exam.checks import CheckRunner

SOLUTION = """
def double(x):
    return x * 2

def broken(x):
    return {}["key"]

class Always:
    def __repr__(self):
        raise RuntimeError("no repr")

def always():
    return Always()
"""


@pytest.mark.parametrize(
    ("code", "passed", "evidence"),
    [
        ("from m import double\nassert double(2) == 4\nassert double(3) > 5", True,
         "holds: assert double(2) == 4\nholds: assert double(3) > 5"),
        ("from m import double", True, "the code ran without an error"),
        ("from m import double\nassert double(2) == 4\nassert double(2) == 5, 'twice two'\nassert double(0) == 0",
         False,
         "fails: assert double(2) == 5, 'twice two'\n  got 4, expected 5 ('twice two')\n"
         "holds: assert double(2) == 4\nholds: assert double(0) == 0"),
        ("from m import double\nassert double(1) == 2 and double(1) < 2", False,
         "fails: assert double(1) == 2 and double(1) < 2\n  double(1) < 2: got 2, expected < 2"),
        ("assert [] or 0", False, "fails: assert [] or 0\n  got 0, expected True"),
        ("assert not [1]", False, "fails: assert not [1]\n  got True, expected False"),
        ("from m import broken\nassert broken(1) == 2", False,
         "fails: assert broken(1) == 2\n  KeyError: 'key'\n  m.py:6 in broken: return {}[\"key\"]"),
        ("for n in (1, 2):\n    assert n == 1", False,
         "fails: for n in (1, 2):\n    assert n == 1\n  got 2, expected 1"),
        ("if True:\n    raise AssertionError('the list is short')", False, "the list is short"),
        ("import nowhere", False, "fails: import nowhere\n  ModuleNotFoundError: No module named 'nowhere'"),
        ("from m import always\nassert always() == 1", False,
         "fails: assert always() == 1\n  got <a Always whose repr raises RuntimeError>, expected 1"),
        ("input('name? ')", False,
         "fails: input('name? ')\n  EOFError: EOF when reading a line; the program waits for input that nobody gives"),
        ("def f(:", False, "fails: the check itself\n  is not valid Python: invalid syntax (<check>, line 1)"),
    ],
)  # fmt: skip
def test_python_that_holds_or_not_says_which_assert_and_what_was_got(lab, code: str, passed: bool, evidence: str):
    lab.put("m.py", SOLUTION)
    result = lab.check(PythonHolds(code=code))
    assert (result.passed, result.evidence) == (passed, evidence)


@pytest.mark.parametrize(
    "trick",
    [
        "import os; os._exit(0)",
        "import sys; sys.exit(0)",
        "raise SystemExit",
        "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
        "import atexit, os; atexit.register(lambda: os._exit(0)); raise KeyboardInterrupt",
        'import os\nfor fd in range(64):\n    try: os.write(fd, b\'\\n{"ok": true}\\n{"end": true}\\n\')\n'
        "    except OSError: pass\nos._exit(0)",
        "import os; os.close(1); os.close(2); os._exit(0)",
        "import builtins; builtins.print = lambda *a: None; raise Exception",
        "import sys; sys.stdout = None; sys.exit()",
        "import os; os.execvp('true', ['true'])",
        "print('{\"end\": true}')\nimport os; os._exit(0)",
        "def __getattr__(name): raise SystemExit(0)",
        "__all__ = ['__holds_0']\nimport os; os.write(1, b'{\"ok\": true}\\n{\"end\": true}\\n'); os._exit(0)",
    ],
)
def test_code_that_leaves_early_has_not_passed(lab, trick: str):
    lab.put("m.py", trick)
    result = lab.check(PythonHolds(code="from m import f\nassert f() == 1"))
    assert not result.passed
    assert result.evidence.startswith("fails: from m import f\n")


def test_code_that_never_ends_is_stopped_and_the_statement_named(lab, sandbox):
    lab.put("m.py", "def f():\n    while True:\n        pass\n")
    hasty = CheckRunner(lab.workspace, sandbox, lab.workspace.root, seconds=8)
    result = anyio.run(hasty.check, [PythonHolds(code="from m import f\nassert f() == 1")])[0]
    assert not result.passed
    assert result.evidence.startswith("fails: assert f() == 1\n  it was still running after")


def test_modules_of_the_workspace_do_not_stand_in_for_those_a_check_needs(lab):
    for name in ("json", "ast", "traceback", "pathlib", "pytest", "unittest", "encodings"):
        lab.put(f"{name}.py", "raise SystemExit(0)")
    lab.put("m.py", "def f():\n    return 1\n")
    lab.put("test_m.py", "from m import f\n\ndef test_f():\n    assert f() == 2\n")
    assert lab.check(PythonHolds(code="from m import f\nassert f() == 1")).passed
    assert not lab.check(TestsPass(path="test_m.py")).passed


def test_what_a_check_runs_leaves_no_bytecode_and_trusts_none(lab):
    lab.put("m.py", "def f():\n    return 1\n")
    planted = py_compile.compile(str(lab.folder / "m.py"), doraise=True)
    times = (lab.folder / "m.py").stat()
    lab.put("m.py", "def f():\n    return 2\n")
    # Same size and time as the source of the bytecode, so that an import would take that.
    os.utime(lab.folder / "m.py", ns=(times.st_atime_ns, times.st_mtime_ns))
    lab.put("test_m.py", "from m import f\n\ndef test_f():\n    assert f() == 2\n")
    assert lab.check(PythonHolds(code="from m import f\nassert f() == 2")).passed
    assert lab.check(TestsPass()).passed
    left = sorted(str(path) for path in lab.folder.rglob("*") if path.is_file())
    assert left == sorted([planted, str(lab.folder / "m.py"), str(lab.folder / "test_m.py")])


@pytest.mark.parametrize(
    ("tests", "passed", "evidence"),
    [
        ("def test_a():\n    assert True\n", True, "1 passed, 0 failed, 0 skipped (pytest)"),
        ("import unittest\nclass T(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(1, 1)\n", True,
         "1 passed, 0 failed, 0 skipped (pytest)"),
        ("def test_a():\n    assert 1 + 1 == 3\n", False,
         "0 passed, 1 failed, 0 skipped (pytest)\ntest_x.py::test_a: test_x.py:2: assert (1 + 1) == 3"),
        ("x = 1\n", False, "0 passed, 0 failed, 0 skipped (pytest); no test ran"),
        ("import pytest\n@pytest.mark.skip\ndef test_a():\n    pass\n", False,
         "0 passed, 0 failed, 1 skipped (pytest); no test ran"),
        ("import nowhere\ndef test_a():\n    pass\n", False, "No module named 'nowhere'"),
        ("import os\ndef test_a():\n    os._exit(0)\n", False, "exit status 0 before the check was over"),
        ("def test_a():\n    pass\ndef test_b():\n    raise SystemExit(0)\n", False, "1 passed, 1 failed"),
    ],
)  # fmt: skip
def test_tests_pass_only_if_some_ran_and_none_failed(lab, tests: str, passed: bool, evidence: str):
    lab.put("test_x.py", tests)
    result = lab.check(TestsPass(path="test_x.py"))
    assert result.passed is passed
    assert evidence in result.evidence


def test_settings_of_the_workspace_do_not_switch_tests_off(lab):
    lab.put("pytest.ini", "[pytest]\naddopts = --collect-only -q --cov=missing\n")
    lab.put("tests/test_x.py", "def test_a():\n    assert 1 == 2\n")
    result = lab.check(TestsPass(path="tests"))
    assert not result.passed
    assert "0 passed, 1 failed" in result.evidence


@pytest.mark.parametrize(
    ("check", "passed", "evidence"),
    [
        (CommandSucceeds(command="echo Hello   there", prints="Hello there"), True, "Hello there"),
        (CommandSucceeds(command="echo $((6 * 7)) >&2", prints="42"), True, "42"),
        (CommandSucceeds(command="[[ 1 == 1 ]] && cat", stdin="given", prints="given"), True, "given"),
        (CommandSucceeds(command="echo hello", prints="Hello"), False, "did not print 'Hello'\nstdout: hello"),
        (CommandSucceeds(command="echo oops >&2; exit 3"), False, "exit status 3\nstdout: \nstderr: oops"),
        (CommandSucceeds(command="python3 -c 'import sys; sys.exit(1)'"), False, "exit status 1"),
        (CommandSucceeds(command="echo \0"), False, ""),
    ],
)
def test_a_command_succeeds_by_its_exit_status_and_what_it_prints(
    lab, check: CommandSucceeds, passed: bool, evidence: str
):
    result = lab.check(check)
    assert result.passed is passed
    assert evidence in result.evidence


SERVER = """
import http.server, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/" else 404)
        self.end_headers()
        self.wfile.write("<h1>你好,   World</h1>".encode())

print("starting", flush=True)
http.server.HTTPServer(("127.0.0.1", 8901), Handler).serve_forever()
"""


@pytest.mark.parametrize(
    ("command", "path", "contains", "passed", "evidence"),
    [
        ("python3 server.py", "/", "你好, world", True, "/ answered 200"),
        ("python3 server.py &", "/", "World", True, "/ answered 200"),
        ("python3 server.py", "/", "Goodbye", False, "/ answered 200 without 'Goodbye'"),
        ("python3 server.py", "/x", "", False, "/x answered 404"),
        ("python3 missing.py", "/", "", False, "ended with exit status 2 and nothing listens on port 8901"),
        ("python3 -c 'raise ValueError(7)'", "/", "", False, "ValueError: 7"),
    ],
)
def test_a_page_answers_from_a_server_that_the_check_starts(lab, command, path, contains, passed, evidence):
    lab.put("server.py", SERVER)
    result = lab.check(PageAnswers(command=command, port=8901, path=path, contains=contains))
    assert result.passed is passed
    assert evidence in result.evidence


def test_parsing_in_the_sandbox_gives_what_parsing_beside_us_gives(lab):
    lab.put("a.py", "def f(:\n")
    lab.put("b.yaml", "a: 1\n")
    assert "SyntaxError" in lab.check(FileParses(path="a.py")).evidence
    assert lab.check(FileParses(path="b.yaml")).passed


def test_results_come_in_the_order_of_the_checks(lab):
    lab.put("a.txt", "a")
    checks = [FileExists(path="b.txt"), CommandSucceeds(command="true"), FileExists(path="a.txt")]
    results = anyio.run(lab.runner.check, checks)
    assert [(result.check, result.passed) for result in results] == list(zip(checks, (False, True, True), strict=True))
    assert all(result.seconds >= 0 for result in results)


UNITTEST = """
import unittest


class T(unittest.TestCase):
    def test_good(self):
        self.assertEqual(1, 1)

    def test_bad(self):
        self.assertEqual(1, 2)


def test_plain():
    assert True


def test_plain_bad():
    assert 1 == 2


def test_with_fixture(tmp_path):
    assert True
"""


def test_where_pytest_is_missing_unittest_runs_classes_and_plain_functions(tmp_path):
    (tmp_path / "test_x.py").write_text(UNITTEST)
    (tmp_path / "test_broken.py").write_text("import nowhere\n")
    folder = resources.files("autogpt.exam.inside")
    boot = folder.joinpath("boot.py").read_text().split("if __name__")[0] + "\n_boot()"
    brief = {"nonce": "N", "source": folder.joinpath("suite.py").read_text(), "payload": {"path": "."}}
    # -S leaves site-packages out, so that pytest is not there.
    argv = [sys.executable, "-I", "-S", "-B", "-c", boot]
    done = subprocess.run(argv, input=json.dumps(brief), cwd=tmp_path, capture_output=True, text=True, check=True)
    *failures, end = [json.loads(line[1:]) for line in done.stdout.splitlines() if line.startswith("N")]
    assert end == {"end": True, "by": "unittest", "passed": 2, "failed": 3, "skipped": 0}
    assert "test_broken.py cannot be imported" in failures[0]["why"]
    assert "AssertionError: 1 != 2" in failures[1]["why"]
