"""Help and what is said of wrong arguments, in Chinese: Typer's own words, too."""

import os
import subprocess
import sys

import pytest

from autogpt.cli.help import WORDS

EVERY_PAGE = """
from typer.main import get_command
from autogpt.cli.main import run
from autogpt.locale import use
use({language!r})
from autogpt.cli.commands import app

def pages(command, path):
    run([*path, "--help"])
    for name, inner in getattr(command, "commands", {{}}).items():
        pages(inner, [*path, name])

pages(get_command(app), [])
"""


def told(language: str, *command: str) -> str:
    """In a process of its own: help texts are read once, in the language it began with."""
    environment = os.environ | {"AUTOGPT_LANG": language, "COLUMNS": "80"}
    done = subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {language: told(language, "-c", EVERY_PAGE.format(language=language)) for language in ("en", "zh")}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_list_of_commands_tells_what_each_does_in_a_whole_sentence(pages, language):
    assert [line for line in pages[language].splitlines() if line.endswith("...") and "[" not in line] == []
    first = pages[language].split(":\n  run  ")[1].split("\n\n")[0].split("\n  studio")[0]
    assert [line for line in first.splitlines() if not line.endswith((".", "。"))] == []


@pytest.mark.parametrize("word", [*WORDS, "[required]", "[default: "])
def test_what_typer_says_on_a_page_is_on_none_in_chinese(pages, word):
    told_in = {language: word in " ".join(page.split()) + " " for language, page in pages.items()}
    assert told_in == {"en": True, "zh": False}


def test_a_page_is_chinese_throughout():
    assert told("zh", "-m", "autogpt", "studio", "serve", "--help") == (
        "用法：autogpt studio serve [选项] {CHECKPOINT}\n"
        "\n"
        "  让本机的其他程序向检查点提问，直到按 Ctrl-C。\n"
        "\n"
        "参数:\n"
        "  CHECKPOINT  检查点的名字或文件夹。  [必填]\n"
        "\n"
        "选项:\n"
        "  --port N         0 表示任一空闲端口。  [默认：0; 0<=x<=65535]\n"
        "  --key-file FILE  存放调用方所发密钥的文件；不给则新建密钥。\n"
        "  --json           在标准输出打印一个 JSON 对象。\n"
        "  -h, --help       显示本帮助并退出。\n"
    )


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("frob",), "没有命令 'frob'。"),
        (("lst",), "没有命令 'lst'。是否指 'list'？"),
        (("list", "--frob"), "没有选项 --frob"),
        (("list", "--jsn"), "没有选项 --jsn（可能是：--json）"),
        (("show",), "缺少参数 'RUN'。"),
        (("studio", "data", "convert"), "缺少选项 '--output' / '-o'。"),
        (("list", "--most"), "选项 '--most' 后面要给一个值。"),
        (("list", "--json=1"), "选项 '--json' 后面不能给值。"),
        (("list", "a", "b"), "多了参数（a b）"),
        (("list", "--most", "few"), "'--most' 的值无效：应为整数"),
        (("replay", "last", "--speed", "x"), "'--speed' 的值无效：应为数字"),
        (("list", "--most", "0"), "'--most' 的值无效：应不小于 1"),
        (("studio", "serve", "x", "--port", "65536"), "'--port' 的值无效：应不大于 65535"),
    ],
)
def test_wrong_arguments_are_told_in_chinese(cli, monkeypatch, arguments, line):
    monkeypatch.setenv("AUTOGPT_LANG", "zh")
    done = cli(*arguments)
    assert (done.code, done.out, done.err) == (2, "", f"autogpt：{line}\n")


def test_without_a_command_the_page_is_shown_as_it_is(cli):
    done = cli("studio", "jobs")
    assert (done.code, done.out) == (2, "")
    assert done.err == cli("studio", "jobs", "--help").out


def test_a_page_names_no_types_and_doubles_no_dots():
    page = told("en", "-m", "autogpt", "run", "--help")
    assert "Usage: autogpt run [OPTIONS] [GOAL]...\n" in page
    assert "  GOAL...  What" in page
    assert "--lang en|zh" in page


def test_an_empty_variable_is_a_setting_that_is_not_made():
    assert '"lang": null' in told("", "-m", "autogpt", "config", "--json")
