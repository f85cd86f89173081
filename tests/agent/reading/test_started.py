"""Programs are started as the goal says, with values made up for its placeholders."""

import subprocess
import sys

import pytest

from autogpt.agent.reading.started import started
from autogpt.core.contracts import FileHead

SAMPLE = [FileHead(path="sample.txt", size=3, head="a b", lines=1)]


@pytest.mark.parametrize(
    ("goal", "outputs", "labels"),
    [
        (
            "Write count.py: `python count.py FILE` prints a number. With `--top N` only the first.",
            ["count.py"],
            ["no traceback from: python count.py sample.txt", "exit status 0 from: python count.py sample.txt"],
        ),
        (
            "Write exp.py. `python exp.py add AMOUNT CATEGORY [NOTE]` adds, `python3 exp.py remove ID` removes.",
            ["exp.py"],
            [
                "no traceback from: python exp.py add 12.50 sample; python exp.py remove 1",
                "exit status 0 from: python exp.py add 12.50 sample",
            ],
        ),
        (
            "写 todo.py：`python todo.py add 内容` 添加一条。",
            ["todo.py"],
            ["no traceback from: python todo.py add 示例", "exit status 0 from: python todo.py add 示例"],
        ),
        (
            "写 cidian.py，数据存在 cidian.json：\n\npython cidian.py 添加 词 释义   添加一个词\npython cidian.py 列表    列出所有词\n",
            ["cidian.py"],
            ["no traceback from: python cidian.py '列表'"],
        ),
        (
            "Write count.py: `python count.py FILE` prints the number of lines and ends with exit status 3 if the file does not exist.",
            ["count.py"],
            [
                "no traceback from: python count.py sample.txt",
                "exit status 0 from: python count.py sample.txt",
                "exit status 3 from: python count.py no-such-file.txt",
            ],
        ),
        (
            "Write lint.py: `python lint.py FILE` prints the faulty lines and ends with exit status 1 if there are any.",
            ["lint.py"],
            ["no traceback from: python lint.py sample.txt"],
        ),
        ("Run `python other.py X` and write out.txt", ["out.txt"], []),
        ("Write a.py so that `python a.py x | sort` works", ["a.py"], []),
        ("Write a.py: `python a.py SOURCE TARGET` copies.", ["a.py"], []),
        ("Write a.py: `python a.py URL` downloads a page.", ["a.py"], []),
        ("Write a.py: `python a.py start_date end_date`", ["a.py"], []),
        ("Write a.py: `python a.py data.csv` where data.csv is the user's own", ["a.py"], []),
        ("Write a.py, which reads stdin; usage `python a.py`.", ["a.py"], []),
        ("Write a.py: `python a.py 1 0` fails with a traceback.", ["a.py"], []),
        ("Write server.py, a web server. Start it with `python server.py`.", ["server.py"], []),
    ],
)
def test_commands_that_the_goal_shows_are_tried(goal, outputs, labels):
    language = "zh" if "写" in goal else "en"
    found = [check.label for check in started(goal, outputs, SAMPLE, language) if check.kind == "python_holds"]
    assert [label.replace("'示例'", "示例") for label in found] == labels


HOME = "# Home\n\n- [ ] paint the fence\n- [x] call the plumber\n"
TABLES = {"b/skills.csv": "id,skill\n1,weld\n", "b/staff.csv": "name,id\nEva,1\n"}
TODO = """I keep tasks in Markdown files, among other lines. Write todo.py for them (Python, standard library only), please:

python todo.py FILE list           prints the tasks, numbered from 1, like "2. [x] call the plumber"
python todo.py FILE list --open    prints only the open tasks, like "9. [x] walk the dog"
python todo.py FILE add TEXT       adds an open task and prints nothing
"""
JOIN = """Write join.py, which joins two CSV files:

    python join.py LEFT RIGHT --on COLUMN [--output FILE]

- It prints CSV on standard output.
- If a file does not exist it
  ends with exit status 2.
"""


def test_commands_are_tried_on_the_files_that_are_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "home.md").write_text(HOME)
    files = [FileHead(path="home.md", size=len(HOME), head=HOME, lines=4)]
    checks = started(TODO, ["todo.py"], files, "en")
    assert [check.label for check in checks] == [
        "no traceback from: python todo.py home.md list; python todo.py home.md list --open; python todo.py home.md add sample",
        "exit status 0 from: python todo.py home.md list",
        "exit status 0 from: python todo.py home.md list --open",
        "'2. [x] call the plumber' is printed by: python todo.py home.md list",
    ]
    (tmp_path / "todo.py").write_text(
        "import sys\nn = 0\nfor line in open(sys.argv[1]):\n    if line[:3] == '- [':\n        n += 1\n        print(f'{n}. {line[2:]}', end='')\n"
    )
    assert all(subprocess.run([sys.executable, "-c", check.code], check=False).returncode == 0 for check in checks)
    (tmp_path / "todo.py").write_text("raise SystemExit(1)\n")
    broken = [subprocess.run([sys.executable, "-c", check.code], check=False).returncode for check in checks]
    assert broken == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("goal", "tried"),
    [
        ("Small script: `python longest.py FILE` prints the longest line of the file and nothing else.", True),
        ("`python longest.py FILE` prints the lines of the file that are too long.", True),
        ("`python longest.py FILE` prints the longest column of a CSV file.", False),
        ("`python longest.py FILE` prints the largest number in the file; one number per line.", False),
    ],
)
def test_a_text_is_made_up_where_there_is_none(tmp_path, monkeypatch, goal, tried):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "longest.py").write_text("import sys\n\nprint(max(open(sys.argv[1]), key=len), end='')\n")
    checks = started(goal, ["longest.py"], [], "en")
    assert [check.label for check in checks] == ["no traceback from: python longest.py sample.txt"] * tried
    for check in checks:
        exec(check.code, {})
        (tmp_path / "longest.py").write_text("pass\n")
        if "nothing else" in goal:
            with pytest.raises(AssertionError, match="nothing is printed by: python longest"):
                exec(check.code, {})
    assert not (tmp_path / "sample.txt").exists()


