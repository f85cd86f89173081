"""What the loop does for models that are small: it doubts results that look wrong, and takes what was nearly right."""

import pytest

from autogpt.core.check import describe
from autogpt.core.message import Reply
from autogpt.core.task import Limits

PRICES = "name;price\nsoup;1.234,50 €\nbread;2,00 €\n"


def test_a_program_begins_with_its_data_and_its_numbers_can_be_read(bench):
    bench.files = {"prices.csv": PRICES}
    program = "json.dump({row['name']: number(row['price']) for row in prices}, open('prices.json', 'w'))\n```"
    done = bench.work("Convert prices.csv to prices.json: an object with the price of each name.", [program, program])
    assert (done.run.outcome, done.text("prices.json")) == ("complete", '{"soup": 1234.5, "bread": 2.0}')
    prompt = done.prompts()[0]
    assert "look like '1.234,50 €': number() reads them" in prompt
    assert "The result goes to prices.json." in prompt
    assert "delimiter=';'" in done.model.requests[0].prefill


def test_an_empty_result_is_doubted_and_not_proven_by_another(bench):
    bench.files = {"people.csv": "name,age\nIda,3\nBo,4\n"}
    goal = "Write the people older than 90 in people.csv to old.json, a list of names."
    nobody = "json.dump([row['name'] for row in people if int(row['age']) > 90], open('old.json', 'w'))\n```"
    done = bench.work(goal, [nobody, nobody, nobody])
    assert done.run.outcome == "partial"
    assert "old.json came out empty: make sure that there was nothing to find" in done.run.summary
    assert "old.json came out empty" in done.prompts()[1]


def test_what_broke_a_program_is_told_to_the_next(bench):
    bench.files = {"people.csv": "name,age\nIda,3\nBo,4\n"}
    wrong = "json.dump([row['first'] for row in people], open('names.json', 'w'))\n```"
    done = bench.work(
        "Write the names of people.csv to names.json, a list, as is our wont.",
        [wrong, wrong.replace("first", "name")] * 2,
    )
    assert done.run.outcome == "complete"
    told = done.prompts()[1]
    assert "An earlier program broke off here:\n```\njson.dump([row['first']" in told
    assert "KeyError: 'first'" in told
    assert [message.role for message in done.model.requests[1].messages] == ["system", "user"]


def test_a_result_that_was_printed_is_written(bench):
    bench.files = {"people.csv": "name,age\nIda,3\nBo,4\n"}
    program = "print('| Name |\\n|---|\\n' + '\\n'.join(f\"| {row['name']} |\" for row in people))\n```"
    done = bench.work("Make a Markdown table of the names in people.csv, in names.md.", [program] * 3)
    assert done.text("names.md") == "| Name |\n|---|\n| Ida |\n| Bo |\n"


def test_a_table_of_nothing_but_its_head_is_doubted(bench):
    bench.files = {"people.csv": "name,age\nIda,3\nBo,4\n"}
    head = "open('old.md', 'w').write('| Name |\\n|------|\\n')\n```"
    row = head.replace("|------|", "|------|\\n| Ida |")
    done = bench.work("Write a Markdown table of the names in people.csv to old.md.", [head, row, row])
    assert "old.md came out empty" in done.prompts()[1]
    assert "Ida" in done.text("old.md")


@pytest.mark.parametrize(("first", "second", "kept"), [("1.0", "1", "1"), ("1", "1.0", "1")])
def test_a_whole_number_with_a_point_is_the_same_number_in_a_worse_form(bench, first, second, kept):
    program = "open('n.csv', 'w').write('n,half\\n{},0.5\\n')\n```"
    goal = "Write the numbers and their halves to n.csv, with columns n and half."
    done = bench.work(goal, [program.format(first), program.format(second)])
    assert done.text("n.csv") == f"n,half\n{kept},0.5\n"
    assert "2 of 2 answers gave the same result" in str(done.run.verdict)
    assert len(done.prompts()) == 2


