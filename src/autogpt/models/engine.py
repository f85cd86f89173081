"""The one engine of this user on this machine: found, started, replaced, leased; shared by every run and process.

Three locks in the runtime folder, all dropped by the kernel when their holder dies:
`alive.lock` the engine holds for life; `gate.lock` a client holds for the moment in which it looks at or changes
which engine runs; `busy.lock` every client holds shared during a request, so that nobody replaces the engine under it.
"""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pydantic

from autogpt.core.errors import ModelError, UsageError
from autogpt.core.schema import Value
from autogpt.models.locks import file_lock, open_lock, try_lock, unlock

_LOOK = 0.03
"""Seconds between two looks at a lock or at the state file."""


class EngineSpec(Value):
    """Which model, and how the engine serves it."""

    model: Path
    window: int = 16_384
    """Context in tokens, prompt and answer together; the model's own limit if that is smaller."""
    threads: int = 0
    """0: chosen for the machine, see `threads_for`."""
    idle_seconds: float = 600.0
    prompt_cache_mib: int = 1024
    """Memory for the prefixes of other runs than the one served last, in MiB."""

    @property
    def fingerprint(self) -> str:
        """Equal for engines that answer alike: same file, unchanged since, served in the same way to the same network.

        Raises UsageError when the file is gone.
        """
        try:
            stat = self.model.stat()
        except OSError as error:
            raise UsageError(f"the model file {str(self.model)!r} cannot be read: {error.strerror}") from error
        said = [str(self.model.resolve()), stat.st_size, stat.st_mtime_ns, self.window, self.threads]
        said.append(_network())
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


class Engine(Value):
    """A running engine, as it announced itself."""

    pid: int
    address: str
    key: str
    fingerprint: str


_LITTLE = 300_000_000
"""Bytes of a model whose operations are so short that on two cores waiting for each other is most of the work."""


def threads_for(cores: int, model: int) -> int:
    """How many threads suit a machine with this many usable cores and a model of so many bytes.

    Generation is bound by memory, which about eight threads use up; from three cores on, one is left to others. A
    small model on two cores gets one: two are half as fast again on a quiet machine, and take 2.4 times as long beside
    one busy process (SmolLM2-135M in `benchmarks/engine.md`).
    """
    if cores <= 2:
        return 1 if model < _LITTLE else cores
    return min(cores - 1, 8)


@asynccontextmanager
async def lease(
    spec: EngineSpec,
    runtime: Path,
    on_start: Callable[[], None] = lambda: None,
    on_wait: Callable[[], None] = lambda: None,
) -> AsyncGenerator[Engine]:
    """Have the engine for one request: reuse the running one, start it, or replace another model's when that is idle.

    on_start: called when the model has to be loaded, which takes seconds. on_wait: called when another model answers
    somebody, which may take minutes.
    Raises ModelError when the engine does not start, UsageError when the runtime folder is not safe to use.
    """
    _private_folder(runtime)
    busy = open_lock(runtime / "busy.lock")
    try:
        yield await _take(spec, runtime, busy, on_start, on_wait)
    finally:
        os.utime(busy)
        os.close(busy)


async def _take(
    spec: EngineSpec, runtime: Path, busy: int, on_start: Callable[[], None], on_wait: Callable[[], None]
) -> Engine:
    async with _gate(runtime):
        while True:
            engine = await _ensure(spec, runtime, on_start, on_wait)
            await _until(lambda: try_lock(busy, shared=True))
            # An idle engine leaves with the lock in its hand: what we waited for may be its end.
            if _running(runtime) == engine:
                return engine
            unlock(busy)


async def restart(runtime: Path, failed: Engine) -> None:
    """End the engine that failed a request, unless it still answers. The next lease starts a new one."""
    from autogpt.models.line import healthy

    async with _gate(runtime):
        if _running(runtime) == failed and not await healthy(failed):
            await _end(runtime, failed)


async def stop(runtime: Path) -> bool:
    """End the engine, whatever it does; returns whether one was running."""
    _private_folder(runtime)
    async with _gate(runtime):
        engine = _running(runtime)
        if engine is None:
            return False
        await _end(runtime, engine)
        return True


def running(runtime: Path) -> Engine | None:
    """The engine that runs now, for `autogpt models` and `doctor`."""
    return _running(runtime) if runtime.is_dir() else None


@asynccontextmanager
async def _gate(runtime: Path) -> AsyncGenerator[None]:
    gate = open_lock(runtime / "gate.lock")
    try:
        await _until(lambda: try_lock(gate))
        yield
    finally:
        os.close(gate)


async def _until(done: Callable[[], bool]) -> None:
    while not done():  # noqa: ASYNC110  # other processes give no event
        await anyio.sleep(_LOOK)


async def _ensure(spec: EngineSpec, runtime: Path, on_start: Callable[[], None], on_wait: Callable[[], None]) -> Engine:
    if _alive(runtime):
        # It may still be loading, started by a client that has since been ended.
        engine = await _announced(runtime)
        if engine is not None and engine.fingerprint == spec.fingerprint:
            return engine
        if engine is not None:
            await _replace(runtime, engine, on_wait)
    on_start()
    await anyio.to_thread.run_sync(_spawn, spec, runtime)
    engine = await _announced(runtime)
    if engine is None:
        raise ModelError(f"the engine could not load {str(spec.model)!r}: {_last_words(runtime)}")
    return engine


