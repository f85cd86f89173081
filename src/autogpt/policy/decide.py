"""Decides whether a tool call may happen. Pure and total: true even if the model is the attacker.

The guarantee it stands for: nothing leaves the machine, no money is spent and nothing outside the run's workspace
changes, except by an approval that showed exactly that call. Allow-lists of destinations named before a run met
untrusted data (P3, P4) are not built yet: every external effect asks.
"""

import functools
from collections.abc import Callable
from datetime import datetime, timedelta

from autogpt.core.action import Action
from autogpt.core.contracts import Policy
from autogpt.core.effect import Approval, Call, Decision
from autogpt.core.run import Run
from autogpt.core.schema import canonical_json

__all__ = ["LIFETIME", "decide", "policy"]

LIFETIME = timedelta(hours=24)
"""How long an approval is good for."""
_REPEATS = 3
"""How often one exact call may be made."""

Leaks = Callable[[str], bool]
"""Whether a text holds a secret, in any usual encoding."""


def _no_secrets(_: str) -> bool:
    return False


def policy(*, sandbox: bool, leaks: Leaks = _no_secrets) -> Policy:
    """`decide` for one set-up; implements `core.contracts.Policy`. For the arguments see there."""
    return functools.partial(decide, sandbox=sandbox, leaks=leaks)


def decide(run: Run, call: Call, now: datetime, *, sandbox: bool, leaks: Leaks = _no_secrets) -> Decision:
    """Allow, ask or deny one call, with the name of the rule (P1-P10 in the documentation on safety).

    now: the run's time, with a zone. sandbox: whether code can be run safely here. leaks: knows the secrets.
    Raises nothing.
    """
    return (
        _not_ours(run, call)
        or _over_limits(run, call)
        or _repeated(run, call)
        or _no_sandbox(call, sandbox)
        or _inside(call)
        or _leaking(call, leaks)
        or _by_approval(run, call, now)
        or _outside(run, call)
    )


def _allow(rule: str, reason: str) -> Decision:
    return Decision(kind="allow", rule=rule, reason=reason)


def _deny(rule: str, reason: str) -> Decision:
    return Decision(kind="deny", rule=rule, reason=reason)


def _not_ours(run: Run, call: Call) -> Decision | None:
    if call.run_id != run.id:
        return _deny("P1", f"the call belongs to run {call.run_id!r}, not to this one")
    if run.over:
        return _deny("P1", "the run is over")
    try:
        _ = call.digest
    except ValueError:
        return _deny("P1", "its arguments are no plain JSON (NaN, or half a character), so it cannot be told exactly")
    return None


def _over_limits(run: Run, call: Call) -> Decision | None:
    """The loop ends a run that has reached a limit; this holds where something slipped past it.

    Tokens and money that the last reply took too much are spent: what was paid for may still go into the workspace.
    """
    limits, used = run.task.limits, run.usage
    spent: list[tuple[str, float, float | None]] = [
        ("steps", len(run.steps) + run.extra_steps, limits.steps),
        ("seconds", run.seconds, limits.seconds),
    ]
    if _reaches_out(call):
        spent += [("tokens", used.tokens, limits.tokens), ("US dollars", used.cost_usd, limits.cost_usd)]
    for name, much, most in spent:
        if most is not None and much > most:
            return _deny("P7", f"the run is over its limit of {most:,} {name} ({much:,.10g} used)")
    return None


def _repeated(run: Run, call: Call) -> Decision | None:
    """The same call again and again. Inside the workspace it counts only while nothing else changed there."""
    made = run.calls.get(call.digest, 0) if _reaches_out(call) else _in_vain(run, call)
    if made < _REPEATS:
        return None
    return _deny("P7", f"exactly this call was made {made} times already; do something else")


def _in_vain(run: Run, call: Call) -> int:
    """How often the call was made since the conversation began afresh or another call changed a file."""
    made = 0
    for step in reversed(run.attempt):
        for action, seen in reversed(tuple(zip(step.actions, step.observations, strict=False))):
            if _same(action, call):
                made += 1
            elif seen.changed:
                return made
    return made


def _same(action: Action, call: Call) -> bool:
    # The call has defaults filled in that the model may have left out.
    return action.tool == call.tool and all(
        name in call.args and call.args[name] == value for name, value in action.args.items()
    )


def _no_sandbox(call: Call, sandbox: bool) -> Decision | None:
    if call.effects.runs_code and not sandbox:
        return _deny("P10", "code runs only in the sandbox, and there is none here")
    return None


def _inside(call: Call) -> Decision | None:
    if _reaches_out(call):
        return None
    return _allow("P2", f"its effect stays in the workspace ({call.effects.effect})")


def _reaches_out(call: Call) -> bool:
    """Whether the call does something beyond the workspace. A destination says so whatever the tool declares."""
    return call.effects.effect not in ("none", "workspace") or bool(call.destinations)


def _leaking(call: Call, leaks: Leaks) -> Decision | None:
    if leaks(canonical_json(call.args)) or any(leaks(where) for where in call.destinations):
        return _deny("P9", "a secret would leave with this call; secrets are given to tools by name only")
    return None


def _by_approval(run: Run, call: Call, now: datetime) -> Decision | None:
    """A person's last word on exactly this call: run, tool, version and arguments."""
    word = next((one for one in reversed(run.approvals) if one.digest == call.digest), None)
    if word is None or not _valid(word, now):
        return None
    if not word.granted:
        return _deny("P6", "the person refused exactly this call")
    return None if word.used else _allow("P6", "the person approved exactly this call")


def _valid(word: Approval, now: datetime) -> bool:
    # No zone: no comparison. Further off than its lifetime: the clock was set back since.
    if now.tzinfo is None or word.expires.tzinfo is None:
        return False
    return timedelta(0) < word.expires - now <= LIFETIME


def _outside(run: Run, call: Call) -> Decision:
    where = f" to {', '.join(call.destinations)}" if call.destinations else ""
    match call.effects.effect:
        case "spend" | "irreversible" | "config":
            return _ask("P5", f"its effect is {call.effects.effect}{where}")
        case "external" | "none" | "workspace":
            if run.labels.untrusted and run.labels.private:
                return _ask("P4", f"it reaches out{where}, and the run has seen both private and untrusted data")
            return _ask("P3", f"it reaches out{where}")
    return _deny("P1", "its effect is of no known kind")  # pyright: ignore[reportUnreachable] - built unchecked


def _ask(rule: str, reason: str) -> Decision:
    return Decision(kind="ask", rule=rule, reason=reason)
