"""Programs that are run once more, mended: what a small model would write the same again, whatever it is told."""

import re

from autogpt.agent.context import Context
from autogpt.agent.ladder import OURS
from autogpt.agent.perform import perform
from autogpt.agent.programs.cells import as_numbers
from autogpt.agent.programs.headers import with_header
from autogpt.agent.programs.mending import without_missing_key
from autogpt.agent.programs.oddities import table_of
from autogpt.agent.programs.slips import without_slip
from autogpt.agent.reading.exclusions import Exclusion, exclusions, speaks_of_any
from autogpt.agent.reading.invariance import invariances, without_rows
from autogpt.agent.reading.listings import alphabetical, arranger
from autogpt.agent.reading.sorting import sorter, sortings
from autogpt.core.action import Action
from autogpt.core.check import CheckResult
from autogpt.core.event import Restored
from autogpt.core.plan import Item
from autogpt.core.run import Run, Step
from autogpt.core.schema import JsonValue

_MENDED = 2
"""How often a program that broke is mended and run again."""


async def run_mended(run: Run, item: Item, ctx: Context) -> Run:
    """Run a program once more that broke on entries without a key, with None for what they lack, on texts that it took
    for numbers, or on a slip that can be meant one way only. A small model writes the same again, whatever it is told.
    """
    for _ in range(_MENDED):
        step = run.steps[-1]
        action = next((one for one in reversed(run.steps[-1].actions) if one.tool == "run_python"), None)
        if action is None or step.observations[-1].ok:
            return run
        code, seen = str(action.args.get("code", "")), step.observations[-1].content
        files = (await ctx.workspace.survey()).files
        # A key that no entry has is misspelt, and None in its place would be a wrong answer.
        heads = [file.head for file in files if file.path.endswith((".json", ".jsonl"))]
        tables = [table for f in files if f.path.endswith((".csv", ".tsv")) and (table := table_of(f))]
        better = (
            without_missing_key(code, seen, "\n".join(heads))
            or without_slip(code, seen, item.goal, files)
            or as_numbers(code, seen, tables)
        )
        if not better:
            return run
        if step.observations[-1].changed and not run.base:
            return run
        run = await _again(run, f"k{len(run.steps)}", better, ctx)
    return run


async def left_out(item: Item, step: Step, ctx: Context) -> tuple[CheckResult, ...]:
    """Whether rows that the goal leaves out make no difference to what a program made; nothing where it names none."""
    programs = [str(action.args.get("code", "")) for action in step.actions if action.tool == "run_python"]
    if step.strategy.format != "script" or step.strategy.name in OURS or not programs:
        return ()
    rows, outputs = await _rows_left_out(item, step, ctx)
    return await ctx.checker.check(invariances(programs[-1], outputs, rows)) if rows else ()


async def _rows_left_out(item: Item, step: Step, ctx: Context) -> tuple[tuple[Exclusion, ...], list[str]]:
    """The rows that the goal leaves out, of tables that the step did not change, and what it made."""
    changed = {path for seen in step.observations for path in seen.changed}
    outputs = [path for path in item.delivers if path in changed]
    if not outputs or not speaks_of_any(item.goal):
        return (), []
    files = [file for file in (await ctx.workspace.survey()).files if file.path not in changed]
    return exclusions(item.goal, files), outputs


async def run_without_rows(run: Run, item: Item, ctx: Context) -> Run:
    """Run a program that counts rows which the goal leaves out once more, with a line that leaves them out."""
    step = run.steps[-1]
    if not step.actions or not step.observations[-1].ok or all(one.passed for one in await left_out(item, step, ctx)):
        return run
    rows, _ = await _rows_left_out(item, step, ctx)
    program = next(str(one.args.get("code", "")) for one in reversed(step.actions) if one.tool == "run_python")
    better = without_rows(program, rows)
    return await _again(run, f"r{len(run.steps)}", better, ctx) if better and run.base else run


async def run_headed(run: Run, item: Item, ctx: Context) -> Run:
    """Run a program that writes rows under no names, though it has the names, once more with its forgotten header."""
    step = run.steps[-1]
    if not step.actions or not step.observations[-1].ok or not run.base or _NO_HEADER.search(item.goal):
        return run
    program = next((str(one.args.get("code", "")) for one in reversed(step.actions) if one.tool == "run_python"), "")
    better = with_header(program)
    return await _again(run, f"h{len(run.steps)}", better, ctx) if better else run


_NO_HEADER = re.compile(
    r"\b(?:no|without|skip|not?\b[^.;\n]{0,20}) (?:an? |the )?header|\bappend|(?:无|没有|不要|不含|不写)表头|追加", re.I
)


async def run_sorted(run: Run, item: Item, ctx: Context) -> Run:
    """Run a program whose rows are not in the order that the goal states once more, with lines that sort them."""
    step = run.steps[-1]
    if not step.actions or not step.observations[-1].ok or not run.base or step.strategy.name in OURS:
        return run
    changed = {path for seen in step.observations for path in seen.changed}
    outputs = [path for path in item.delivers if path in changed]
    lines = sorter(item.goal, outputs) or arranger(item.goal, outputs)
    wanted = sortings(item.goal, outputs) or alphabetical(item.goal, outputs)
    if not lines or all(one.passed for one in await ctx.checker.check(wanted)):
        return run
    program = next((str(one.args.get("code", "")) for one in reversed(step.actions) if one.tool == "run_python"), "")
    return await _again(run, f"s{len(run.steps)}", f"{program.rstrip()}\n\n{lines}", ctx) if program else run


async def _again(run: Run, name: str, program: str, ctx: Context) -> Run:
    """Run the program on the folder as the attempt found it."""
    if run.base and await ctx.workspace.restore(run.base):
        run = await ctx.record(run, Restored(snapshot=run.base, reason="a fresh attempt"))
    args: dict[str, JsonValue] = {"code": program, "keep_state": False}
    return await perform(run, Action(id=name, tool="run_python", args=args), ctx)
