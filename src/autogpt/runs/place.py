"""Folders a run works in: filled from a snapshot, given what the task hands over."""

import contextlib
import os
import shutil
from collections.abc import Generator, Sequence
from pathlib import Path

from autogpt.core.contracts import Workspace
from autogpt.core.errors import UsageError
from autogpt.core.paths import typed

_MOST_ATTACHED = 100_000_000


def require_empty(root: Path) -> None:
    """Make the folder if it is missing. Raises UsageError if something is in it."""
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise UsageError(f"the folder {str(root)!r} is not empty; a fork needs a new or empty one")
    root.mkdir(parents=True, exist_ok=True)


def fill(place: Workspace, snapshot: str) -> str:
    """Make the workspace hold what the snapshot kept; returns its real path."""
    place.restore(snapshot)
    return place.root


@contextlib.contextmanager
def told(what: str, path: Path) -> Generator[None]:
    """Turn what the system refuses into a message for the person."""
    try:
        yield
    except OSError as error:
        raise UsageError(f"{what} {str(path)!r} cannot be used: {error.strerror or error}") from None


def attach(paths: Sequence[str], workspace: Path) -> tuple[str, ...]:
    """Copy the attachments into the workspace, unless they lie there; returns their names in it."""
    names: list[str] = []
    for given in paths:
        source = typed(given)
        inside = (workspace / source).resolve()
        if not source.is_absolute() and inside.is_file() and workspace in inside.parents:
            names.append(inside.relative_to(workspace).as_posix())
            continue
        if not source.is_file():
            raise UsageError(f"the attachment {given!r} is not a file; give the path of one")
        if source.stat().st_size > _MOST_ATTACHED:
            raise UsageError(f"the attachment {given!r} has more than {_MOST_ATTACHED:,} bytes")
        if source.resolve().parent != workspace:
            target = workspace / source.name
            if os.path.lexists(target):  # a link that leads nowhere, too: the copy would be made where it leads
                raise UsageError(f"the attachment {given!r} would replace a file in the workspace; rename it first")
            with told("the attachment", source), source.open("rb") as content, target.open("xb") as copy:
                shutil.copyfileobj(content, copy)
        names.append(source.name)
    return tuple(names)


def claim(workspace: Path, home: Path, chosen: Sequence[str], kept: Sequence[Path]) -> None:
    """See that a folder may be a workspace, and make it if it is not there. Raises UsageError.

    home: where runs are kept; their own workspaces lie below it. chosen: settings that the current folder's file has
    made. kept: other folders and files of ours.
    """
    _refuse_chosen(workspace, chosen)
    _refuse_kept(workspace, home, kept)
    # Never its parents, whose absence means a mistyped path. What else is wrong with it is said when it is opened.
    with contextlib.suppress(OSError):
        workspace.mkdir()


def require_writable(root: Path) -> None:
    """Refuse a folder that nothing can be written into, before a model is asked anything. Raises UsageError."""
    # root may write anywhere; the sandboxed programs that do the work may not.
    if not os.access(root, os.W_OK) or not root.stat().st_mode & 0o222:
        raise UsageError(
            f"the workspace {str(root)!r} is read-only: make it writable (chmod u+w), or work on a copy elsewhere"
        )


def _refuse_kept(workspace: Path, home: Path, kept: Sequence[Path]) -> None:
    """Refuse a workspace in which the agent could change what AutoGPT itself keeps. Raises UsageError."""
    try:
        real, home, *ours = (path.resolve() for path in (workspace, home, *kept))
    except (OSError, RuntimeError, ValueError):
        return  # a loop of links, a name too long: said when it is opened
    if home / "workspaces" in real.parents:
        return
    if any(real.is_relative_to(place) for place in (home, *ours)) or any(place.is_relative_to(real) for place in ours):
        raise UsageError(
            f"the workspace {str(workspace)!r} holds, or lies in, what AutoGPT keeps for itself (`autogpt config` and "
            "`autogpt doctor` show where), which the agent must not change; give another --workspace"
        )


def _refuse_chosen(workspace: Path, chosen: Sequence[str]) -> None:
    """Refuse a workspace from whose own autogpt.toml the settings named in `chosen` were read. Raises UsageError."""
    if chosen and workspace.resolve() in (Path.cwd(), *Path.cwd().parents):
        raise UsageError(
            f"autogpt.toml in the workspace sets {' and '.join(chosen)}: a file the agent can write must not choose "
            "who answers. Move these settings to your own (autogpt config shows where), or use --model"
        )
