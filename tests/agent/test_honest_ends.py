"""How a run ends is told as it is: no doubt is lost at the end, and a limit of time counts the last turn too."""

from autogpt.core.task import Limits


def test_an_answer_that_was_not_taken_is_not_complete_at_a_limit(bench):
    goal = "Write a long story about the sea to sea.md"
    parroted = f"# Task\n{goal}\n# Workspace\nempty\n```"
    done = bench.work(goal, [parroted] * 9, limits=Limits(steps=1))
    assert done.run.outcome == "partial"
    assert done.run.verdict.results[-1].evidence == "the answer repeats the task instead of doing it"


def test_the_time_of_the_last_turn_counts(bench):
    # The clock goes on by a second each time it is asked: at the start, at a turn, before the next.
    done = bench.work("Write hello to a.txt and a.md", ["x\n```"] * 9, limits=Limits(seconds=2))
    assert done.run.outcome == "capped"
    assert len(done.run.steps) == 1


def test_a_failed_run_lists_nothing_as_if_it_held(bench):
    done = bench.work("Write the sum of 1 and 2 to a.json", ["pass\n```"] * 20, limits=Limits(steps=30))
    assert done.run.summary.startswith("Nothing useful came of it: none of 2 checks passes.\nMissing:\n- a.json exists")
    assert "- a.json is well-formed: a.json does not exist; the workspace is empty" in done.run.summary
    assert "not well-formed: a.json does not exist" not in done.run.summary


def test_an_earlier_answer_that_is_taken_is_not_the_one_that_has_just_failed(bench):
    right, wrong = "open('HOME.csv', 'w').write('n\\n1\\n')\n```", "open('other.csv', 'w').write('n\\n1\\n')\n```"
    done = bench.work("Write the numbers of 1 to 1 to HOME.csv, with a column n", [right, *[wrong] * 9])
    last = [event.reason for event in done.of("adapted") if event.change == "next_item"]
    assert last == ["an earlier answer passes all checks"]
    assert "look at HOME.csv yourself" in done.run.summary
