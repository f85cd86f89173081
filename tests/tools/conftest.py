import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import pytest

from autogpt.core.action import Action, Observation
from autogpt.sandbox.workspace import Folder
from autogpt.tools.here import Here
from autogpt.tools.standard import TOOLS
from autogpt.tools.tool import Tool
from autogpt.tools.toolbox import Box


@dataclass
class Kept:
    """Blobs in a dictionary: content by hash, as the store keeps them in files."""

    content: dict[str, bytes] = field(default_factory=dict)

    def put(self, content: bytes, /) -> str:
        name = hashlib.sha256(content).hexdigest()
        self.content[name] = content
        return name


@dataclass
class Room:
    """A box over a real folder, without a sandbox."""

    folder: Path
    blobs: Kept
    box: Box

    def do(self, tool: str, **args: object) -> Observation:
        return anyio.run(self.box.run, Action(id="1", tool=tool, args=args))

    def put(self, path: str, content: str | bytes) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file


@pytest.fixture
def make_room(tmp_path: Path) -> Callable[..., Room]:
    def make(*more: Tool, most: int = 6_000) -> Room:
        folder = tmp_path / "work"
        folder.mkdir(exist_ok=True)
        blobs = Kept()
        here = Here(Folder(folder, tmp_path / "keep"), None, blobs, most=most)
        return Room(folder, blobs, Box((*TOOLS, *more), here))

    return make


@pytest.fixture
def room(make_room: Callable[..., Room]) -> Room:
    return make_room()
