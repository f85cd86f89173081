"""The checks of goals that the readers here understood: what was made holds what it must, and the sources are as they were."""

import csv
import io
import json
import re
from collections.abc import Sequence

from autogpt.agent.programs.inside.docmain import Job
from autogpt.agent.programs.shipping import shipped
from autogpt.agent.reading.documents.said import Said
from autogpt.core.check import Check, FileExists, FileUnchanged, PythonHolds


def proofs(said: Said, jobs: Sequence[Job], made: Sequence[tuple[str, bytes | None]]) -> tuple[Check, ...]:
    """The checks for what the jobs make, and that no other file that was there has changed."""
    checks: list[Check] = []
    for (path, content), job in zip(made, [job for job in jobs if job[0] in _TEXTS], strict=True):
        checks.append(FileExists(path=path, source="goal"))
        code = _anew(job) if content is None else _compares(path, content)
        checks.append(PythonHolds(code=code, label=f"{path} holds what was asked for, and nothing else", source="goal"))
    for job in jobs:
        if job[0] == "pack":
            checks += [FileExists(path=str(job[2]), source="goal"), _packed(job)]
        elif job[0] in ("base", "pour"):
            checks += _held(said, job)
        elif job[0] == "copy":
            file = said.head(str(job[1]))
            checks.append(FileUnchanged(path=str(job[2]), sha256=file.sha256, source="goal"))
    changed = {str(job[1]) for job in jobs if job[0] != "copy"}
    left = [file for file in said.files if file.sha256 and file.path not in changed]
    checks += [FileUnchanged(path=file.path, sha256=file.sha256, source="goal") for file in left]
    return tuple(checks)


LIBRARY = ("values", "sources", "docwork", "docsteps", "docforms", "docmain")
_TEXTS = ("table", "count", "merge", "invert", "settings", "json", "rows", "amounts", "texts")


def _compares(path: str, content: bytes) -> str:
    text = content.decode("utf-8-sig")
    if path.endswith(".json"):
        return _JSON.format(path=path, value=json.dumps(json.loads(text), ensure_ascii=True, sort_keys=True))
    if path.endswith((".csv", ".tsv")):
        sign = _separator(text)
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=sign) if row]
        return _CSV.format(path=path, rows=rows, sign=sign)
    return _TEXT.format(path=path, lines=[re.sub(r"\s+$", "", line) for line in text.strip().splitlines()])


def _separator(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t|", key=first.count)


_JSON = """\
import json
got = json.loads(open({path!r}, encoding='utf-8-sig').read())
got = json.dumps(got, sort_keys=True)
want = {value!r}
assert got == want, 'it holds ' + got[:200] + ' instead of ' + want[:200]"""
_CSV = """\
import csv
rows = [row for row in csv.reader(open({path!r}, encoding='utf-8-sig', newline=''), delimiter={sign!r}) if row]
want = {rows!r}
for got, right in zip(rows + [None] * len(want), want):
    assert got == right, 'a row is ' + str(got) + ' instead of ' + str(right)
assert len(rows) == len(want), str(len(rows)) + ' rows instead of ' + str(len(want))"""
_TEXT = """\
lines = [line.rstrip() for line in open({path!r}, encoding='utf-8-sig').read().strip().splitlines()]
want = {lines!r}
assert lines == want, 'it holds ' + repr(lines)[:200] + ' instead of ' + repr(want)[:200]"""


def _anew(job: Job) -> str:
    anew = f"want = outcome(lambda path: Path(path).read_bytes(), {list(job)!r})"
    return shipped(LIBRARY, f"{anew}\nassert Path({job[1]!r}).read_bytes() == want, 'not what was asked for'")


def _packed(job: Job) -> PythonHolds:
    """That the archive has these files, as they are, and no others."""
    code = (_ZIP if job[1] == "zip" else _TAR).format(path=job[2], members={name: path for path, name in job[3]})
    return PythonHolds(code=code, label=f"{job[2]} holds what was asked for, and nothing else", source="goal")


_ZIP = """\
import zipfile
members = {members!r}
with zipfile.ZipFile({path!r}) as archive:
    names = [name for name in archive.namelist() if not name.endswith('/')]
    assert sorted(names) == sorted(members), 'it holds ' + ', '.join(names)
    for name, path in members.items():
        assert archive.read(name) == open(path, 'rb').read(), name + ' is another than ' + path"""
_TAR = """\
import tarfile
members = {members!r}
with tarfile.open({path!r}) as archive:
    names = [one.name for one in archive.getmembers() if one.isfile()]
    assert sorted(names) == sorted(members), 'it holds ' + ', '.join(names)
    for name, path in members.items():
        assert archive.extractfile(name).read() == open(path, 'rb').read(), name + ' is another than ' + path"""


def _held(said: Said, job: Job) -> list[Check]:
    """What a database that is made or changed must hold: of amounts that were added only that the rows are there, since
    nobody saw those before."""
    path = str(job[1])
    if job[0] == "base":
        code = _BASE.format(path=path, name=job[2], steps=job[3], kinds=job[4], names=job[5])
    else:
        code = _POUR.format(path=path, name=job[2], steps=job[3], sha256=said.head(path).sha256)
    return [PythonHolds(code=shipped(LIBRARY, code), label=f"{path} has the rows that were asked for", source="goal")]


_BASE = """\
assert Path({path!r}).is_file(), 'it does not exist'
table = stepped(lambda path: Path(path).read_bytes(), {steps!r})
want = [tuple(_fit(row, {kinds!r})) for row in table.rows]
with closing(sqlite3.connect({path!r})) as base:
    rows = base.execute('select * from "' + {name!r} + '"')
    assert [one[0] for one in rows.description] == {names!r}, 'other columns'
    got = rows.fetchall()
assert sorted(got, key=repr) == sorted(want, key=repr), 'it holds ' + repr(got)[:200]"""
_POUR = """\
import hashlib
assert hashlib.sha256(Path({path!r}).read_bytes()).hexdigest() != {sha256!r}, 'nothing was changed'
names = {{key(row[0]) for row in stepped(lambda path: Path(path).read_bytes(), {steps!r}).rows}}
with closing(sqlite3.connect({path!r})) as base:
    table, _ = held(base, {name!r})
    there = {{key(cell) for row in base.execute('select * from "' + table + '"') for cell in row}}
assert names <= there, 'no row for ' + ', '.join(names - there)"""
