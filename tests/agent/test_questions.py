"""When a person is asked about a goal, and when never."""

import pytest

from autogpt.agent.understand import _question, full_goal, reading_of
from autogpt.core.contracts import FileHead, Survey
from autogpt.core.run import Run
from autogpt.core.task import Task

THERE = ("data.csv", "notes.txt", "app.py", "README.md")


def question(goal, *there, answers=(), checks=()):
    files = tuple(FileHead(path=path, size=4, lines=1, head="text", sha256="0" * 64) for path in there)
    task = Task(goal=goal, checks=checks)
    reading = reading_of(task, answers, files)
    return _question(Run(id="r", task=task, answers=answers), reading, Survey(files=files, snapshot="s"))


@pytest.mark.parametrize(
    "goal", ["sdfg qwrtzp", "xkcd", "???", "123 456", ".", "，，，", "zxcvb nmpqrs bcdfg", "\x00\x01"]
)
def test_gibberish_is_asked_about(goal):
    assert question(goal) is not None


@pytest.mark.parametrize(
    "goal", ["fix it", "do this", "Please fix that!", "improve this", "处理一下", "请修改这个", "finish it"]
)
def test_a_goal_that_points_nowhere_is_asked_about_by_its_words(goal):
    assert goal in question(goal)


@pytest.mark.parametrize(
    ("goal", "file"),
    [
        ("Summarize sales.csv in out.md", "sales.csv"),
        ("读取 sales.csv，把总额写入 out.txt", "sales.csv"),
        ("Fix the bug in foo.py", "foo.py"),
    ],
)
def test_a_missing_file_is_asked_for_by_name(goal, file):
    assert file in question(goal, *THERE)
    assert question(goal, *THERE, file) is None


@pytest.mark.parametrize(
    ("goal", "folder"),
    [
        ("Rename all files in the folder photos by date", "photos/"),
        ("Add up the numbers in the data folder and write total.txt", "data/"),
        ("统计 data 文件夹里所有数字的和，写到 total.txt", "data/"),
    ],
)
def test_a_missing_folder_is_asked_for_where_nothing_else_is_there(goal, folder):
    assert folder in question(goal)
    assert question(goal, f"{folder}a.txt") is None


@pytest.mark.parametrize(
    ("goal", "asked", "file"),
    [
        ("Rename all .txt files in docs to .md", "docs/*.txt", "docs/a.txt"),
        ("Rename all .txt files to .md", "*.txt", "sub/A.TXT"),
        ("把所有 .txt 文件的扩展名改成 .md", "*.txt", "a.txt"),
        ("Change the extension of all .htm files in this folder to .html", "*.htm", "a.htm"),
    ],
)
def test_files_to_be_renamed_that_are_not_there_are_asked_for(goal, asked, file):
    assert f" {asked}" in question(goal)
    assert f" {asked}" in question(goal, "data.csv")
    assert question(goal, file) is None


@pytest.mark.parametrize(
    "goal",
    [
        "Move the PDFs into archive/",
        "Delete all .tmp files",
        "copy a to b",
        "Please sort my photos into folders by year",
        "删除所有临时文件",
        "把所有照片按年份整理到文件夹里",
    ],
)
def test_files_to_be_worked_on_are_asked_for_where_the_folder_is_empty(goal):
    assert goal in question(goal)
    assert question(goal, "data.csv") is None


@pytest.mark.parametrize(
    "goal",
    [
        "Sort the numbers 3, 1 and 2",
        "Convert all the miles to km: 3, 5",
        "Create the folders a, b and c",
        "删除所有空格：a b c",
    ],
)
def test_an_empty_folder_is_enough_for_what_needs_no_files(goal):
    assert question(goal) is None


def test_files_that_may_be_made_before_they_are_renamed_are_not_asked_for():
    assert question("Create three .txt files with a poem each, then rename all .txt files to .md") is None


@pytest.mark.parametrize(
    "goal",
    [
        "Write three files in the folder out: a.txt, b.txt and c.txt",
        "Make a folder notes with a file todo.md",
        "在 out 文件夹里新建 a.txt",
        "List all files in this folder in list.txt",
    ],
)
def test_a_folder_that_is_to_be_made_is_not_asked_for(goal):
    assert question(goal) is None


def test_the_question_is_in_the_language_of_the_goal():
    assert "文件夹" in question("读取 sales.csv，把总额写入 out.txt")
    assert "folder" in question("Read sales.csv, write the total to out.txt")


def test_an_answer_is_read_with_the_goal_and_not_asked_for_again():
    answers = (("q", "use data.csv and write out.txt"),)
    assert question("fix it", *THERE, answers=answers) is None
    task = Task(goal="fix it")
    assert "out.txt" in full_goal(task, answers)
    assert reading_of(task, answers, ()).named("output") == ("out.txt",)


def test_with_tests_in_the_folder_fix_it_is_clear():
    assert question("fix it", "app.py", "test_app.py") is None


CLEAR = [
    "Write a poem about the sea",
    "Write hello.txt",
    "Create a todo app in Python",
    "Summarize README.md",
    "Sort data.csv by the second column and save it as sorted.csv",
    "How many lines does notes.txt have?",
    "What is the capital of France?",
    "Fix app.py",
    "Fix the bug in app.py",
    "Refactor app.py",
    "Rename notes.txt to old.txt",
    "Delete notes.txt",
    "Translate notes.txt into Chinese",
    "Make a web page for my bakery",
    "Answer in answer.txt: who wrote Hamlet?",
    "write tests for app.py",
    "Add type hints to app.py",
    "Convert data.csv to JSON",
    "Generate 10 random names",
    "Print hello",
    "Write a script that backs up my files",
    "Clean up this folder",
    "List all files in this folder in files.txt",
    "Make a plan for a birthday party",
    "make a logo.svg",
    "Explain how TCP works in tcp.md",
    "Save today's shopping list (milk, eggs) in shopping.txt",
    "Improve the wording of README.md",
    "Put the answer to 6*7 in a file called answer.txt",
    "Create src/pkg/__init__.py and src/pkg/core.py",
    "写一首诗",
    "写一个计算器程序",
    "总结 README.md",
    "把 data.csv 转成 JSON",
    "统计 notes.txt 有多少行",
    "法国的首都是哪里？",
    "修复 app.py 中的错误",
    "删除 notes.txt",
    "给我的面包店做一个网页",
    "把答案写到 answer.txt：谁写了《红楼梦》？",
    "创建一个文件 hello.txt，内容为“你好”",
    "整理这个文件夹",
]


@pytest.mark.parametrize("goal", CLEAR)
def test_a_clear_goal_is_never_asked_about(goal):
    assert question(goal, *THERE) is None
