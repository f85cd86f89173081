"""Tables as files: each form is read for what it holds, and written back without a change that nobody asked for."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogpt.agent.programs.inside import docmain, tablewrite
from autogpt.agent.programs.inside.docmain import outcome
from autogpt.agent.programs.inside.docwork import load
from autogpt.agent.programs.inside.sources import Style, based, piped, records, resheet, sheet, style_of, table_of
from autogpt.agent.programs.inside.values import Unclear


@pytest.mark.parametrize(
    ("text", "kind", "head", "rows"),
    [
        ("a,b\n1,2\n", "csv", ["a", "b"], [["1", "2"]]),
        ("\ufeffa,b\r\n1,2\r\n", "csv", ["a", "b"], [["1", "2"]]),
        ("a,b\r1,2\r", "csv", ["a", "b"], [["1", "2"]]),
        ("a;b\n1,5;2\n", "csv", ["a", "b"], [["1,5", "2"]]),
        ("a|b\n1|2\n", "csv", ["a", "b"], [["1", "2"]]),
        ('"x, y";b\n1;2\n', "csv", ["x, y", "b"], [["1", "2"]]),
        ('"x\ny";b;c\n1;2;3\n', "csv", ["x\ny", "b", "c"], [["1", "2", "3"]]),
        ("a\tb,c\n1\t2\n", "tsv", ["a", "b,c"], [["1", "2"]]),
        ('a,b\n"x\ny","say ""no"""\n', "csv", ["a", "b"], [["x\ny", 'say "no"']]),
        ('a,b\n5" disk,2\n', "csv", ["a", "b"], [['5" disk', "2"]]),
        ("a,b\n\n1,\n\n", "csv", ["a", "b"], [["1", ""]]),
        (" a , b \n x ,2\n", "csv", ["a", "b"], [[" x ", "2"]]),
        (",b\n0,2\n", "csv", ["", "b"], [["0", "2"]]),
        ("only\nx\u2028y\n", "csv", ["only"], [["x\u2028y"]]),
        ("Price ($),Price (€)\n1,2\n", "csv", ["Price ($)", "Price (€)"], [["1", "2"]]),
        ('[{"a": 1, "b": null}, {"a": 2.5, "b": true}]', "json", ["a", "b"], [[1, None], [2.5, True]]),
        ('\ufeff{"x": 1, "y": "2"}', "json", ["key", "value"], [["x", 1], ["y", "2"]]),
        ('["x", 2]', "json", ["line"], [["x"], [2]]),
        ('{"a": "x\u2028y"}\r\n\r\n{"a": 2}', "jsonl", ["a"], [["x\u2028y"], [2]]),
        ("| a | b |\n|:--|--:|\n| x\\|y | 2<br>3 |\n", "md", ["a", "b"], [["x|y", "2\n3"]]),
        ("# Title\n\n- x\n", "md", ["line"], [["# Title"], ["- x"]]),
        ("x\r\n\r\n  y\n", "txt", ["line"], [["x"], ["  y"]]),
    ],
)
def test_a_table_is_read_for_what_it_holds(text, kind, head, rows):
    assert table_of(text, kind, even=True) == (head, rows)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a,b\n1\n", "csv"),
        ("a,b\n1,2,3\n", "csv"),
        ("a,a\n1,2\n", "csv"),
        ("Name,name \n1,2\n", "csv"),
        ("a,b;c\n1,2;3\n", "csv"),
        ('a,b\n"x"y,2\n', "csv"),
        ('a,b\n"x,2\n', "csv"),
        ("", "csv"),
        ("\n\n", "csv"),
        ('{"a": 1, "a": 2}', "json"),
        ('[{"a": 1, "a": 2}]', "json"),
        ('[{"a": 1}, {"b": 2}]', "json"),
        ('[{"a": [1]}]', "json"),
        ("[]", "json"),
        ("3", "json"),
        ('[{"a": 1}, 2]', "json"),
        ("| a | a |\n|---|---|\n| 1 | 2 |\n", "md"),
        ("| a | b |\n|---|---|\n| 1 |\n", "md"),
    ],
)
def test_what_is_no_even_table_is_not_read_as_one(text, kind):
    with pytest.raises(Unclear):
        table_of(text, kind, even=True)


