"""The engine's own process: loads one GGUF file into llama.cpp and listens on 127.0.0.1 until nobody needs it.

Started by `engine.py` as `python -m autogpt.models.enginehost`. It holds `alive.lock` for as long as it lives, so
that nobody takes a dead engine for a living one, whatever killed it.
"""

import argparse
import importlib
import json
import os
import secrets
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from autogpt.models.locks import open_lock, try_lock, unlock


@dataclass(frozen=True)
class _Wanted:
    model: Path
    fingerprint: str
    runtime: Path
    window: int
    threads: int
    idle: float
    prompt_cache_mib: int


def main() -> None:
    """Take the lock, let go of the caller, load the model, say where it listens, leave when idle."""
    wanted = _arguments()
    alive = open_lock(wanted.runtime / "alive.lock")
    if not try_lock(alive):
        sys.exit("another engine is running")
    state = wanted.runtime / "engine.json"
    state.unlink(missing_ok=True)
    # The caller waits for this process only; the child lives on, adopted by init, and keeps the lock.
    if os.fork():
        os._exit(0)
    key = secrets.token_urlsafe(32)
    server, address = listen(
        wanted.model,
        key,
        window=wanted.window,
        threads=wanted.threads,
        prompt_cache_mib=wanted.prompt_cache_mib,
    )
    _announce(state, wanted, address, key)
    _wait_until_idle(wanted)
    state.unlink(missing_ok=True)
    # The binding's own tidying joins threads that may be in a system call; there is nothing to tidy.
    del server
    os._exit(0)


def _arguments() -> _Wanted:
    parser = argparse.ArgumentParser(prog="enginehost")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--fingerprint", required=True)
    parser.add_argument("--runtime", type=Path, required=True)
    parser.add_argument("--window", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--idle", type=float, required=True)
    parser.add_argument("--prompt-cache-mib", type=int, required=True)
    return _Wanted(**vars(parser.parse_args()))


def listen(
    model: Path, key: str, *, window: int, threads: int, prompt_cache_mib: int, name: str = "local", port: int = 0
) -> tuple[object, str]:
    """Load the model and answer on 127.0.0.1 whoever has the key. Returns the server, to be kept, and its address.

    name: by which it is asked for. port: 0 for any that is free.
    """
    # By name, because the binding carries no types.
    xllamacpp = importlib.import_module("xllamacpp")
    params = xllamacpp.CommonParams()
    params.model.path = str(model)
    params.model_alias = {name}
    params.n_ctx = window
    params.n_parallel = 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.api_keys = [key]
    params.cors_origins = ""
    params.ui = False
    params.verbosity = 1
    params.cache_ram_mib = prompt_cache_mib
    params.fit_params = False
    params.ctx_shift = False
    params.sse_ping_interval = 5
    server = xllamacpp.Server(params)
    # The binding takes over SIGTERM and SIGINT for a loop that it does not run here.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return server, str(server.listening_address)


def _announce(state: Path, wanted: _Wanted, address: str, key: str) -> None:
    said = {"pid": os.getpid(), "address": address, "key": key, "fingerprint": wanted.fingerprint}
    new = state.with_name("engine.json.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "w") as out:
        json.dump(said, out)
    new.replace(state)


def _wait_until_idle(wanted: _Wanted) -> None:
    """Return, holding `busy.lock`, when no client has had it for the idle time.

    Clients hold it shared while they use the engine and touch it when they let go (see `engine.lease`).
    """
    busy = open_lock(wanted.runtime / "busy.lock")
    used = time.monotonic()
    touched = 0
    while True:
        time.sleep(min(2.0, wanted.idle / 4))
        got = try_lock(busy)
        now_touched = os.fstat(busy).st_mtime_ns
        if not got or now_touched != touched:
            used, touched = time.monotonic(), now_touched
        elif time.monotonic() - used > wanted.idle:
            return
        if got:
            unlock(busy)


if __name__ == "__main__":
    main()
