"""Whether rows that are to be left out make no difference to what a program makes: it is run once more without them."""

import ast
from collections.abc import Sequence

from autogpt.agent.reading.exclusions import Exclusion
from autogpt.core.check import PythonHolds


def invariances(program: str, outputs: Sequence[str], left_out: Sequence[Exclusion]) -> tuple[PythonHolds, ...]:
    """A check for each exclusion: the program, run on a copy of the folder without those rows, makes the same outputs.

    It holds, too, where that cannot be told: the folder is large, the program breaks on the copy, or makes something
    else each time.
    """
    return tuple(
        PythonHolds(
            code=_TRIED.format(program=program, outputs=list(outputs), **one.model_dump()),
            label=f"rows whose {one.column} is {one.value or 'empty'} make no difference",
            source="agent",
        )
        for one in left_out
    )


def without_rows(program: str, left_out: Sequence[Exclusion]) -> str:
    """The program with a line behind each that reads a table in, which leaves those rows out; '' where there is none.

    What a program that counts them makes without them is what it should have made.
    """
    try:
        body = ast.parse(program).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    lines = program.splitlines(keepends=True)
    for node in reversed(body):
        if not isinstance(node, ast.Assign) or len(node.targets) != 1 or not isinstance(node.targets[0], ast.Name):
            continue
        name, read = node.targets[0].id, ast.unparse(node.value)
        known = [
            one for one in left_out if f"open({one.path!r}" in read and read.startswith(("list(", "json.load(", "["))
        ]
        for one in known:
            cell = f"str('' if row.get({one.column!r}) is None else row.get({one.column!r})).strip().casefold()"
            lines.insert(node.end_lineno or 1, f"{name} = [row for row in {name} if {cell} != {one.value!r}]\n")
    return "".join(lines) if len(lines) > len(program.splitlines()) else ""


_TRIED = """\
import csv, io, json, pathlib, shutil, subprocess, sys, tempfile

def left_out(value):
    return ('' if value is None else str(value)).strip().casefold() == {value!r}

def without(path):
    text = path.read_bytes().decode('utf-8')
    if {separator!r}:
        rows = list(csv.reader(io.StringIO(text.removeprefix('\\ufeff'), newline=''), delimiter={separator!r}))
        at = [name.strip() for name in rows[0]].index({column!r})
        kept = [rows[0], *(row for row in rows[1:] if len(row) <= at or not left_out(row[at]))]
        made = io.StringIO()
        csv.writer(made, delimiter={separator!r}, lineterminator='\\n').writerows(kept)
        return '\\ufeff' * text.startswith('\\ufeff') + made.getvalue()
    lines = path.suffix != '.json'
    entries = [json.loads(line) for line in text.splitlines() if line.strip()] if lines else json.loads(text)
    kept = [entry for entry in entries if not left_out(entry.get({column!r}))]
    return ''.join(json.dumps(one) + '\\n' for one in kept) if lines else json.dumps(kept)

def made(change):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place, 'copy')
        shutil.copytree('.', folder, symlinks=True)
        for name in {outputs!r}:
            (folder / name).unlink(missing_ok=True)
        if change:
            (folder / {path!r}).write_bytes(without(pathlib.Path({path!r})).encode('utf-8'))
        done = subprocess.run([sys.executable, '-c', {program!r}], cwd=folder, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=20)
        files = [folder / name for name in {outputs!r}]
        if done.returncode or not all(file.is_file() for file in files):
            return None
        return [file.read_bytes().decode('utf-8', 'replace').splitlines() for file in files]

def difference():
    seen = [path for path in pathlib.Path('.').rglob('*') if path.is_file()][:500]
    if len(seen) == 500 or sum(path.stat().st_size for path in seen) > 20_000_000:
        return ''
    try:
        whole, again, less = made(False), made(False), made(True)
    except (OSError, ValueError, IndexError, AttributeError, csv.Error, shutil.Error, subprocess.SubprocessError):
        return ''
    if None in (whole, again, less) or whole != again or whole == less:
        return ''
    name, old, new = next(one for one in zip({outputs!r}, whole, less) if one[1] != one[2])
    lines = [line for line in old if line not in new][:3] or old[:3]
    return name + ' changes without those rows, so they are not left out; wrong are: ' + ' | '.join(lines)[:300]

told = difference()
if told:
    raise AssertionError(told)"""
