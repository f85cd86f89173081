"""Goals on several sources and in other forms that are read in full: what they have made, and the checks that prove it."""

import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from autogpt.agent.programs.inside.docmain import Job, outcome
from autogpt.agent.programs.inside.values import Unclear
from autogpt.agent.programs.shipping import shipped
from autogpt.agent.reading.documents.converting import converted
from autogpt.agent.reading.documents.editing import edited
from autogpt.agent.reading.documents.gathering import gathered
from autogpt.agent.reading.documents.joining import joined
from autogpt.agent.reading.documents.listing import points
from autogpt.agent.reading.documents.matching import changed, matched
from autogpt.agent.reading.documents.packing import copied, packed, texts_joined
from autogpt.agent.reading.documents.proofs import LIBRARY, proofs
from autogpt.agent.reading.documents.said import Said, heard
from autogpt.agent.reading.documents.storing import exported, lacking, poured, stored
from autogpt.core.check import Check
from autogpt.core.contracts import FileHead

_READERS: tuple[Callable[[Said], Sequence[Job] | None], ...] = (
    converted,
    gathered,
    matched,
    changed,
    joined,
    packed,
    copied,
    texts_joined,
    stored,
    exported,
    lacking,
    poured,
    edited,
    points,
)
_TIMELESS = ("pack", "base", "pour", "copy")
"""Jobs that make no text, or change what was not seen."""


class Documented(NamedTuple):
    """The jobs of a goal, and what comes of those whose sources were seen."""

    jobs: tuple[Job, ...]
    made: tuple[tuple[str, bytes | None], ...]
    """Each file that is made, and its content; None where that is only known when it is made."""
    program: str
    checks: tuple[Check, ...]


def documented(goal: str, files: Sequence[FileHead]) -> Documented | None:
    """What the goal has done; None unless every word of it is understood and the data is such that it can mean one thing."""
    return _documented(goal, tuple(files))


@lru_cache(maxsize=8)
def _documented(goal: str, files: tuple[FileHead, ...]) -> Documented | None:
    said = heard(goal, files)
    if said is None:
        return None
    found: dict[str, Sequence[Job]] = {}
    for reader in _READERS:
        try:
            jobs = reader(said)
        except Unclear:
            return None
        if jobs:
            found[json.dumps(jobs, sort_keys=True, ensure_ascii=False)] = jobs
    if len(found) != 1:
        return None
    jobs = tuple(next(iter(found.values())))
    try:
        made = tuple((str(job[1]), _content(said, job)) for job in jobs if job[0] not in _TIMELESS)
    except (Unclear, ValueError, KeyError, IndexError, TypeError):
        return None
    return Documented(jobs, made, shipped(LIBRARY, f"main({list(jobs)!r})"), proofs(said, jobs, made))


def _content(said: Said, job: Job) -> bytes | None:
    """What a job makes; None where it reads what was not seen, such as a database."""
    names = set(said.sources)
    used = [path for path in names if f"{path!r}" in repr(job[2:]) or path == job[1]]
    return None if any(not said.whole(path) for path in used) else outcome(said.read, job)
