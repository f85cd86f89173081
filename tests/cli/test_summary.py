"""The last lines of a run say each thing once, and in lines."""

from datetime import UTC, datetime

from autogpt.cli.render import summary, tell
from autogpt.core.event import Entry, Planned
from autogpt.core.plan import PART_OF, Item, Plan
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


def test_a_plan_tells_of_each_item_its_own_part_and_what_is_done():
    items = [Item(name=name, goal=f"Write {name}.txt{PART_OF}Write a.txt and b.txt)") for name in "ab"]
    event = Planned(plan=Plan(items=tuple(items), reason="a long goal").mark("a", "done"))
    entry = Entry(run_id="r", seq=1, at=datetime(2030, 1, 1, tzinfo=UTC), event=event, hash="")
    assert tell(entry)[1:] == ["  1. ✓ Write a.txt", "  2. Write b.txt"]
