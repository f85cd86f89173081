"""Forms of JSON files that are shown within a sentence."""

import json
import subprocess
import sys

import pytest

from autogpt.agent.reading.inline import inline_forms

NESTED = 'Save them in a.json in the form {"morning": {"high": ..., "low": ...}, "evening": {...}}.'


@pytest.mark.parametrize(
    ("goal", "keys"),
    [
        (NESTED, "morning, evening"),
        ('Write a.json as {"count": ..., "total": ...}.', "count, total"),
        ("存为 a.json，形如 {“早上”: {...}, “晚上”: {...}}。", "早上, 晚上"),
        ('Write a.json as {"cash": 12.5, "card": 3}.', ""),
        ('Write a.json as {"cash": ..., ...}.', ""),
        ('Write a.json, a list like [{"name": ..., "age": ...}].', ""),
        ('Write a.json, something such as {"name": ..., "age": ...}.', ""),
        ('Write a.json and b.json as {"name": ..., "age": ...}.', ""),
        ('Write a.json as {"name": {"x": ...', ""),
    ],
)
def test_which_keys_are_demanded(goal, keys):
    outputs = [name for name in ("a.json", "b.json") if name in goal]
    found = inline_forms(goal, outputs)
    assert [check.label for check in found] == ([f"a.json has the keys {keys}"] if keys else [])


@pytest.mark.parametrize(
    ("value", "holds"),
    [
        ({"morning": {"high": 1}, "evening": {}}, True),
        ([{"time": "morning", "high": 1}], False),
        ({"evening": {}}, False),
    ],
)
def test_the_keys_are_looked_for(tmp_path, value, holds):
    (tmp_path / "a.json").write_text(json.dumps(value))
    (check,) = inline_forms(NESTED, ["a.json"])
    done = subprocess.run([sys.executable, "-c", check.code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) == holds
    assert holds or "no object in a.json has the keys morning, evening" in done.stderr