def test_entries_may_lack_fields_where_that_is_allowed():
    text = '{"rows": [{"a": 1}, {"b": [2]}]}'
    assert table_of(text, "json", under=["rows"]) == (["a", "b"], [[1, None], [None, [2]]])


@pytest.mark.parametrize("name", ["a.db", "q?a#100%.sqlite"])
def test_a_table_of_a_database_is_found_by_its_name_or_as_the_only_one(tmp_path, name):
    path = tmp_path / name
    with closing(sqlite3.connect(path)) as base, base:
        base.executescript('create table "my ""items"""(a, b); insert into "my ""items""" values (2, null), (1, 2.0);')
    assert based(str(path), "") == (["a", "b"], [[2, None], [1, 2.0]])
    with closing(sqlite3.connect(path)) as base, base:
        base.executescript("create table item(k text primary key) without rowid; insert into item values ('y'), ('x');")
        base.executescript("create table items(z); insert into items values (1);")
    assert based(str(path), "item") == (["k"], [["x"], ["y"]])
    assert based(str(path), "items") == (["z"], [[1]])
    assert based(str(path), 'my "items"').rows == [[2, None], [1, 2.0]]
    with pytest.raises(Unclear, match="no one table"):
        based(str(path), "")
    with pytest.raises(Unclear, match="no one table"):
        based(str(path), "Item")


def test_a_database_is_not_made_by_reading_it(tmp_path):
    with pytest.raises(sqlite3.OperationalError):
        based(str(tmp_path / "none.db"), "")
    assert not list(tmp_path.iterdir())


ODD = '\ufeffid;"name";note\r\n\r\n1;"Bo";"x;\r\ny"\r\n2;Al; z \r\n3;"Cy";\r\n'


def test_rows_are_written_back_as_they_were():
    sign = style_of(ODD).sign
    cells = [row for _, row in records(ODD.removeprefix("\ufeff"), sign)]
    assert resheet(ODD, cells) == ODD
    assert resheet(ODD.removesuffix("\r\n"), cells) == ODD.removesuffix("\r\n")
    assert resheet(ODD, [cells[0], cells[2]]) == '\ufeffid;"name";note\r\n2;Al; z \r\n'
    assert resheet(ODD, [*cells, ["4", "D;E", ""]]) == ODD + '4;"D;E";\r\n'


def test_new_rows_are_in_quotation_marks_where_all_are():
    before = '"a","b"\n"1","x"\n'
    assert resheet(before, [["a", "b"], ["1", "x"], ["2", "y"]]) == before + '"2","y"\n'
    assert style_of('"a","b"\n1,"x"\n').full is False


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=6)


@given(
    st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=4),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_what_is_written_as_csv_is_read_back_and_written_the_same(rows, sign, end, full):
    text = sheet(rows, Style(sign, end, "\ufeff", full))
    assert [row for _, row in records(text.removeprefix("\ufeff"), sign)] == rows
    assert resheet(text, rows, sign) == text


def test_a_markdown_table_is_read_back():
    rows = [["a", "b"], ["x|y", "1\n2"], ["", "3"]]
    assert table_of(piped(rows), "md") == (rows[0], rows[1:])


JSONS = [
    '{"a": [{"n": 1.10, "t": "é"}, {"n": 1e5, "t": "b"}]}',
    '{\n  "a": [\n    {\n      "n": 1.10,\n      "t": "\\u00e9"\n    },\n    {\n      "n": 1e5,\n      "t": "b"\n    }\n  ]\n}\n',
    '\ufeff{\r\n\t"a": [\r\n\t\t{\r\n\t\t\t"n": 1.10,\r\n\t\t\t"t": "é"\r\n\t\t},\r\n\t\t{\r\n\t\t\t"n": 1e5,\r\n\t\t\t"t": "b"\r\n\t\t}\r\n\t]\r\n}',
    '{"a":[{"n":1.10,"t":"é"},{"n":1e5,"t":"b"}]}\n\n',
    '{\n  "a": [\n    {"n": 1.10, "t": "é"},\n    {"n": 1e5, "t": "b"}\n  ]\n}\n',
]


