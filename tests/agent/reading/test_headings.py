"""The headings that a goal quotes for its page are demanded, wherever in the page they stand."""

import subprocess
import sys

import pytest

from autogpt.agent.reading.headings import headings

FAIR = 'Make index.html: title and main heading "Open Day", a heading "How to get here", and a list of stalls.'
PAGE = "<!DOCTYPE html><title>Open day</title><h1>Open\n Day</h1><h2>How to <em>get</em> here</h2><p>Stalls</p>"


def labels(goal, *outputs):
    return [check.label for check in headings(goal, outputs or ["index.html"])]


@pytest.mark.parametrize(
    ("goal", "texts"),
    [
        (FAIR, ["Open Day", "How to get here"]),
        ("写一个网页 index.html，标题是“周末徒步”，下面列出名单。", ["周末徒步"]),
        ('Make index.html with a heading for each town, such as "Leeds".', []),
        ('Make index.html with no heading called "News".', []),
        ('Make index.html with the heading "{name}".', []),
        ('Make index.html; its headings are in "heads.txt".', []),
    ],
)
def test_headings_are_those_that_are_quoted(goal, texts):
    assert labels(goal) == [f"index.html has the heading {text!r}" for text in texts]


def test_the_heading_of_another_file_is_not_the_pages():
    goal = 'Write notes.md with the heading "Notes", and index.html with the heading "Home".'
    assert labels(goal, "notes.md", "index.html") == ["index.html has the heading 'Home'"]


@pytest.mark.parametrize(
    ("page", "good"),
    [
        (PAGE, [True, True]),
        (PAGE.replace("h1", "p"), [True, True]),
        ("<p>Open Day, How to get here</p>", [False, False]),
    ],
)
def test_a_heading_is_text_in_a_heading(tmp_path, page, good):
    (tmp_path / "index.html").write_text(page, encoding="utf-8")
    done = [
        subprocess.run([sys.executable, "-c", check.code], cwd=tmp_path, capture_output=True, check=False).returncode
        for check in headings(FAIR, ["index.html"])
    ]
    assert [code == 0 for code in done] == good
