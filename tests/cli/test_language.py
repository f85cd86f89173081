"""Every text a person may see has its Chinese entry, and no entry is left over."""

import re

import pytest
import strings

from autogpt import locale
from autogpt.cli.render import results
from autogpt.core.check import CheckResult, FileExists
from autogpt.locale import catalogue, translate
from autogpt.sandbox.sandbox import refusal


def test_every_visible_text_is_in_the_catalogue():
    assert sorted(strings.all_visible() - set(catalogue())) == []


def test_the_catalogue_holds_nothing_that_is_not_said():
    assert sorted(set(catalogue()) - strings.all_visible()) == []


def test_a_translation_fills_in_the_same_values():
    wrong = []
    for english, chinese in catalogue().items():
        named = set(re.findall(r"\{(\w+)\}", english))
        holes = {str(number) for number in range(english.count("{}"))}
        if set(re.findall(r"\{(\w+)\}", chinese)) != named | holes:
            wrong.append(english)
    assert wrong == []


@pytest.fixture
def chinese():
    before = locale.current()
    locale.use("zh")
    yield
    locale.use(before)


def test_what_is_said_of_an_image_is_translated_after_its_name(chinese):
    assert translate("/some where/broken.PNG: is no image: cut short") == "/some where/broken.PNG: 不是图像：cut short"


def test_everything_that_was_tried_is_told_in_the_persons_language(chinese):
    tried = ["bubblewrap: no version 0.8.0 or newer is installed", "landlock: the kernel offers version 0, 3 is needed"]
    told = translate(str(refusal([tried[0], f"{tried[1]} (Linux 6.2)"]))).splitlines()
    assert told[:3] == [
        "本机无法安全地运行代码，因此完全不运行。",
        "- bubblewrap：没有安装 0.8.0 或更新的版本",
        "- landlock：内核提供版本 0，需要版本 3（Linux 6.2）",
    ]


def test_what_to_do_is_told_in_the_language_of_what_is_wrong(chinese):
    message = (
        "the database of runs (sqlite:////r.db): file is not a database; "
        "move the file away to begin anew, or put a backup in its place"
    )
    assert translate(message) == (
        "运行数据库（sqlite:////r.db）：file is not a database；请移走该文件以重新开始，或用备份替换"
    )


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ("b.txt does not exist; there is x/b.txt", "b.txt 不存在；有 x/b.txt"),
        ("b.txt does not exist; the workspace is empty", "b.txt 不存在；工作区是空的"),
        ("a.csv is not well-formed: row 3 has 2 fields, the first row has 3: ['a', 'b']",
         "a.csv 的格式不正确：第 3 行有 2 个字段，第一行有 3 个：['a', 'b']"),
        ("a.txt does not contain 'Müller'; the nearest line is 'Muller'",
         "a.txt 不含 'Müller'；最接近的一行是 'Muller'"),
        ("`ls` ended with exit status 2\nstdout: \nstderr: no", "`ls` 以退出码 2 结束 stdout: stderr: no"),
        ("a word of the model's own", "a word of the model's own"),
    ],
)  # fmt: skip
def test_what_a_check_found_is_told_in_the_persons_language(chinese, found, told):
    result = CheckResult(check=FileExists(path="b.txt"), passed=False, evidence=found)
    assert results([result])[1] == f"      {told}"
