"""Work on one table that a goal says in full: every word of it is part of a phrase, and the phrases mean one thing.

Where they can mean two, or the data have a gap, a tie or a unit in the way, nothing is read.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import product
from typing import Any

from autogpt.agent.legible import legible
from autogpt.agent.programs.shipping import shipped
from autogpt.agent.reading.goal import language_of
from autogpt.agent.reading.mentions import mentions
from autogpt.agent.reading.tables.assembly import Work, assembled
from autogpt.agent.reading.tables.base import base_of
from autogpt.agent.reading.tables.chinese import CHINESE
from autogpt.agent.reading.tables.english import ENGLISH
from autogpt.agent.reading.tables.ground import DATA, Source, source_of
from autogpt.agent.reading.tables.lexicon import Lexicon
from autogpt.agent.reading.tables.plainly import left_over, recounted
from autogpt.agent.reading.tables.telling import idle, parts_of
from autogpt.agent.reading.tables.tiling import Bit, Rule, compiled, tilings
from autogpt.core.check import PythonHolds
from autogpt.core.contracts import FileHead

_LONGEST = 900
"""Characters of a goal; a longer one says more than phrases can see."""
_MOST_READINGS = 300
_LIBRARY = ("values", "sources", "tablework", "tablewrite")


def table_work(goal: str, files: Sequence[FileHead], looked: str = "") -> Work | None:
    """What the goal has done with its one table; None unless every word of it is understood and the data are plain.

    looked: what a look into databases printed; without it they are not read.
    """
    return _table_work(goal, tuple(files), looked)


@lru_cache(maxsize=8)
def _table_work(goal: str, files: tuple[FileHead, ...], looked: str) -> Work | None:
    if len(goal) > _LONGEST:
        return None
    text = re.sub(r"\s+", " ", legible(goal)).strip()
    there = {file.path for file in files}
    source = _spoken_of(text, files, looked)
    if source is None:
        return None
    lexicon = Lexicon(text, source, there)
    rules = _rules(language_of(text))
    readings: list[list[tuple[Bit, ...]]] = []
    for part in parts_of(lexicon.text):
        found = tilings(part, rules, lexicon)
        if not found:
            told = idle(part, lexicon)
            if told is None:
                return None
            found = [told]
        readings.append(_whole(found) if language_of(text) == "en" else found)
    works: dict[str, Work] = {}
    for count, choice in enumerate(product(*readings)):
        if count > _MOST_READINGS:
            return None
        work = assembled([bit for bits in choice for bit in bits], lexicon)
        if work:
            works[repr(sorted(work.texts.items()) or work)] = work
    return next(iter(works.values())) if len(works) == 1 else None


def _whole(found: list[tuple[Bit, ...]]) -> list[tuple[Bit, ...]]:
    """Without readings that take a column out of a list of columns for a noun: 'customer, product and price'."""
    named = [{name for bit in bits if bit[0] == "cols" for name in bit[1:]} for bits in found]
    rest = [{bit for bit in bits if bit[0] not in ("cols", "rows")} for bits in found]
    return [
        bits
        for bits, own, more in zip(found, named, rest, strict=True)
        if not own or not any(own < other and more == also for other, also in zip(named, rest, strict=True))
    ]


@cache
def _rules(language: str) -> list[tuple[re.Pattern[str], Rule]]:
    return compiled(CHINESE if language == "zh" else ENGLISH)


def _spoken_of(text: str, files: Sequence[FileHead], looked: str = "") -> Source | None:
    """The table of the one file that the goal names and that is there."""
    there = {file.path: file for file in files}
    named = {path for path, _, _ in mentions(text, there) if path in there}
    if len(named) != 1:
        return None
    path = next(iter(named))
    if path.lower().endswith((".db", ".sqlite", ".sqlite3")):
        return base_of(path, text, looked)
    return source_of(there[path]) if path.lower().endswith(DATA) else None


def program(work: Work) -> str:
    """The Python program that does it."""
    if work.outs[0]["form"] == "base":
        return shipped(_LIBRARY, f"alter({work.load!r}, {work.outs[0]!r}, {list(work.outs[1:])!r})")
    return shipped(_LIBRARY, f"main({work.load!r}, {list(work.steps)!r}, {list(work.outs)!r}, {work.tests!r})")


def proofs(work: Work, files: Sequence[FileHead] = ()) -> tuple[PythonHolds, ...]:
    """That each file holds what comes of the table as it was at the start."""
    label = f"{{}} holds what comes of {work.load['path']}"
    sha256 = next((file.sha256 for file in files if file.path == work.load["path"]), "")
    return tuple(
        PythonHolds(code=_proof(work, out, sha256), label=label.format(out["path"]), source="goal") for out in work.outs
    )


def _proof(work: Work, out: dict[str, Any], sha256: str) -> str:
    if out["form"] == "base":
        return left_over(work.load, out, sha256)
    if any(one["form"] == "base" for one in work.outs):
        return f"assert open({out['path']!r}, encoding='utf-8').read().strip().isdigit()"
    anew = recounted(work.load, work.steps, out)
    form = _READ.format(form=out["form"], separator=out.get("separator", ","))
    if work.texts:
        seen = form + _HOLDS.format(text=repr(work.texts[out["path"]]), path=out["path"])
        return f"{seen}\n\n{anew}" if any(step[0] in _SUMS for step in work.steps) else seen
    if anew:
        return anew
    made = f"made(rows_of({work.load!r}), {list(work.steps)!r}, {list(work.outs)!r})[{out['path']!r}]"
    return shipped(_LIBRARY, f"rows_of = read\n{form}{_HOLDS.format(text=made, path=out['path'])}")


_SUMS = ("group", "compute", "share")
"""Steps that calculate: of these the check does the sums itself."""
_READ = """\
import csv, io, json

def parsed(text):
    text = text.removeprefix('\\ufeff')
    if {form!r} == 'csv':
        return [row for row in csv.reader(io.StringIO(text, newline=''), delimiter={separator!r}) if row]
    if {form!r}.startswith('json'):
        return json.loads(text)
    return [line.strip() for line in text.splitlines() if line.strip()]

"""
_HOLDS = """\
want = parsed({text})
with open({path!r}, encoding='utf-8', newline='') as file:
    got = parsed(file.read())
assert got == want, {path!r} + ' holds ' + repr(got)[:300] + ' instead of ' + repr(want)[:300]"""