@pytest.mark.parametrize("text", JSONS)
def test_one_entry_of_a_json_file_is_changed_and_not_a_sign_besides(text):
    done = outcome(lambda path: text.encode(), ["json", "x.json", "set", ["a", 1, "t"], "new"]).decode()
    assert done == "new".join(text.rsplit("b", 1))


def test_a_json_file_with_a_key_twice_is_not_changed():
    with pytest.raises(Unclear, match="twice"):
        outcome(lambda path: b'{"a": 1, "a": 2}', ["json", "x.json", "set", ["a"], 3])


@pytest.mark.parametrize(
    ("job", "lines"),
    [
        (["add", 0, ["4", "D", "n"]], [0, 1, 2, 3, "4;D;n\r\n"]),
        (["set", 1, ["2", "Al", "n"]], [0, 1, "2;Al;n\r\n", 3]),
        (["drop", 0, []], [0, 2, 3]),
    ],
)
def test_one_row_of_a_csv_file_is_changed_and_not_a_sign_besides(job, lines):
    there = [raw for raw, _ in records(ODD.removeprefix("\ufeff"), ";")]
    want = "\ufeff" + "".join(there[one] if isinstance(one, int) else one for one in lines)
    assert outcome(lambda path: ODD.encode(), ["rows", "x.csv", *job]).decode() == want


def test_amounts_are_added_in_their_place_and_all_else_is_left():
    files = {"stock.csv": b'\xef\xbb\xbf"item";left\r\n"nut";10.50\r\nbolt;3\r\n', "in.csv": b"item,left\nbolt,4\n"}
    steps = [["load", ["stock.csv"]], ["amounts", ["in.csv"], ["item"], "left", "left", 1, "stop"]]
    done = outcome(files.__getitem__, ["amounts", "stock.csv", steps])
    assert done == b'\xef\xbb\xbf"item";left\r\n"nut";10.50\r\nbolt;7\r\n'


def test_a_table_is_changed_in_its_place_and_all_else_is_left(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = '\ufeffid,"team",n\r\n1,"x",1.50\r\n2,y,"2"\r\n3,"x",7'
    Path("t.csv").write_bytes(text.encode())
    load = {"kind": "csv", "path": "t.csv", "separator": ",", "columns": ["id", "team", "n"]}
    tests = [[{"column": "team", "op": "eq", "value": ["y"], "kind": "text"}]]
    out = {"path": "t.csv", "form": "csv", "columns": ["id", "team", "n"], "bom": "\ufeff", "end": "\r\n"}
    tablewrite.main(load, [["without", tests]], [out])
    assert Path("t.csv").read_bytes().decode() == '\ufeffid,"team",n\r\n1,"x",1.50\r\n3,"x",7'
    tablewrite.main(load, [["clean", "n", "set", ["8"], [[{**tests[0][0], "op": "ne"}]]]], [out])
    assert Path("t.csv").read_bytes().decode() == '\ufeffid,"team",n\r\n1,x,8\r\n3,x,8'


def test_lines_of_a_list_are_compared_without_blanks_around_them():
    assert load(lambda path: b"\xef\xbb\xbf x \r\n\r\ny\n", ["a.txt"]).rows == [["x"], ["y"]]


def test_a_new_table_of_a_database_has_numbers_where_they_are_declared(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text("item,n,price\nnut,2,1.50\n", "utf-8")
    docmain.main(
        [["base", "t.db", "stock", [["load", ["t.csv"]]], ["TEXT", "INTEGER", "REAL"], ["item", "n", "price"]]]
    )
    assert based("t.db", "stock") == (["item", "n", "price"], [["nut", 2, 1.5]])


def test_a_json_file_that_is_made_keeps_letters_as_they_are(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_bytes("名,n\r\n李,1\r\n".encode("utf-8-sig"))
    steps = [["load", ["t.csv"]], ["typed", ["n"]]]
    docmain.main([["table", "t.json", steps, "json", {"shape": "objects"}]])
    assert json.loads(Path("t.json").read_text("utf-8")) == [{"名": "李", "n": 1}]
    assert "李" in Path("t.json").read_text("utf-8")
