import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogpt.agent.formats import block, closes, file_actions, imports, program_actions, schema_actions
from autogpt.agent.programs.mending import mended
from autogpt.core.message import Reply


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("```python\nx = 1\n```", "x = 1"),
        ("Sure!\n```python\nx = 1\n```\nThat is all.", "x = 1"),
        ("```\nx\n```\n```\ny\n```", "x"),
        ("~~~\nx\n~~~", "x"),
        ("```python\nx = 1", "x = 1"),
        ("x = 1", "x = 1"),
        ("```python\n", ""),
        ("", ""),
        ("````md\n```\nx\n```\n````", "```\nx\n```"),
        ("```markdown\n# T\n```bash\nls\n```\nend\n```", "# T\n```bash\nls\n```\nend"),
        ("```markdown\n```bash\nls\n```\n```python\nx\n```\n```", "```bash\nls\n```\n```python\nx\n```"),
        ("```text\na ``` b\n```", "a ``` b"),
        ("```py\nx = '''\n~~~\n'''\n```", "x = '''\n~~~\n'''"),
    ],
)
def test_the_body_is_what_stands_between_the_fences(text, body):
    assert block(text) == body


def test_windows_line_ends_are_no_part_of_a_fence():
    assert block("```python\r\nx = 1\r\n```\r\n").replace("\r", "") == "x = 1"


@pytest.mark.parametrize("path", ["a.py", "b.json", "c.txt"])
def test_a_name_line_and_a_fence_opened_twice_are_not_written(path):
    found = file_actions(Reply(text=f"```x\n# {path}\n```x\nbody\n```"), path, 1)
    assert found[0].args == {"path": path, "content": "body\n"}


def test_a_markdown_file_may_begin_with_a_block():
    found = file_actions(Reply(text="````markdown\n```bash\nls\n```\n````"), "a.md", 1)
    assert found[0].args["content"] == "```bash\nls\n```\n"


@pytest.mark.parametrize("text", ["", " \n", "```\n```", "```python\n\n\n```"])
def test_no_text_is_no_action(text):
    assert file_actions(Reply(text=text), "a.py", 1) == ()
    assert program_actions(Reply(text=text), 1) == ()


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "null", "[]", '"x"', "{}", '{"tool": "a"}', '{"tool": 1, "args": {}}', '{"tool": "a", "args": []}',
        '{"tool": "a", "args": {"x": NaN}}', '{"tool": "a", "args": {}, "args": {}}', "[" * 100_000,
        '{"tool": "a", "args": {"x": "\\ud800"}}', "I will now call the tool.",
    ],
)  # fmt: skip
def test_what_is_not_an_action_is_none(text):
    assert schema_actions(Reply(text=text), 1) == ()


def test_an_action_is_read():
    (action,) = schema_actions(Reply(text=' {"thought": "t", "tool": "a", "args": {"x": [1]}}\n'), 7)
    assert (action.id, action.tool, action.args) == ("a7", "a", {"x": [1]})


@given(st.text(alphabet=st.sampled_from(list('`~ax \n\r{}":,[]')), max_size=80))
def test_no_answer_breaks_the_readers(text):
    reply = Reply(text=text)
    assert isinstance(block(text), str)
    assert len(file_actions(reply, "a.py", 1)) <= 1
    assert len(program_actions(reply, 1)) <= 1
    assert len(schema_actions(reply, 1)) <= 1
    assert isinstance(mended(text), str)


@given(st.text(alphabet=st.characters(exclude_characters="\r`~\n", exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_a_plain_line_in_a_block_comes_back_as_it_was(line):
    assert block(f"```\n{line}\n```") == line


def test_a_comment_above_a_function_does_not_end_a_module():
    module = "import math\n\n# Check if n is prime\ndef is_prime(n): ...\n\n# Test every divisor\nSTEP = 2\n"
    assert [end for end in closes("prime.py", library=True) if end in module] == []
    assert [end for end in closes("prime.py", library=True) if end in f"{module}\nprint(is_prime(7))\n"] == ["\nprint("]


def test_imports_and_a_fence_begun_once_more_are_taken_out():
    text = "```python\nimport csv\nimport json\n```python\nimport csv\nprint(1)\n```"
    (action,) = program_actions(Reply(text=text), 1)
    assert action.args["code"] == "import csv\nprint(1)"


def test_a_program_for_data_begins_with_the_imports_for_it():
    assert imports("Write total.json\nsales.csv") == "import csv\nimport json\n"
    assert imports("Sort the photos. Say csv.") == ""
