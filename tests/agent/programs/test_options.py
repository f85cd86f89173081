"""A program that is to get another option begins with what knows it."""

import subprocess
import sys

import pytest

from autogpt.agent.programs.options import begun, option

PLAIN = """import json


def main():
    for task in json.load(open("todo.json")):
        if not task["done"]:
            print(task["title"])


if __name__ == "__main__":
    main()
"""
PARSED = """\"\"\"Shows.\"\"\"
import argparse


def main():
    p = argparse.ArgumentParser()
    p.add_argument(
        "file",
    )
    print(p.parse_args().file)


main()
"""


@pytest.mark.parametrize(
    ("goal", "told"),
    [
        ("Add an option --all to it that prints the finished tasks too.", ("--all", "")),
        ("Please add a --limit N option to show.py.", ("--limit", "N")),
        ("Give it a flag called `--quiet`.", ("--quiet", "")),
        ("给 todo.py 增加一个选项 --quanbu，也输出已完成的任务。", ("--quanbu", "")),
        ("给 todo.py 加一个 --top N 参数", ("--top", "N")),
        ("Add the options --all and --first.", ("", "")),
        ("Run it with --all and write what it prints to out.txt.", ("", "")),
        ("Add an option --all and a flag --none.", ("", "")),
    ],
)
def test_the_option_that_is_added_is_read(goal, told):
    assert option(goal) == told


def test_the_program_goes_on_behind_the_option(tmp_path):
    (tmp_path / "todo.json").write_text('[{"title": "a", "done": true}, {"title": "b", "done": false}]', "utf-8")
    head = begun("Add an option --all to todo.py.", PLAIN)
    rest = """    for task in json.load(open("todo.json")):
        if args.all or not task["done"]:
            print(task["title"])


main()
"""
    (tmp_path / "todo.py").write_text(head + rest, "utf-8")
    for more, said in (([], "b\n"), (["--all"], "a\nb\n")):
        done = subprocess.run(
            [sys.executable, "todo.py", *more], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        assert done.stdout == said


def test_a_parser_that_is_there_gets_the_option():
    head = begun("Add an option --limit N to show.py.", PARSED)
    assert head.endswith('    )\n    p.add_argument("--limit", type=int)\n')
    assert begun("Add an option --name TEXT to show.py.", PARSED).endswith('("--name", type=str)\n')


@pytest.mark.parametrize(
    "text", ["import sys\nprint(sys.argv)\n", "def main(", "print(1)\n", PLAIN.replace("done", "--all")]
)
def test_what_is_not_plain_is_left_to_the_model(text):
    assert begun("Add an option --all to it.", text) == ""