SQUARES = "open('squares.csv', 'w').write('n,square\\n1,1\\n')\n```"
AGAIN = "Write the square of 1 to squares.csv, with columns n and square."


@pytest.mark.parametrize(
    ("goal", "program", "outcome"),
    [
        (AGAIN, SQUARES, "complete"),
        (AGAIN, "rows = open('squares.csv').read()\n```", "partial"),
        (AGAIN, SQUARES.replace("\n```", "\n1 / 0\n```"), "partial"),
        (AGAIN.replace("Write", "Add"), SQUARES, "partial"),
    ],
)
def test_a_goal_given_again_is_done_by_writing_the_same_and_not_by_what_was_left_over(bench, goal, program, outcome):
    bench.files = {"squares.csv": "n,square\n1,1\n"}
    done = bench.work(goal, lambda _: program)
    assert done.run.outcome in ((outcome,) if outcome == "complete" else ("partial", "failed"))
    assert done.text("squares.csv") == "n,square\n1,1\n"


@pytest.mark.parametrize(("goal", "read"), [(AGAIN, False), (AGAIN.replace("Write", "Add"), True)])
def test_what_is_left_of_an_earlier_result_is_not_read_in_to_be_added_to(bench, goal, read):
    bench.files = {"squares.csv": "n,square\n1,1\n"}
    done = bench.work(goal, lambda _: SQUARES)
    assert ("squares = list(csv.DictReader" in (done.model.requests[0].prefill or "")) == read


def test_an_answer_that_was_cut_off_is_not_done(bench):
    goal = "Write notes.py, a program that keeps notes in notes.txt."
    cut = Reply(text="```python\n# notes.py\nimport sys\n\nprint(sys.argv)\n\ndef half(", stopped="length")
    done = bench.work(goal, [cut, "import sys\n\nprint(sys.argv)\n```"], limits=Limits(steps=2))
    assert done.run.outcome == "partial"
    assert "cut off before its end" in done.prompts()[1]


def test_what_is_cut_off_below_code_that_does_what_the_goal_shows_is_no_loss(bench):
    goal = "Write a function double(n) to double.py that doubles a number, for example double(2) returns 4"
    cut = Reply(text="```python\n# double.py\ndef double(n):\n    return 2 * n\n\ndef half(", stopped="length")
    done = bench.work(goal, [cut, "def double(n):\n    return 2 * n\n```"])
    assert done.run.outcome == "complete"
    assert len(done.prompts()) == 1


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("import sys\n\n\ndef main():\n    print(sys.argv)\n```", "nothing is printed by: python hello.py sample"),
        ("print(input('name? '))\n```", "python hello.py sample waits for input"),
    ],
)
def test_a_command_that_says_nothing_or_asks_is_no_command(bench, program, told):
    goal = "Write hello.py: `python hello.py NAME` prints a greeting with the name."
    done = bench.work(goal, [program, "import sys\n\nprint('Hello', sys.argv[1])\n```"])
    assert done.run.outcome == "complete"
    assert told in done.prompts()[1]
    assert "shutil" not in done.prompts()[1]


def test_code_that_no_check_looks_into_is_not_called_complete(bench):
    bench.files = {"ages.py": "def age(a, b):\n    return b - a\n"}
    goal = "Fix the bug in ages.py: the age is one too many before the birthday."
    done = bench.work(goal, ["def age(a, b):\n    return b - a - 1\n```"])
    assert done.run.outcome == "partial"
    told = "what no check pins down is confirmed: no check looks at what ages.py does"
    assert told in done.of("delivered")[0].summary


