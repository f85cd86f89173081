"""Runs checks against a workspace: every kind in `core.check`, one after the other, each with evidence to repair from.

Files are read through the Workspace contract, never by path; what has to be run is run in the sandbox.
"""

import base64
import contextlib
import time
from collections.abc import Sequence
from typing import assert_never

from pydantic import JsonValue

from autogpt.core.check import (
    Check,
    CheckResult,
    CommandSucceeds,
    FileAbsent,
    FileContains,
    FileExists,
    FileParses,
    FileUnchanged,
    Judged,
    PageAnswers,
    PythonHolds,
    TestsPass,
    ValueAt,
    WrittenIn,
)
from autogpt.core.contracts import Model, Program, Sandbox, Workspace
from autogpt.core.errors import SandboxUnavailable, ToolError, UsageError
from autogpt.core.message import Usage
from autogpt.core.schema import read_json
from autogpt.exam import files as on
from autogpt.exam.files import Found
from autogpt.exam.judge import Counted, ask_judge
from autogpt.exam.language import written_in
from autogpt.exam.probe import ask_inside, parse_apart, tail, texts

EVIDENCE = 2_000
"""How many characters of evidence a result holds at most."""
HEAD = 2_400
"""How many characters of each file a judge sees."""

_PARSED_APART = {
    ".py": "py",
    ".toml": "toml",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".html": "html",
    ".htm": "html",
    ".xml": "xml",
    ".svg": "xml",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".db": "sqlite",
}


