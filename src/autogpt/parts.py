"""Builds every part of a run from the settings and joins them: the only place that knows them all."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autogpt.core.contracts import Model, OnText
from autogpt.core.errors import JournalError, SandboxUnavailable
from autogpt.runs.spec import RunFolder, RunSpec, whole_run
from autogpt.runs.split import Means
from autogpt.runs.timely import Timely, time_left
from autogpt.runs.workflow import Parts
from autogpt.settings import Settings, user_file

if TYPE_CHECKING:
    from autogpt.models.open import Choice
    from autogpt.sandbox.workspace import Folder
    from autogpt.store.blobs import Blobs
    from autogpt.store.journal import SqlJournal
    from autogpt.store.runs import Runs

Notify = Callable[[str], None]
"""Told how far the fetching or loading of a model is, as text."""
OpenModel = Callable[[str], Awaitable[Model]]

# -P: the current folder, which may be the agent's, must not be searched for modules.
COMMAND = (sys.executable, "-P", "-m", "autogpt")
"""Starts the command line in another process."""
_AT_ONCE = 2
"""Sub-runs that share this machine's processors and one engine."""
_AT_ONCE_HOSTED = 4
_LAST_WORD = 20.0
"""Seconds a judge may take beyond the time of the run, in which its end is judged."""


@dataclass(frozen=True)
class Shared:
    """What all runs of a home have in common."""

    journal: "SqlJournal"
    blobs: "Blobs"
    runs: "Runs"


@dataclass(frozen=True)
class Home:
    """Where things lie under AUTOGPT_HOME."""

    root: Path

    @property
    def snapshots(self) -> Path:
        return self.root / "snapshots"

    @property
    def workspaces(self) -> Path:
        """Workspaces of runs that were given none."""
        return self.root / "workspaces"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    def run(self, run_id: str) -> RunFolder:
        return RunFolder(self.root / "runs" / run_id)

    def runs(self) -> tuple[RunFolder, ...]:
        """All runs, the newest first."""
        folder = self.root / "runs"
        names = (
            sorted((path.name for path in folder.iterdir() if path.is_dir()), reverse=True) if folder.is_dir() else []
        )
        return tuple(self.run(name) for name in names)

    def lock(self, workspace: Path, run_id: str) -> AbstractContextManager[None]:
        """Hold the workspace for one run. Raises UsageError, naming the run that works there."""
        from autogpt.store.lock import lock_workspace

        return lock_workspace(workspace, run_id, self.root / "locks")

    def workspace(self, root: Path, notify: Notify | None = None) -> "Folder":
        """notify: is told how far the copying of many files has come.

        Raises UsageError if the folder cannot serve as a workspace."""
        from autogpt.sandbox.workspace import Folder

        if notify is None:
            return Folder(root, self.snapshots)
        return Folder(
            root,
            self.snapshots,
            lambda done, total: notify(f"copying the workspace, so that it can be put back: {done} of {total} files"),
        )


def model_opener(settings: Settings, notify: Notify) -> OpenModel:
    """Opens models by address, with the caches and keys that the settings name."""
    from autogpt.checkpoints import served_model
    from autogpt.models.address import read_hosted
    from autogpt.models.open import open_model
    from autogpt.models.wrap import RateLimit, Retry

    async def open_(address: str) -> Model:
        model = await open_model(
            address,
            cache=settings.cache,
            # Beside the model files and not under the home: one engine serves every home of this user.
            runtime=settings.cache / "engine",
            keys=keys(),
            checkpoint=lambda name, on_progress: served_model(settings.home, name, on_progress),
            on_progress=lambda progress: notify(str(progress)),
        )
        if read_hosted(address) is None:
            return model
        limited = RateLimit(
            model,
            requests_per_minute=settings.requests_per_minute,
            tokens_per_minute=settings.tokens_per_minute,
            on_wait=lambda seconds: notify(f"at your limit per minute of {address}: going on in {seconds:.0f} s"),
        )
        return Retry(limited, on_wait=lambda error, seconds: notify(f"{error}; trying again in {seconds:.0f} s"))

    return open_


def check_model(settings: Settings, address: str) -> None:
    """Refuse an address of which no model can be opened here, before a run is made. Raises UsageError, MissingExtra."""
    from autogpt.checkpoints import folder_of
    from autogpt.models.address import read_checkpoint
    from autogpt.models.open import check

    check(address, keys())
    if (name := read_checkpoint(address)) is not None:
        folder_of(settings.home, name)


def warn_unpriced(address: str, notify: Notify) -> None:
    """Tell the person where a limit of money cannot hold, because nobody knows what the model costs."""
    from autogpt.models.address import read_hosted

    if (hosted := read_hosted(address)) is None:
        return
    from autogpt.models.providers import priced

    if not priced(hosted):
        notify(
            f"what {address} costs is not known here: --max-cost holds only if the provider tells it; "
            "--max-tokens holds in any case"
        )


