"""A program's argument parser follows from how the goal shows it being called."""

import re
import subprocess
import sys

import pytest

from autogpt.agent.programs.usage import begun

NOTES = """Write notes.py, which keeps notes in notes.json. `python notes.py add TEXT [TAG]` adds one;
`python notes.py list` prints them; `python notes.py rm N` removes one, exit status 3 if there is none of that number."""


def run(source, *args, folder):
    (folder / "tool.py").write_text(source, "utf-8")
    return subprocess.run(
        [sys.executable, "tool.py", *args], cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_each_command_gets_its_arguments_and_its_function(tmp_path):
    start = begun(NOTES, "notes.py")
    bodies = (
        "def do_add(text, tag):\n    save([*load(), [text, tag]])\n\n\n"
        "def do_list():\n    print(load())\n\n\n"
        "def do_rm(n):\n    if n > len(load()):\n        fail('none')\n\n\n"
        "main()\n"
    )
    assert run(start + bodies, "list", folder=tmp_path).stdout == "[]\n"
    assert run(start + bodies, "add", "milk", folder=tmp_path).returncode == 0
    assert run(start + bodies, "list", folder=tmp_path).stdout == "[['milk', '']]\n"
    assert run(start + bodies, "rm", "7", folder=tmp_path).returncode == 3
    assert run(start + bodies, "rm", "x", folder=tmp_path).returncode == 2
    assert run(start + bodies, folder=tmp_path).returncode == 2


@pytest.mark.parametrize(
    ("goal", "lines"),
    [
        (
            "Write count.py: `python count.py FILE` counts. With `--top N` (default 5) only the first, `--all` for all.",
            ['add_argument("file")', 'add_argument("--top", type=int, default=5)', '"--all", action="store_true"'],
        ),
        (
            "Write conv.py.\n\n    python conv.py [--to c|f] VALUE [VALUE ...]   converts\n",
            ['add_argument("--to", choices=["c", "f"])', 'add_argument("value", nargs="+")'],
        ),
        ("Write hi.py: `python hi.py name` greets.", ['add_argument("name")']),
        ("Write d.py: `python d.py start_date end_date`.", ['add_argument("start_date")', 'add_argument("end_date")']),
        ("Write hi.py: `python hi.py Anna` prints Hello Anna.", ['add_argument("text")']),
        ("Write t.py: `python t.py --by person|day FILE`.", ['"--by", choices=["person", "day"], required=True']),
        (
            "写 books.py。用法：\n\n    python books.py lend 书名 姓名     借出一本\n    python books.py list               列出\n",
            ['add_parser("lend")', 'add_argument("书名")', "do_lend(args.书名, args.姓名)", "do_list()"],
        ),
        (
            "写 b.py。用法：\n\npython b.py add 书名 添加一本\npython b.py list 列出所有的书\n",
            ["do_add(args.书名)", "do_list()"],
        ),
        (
            "写 cidian.py：\n\npython cidian.py 添加 词 释义   添加一个词\npython cidian.py 列表    列出所有词\n",
            ['add_parser("添加")', 'add_argument("释义")', "do_添加(args.词, args.释义)", "do_列表()"],
        ),
        (
            "写 j.py：\n\npython j.py add 类别 金额 [备注]　　记一笔\npython j.py total　按类别打印合计\n",
            ['add_parser("add")', "do_add(args.类别, args.金额, args.备注)", "do_total()"],
        ),
        (
            "Write t.py. `python t.py FILE list [--open]` lists, `python t.py FILE add TEXT` adds.",
            ['    parser.add_argument("file")', "do_list(args.file, args.open)", "do_add(args.file, args.text)"],
        ),
        ("Write a.py. `python a.py class CLASS` lists.", ['add_parser("class")', 'add_argument("class_")']),
    ],
)
def test_what_the_goal_shows_is_in_the_parser(goal, lines):
    path = re.search(r"\w+\.py", goal)[0]
    start = begun(goal, path)
    assert [line for line in lines if line not in start] == []
    compile(start, path, "exec")


@pytest.mark.parametrize(
    "goal",
    [
        "Write a.py. Run it with `python a.py`.",
        "Write a.py so that `python a.py x | sort` works.",
        "Write a.py: `python a.py < input.txt` sums.",
        "Write a.py: `python a.py IN OUT` and `python a.py IN` both work.",
        "Write a.py. `python a.py add TEXT` adds, `python a.py list` prints, and `--verbose` tells more.",
        "Write b.py: `python b.py FILE`.",
        "Write a.py. `python a.py NAME` greets, `python a.py` without a name exits with status 1.",
    ],
)
def test_nothing_is_begun_where_the_goal_is_unclear(goal):
    assert begun(goal, "a.py") == ""


@pytest.mark.parametrize(
    ("goal", "expected"),
    [
        ("`python a.py FILE`: exit status 2 if there is no file", "def fail(message, status=2):"),
        ("`python a.py FILE`: exit status 0 if all is well, 1 if not, 2 without a file", "def fail(message, status):"),
        ("`python a.py FILE` prints an error to stderr without a file", "def fail(message, status=1):"),
        ("`python a.py 文件`：文件不存在时以状态 3 退出", "def fail(message, status=3):"),
    ],
)
def test_the_status_of_failures_is_the_one_that_is_told(goal, expected):
    assert expected in begun(goal, "a.py")


def test_numbers_that_the_goal_handles_itself_stay_texts():
    assert "type=int" not in begun("`python a.py pay ID`; an id that is not a number gives exit status 4.", "a.py")


def test_the_table_is_left_for_the_model_to_finish():
    start = begun("`python a.py add ITEM` and `python a.py list` work on shop.db", "a.py")
    assert start.endswith('connection = sqlite3.connect("shop.db")\n    connection.execute("CREATE TABLE IF NOT EXISTS')


@pytest.mark.parametrize(
    ("goal", "kind"),
    [
        ("`python c.py 100` prints 100 degrees Celsius in Fahrenheit with one decimal.", "float"),
        ("`python c.py 36.6` prints 97.9.", "float"),
        ("`python c.py NUMBER` prints the number of miles for so many km.", "float"),
        ("`python c.py 数字` 把公里换算成英里。", "float"),
        ("`python c.py 7` prints the 7th prime.", "int"),
        ("`python c.py -7` prints its absolute value.", "int"),
        ("`python c.py COUNT` prints so many decimals of pi.", "int"),
    ],
)
def test_numbers_may_have_a_fraction_where_something_is_measured(goal, kind):
    assert f"type={kind})" in begun(goal, "c.py")
