"""A run's result: as the one JSON object scripts read, and as an exit code."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import JsonValue

from autogpt.cli.main import CAPPED, COMPLETE, FAILED
from autogpt.cli.render import took
from autogpt.core.check import describe
from autogpt.core.event import Entry
from autogpt.core.message import Usage
from autogpt.core.run import Run

if TYPE_CHECKING:
    from autogpt.runs.workflow import Ending


def exit_code(run: Run | None) -> int:
    match run.outcome if run is not None else None:
        case "complete":
            return COMPLETE
        case "capped":
            return CAPPED
        case _:
            return FAILED


def as_json(run_id: str, run: Run | None, entries: Sequence[Entry], ending: "Ending | None") -> dict[str, JsonValue]:
    """The object `--json` prints; its keys are a contract."""
    used = run.usage if run is not None else Usage()
    why = ending.why if ending is not None else "stopped"
    if run is not None and run.outcome is not None:
        outcome, summary = run.outcome, run.summary
    elif run is not None and run.question is not None:
        outcome, summary = "waiting", run.question.question
    else:
        outcome, summary = (
            {"over": "failed", "error": "interrupted", "unfit": "interrupted"}.get(why, why),
            (ending.message if ending is not None else ""),
        )
    known = {describe(result.check): result for result in (run.verdict.results if run and run.verdict else ())}
    checks = [result.check for result in known.values()]
    checks += [check for check in (run.task.checks if run else ()) if describe(check) not in known]
    return {
        "run_id": run_id,
        "outcome": outcome,
        "summary": summary,
        "checks": [
            {
                "text": describe(check),
                "passed": describe(check) in known and known[describe(check)].passed,
                "evidence": known[describe(check)].evidence if describe(check) in known else "not run",
            }
            for check in checks
        ],
        "artifacts": [artifact.model_dump(mode="json") for artifact in (run.artifacts if run else ())],
        "steps": len(run.steps) + run.extra_steps if run else 0,
        "usage": {
            "input_tokens": used.input_tokens,
            "cached_tokens": used.cached_tokens,
            "output_tokens": used.output_tokens,
            "cost_usd": used.cost_usd,
            "model_seconds": round(used.model_seconds, 3),
            "seconds": round(took(entries), 3),
        },
    }
