"""The bare arm of the benchmark reads answers generously, so that it is not beaten on form."""

import importlib.util
from pathlib import Path

import pytest

BARE = Path(__file__).parents[2] / "benchmarks" / "bare.py"


@pytest.fixture(scope="module")
def bare():
    spec = importlib.util.spec_from_file_location("bare", BARE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("answer", "goal", "blocks"),
    [
        ("hello.py\n```python\nx = 1\n```\n", "", [("hello.py", "x = 1\n")]),
        ("### `src/hello.py`:\n\n```python\nx = 1\n```", "", [("src/hello.py", "x = 1\n")]),
        ("**File: data.json**\n```json\n{}\n```", "", [("data.json", "{}\n")]),
        ("```python hello.py\nx = 1\n```", "", [("hello.py", "x = 1\n")]),
        ("报告.md\n```markdown\n# 周报\n```", "", [("报告.md", "# 周报\n")]),
        ("First the module:\n```python\nprint(1)\n```", "", [("", "print(1)\n")]),
        ("Run it:\n```bash\nmv a b\n```\nIt prints\n```text\n3\n```", "", [("", "mv a b\n")]),
        ("Here:\n```python\ndef f():\n    pass\n```", "Write fizz.py with f", [("fizz.py", "def f():\n    pass\n")]),
        ("```python\nprint(1)\n```", "Write fizz.py with f", [("", "print(1)\n")]),
        ("a.py\n```python\nx = 1\n", "", [("a.py", "x = 1\n")]),
        ("No code at all.", "", []),
    ],
)  # fmt: skip
def test_blocks_are_found_with_their_paths(bare, answer: str, goal: str, blocks: list[tuple[str, str]]):
    assert [(block.path, block.text) for block in bare.read_answer(answer, goal)] == blocks