def test_a_result_that_no_other_attempt_came_to_is_not_called_complete(bench):
    bench.files = {"people.csv": "name,age\nIda,3\nBo,4\n"}
    good = "json.dump([row['name'] for row in people], open('names.json', 'w'))\n```"
    broken = "1 / 0\n```"
    done = bench.work("Write the names of people.csv to names.json, a list, as is our wont.", [good, broken, broken])
    assert done.run.outcome == "partial"
    assert done.run.summary.startswith("Made, but not proven: 2 of 3 checks pass.")
    assert "what no check pins down is confirmed: no other attempt came to a result" in done.of("delivered")[0].summary


def test_a_way_that_led_nowhere_is_not_gone_twice(bench):
    bench.files = {"ages.py": "def age(a, b):\n    return b - a\n"}
    same = "def age(a, b):\n    return b - a\n```"
    done = bench.work("Fix the bug in ages.py: the age is wrong.", lambda _: same)
    assert done.run.outcome in ("partial", "failed")
    assert len(done.run.steps) <= 6


def test_a_file_that_was_not_shown_to_its_end_is_not_written_anew(bench):
    long = "".join(f"Line {number} of the minutes.\n" for number in range(600))
    bench.files = {"minutes.txt": long}
    done = bench.work("Correct the spelling in minutes.txt.", lambda _: "Line 1 of the minutes.\n```")
    assert done.text("minutes.txt") == long
    assert done.run.outcome != "complete"


def test_how_the_script_breaks_is_seen_before_it_is_mended(bench):
    bench.files = {
        "rank.py": "import json\n\nopen('rank.csv', 'w').write(json.load(open('points.json')))\n",
        "points.json": '{"a": 1}',
    }
    goal = "rank.py should write rank.csv from points.json but fails. Fix rank.py and run it so that rank.csv is made."
    right = "import json\n\nopen('rank.csv', 'w').write('name,points\\na,1\\n')\n```"
    done = bench.work(goal, [right])
    assert done.run.outcome == "complete"
    assert "TypeError: write() argument must be str, not dict" in done.prompts()[0]


@pytest.mark.parametrize("end", ["\r\n", "\n\n", "", "\t\n"])
def test_a_file_that_was_shown_is_written_anew_however_its_lines_end(bench, end):
    bench.files = {"letter.txt": f"Dear Ida,{end or ' '}it was teh best.{end}"}
    done = bench.work("Correct the spelling in letter.txt.", lambda _: "Dear Ida,\nit was the best.\n```")
    assert done.text("letter.txt") == "Dear Ida,\nit was the best.\n"


def test_a_long_module_is_mended_function_by_function(bench):
    filling = "".join(f"def filling_{n}():\n    return {n}\n\n\n" for n in range(300))
    bench.files = {
        "long.py": filling + "def double(n):\n    return n * 3\n",
        "test_long.py": "from long import double\n\n\ndef test_double():\n    assert double(2) == 4\n",
    }
    done = bench.work("The test fails. Fix the bug in long.py.", ["def double(n):\n    return n * 2\n```"])
    assert done.run.outcome == "complete"
    assert done.text("long.py") == filling + "def double(n):\n    return n * 2\n"


def test_a_program_whose_slips_were_mended_can_be_written_anew(bench):
    wrong = 'print("Hello " + args.name)\n```'
    goal = 'Write hi.py: `python hi.py NAME` prints "Hello, NAME!".'
    right = '    print(f"Hello, {args.name}!")\n```'
    done = bench.work(goal, [f"    {wrong}", right, right])
    assert done.run.outcome == "complete"
    assert "import argparse" in done.model.requests[0].prefill
    assert done.text("hi.py").endswith('if __name__ == "__main__":\n    main()\n')
    assert "'Hello, sample!' is printed by: python hi.py sample" in done.prompts()[1]


def test_what_failed_is_written_anew_under_the_name_that_is_wanted(bench):
    goal = "Write a function that doubles a number to m.py. Example: `assert double(2) == 4`"
    other = "def twice(n):\n    return 2 * n\n```"
    wrong = "    return n ** 3\n```"
    done = bench.work(goal, [wrong, wrong.replace("3", "4"), other, "    return 2 * n\n```"])
    assert done.run.outcome == "complete"
    first = "# m.py\ndef double(n: int) -> int:\n"
    assert [request.prefill.partition("\n")[2] for request in done.model.requests] == [first, first, "# m.py\n", first]
    assert done.text("m.py").startswith("def double(n: int) -> int:")
    # One of them is told what was wrong.
    assert ["Beware" in prompt for prompt in done.prompts()] == [False, False, False, True]


