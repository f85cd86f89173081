"""Looks for a small change of faulty code with which its tests pass. Runs inside the sandbox.

Each changed source is tried in a process of its own in a copy of the folder. A change that makes more tests pass and
none fail is kept and built on, so that several faults are mended one after the other. Which lines are tried first
follows from which tests run them (Ochiai; Abreu et al. 2007).
"""

import ast
import contextlib
import importlib
import inspect
import json
import os
import re
import select
import shutil
import signal
import sys
import tempfile
import time
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from autogpt.agent.programs.inside.mutants import mutants
from autogpt.agent.programs.inside.whole import Mutant, fields_of, tree_of

MOST_FAULTS = 6
"""How many changes are made at the most."""
EACH = 3
"""Seconds for one run of the tests."""
FURTHER = 3
"""Seconds for which a better change is looked for after one that makes some tests pass."""


class Outcome(NamedTuple):
    passed: frozenset[str]
    failed: frozenset[str]
    lines: dict[str, dict[str, list[int]]]
    """For each test, the lines of each file that it ran; empty where that was not asked for."""
    reached: dict[str, int]
    """For each test that failed, the line of its file that it reached; 0 where that is not known."""

    def further(self, before: "Outcome") -> int:
        """How many lines further the failing tests came, with none that is worse for it; 0 if any is."""
        if not self.passed >= before.passed or not self.failed <= before.failed:
            return 0
        steps = [self.reached.get(test, 0) - before.reached.get(test, 0) for test in self.failed]
        return sum(steps) if steps and min(steps) >= 0 else 0

    def better(self, before: "Outcome") -> bool:
        return self.passed > before.passed and len(self.failed) <= len(before.failed)

    @property
    def done(self) -> bool:
        return bool(self.passed) and not self.failed