def known_models(settings: Settings) -> "tuple[Choice, ...]":
    """Every way to name a model, checkpoints included, and what each still needs here."""
    from autogpt.checkpoints import choices
    from autogpt.models.open import known

    return (*known(settings.cache, keys()), *choices(settings.home))


def means(settings: Settings, home: Home, spec: RunSpec, command: tuple[str, ...]) -> Means | None:
    """What the run's sub-runs are worked on with; None for a sub-run, which has none, and without a command."""
    from autogpt.models.address import read_hosted

    if not command or whole_run(spec.run_id):
        return None
    at_once = min(os.cpu_count() or 1, _AT_ONCE) if read_hosted(spec.model) is None else _AT_ONCE_HOSTED
    told: dict[str, object] = {"HOME": settings.home, "CACHE": settings.cache, "CONFIG": user_file().absolute()}
    if settings.database_url:
        told["DATABASE_URL"] = settings.database_url
    for name in ("requests_per_minute", "tokens_per_minute"):
        if most := getattr(settings, name):
            told[name.upper()] = max(1, most // at_once)

    def workspace(run_id: str) -> "Folder":
        root = home.workspaces / run_id
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        return home.workspace(root)

    return Means(
        command=command,
        environment={**os.environ, **{f"AUTOGPT_{name}": str(value) for name, value in told.items()}},
        at_once=at_once,
        folder=home.run,
        workspace=workspace,
    )


def keys() -> dict[str, str]:
    """The providers' keys that the environment holds."""
    from autogpt.models.address import KEY_NAMES

    names = [name for group in KEY_NAMES.values() for name in group]
    return {name: value for name in names if (value := os.environ.get(name))}


async def open_shared(settings: Settings, home: Home) -> Shared:
    """Open what all runs share. Raises UsageError where it cannot be opened, JournalError where it is damaged."""
    from autogpt.store.blobs import Blobs
    from autogpt.store.journal import SqlJournal
    from autogpt.store.runs import Runs
    from autogpt.store.schema import open_database

    where = settings.database_url or home.root / "autogpt.sqlite"
    if isinstance(where, Path) and _emptied(where, home):
        raise JournalError(
            f"the database of runs {str(where)!r} is empty though runs were begun: put a backup in its place, or move "
            "the file away to begin anew"
        )
    engine = await asyncio.to_thread(open_database, where)
    return Shared(journal=SqlJournal(engine), blobs=Blobs(home.root / "blobs"), runs=Runs(engine))


def _emptied(database: Path, home: Home) -> bool:
    """Whether what a database held is lost: it is empty, and a run was worked on before. (So is one made just now.)"""
    with contextlib.suppress(OSError):
        return database.stat().st_size == 0 and any(folder.steps.exists() for folder in home.runs())
    return False


@contextlib.asynccontextmanager
async def open_parts(
    spec: RunSpec,
    shared: Shared,
    settings: Settings,
    open_model: OpenModel,
    on_text: OnText | None,
    command: tuple[str, ...] = (),
) -> AsyncGenerator[Parts]:
    """Everything one run is made of; closed again when the work on it ends.

    command: starts the command line in another process, for sub-runs; without it there are none.
    Raises UsageError if the workspace cannot be used or another run works in it.
    """
    from autogpt.checkpoint_tools import offered_tools
    from autogpt.exam.checks import CheckRunner
    from autogpt.policy.approvals import render
    from autogpt.policy.decide import policy
    from autogpt.policy.secrets import Redactor
    from autogpt.sandbox import open_sandbox
    from autogpt.tools.here import Here
    from autogpt.tools.standard import TOOLS
    from autogpt.tools.toolbox import Box

    home = Home(settings.home)
    workspace = home.workspace(Path(spec.workspace))
    try:
        sandbox = await asyncio.to_thread(open_sandbox)
    except SandboxUnavailable:
        # Never a weaker mode: without a sandbox the tools that run code are absent (P10).
        sandbox = None
    here = Here(workspace=workspace, sandbox=sandbox, blobs=shared.blobs)
    here.trail.saw(spec.snapshot)
    box = Box((*TOOLS, *offered_tools(home.root)), here)
    with home.lock(Path(workspace.root), spec.run_id):
        try:
            model = await open_model(spec.model)
            yield Parts(
                model=model,
                stronger=await open_model(spec.stronger) if spec.stronger else None,
                toolbox=box,
                checker=CheckRunner(
                    workspace,
                    sandbox,
                    workspace.root,
                    Timely(model, time_left(spec, shared.journal), least=_LAST_WORD),
                ),
                workspace=workspace,
                policy=policy(sandbox=sandbox is not None, leaks=Redactor(keys().values()).finds),
                render=render,
                journal=shared.journal,
                keeper=shared.blobs,
                on_text=on_text,
                recall=box.recall,
                sub_runs=means(settings, home, spec, command),
            )
        finally:
            await box.close()
