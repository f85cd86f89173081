import anyio
import pytest
from workbench import Blobs

from autogpt.agent.agree import fingerprint, loose, probe, settled
from autogpt.agent.reading.specials import specials
from autogpt.agent.reading.started import started
from autogpt.core.action import Action, Observation
from autogpt.core.check import CommandSucceeds, FileExists, PythonHolds, TestsPass
from autogpt.core.plan import Item
from autogpt.core.run import Run, Step
from autogpt.core.strategy import Strategy
from autogpt.core.task import Task
from autogpt.core.verdict import Verdict
from autogpt.sandbox.sandbox import open_sandbox
from autogpt.sandbox.workspace import Folder
from autogpt.tools.here import Here
from autogpt.tools.standard import TOOLS
from autogpt.tools.toolbox import Box

TestsPass.__test__ = False


def code_item(*checks):
    return Item(name="task", goal="g", delivers=("m.py",), checks=checks, recipe="code")


def holds(line):
    return PythonHolds(code=f"from m import *\n{line}", label=line)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (code_item(holds("assert f(1) == 2")), False),
        (code_item(*(holds(f"assert f({n}) == 2") for n in range(3))), False),
        (code_item(holds("assert f(1) == 2"), TestsPass(path="test_m.py")), False),
        (code_item(PythonHolds(code="from m import f", label="m defines f")), True),
        (code_item(FileExists(path="m.py")), False),
        (Item(name="p", goal="g", recipe="program", checks=(FileExists(path="a"),)), True),
        (Item(name="p", goal="g", recipe="program", checks=(CommandSucceeds(command="x", prints="y"),)), False),
        (Item(name="p", goal="g", recipe="prose", checks=(FileExists(path="a"),)), False),
    ],
)
def test_a_second_opinion_is_wanted_where_little_is_pinned_down(item, expected):
    assert loose(item) == expected


FIRST = Strategy(name="write", format="files")
SECOND = Strategy(name="second opinion", format="files")


def opinions(*prints):
    steps = []
    for at, print_ in enumerate(prints):
        done = Verdict(decision="continue" if print_ == "fails" else "done")
        action = Action(id=f"probe{at}", tool="run_python", args={})
        seen = (
            ()
            if print_ in (None, "fails")
            else (Observation(action_id=f"probe{at}", tool="run_python", ok=True, content=print_),)
        )
        steps.append(
            Step(number=at + 1, item="task", strategy=SECOND if at else FIRST, fresh=True,
                 actions=(action,), observations=seen, verdict=done)
        )  # fmt: skip
    step = settled(Run(id="r", task=Task(goal="g"), steps=tuple(steps)), "task")
    return step.number if step else None


@pytest.mark.parametrize(
    ("prints", "chosen"),
    [
        (["x"], None),
        (["x", "x"], 1),
        (["x", "y"], None),
        (["x", "y", "y"], 2),
        (["x", "y", "x"], 1),
        (["x", "y", "z"], 1),
        (["x", "fails", "fails"], 1),
        (["fails", "y", "y"], 2),
        # one broke, two differ: another may settle it
        (["x", "fails", "y"], None),
        (["x", "y", "fails"], None),
        (["x", "fails", "y", "y"], 3),
        (["x", "y", "fails", "fails"], 1),
        ([None], 1),
        (["fails"], None),
        ([], None),
    ],
)
def test_equal_results_settle_it_else_the_majority_of_three(prints, chosen):
    assert opinions(*prints) == chosen


def probed(tmp_path, item, changed, **files):
    folder = tmp_path / "w"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_bytes(text.encode())

    async def go():
        box = Box(TOOLS, Here(workspace=Folder(folder, tmp_path / "keep"), sandbox=open_sandbox(), blobs=Blobs()))
        try:
            action = probe(item, changed, 1)
            seen = await box.run(action)
        finally:
            await box.close()
        return Step(number=1, item="task", strategy=FIRST, actions=(action,), observations=(seen,))

    return fingerprint(anyio.run(go))


ITEM = code_item(PythonHolds(code="from m import f", label="m.py defines f"))


def test_equal_functions_have_equal_prints_and_different_ones_not(tmp_path):
    one = probed(tmp_path, ITEM, [], m__py="def f(n):\n    return n * 2\n")
    two = probed(tmp_path, ITEM, [], m__py="def f(n):\n    return n + n\n")
    three = probed(tmp_path, ITEM, [], m__py="def f(n):\n    return n + 3\n")
    assert one == two != three


def test_a_special_case_that_holds_is_no_example_of_the_work():
    special = specials("Write m.py with f(n): 0 for negative numbers.", "m", ["f"])
    assert len(special) == 1
    assert loose(code_item(PythonHolds(code="from m import f", label="m.py defines f"), *special))


def test_a_function_is_tried_with_the_kind_it_takes(tmp_path):
    item = code_item(PythonHolds(code="from m import f", label="m.py defines f"))
    texts = probed(tmp_path, item, (), m__py="def f(x):\n    return x.upper() + '!'\n")
    assert texts is not None
    assert "f('Level') -> 'LEVEL!'" in texts
    lists = probed(tmp_path, item, (), m__py="def f(x):\n    return x[0:1] + [len(x)]\n")
    assert lists is not None
    assert "f([3, 1, 2, 3]) -> [3, 4]" in lists
    numbers = probed(tmp_path, item, (), m__py="def f(x):\n    return x * 2\n")
    assert numbers is not None
    assert "f(7) -> 14" in numbers


