"""One function of a file is found, asked for, and put in the place of its own."""

import pytest

from autogpt.agent.functions import function_actions, opening, places
from autogpt.core.message import Reply

MODULE = '''"""Shop."""
import math


def price(n, *,
          tax=0.1):
    """With tax."""
    return n


class Cart:
    @property
    def total(self):
        return 1

    def add(self, item):
        self.items = item


def last(): return 3
'''


def test_functions_and_methods_are_found_with_their_heads():
    found = {place.name: place for place in places("shop.py", MODULE)}
    assert list(found) == ["price", "Cart.total", "Cart.add"]
    assert opening(found["price"]) == '```python\ndef price(n, *,\n          tax=0.1):\n    """With tax."""\n'
    assert opening(found["Cart.total"]) == "```python\n@property\ndef total(self):\n"
    assert places("shop.py", "def broken(:\n") == []


@pytest.mark.parametrize(
    ("target", "said", "old", "new"),
    [
        ("shop.py::price", 'def price(n, *,\n          tax=0.1):\n    """With tax."""\n    return n * (1 + tax)\n', "    return n\n", "    return n * (1 + tax)\n"),
        ("shop.py::Cart.total", "@property\ndef total(self):\n    return 2", "        return 1\n", "        return 2\n"),
        ("shop.py::Cart.add", "class Cart:\n    def add(self, item):\n        self.items += item\n", "self.items = item", "self.items += item"),
        ("shop.py::Cart.add", "def add(self, item):\ndef add(self, item):\n    self.items += item\n", "self.items = item", "self.items += item"),
    ],
)  # fmt: skip
def test_the_function_of_the_reply_takes_the_place_of_its_own(target, said, old, new):
    (action,) = function_actions(Reply(text=f"```python\n{said}\n```"), MODULE, target, 1)
    assert action.args == {"path": "shop.py", "content": MODULE.replace(old, new)}


@pytest.mark.parametrize("said", ["", "```python\n```", "I cannot.", "```python\ndef other():\n    return 1\n```"])
def test_a_reply_without_the_function_changes_nothing(said):
    assert function_actions(Reply(text=said), MODULE, "shop.py::price", 1) == ()


def test_imports_the_reply_needs_are_added_where_the_module_has_no_head():
    said = Reply(text="```python\nimport re\n\ndef f(x):\n    return re.sub('a', 'b', x)\n```")
    (action,) = function_actions(said, "def f(x):\n    return x\n", "m.py::f", 1)
    assert action.args["content"] == "import re\ndef f(x):\n    return re.sub('a', 'b', x)\n"
