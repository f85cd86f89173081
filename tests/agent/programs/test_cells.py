"""Programs that took the cells of a table for numbers are mended; what ran is not touched, and no value is guessed."""

import contextlib
import csv

import pytest

from autogpt.agent.programs.cells import as_numbers
from autogpt.agent.programs.oddities import table_of
from autogpt.core.contracts import FileHead

HIVES = 'hive,code,mites,cost\nLinden,007,1.5,"1,204.50"\nBarn,012,,20\nCreek,003,12,3.25\n'
READ = "import csv\nhives = list(csv.DictReader(open('hives.csv', newline='', encoding='utf-8')))\n"
BROKE = "TypeError: '>' not supported between instances of 'str' and 'int'"
KNOWN = "def number(text):\n    return None if not text.strip() else float(text)\n\n"


def mended(folder, code, seen=BROKE):
    """What the mended program leaves in `found`; '' where it is not mended."""
    (folder / "hives.csv").write_text(HIVES, encoding="utf-8")
    table = table_of(FileHead(path="hives.csv", size=len(HIVES), head=HIVES))
    better = as_numbers(READ + code, seen, [table])
    scope = {"csv": csv}
    with contextlib.chdir(folder):
        exec(better, scope)
    return scope["found"] if better else ""


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("found = [h['hive'] for h in hives if h['mites'] is not None and h['mites'] > 3]", ["Creek"]),
        ("found = sum(h['cost'] for h in hives)", 1227.75),
        ("found = max(h['mites'] for h in hives if h['mites'])", 12),
        ("found = 0\nfor h in hives:\n    found += h['cost']", 1227.75),
        ('found = [f\'{h["cost"]:.1f} {h["hive"]}\' for h in hives]', ["1204.5 Linden", "20.0 Barn", "3.2 Creek"]),
        ("found = [h['hive'] for h in sorted(hives, key=lambda h: h['cost'])]", ["Creek", "Barn", "Linden"]),
        (KNOWN + "found = [number(h['mites']) for h in hives if h['mites'] is not None and h['cost'] > 1]", [1.5, 12]),
        ("found = [float(h['cost']) for h in hives]", [1204.5, 20, 3.25]),
        ("found = [h['cost'] * 2 for h in hives if h['code'] == '003']", [6.5]),
    ],
)
def test_what_is_computed_with_becomes_a_number(tmp_path, code, found):
    assert mended(tmp_path, code) == found


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        ("found = sum(h['cost'] for h in hives)", "KeyError: 'cost'"),
        ("found = sum(h['cost' for h in hives)", BROKE),
        ("found = [h['hive'] + 'x' for h in hives]", "NameError: name 'x' is not defined"),
    ],
)
def test_what_broke_on_something_else_is_left_alone(tmp_path, code, seen):
    table = table_of(FileHead(path="hives.csv", size=len(HIVES), head=HIVES))
    assert as_numbers(code, seen, [table]) == ""


def test_a_missing_number_is_no_nought(tmp_path):
    with pytest.raises(TypeError, match="NoneType"):
        mended(tmp_path, "found = sum(h['mites'] for h in hives)")
