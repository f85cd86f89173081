"""The main line: a goal in, verified work out."""

from autogpt.agent.act import act
from autogpt.agent.adapt import adapt
from autogpt.agent.context import Context
from autogpt.agent.deliver import deliver
from autogpt.agent.evaluate import evaluate, judge, suspicious
from autogpt.agent.labelling import label
from autogpt.agent.limits import limit_now
from autogpt.agent.perform import perform
from autogpt.agent.plan import plan
from autogpt.agent.understand import understand
from autogpt.core.action import Action
from autogpt.core.check import path_of
from autogpt.core.contracts import Survey
from autogpt.core.errors import LimitReached, ModelError
from autogpt.core.event import Evaluated, Planned, Started
from autogpt.core.plan import Item, Plan
from autogpt.core.run import Run, start
from autogpt.core.task import Task


async def solve(task: Task, run_id: str, ctx: Context) -> Run:
    """Work on the task until it is met, cannot be met, or a limit is reached. Deterministic given what ctx returns."""
    run = await begin(task, run_id, ctx)
    first = ""
    try:
        survey = await ctx.workspace.survey()
        first = survey.snapshot
        run = await understand(run, survey, ctx)
        run = await look(run, survey, ctx)
        run = await label(run, survey, ctx)
        run = await plan(run, await ctx.workspace.survey(), ctx)
        while run.item and not run.over:
            if why := await limit_now(run, ctx):
                return await deliver(run, ctx, why=why, outcome="capped", first=first)
            if ctx.split and (items := side_by_side(run)):
                run = await split(run, items, ctx)
                continue
            run = await work(run, run.item, ctx)
        run = await mend(run, ctx)
    except LimitReached as limit:
        return await deliver(ctx.latest(run), ctx, why=str(limit), outcome="capped", first=first)
    except ModelError as error:
        now = ctx.latest(run)
        return await deliver(now, ctx, why=str(error), outcome="blocked", error=str(error), first=first)
    return await deliver(run, ctx, first=first)


async def begin(task: Task, run_id: str, ctx: Context) -> Run:
    event = Started(
        task=task,
        model=ctx.address,
        profile=ctx.model.profile,
        workspace=ctx.workspace_path,
        version=ctx.version,
        parent=ctx.parent,
        labels=ctx.labels,
        at=await ctx.clock.now(),
    )
    await ctx.journal.append(run_id, 0, event)
    return start(run_id, event)


async def look(run: Run, survey: Survey, ctx: Context) -> Run:
    """Look into databases, whose tables no listing shows; in the sandbox, for the files may be hostile."""
    names = [f.path for f in survey.files if f.path.lower().endswith((".db", ".sqlite", ".sqlite3")) and f.size][:3]
    tools = {spec.name for spec in ctx.toolbox.specs()}
    if not names or not run.profile.small or "run_python" not in tools:
        return run
    code = _TABLES.format(names=names)
    return await perform(run, Action(id="look", tool="run_python", args={"code": code, "keep_state": False}), ctx)


_TABLES = """\
import sqlite3

for name in {names!r}:
    try:
        found = sqlite3.connect(f'file:{{name}}?mode=ro', uri=True)
        for table, made in found.execute("select name, sql from sqlite_master where type = 'table' limit 12"):
            quoted = '"' + table.replace('"', '""') + '"'
            print(f'{{name}}:', ' '.join(made.split())[:400])
            for row in found.execute(f'select * from {{quoted}} limit 2'):
                print('   ', str(row)[:200])
    except sqlite3.Error as error:
        print(f'{{name}}: {{error}}')
"""


async def work(run: Run, item: Item, ctx: Context) -> Run:
    """One turn on an item. What already fails is looked at before anything is changed."""
    if item.recipe == "fix" and not run.attempt_on(item.name):
        survey = await ctx.workspace.survey()
        found = suspicious(item, survey)
        if item.then and not run.steps:
            # How it breaks now says more than what is not there because of it.
            run = await perform(run, Action(id="look-run", tool="run_command", args={"command": item.then}), ctx)
            await ctx.workspace.restore(survey.snapshot)
        run = await ctx.record(run, Evaluated(verdict=await judge(item.checks, found, ctx), item=item.name))
    run = await act(run, item, ctx)
    run = await evaluate(run, item, ctx)
    return await adapt(run, item, ctx)


async def mend(run: Run, ctx: Context) -> Run:
    """Items that pass one by one can still miss the whole: what then fails becomes one more item, once."""
    whole = run.plan
    if run.over or whole is None or len(whole.items) < 2 or await limit_now(run, ctx):
        return run
    verdict = await judge(run.task.checks, (), ctx)
    run = await ctx.record(run, Evaluated(verdict=verdict))
    if verdict.decision == "done" or any(item.name == "mend" for item in whole.items):
        return run
    paths = {path_of(result.check) for result in verdict.failing}
    owner = next((item for item in whole.items if paths.intersection(item.delivers)), whole.items[-1])
    item = owner.model_copy(
        update={
            "name": "mend",
            "goal": run.task.goal,
            "needs": (),
            "status": "open",
            "checks": run.task.checks,
        }
    )
    longer = Plan(items=(*whole.items, item), reason="the whole is not met yet", recipe=whole.recipe)
    run = await ctx.record(run, Planned(plan=longer))
    while run.item and not run.over and not await limit_now(run, ctx):
        run = await work(run, run.item, ctx)
    return run


def side_by_side(run: Run) -> tuple[Item, ...]:
    """Items that are ready and write files no other ready item writes: they may run at the same time.

    Each once, and only where the steps that are left give every one of them at least one.
    """
    ready = run.plan.ready if run.plan else ()
    known = [i for i in ready if i.delivers and i.name not in run.split and not run.attempt_on(i.name)]
    paths = [path for item in known for path in item.delivers]
    enough = run.task.limits.steps - len(run.steps) - run.extra_steps >= len(known) >= 2
    return tuple(known) if enough and len(paths) == len(set(paths)) else ()


async def split(run: Run, items: tuple[Item, ...], ctx: Context) -> Run:
    """Send items to sub-runs; what does not come back complete stays open and is worked on here."""
    if ctx.split is None or run.plan is None:
        return run
    marked = run.plan
    begun = await ctx.split.begin(run, items)
    run = await ctx.record(run, begun)
    if not begun.runs:
        return run
    for one in await ctx.split.join(run, items, begun.runs):
        run = await ctx.record(run, one)
        marked = marked.mark(one.item, "done") if one.outcome == "complete" else marked
    return await ctx.record(run, Planned(plan=marked))
