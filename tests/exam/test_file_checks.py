"""Checks that only read files, without a sandbox; what they read is hostile."""

import hashlib
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogpt.core.check import (
    Check,
    FileAbsent,
    FileContains,
    FileExists,
    FileParses,
    FileUnchanged,
    Judged,
    PythonHolds,
    TestsPass,
    ValueAt,
    WrittenIn,
)
from autogpt.exam.checks import EVIDENCE, cap
from autogpt.exam.files import equal, resolve

FILES: dict[str, str | bytes] = {
    "a.txt": "one\ntwo\n",
    "empty.txt": "",
    "sub/b.txt": "Hello,   World\n",
    "latin.txt": b"caf\xe9",
    "bom.json": b'\xef\xbb\xbf{"a": 1}',
    "data.json": '{"total": 3.0000001, "list": [1, {"a/b": 2, "m~n": 3}], "yes": true, "none": null}',
}


@pytest.mark.parametrize(
    ("check", "passed", "evidence"),
    [
        (FileExists(path="a.txt"), True, "a.txt has 8 bytes"),
        (FileExists(path="./a.txt"), True, "./a.txt has 8 bytes"),
        (FileExists(path="/workspace/sub/b.txt"), True, "/workspace/sub/b.txt has 15 bytes"),
        (FileExists(path="empty.txt"), False, "empty.txt is empty"),
        (FileExists(path="sub"), False, "sub is a folder, not a file"),
        (FileExists(path="sub/"), True, "sub/ is a folder"),
        (FileExists(path="void/"), False, "void/ is an empty folder"),
        (FileExists(path="b.txt"), False, "b.txt does not exist; there is sub/b.txt"),
        (FileExists(path="../a.txt"), False, "../a.txt does not exist; there is a.txt"),
        (FileExists(path="pipe"), False, "pipe is a special file, not a file with content"),
        (FileAbsent(path="gone.txt"), True, "gone.txt is gone"),
        (FileAbsent(path="a.txt"), False, "a.txt is still there"),
        (FileUnchanged(path="a.txt", sha256=hashlib.sha256(b"one\ntwo\n").hexdigest().upper()), True,
         "a.txt is as it was"),
        (FileUnchanged(path="a.txt", sha256="0" * 64), False, "a.txt has changed; put it back as it was"),
        (FileContains(path="sub/b.txt", text="hello, world"), True, "sub/b.txt contains 'hello, world'"),
        (FileContains(path="sub/b.txt", text="hello, world", exact=True), False,
         "sub/b.txt does not contain 'hello, world'; the nearest line is 'Hello,   World'"),
        (FileContains(path="a.txt", text="TWO", absent=True), False, "a.txt contains 'TWO', which must not be there"),
        (FileContains(path="a.txt", text="three", absent=True), True, "a.txt is free of it"),
        (FileContains(path="latin.txt", text="caf"), False, "latin.txt is not UTF-8 text: byte 3 is 0xe9"),
        (FileContains(path="a.txt", text=r"^t\w+$", regex=True), True, "a.txt contains 'two'"),
        (FileContains(path="a.txt", text="(", regex=True), False,
         "/(/ could not be searched in a.txt: error: missing ), unterminated subpattern at position 0"),
        (FileContains(path="sparse", text="x"), False,
         "sparse has 1,099,511,627,776 bytes; a check reads at most 4,000,000"),
        (FileContains(path="pipe", text="x"), False, "pipe is not a file but a special file"),
        (ValueAt(path="data.json", pointer="/total", compare=True, equals=3), True, "data.json: /total is 3.0000001"),
        (ValueAt(path="data.json", pointer="/list/1/a~1b", compare=True, equals=2), True,
         "data.json: /list/1/a~1b is 2"),
        (ValueAt(path="data.json", pointer="/list/1/m~0n"), True, "data.json: /list/1/m~0n is 3"),
        (ValueAt(path="data.json", pointer="/yes", compare=True, equals=1), False,
         "data.json: /yes is true, expected 1"),
        (ValueAt(path="data.json", pointer="/none", compare=True), True, "data.json: /none is null"),
        (ValueAt(path="data.json", pointer="/none", compare=False), True, "data.json: /none is null"),
        (ValueAt(path="data.json", pointer="/sum"), False,
         "data.json has nothing at '/sum': no 'sum' among the names 'total', 'list', 'yes', 'none'"),
        (ValueAt(path="data.json", pointer="/list/2"), False,
         "data.json has nothing at '/list/2': no item '2' in a list of 2"),
        (ValueAt(path="bom.json", pointer="/a", compare=True, equals=1), True, "bom.json: /a is 1"),
        (ValueAt(path="a.txt", pointer=""), False, "a.txt: not valid JSON: Expecting value: line 1 column 1 (char 0)"),
        (PythonHolds(code="pass"), False, "this check runs code, and there is no sandbox for it: none was given"),
        (TestsPass(path="nowhere"), False, "nowhere does not exist"),
        (Judged(question="Is it good?"), False, "no judge: nobody could be asked this question"),
    ],
)  # fmt: skip
def test_a_check_on_files_says_what_it_saw(desk, check: Check, passed: bool, evidence: str):
    for path, content in FILES.items():
        desk.put(path, content)
    (desk.folder / "void").mkdir()
    os.mkfifo(desk.folder / "pipe")
    with (desk.folder / "sparse").open("wb") as file:
        file.truncate(1 << 40)
    result = desk.check(check)
    assert (result.check, result.passed, result.evidence) == (check, passed, evidence)


