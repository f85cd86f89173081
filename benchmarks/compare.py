"""Compares our agent with the bare model and with peers, all at one model endpoint.

    python benchmarks/compare.py --suite workspace --arm bare --arm agent [--model embedded] [--limit 12] [--seed 1]
    python benchmarks/compare.py --report benchmarks/results/NAME

Arms: bare (asked once), agent (`autogpt run`), smolagents (CodeAgent), mini (mini-swe-agent); install the peers with
benchmarks/peers.sh. Suites: workspace, mbpp (needs AUTOGPT_BENCH_DATA), or the path of a YAML file.
Every mark goes to benchmarks/results/NAME/SUITE.ARM.jsonl as it comes; the same command goes on where it stopped.
Tasks are sat one arm after the other, task by task, so that the load of the machine falls on all arms alike.
"""

import argparse
import os
import sys
from pathlib import Path

import anyio
from arms import Agent, Budget, Peer
from bare import Bare
from endpoint import Endpoint, endpoint

from autogpt.core.errors import AutoGPTError
from autogpt.exam.report import compare, render
from autogpt.exam.runner import Mark, Report, Room, Solver, read_report, sit
from autogpt.exam.suite import Suite, load_suite
from autogpt.parts import keys
from autogpt.sandbox import open_sandbox
from autogpt.sandbox.workspace import Folder
from autogpt.settings import load

ARMS = ("bare", "agent", "smolagents", "mini")
HERE = Path(__file__).parent


def main() -> int:
    args = _arguments()
    try:
        if args.report:
            print(_write_report(args.report))
        else:
            anyio.run(_run, args)
    except AutoGPTError as error:
        print(f"compare: {error}", file=sys.stderr)
        return 2
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suite", action="append", default=[], help="workspace, mbpp or a YAML file; may be repeated")
    parser.add_argument("--arm", action="append", default=[], choices=ARMS, help="may be repeated; all if not given")
    parser.add_argument("--model", default="embedded", help="address of the model, as for autogpt run")
    parser.add_argument("--only", default="", help="ids of tasks, with commas between")
    parser.add_argument("--limit", type=int, help="at most so many tasks of a suite")
    parser.add_argument("--seed", type=int, default=0, help="draws the tasks of --limit")
    parser.add_argument("--steps", type=int, default=Budget.steps)
    parser.add_argument("--answer-tokens", type=int, default=Budget.answer_tokens)
    parser.add_argument("--seconds", type=float, default=Budget.seconds, help="wall-clock limit of one task")
    parser.add_argument("--name", default="latest", help="folder below benchmarks/results")
    parser.add_argument("--report", type=Path, help="only render the results in this folder")
    parser.add_argument("--peers", type=Path, default=_peers(), help="where peers.sh made the environments")
    return parser.parse_args()


def _peers() -> Path:
    named = os.environ.get("AUTOGPT_BENCH_PEERS")
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(named) if named else Path(cache) / "autogpt-bench"


async def _run(args: argparse.Namespace) -> None:
    settings = load()
    data = Path(value) if (value := os.environ.get("AUTOGPT_BENCH_DATA")) else None
    results = HERE / "results" / args.name
    room = Room(Folder, open_sandbox())
    budget = Budget(steps=args.steps, answer_tokens=args.answer_tokens, seconds=args.seconds)
    only = frozenset(part.strip() for part in args.only.split(",") if part.strip())
    peers = any(arm not in ("bare", "agent") for arm in args.arm or ARMS)
    async with endpoint(args.model, settings.cache, settings.cache / "engine", keys(), peers=peers) as there:
        for name in args.suite or ["workspace"]:
            suite = load_suite(name, data).only(ids=only, limit=args.limit, seed=args.seed)
            solvers = {arm: _solver(arm, suite, there, budget, room, args, settings.home) for arm in args.arm or ARMS}
            for task in suite.tasks:
                for arm, solver in solvers.items():
                    await sit(
                        Suite(name=suite.name, tasks=(task,)),
                        solver,
                        room,
                        arm=arm,
                        results=results / f"{suite.name}.{arm}.jsonl",
                        seconds=args.seconds + 60,
                        on_mark=lambda mark, arm=arm: _say(arm, mark),
                    )
    print(_write_report(results))


def _solver(
    arm: str, suite: Suite, there: Endpoint, budget: Budget, room: Room, args: argparse.Namespace, home: Path
) -> Solver:
    match arm:
        case "bare":
            assert room.sandbox
            return Bare(there.model, room.sandbox, "solution.py" if suite.name == "mbpp" else "")
        case "agent":
            return Agent(args.model, budget, home)
        case _:
            return Peer(arm, there, budget, args.peers)


def _say(arm: str, mark: Mark) -> None:
    state = "solved" if mark.passed else f"failed ({mark.failure})"
    usage = mark.sat.usage
    print(
        f"{mark.task:28} {arm:11} {state:26} {mark.sat.outcome:9} {mark.sat.steps:3} steps "
        f"{usage.input_tokens:7,} in {usage.output_tokens:6,} out {mark.sat.seconds:6.1f} s",
        flush=True,
    )


def _write_report(folder: Path) -> str:
    """Render all results in the folder into its report.md."""
    reports: list[Report] = []
    for path in sorted(folder.glob("*.jsonl"), key=lambda path: (path.stem.split(".")[0], _place(path))):
        suite, _, arm = path.stem.rpartition(".")
        reports.append(read_report(suite, arm, path))
    text = "# Comparison\n\n" + compare(reports) + "\n" + "\n".join(render(report) for report in reports)
    (folder / "report.md").write_text(text, "utf-8")
    return text


def _place(path: Path) -> int:
    arm = path.stem.rpartition(".")[2]
    return ARMS.index(arm) if arm in ARMS else len(ARMS)


if __name__ == "__main__":
    sys.exit(main())