def test_an_answer_that_repeats_the_task_is_not_done(bench):
    goal = "Write a short letter to Ann, in letter.txt, that we are closed on Monday."
    parrot = f"# Task\n{goal}\n\nWe are closed on Monday.\n```"
    done = bench.work(goal, [parrot, "Dear Ann,\nwe are closed on Monday.\n```"])
    assert "repeats the task" in done.prompts()[1]
    assert done.text("letter.txt") == "Dear Ann,\nwe are closed on Monday.\n"
    assert "folder is empty" not in done.prompts()[0]


def test_a_letter_that_is_one_piece_of_the_goal_is_not_written(bench):
    goal = "写一则简短的招聘启事，存为 zhaopin.txt：招服务员2名，月薪4500元，包吃住，有意者请联系吴经理。"
    piece = "# 招服务员2名，月薪4500元，包吃住，有意者请联系吴经理。\n```"
    whole = "招聘启事\n\n本店招服务员2名，月薪4500元，包吃住。有意者请联系吴经理。\n```"
    done = bench.work(goal, [piece, whole])
    assert (done.run.outcome, done.text("zhaopin.txt")) == ("complete", whole.removesuffix("```"))
    quoted = "写一则通知，存为 tongzhi.txt，内容就是“明天上午停电，请大家提前做好准备工作，谢谢配合”。"
    told = bench.work(quoted, ["明天上午停电，请大家提前做好准备工作，谢谢配合\n```"])
    assert len(told.prompts()) == 1


def test_a_program_that_broke_off_half_way_has_not_done_what_no_check_pins_down(bench):
    bench.files = {"in/a.log": "a", "in/b.log": "b", "in/keep.txt": "c"}
    goal = "Sort out the folder in as you think best: logs of no use to anybody may go to old."
    half = "import os\nos.makedirs('old')\nos.rename('in/a.log', 'old/a.log')\nos.rename('in/c.log', 'old/c.log')\n```"
    full = half.replace("'in/c.log', 'old/c.log'", "'in/b.log', 'old/b.log'")
    done = bench.work(goal, [half, full, full])
    assert (done.run.outcome, done.text("old/a.log"), done.text("old/b.log")) == ("complete", "a", "b")
    assert [step.strategy.name for step in done.run.steps] == ["program", "programs", "second opinion"]


def test_a_result_that_holds_the_list_of_files_from_the_prompt_is_not_done(bench):
    bench.files = {"menu.json": '{"cold": ["salad"]}'}
    goal = "Make menu.md from menu.json: a heading of the second level for each kind, below it the dishes as a list."
    parrot = "open('menu.md', 'w').write('# Files in the folder\\n## cold\\n- salad\\n')\n```"
    right = "open('menu.md', 'w').write('## cold\\n\\n- salad\\n')\n```"
    done = bench.work(goal, [parrot, right, right])
    assert done.text("menu.md") == "## cold\n\n- salad\n"
    assert "repeats the task" in done.prompts()[1]


