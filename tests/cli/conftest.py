"""The command line, driven as a person would, with a scripted model."""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from autogpt.cli.main import run
from autogpt.core.contracts import Model
from autogpt.core.message import Request
from autogpt.models.scripted import Scripted

sys.path.insert(0, str(Path(__file__).parent))


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


def writes(name: str = "a.txt", text: str = "hello") -> Callable[[Request], str]:
    """A model whose every program writes the file."""
    return lambda request: f'```python\nopen("{name}", "w").write({text!r})\n```'


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOGPT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AUTOGPT_CONFIG", str(tmp_path / "own.toml"))
    monkeypatch.setenv("LANG", "C.UTF-8")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "home"


@pytest.fixture
def cli(home, capsys, monkeypatch):
    def call(*arguments: str, say: Callable[[Request], str | Exception] | None = None, stdin: bytes = b"") -> Result:
        async def open_model(address: str) -> Model:
            return Scripted(say or writes())

        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        code = run(list(arguments), open_model)
        told = capsys.readouterr()
        return Result(code, told.out, told.err)

    return call
