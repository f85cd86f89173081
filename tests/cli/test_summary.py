"""The last lines of a run say each thing once, and in lines."""

from autogpt.cli.render import summary
from autogpt.core.run import Run
from autogpt.core.task import Task


def shown(outcome, text):
    return summary(Run(id="r", task=Task(goal="g"), workspace="/w", outcome=outcome, summary=text), [])[:-2]


def test_what_is_missing_is_left_to_the_list_of_checks():
    told = ["Not finished: 0 of 1 check passes.", "Made or changed: a.md.", "Missing:", "- b.md exists: no b.md"]
    text = "\n".join([*told, "In its own words: one", "two"])
    assert shown("partial", text) == [
        "Partial: Not finished: 0 of 1 check passes.",
        "  Made or changed: a.md.",
        "  In its own words: one",
        "  two",
    ]


def test_complete_is_said_once():
    assert shown("complete", "Done: all 2 checks pass.") == ["Complete: all 2 checks pass."]
    assert shown("complete", "已完成：全部 2 项检查通过。") == ["Complete: 全部 2 项检查通过。"]
