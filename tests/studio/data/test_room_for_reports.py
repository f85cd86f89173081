"""A diagnosis is written over an earlier one, and over nothing else of a person's."""

import pytest

from autogpt.core.errors import UsageError
from autogpt.studio.data.room import check_report

REPORT = '{"task": "sft", "sections": {}}'


@pytest.mark.parametrize(
    ("there", "free"),
    [
        ({}, True),
        ({"page.json": REPORT}, True),
        ({"page.json": REPORT, "page.html": "<html>"}, True),
        ({"page.html": "<html>"}, False),
        ({"page.json": '{"my": "data"}'}, False),
        ({"page.json": "[1]"}, False),
        ({"page.json": "\xff", "page.html": "mine"}, False),
    ],
)
def test_only_an_earlier_diagnosis_is_replaced(tmp_path, there, free):
    for name, text in there.items():
        (tmp_path / name).write_text(text, "latin-1")
    if free:
        check_report(tmp_path / "page.html")
    else:
        with pytest.raises(UsageError, match="no earlier diagnosis"):
            check_report(tmp_path / "page.html")


def test_what_is_read_from_is_never_replaced(tmp_path):
    (tmp_path / "page.json").write_text(REPORT)
    with pytest.raises(UsageError, match="is read from"):
        check_report(tmp_path / "page.html", [str(tmp_path / "page.json")])


def test_a_dot_in_the_name_of_a_page_is_part_of_it(tmp_path):
    (tmp_path / "model-1.html").write_text("mine")
    check_report(tmp_path / "model-1.5")
    (tmp_path / "model-1.5.html").write_text("mine")
    with pytest.raises(UsageError, match=r"model-1\.5\.html' is there already and is no earlier diagnosis"):
        check_report(tmp_path / "model-1.5")
