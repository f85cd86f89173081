import pytest

from autogpt.agent.programs.stubs import unfinished

GOAL = "Write a function to check if a number is woodall."


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("def f(n):\n    # Implement the logic\n    return True  # Placeholder, replace with actual logic\n", "f"),
        ("def f(n):\n    return True\n", "f"),
        ("def f(n):\n    # your code here\n    return n\n", "f"),
        ("def g(n):\n    return n\n\n\ndef f(a, b):\n    total = 1 + 2\n    return total\n", "f"),
        ("def f(n):\n    # Implement the logic to add one\n    return n + 1\n", ""),
        ("def f():\n    return 3\n", ""),
        ("def f(_n):\n    return 3\n", ""),
        ("def f(n):\n    raise NotImplementedError\n", ""),  # breaks when it is tried
        ("def f(n):\n    def inner():\n        return n\n    return inner()\n", ""),
        ("def f(*n):\n    return 3\n", ""),
        ("def main(argv=None):\n    return 0\n", ""),
        ("class A:\n    def f(self, n):\n        return 3\n", ""),
        ("def f(n):\n  return (", ""),
    ],
)
def test_functions_that_do_no_work_are_found(code, name):
    assert unfinished(code, GOAL) == name


def test_a_goal_may_want_one():
    assert unfinished("def f(n):\n    return True\n", "Write f(n), a stub that always returns True.") == ""
