"""How fast the embedded engine generates, on a quiet machine and beside one busy process, by OpenMP setting.

    python benchmarks/engine.py --model FILE.gguf [--rounds 5] [--tokens 24] [--foreign 0.15] [--minutes 15]

Every setting gets an engine process of its own, all loaded from the start. In each round every setting generates
once quiet and once beside a process that spins, in shuffled order, so that drift of the machine falls on all alike.
What *other* processes used meanwhile is read from /proc/stat; a sample in which it was more than `--foreign` cores is
thrown away and taken again, so the table can be had on a machine that is not ours alone. Reported are medians.
`--boost` (root) lifts engine and spinning process, equally, above everything else for the second that a sample takes:
the other processes then hardly run, which is the next best thing to a quiet machine.
Linux only. Nothing else should run for the best figures; the last table is in `benchmarks/README.md`.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

PROMPT = (
    "<|im_start|>system\nYou are a careful programmer.<|im_end|>\n<|im_start|>user\n"
    "Write a Python module that reads a CSV file of sales, sums the amounts by month and by customer, writes both "
    "tables as Markdown, and has tests. Case {}.<|im_end|>\n<|im_start|>assistant\n"
)
SETTINGS: dict[str, tuple[int, dict[str, str]]] = {
    "2 threads, default": (2, {}),
    "2 threads, passive": (2, {"OMP_WAIT_POLICY": "PASSIVE"}),
    "2 threads, spin 100": (2, {"GOMP_SPINCOUNT": "100"}),
    "2 threads, spin 300": (2, {"GOMP_SPINCOUNT": "300"}),
    "2 threads, spin 500": (2, {"GOMP_SPINCOUNT": "500"}),
    "2 threads, spin 1e3": (2, {"GOMP_SPINCOUNT": "1000"}),
    "2 threads, spin 2e3": (2, {"GOMP_SPINCOUNT": "2000"}),
    "2 threads, spin 5e3": (2, {"GOMP_SPINCOUNT": "5000"}),
    "2 threads, spin 2e4": (2, {"GOMP_SPINCOUNT": "20000"}),
    "2 threads, spin 1e5": (2, {"GOMP_SPINCOUNT": "100000"}),
    "1 thread": (1, {"OMP_WAIT_POLICY": "PASSIVE"}),
}

SPIN = """
import os, sys, time
end = time.monotonic() + 120
while os.getppid() == int(sys.argv[1]) and time.monotonic() < end:
    for _ in range(10**6): pass
"""
"""Ends with its parent, however that ends: it must never be left behind."""


@dataclass
class Sample:
    generated: float
    """Tokens a second."""
    evaluated: float
    """Prompt tokens a second."""
    cpu: float
    """CPU seconds of the engine."""
    foreign: float
    """Cores that other processes kept busy meanwhile, on average."""


@dataclass
class Engine:
    process: subprocess.Popen[str]
    samples: dict[bool, list[Sample]] = field(default_factory=lambda: {False: [], True: []})


def serve(model: str, threads: int) -> None:
    """The child: load the model, answer one JSON line per line read."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path, params.n_ctx, params.n_parallel = model, 2048, 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.verbosity, params.cache_ram_mib, params.fit_params = 0, 0, False
    server = xllamacpp.Server(params)
    print("{}", flush=True)
    for line in sys.stdin:
        before = sum(os.times()[:2])
        answer = server.handle_completions(json.loads(line))
        timings = answer["timings"] if isinstance(answer, dict) else json.loads(answer)["timings"]
        print(json.dumps({**timings, "cpu": sum(os.times()[:2]) - before}), flush=True)


