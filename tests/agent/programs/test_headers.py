"""A forgotten header of a table is written, and nothing else is touched."""

import subprocess
import sys

import pytest

from autogpt.agent.programs.headers import with_header

WRITES = """\
import csv
rows = [{'a': 1, 'b': 2}]
with open('o.csv', 'w', newline='') as file:
    out = csv.DictWriter(file, fieldnames=['a', 'b'])
    out.writerows(rows)
"""


def test_a_forgotten_header_is_written(tmp_path):
    subprocess.run([sys.executable, "-c", with_header(WRITES)], cwd=tmp_path, check=True)
    assert (tmp_path / "o.csv").read_text() == "a,b\n1,2\n"


@pytest.mark.parametrize(
    "code",
    [
        WRITES.replace("    out.writerows", "    out.writeheader()\n    out.writerows"),
        WRITES.replace("'w'", "'a'"),
        WRITES.replace("    out.writerows", "    file.write('a,b\\n')\n    out.writerows"),
        "import csv\ncsv.writer(open('o.csv', 'w')).writerow([1])\n",
        "import csv\nprint('DictWriter(')\n",
        "DictWriter(",
    ],
)
def test_other_programs_are_left_as_they_are(code):
    assert with_header(code) == ""
