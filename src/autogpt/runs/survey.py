"""The workspace as the loop sees it at the start: names, sizes, heads of small texts."""

import hashlib
from collections.abc import Sequence
from typing import Protocol

from autogpt.core.contracts import FileHead, Survey, Workspace
from autogpt.core.errors import ToolError
from autogpt.core.event import Artifact

_MOST_FILES = 200
_MOST_BYTES = 1_000_000
_HEAD = 4_000
"""Characters of a text that are shown."""
_MOST_ARTIFACT = 50_000_000


class Keeper(Protocol):
    """Keeps bytes by their hash."""

    def put(self, content: bytes) -> str:
        """Keep the bytes; returns their SHA-256 in hexadecimal."""
        ...


class Ground:
    """Reads the workspace through its contract, so that no link is followed and no device is read."""

    def __init__(self, workspace: Workspace, keeper: Keeper) -> None:
        self._workspace = workspace
        self._keeper = keeper

    def survey(self) -> Survey:
        listed = [entry for entry in self._workspace.list() if entry.kind != "folder"]
        heads = tuple(self._head(entry.path, entry.size, entry.kind == "file") for entry in listed[:_MOST_FILES])
        return Survey(files=heads, snapshot=self._workspace.snapshot(), omitted=max(0, len(listed) - _MOST_FILES))

    def _head(self, path: str, size: int, regular: bool) -> FileHead:
        if not regular or size > _MOST_BYTES:
            return FileHead(path=path, size=size)
        content = self._bytes(path, _MOST_BYTES)
        if content is None:
            return FileHead(path=path, size=size)
        sha256 = hashlib.sha256(content).hexdigest()
        text = _text(content)
        if text is None:
            return FileHead(path=path, size=size, sha256=sha256)
        return FileHead(path=path, size=size, lines=len(text.splitlines()), head=text[:_HEAD], sha256=sha256)

    def read(self, path: str, most: int) -> str | None:
        content = self._bytes(path, most)
        return None if content is None else _text(content)

    def restore(self, snapshot: str, only: Sequence[str] = ()) -> tuple[str, ...]:
        return self._workspace.restore(snapshot, only)

    def artifacts(self, paths: Sequence[str]) -> tuple[Artifact, ...]:
        """Keep those of the files that exist; one over 50 MB is left where it is and not listed."""
        found: list[Artifact] = []
        for path in dict.fromkeys(paths):
            content = self._bytes(path, _MOST_ARTIFACT + 1)
            if content is not None and len(content) <= _MOST_ARTIFACT:
                found.append(Artifact(path=path, sha256=self._keeper.put(content), size=len(content)))
        return tuple(found)

    def _bytes(self, path: str, most: int) -> bytes | None:
        try:
            return self._workspace.read(path, most)
        except ToolError:
            return None


def _text(content: bytes) -> str | None:
    if b"\0" in content:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None
