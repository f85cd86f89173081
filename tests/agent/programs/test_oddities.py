"""What is odd in data is told where it is there, and nowhere else."""

import pytest

from autogpt.agent.programs.oddities import capitals, oddities
from autogpt.core.contracts import FileHead


def head(path, text, size=None):
    return FileHead(path=path, size=size or len(text.encode()), head=text)


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("a.csv", "name,price\nx,1.5\ny,2\nz,3\n", ""),
        (
            "a.csv",
            'name,price\nx,1.5\ny,"1,234.50"\nz,\n',
            "numbers in price look like '1,234.50'; empty cells in price",
        ),
        ("a.csv", "name,price\nx,1.5\ny,n/a\nz,3\nw,2\n", "price also has 'n/a'"),
        ("a.csv", "day;n\n2025-01-02;1\n03.01.2025;2\n", "separated by ';'; dates in day in several forms"),
        ("a.csv", "city\nx\ny\nz\n", ""),
        (
            "a.csv",
            "city,n\nRome,1\nrome,2\n Oslo,3\n",
            "spaces around values in city; the same in upper and lower case",
        ),
        ("a.csv", "a,b\n1,2\n1,2\n3,4,5\n", "more or fewer fields; some rows are there twice"),
        ("a.csv", "\ufeffa,b\n1,2\n3,4\n", "begins with a BOM"),
        ("a.tsv", "a\tb\n1\t2\n3\t4\n", "separated by '\\t'"),
        ("a.json", '[{"a": 1, "b": 2}, {"a": "3"}]', "a also has '3'; some entries have no b"),
        ("a.json", '{"a": [1, 2]}', ""),
        ("a.jsonl", '{"a": 1}\n{"a":\n{"a": 2}\n', "line 2 is no JSON"),
        ("a.log", "1 GET /a 200\n2 GET /b 404\n3 GET /c 200\n", "[0] 1, [1] GET, [2] /a, [3] 200"),
        ("a.txt", "Dear all,\n\nthis is a letter about the 3 cats that we have.\nIt goes on for long.\n", ""),
        ("a.py", "x = 1\ny = 2\nz = 3\n", ""),
        ("a.log", "9:01 ERROR no disk\n9:02 WARN an ERROR was seen\n9:03 INFO up\n", "line.split()[1], as in 'ERROR'"),
        ("a.log", "9:01 ERROR no disk\n9:02 WARN a fault was seen\n9:03 INFO is up\n", ""),
    ],
)
def test_only_what_is_odd_is_told(path, text, told):
    line = oddities(head(path, text), "en")
    assert line == "" if not told else all(part in line for part in told.split("; "))


def test_a_line_cut_in_the_middle_is_not_judged():
    assert oddities(head("a.csv", "a,b\n1,2\n3,4\n5", size=5_000), "en") == ""


def test_it_is_told_in_the_language_of_the_goal():
    assert "有空单元格" in oddities(head("库存.csv", "品名,数量\n笔,3\n纸,\n本,5\n"), "zh")


def test_capital_endings_are_told():
    files = [head("a.JPG", "x"), head("b.jpg", "x")]
    assert ".JPG" in capitals(files, "en")
    assert capitals(files[1:], "en") == ""


def test_entries_of_inner_lists_are_told_of_too():
    text = """{"acts": [{"act": 1, "props": [{"name": "stage", "owner": "us"}, {"name": "box", "owner": null}]},
    {"act": 2, "props": [{"name": "gull"}, {"name": "desk", "owner": ""}]}]}"""
    told = oddities(FileHead(path="props.json", size=len(text), head=text), "en")
    assert told == (
        "props.json: some entries have no owner: .get() gives None for them; owner is null / '' in some entries"
    )


def test_a_tree_that_is_too_deep_is_passed_over():
    text = "[" * 20_000 + "]" * 20_000
    assert oddities(FileHead(path="deep.json", size=len(text), head=text), "en") == ""
