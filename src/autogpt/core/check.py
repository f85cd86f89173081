"""A check: one executable acceptance test. Each kind is a value; `exam.checks` runs them."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, JsonValue

from autogpt.core.message import Usage
from autogpt.core.schema import Value

Source = Literal["user", "goal", "workspace", "agent", "exam"]


class _Check(Value):
    source: Source = "user"
    """Who asked for it: the user in so many words, the goal, a test file that was there, our own care."""


class FileExists(_Check):
    """The path is a file (or folder, if it ends in '/') and is not empty."""

    kind: Literal["file_exists"] = "file_exists"
    path: str


class FileAbsent(_Check):
    """Nothing is at the path (after a move, a rename, a deletion)."""

    kind: Literal["file_absent"] = "file_absent"
    path: str


class FileUnchanged(_Check):
    """The file has the content it had when the run began, or that `like` had, by SHA-256 (hexadecimal)."""

    kind: Literal["file_unchanged"] = "file_unchanged"
    path: str
    sha256: str
    like: str = ""
    """The file it was copied, moved or renamed from; empty where it is the same file."""


class FileContains(_Check):
    """The text of the file contains `text`: letter case and runs of white space do not count unless `exact`.

    regex: `text` is a Python regular expression, searched in multi-line mode.
    absent: the text must *not* be there.
    """

    kind: Literal["file_contains"] = "file_contains"
    path: str
    text: str
    exact: bool = False
    regex: bool = False
    absent: bool = False


class FileParses(_Check):
    """The file is well-formed for its ending: .json .jsonl .csv .toml .yaml .py .html .xml .sqlite .db."""

    kind: Literal["file_parses"] = "file_parses"
    path: str


class ValueAt(_Check):
    """The JSON file has a value at the pointer (RFC 6901, '' is the whole document); equal to `equals` if given.

    Numbers are equal within one part in a million.
    """

    kind: Literal["value_at"] = "value_at"
    path: str
    pointer: str
    equals: JsonValue | None = None
    compare: bool = False
    """Whether `equals` counts; without it the value only has to be there."""


class WrittenIn(_Check):
    """The prose in the file is in this language, and holds no placeholder such as [Your Name] or [你的名字]."""

    kind: Literal["written_in"] = "written_in"
    path: str
    language: Literal["en", "zh"]


class PythonHolds(_Check):
    """The Python code runs in the workspace without an error: asserts, imports, calls."""

    kind: Literal["python_holds"] = "python_holds"
    code: str
    label: str = ""
    """What the code shows, in words; the code itself if empty."""


class CommandSucceeds(_Check):
    """The shell command, run in the workspace, exits 0; its output contains `prints` if given."""

    kind: Literal["command_succeeds"] = "command_succeeds"
    command: str
    prints: str | None = None
    stdin: str = ""


class TestsPass(_Check):
    """pytest (or unittest where pytest is missing) finds at least one test at the path, and all pass."""

    __test__: ClassVar[bool] = False  # pytest takes the name for a class of tests

    kind: Literal["tests_pass"] = "tests_pass"
    path: str = "."


class PageAnswers(_Check):
    """Started by `command`, a server answers GET `path` on `port` with status 200 and a body containing `contains`.

    Server and request both live inside one sandbox.
    """

    kind: Literal["page_answers"] = "page_answers"
    command: str
    port: Annotated[int, Field(ge=1024, le=65535)]
    path: str = "/"
    contains: str = ""


class Judged(_Check):
    """Last resort: a model with another prompt answers this yes/no question about the files and the result."""

    kind: Literal["judged"] = "judged"
    question: str
    paths: tuple[str, ...] = ()


Check = Annotated[
    FileExists
    | FileAbsent
    | FileUnchanged
    | FileContains
    | FileParses
    | ValueAt
    | WrittenIn
    | PythonHolds
    | CommandSucceeds
    | TestsPass
    | PageAnswers
    | Judged,
    Field(discriminator="kind"),
]


class CheckResult(Value):
    """What running one check showed."""

    check: Check
    passed: bool
    evidence: str = ""
    """What was seen: the failing assert, the value found, the last lines of output. Capped at 2,000 characters."""
    seconds: float = 0.0
    usage: Usage = Usage()
    """What asking a judge took."""


def describe(check: Check) -> str:
    """Say in one line what the check demands, in English; the doors' catalogue has each of these sentences."""
    match check:
        case FileExists():
            return f"{check.path} exists"
        case FileAbsent():
            return f"{check.path} is gone"
        case FileUnchanged(like=""):
            return f"{check.path} is unchanged"
        case FileUnchanged():
            return f"{check.path} holds exactly what {check.like} held"
        case FileContains():
            what = f"/{check.text}/" if check.regex else repr(check.text)
            return f"{check.path} does not contain {what}" if check.absent else f"{check.path} contains {what}"
        case FileParses():
            return f"{check.path} is well-formed"
        case ValueAt():
            where = check.pointer or "the document"
            return f"{check.path}: {where} is {check.equals!r}" if check.compare else f"{check.path} has {where}"
        case WrittenIn(language="zh"):
            return f"{check.path} is written in Chinese, without placeholders"
        case WrittenIn():
            return f"{check.path} is written in English, without placeholders"
        case PythonHolds():
            return check.label or " ; ".join(check.code.strip().splitlines())
        case CommandSucceeds(prints=None):
            return f"`{check.command}` succeeds"
        case CommandSucceeds():
            return f"`{check.command}` succeeds and prints {check.prints!r}"
        case TestsPass():
            return f"tests pass: {check.path}"
        case PageAnswers(contains=""):
            return f"`{check.command}` serves {check.path} on port {check.port}"
        case PageAnswers():
            return f"`{check.command}` serves {check.path} on port {check.port} with {check.contains!r}"
        case Judged():
            return check.question


def path_of(check: Check) -> str:
    """The workspace path the check looks at; '' for checks that run something or ask a judge."""
    match check:
        case PythonHolds() | CommandSucceeds() | PageAnswers() | Judged():
            return ""
        case _:
            return check.path
