"""Whole runs of goals that are done by rules: a model that says nothing is not missed."""

import pytest

FILES = {
    "合同A.txt": "甲\n",
    "旧合同.txt": "乙\n",
    "notes/a.md": "Northwind Ltd\n",
    "list.txt": "pear\nfig\npear\n",
    "empty.tmp": "",
}


@pytest.mark.parametrize(
    ("goal", "there", "gone"),
    [
        (
            "新建文件夹“归档”，把文件名以“合同”开头的文件都移进去，其余留在原处。",
            {"归档/合同A.txt": "甲\n"},
            "合同A.txt",
        ),
        ("Copy all .md files in notes to backup/.", {"backup/a.md": "Northwind Ltd\n"}, ""),
        ("Delete all empty files.", {}, "empty.tmp"),
        ('Replace "Northwind Ltd" by "Northwind AG" in all Markdown files.', {"notes/a.md": "Northwind AG\n"}, ""),
        ("Remove duplicate lines from list.txt and save the result as clean.txt", {"clean.txt": "pear\nfig\n"}, ""),
        ("Add the prefix x_ to all md files.", {"notes/x_a.md": "Northwind Ltd\n"}, "notes/a.md"),
    ],
)
def test_everyday_work_is_done_and_proven_without_a_word_of_the_model(bench, goal, there, gone):
    bench.files |= FILES
    done = bench.work(goal, [])
    assert (done.run.outcome, done.model.requests) == ("complete", [])
    files = {str(path.relative_to(done.folder)) for path in done.folder.rglob("*") if path.is_file()}
    assert files == (set(FILES) | set(there)) - {gone}
    assert {path: done.text(path) for path in there} == there


def test_folders_alone_are_made_too(bench):
    bench.files |= FILES
    done = bench.work("Create folders for Q1 to Q4.", [])
    assert (done.run.outcome, done.model.requests) == ("complete", [])
    assert sorted(path.name for path in done.folder.iterdir() if path.is_dir()) == ["Q1", "Q2", "Q3", "Q4", "notes"]


def test_a_step_does_not_demand_that_stays_what_another_one_changes(bench):
    bench.files |= FILES
    goal = (
        "Do this:\n1. Delete all empty files.\n2. Rename list.txt to fruit.txt.\n3. Write hello.txt with the word hi."
    )
    done = bench.work(goal, lambda request: "pass\n```")
    stay = [check for item in done.run.plan.items for check in item.checks if check.kind == "file_unchanged"]
    assert len(done.run.plan.items) > 1
    assert "list.txt" not in {check.path for check in stay}
