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
        code = _anew(said, job) if content is None else _compares(path, content)
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


def _anew(said: Said, job: Job) -> str:
    match list(job):
        case ["table", path, [["load", [base, name]]], "csv", options] if not options:
            return _SHEET.format(path=path, base=base, name=name, table=_TABLE)
        case _:
            anew = f"want = outcome(lambda path: Path(path).read_bytes(), {list(job)!r})"
            return shipped(LIBRARY, f"{anew}\nassert Path({job[1]!r}).read_bytes() == want, 'not what was asked for'")


_TABLE = """\
def plain(name):
    return re.sub(r'[\\W_]', '', name).casefold().removesuffix('s')

def table_in(base, name):
    there = [row[0] for row in base.execute("select name from sqlite_master where type = 'table'")]
    there = [one for one in there if not one.startswith('sqlite_')]
    found = [one for one in there if one == name] or [one for one in there if not name or plain(one) == plain(name)]
    assert len(found) == 1, 'no one table ' + name
    return '"' + found[0].replace('"', '""') + '"'
"""
"""Finds a table; like all here it shares no code with the program."""
_SHEET = """\
import csv, re, sqlite3
{table}
base = sqlite3.connect({base!r})
rows = base.execute('select * from ' + table_in(base, {name!r}))
want = [[one[0] for one in rows.description], *(['' if cell is None else str(cell) for cell in row] for row in rows)]
base.close()
got = [row for row in csv.reader(open({path!r}, encoding='utf-8-sig', newline='')) if row]
assert got == want, 'it holds ' + repr(got)[:200] + ' instead of ' + repr(want)[:200]"""


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
    path, source = str(job[1]), str(job[3][0][1][0])
    read = _read(said, source)
    if job[0] == "base":
        columns = [name for name, _ in job[3][1][1]]
        code = _BASE.format(read=read, path=path, name=job[2], columns=columns, kinds=job[4], names=job[5])
    else:
        code = _POUR.format(read=read, path=path, name=job[2], sha256=said.head(path).sha256, table=_TABLE)
    return [PythonHolds(code=code, label=f"{path} has the rows that were asked for", source="goal")]


def _read(said: Said, path: str) -> str:
    """Code that reads a file as rows of cells by their names."""
    if path.lower().endswith(".json"):
        return f"rows = json.load(open({path!r}, encoding='utf-8-sig'))"
    sign = _separator(said.read(path).decode("utf-8-sig"))
    cells = f"csv.reader(open({path!r}, encoding='utf-8-sig', newline=''), delimiter={sign!r})"
    return (
        f"lines = [row for row in {cells} if row]\n"
        "rows = [dict(zip([name.strip() for name in lines[0]], row)) for row in lines[1:]]"
    )


_BASE = """\
import csv, json, os, sqlite3
{read}
assert os.path.isfile({path!r}), 'it does not exist'
made = [int if 'INTEGER' in kind else str if 'TEXT' in kind else float for kind in {kinds!r}]
want = [tuple(cell if one is str else one(float(cell)) for one, cell in zip(made, [row[name] for name in {columns!r}])) for row in rows]
base = sqlite3.connect({path!r})
rows = base.execute('select * from "' + {name!r} + '"')
assert [one[0] for one in rows.description] == {names!r}, 'other columns'
got = rows.fetchall()
base.close()
assert sorted(got, key=repr) == sorted(want, key=repr), 'it holds ' + repr(got)[:200]"""
_POUR = """\
import csv, hashlib, json, re, sqlite3
{table}
assert hashlib.sha256(open({path!r}, 'rb').read()).hexdigest() != {sha256!r}, 'nothing was changed'
{read}
names = {{str(next(iter(row.values()))).strip() for row in rows}}
base = sqlite3.connect({path!r})
there = {{str(cell).strip() for row in base.execute('select * from ' + table_in(base, {name!r})) for cell in row}}
base.close()
assert names <= there, 'no row for ' + ', '.join(names - there)"""