def main(
    paths: list[str], tests: list[dict[str, str]], candidates: list[str], seconds: float, *, most: int, numbers: bool
) -> None:
    """Change the files at `paths` so that more tests pass; where there are candidates, the first path is one of them.

    tests: {"code": Python with asserts} or {"suite": path of a test file or folder}.
    most, numbers: see `mutants`.
    Of an answer that is given anew only a change that makes all tests pass is kept: others may as well be chance.
    """
    sys.dont_write_bytecode = True
    with contextlib.suppress(ImportError):
        importlib.import_module("pytest")
    until = time.monotonic() + seconds
    best: tuple[float, dict[str, str]] = (-1.0, {})
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "w")
        shutil.copytree(".", place, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", ".git", ".venv"))
        texts = {path: Path(path).read_text("utf-8") for path in paths if Path(path).is_file()}
        starts = [{**texts, paths[0]: text} for text in candidates] or [texts]
        for number, start in enumerate(starts):
            share = (until - time.monotonic()) / (len(starts) - number)
            search = Search(place, tests, time.monotonic() + share, most, numbers=numbers)
            score, found = search.climb(start)
            if found and score > best[0] and (score == 1.0 or not candidates):
                best = (score, found)
            if score == 1.0:
                break
    for path, text in best[1].items():
        if texts.get(path) != text:
            Path(path).write_text(text, "utf-8")
            print(f"changed {path}")
    if not best[1]:
        print("no small change makes more tests pass")


class Search:
    def __init__(self, place: Path, tests: list[dict[str, str]], until: float, most: int, *, numbers: bool) -> None:
        self.place, self.tests, self.until = place, tests, until
        self.most, self.numbers = most, numbers

    def climb(self, texts: dict[str, str]) -> tuple[float, dict[str, str]]:
        """The share of tests that pass in the end, and the changed files; none where nothing was won."""
        self.write(texts)
        now = self.run(trace=True, seconds=4 * EACH)
        if now is None or now.done or not now.failed:
            return 0.0, {}
        found: dict[str, str] = {}
        won = len(now.passed)
        for _ in range(MOST_FAULTS):
            step = self.step(texts, now)
            if step is None:
                break
            texts, now = step
            # A test that only came further may have been led astray: kept is what made one pass.
            if len(now.passed) > won:
                found, won = texts, len(now.passed)
            if now.done:
                return 1.0, found
            self.write(texts)
            now = self.run(trace=True, seconds=4 * EACH) or now
        return won / max(1, len(now.passed | now.failed)), found

    def step(self, texts: dict[str, str], now: Outcome) -> tuple[dict[str, str], Outcome] | None:
        """The files with one change that makes more tests pass: all if one is found that does, else the first best.

        Where none does, the one with which a failing test comes furthest: a test often meets several faults in turn.
        """
        best: tuple[dict[str, str], Outcome] | None = None
        nearest: tuple[int, dict[str, str], Outcome] | None = None
        until = self.until
        for path, mutant in self.queue(texts, now):
            if time.monotonic() > until:
                break
            changed = {**texts, path: mutant.of(texts[path])}
            self.write({path: changed[path]})
            seen = self.run(only=now.failed)
            if seen and (seen.passed or any(seen.reached.get(one, 0) > now.reached.get(one, 0) for one in now.failed)):
                seen = self.run()
            self.write({path: texts[path]})
            if seen is None:
                continue
            if seen.done:
                return changed, seen
            if seen.better(now):
                if best is None or len(seen.passed) > len(best[1].passed):
                    best = (changed, seen)
                    until = min(until, time.monotonic() + FURTHER)
            elif (far := seen.further(now)) and (nearest is None or far > nearest[0]):
                nearest = (far, changed, seen)
                until = min(until, time.monotonic() + max(FURTHER, (self.until - time.monotonic()) / 2))
        return best or (nearest[1:] if nearest else None)

    def queue(self, texts: dict[str, str], now: Outcome) -> Iterator[tuple[str, Mutant]]:
        """The changes to try, each with its file: the likeliest, on the lines that the tests speak against, first."""
        words = self.words()
        trees = [tree for text in texts.values() if (tree := tree_of(text))]
        fields = tuple(dict.fromkeys(field for tree in trees for field in fields_of(tree)))
        queue: list[tuple[float, str, Mutant]] = []
        for path, text in texts.items():
            doubt = suspicion(now, path)
            for mutant in mutants(text, words, fields, most=self.most, numbers=self.numbers):
                if not doubt or mutant.line in doubt:
                    queue.append((mutant.rank - 3 * doubt.get(mutant.line, 0.0), path, mutant))
        for _, path, mutant in sorted(queue, key=lambda one: one[0]):
            yield path, mutant

    def write(self, texts: dict[str, str]) -> None:
        for path, text in texts.items():
            (self.place / path).parent.mkdir(parents=True, exist_ok=True)
            (self.place / path).write_text(text, "utf-8")

    def words(self) -> tuple[str, ...]:
        """What the tests name in quotes, and the exceptions they expect."""
        files = [self.place / test["suite"] for test in self.tests if "suite" in test]
        files = [file for one in files for file in (sorted(one.rglob("*test*.py")) if one.is_dir() else [one])]
        told = [test["code"] for test in self.tests if "code" in test]
        text = "\n".join([*told, *(file.read_text("utf-8", "replace") for file in files[:20] if file.is_file())])
        quoted = [word for pair in re.findall(r"'([^'\n]{1,20})'|\"([^\"\n]{1,20})\"", text) for word in pair if word]
        return tuple(dict.fromkeys([*re.findall(r"\b\w+(?:Error|Exception)\b", text), *quoted]))[:40]

    def run(self, *, trace: bool = False, seconds: float = EACH, only: frozenset[str] = frozenset()) -> Outcome | None:
        """What the tests show, run in a process of their own; None where they did not come to an end.

        only: of the tests these, if they can be told apart.
        """
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            with contextlib.suppress(BaseException):
                os.close(read)
                os.setpgid(0, 0)
                nothing = os.open(os.devnull, os.O_RDWR)
                for stream in (0, 1, 2):
                    os.dup2(nothing, stream)
                os.chdir(self.place)
                sys.path.insert(0, str(self.place))
                seen = attempt(self.tests, str(self.place) if trace else "", only)
                with os.fdopen(write, "wb") as out:
                    out.write(json.dumps(seen).encode())
            os._exit(0)
        os.close(write)
        data = b""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and select.select([read], [], [], left)[0]:
            piece = os.read(read, 1 << 16)
            if not piece:
                break
            data += piece
        os.close(read)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with contextlib.suppress(ValueError):
            told = json.loads(data)
            return Outcome(frozenset(told["passed"]), frozenset(told["failed"]), told["lines"], told["reached"])
        return None


def suspicion(now: Outcome, path: str) -> dict[int, float]:
    """How strongly the tests speak against each line that a failing one ran: 0 to 1; empty where nothing is known."""
    scores: dict[int, float] = {}
    ran = {test: set(files.get(path, ())) for test, files in now.lines.items()}
    for line in {line for test in now.failed for line in ran.get(test, ())}:
        bad = sum(line in ran.get(test, ()) for test in now.failed)
        good = sum(line in ran.get(test, ()) for test in now.passed)
        scores[line] = bad / (len(now.failed) * (bad + good)) ** 0.5
    return scores


class Log:
    """Which tests passed and failed; a pytest plugin that, where wanted, keeps the lines that each ran."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.passed: list[str] = []
        self.failed: list[str] = []
        self.lines: dict[str, dict[str, list[int]]] = {}
        self.now: dict[str, set[int]] = {}
        self.reached: dict[str, int] = {}

    def came(self, name: str, file: str, error: BaseException | None) -> None:
        """How far a test came, by the line of its own file at which it broke off."""
        at = error.__traceback__ if error else None
        while at:
            if at.tb_frame.f_code.co_filename == file:
                self.reached[name] = at.tb_lineno
                return
            at = at.tb_next

    def note(self, name: str, *, passed: bool) -> None:
        (self.passed if passed else self.failed).append(name)
        ran = {path: sorted(lines) for path, lines in self.now.items()}
        before = self.lines.setdefault(name, {})
        self.lines[name] = {path: sorted({*before.get(path, ()), *ran.get(path, ())}) for path in {*before, *ran}}
        self.now = {}

    def seen(self, frame: Any, _event: str, _arg: Any) -> Any:
        path = frame.f_code.co_filename
        if not path.startswith(self.folder):
            return None
        lines = self.now.setdefault(path[len(self.folder) :].lstrip("/"), set())

        def within(frame: Any, _event: str, _arg: Any) -> Any:
            lines.add(frame.f_lineno)
            return within

        return within(frame, "", None)

    def pytest_exception_interact(self, node: Any, call: Any) -> None:
        self.came(node.nodeid, str(getattr(node, "path", "")), call.excinfo.value)

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.note(report.nodeid, passed=False)
        elif report.when == "call" and not report.skipped:
            self.note(report.nodeid, passed=True)

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.note(report.nodeid or "collection", passed=False)


def attempt(tests: list[dict[str, str]], folder: str, only: frozenset[str]) -> dict[str, Any]:
    """Run the tests here and now; `folder`: keep the lines that are run below it; `only`: these, if there are some."""
    log = Log(folder)
    if folder:
        sys.settrace(log.seen)
    for number, test in enumerate(tests):
        if "code" in test:
            if not only or any(name.startswith(f"{number}.") for name in only):
                asserts(test["code"], number, log)
        elif not only or not called([name for name in only if "::" in name], log):
            suite(test["suite"], log)
    sys.settrace(None)
    return {"passed": log.passed, "failed": log.failed, "lines": log.lines, "reached": log.reached}


def called(names: list[str], log: Log) -> bool:
    """Call these tests without pytest around them, which takes a tenth of the time; False where one needs it."""
    for name in names:
        path, *inner = name.split("::")
        file = Path(path)
        if "[" in name or not file.is_file():
            return False
        sys.path.insert(0, str(file.parent.resolve()))
        try:
            test: Any = importlib.import_module(file.stem)
            for part in inner:
                test = getattr(test, part)
                test = test() if isinstance(test, type) else test
        except BaseException:  # what the module does when it is imported may be anything
            log.note(name, passed=False)
            continue
        if getattr(test, "pytestmark", None) or inspect.signature(test).parameters:
            return False
        try:
            test()
        except BaseException as error:  # SystemExit and pytest's own, too
            log.came(name, str(file.resolve()), error)
            log.note(name, passed=False)
        else:
            log.note(name, passed=True)
    return bool(names)


def asserts(code: str, number: int, log: Log) -> None:
    """Each assert counts as a test, and that the rest runs to its end."""
    space: dict[str, Any] = {"__name__": "check"}
    for at, line in enumerate(ast.parse(code).body):
        try:
            exec(compile(ast.Module([line], []), f"<check {number}>", "exec"), space)  # noqa: S102 - the checks are ours
        except BaseException:  # SystemExit, too
            if not isinstance(line, ast.Assert):
                log.note(f"{number}.end", passed=False)
                return
            log.note(f"{number}.{at}", passed=False)
        else:
            if isinstance(line, ast.Assert):
                log.note(f"{number}.{at}", passed=True)
    log.note(f"{number}.end", passed=True)


def suite(path: str, log: Log) -> None:
    """A file or folder of tests, with pytest or, where it is missing, unittest."""
    if "pytest" in sys.modules:
        args = [path, "-q", "-p", "no:cacheprovider", "-o", "addopts=", "--tb=no", "--assert=plain"]
        pytest: Any = sys.modules["pytest"]
        with contextlib.suppress(BaseException):
            pytest.main(
                [*args, "-p", "no:hypothesispytest", "-p", "no:xdist", "-p", "no:xdist.looponfail"], plugins=[log]
            )
        return

    class Result(unittest.TestResult):
        def addSuccess(self, test: Any) -> None:
            log.note(test.id(), passed=True)

        def addFailure(self, test: Any, err: Any) -> None:
            module = sys.modules[getattr(test, "_testFunc", test).__module__]
            log.came(test.id(), str(module.__file__), err[1])
            log.note(test.id(), passed=False)

        addError = addFailure

    target = Path(path)
    for file in [target] if target.is_file() else sorted(target.rglob("*test*.py"))[:50]:
        sys.path.insert(0, str(file.parent.resolve()))
        module = importlib.import_module(file.stem)
        found = unittest.defaultTestLoader.loadTestsFromModule(module)
        for name, value in sorted(vars(module).items()):
            if name.startswith("test") and callable(value) and not value.__code__.co_argcount:
                found.addTest(unittest.FunctionTestCase(value, description=name))
        found.run(Result())
