"""The main line, with real parts and a model whose words are written beforehand."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbench import BLOCK, NATIVE, SCHEMA, Bench

from autogpt.core.action import Action
from autogpt.core.check import Check, CheckResult, FileContains, PythonHolds
from autogpt.core.effect import Decision
from autogpt.core.errors import ModelError
from autogpt.core.message import Reply, Usage
from autogpt.core.run import fold
from autogpt.core.task import Limits

GOAL = "Write double.py with a function double(n). double(4) returns 8, double(-1) returns -2 and double(0) returns 0."
RIGHT = "def double(n):\n    return 2 * n\n```"
WRONG = "def double(n):\n    return n + 4\n```"


def call(tool: str, number: int = 1, /, **args: object) -> Reply:
    return Reply(actions=(Action(id=f"c{number}", tool=tool, args=args),), stopped="tool")


def moves(worked) -> list[str]:
    return [event.change for event in worked.of("adapted")]


def test_a_right_first_answer_is_complete_after_one_step(bench):
    done = bench.work(GOAL, [RIGHT])
    assert done.run.outcome == "complete"
    assert len(done.run.steps) == 1
    assert done.text("double.py") == "def double(n):\n    return 2 * n\n"
    assert [artifact.path for artifact in done.run.artifacts] == ["double.py"]
    assert all(result.passed for result in done.run.verdict.results)
    assert "double.py" in done.run.summary


def test_what_failed_stands_in_the_next_prompt_and_the_next_answer_completes(bench):
    others = [WRONG.replace("4", str(more)) for more in (5, 6)]
    done = bench.work(GOAL, [WRONG, *others, RIGHT])
    assert done.run.outcome == "complete"
    assert moves(done) == ["strategy", "sample", "sample", "next_item"]
    # Told what is expected a small model writes just that down, so it is told after two answers of its own.
    assert not any("expected -2" in prompt for prompt in done.prompts()[:3])
    assert "assert double(-1) == -2" in done.prompts()[3]
    assert "got 5, expected -2" in done.prompts()[3]


def test_a_fence_that_is_opened_once_more_is_not_part_of_the_file(bench):
    done = bench.work(GOAL, ["```python\n" + RIGHT])
    assert done.run.outcome == "complete"
    assert done.text("double.py") == "def double(n):\n    return 2 * n\n"


def test_a_model_that_fails_during_the_second_opinion_leaves_the_first(bench):
    goal = "Write double.py with a function double(n) that doubles a number."
    done = bench.work(goal, [RIGHT, ModelError("quota")])
    assert done.run.outcome == "partial"
    assert "return 2 * n" in done.text("double.py")


def test_a_file_that_does_not_parse_is_sent_back_with_its_line(bench):
    done = bench.work(GOAL, ["def double(n)\n    return 2 * n\n```", RIGHT])
    assert done.run.outcome == "complete"
    assert "double.py:1" in done.prompts()[1]


def test_a_module_that_failed_is_drawn_anew(bench):
    other = WRONG.replace("4", "5")
    done = bench.work(GOAL, [WRONG, other, RIGHT])
    assert done.run.outcome == "complete"
    assert moves(done) == ["strategy", "sample", "next_item"]
    assert all(step.fresh for step in done.run.steps)
    assert len(done.model.requests[2].messages) == 2
    assert done.model.requests[2].temperature > 0


def test_of_several_files_the_one_that_fails_is_corrected_before_all_are_drawn_anew(bench):
    goal = (
        "Write double.py with a function double(n), and half.py with half(n). double(4) returns 8. half(4) returns 2."
    )
    half = "def half(n){}\n    return n / 2\n```"
    done = bench.work(goal, [RIGHT, half.format(""), half.format(":")])
    assert done.text("half.py") == "def half(n):\n    return n / 2\n"
    assert moves(done) == ["go_on", "repair", "next_item"]
    assert "half.py:1" in done.prompts()[2]
    before, after = (request.messages for request in done.model.requests[1:])
    assert after[: len(before)] == before


def test_what_never_passes_is_handed_over_as_partial_with_the_best_state(bench):
    better = "def double(n):\n    return 8 if n == 4 else 0 if n == 0 else 1\n```"
    bad = "def double(n):\n    return {n}\n```"
    done = bench.work(GOAL, [WRONG, better, *(bad.replace("{n}", str(1_000 + n)) for n in range(30))])
    assert done.run.outcome == "partial"
    assert "return 8 if n == 4" in done.text("double.py")
    assert "assert double(-1) == -2" in done.run.summary
    assert moves(done)[-1] == "hand_over"


def test_what_was_to_stay_as_it_is_is_put_back_where_every_answer_harmed_it(bench):
    goal = "Write to count.txt how many lines notes.txt has. Leave notes.txt as it is."
    harm = "import os\nopen('count.txt', 'w').write('many')\nos.remove('notes.txt')\n```"
    bench.files = {"notes.txt": "one\ntwo\n"}
    done = bench.work(goal, [harm] * 9)
    assert done.run.outcome != "complete"
    assert done.text("notes.txt") == "one\ntwo\n"
    assert "Put back, as they were to stay as they are: notes.txt." in done.run.summary
    assert [artifact.path for artifact in done.run.artifacts] == ["count.txt"]


def test_two_equal_opinions_settle_a_loose_task(bench):
    goal = "Write double.py with a function double(n) that doubles a number."
    done = bench.work(goal, [RIGHT, "def double(n):\n    return n * 2\n```"])
    assert done.run.outcome == "complete"
    assert len(done.run.steps) == 2
    assert "return 2 * n" in done.text("double.py")
    assert done.run.verdict.results[-1].evidence == "2 of 2 answers gave the same result"


def test_two_of_three_opinions_win_and_are_no_proof(bench):
    goal = "Write double.py with a function double(n) that doubles a number."
    odd = "def double(n):\n    return n + 2\n```"
    done = bench.work(goal, [odd, RIGHT, RIGHT.replace("2 * n", "n * 2")])
    assert done.run.outcome == "partial"
    assert len(done.run.steps) == 3
    assert "return 2 * n" in done.text("double.py")
    assert "1 of 3 answers gave another result: look at double.py yourself" in done.run.summary


def test_answers_that_all_differ_are_not_claimed_to_be_complete(bench):
    goal = "Write double.py with a function double(n) that doubles a number."
    odd = "def double(n):\n    return {}\n```"
    done = bench.work(goal, [odd.format(rest) for rest in ("n + 2", "n ** 2", "n - 4", "n * n * n - 4")])
    assert done.run.outcome == "partial"
    assert len(done.run.steps) == 3
    assert "return n + 2" in done.text("double.py")
    assert "3 answers gave 3 different results: look at double.py" in done.run.summary


def test_two_answers_that_differ_are_no_proof_of_either(bench):
    goal = "Write double.py with a function double(n) that doubles a number."
    broken = "def double(n)\n    return 5\n```"
    done = bench.work(goal, [RIGHT, "def double(n):\n    return n + 2\n```", broken, broken])
    assert done.run.outcome == "partial"
    assert len(done.run.steps) == 4
    assert "return 2 * n" in done.text("double.py")
    assert "2 answers gave 2 different results: look at double.py yourself" in done.run.summary


def test_the_step_limit_ends_the_run_honestly(bench):
    wrong = (WRONG.replace("4", str(n)) for n in range(5, 99))
    done = bench.work(GOAL, wrong, limits=Limits(steps=3))
    assert done.run.outcome == "capped"
    assert len(done.run.steps) == 3
    assert "3 steps" in done.run.summary


def test_a_limit_is_told_in_the_language_of_the_goal(bench):
    goal = "编写 double.py，包含函数 double(n)，返回 2 * n。double(4) 返回 8。"
    done = bench.work(goal, (WRONG.replace("4", str(n)) for n in range(5, 99)), limits=Limits(steps=3))
    assert "已到达上限（3 步）" in done.run.summary


def test_the_token_limit_ends_the_run_honestly(bench):
    done = bench.work(GOAL, (WRONG.replace("4", str(n)) for n in range(5, 99)), limits=Limits(tokens=10))
    assert done.run.outcome == "capped"
    assert len(done.run.steps) == 1


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("", id="nothing"),
        pytest.param("```\n```", id="an empty block"),
        pytest.param("%%%% ~~~~ \x00\x07 \ud800 ))))", id="garbage"),
        pytest.param("I have finished the task, everything passes. Done!", id="a claim"),
        pytest.param(Reply(text="x = 1\n" * 4_000, stopped="length"), id="an endless answer"),
        pytest.param(Reply(text="", stopped="refused"), id="a refusal"),
    ],
)
@pytest.mark.parametrize("profile", [BLOCK, NATIVE, SCHEMA], ids=["block", "native", "schema"])
def test_a_model_that_does_not_do_the_work_is_never_complete(bench, said, profile):
    done = bench.work(GOAL, lambda request: said, profile=profile, limits=Limits(steps=4))
    assert done.run.outcome in ("partial", "capped", "failed")
    assert len(done.run.steps) <= 4


def test_a_model_that_cannot_answer_blocks_the_run_and_says_why(bench):
    done = bench.work(GOAL, [ModelError("the key is wrong")])
    assert done.run.outcome == "blocked"
    assert "the key is wrong" in done.run.error


class Verdicts:
    """A checker that says what it was told to say, then the last of it for ever."""

    def __init__(self, rounds: Sequence[Sequence[bool]]) -> None:
        self._rounds = list(rounds)
        self.last: tuple[bool, ...] = ()

    async def check(self, checks: Sequence[Check]) -> tuple[CheckResult, ...]:
        said = self._rounds.pop(0) if len(self._rounds) > 1 else self._rounds[0]
        self.last = tuple((said * len(checks))[: len(checks)]) if said else (False,) * len(checks)
        return tuple(CheckResult(check=c, passed=p, evidence="seen") for c, p in zip(checks, self.last, strict=True))


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rounds=st.lists(st.lists(st.booleans(), min_size=1, max_size=5), min_size=1, max_size=12),
    steps=st.integers(1, 9),
)
def test_never_complete_with_a_failing_check(tmp_path_factory, rounds, steps):
    checker = Verdicts(rounds)
    words = (WRONG.replace("4", str(n)) for n in range(5, 99))
    done = Bench(tmp_path_factory.mktemp("w")).work(GOAL, words, checker=checker, limits=Limits(steps=steps))
    assert (done.run.outcome == "complete") == (bool(checker.last) and all(checker.last))
    assert len(done.run.steps) <= steps


def test_never_complete_without_any_check(bench):
    class Nothing:
        async def check(self, checks: Sequence[Check]) -> tuple[CheckResult, ...]:
            return ()

    done = bench.work(GOAL, lambda request: RIGHT, checker=Nothing(), limits=Limits(steps=4))
    assert done.run.outcome != "complete"


def test_native_calls_are_done_in_order_and_judged_when_handed_in(bench):
    script = [
        call("write_file", 1, path="double.py", content="def double(n):\n    return 2 * n\n"),
        call("hand_in", 2, summary="wrote it"),
    ]
    done = bench.work(GOAL, script, profile=NATIVE)
    assert done.run.outcome == "complete"
    answered = done.model.requests[1].messages[-1]
    assert (answered.role, answered.action_id) == ("tool", "c1")
    assert "wrote it" in done.run.summary


def test_what_a_program_left_on_a_full_disk_is_not_complete(bench):
    code = 'open("double.py", "w").write("def double(n):\\n    return 2 * n\\n")\n'
    full = code + 'raise OSError(28, "No space left on device")'
    script = [call("run_python", 1, code=full), call("hand_in", 2, summary="wrote it")]
    done = bench.work(GOAL, script, profile=NATIVE)
    assert (done.run.outcome, "The disk was full" in done.run.summary) == ("partial", True)
    again = [script[0], call("run_python", 2, code=code), call("hand_in", 3, summary="wrote it")]
    assert bench.work(GOAL, again, profile=NATIVE).run.outcome == "complete"


def test_handing_in_too_early_brings_the_failing_checks_back(bench):
    script = [
        call("hand_in", 1, summary="done"),
        call("write_file", 2, path="double.py", content="def double(n):\n    return 2 * n\n"),
        call("hand_in", 3, summary="now"),
    ]
    done = bench.work(GOAL, script, profile=NATIVE)
    assert done.run.outcome == "complete"
    assert "double.py" in done.prompts()[1]


def test_schema_actions_do_the_work(bench):
    script = [
        '{"thought": "", "tool": "write_file", "args": {"path": "double.py", "content": "def double(n): return 2*n"}}',
        '{"thought": "", "tool": "hand_in", "args": {"summary": "ok"}}',
    ]
    done = bench.work(GOAL, script, profile=SCHEMA)
    assert done.run.outcome == "complete"


def test_a_question_to_the_person_reaches_them_and_their_answer_the_model(bench):
    script = [
        call("ask_person", 1, question="Which colour?"),
        call("write_file", 2, path="colour.txt", content="teal"),
        call("hand_in", 3, summary="ok"),
    ]
    done = bench.work("Write my favourite colour to colour.txt", script, profile=NATIVE, answers=["teal"])
    assert [asked.question for asked in done.person.asked] == ["Which colour?"]
    assert done.prompts()[1] == "teal"


@pytest.mark.parametrize(("answer", "ok"), [("yes", True), ("no", False), ("", False), ("是", True), ("yes?", False)])
def test_a_call_that_needs_leave_is_done_only_after_a_yes(bench, answer, ok):
    def careful(run, call, now):
        given = next((a for a in run.approvals if a.digest == call.digest and a.granted and not a.used), None)
        if call.tool == "write_file" and given is None:
            refused = any(a.digest == call.digest and not a.granted for a in run.approvals)
            return Decision(kind="deny" if refused else "ask", rule="T1", reason="writes")
        return Decision(kind="allow", rule="T0", reason="")

    script = [call("write_file", 1, path="a.txt", content="hi"), call("hand_in", 2, summary="")]
    done = bench.work("Write a.txt", script, profile=NATIVE, policy=careful, answers=[answer], limits=Limits(steps=2))
    assert (done.folder / "a.txt").exists() == ok
    asked = done.person.asked[0]
    assert asked.about == "approval"
    assert asked.digest == done.of("decided")[0].digest
    assert done.run.approvals[0].used == ok


def test_a_denied_call_is_an_observation_and_nothing_happens(bench):
    def never(run, call, now):
        kind = "deny" if call.tool == "write_file" else "allow"
        return Decision(kind=kind, rule="T9", reason="not today")

    script = [call("write_file", 1, path="a.txt", content="hi"), call("hand_in", 2, summary="")]
    done = bench.work("Write a.txt", script, profile=NATIVE, policy=never, limits=Limits(steps=2))
    assert not (done.folder / "a.txt").exists()
    seen = done.run.steps[0].observations[0]
    assert (seen.ok, seen.content) == (False, "not allowed (T9): not today")
    assert done.run.outcome != "complete"


def test_an_unknown_tool_is_an_observation(bench):
    script = [call("launch_missiles", 1), call("hand_in", 2, summary="")]
    done = bench.work("Write a.txt", script, profile=NATIVE, limits=Limits(steps=2))
    assert not done.run.steps[0].observations[0].ok


def test_numbered_steps_become_items_that_need_each_other(bench):
    goal = (
        'Do this:\n1. Write one.txt containing exactly "alpha"\n2. Write two.txt containing exactly "beta"\n'
        "3. Join one.txt and two.txt into three.txt\n"
    )
    script = [
        "with open('one.txt', 'w') as f: f.write('alpha')\n",
        "with open('two.txt', 'w') as f: f.write('beta')\n",
        "with open('three.txt', 'w') as f: f.write(open('one.txt').read() + open('two.txt').read())\n",
    ]
    done = bench.work(
        goal,
        lambda r: script[
            next(
                i for i in (2, 1, 0) if f"{('one', 'two', 'three')[i]}.txt" in r.messages[1].content.split("# Task")[1]
            )
        ],
    )
    plan = done.run.plan
    assert [item.delivers for item in plan.items] == [("one.txt",), ("two.txt",), ("three.txt",)]
    assert set(plan.items[2].needs) == {"step 1", "step 2"}
    assert done.run.outcome == "complete"
    assert done.text("three.txt") == "alphabeta"


def test_a_repair_goes_to_the_file_that_the_tests_blame(bench):
    bench.put(
        good__py="def one():\n    return 1\n",
        bad__py="def two():\n    return 3\n",
        test_all__py="from good import one\nfrom bad import two\n\ndef test_one():\n    assert one() == 1\n\n"
        "def test_two():\n    assert two() == 25\n",
    )
    done = bench.work("Fix the bug so that the tests pass", ["def two():\n    return 25\n```"])
    assert [step.target for step in done.run.steps] == ["", "bad.py::two"]
    assert done.run.outcome == "complete"
    assert "test_two" in done.prompts()[0]
    assert "test_one" not in done.prompts()[0]


def test_a_goal_in_chinese_gets_chinese_prompts_and_a_chinese_summary(bench):
    done = bench.work(
        "编写 double.py，函数 double(n) 返回 n 的两倍。double(4) 返回 8，double(-1) 返回 -2，double(0) 返回 0。",
        [WRONG, WRONG.replace("4", "5"), WRONG.replace("4", "6"), RIGHT],
    )
    assert done.run.task.language == "zh"
    assert done.run.outcome == "complete"
    for request in done.model.requests:
        assert "程序员" in request.messages[0].content
    assert "之前的回答错在这里" in done.prompts()[3]
    assert done.run.summary.startswith("已完成")


def test_a_vague_goal_is_asked_about_and_the_answer_is_used(bench):
    done = bench.work("do it", [RIGHT], answers=[GOAL])
    assert len(done.person.asked) == 1
    assert done.run.outcome == "complete"
    assert done.text("double.py")
    assert "double(n)" in done.model.requests[0].messages[1].content


def test_the_days_until_an_answer_comes_are_no_time_of_the_run(bench):
    done = bench.work("do it", [RIGHT], answers=[GOAL], limits=Limits(seconds=3600))
    assert done.run.outcome == "complete"
    assert done.run.waited > 86_400 > 3600 > done.run.seconds > 0


def test_time_in_which_nobody_worked_on_it_is_no_time_of_the_run(bench):
    assert bench.work(GOAL, [RIGHT], limits=Limits(seconds=1)).run.outcome == "capped"
    assert bench.work(GOAL, [RIGHT], limits=Limits(seconds=1), idle=3600).run.outcome == "complete"


def test_a_person_who_is_there_is_asked_when_the_run_is_stuck(bench):
    def say(request):
        return RIGHT if "twice" in request.messages[1].content else WRONG

    done = bench.work(GOAL, say, attended=True, answers=["twice n, always"])
    assert done.person.asked[0].about == "stuck"
    assert "double" in done.person.asked[0].question
    assert done.run.outcome == "complete"


def test_a_person_with_no_advice_ends_the_run(bench):
    done = bench.work(GOAL, lambda request: WRONG, attended=True, answers=[""])
    assert len(done.person.asked) == 1
    assert done.run.outcome == "partial"


@pytest.mark.parametrize(
    ("script", "profile"),
    [
        ([WRONG, RIGHT], BLOCK),
        (
            [call("write_file", path="double.py", content="def double(n): return 1"), call("hand_in", 2, summary="")]
            * 4,
            NATIVE,
        ),
    ],
)
def test_the_run_read_from_the_journal_is_the_run_returned(bench, script, profile):
    done = bench.work(GOAL, script, profile=profile, limits=Limits(steps=6))
    assert fold(done.entries) == done.run


def test_the_same_answers_give_the_same_events(bench):
    script = [WRONG, WRONG.replace("4", "6"), RIGHT]
    first, second = bench.work(GOAL, script), bench.work(GOAL, script)

    def plain(worked):
        told = []
        for event in worked.events:
            text = event.model_dump_json().replace(str(worked.folder), "FOLDER")
            told.append(__import__("re").sub(r'"seconds":[\d.e-]+', '"seconds":0', text))
        return told

    assert plain(first) == plain(second)


def test_user_checks_are_told_to_the_model_and_decide(bench):
    check = FileContains(path="a.txt", text="hello world", exact=True)
    done = bench.work("Write a greeting to a.txt", ["hello\n```", "hello world\n```"], checks=[check])
    assert "hello world" in done.model.requests[0].messages[1].content
    assert check in done.run.task.checks


def test_a_check_that_cannot_pass_is_named_in_the_summary(bench):
    check = PythonHolds(code="assert False, 'impossible'")
    done = bench.work(GOAL, lambda r: RIGHT, checks=[check], limits=Limits(steps=3))
    assert done.run.outcome in ("partial", "capped")
    assert "impossible" in done.run.summary


def test_usage_adds_up(bench):
    done = bench.work(GOAL, [Reply(text=WRONG, usage=Usage(input_tokens=5, output_tokens=7)), RIGHT])
    replies = [event.reply.usage for event in done.of("replied")]
    assert done.run.usage == sum(replies, Usage())


PAIR = "def one():\n    return {0}\n\n\ndef two():\n    return {1}\n```"
PAIR_TESTS = "from pair import one, two\n\n\ndef test_one():\n    assert one() == 10\n\n\n"
PAIR_TESTS += "def test_two():\n    assert two() == 20\n"


def test_mending_goes_function_by_function_on_from_what_is_mended_already(bench):
    bench.put(pair__py=PAIR.format(0, 0).removesuffix("```"), test_pair__py=PAIR_TESTS)
    says = ["    return 0\n```", "    return 10\n```", "    return 3\n```", "def two():\n    return 20\n```"]
    done = bench.work("The tests in test_pair.py fail. Fix pair.py.", says)
    assert done.run.outcome == "complete"
    assert [step.target.partition("::")[2] for step in done.run.steps] == ["", "one", "one", "two", "two"]
    first, again, _, last = done.prompts()
    assert "def one():\n    return 0" in first
    assert "def one():\n    ...\n" in again
    assert "def one():\n    return 10" in last
    assert "::test_one" not in last
    assert "where 3 = two()" in last
    assert done.text("pair.py") == PAIR.format(10, 20).removesuffix("```")


def test_where_functions_are_written_in_vain_the_whole_file_is(bench):
    tests = PAIR_TESTS.replace("one() == 10", "one() == [7, 8]")
    bench.put(pair__py=PAIR.format(0, 20).removesuffix("```"), test_pair__py=tests)
    vain = (f"    return {number}\n```" for number in (5, 6, 7))
    done = bench.work("The tests in test_pair.py fail. Fix pair.py.", [*vain, PAIR.format([7, 8], 20)])
    assert done.run.outcome == "complete"
    names = [step.strategy.name for step in done.run.steps]
    assert names == ["likely slips", *["functions"] * 3, "small changes", "write"]


def test_what_the_model_cannot_mend_small_changes_do_and_the_person_is_told(bench):
    bench.put(pair__py=PAIR.format(11, "'far'").removesuffix("```"), test_pair__py=PAIR_TESTS.replace("20", "'near'"))
    done = bench.work("The tests in test_pair.py fail. Fix pair.py.", ["    return None\n```"] * 4)
    assert done.run.outcome == "complete"
    assert done.run.steps[-1].strategy.name == "small changes"
    assert done.run.steps[0].strategy.name == "likely slips"
    assert done.text("pair.py") == PAIR.format(10, "'near'").removesuffix("```")
    assert "small changes were tried" in done.run.summary
    assert not done.run.steps[-1].verdict.findings


def test_a_function_no_answer_got_right_is_mended_by_a_small_change(bench):
    goal = 'Write m.py with a function initials(name). initials("ada king") returns "A.K.".'
    says = "def initials(name):\n    return '.'.join(word[0].upper() + '.' for word in name.split())\n```"
    done = bench.work(goal, lambda request: says)
    assert done.run.outcome == "complete"
    assert "''.join" in done.text("m.py")


def test_a_shared_default_value_is_mended_on_the_way(bench):
    cart = "class Cart:\n    def __init__(self, items=[]):\n        self.items = items\n"
    test = "from cart import Cart\n\n\ndef test_two():\n    Cart().items.append(1)\n    assert Cart().items == []\n"
    bench.put(cart__py=cart, test_cart__py=test)
    done = bench.work("The tests in test_cart.py fail. Fix cart.py.", [])
    assert (done.run.outcome, len(done.model.requests)) == ("complete", 0)
    assert [step.strategy.name for step in done.run.steps] == ["likely slips"]
    assert "items=None" in done.text("cart.py")


def test_code_that_no_function_is_blamed_for_is_written_as_a_whole(bench):
    bench.put(pair__py="ONE = 0\n", test_pair__py="from pair import ONE\n\n\ndef test_one():\n    assert ONE == [1]\n")
    done = bench.work("The tests in test_pair.py fail. Fix pair.py.", ["ONE = [1]\n```"])
    assert done.run.outcome == "complete"
    assert [step.target for step in done.run.steps] == ["", "pair.py"]


def test_a_program_that_moves_nothing_does_not_pass_for_the_one_that_does(bench):
    bench.files = {"a.jpg": "1", "b.pdf": "2"}
    goal = "Please sort the files of this folder by their kind into pictures and papers."
    moves = ("os.makedirs('pictures')", "os.rename('a.jpg', 'pictures/a.jpg')", "os.renames('b.pdf', 'papers/b.pdf')")
    move = "\n".join(["import os", *moves, "```"])
    done = bench.work(goal, ["pass\n```", move, move])
    assert done.run.outcome == "complete"
    assert done.text("pictures/a.jpg") == "1"


def test_a_name_is_replaced_everywhere_without_asking_the_model(bench):
    bench.put(a__py="def get_usr():\n    return 1\n", b__py="from a import get_usr\n\nprint(get_usr())\n")
    done = bench.work("Rename the function get_usr to get_user everywhere.", [])
    assert (done.run.outcome, len(done.model.requests)) == ("complete", 0)
    assert done.text("b.py") == "from a import get_user\n\nprint(get_user())\n"


def test_a_program_whose_result_is_wrong_is_written_anew_knowing_what_was_wrong(bench):
    goal = "Write the squares of 1 to 3 to squares.csv, with columns n and square"
    bare = "open('squares.csv', 'w').write('1,1\\n2,4\\n3,9\\n')\n```"
    done = bench.work(goal, [bare, bare.replace("'1,1", "'n,square\\n1,1")], limits=Limits(steps=2))
    assert (done.run.outcome, moves(done)[0]) == ("complete", "strategy")
    assert "the first line of squares.csv must be n,square and is 1,1" in done.prompts()[1]
    assert [message.role for message in done.model.requests[1].messages] == ["system", "user"]


def test_what_is_said_in_full_is_done_first_and_the_model_does_the_rest_knowing_it(bench):
    bench.files = {"data/a.log": "1\n", "data/old/b.log": "2\n", "data/keep.txt": "x\n"}
    goal = "Delete all .log files in the folder data, then write the number of deleted files to count.txt"
    done = bench.work(goal, ["2\n```"])
    assert done.run.outcome == "complete"
    assert "2 files deleted: data/a.log, data/old/b.log" in done.prompts()[0]
    assert (done.text("count.txt"), done.run.steps[0].strategy.name) == ("2\n", "known recipe")


@pytest.mark.parametrize(("more", "kept"), [("Nothing else.", True), ("Remove the comments, too.", False)])
def test_comments_of_settings_are_put_back_unless_they_are_to_go(bench, more, kept):
    bench.put(app__ini="[a]\n; ask first\nport = 1\nname = x\n")
    done = bench.work(f"In app.ini, set port to 9. {more}", ["[a]\nport = 9\nname = x\n```"])
    assert done.run.outcome == "complete"
    assert ("; ask first" in done.text("app.ini")) == kept


def test_a_program_that_breaks_on_entries_without_a_key_is_run_again_without_the_model(bench):
    bench.files = {"acts.json": '[{"name": "a", "off": true}, {"name": "b"}]'}
    goal = "Write names.txt with the names of the entries of acts.json that are not off, one per line."
    says = (
        "names = [one['name'] for one in acts if not one['off']]\nopen('names.txt', 'w').write('\\n'.join(names))\n```"
    )
    done = bench.work(goal, lambda request: says)
    assert done.text("names.txt") == "b"
    assert [action.id[0] for action in done.run.steps[0].actions][:2] == ["a", "k"]