class CheckRunner:
    """The Checker: runs checks on the workspace at `root`, asks `judge` only the questions nothing else can answer.

    seconds: wall-clock limit of a command or of a run of tests; other checks take half of it.
    Without a sandbox, checks that run code fail and say so; without a judge, so do judged ones.
    """

    def __init__(
        self,
        workspace: Workspace,
        sandbox: Sandbox | None,
        root: str,
        judge: Model | None = None,
        *,
        seconds: float = 60.0,
    ) -> None:
        self._files = workspace
        self._sandbox = sandbox
        self._root = root
        self._judge = Counted(judge) if judge else None
        self._seconds = seconds

    async def check(self, checks: Sequence[Check]) -> tuple[CheckResult, ...]:
        """Run the checks in order. A check that cannot be run has failed, with the reason as its evidence."""
        return tuple([await self._one(check) for check in checks])

    async def _one(self, check: Check) -> CheckResult:
        began = time.monotonic()
        before = self._judge.usage if self._judge else Usage()
        try:
            passed, evidence = await self._run(check)
        except SandboxUnavailable as error:
            passed, evidence = False, f"this check runs code, and there is no sandbox for it: {error}"
        except ToolError as error:  # a command that no program can be started with, such as one with a NUL character
            passed, evidence = False, str(error)
        return CheckResult(
            check=check,
            passed=passed,
            evidence=cap(evidence),
            seconds=round(time.monotonic() - began, 3),
            usage=(self._judge.usage if self._judge else before) - before,
        )

    async def _run(self, check: Check) -> Found:
        match check:
            case FileExists():
                return on.exists(self._files, check.path)
            case FileAbsent():
                return on.absent(self._files, check.path)
            case FileUnchanged():
                return on.unchanged(self._files, check.path, check.sha256, check.like)
            case FileContains():
                return await self._contains(check)
            case FileParses():
                return await self._parses(check.path)
            case ValueAt():
                return on.value_at(self._files, check.path, check.pointer, check.compare, check.equals)
            case WrittenIn():
                return self._written(check)
            case PythonHolds():
                return await self._holds(check.code)
            case CommandSucceeds():
                return await self._command(check)
            case TestsPass():
                return await self._tests(check.path)
            case PageAnswers():
                return await self._page(check)
            case Judged():
                return await self._judged(check)
            case _:
                assert_never(check)

    async def _contains(self, check: FileContains) -> Found:
        if not check.regex:
            return on.contains(self._files, check.path, check.text, check.exact, check.absent)
        text, why = on.read_text(self._files, check.path)
        if why:
            return False, why
        found, what = await self._apart({"as": "regex", "pattern": check.text, "data": _base64(text.encode())})
        if what and not found:
            return False, f"/{check.text}/ could not be searched in {check.path}: {what}"
        if check.absent:
            return not found, f"{check.path} contains {what!r}" if found else f"nothing in {check.path} matches"
        if found:
            return True, f"{check.path} contains {what!r}"
        return False, f"nothing in {check.path} matches /{check.text}/; it begins {' '.join(text.split())[:300]!r}"

    async def _parses(self, path: str) -> Found:
        ending = "." + path.rpartition(".")[2].lower()
        if ending in _PARSED_APART:
            data = on.read(self._files, path)
            if isinstance(data, str):
                return False, data
            if not data.strip():
                return False, f"{path} is empty"
            ok, why = await self._apart({"as": _PARSED_APART[ending], "data": _base64(data)})
            return ok, f"{path} is well-formed" if ok else f"{path} is not well-formed: {why}"
        text, why = on.read_text(self._files, path)
        if why:
            return False, why
        match ending:
            case ".json":
                why = _json_fault(text)
            case ".jsonl" | ".ndjson":
                why = on.json_lines(text)
            case ".csv" | ".tsv":
                why = on.csv_rows(text)
            case _:
                why = "" if text.strip() else f"{path} is empty"
        return not why, f"{path} is well-formed" if not why else f"{path} is not well-formed: {why}"

    def _written(self, check: WrittenIn) -> Found:
        text, why = on.read_text(self._files, check.path)
        if why:
            return False, why
        if check.path.lower().endswith(".json"):
            # That it is no JSON is for another check to say; its words can be judged all the same.
            with contextlib.suppress(UsageError):
                text = on.as_text(read_json(text))
        wrong = written_in(text, check.language)
        return not wrong, wrong and f"{check.path}: {wrong}"

    async def _apart(self, payload: dict[str, JsonValue]) -> Found:
        told = await parse_apart(payload, self._sandbox, self._root)
        end = told.end
        return (end.get("ok") is True, str(end.get("why", ""))) if end else (False, told.why_no_end)

    async def _holds(self, code: str) -> Found:
        told = await ask_inside("holds", {"code": code}, self._need(), self._root, self._seconds / 2)
        done = [line for line in told.lines if "ok" in line]
        wrong = [_in_words(str(line["text"]), str(line["why"])) for line in done if not line["ok"]]
        held = [f"holds: {line['text']}" for line in done if line["ok"] and line.get("assert")]
        if told.end and not wrong:
            return True, "\n".join(held) or "the code ran without an error"
        if not told.end and not (done and not done[-1].get("assert") and not done[-1]["ok"]):
            at = texts(told.lines, "at")
            wrong.append(f"fails: {at[-1] if at else code[:300]}\n  {told.why_no_end}")
        return False, "\n".join(wrong + held)

    async def _command(self, check: CommandSucceeds) -> Found:
        shell = ("/bin/sh", "-c", 'exec "$(command -v bash || echo sh)" -c "$1"', "sh", check.command)
        done = await self._need().run(Program(argv=shell, stdin=check.stdin, seconds=self._seconds), self._root)
        shown = f"\nstdout: {tail(done.stdout, 900)}\nstderr: {tail(done.stderr, 700)}"
        if done.ended_by != "exit":
            return False, f"`{check.command}` was stopped at the limit of {done.ended_by}{shown}"
        if done.exit != 0:
            return False, f"`{check.command}` ended with exit status {done.exit}{shown}"
        said = " ".join((done.stdout + "\n" + done.stderr).split())
        if check.prints is not None and " ".join(check.prints.split()) not in said:
            return False, f"`{check.command}` succeeded but did not print {check.prints!r}{shown}"
        return True, f"`{check.command}` succeeded{shown}"

    async def _tests(self, path: str) -> Found:
        if path.rstrip("/") not in ("", ".") and on.find(self._files, path) is None:
            return False, f"{path} does not exist"
        told = await ask_inside("suite", {"path": on.tidy(path) or "."}, self._need(), self._root, self._seconds)
        wrong = [f"{line['failed']}: {line['why']}" for line in told.lines if "failed" in line and "end" not in line]
        end = told.end
        if end is None:
            return False, "\n".join([told.why_no_end, *wrong])
        counts = ", ".join(f"{end[name]} {name}" for name in ("passed", "failed", "skipped"))
        # pytest's 2 to 5: interrupted, internal error, usage error, no tests; 1 is some failed, which we saw.
        broken = end.get("code") not in (None, 0)
        if end["failed"] or broken or not end["passed"]:
            none = "" if end["passed"] or end["failed"] else "; no test ran"
            said = wrong or [tail(told.finished.stderr, 900)]
            return False, "\n".join([f"{counts} ({end['by']}){none}", *said])
        return True, f"{counts} ({end['by']})"

    async def _page(self, check: PageAnswers) -> Found:
        payload: dict[str, JsonValue] = {
            "command": check.command,
            "port": check.port,
            "path": check.path,
            "seconds": self._seconds / 3,
        }
        told = await ask_inside("page", payload, self._need(), self._root, self._seconds / 2 + 5)
        end = told.end
        if end is None:
            return False, told.why_no_end
        log = f"\nserver: {tail(str(end.get('log', '')), 1_000)}"
        if "status" not in end:
            return False, f"{check.path}: {end['why']}{log}"
        body = str(end["body"])
        if end["status"] != 200:
            return False, f"{check.path} answered {end['status']}: {body[:300]!r}{log}"
        if " ".join(check.contains.casefold().split()) not in " ".join(body.casefold().split()):
            return False, f"{check.path} answered 200 without {check.contains!r}: {body[:500]!r}{log}"
        return True, f"{check.path} answered 200 with {len(body):,} characters"

    async def _judged(self, check: Judged) -> Found:
        if self._judge is None:
            return False, "no judge: nobody could be asked this question"
        seen: list[tuple[str, str]] = []
        for path in check.paths:
            text, why = on.read_text(self._files, path)
            seen.append((path, f"({why})" if why else text[:HEAD] + ("\n(cut here)" if len(text) > HEAD else "")))
        return await ask_judge(self._judge, check.question, seen)

    def _need(self) -> Sandbox:
        if self._sandbox is None:
            raise SandboxUnavailable("none was given")
        return self._sandbox


def _in_words(text: str, why: str) -> str:
    """What failed; where the check raises an AssertionError of its own, its words alone: they say what is wrong."""
    words = why.removeprefix("AssertionError: ")
    return words if words != why else f"fails: {text}\n  {why}"


def cap(text: str) -> str:
    """Evidence within its limit, cut in the middle: the head names the fault, the tail is where a traceback ends."""
    text = text.strip()
    if len(text) <= EVIDENCE:
        return text
    return text[: EVIDENCE - 620] + "\n...\n" + text[-600:]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _json_fault(text: str) -> str:
    try:
        read_json(text)
    except UsageError as error:
        return str(error)
    return ""
