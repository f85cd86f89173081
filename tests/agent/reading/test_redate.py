"""Dates of a table in another form, where the goal says which and nothing else."""

import subprocess
import sys

import pytest

from autogpt.agent.reading.redate import redated
from autogpt.core.contracts import FileHead

BORN = "name,born,team\nNora,31/12/1990,Sales\nPiet,03/04/1985,IT\n"
ISO = "name,born,team\nNora,1990-12-31,Sales\nPiet,1985-04-03,IT\n"


def told(goal, text=BORN):
    return redated(goal, ["o.csv"], [FileHead(path="b.csv", size=len(text), head=text)])


@pytest.mark.parametrize(
    ("goal", "text", "made"),
    [
        ("The dates in b.csv are day first, like 31/12/1990. Create o.csv, the same with dates as 1990-12-31.", BORN, ISO),
        ("Convert all dates in b.csv to ISO format and save the result as o.csv", BORN, ISO),
        ("把 b.csv 里的日期改成 YYYY-MM-DD 格式，另存为 o.csv。", BORN, ISO),
        ("Write o.csv: b.csv with its dates as DD.MM.YYYY", "n,on\nA,2024-03-05\nB,\n", "n,on\nA,05.03.2024\nB,\n"),
        ("o.csv is b.csv with ISO dates; the month comes first (US dates: MM/DD/YYYY)", "n,on\nA,03/04/2024\n", "n,on\nA,2024-03-04\n"),
    ],
)  # fmt: skip
def test_the_dates_are_written_anew_and_a_wrong_one_is_seen(goal, text, made, tmp_path):
    found = told(goal, text)
    assert found is not None
    (tmp_path / "b.csv").write_text(text)

    def runs(code):
        return subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, check=False).returncode

    (check,) = found.checks()
    assert runs(check.code) != 0
    assert runs(found.program) == 0
    assert (tmp_path / "o.csv").read_text() == made
    assert runs(check.code) == 0
    (tmp_path / "o.csv").write_text(text)
    assert runs(check.code) != 0


@pytest.mark.parametrize(
    ("goal", "text"),
    [
        ("Write o.csv: b.csv with ISO dates", "n,on\nA,03/04/2024\n"),  # day or month first?
        ("Write o.csv: b.csv with ISO dates, sorted by date", BORN),
        ("Write o.csv: who of b.csv was born before 1990-12-31 (dates)", BORN),
        ("Write o.csv: b.csv with ISO dates, with the columns name and born", BORN),
        ("Write o.csv: b.csv with its dates as they are", BORN),
        ("Write o.csv: b.csv with ISO dates", "n,on\nA,31/12/2024\nB,soon\n"),
    ],
)
def test_what_is_not_plain_is_left_to_the_model(goal, text):
    assert told(goal, text) is None