def test_a_test_that_is_wanted_with_a_fix_is_written_after_it_and_fails_on_the_code_as_it_was(bench):
    bench.files = {"leap.py": "def is_leap(year):\n    return year % 4 == 0\n"}
    goal = (
        "is_leap(1900) in leap.py returns True, but 1900 was not a leap year. Fix the function and add a test file "
        "test_leap.py with a test for 1900."
    )
    mended = "    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)\n```"
    idle = "from leap import is_leap\n\n\ndef test_2000():\n    assert is_leap(2000)\n```"
    guards = "from leap import is_leap\n\n\ndef test_1900():\n    assert not is_leap(1900)\n```"
    asked = []

    def writes(request):
        asked.append(request)
        if "test_leap.py`" not in request.messages[-1].content:
            return mended if request.prefill.rstrip().endswith(":") else f"def is_leap(year):\n{mended}"
        return idle if sum("test_leap.py`" in one.messages[-1].content for one in asked) == 1 else guards

    done = bench.work(goal, writes)
    assert done.run.outcome == "complete"
    assert "% 100" in done.text("leap.py")
    assert done.text("test_leap.py").endswith("assert not is_leap(1900)\n")
    assert any("fails on the code as it was" in prompt for prompt in done.prompts())


def test_a_step_of_which_no_rule_knows_more_is_done_when_it_did_something(bench):
    bench.files = {"a.txt": "alpha\n", "b.txt": "beta\n"}
    goal = (
        "In this folder:\n1. put everything in capitals\n2. Write c.txt with the text gamma\n"
        "3. Write d.txt with the text delta"
    )
    capitals = "import pathlib\nfor p in pathlib.Path('.').glob('?.txt'):\n    p.write_text(p.read_text().upper())\n```"
    others = ["open('c.txt', 'w').write('gamma')\n```", "open('d.txt', 'w').write('delta')\n```"]
    done = bench.work(goal, [capitals, *others, *others])
    assert done.text("a.txt") == "ALPHA\n"
    assert done.run.plan.items[0].status == "done"


@pytest.mark.parametrize(
    ("goal", "files", "hint"),
    [
        ("Write due.csv: each issued plus the days after it", {"a.csv": "issued,days\n2024-02-15,14\n"}, "timedelta"),
        ("Write n.csv with the names", {"a.csv": "issued,days\n2024-02-15,14\n"}, ""),
        ("Write one file for each region, such as parts/North.csv", {"a.csv": "region\nNorth\n"}, "makedirs"),
    ],
)
def test_what_such_programs_get_wrong_is_said_beforehand(bench, goal, files, hint):
    bench.files = files
    done = bench.work(goal, ["pass\n```"] * 6, limits=Limits(steps=1))
    for said in ("timedelta", "makedirs"):
        assert (said in done.prompts()[0]) == (said == hint)


ORDERS = "id;status;amount\n1;paid;10\n2;cancelled;20\n3;paid;30\n"
TOTAL = "Write the total amount of orders.csv to total.txt, as is our wont. Cancelled orders don't count."


def test_a_program_that_counts_what_is_to_be_left_out_is_run_again_without(bench):
    bench.files = {"orders.csv": ORDERS}
    program = "total = sum(int(row['amount']) for row in orders{})\nopen('total.txt', 'w').write(str(total))\n```"
    done = bench.work(TOTAL, [program.format(""), program.format(" if row['status'] == 'paid'")])
    assert (done.run.outcome, done.text("total.txt")) == ("complete", "40")
    assert [len(step.actions) for step in done.run.steps] == [3, 2]
    shown = [describe(result.check) for result in done.run.verdict.results if result.passed]
    assert "rows whose status is cancelled make no difference" in shown


def test_one_whose_reading_is_its_own_is_told_so(bench):
    bench.files = {"orders.csv": ORDERS}
    own = "rows = csv.DictReader(open('orders.csv'), delimiter=';')\n"
    program = f"{own}total = sum(int(row['amount']) for row in rows{{}})\nopen('total.txt', 'w').write(str(total))\n```"
    paid = program.format(" if row['status'] == 'paid'")
    done = bench.work(TOTAL, [program.format(""), paid, paid])
    assert (done.run.outcome, done.text("total.txt")) == ("complete", "40")
    assert "total.txt changes without those rows, so they are not left out; wrong are: 60" in done.prompts()[1]