def test_a_link_out_of_the_workspace_is_never_read(desk, tmp_path: Path):
    (tmp_path / "secret.txt").write_text("the key is 1234")
    (desk.folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    for check in (FileContains(path="link.txt", text="1234"), FileExists(path="link.txt")):
        result = desk.check(check)
        assert not result.passed
        assert "1234" not in result.evidence


@pytest.mark.parametrize(
    ("path", "content", "passed", "evidence"),
    [
        ("a.json", '{"a": [1, 2]}', True, ""),
        ("a.json", '{"a": 1, "a": 2}', False, "twice"),
        ("a.json", "[" * 100_000, False, "nests deeper than 64"),
        ("a.json", "[NaN]", False, "NaN"),
        ("a.jsonl", '{"a": 1}\n\n[2]\n', True, ""),
        ("a.jsonl", '{"a": 1}\n{"a": \n', False, "line 2"),
        ("a.jsonl", "\n", False, "no line"),
        ("a.csv", 'name,age\nAnn,3\n"Lee, Bo",4\n', True, ""),
        ("a.csv", "name;age\nAnn, Jr;3\n", True, ""),
        ("a.csv", "name,age\nAnn,3,4\n", False, "row 2 has 3 fields, the first row has 2"),
        ("a.csv", 'name,age\n"Ann,3\n', False, "not a CSV table"),
        ("a.toml", "[a]\nb = 1\n", True, ""),
        ("a.toml", "[a\n", False, "TOMLDecodeError"),
        ("a.yaml", "a: [1, 2]\n", True, ""),
        ("a.yml", "a: [1, 2\n", False, "YAML"),
        ("a.yaml", "# nothing\n", False, "no YAML document"),
        ("a.yaml", "a: !!python/object/apply:os.system [id]\n", False, "could not determine a constructor"),
        ("a.py", "def f():\n    return 1\n", True, ""),
        ("a.py", "def f(:\n", False, "SyntaxError"),
        ("a.py", "-" * 500_000 + "1", False, "too deep"),
        ("a.xml", "<a><b/></a>", True, ""),
        ("a.xml", "<a><b></a>", False, "ParseError"),
        ("a.html", "<!doctype html><ul><li>a<li>b</ul><p>c<br><img src=x><div>d</div>", True, ""),
        ("a.html", "<svg viewBox='0 0 1 1'><path d='M0'/></svg><script>if (a < b && c > d) {}</script>", True, ""),
        ("a.html", "<div><span>a</div></span>", False, "</div> closes nothing; open is <span> from line 1"),
        ("a.html", "<main>\n<section>a\n", False, "<section> from line 2 is never closed"),
        ("a.html", "just words", False, "no HTML element"),
        ("a.db", b"SQLite format 3\0" + b"\xff" * 5_000, False, "DatabaseError"),
        ("a.db", "not a database at all", False, "DatabaseError"),
        ("a.py", "", False, "a.py is empty"),
        ("a.png", b"\x89PNG", False, "not UTF-8"),
    ],
)
def test_well_formed_means_that_the_real_parser_takes_it(
    desk, path: str, content: str | bytes, passed: bool, evidence: str
):
    desk.put(path, content)
    result = desk.check(FileParses(path=path))
    assert result.passed is passed, result.evidence
    assert evidence in result.evidence


def bomb(kind: str) -> str:
    if kind == "xml":
        levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
        return f'<!DOCTYPE a [<!ENTITY e0 "ha">{levels}]><a>&e9;</a>'
    if kind == "yaml":
        levels = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 20))
        return f"l0: &l0 [1]\n{levels}\n"
    if kind == "html":
        return "<div><p" * 100_000
    return "x = " + "(" * 90 + "1" + ")" * 90


