"""A program is written out with what it needs of its library, and no more."""

import ast
import re
import subprocess
import sys
from collections import Counter
from importlib import resources

import pytest

from autogpt.agent.programs.shipping import shipped
from autogpt.agent.reading.documents.proofs import LIBRARY

TABLES = ("values", "sources", "tablework", "tablewrite")


def given(module):
    text = resources.files("autogpt.agent.programs.inside").joinpath(f"{module}.py").read_text("utf-8")
    body = ast.parse(text).body
    assigned = [node.targets[0].id for node in body if isinstance(node, ast.Assign)]
    assigned += [node.target.id for node in body if isinstance(node, ast.AnnAssign)]
    return assigned + [node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)]


@pytest.mark.parametrize("library", [TABLES, LIBRARY])
def test_no_name_stands_twice_in_a_library_that_becomes_one_text(library):
    names = Counter(name for module in library for name in given(module))
    assert {name for name, count in names.items() if count > 1} == set()


def test_only_the_steps_that_are_spoken_of_are_written_out(tmp_path):
    job = ["table", "o.csv", [["load", ["t.csv"]], ["sort", "n", "", "down"]], "csv", {}]
    text = shipped(LIBRARY, f"main([{job!r}])")
    assert set(re.findall(r"def (_\w+)\(read", text)) == {"_load", "_sort", "_csv", "_table"}
    assert "sqlite3" not in text
    (tmp_path / "t.csv").write_text("n\n1\n2\n", "utf-8")
    done = subprocess.run([sys.executable, "-c", text], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "o.csv").read_text("utf-8") == "n\n2\n1\n"
