"""A new function begins with the kinds that its examples show."""

import pytest

from autogpt.agent.programs.signature import signature
from autogpt.core.check import PythonHolds


def checks(*asserts: str, defines: str = "f") -> list[PythonHolds]:
    wanted = PythonHolds(code=f"from m import {defines}", label=f"m.py defines {defines}")
    return [wanted, *(PythonHolds(code=f"from m import f\n{line}", label=line) for line in asserts)]


@pytest.mark.parametrize(
    ("asserts", "goal", "line"),
    [
        (["assert f(5) == 65"], "", "def f(n: int) -> int:\n"),
        (["assert f(5) == 65"], "Write f(days) in m.py.", "def f(days: int) -> int:\n"),
        (["assert f(5) == 65"], "f(5) is 65", "def f(n: int) -> int:\n"),
        (["assert f([1, 2], 'a') == {'a': 1}"], "", "def f(items: list[int], text: str) -> dict:\n"),
        (["assert f(1, 2) == True"], "", "def f(n1: int, n2: int) -> bool:\n"),
        (["assert f([]) is None", "assert f([1]) == 1.5"], "", "def f(items: list[int]) -> float | None:\n"),
        (["assert f(1) == 1", "assert f(2.5) == 2"], "", "def f(x: float) -> int:\n"),
        (["assert f((1, 'a')) == ['b', 2]"], "f(class)", "def f(items: tuple) -> list:\n"),
        (["assert f(1) == 1", "assert f(1, 2) == 1"], "", ""),
        (["assert f([]) is None"], "", ""),
        (["assert f(g(1)) == 2"], "", ""),
        (["assert abs(f(1) - 2) < 0.1"], "", ""),
        (["assert f(1) =="], "", ""),
        ([], "Write f(days).", ""),
    ],
)
def test_the_first_line_shows_what_goes_in_and_comes_out(asserts, goal, line):
    assert signature(checks(*asserts), "f", goal) == line


def test_a_module_with_another_function_begins_as_the_model_likes():
    assert signature(checks("assert f(5) == 65", defines="f, g"), "f", "") == ""
    assert signature(checks("assert f(5) == 65"), "", "") == ""
