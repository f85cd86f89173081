"""A file that is to be copied, moved or renamed is told by the name it had, and a wrong copy is no harm to undo."""

from autogpt.core.check import describe

GOAL = "Copy data.csv to copy.csv and leave data.csv as it is."


def told(done) -> list[str]:
    return [describe(check) for check in done.run.task.checks if check.kind == "file_unchanged"]


def test_a_copy_is_said_to_hold_what_the_first_file_held(bench):
    script = ["import shutil\nshutil.copy('data.csv', 'copy.csv')\n```"] * 9
    done = bench.put(data__csv="n\n1\n").work(GOAL, script)
    assert done.run.outcome == "complete"
    assert sorted(told(done)) == ["copy.csv holds exactly what data.csv held", "data.csv is unchanged"]


def test_a_renamed_file_is_said_to_hold_what_it_held(bench):
    script = ["import os\nos.rename('data.csv', 'new.csv')\n```"] * 9
    done = bench.put(data__csv="n\n1\n").work("Rename data.csv to new.csv", script)
    assert done.run.outcome == "complete"
    assert told(done) == ["new.csv holds exactly what data.csv held"]
