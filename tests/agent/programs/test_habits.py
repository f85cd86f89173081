"""Habits of small models are mended where data are richer than they thought, and nothing else is touched."""

import subprocess
import sys

import pytest

from autogpt.agent.programs.habits import blank_is_none, split_once, unmasked
from autogpt.agent.programs.mending import mended


def printed(code, folder):
    return subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True).stdout


def test_a_variable_that_hides_a_module_gets_another_name(tmp_path):
    code = "html = '<ul>'\nfor title in ['a & b']:\n    html += f'<li>{html.escape(title)}</li>'\nprint(html)\n"
    assert printed(mended(code), tmp_path) == "<ul><li>a &amp; b</li>\n"
    for other in (
        "import json\njson = json.load(open('a'))\nprint(json)\n",
        "html = 'a'\nprint(html.upper())\n",
        "x =",
    ):
        assert unmasked(other) == other


@pytest.mark.parametrize(
    "code",
    [
        "pairs = {line.split('=')[0]: line.split('=')[1] for line in lines}",
        "pairs = {}\nfor line in lines:\n    key, value = line.split('=')\n    pairs[key] = value",
        "pairs = dict()\nfor line in lines:\n    key, value = line.strip().split('=')\n    pairs.update({key: value})",
    ],
)
def test_values_may_hold_the_sign_that_divides(code, tmp_path):
    begin = "lines = ['A=1', 'URL=x?b=c=d']\n"
    assert printed(begin + mended(code) + "\nprint(pairs['URL'])\n", tmp_path) == "x?b=c=d\n"
    assert split_once("a = line.split('=')[1]\n") == "a = line.split('=')[1]\n"
    assert split_once("h, m = text.split(':')\n") == "h, m = text.split(':')\n"


def test_empty_cells_are_found_by_who_looks_for_none(tmp_path):
    (tmp_path / "s.csv").write_text("time,value\n1,4.2\n2,\n3,0\n")
    code = (
        "import csv\nrows = list(csv.DictReader(open('s.csv')))\n"
        "print(len([row for row in rows if row['value'] is not None]), len([r for r in rows if r['value'] is None]))\n"
    )
    assert printed(code, tmp_path) == "3 0\n"
    assert printed(blank_is_none(code, frozenset({"value"})), tmp_path) == "2 1\n"
    assert blank_is_none(code, frozenset({"time"})) == code
    assert blank_is_none(code, frozenset()) == code
