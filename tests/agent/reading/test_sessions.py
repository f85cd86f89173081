import subprocess
import sys

import pytest

from autogpt.agent.reading.sessions import sessions
from autogpt.core.contracts import FileHead

GOAL = """\
Write size.py, which prints numbers of bytes in a readable form:

    $ python size.py 512 1536
    512 B
    1.5 KB
    $ python3 size.py 5242880
    5.0 MB

Below 1024 it is whole bytes.
"""
RIGHT = """\
import sys
for n in map(int, sys.argv[1:]):
    size, unit = n, "B"
    for unit in ("B", "KB", "MB"):
        if size < 1024:
            break
        size /= 1024
    print(f"{size:.1f} {unit}" if unit != "B" else f"{n} B")
"""


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (RIGHT, ""),
        (RIGHT.replace(":.1f", ":.2f"), "must be ['1.5 KB'] and is ['1.50 KB']"),
        (RIGHT.replace("1024", "5242880"), "size.py 512 1536: line 2"),
        ("raise SystemExit(2)", "must be ['512 B']"),
    ],
)
def test_what_is_shown_below_a_command_is_what_it_must_print(tmp_path, code, said):
    (tmp_path / "size.py").write_text(code)
    (check,) = sessions(GOAL, ["size.py"], [])
    done = subprocess.run([sys.executable, "-c", check.code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert said in done.stderr
    assert (done.returncode == 0) == (said == "")


@pytest.mark.parametrize(
    ("goal", "files", "checked"),
    [
        ("Write a.py:\n\n```\n$ python a.py n.txt\n3 words\n```\n", ["n.txt"], True),
        ("Write a.py:\n\n```\n$ python a.py n.txt\n3 words\n```\n", [], False),
        ("Write a.py:\n\n$ python a.py list\n1 Milk\n", ["todo.json"], False),
        ("Write a.py:\n\n$ python a.py FILE\n3 words\n", [], False),
        ("Write a.py:\n\n$ python a.py 3 > out.txt\n3 words\n", [], False),
        ("Write a.py:\n\n$ python a.py 3\n", [], False),
        ("Write a.py:\n\n$ python b.py 3\n4\n", [], False),
    ],
)
def test_only_what_the_folder_can_bear_out_is_demanded(goal, files, checked):
    heads = [FileHead(path=path, size=3, head="a b c") for path in files]
    assert bool(sessions(goal, ["a.py"], heads)) == checked