def start(model: Path, threads: int, env: dict[str, str]) -> Engine:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "GOMP_", "KMP_"))}
    command = [sys.executable, __file__, "--child", str(threads), "--model", str(model)]
    process = subprocess.Popen(
        command,
        env=clean | env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    if not process.stdout.readline():
        sys.exit("an engine did not start; is xllamacpp installed, and the model a GGUF file?")
    return Engine(process)


def boost(pid: int, nice: int) -> None:
    """Set the weight of the session the process leads (sched(7), autogroup)."""
    Path(f"/proc/{pid}/autogroup").write_text(str(nice))


@contextlib.contextmanager
def busy(wanted: bool) -> Iterator[list[int]]:
    """One process that spins, in a session of its own like any other program of the user."""
    if not wanted:
        yield []
        return
    process = subprocess.Popen([sys.executable, "-c", SPIN, str(os.getpid())], start_new_session=True)
    time.sleep(0.3)
    try:
        yield [process.pid]
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def boosted(pids: list[int]) -> Iterator[None]:
    """At most for four seconds: a setting that collapses must not take the machine along."""

    def end() -> None:
        for pid in pids:
            with contextlib.suppress(OSError):
                boost(pid, 0)

    for pid in pids:
        boost(pid, -15)
    timer = threading.Timer(4.0, end)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        end()


def used_by(pids: list[int]) -> float:
    """CPU seconds of the processes so far (proc(5), stat fields 14 and 15)."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def used_by_all() -> float:
    """CPU seconds of the whole machine so far: user, nice, system, irq, softirq, steal."""
    ticks = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6] + ticks[7]) / os.sysconf("SC_CLK_TCK")


def measure(engine: Engine, beside: bool, tokens: int, case: int, lift: bool) -> Sample:
    with busy(beside) as spinning, boosted([engine.process.pid, *spinning] if lift else []):
        ours = [engine.process.pid, *spinning]
        began, all_before, ours_before = time.monotonic(), used_by_all(), used_by(ours)
        asked = {"prompt": PROMPT.format(case), "n_predict": tokens, "temperature": 0, "ignore_eos": True}
        assert engine.process.stdin is not None
        assert engine.process.stdout is not None
        engine.process.stdin.write(json.dumps({**asked, "cache_prompt": False}) + "\n")
        engine.process.stdin.flush()
        said = json.loads(engine.process.stdout.readline())
        seconds = time.monotonic() - began
        foreign = ((used_by_all() - all_before) - (used_by(ours) - ours_before)) / seconds
    return Sample(said["predicted_per_second"], said["prompt_per_second"], said["cpu"], max(0.0, foreign))


def gather(engines: dict[str, Engine], args: argparse.Namespace) -> None:
    until = time.monotonic() + 60 * args.minutes
    dice = random.Random(1)
    case = thrown = 0
    while time.monotonic() < until:
        open_ = [
            (name, beside)
            for name, engine in engines.items()
            for beside in (False, True)
            if len(engine.samples[beside]) < args.rounds
        ]
        if not open_:
            break
        dice.shuffle(open_)
        for name, beside in open_:
            case += 1
            sample = measure(engines[name], beside, args.tokens, case, args.boost)
            if args.raw:
                print(f"{name}; {'busy' if beside else 'quiet'}; {sample}", flush=True)
            if sample.foreign <= args.foreign:
                engines[name].samples[beside].append(sample)
            else:
                thrown += 1
            print(f"\r{case} samples, {thrown} thrown away ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def report(engines: dict[str, Engine], args: argparse.Namespace) -> None:
    print(f"model {args.model.name}, {args.tokens} tokens, foreign load at most {args.foreign} cores, median (samples)")
    print("| setting | quiet tok/s | busy tok/s | busy/quiet | quiet prompt tok/s | busy prompt tok/s | cpu-s quiet |")
    print("|---|---|---|---|---|---|---|")
    for name, engine in engines.items():
        quiet, beside = engine.samples[False], engine.samples[True]
        if not quiet or not beside:
            print(f"| {name} | too few samples: {len(quiet)}, {len(beside)} | | | | | |")
            continue
        fast, slow = (statistics.median(sample.generated for sample in samples) for samples in (quiet, beside))
        prompt, prompt_busy = (statistics.median(sample.evaluated for sample in samples) for samples in (quiet, beside))
        cpu = statistics.median(sample.cpu for sample in quiet)
        print(
            f"| {name} | {fast:.1f} ({len(quiet)}) | {slow:.1f} ({len(beside)}) | {slow / fast:.2f} "
            f"| {prompt:.0f} | {prompt_busy:.0f} | {cpu:.1f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=24)
    parser.add_argument("--foreign", type=float, default=0.15)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--boost", action="store_true")
    parser.add_argument("--raw", action="store_true", help="print every sample, thrown away or not")
    parser.add_argument("--only", default=[], nargs="*", help="settings whose name contains one of these")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if args.child:
        serve(str(args.model), args.child)
        return
    chosen = {
        name: setting for name, setting in SETTINGS.items() if not args.only or any(word in name for word in args.only)
    }
    engines = {name: start(args.model, *setting) for name, setting in chosen.items()}
    try:
        gather(engines, args)
    finally:
        for engine in engines.values():
            engine.process.kill()
            engine.process.wait()
    report(engines, args)


if __name__ == "__main__":
    main()
