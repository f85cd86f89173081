"""Tools for whole files: list, read, write, move, delete, and take changes back."""

from typing import Annotated

import anyio.to_thread
from pydantic import Field

from autogpt.core.contracts import FileEntry
from autogpt.core.effect import Effects
from autogpt.core.errors import ToolError
from autogpt.tools.here import Here
from autogpt.tools.text import Text, decode, encode
from autogpt.tools.tool import tool

# A file the run itself or a stranger wrote is untrusted either way; writing by rename may be repeated.
READS = Effects(reads="workspace", untrusted_output=True, effect="none", idempotent="key")
CHANGES = Effects(reads="workspace", untrusted_output=True, effect="workspace", idempotent="key")

READ_MOST = 20_000_000
"""Bytes of a file that are looked at; beyond that the answer says to use run_command."""
WRITE_MOST = 10_000_000
"""Characters one call may write."""

UNLISTED = frozenset({".git", "__pycache__", "node_modules", ".venv", ".pytest_cache", ".mypy_cache", ".ruff_cache"})
"""Folders of other programs: named, but not walked through."""

Line = Annotated[int, Field(ge=1)]


@tool(effects=READS)
async def list_files(here: Here, under: str = "") -> str:
    """List the files in the workspace with their sizes in bytes.

    under: a folder, everything if empty
    """
    entries = await anyio.to_thread.run_sync(here.workspace.list, _folder(under))
    lines = [_entry(entry) for entry in entries if not _inside_unlisted(entry.path)]
    return "\n".join(lines) or "(no files)"


@tool(effects=READS, exact=True)
async def read_file(here: Here, path: str, start: Line = 1, lines: Line = 400) -> str:
    """Read a text file, or a part of it.

    start: first line, counted from 1
    lines: how many lines at most
    """
    text = await load(here, path)
    content = text.value.split("\n")
    if content[-1] == "":
        content.pop()
    if not content:
        return f"[{path} is empty]"
    if start > len(content):
        raise ToolError(f"{path!r} has {len(content):,} lines; start at {start} is past its end")
    shown, cut = _fitting(content[start - 1 : start - 1 + lines], here.most - 300)
    end = start - 1 + len(shown)
    notes = [text.note] if text.note else []
    if cut:
        notes.append(f"line {end} is long: {cut:,} of its characters are left out")
    if start > 1 or end < len(content):
        notes.append(f"lines {start}-{end} of {len(content):,}")
        if end < len(content):
            notes.append(f"go on with start={end + 1}")
    return "\n".join([*shown, *([f"[{'; '.join(notes)}]"] if notes else [])])


@tool(effects=CHANGES)
async def write_file(here: Here, path: str, content: str) -> str:
    """Write a text file, replacing it if it is there. Folders are made on the way.

    content: the whole text of the file
    """
    if len(content) > WRITE_MOST:
        raise ToolError(f"{len(content):,} characters are too many for one call; let a program write the file")
    data = encode(content)
    here.workspace.write(path, data)
    lines = content.count("\n") + (not content.endswith("\n") and content != "")
    return f"wrote {path}: {lines:,} line{'' if lines == 1 else 's'}, {len(data):,} bytes"


@tool(effects=CHANGES)
async def move_file(here: Here, source: str, target: str) -> str:
    """Move or rename a file or folder. Nothing is overwritten.

    target: the new path, or the folder to put it in
    """
    here.workspace.move(source, target)
    return f"moved {source} to {target}"


@tool(effects=CHANGES)
async def delete_file(here: Here, path: str) -> str:
    """Delete a file or folder; undo brings it back."""
    here.workspace.remove(path)
    return f"deleted {path}"


@tool(effects=CHANGES)
async def undo(here: Here, changes: Annotated[int, Field(ge=1, le=1000)] = 1) -> str:
    """Take back the last changes to the files in the workspace.

    changes: how many calls to take back
    """
    snapshot = here.trail.back(changes)
    paths = await anyio.to_thread.run_sync(here.workspace.restore, snapshot)
    return "put back: " + ", ".join(paths) if paths else "put back; no file differs"


async def load(here: Here, path: str) -> Text:
    """Read and decode a file. Raises ToolError if it is not there, not text, or too large."""

    def read() -> Text:
        data = here.workspace.read(path, READ_MOST)
        text = decode(data)
        if text is None:
            raise ToolError(f"{path!r} is binary, {len(data):,} bytes; use run_python to look into it")
        return text

    return await anyio.to_thread.run_sync(read)


def _folder(under: str) -> str:
    return "" if under in (".", "./", "/", "/workspace", "/workspace/") else under


def _entry(entry: FileEntry) -> str:
    match entry.kind:
        case "file":
            return f"{entry.path}  {entry.size:,}"
        case "folder":
            return entry.path
        case "link":
            return f"{entry.path}  (a link; not followed)"
        case "other":
            return f"{entry.path}  (not a regular file)"


def _inside_unlisted(path: str) -> bool:
    return not UNLISTED.isdisjoint(path.rstrip("/").split("/")[:-1])


def _fitting(lines: list[str], room: int) -> tuple[list[str], int]:
    """As many whole lines as fit, at least one, and how many characters of it had to be cut."""
    shown: list[str] = []
    for line in lines:
        if len(line) + 1 > room:
            if shown:
                break
            return [line[:room]], len(line) - room
        shown.append(line)
        room -= len(line) + 1
    return shown, 0
