"""Exam tasks as data: a goal in a user's words, the files it starts from, and hidden checks of what was meant."""

import base64
import hashlib
import random
import sqlite3
import tempfile
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal, assert_never

import yaml
from pydantic import Field, TypeAdapter, ValidationError

from autogpt.core.check import Check, FileUnchanged
from autogpt.core.contracts import Workspace
from autogpt.core.errors import UsageError
from autogpt.core.schema import Value
from autogpt.core.task import Language

Difficulty = Literal["easy", "medium", "hard"]
MOST_YAML = 4_000_000


class Database(Value):
    """An SQLite database, made by an SQL script."""

    sqlite: str


class Binary(Value):
    """Bytes, in base64."""

    base64: str


class Filler(Value):
    """Long prose that distracts: sentences drawn from `sentences` by `seed`, with `facts` placed among them.

    facts: a sentence by the place where it stands, as a share of the whole, 0 to 1.
    """

    sentences: tuple[str, ...]
    count: Annotated[int, Field(ge=1, le=20_000)]
    seed: int
    facts: Mapping[float, str] = {}
    joint: str = " "


Content = str | Database | Binary | Filler


class ExamTask(Value):
    """One task of an exam."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_/-]{1,80}$")]
    difficulty: Difficulty = "medium"
    language: Language = "en"
    goal: Annotated[str, Field(min_length=1)]
    files: Mapping[str, Content] = {}
    checks: tuple[Check, ...] = ()
    """Checks that the solver is given with the goal."""
    hidden: tuple[Check, ...] = ()
    """Checks that the solver never sees; they run afterwards, in a copy of the workspace."""
    keeps: tuple[str, ...] = ()
    """Given files that must come out as they went in; each becomes a hidden check."""
    tags: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Digest of the whole task: results of another version of it are not results of this one."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    @property
    def marking(self) -> tuple[Check, ...]:
        """All checks that mark the task."""
        kept = (
            FileUnchanged(path=path, sha256=hashlib.sha256(build(self.files[path])).hexdigest()) for path in self.keeps
        )
        return (*(check.model_copy(update={"source": "exam"}) for check in (*self.hidden, *kept)),)


class Suite(Value):
    name: str
    tasks: tuple[ExamTask, ...]

    def only(self, *, ids: frozenset[str] = frozenset(), limit: int | None = None, seed: int = 0) -> "Suite":
        """The tasks with these ids (all if none are named), at most `limit` of them, drawn by `seed` in their order.

        Raises UsageError for an id that is not there.
        """
        known = {task.id for task in self.tasks}
        if unknown := sorted(ids - known):
            raise UsageError(f"suite {self.name!r} has no task {unknown[0]!r}; it has {', '.join(sorted(known)[:60])}")
        tasks = [task for task in self.tasks if not ids or task.id in ids]
        if limit is not None and limit < len(tasks):
            drawn = set(random.Random(seed).sample(range(len(tasks)), limit))  # noqa: S311 - a sample, not a secret
            tasks = [task for place, task in enumerate(tasks) if place in drawn]
        return Suite(name=self.name, tasks=tuple(tasks))


_TASKS: TypeAdapter[tuple[ExamTask, ...]] = TypeAdapter(tuple[ExamTask, ...])


def load_suite(name: str, data: Path | None = None) -> Suite:
    """Load the suite 'workspace' that comes with us, 'mbpp' from the benchmark data, or one from a YAML file.

    data: folder of the benchmark data (AUTOGPT_BENCH_DATA), where the suite needs it.
    Raises UsageError for a suite that is not there, or is not as it should be.
    """
    if name == "workspace":
        library = resources.files("autogpt.exam").joinpath("library")
        parts = sorted((part for part in library.iterdir() if part.name.endswith(".yaml")), key=lambda part: part.name)
        tasks = tuple(task for part in parts for task in read_tasks(part.read_text("utf-8"), part.name))
        return _suite(name, tasks)
    if name == "mbpp":
        from autogpt.exam.mbpp import load_mbpp

        if data is None:
            raise UsageError("suite 'mbpp' needs its data: set AUTOGPT_BENCH_DATA to the folder with mbpp_dev.jsonl")
        return load_mbpp(data)
    path = Path(name)
    if not path.is_file():
        raise UsageError(f"no suite {name!r}; give 'workspace', 'mbpp' or the path of a YAML file with tasks")
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the suite {name!r} cannot be read: {error}") from None
    return _suite(path.stem, read_tasks(text, path.name))


def read_tasks(text: str, name: str) -> tuple[ExamTask, ...]:
    """Read tasks from YAML. Raises UsageError that names the place for what is not a list of tasks."""
    if len(text) > MOST_YAML:
        raise UsageError(f"{name} has {len(text):,} characters; a suite has at most {MOST_YAML:,}")
    try:
        return _TASKS.validate_python(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise UsageError(f"{name} is not YAML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = " / ".join(str(part) for part in first["loc"])
        raise UsageError(f"{name} holds no valid tasks: {first['msg']} at {where or 'the top'}") from None


def _suite(name: str, tasks: tuple[ExamTask, ...]) -> Suite:
    seen: set[str] = set()
    for task in tasks:
        if task.id in seen:
            raise UsageError(f"suite {name!r} has two tasks {task.id!r}; give each its own id")
        seen.add(task.id)
        if not (task.hidden or task.keeps):
            raise UsageError(f"task {task.id!r} has no hidden check, so nothing would mark it")
        if unknown := [path for path in task.keeps if path not in task.files]:
            raise UsageError(f"task {task.id!r} keeps {unknown[0]!r}, which is not among its files")
    return Suite(name=name, tasks=tasks)


def lay_out(task: ExamTask, workspace: Workspace) -> None:
    """Write the task's files into an empty workspace."""
    for path, content in task.files.items():
        workspace.write(path, build(content))


def build(content: Content) -> bytes:
    """The bytes of a file; the same every time, except that SQLite notes its own version in a database."""
    match content:
        case str():
            return content.encode()
        case Binary():
            return base64.b64decode(content.base64)
        case Database():
            return _database(content.sqlite)
        case Filler():
            return _filler(content).encode()
        case _:
            assert_never(content)


def _database(script: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.db"
        base = sqlite3.connect(path)
        try:
            base.executescript(script)
            base.commit()
        except sqlite3.Error as error:
            raise UsageError(f"the SQL script of an exam task does not run: {error}") from None
        finally:
            base.close()
        return path.read_bytes()


def _filler(filler: Filler) -> str:
    draw = random.Random(filler.seed)  # noqa: S311 - prose, not a secret
    lines = [draw.choice(filler.sentences) for _ in range(filler.count)]
    for place, fact in sorted(filler.facts.items(), reverse=True):
        lines.insert(round(place * filler.count), fact)
    return filler.joint.join(lines) + "\n"
