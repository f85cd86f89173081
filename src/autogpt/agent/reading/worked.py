"""What follows from a goal and the data there as a whole: the program that makes it, and the checks that prove it."""

from collections.abc import Sequence
from typing import NamedTuple

from autogpt.agent.reading.documents.full import documented
from autogpt.agent.reading.families import family
from autogpt.agent.reading.redate import redated
from autogpt.agent.reading.tables.full import program, proofs, table_work
from autogpt.core.check import Check
from autogpt.core.contracts import FileHead


class Worked(NamedTuple):
    program: str
    checks: tuple[Check, ...]


def worked_out(goal: str, outputs: Sequence[str], files: Sequence[FileHead], looked: str = "") -> Worked | None:
    """The result of a goal that is plain in every word; None for any other.

    outputs: the files that the goal wants made or changed. looked: what a look into databases printed.
    """
    if each := family(goal, files):
        return Worked(each.program, (each.check(),))
    if table := redated(goal, outputs, files):
        return Worked(table.program, table.checks())
    if work := table_work(goal, files, looked):
        return Worked(program(work), proofs(work, files))
    if whole := documented(goal, files):
        return Worked(whole.program, whole.checks)
    return None
