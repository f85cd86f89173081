"""Is the run going in circles? Pure tests on its steps; stuck means a change of strategy, never another lap."""

import re
from collections.abc import Callable, Sequence

from autogpt.core.run import Run, Step


def stuck(run: Run) -> str:
    """Name of the pattern the last steps show, or '' if the run moves.

    Looks only at the steps of the current item and strategy, so that a new strategy starts with a clean record.
    """
    steps = _recent(run)
    return next((name for name, seen in PATTERNS.items() if seen(steps)), "")


def _recent(run: Run) -> tuple[Step, ...]:
    found: list[Step] = []
    for step in reversed(run.steps):
        last = run.steps[-1]
        if (step.item, step.strategy.name) != (last.item, last.strategy.name):
            break
        found.append(step)
    return tuple(reversed(found))


def _same(steps: Sequence[Step]) -> bool:
    """Twice the same actions with the same results."""
    return len(steps) >= 2 and bool(steps[-1].actions) and steps[-1].signature == steps[-2].signature


def _alternation(steps: Sequence[Step]) -> bool:
    """A, B, A, B: two moves undoing each other."""
    if len(steps) < 4:
        return False
    a, b, c, d = (step.signature for step in steps[-4:])
    return a == c and b == d and a != b and bool(steps[-1].actions)


def _error(steps: Sequence[Step]) -> bool:
    """Three steps on end fail with the same error, line numbers and addresses aside."""
    last = [_failure(step) for step in steps[-3:]]
    return len(last) == 3 and bool(last[0]) and len(set(last)) == 1


def _failure(step: Step) -> str:
    failed = [seen.content for seen in step.observations if not seen.ok]
    if not failed and step.verdict:
        failed = [result.evidence for result in step.verdict.failing]
    return re.sub(r"0x[0-9a-f]+|\d+", "#", "\n".join(failed)).strip()


def _no_progress(steps: Sequence[Step]) -> bool:
    """Four judged steps on end without one more check passing than before."""
    scores = [step.verdict.score for step in steps if step.verdict and step.verdict.results]
    return len(scores) >= 5 and max(scores[-4:]) <= max(scores[:-4])


def _silence(steps: Sequence[Step]) -> bool:
    """Two replies on end in which no action could be read: garbage, chatter or nothing."""
    return len(steps) >= 2 and all(step.reply is not None and not step.actions for step in steps[-2:])


PATTERNS: dict[str, Callable[[Sequence[Step]], bool]] = {
    "same action, same result": _same,
    "alternation": _alternation,
    "repeated error": _error,
    "no progress": _no_progress,
    "no action": _silence,
}