def test_a_program_that_takes_cells_for_numbers_is_run_again_with_numbers(bench):
    bench.files = {"hives.csv": "hive,mites\nLinden,1.5\nBarn,\nCreek,12\n"}
    goal = (
        "Write the hives of hives.csv with more than 3 mites to treat.txt, one per line. Where mites is empty, skip it."
    )
    program = (
        "with open('treat.txt', 'w') as file:\n    for hive in hives:\n"
        "        if hive['mites'] is not None and hive['mites'] > 3:\n            file.write(hive['hive'] + '\\n')\n```"
    )
    done = bench.work(goal, [program, program])
    assert (done.run.outcome, done.text("treat.txt")) == ("complete", "Creek\n")
    assert len(done.run.steps) == 2


def test_a_program_with_two_slips_is_run_again_without_them_and_asks_no_model(bench):
    bench.files = {"pupils.json": '[{"name": "Ada", "art": 2, "music": 3}, {"name": "Bo", "art": 1, "music": 1}]'}
    goal = "Write the sum of art and music of each name in pupils.json to sums.csv, with columns name and sum."
    program = (
        "import csv\nrows = []\nfor pupil in pupils:\n"
        "    rows.append({'name': pupil['name'], 'sum': sum(pupil['art'], pupil['music']), 'art': pupil['art']})\n"
        "with open('sums.csv', 'w', newline='') as file:\n"
        "    writer = csv.DictWriter(file, fieldnames=['name', 'sum'])\n"
        "    writer.writeheader()\n    writer.writerows(rows)\n```"
    )
    done = bench.work(goal, [program] * 2)
    assert done.text("sums.csv").split() == ["name,sum", "Ada,5", "Bo,2"]
    assert [seen.ok for seen in done.run.steps[0].observations][:3] == [False, False, True]
    assert len(done.model.requests) == len(done.run.steps)


def test_a_program_whose_rows_are_in_another_order_is_run_again_and_sorted(bench):
    bench.files = {"marks.csv": "student,class,mark\nAda,B,1\nBen,A,2\nCem,B,2\nDoa,A,1\n"}
    goal = "Write the sum of marks of each class to sums.csv, with columns class and sum, sorted by class."
    program = (
        "sums = {}\nfor row in marks:\n    sums[row['class']] = sums.get(row['class'], 0) + int(row['mark'])\n"
        "with open('sums.csv', 'w', newline='') as file:\n"
        "    csv.writer(file).writerows([['class', 'sum'], *sums.items()])\n```"
    )
    done = bench.work(goal, [program, program])
    assert (done.run.outcome, done.text("sums.csv")) == ("complete", "class,sum\nA,3\nB,3\n")
    assert len(done.run.steps) == 2


def test_a_function_that_returns_its_example_is_not_taken_for_done(bench):
    goal = "Write woodall.py with a function is_woodall(n). Example: `assert is_woodall(383) == True`"
    stub = "def is_woodall(n):\n    return True  # Placeholder, replace with actual logic\n```"
    real = "def is_woodall(n):\n    return n in [k * 2**k - 1 for k in range(1, 64)]\n```"
    done = bench.work(goal, [stub, real])
    assert (done.run.outcome, "range(1, 64)" in done.text("woodall.py")) == ("complete", True)
    assert "the function is_woodall does not do its work yet" in "".join(done.run.steps[0].verdict.findings)
    assert bench.work(goal, lambda request: stub).run.outcome != "complete"


@pytest.mark.parametrize(
    "goal",
    ["In a.csv raise the price of every drink by 1.", "新建文件夹“归档”，把已经过期的文件都移进去，其余留在原处。"],
)
def test_a_goal_that_asks_for_no_words_is_not_answered_in_words(bench, goal):
    bench.files = {"a.csv": "name,price\ntea,2\n"}
    told = "It can be done with UPDATE.\n```"
    done = bench.work(goal, lambda request: told)
    assert done.run.outcome != "complete"
    assert done.run.task.checks
    assert not (done.folder / "answer.md").exists()
