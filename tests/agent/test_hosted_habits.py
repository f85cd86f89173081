"""What models with tools of their own do that no small model does: end with words, or go in circles."""

import pytest
from workbench import NATIVE, SCHEMA

from autogpt.core.action import Action
from autogpt.core.effect import Decision
from autogpt.core.errors import ContextFull
from autogpt.core.message import Reply
from autogpt.core.task import Limits

GOAL = "Write double.py with a function double(n) that returns 2 * n. double(4) is 8."
RIGHT = "def double(n):\n    return 2 * n\n"
PLENTY = Limits(steps=40)


def calls(tool: str, number: int, /, **args: object) -> Reply:
    return Reply(actions=(Action(id=f"c{number}", tool=tool, args=args),), stopped="tool")


def test_words_without_a_call_hand_the_work_in(bench):
    done = bench.work(
        GOAL, [calls("write_file", 1, path="double.py", content=RIGHT), "I wrote double.py."], profile=NATIVE
    )
    assert done.run.outcome == "complete"
    assert "I wrote double.py." in done.run.summary


def test_an_item_of_a_models_plan_that_became_a_run_need_not_meet_the_whole(bench):
    part = f"{GOAL}\n\n(Part of: Write double.py. Write three.py and tell of both in notes.md.)"
    done = bench.work(part, [calls("write_file", 1, path="double.py", content=RIGHT), "Done."], profile=NATIVE)
    assert done.run.outcome == "complete"
    assert "tell of both in notes.md" in done.prompts()[0]


def test_words_too_early_bring_the_failing_checks_and_no_answer_to_a_call_that_was_not_made(bench):
    script = ["All done!", calls("write_file", 1, path="double.py", content=RIGHT), "Now it is there."]
    done = bench.work(GOAL, script, profile=NATIVE)
    assert done.run.outcome == "complete"
    told = done.model.requests[1].messages
    assert [message.role for message in told[-2:]] == ["assistant", "user"]
    assert "double.py" in told[-1].content


@pytest.mark.parametrize("profile", [NATIVE, SCHEMA], ids=["native", "schema"])
def test_a_call_that_is_denied_again_and_again_ends_the_run_long_before_its_limit(bench, profile):
    def never(run, call, now):
        return Decision(kind="deny" if call.tool == "write_file" else "allow", rule="T9", reason="not today")

    asks = '{"thought": "", "tool": "write_file", "args": {"path": "double.py", "content": "x = 1"}}'
    stubborn = calls("write_file", 1, path="double.py", content="x = 1") if profile is NATIVE else asks
    done = bench.work(
        GOAL, lambda r: asks if r.output_schema else stubborn, profile=profile, policy=never, limits=PLENTY
    )
    assert done.run.outcome in ("failed", "partial")
    assert len(done.run.steps) <= 12
    told = [event.stuck for event in done.of("adapted") if event.stuck]
    assert told[0] == "same action, same result"
    assert "repeat yourself" in "".join(done.prompts())


def test_work_that_is_done_but_never_handed_in_is_complete(bench):
    wrote = calls("write_file", 1, path="double.py", content=RIGHT)
    again = (calls("read_file", number, path="double.py") for number in range(2, 40))
    done = bench.work(GOAL, (wrote, *again), profile=NATIVE, limits=PLENTY)
    assert (done.run.outcome, len(done.run.steps)) == ("complete", 3)


def test_who_is_told_of_its_circle_and_leaves_it_keeps_what_it_did(bench):
    script = [
        calls("write_file", 1, path="notes.txt", content="so far"),
        calls("read_file", 2, path="notes.txt"),
        calls("read_file", 3, path="notes.txt"),
        calls("write_file", 4, path="double.py", content=RIGHT),
        calls("hand_in", 5, summary="ok"),
    ]
    done = bench.work(GOAL, script, profile=NATIVE, limits=PLENTY)
    assert (done.run.outcome, done.text("notes.txt")) == ("complete", "so far")


def test_a_conversation_that_does_not_fit_keeps_the_call_with_its_result(bench):
    said = iter(
        [
            calls("write_file", 1, path="notes.txt", content="so far"),
            calls("read_file", 2, path="notes.txt"),
            ContextFull("too long"),
            calls("write_file", 3, path="double.py", content=RIGHT),
            calls("hand_in", 4, summary="ok"),
        ]
    )
    done = bench.work(GOAL, said, profile=NATIVE)
    assert done.run.outcome == "complete"
    full, short = (request.messages for request in done.model.requests[2:4])
    assert (len(full), len(short)) == (6, 4)
    assert (short[:2], short[2:]) == (full[:2], full[4:])
    assert [message.role for message in short] == ["system", "user", "assistant", "tool"]


def test_an_empty_reply_is_told_to_call_a_tool(bench):
    said = [Reply(text="", stopped="end"), calls("write_file", 1, path="double.py", content=RIGHT), "There."]
    done = bench.work(GOAL, said, profile=NATIVE)
    assert done.run.outcome == "complete"
    assert done.prompts()[1] == "No tool was called. Call one, or hand_in when the task is met."