@pytest.mark.parametrize("kind", ["xml", "yaml", "html"])
def test_a_bomb_ends_with_a_result_within_the_limits_of_the_parser(desk, kind: str):
    desk.put(f"bomb.{kind}", bomb(kind))
    began = time.process_time()
    result = desk.check(FileParses(path=f"bomb.{kind}"))
    assert isinstance(result.passed, bool)
    assert time.process_time() - began < 5  # ours: the parser's time is its own process's


def test_a_pattern_that_never_comes_to_an_end_is_stopped(desk):
    desk.put("a.txt", "a" * 60 + "!")
    result = desk.check(FileContains(path="a.txt", text="^(a|a)*$", regex=True))
    assert not result.passed
    assert "could not be searched" in result.evidence


def test_a_database_with_a_table_is_well_formed(desk):
    import sqlite3

    base = sqlite3.connect(desk.folder / "shop.db")
    base.execute("CREATE TABLE t (a)")
    base.commit()
    base.close()
    sqlite3.connect(desk.folder / "empty.sqlite").execute("VACUUM").connection.close()
    assert desk.check(FileParses(path="shop.db")).passed
    assert not desk.check(FileParses(path="empty.sqlite")).passed


def test_words_in_json_are_judged_by_its_strings_not_by_its_names(desk):
    desk.put("a.json", '{"greeting": "你好，欢迎来到我们的城市"}')
    assert desk.check(WrittenIn(path="a.json", language="zh")).passed


SCALARS = st.none() | st.booleans() | st.integers() | st.text()


@given(st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_a_value_equals_itself_and_its_pointer_finds_it(value):
    assert equal(value, value)
    assert resolve({"a/b~": [value]}, "/a~1b~0/0") == (value, "")


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (1, 1.0000005, True),
        (1, 1.00001, False),
        (0.1 + 0.2, 0.3, True),
        (10**400, 10**400, True),
        (10**400, 1.5, False),
        (True, 1, False),
        (0, False, False),
        ("1", 1, False),
        ({"a": 1, "b": [1.0]}, {"b": [1], "a": 1.0}, True),
        ([1, 2], [2, 1], False),
    ],
)
def test_numbers_are_equal_within_a_millionth_and_kinds_are_kept_apart(left, right, same):
    assert equal(left, right) is same


def test_evidence_keeps_its_head_and_its_tail_within_the_limit():
    text = cap("first\n" + "x" * 10_000 + "\nlast")
    assert len(text) <= EVIDENCE
    assert text.startswith("first\n")
    assert text.endswith("\nlast")
