"""One action: whether it may be done, by the policy or a person, then done and written down."""

from datetime import timedelta

from autogpt.agent.context import Context
from autogpt.core.action import Action, Observation
from autogpt.core.effect import Approval, Call, Decision, Labels
from autogpt.core.errors import ToolError
from autogpt.core.event import Answered, Asked, Decided, Observed
from autogpt.core.run import Run


async def perform(run: Run, action: Action, ctx: Context) -> Run:
    """One action through the policy: allowed and done, approved by a person and done, or refused."""
    try:
        call = ctx.toolbox.call(action, run.id)
    except ToolError as error:
        seen = Observation(action_id=action.id, tool=action.tool, ok=False, content=str(error))
        return await observed(run, action, seen, Labels(), ctx)
    if action.tool == "ask_person":
        return await _ask_person(run, action, ctx)
    run, decision = await _decide(run, call, action, ctx)
    if decision.kind == "ask":
        run, decision = await _approval(run, call, action, decision, ctx)
    if decision.kind != "allow":
        text = f"not allowed ({decision.rule}): {decision.reason}"
        seen = Observation(action_id=action.id, tool=action.tool, ok=False, content=text)
        return await observed(run, action, seen, Labels(), ctx)
    seen = await ctx.toolbox.run(action)
    labels = Labels(untrusted=call.effects.untrusted_output, private=call.effects.reads == "private")
    return await observed(run, action, seen, labels, ctx)


async def _decide(run: Run, call: Call, action: Action, ctx: Context) -> tuple[Run, Decision]:
    now = run.now or await ctx.clock.now()
    decision = ctx.policy(run, call, now)
    used = call.digest if decision.kind == "allow" and any(a.digest == call.digest for a in run.approvals) else None
    run = await ctx.record(
        run,
        Decided(
            action_id=action.id,
            tool=call.tool,
            digest=call.digest,
            decision=decision,
            labels=run.labels,
            approval=used,
        ),
    )
    return run, decision


async def _approval(run: Run, call: Call, action: Action, decision: Decision, ctx: Context) -> tuple[Run, Decision]:
    """Ask for leave for exactly this call, and decide again with the answer."""
    asked = Asked(
        id=f"approve-{call.digest[:12]}-{run.events}",
        question=f"{ctx.render(call, run.labels)}\n{decision.rule}: {decision.reason}",
        about="approval",
        choices=("yes", "no"),
        digest=call.digest,
    )
    run, answer, waited = await ctx.ask(run, asked)
    now = await ctx.clock.now()
    granted = answer.strip().lower() in ("yes", "y", "是", "同意", "允许", "approve")
    approval = Approval(digest=call.digest, granted=granted, expires=now + timedelta(hours=24))
    run = await ctx.record(run, Answered(id=asked.id, answer=answer, approval=approval, waited=waited))
    return await _decide(run.model_copy(update={"now": now}), call, action, ctx)


async def _ask_person(run: Run, action: Action, ctx: Context) -> Run:
    asked = Asked(id=f"tool-{run.events}", question=str(action.args.get("question", "")), about="tool")
    run, answer, waited = await ctx.ask(run, asked)
    run = await ctx.record(run, Answered(id=asked.id, answer=answer, waited=waited))
    seen = Observation(action_id=action.id, tool=action.tool, ok=True, content=answer)
    return await observed(run, action, seen, Labels(), ctx)


async def observed(run: Run, action: Action, seen: Observation, labels: Labels, ctx: Context) -> Run:
    return await ctx.record(run, Observed(action=action, observation=seen, labels=run.labels | labels))