def test_a_function_that_hangs_or_exits_still_has_a_print(tmp_path):
    print_ = probed(tmp_path, ITEM, [], m__py="def f(n):\n    if n > 6: raise SystemExit\n    return n\n")
    assert "SystemExit" in print_
    assert "f(3) -> 3" in print_


def test_files_are_compared_by_what_they_mean(tmp_path):
    item = Item(name="task", goal="g", recipe="program", delivers=("a.json",))
    one = probed(tmp_path, item, ["a.json"], a__json='{"a": 1, "b": 2.00001}')
    two = probed(tmp_path, item, ["a.json"], a__json='{"b": 2.0,\n "a": 1.0}')
    three = probed(tmp_path, item, ["a.json"], a__json='{"b": 2.1, "a": 1}')
    assert one == two != three
    assert "gone" in probed(tmp_path, item, ["b.json"])


PAGE = "<html><head><title>{}</title><style>b {{}}</style></head><body>\n<h1>Events</h1>{}</body></html>"


def test_pages_are_compared_by_what_they_show(tmp_path):
    item = Item(name="task", goal="g", recipe="program", delivers=("a.html",))
    rows = "<table border=1>\n <tr>\n  <td>09:00</td> <td>Tea &amp; cake</td></tr></table>"
    one = probed(tmp_path, item, ["a.html"], a__html=PAGE.format("x", rows))
    two = probed(
        tmp_path, item, ["a.html"], a__html=PAGE.format("y", "<p>09:00</p> <p>Tea &#38;\ncake</p><!-- end -->")
    )
    three = probed(tmp_path, item, ["a.html"], a__html=PAGE.format("x", rows.replace("09", "10")))
    assert one == two != three


def test_reports_are_compared_by_their_numbers_and_the_words_of_the_data(tmp_path):
    item = Item(name="task", goal="g", recipe="program", delivers=("r.md",))
    data = {"data__csv": "任务,负责人\n支付接口,张婷\n压力测试,黄磊\n"}
    one = probed(
        tmp_path, item, ["r.md"], r__md="# 周报\n\n共 2 个，30.0 小时\n1. 支付接口（张婷）\n2. 压力测试（黄磊）", **data
    )
    two = probed(
        tmp_path,
        item,
        ["r.md"],
        r__md="周报\n- 一共2个任务，30.00 小时\n- 支付接口 由 张婷\n- 压力测试 由 黄磊\n",
        **data,
    )
    assert one == two
    for wrong in ("周报 3，30 支付接口 张婷 压力测试 黄磊", "周报 2，30 压力测试 黄磊 支付接口 张婷"):
        assert probed(tmp_path, item, ["r.md"], r__md=wrong, **data) != one
    plain = probed(tmp_path, item, ["r.md"], r__md="Nothing to say")
    assert plain != probed(tmp_path, item, ["r.md"], r__md="Nothing to see")


def test_programs_are_compared_by_what_their_commands_print(tmp_path):
    goal = "Write m.py: `python m.py add TEXT` adds, `python m.py list --first N` prints, `python m.py all` prints all."
    item = Item(name="task", goal=goal, delivers=("m.py",), checks=started(goal, ["m.py"], (), "en"), recipe="code")
    assert loose(item)
    kept = "import sys, pathlib\nkept = pathlib.Path('kept')\nold = kept.read_text() if kept.exists() else ''\n"
    one = probed(tmp_path, item, [], m__py=f"{kept}kept.write_text(old + sys.argv[-1])\nprint(old)")
    two = probed(tmp_path, item, [], m__py=f"{kept}print(old.rstrip())\nkept.write_text(f'{{old}}{{sys.argv[-1]}}')")
    three = probed(tmp_path, item, [], m__py=f"{kept}kept.write_text(old + sys.argv[1])\nprint(old)")
    assert one == two != three
    assert "m.py add sample" in one
    assert not (tmp_path / "w" / "kept").exists()


def test_a_program_with_one_example_is_compared_on_other_values_too(tmp_path):
    goal = "Write d.py: `python d.py 2025-03-01 2025-04-15 ` prints the number of days from the first to the second."
    item = Item(name="task", goal=goal, delivers=("d.py",), checks=started(goal, ["d.py"], (), "en"), recipe="code")
    begun = "import sys, datetime\none, two = map(datetime.date.fromisoformat, sys.argv[1:])\ndays = (two - one).days\n"
    signed = probed(tmp_path, item, [], d__py=f"{begun}print(days)")
    refused = probed(
        tmp_path, item, [], d__py=f"{begun}if days < 0:\n    sys.exit('the second is earlier')\nprint(days)"
    )
    loud = f"{begun}if days < 0:\n    print('too early')\n    sys.exit(1)\nprint(days)"
    assert "d.py 2025-04-15 2025-03-01 -> 0 '-45'" in signed
    assert signed != refused
    # How a refusal is worded is left open.
    assert refused == probed(tmp_path, item, [], d__py=loud)
