"""Labels by a trained checkpoint, for models that write programs and call no tools.

A goal that names such a tool ("sort reviews.csv with label_tone") has the texts of its data labelled before the model
is asked: the tool is called for each, and what it says stands beside the text in a file the program can read.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from autogpt.agent.asking import MOST_READ
from autogpt.agent.context import Context
from autogpt.agent.perform import perform
from autogpt.agent.programs.oddities import LABELS, labelled, table_of
from autogpt.core.action import Action
from autogpt.core.contracts import FileHead, Survey
from autogpt.core.errors import UsageError
from autogpt.core.message import ToolSpec
from autogpt.core.run import Run
from autogpt.core.schema import read_json

MOST = 500
"""Texts of one file that are labelled; a longer one is left as it is."""


async def label(run: Run, survey: Survey, ctx: Context) -> Run:
    """Have each labelling tool that the goal names label the texts of the files that the goal names."""
    if not run.profile.small:
        return run
    tools = [spec for spec in ctx.toolbox.specs() if _labels(spec) and re.search(rf"\b{spec.name}\b", run.task.goal)]
    files = [file for file in survey.files if PurePosixPath(file.path).name in run.task.goal and file.head]
    for file in files if tools else ():
        target = str(PurePosixPath(file.path).with_suffix(LABELS))
        beside = next((one for one in survey.files if one.path == target), None)
        # A file of that name that is the person's own is left alone, and of a part no whole is made.
        if (beside and not labelled(beside, run.task.goal)) or file.size > MOST_READ:
            continue
        text = await ctx.workspace.read(file.path, MOST_READ) or ""
        rows, column = _rows(file.model_copy(update={"head": text, "size": len(text.encode())}), run.task.goal)
        if rows and len(rows) <= MOST:
            run = await _label(run, [spec.name for spec in tools], target, rows, column, ctx)
    return run


async def _label(
    run: Run, tools: Sequence[str], target: str, rows: list[dict[str, str]], column: str, ctx: Context
) -> Run:
    """Ask each tool of each row, and write the rows with a column for each tool."""
    made: list[dict[str, str]] = []
    for number, row in enumerate(rows):
        said: dict[str, str] = {}
        for tool in tools:
            action = Action(id=f"{tool}-{target}-{number}", tool=tool, args={"text": row[column]})
            run = await perform(run, action, ctx)
            seen = run.looked[-1]
            if not seen.ok:
                return run  # why is told in the event
            said[tool] = _label_of(seen.content)
        made.append({**row, **said})
    told = io.StringIO()
    names = dict.fromkeys(name for row in rows for name in row)
    writer = csv.DictWriter(told, [*(name for name in names if name not in tools), *tools], lineterminator="\n")
    writer.writeheader()
    writer.writerows(made)
    action = Action(id=f"labels-{target}", tool="write_file", args={"path": target, "content": told.getvalue()})
    return await perform(run, action, ctx)


def _labels(spec: ToolSpec) -> bool:
    """Whether the tool takes a text and nothing else, as those of checkpoints do."""
    properties = spec.parameters.get("properties")
    return isinstance(properties, Mapping) and list(properties) == ["text"]


def _label_of(said: str) -> str:
    """The label without its score; of several lines, each."""
    return "; ".join(re.sub(r"\s*\(\d\.\d+\)$", "", line) for line in said.splitlines())


def _rows(file: FileHead, goal: str) -> tuple[list[dict[str, str]], str]:
    """The entries of the file with the name of what is to be labelled in each; none where it holds no such texts."""
    ending = PurePosixPath(file.path).suffix.lower()
    rows: list[dict[str, str]] = []
    if ending in (".csv", ".tsv") and (table := table_of(file)):
        lines = csv.DictReader(file.head.removeprefix("\ufeff").splitlines(keepends=True), delimiter=table.separator)
        rows = [{key: value or "" for key, value in row.items() if key} for row in lines]
    elif ending == ".txt":
        rows = [{"text": line.strip()} for line in file.head.splitlines() if line.strip()]
    elif ending in (".json", ".jsonl"):
        rows = _objects(file.head, lines=ending == ".jsonl")
    names = list(rows[0]) if rows else []
    named = [name for name in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", goal)]
    long = max(names, key=lambda name: sum(len(row.get(name, "")) for row in rows), default="")
    column = next((name for name in named if _is_text(rows, name)), long)
    return ([row for row in rows if column in row], column) if column else ([], "")


def _is_text(rows: Sequence[Mapping[str, str]], name: str) -> bool:
    return sum(" " in row.get(name, "") or len(row.get(name, "")) > 12 for row in rows) > len(rows) // 2


def _objects(text: str, *, lines: bool) -> list[dict[str, str]]:
    try:
        found = [read_json(line) for line in text.splitlines() if line.strip()] if lines else read_json(text)
    except UsageError:
        return []
    objects = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return [{key: value if isinstance(value, str) else str(value) for key, value in one.items()} for one in objects]
