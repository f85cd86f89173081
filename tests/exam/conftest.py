from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import anyio
import pytest

from autogpt.core.check import Check, CheckResult
from autogpt.core.contracts import Model, Sandbox
from autogpt.exam.checks import CheckRunner
from autogpt.sandbox import open_sandbox
from autogpt.sandbox.workspace import Folder


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    return open_sandbox()


@dataclass
class Desk:
    """A workspace and the checks that are run on it."""

    folder: Path
    workspace: Folder
    runner: CheckRunner

    def put(self, path: str, content: str | bytes) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    def check(self, check: Check) -> CheckResult:
        return anyio.run(self.runner.check, [check])[0]


@pytest.fixture
def make_desk(tmp_path: Path) -> Callable[..., Desk]:
    def make(sandbox: Sandbox | None = None, judge: Model | None = None) -> Desk:
        folder = tmp_path / "workspace"
        folder.mkdir()
        workspace = Folder(folder, tmp_path / "keep")
        return Desk(folder, workspace, CheckRunner(workspace, sandbox, str(folder), judge))

    return make


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    """Without a sandbox: for checks that read files."""
    return make_desk()


@pytest.fixture
def lab(make_desk: Callable[..., Desk], sandbox: Sandbox) -> Desk:
    """With the real sandbox: for checks that run code."""
    return make_desk(sandbox)
