"""What a run was started with, and the folder that holds it."""

import hashlib
import os
import re
import secrets
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from pydantic import ValidationError

from autogpt.core.effect import Labels
from autogpt.core.errors import JournalError, RunNotFound, UsageError
from autogpt.core.event import Asked, Delivered, Entry
from autogpt.core.schema import Value
from autogpt.core.task import Task

_ID = re.compile(r"[a-z0-9][a-z0-9-]{2,62}")
_SUB = re.compile(r"(.+)-s\d+-\d+")


class RunSpec(Value):
    """What a run needs to be taken up by any process. Written before the first step, replaced only by `resume`."""

    run_id: str
    task: Task
    workspace: str
    """Absolute path of the folder the run works in."""
    model: str
    """Address of the model."""
    stronger: str | None = None
    """Address of the model to hand over to when stuck."""
    attended: bool = False
    """Whether a person was there when the run began. The loop is told this, whoever takes the run up later."""
    parent: str | None = None
    """The run this one was forked or split from."""
    version: str
    """Application version (see `application_version`) whose code the kept steps belong to."""
    workflow: str
    """Id of the DBOS workflow that keeps the steps; another than the run's after a change of version."""
    source: str | None = None
    """The workflow whose first steps are taken over without being repeated."""
    source_steps: int = 0
    """How many of them."""
    labels: Labels = Labels()
    """What the run it was split from had seen by then."""
    snapshot: str
    """The workspace before the first step that is not taken over."""
    created: datetime
    idle: float = 0.0
    """Seconds in which nobody worked on it, between one process and the next: no time of the run's."""

    def taken_up(self, entries: Sequence[Entry], at: datetime) -> "RunSpec":
        """The spec when a process goes on with the run: what has passed since its last event was idle.

        Not while it waits for an answer, which is counted when that comes.
        """
        if not entries or isinstance(entries[-1].event, Asked | Delivered):
            return self
        return self.model_copy(update={"idle": self.idle + max(0.0, (at - entries[-1].at).total_seconds())})


class RunFolder:
    """`AUTOGPT_HOME/runs/RUN`: the spec, the kept steps, letters from other processes, the lock, the log."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.id = root.name

    @property
    def steps(self) -> Path:
        """The DBOS system database of this one run (SQLite)."""
        return self.root / "steps.sqlite"

    @property
    def steps_url(self) -> str:
        return f"sqlite:///{self.steps}"

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    @property
    def log(self) -> Path:
        return self.root / "log.txt"

    @property
    def under_way(self) -> Path:
        return self.root / "under_way.json"

    def subs(self) -> tuple["RunFolder", ...]:
        """The run's sub-runs."""
        found = sorted(path for path in self.root.parent.glob(f"{self.id}-s*") if whole_run(path.name) == self.id)
        return tuple(RunFolder(path) for path in found if (path / "spec.json").exists())

    def write(self, spec: RunSpec) -> None:
        """Write the spec by rename. Raises OSError where that cannot be done (disk full, read-only)."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(self.root / "spec.json", spec.model_dump_json(indent=1))

    def read(self) -> RunSpec:
        """Raises RunNotFound if there is no such run, JournalError if its spec is damaged."""
        path = self.root / "spec.json"
        try:
            text = path.read_text("utf-8")
        except FileNotFoundError:
            raise RunNotFound(f"no run has the id {self.id!r}; `autogpt list` shows the runs there are") from None
        except UnicodeDecodeError:
            raise JournalError(f"the start of run {self.id!r} is damaged: {str(path)!r} is not text") from None
        try:
            return RunSpec.model_validate_json(text)
        except ValidationError as error:
            problem = error.errors()[0]["msg"]
            raise JournalError(f"the start of run {self.id!r} is damaged: {str(path)!r}: {problem}") from None


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a crash leaves the old content or the new, never half of it."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with draft.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def new_id() -> str:
    """A run's id: sorts by time of start (UTC, to the second), ends in 24 random bits."""
    return time.strftime("%Y%m%d-%H%M%S-", time.gmtime()) + secrets.token_hex(3)


def sub_id(run_id: str, event: int, item: int) -> str:
    """The id of a sub-run: of the run, the number of the event that split it, and the item's place in the plan."""
    return f"{run_id}-s{event}-{item}"


def whole_run(run_id: str) -> str | None:
    """The run of which this one is a sub-run; None if it is none."""
    found = _SUB.fullmatch(run_id)
    return found[1] if found else None


def find_id(every: Sequence[str], prefix: str) -> str:
    """The id, of all ids from the newest on, that begins so; 'last' is the newest. A sub-run only by its whole id.

    Raises RunNotFound, or UsageError if several do.
    """
    if prefix in every:
        return prefix
    names = [name for name in every if whole_run(name) is None]
    if prefix == "last" and names:
        return names[0]
    found = [name for name in names if prefix and name.startswith(prefix)]
    if len(found) > 1:
        raise UsageError(f"{prefix!r} could be any of {', '.join(found[:5])}; give more of the id")
    if not found:
        raise RunNotFound(f"no run has the id {prefix!r}; `autogpt list` shows the runs there are")
    return found[0]


def now() -> datetime:
    return datetime.now(UTC)


def valid_id(text: str) -> bool:
    """Whether the text can be a run's id (and so a folder's name)."""
    return _ID.fullmatch(text) is not None


def application_version() -> str:
    """Package version and a digest of the loop's and the nouns' source: kept steps fit only the code that made them."""
    digest = hashlib.sha256()
    package = Path(__file__).resolve().parent.parent
    for part in ("agent", "core"):
        for path in sorted((package / part).rglob("*")):
            if path.suffix in {".py", ".md", ".txt", ".yaml"} and path.is_file():
                digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{metadata.version('autogpt')}+{digest.hexdigest()[:12]}"
