"""Rows that a goal leaves out are told from what it says in full; a program must make the same without them."""

import json
import subprocess
import sys

import pytest

from autogpt.agent.reading.exclusions import Exclusion, exclusions, speaks_of_any
from autogpt.agent.reading.invariance import invariances, without_rows
from autogpt.core.contracts import FileHead

ORDERS = "id;status;amount\n1;paid;10\n2;Cancelled;20\n3;paid;30\n4;open;\n"
VISITS = '{"who": "a", "at": null}\n{"who": "b", "at": "9:00"}\n'
TOTAL = "import csv\nrows = list(csv.DictReader(open('orders.csv'), delimiter=';'))\nrows = [{rows}]\n"
TOTAL += "open('total.txt', 'w').write(str(sum(float(row['amount'] or 0) for row in rows)))\n"


def heads(**texts):
    return [FileHead(path=path, size=len(text.encode()), head=text) for path, text in texts.items()]


@pytest.mark.parametrize(
    ("goal", "left_out"),
    [
        ("Write the total of orders.csv to total.txt. Cancelled orders don't count.", [("status", "cancelled")]),
        ("Sum up orders.csv. Leave out everything that was cancelled.", [("status", "cancelled")]),
        ("Sum up orders.csv. Rows that have no amount are tests, skip them.", [("amount", "")]),
        ("把 orders.csv 汇总。状态是“cancelled”的不算。", [("status", "cancelled")]),
        ("把 orders.csv 汇总。状态是“cancelled”的不算。再写一份说明。", [("status", "cancelled")]),
        ("Count the visits. A line whose at is null is not a visit.", [("at", "")]),
        # Something else is left out, or they count in another way, or stand somewhere else.
        ("Sum up orders.csv. Ignore upper and lower case in paid.", []),
        ("Sum up orders.csv. Cancelled orders are not counted as paid.", []),
        ("Sum up orders.csv. Skip the header.", []),
        ("Sum up orders.csv. Leave out the column status.", []),
        ("Sum up orders.csv. Cancelled orders are left out; write how many orders were left out.", []),
        ("Sum up orders.csv. Leave out cancelled orders and write them to cancelled.csv.", []),
        ("Sum up orders.csv. Do not skip cancelled orders.", []),
        ("汇总 orders.csv。cancelled 的算退单，不算销售。", []),
    ],
)
def test_rows_to_leave_out_are_told_from_others(goal, left_out):
    files = heads(**{"orders.csv": ORDERS, "visits.jsonl": VISITS})
    assert [(one.column, one.value) for one in exclusions(goal, files)] == left_out
    assert speaks_of_any(goal) or not left_out


def tried(folder, program, goal, path, text, outputs):
    (folder / path).write_text(text, encoding="utf-8")
    subprocess.run([sys.executable, "-c", program], cwd=folder, check=True)
    (check,) = invariances(program, outputs, exclusions(goal, heads(**{path: text})))
    done = subprocess.run([sys.executable, "-c", check.code], cwd=folder, capture_output=True, text=True, check=False)
    assert (folder / path).read_text(encoding="utf-8") == text
    return done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("rows", "good"),
    [
        ("row for row in rows if row['status'] != 'Cancelled'", True),
        ("row for row in rows", False),
        # What breaks without them, or is another each time, shows nothing.
        ("row | {'amount': row['amount'] if len(rows) > 3 else 1 / 0} for row in rows", True),
        ("row | {'amount': __import__('random').random()} for row in rows", True),
    ],
)
def test_a_program_that_counts_them_is_found_out(tmp_path, rows, good):
    goal = "Write the total of orders.csv to total.txt. Cancelled orders don't count."
    held, said = tried(tmp_path, TOTAL.replace("{rows}", rows), goal, "orders.csv", ORDERS, ["total.txt"])
    assert held == good
    assert good or "total.txt changes without those rows, so they are not left out; wrong are: 60.0" in said


@pytest.mark.parametrize("good", [True, False])
@pytest.mark.parametrize("lines", [True, False])
def test_entries_of_json_are_left_out_too(tmp_path, lines, good):
    path = "visits.jsonl" if lines else "visits.json"
    entries = [json.loads(line) for line in VISITS.splitlines()] * 2
    text = VISITS * 2 if lines else json.dumps(entries)
    read = "[json.loads(line) for line in open('visits.jsonl')]" if lines else "json.load(open('visits.json'))"
    program = f"import json\nseen = {read}\nseen = [v for v in seen if v['at'] or {not good}]\n"
    program += "json.dump(len(seen), open('n.json', 'w'))"
    goal = "Count the visits, into n.json. Where at is null, leave the visit out."
    assert tried(tmp_path, program, goal, path, text, ["n.json"])[0] == good


@pytest.mark.parametrize(
    ("path", "text", "read"),
    [
        ("orders.csv", ORDERS, "list(csv.DictReader(open('orders.csv'), delimiter=';'))"),
        ("orders.json", '[{"status": "cancelled"}, {"status": "paid"}]', "json.load(open('orders.json'))"),
        (
            "orders.jsonl",
            '{"status": "cancelled"}\n{"status": "paid"}\n',
            "[json.loads(s) for s in open('orders.jsonl')]",
        ),
    ],
)
def test_a_line_behind_the_reading_leaves_them_out(tmp_path, path, text, read):
    (tmp_path / path).write_text(text, encoding="utf-8")
    left_out = [Exclusion(path=path, column="status", value="cancelled", separator=";")]
    program = f"import csv, json\norders = {read}\nprint([row['status'] for row in orders])\n"
    done = subprocess.run(
        [sys.executable, "-c", without_rows(program, left_out)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "paid" in done.stdout
    assert "ancelled" not in done.stdout


@pytest.mark.parametrize(
    "program",
    [
        "orders = open('orders.csv').read()",
        "orders = list(csv.DictReader(open('others.csv')))",
        "with open('orders.csv'",
    ],
)
def test_where_no_table_is_read_in_no_line_is_added(program):
    left_out = [Exclusion(path="orders.csv", column="status", value="cancelled", separator=";")]
    assert without_rows(program, left_out) == ""