def test_as_many_files_as_placeholders_are_put_in_their_places(tmp_path):
    files = [FileHead(path=path, size=len(text), head=text, lines=2) for path, text in TABLES.items()]
    checks = started(JOIN, ["join.py"], files, "en")
    assert [check.label for check in checks] == [
        "no traceback from: python join.py b/skills.csv b/staff.csv --on id",
        "exit status 0 from: python join.py b/skills.csv b/staff.csv --on id",
        "exit status 2 from: python join.py no-such-file.txt no-such-file.txt --on id",
    ]


def test_pages_that_the_goal_names_are_asked_for():
    goal = "Write server.py, a web server on port 8765. GET / answers a page and GET /api/items answers JSON."
    found = [c for c in started(goal, ["server.py"], (), "en") if c.kind == "page_answers"]
    assert [(c.command, c.port, c.path) for c in found] == [
        ("python3 server.py", 8765, "/"),
        ("python3 server.py", 8765, "/api/items"),
    ]
    goal = "写网站 app.py，监听 8766 端口。访问 / 时显示网页；访问 /city?name=城市名 时显示天气。"
    found = [c for c in started(goal, ["app.py"], (), "zh") if c.kind == "page_answers"]
    assert [(c.port, c.path) for c in found] == [(8766, "/")]


def test_a_page_must_show_the_title_it_is_to_have():
    goal = "写 server.py（python server.py 启动，端口 8765）。GET / 是网页，标题“周末徒步”，列出姓名。GET /api/names 返回 JSON。"
    found = started(goal, ["server.py"], [], "zh")
    assert [(check.path, check.contains) for check in found] == [("/", "周末徒步"), ("/api/names", "")]


@pytest.mark.parametrize(
    ("goal", "paths"),
    [
        ("server.py, a web server on port 8765. GET /items/{id} returns one. GET /health.", ["/health"]),
        ("server.py, a web server on port 8765. GET /old redirects to /new. GET /no returns 404. GET /a: ok", ["/a"]),
        ("写网站 server.py，端口 8765，访问 /admin 返回 403，访问 / 返回首页", ["/"]),
        ("server.py sends GET /items to the server on port 8765 and prints the answer", []),
        ("server.py, a web server: `python server.py 8765` listens on port 8765. GET / says hi.", []),
    ],
)
def test_only_pages_that_a_right_server_shows_are_asked_for(goal, paths):
    assert [c.path for c in started(goal, ["server.py"], (), "en") if c.kind == "page_answers"] == paths


@pytest.mark.parametrize("body", ["input('Name? ')", "while True:\n    pass"])
def test_a_program_that_waits_or_goes_on_does_not_break(body, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (check,) = started("Write a.py: start it with `python a.py`.", ["a.py"], (), "en")
    assert check.kind == "python_holds"
    (tmp_path / "a.py").write_text(body)
    exec(check.code.replace("timeout=10", "timeout=1"), {})


def test_a_program_that_breaks_is_told_from_one_that_says_no(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (check,) = started("Write a.py: `python a.py NAME` greets.", ["a.py"], (), "en")
    assert check.kind == "python_holds"
    (tmp_path / "a.py").write_text("import sys\nopen('made.txt', 'w')\nprint('no', file=sys.stderr)\nsys.exit(2)\n")
    exec(check.code, {})
    assert not (tmp_path / "made.txt").exists()
    (tmp_path / "a.py").write_text("1 / 0")
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        exec(check.code, {})


USAGE = """Need a checker, longlines.py:

    python longlines.py [--max N] FILE [FILE ...]

It prints long lines. Exit status 0 if there is none, 1 if there is at least one, 2 if a file does not exist.
"""


def test_a_usage_line_and_the_exit_status_for_a_missing_file_are_tried(tmp_path):
    found = started(USAGE, ["longlines.py"], [FileHead(path="a.txt", size=1, head="x")], "en")
    assert [check.label for check in found] == [
        "no traceback from: python longlines.py a.txt",
        "exit status 2 from: python longlines.py no-such-file.txt",
    ]
    for program, good in (("import sys; open(sys.argv[1])", False), ("import sys; sys.exit(2)", True)):
        (tmp_path / "longlines.py").write_text(program)
        done = subprocess.run([sys.executable, "-c", found[1].code], cwd=tmp_path, capture_output=True, check=False)
        assert (done.returncode == 0) == good
