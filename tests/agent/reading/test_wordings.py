"""Words that a program is to print stand in it."""

import subprocess
import sys

import pytest

from autogpt.agent.reading.started import started
from autogpt.agent.reading.wordings import wordings


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        (
            "`python p.py X` prints strong if the password is long; otherwise it prints weak and ends with status 1.",
            "strong, weak",
        ),
        ("It prints 'even' when the number is even, otherwise 'odd'.", "even, odd"),
        ("If there is none it prints 'not enough' instead.", "not enough"),
        ("If the money doesn't cover the price it prints 'not enough' instead.", "not enough"),
        ("如果一行都没有，就输出“没有找到”。", "没有找到"),
        ("It prints each once; if no line is repeated, it prints no duplicates.", "no duplicates"),
        ("When the folder has no files in it, print the words no files.", "no files"),
        ("If the file is empty, it prints no lines.", ""),
        ("If there is none, it prints not a single name of theirs and stops.", ""),
        ("It prints nothing if the file is empty, otherwise its lines.", ""),
        ("It currently prints 'oops' for 3.", ""),
        ('It prints "Hello, NAME!" for a name.', ""),
        ("It prints the sum of all numbers.", ""),
        ("It prints yes if it fits and the difference otherwise.", ""),
    ],
)
def test_the_words_are_those_of_the_goal(goal, words):
    assert [check.label.partition("has the words: ")[2] for check in wordings(goal, "p.py")] == (
        [words] if words else []
    )


@pytest.mark.parametrize(("text", "good"), [("print('weak' if x else 'strong')", True), ("print('Strong')", False)])
def test_a_program_without_them_does_not_pass(tmp_path, text, good):
    goal = "Write p.py. `python p.py abc` prints strong if abc is long; otherwise it prints weak."
    (check,) = (c for c in started(goal, ["p.py"], (), "en") if "has the words: " in (c.label or ""))
    (tmp_path / "p.py").write_text(text, "utf-8")
    done = subprocess.run([sys.executable, "-c", check.code], cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode == 0) == good
