import json

import pytest

from autogpt.agent.reading.fields import fields
from autogpt.agent.reading.shape import shapes

LISTED = """\
Read {source} and write out.json, an object with these keys:

"requests": number of requests in the log, counted over all of the days that the log holds (comments do not count)
"top": the path that was requested most often (string)
- `share` - what part of them failed, or null if there were none
"""
HAN = """\
统计 散文.txt，结果写到 统计.json，是一个对象，键如下：
“段落数”：不是空行的行数（数字）
“最多的字”：出现次数最多的汉字，不算标点、数字和字母，也不算空格和别的符号
"""


def holds(tmp_path, monkeypatch, checks, name, text):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(text, "utf-8")
    (check,) = checks
    try:
        exec(check.code, {})
    except AssertionError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ({"requests": 3, "top": "/a"}, ""),
        ({"requests": 3, "top": "/a", "share": None, "more": 1}, ""),
        ({"requests": 3}, "lacks top"),
        ({"requests": "3", "top": "/a"}, "must be a number"),
        ({"requests": True, "top": "/a"}, "must be a number"),
        ({"requests": 3, "top": 5}, "must be a text"),
        ({"requests": 3, "top": ""}, "top in out.json is empty"),
        ([{"requests": 3, "top": "/a"}], "lacks requests, top"),
    ],
)
def test_keys_listed_one_per_line_are_demanded_and_of_their_kind(tmp_path, monkeypatch, value, wrong):
    checks = fields(LISTED.format(source="access.log"), ["out.json"])
    said = holds(tmp_path, monkeypatch, checks, "out.json", json.dumps(value))
    assert wrong in said
    assert bool(said) == bool(wrong)


def test_chinese_keys_over_wrapped_lines(tmp_path, monkeypatch):
    checks = fields(HAN, ["统计.json"])
    assert checks[0].label == "统计.json has the keys 段落数, 最多的字"
    good = '{"段落数": 3, "最多的字": "的"}'
    assert not holds(tmp_path, monkeypatch, checks, "统计.json", good)
    assert "段落数" in holds(tmp_path, monkeypatch, checks, "统计.json", good.replace("3", '"3"'))


def test_keys_of_each_of_several_objects_may_lie_deeper(tmp_path, monkeypatch):
    goal = 'Write people.json, a list of objects, each with these keys:\n"name": the name\n"age": how many years\n'
    checks = fields(goal, ["people.json"])
    assert not holds(tmp_path, monkeypatch, checks, "people.json", '[{"name": "A", "age": 3}]')
    assert holds(tmp_path, monkeypatch, checks, "people.json", '[{"name": "A"}]')


@pytest.mark.parametrize(
    "goal",
    [
        'Write out.json from a.json, an object with these keys there:\n"a": one\n\nand say why.',
        'Print these words:\n"yes": all is well\n"no": it is not\n',
        'Write a.json and b.json with the keys:\n"x": one\n"y": two\nin c.csv',
        "Write out.json with the key a.",
    ],
)
def test_no_keys_are_demanded_where_none_are_listed_or_no_file_is_meant(goal):
    assert fields(goal, ["a.csv"]) == ()
    assert not fields(goal, ["out.json"])


@pytest.mark.parametrize(
    ("goal", "rows", "good"),
    [
        ("t.csv with the columns name,total; total has two decimals.", "a,1.50\nb,2.00", True),
        ("t.csv with the columns name,total; total has two decimals.", "a,1.50\nb,2.0", False),
        ("t.csv with the columns name,total; total has two decimals.", "a,1.50\nb,n/a", True),
        ("把结果写到 t.csv，列为 姓名,金额。金额保留两位小数。", "甲,1.50\n乙,2", False),
        ("t.csv with the columns name,total; all amounts with two decimals.", "a,1.50\n3,2", True),
        ("t.csv with the columns name,total; total is rounded to two decimals.", "a,1.5", None),
    ],
)
def test_each_number_of_the_column_named_has_its_decimals(tmp_path, monkeypatch, goal, rows, good):
    checks = [check for check in shapes(f"Write {goal}", ["t.csv"]) if "decimals" in check.label]
    assert bool(checks) == (good is not None)
    if checks:
        head = "姓名,金额" if "姓名" in goal else "name,total"
        assert holds(tmp_path, monkeypatch, checks, "t.csv", f"{head}\n{rows}\n") == "" or not good
        assert good or holds(tmp_path, monkeypatch, checks, "t.csv", f"{head}\n{rows}\n")
