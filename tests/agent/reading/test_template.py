"""A form shown in quotes becomes a check that fits lines of that form and no others."""

import re

import pytest

from autogpt.agent.reading.template import pattern, templates


@pytest.mark.parametrize(
    ("goal", "fits", "fails"),
    [
        (
            'Write shop.md: a heading and one line per item in the form "- [ ] 2 x Milk".',
            "- [ ] 12 x Olive oil",
            "- 2 Milk",
        ),
        (
            "再查出新书，每行一本，用“《书名》，作者，年份年”的格式写到 新书.txt。",
            "《三体》，刘慈欣，2008年",
            "《三体》，刘慈欣，2008",
        ),
        ('Save them to out.txt, every line like "name: 12.50".', "Ann Lee: 7.25", "Ann Lee: 7.3"),
        (
            "Write log.txt with lines of the form `<date> | <text>`.",
            "2024-01-05 | all is well",
            "2024-01-05 all is well",
        ),
        ("写到 名单.txt，格式为：“姓名（部门）”。", "李娜（销售部）", "李娜 销售部"),
    ],
)
def test_a_shown_form_tells_lines_apart(goal, fits, fails, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    paths = [path for path in ("shop.md", "新书.txt", "out.txt", "log.txt", "名单.txt") if path in goal]
    (check,) = templates(goal, paths, "en")
    assert check.kind == "python_holds"
    (tmp_path / paths[0]).write_text(f"# Title\n\n{fits}\n", "utf-8")
    exec(check.code, {})
    (tmp_path / paths[0]).write_text(f"# Title\n\n{fails}\n", "utf-8")
    with pytest.raises(AssertionError, match=re.escape(fails)):
        exec(check.code, {})


@pytest.mark.parametrize("shown", ["hello", "Dear Ann", "三个字", "12", "a b"])
def test_what_has_nothing_to_hold_on_to_demands_nothing(shown):
    assert pattern(shown) == ""


@pytest.mark.parametrize(
    "goal",
    [
        'Greet the reader in out.txt, for example "Good morning, dear reader!"',
        'Read log.txt, whose lines have the form "[ERROR] 12:00 text", and write out.txt with the number of errors.',
        'Parse log.txt with lines like "2024-01-01 12:00 ERROR: x" and write counts to out.txt',
        "把 log.txt（格式为“[时间] 级别：内容”）里的错误数写到 out.txt",
        'Write out.txt, dates in the format "2024-01-31".',
        'Write out.txt with times in the format "12:30"',
    ],
)
def test_an_example_a_form_of_a_part_or_of_what_is_read_is_no_form_of_the_lines(goal):
    assert templates(goal, ["out.txt"], "en") == ()
