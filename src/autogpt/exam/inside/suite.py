"""Runs the tests at a path with pytest, or unittest where pytest is missing, and tells what each outcome was.

The outcome is told by us, after the last test, over the protected voice: an exit status or a summary that the tested
code printed counts for nothing.
"""

import importlib
import importlib.util
import inspect
import os
import sys
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

Tell = Callable[[dict[str, Any]], None]


def main(payload: dict[str, Any], tell: Tell) -> None:
    """payload: `path`. Tells {"failed": name, "why": text} for each failure, then {"end", "passed", "failed", ...}."""
    path: str = payload["path"]
    here = sys.path.pop(0)  # is pytest installed, rather than: is there a pytest.py in the workspace
    installed = importlib.util.find_spec("pytest") is not None
    if installed:
        pytest = importlib.import_module("pytest")
        sys.path.insert(0, here)
        _with_pytest(pytest, path, tell)
    else:
        sys.path.insert(0, here)
        _with_unittest(path, tell)


class _Recorder:
    """A pytest plugin that keeps the outcome of every test; setup and teardown count with the test they belong to."""

    def __init__(self, tell: Tell) -> None:
        self.tell = tell
        self.passed = 0
        self.failed = 0
        self.skipped = 0

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.failed += 1
            self.tell({"failed": report.nodeid, "why": _crash(report)})
        elif report.skipped:
            self.skipped += 1
        elif report.when == "call":
            self.passed += 1

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.failed += 1
            self.tell({"failed": report.nodeid or "collection", "why": str(report.longrepr)[-700:]})


def _crash(report: Any) -> str:
    """The assertion and where it broke, without the source around it."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is None:
        return str(report.longrepr)[-700:]
    where = str(crash.path).removeprefix(str(Path.cwd()) + os.sep)
    return f"{where}:{crash.lineno}: {str(crash.message)[:600]}"


def _with_pytest(pytest: Any, path: str, tell: Tell) -> None:
    recorder = _Recorder(tell)
    # A workspace's own addopts may ask for plugins that are not here, or for --collect-only. The plugins that are
    # left out cost 1.5 s of processor time at every start, and tests that use hypothesis do not need its plugin.
    args = [path, "-q", "--tb=short", "-p", "no:cacheprovider", "-o", "addopts=", "--color=no", "--maxfail=20"]
    args += ["-p", "no:hypothesispytest", "-p", "no:xdist", "-p", "no:xdist.looponfail"]
    code = int(pytest.main(args, plugins=[recorder]))
    counts = {"passed": recorder.passed, "failed": recorder.failed, "skipped": recorder.skipped}
    tell({"end": True, "by": "pytest", "code": code, **counts})


class _Result(unittest.TestResult):
    def __init__(self, tell: Tell) -> None:
        super().__init__()
        self.tell = tell
        self.passed = 0

    def addSuccess(self, test: unittest.TestCase) -> None:
        super().addSuccess(test)
        self.passed += 1

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addFailure(test, err)
        self.tell({"failed": test.id(), "why": self.failures[-1][1][-700:]})

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        super().addError(test, err)
        self.tell({"failed": test.id(), "why": self.errors[-1][1][-700:]})


def _with_unittest(path: str, tell: Tell) -> None:
    loader = unittest.TestLoader()
    target = Path(path)
    result = _Result(tell)
    if target.is_file():
        _collect(loader, target).run(result)
    else:
        suite = unittest.TestSuite()
        for file in sorted({*target.rglob("test_*.py"), *target.rglob("*_test.py")})[:200]:
            suite.addTest(_collect(loader, file))
        suite.run(result)
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    tell({"end": True, "by": "unittest", "passed": result.passed, "failed": failed, "skipped": len(result.skipped)})


def _collect(loader: unittest.TestLoader, file: Path) -> unittest.TestSuite:
    """The file's TestCase classes, and its plain `test_*` functions that ask for no fixture."""
    folder = str(file.parent.resolve())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    suite = unittest.TestSuite()
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        return suite
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module

    def load() -> None:
        spec.loader.exec_module(module)  # type: ignore[union-attr]

    try:
        load()
    except BaseException as error:  # SystemExit too

        def broken(error: BaseException = error) -> None:
            raise ImportError(f"{file} cannot be imported: {type(error).__name__}: {error}") from error

        suite.addTest(unittest.FunctionTestCase(broken, description=str(file)))
        return suite
    suite.addTests(loader.loadTestsFromModule(module))
    for name, value in sorted(vars(module).items()):
        if name.startswith("test") and inspect.isfunction(value) and not inspect.signature(value).parameters:
            suite.addTest(unittest.FunctionTestCase(value, description=f"{file}::{name}"))
    return suite