async def _announced(runtime: Path) -> Engine | None:
    """Wait until the engine says where it listens; None if it ended before."""
    while _alive(runtime):
        if (engine := _running(runtime)) is not None:
            return engine
        await anyio.sleep(_LOOK)
    return None


async def _replace(runtime: Path, engine: Engine, on_wait: Callable[[], None]) -> None:
    """End another model's engine once no request is in it; the gate, held by us, keeps new ones out."""
    busy = open_lock(runtime / "busy.lock")
    try:
        if not try_lock(busy):
            on_wait()
            await _until(lambda: try_lock(busy))
        await _end(runtime, engine)
    finally:
        os.close(busy)


async def _end(runtime: Path, engine: Engine) -> None:
    for sent in (signal.SIGTERM, signal.SIGKILL):
        if not _alive(runtime):
            return
        try:
            os.kill(engine.pid, sent)
        except ProcessLookupError:
            return
        with anyio.move_on_after(3):
            await _until(lambda: not _alive(runtime))


def _alive(runtime: Path) -> bool:
    with file_lock(runtime / "alive.lock", shared=True) as free:
        return not free


def _running(runtime: Path) -> Engine | None:
    if not _alive(runtime):
        return None
    try:
        return Engine.model_validate_json((runtime / "engine.json").read_bytes())
    except (FileNotFoundError, pydantic.ValidationError):
        return None


def _spawn(spec: EngineSpec, runtime: Path) -> None:
    command = [sys.executable, "-P", "-m", "autogpt.models.enginehost", "--model", str(spec.model.resolve())]
    command += ["--fingerprint", spec.fingerprint, "--runtime", str(runtime.resolve()), "--window", str(spec.window)]
    command += [
        "--threads",
        str(spec.threads or threads_for(cores(), spec.model.stat().st_size)),
        "--idle",
        str(spec.idle_seconds),
    ]
    command += ["--prompt-cache-mib", str(spec.prompt_cache_mib)]
    log = os.open(runtime / "engine.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    try:
        # A session of its own, so that Ctrl-C in the terminal ends the caller and not the engine.
        subprocess.run(
            command,
            cwd=runtime,
            env=environment(os.environ, vendor()),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            check=False,
        )
    finally:
        os.close(log)


def environment(ours: Mapping[str, str], maker: str) -> dict[str, str]:
    """The engine's environment: what Python needs to find its modules, no keys, and how OpenMP threads wait.

    By default they spin for milliseconds at every one of some 400 barriers a token: best on a quiet machine, a tenth
    and less when another process takes a core, because the spinning thread keeps the one it waits for from running.
    A short spin, then sleep, costs nothing on a quiet machine and keeps more than half beside a busy process
    (`benchmarks/engine.py`, table in `benchmarks/engine.md`). One turn of the spin is a PAUSE instruction: about
    50 cycles on AMD, where this was measured, 140 on Intel since Skylake, hence fewer turns there.

    maker: of the processor, as /proc/cpuinfo says it.
    """
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "PYTHONUSERBASE", "LD_LIBRARY_PATH")
    spin = "400" if maker == "GenuineIntel" else "1000"
    return {name: ours[name] for name in kept if name in ours} | {"GOMP_SPINCOUNT": spin}


def _network() -> str:
    """Which network this process sees: 127.0.0.1 of a container is another one than the machine's."""
    try:
        return str(Path("/proc/self/ns/net").readlink())
    except OSError:
        return ""


def vendor() -> str:
    """Who made the processor, as /proc/cpuinfo says it; empty where it does not."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("vendor_id")), "")


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _last_words(runtime: Path) -> str:
    try:
        text = (runtime / "engine.log").read_text("utf-8", "replace")
    except OSError as error:
        return str(error)
    if "libgomp" in text:
        return "it needs the OpenMP library: `apt install libgomp1`"
    if "No module named 'xllamacpp'" in text:
        return "it needs the engine: `pip install 'autogpt[local]'`"
    if raised := re.findall(r"^\w*(?:Error|Exception): (.+)$", text, re.M):
        return raised[-1][:500]  # the rest of a traceback says nothing to a person
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " / ".join(lines[-3:])[:500] or "it ended without a word; is there enough memory?"


def _private_folder(runtime: Path) -> None:
    """Make the folder for us alone; what lies in it is a key and locks."""
    try:
        runtime.mkdir(parents=True, exist_ok=True, mode=0o700)
        stat = runtime.stat()
    except OSError as error:
        raise UsageError(f"the runtime folder {str(runtime)!r} cannot be used: {error.strerror}") from error
    if stat.st_uid != os.geteuid() or stat.st_mode & 0o077:
        raise UsageError(
            f"the runtime folder {str(runtime)!r} must belong to you alone: `chmod 700 {runtime}`, or choose another"
        )
