"""What is wrong with a task file is told by the file's name, and by what in it is wrong."""

import pytest

from autogpt.core.errors import UsageError
from autogpt.runs.intake import read_bytes


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"goal":', "the task in 'a.json' cannot be used: not valid JSON: Expecting value: line 1 column 9 (char 8)"),
        (
            '{"goal": "x", "checks": [{"kind": "nope"}]}',
            "the task in 'a.json' cannot be used: checks.0: Input tag 'nope' is none of these kinds: 'file_exists', ",
        ),
    ],
)
def test_a_task_file_that_cannot_be_used_is_named(text, told):
    with pytest.raises(UsageError) as refused:
        read_bytes(text.encode(), "a.json")
    assert str(refused.value).startswith(told)
    assert "valid string" not in str(refused.value)
