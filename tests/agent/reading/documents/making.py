"""Goals on several sources done in a real folder by the program that was written out for them."""

import hashlib
import json
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from autogpt.agent.reading.documents.full import documented
from autogpt.core.check import FileExists, FileUnchanged, PythonHolds
from autogpt.core.contracts import FileHead


def heads(files):
    """The survey of these files: an SQL script is a database, of which no text is seen."""
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder), files)
        found = [(path, (Path(folder) / path).read_bytes()) for path in files]
    return [
        FileHead(
            path=path,
            size=len(content),
            head="" if path.endswith(".db") else content.decode()[:4_000],
            sha256=hashlib.sha256(content).hexdigest(),
        )
        for path, content in found
    ]


def fill(folder, files):
    """Write the files; scripts of databases are run."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        if path.endswith(".db"):
            with sqlite3.connect(folder / path) as base:
                base.executescript(text)
            base.close()
        else:
            (folder / path).write_bytes(text.encode())


def runs(code, folder):
    """Whether Python code ends well in the folder."""
    return subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, check=False).returncode == 0


def holds(check, folder):
    """Whether a check holds."""
    match check:
        case PythonHolds():
            return runs(check.code, folder)
        case FileExists():
            return (folder / check.path).is_file()
        case FileUnchanged():
            path = folder / check.path
            return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == check.sha256
        case _:
            raise AssertionError(check)


def did(goal, files, folder):
    """What the goal's program makes or changes, by path; None where the goal is left to a model.

    Its checks must fail before and hold afterwards.
    """
    found = documented(goal, heads(files))
    if found is None:
        return None
    fill(folder, files)
    assert not all(holds(one, folder) for one in found.checks)
    assert runs(found.program, folder)
    assert all(holds(one, folder) for one in found.checks)
    after = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {
        path: read(one)
        for path, one in after.items()
        if path not in files
        or path in {job[1] for job in found.jobs if job[0] == "pour"}
        or (not path.endswith(".db") and one.read_bytes() != files[path].encode())
    }


def read(path):
    """A text, the value of JSON, the rows of each table of a database."""
    if path.suffix == ".db":
        with sqlite3.connect(path) as base:
            names = [row[0] for row in base.execute("select name from sqlite_master where type = 'table'")]
            rows = {name: base.execute(f'select * from "{name}"').fetchall() for name in names}
        base.close()
        return rows
    if path.suffix in (".zip", ".gz"):
        return path.read_bytes()
    text = path.read_bytes().decode()
    return json.loads(text) if path.suffix == ".json" else text
