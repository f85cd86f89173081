"""What a goal says of a text becomes a check: its length, its signature, the facts it is to mention."""

import subprocess
import sys

import pytest

from autogpt.agent.reading.goal import read_goal
from autogpt.agent.reading.writing import writing
from autogpt.core.check import FileContains, PythonHolds


def checks(goal, there=()):
    return writing(goal, read_goal(goal, set(there)))


def holds(found, text, tmp_path, name):
    (tmp_path / name).write_text(text, "utf-8")
    for check in found:
        if isinstance(check, FileContains):
            if check.text not in text:
                return False
        elif (
            isinstance(check, PythonHolds)
            and subprocess.run(
                [sys.executable, "-c", check.code], cwd=tmp_path, capture_output=True, check=False
            ).returncode
        ):
            return False
    return True


MAIL = (
    "Write a short mail to mail.txt (at most 30 words): order AB-1234 leaves on 3 November at 09:30. "
    "Sign it with Marek Nowak."
)
ZH = "写一封邮件保存到 邮件.txt：合同 HT-2025-086 改为9月18日交货。署名：孙悦。不超过50字。"


@pytest.mark.parametrize(
    ("goal", "name", "text", "good"),
    [
        (MAIL, "mail.txt", "Order AB-1234 leaves on November 3rd at 9:30.\nMarek Nowak", True),
        (MAIL, "mail.txt", "Order AB-1234 leaves on 3 November at 09:30.\nBest", False),
        (MAIL, "mail.txt", "Your order leaves on 3 November at 09:30.\nMarek Nowak", False),
        (MAIL, "mail.txt", "Order AB-1234 leaves on 4 November at 09:30.\nMarek Nowak", False),
        (MAIL, "mail.txt", "Order AB-1234 leaves on 3 November at 09:30.\nMarek Nowak" + " so" * 40, False),
        (ZH, "邮件.txt", "合同HT-2025-086改到9月18号交货。\n孙悦", True),
        (ZH, "邮件.txt", "合同HT-2025-086改到9月20日交货。\n孙悦", False),
        (ZH, "邮件.txt", "合同HT-2025-086改到9月18日交货。\n孙悦" + "好" * 60, False),
    ],
)
def test_a_text_that_lacks_what_was_said_fails(goal, name, text, good, tmp_path):
    found = checks(goal)
    assert len(found) == 3
    assert holds(found, text, tmp_path, name) == good


def test_for_whom_it_is_in_quotes_stands_in_it(tmp_path):
    for goal, name in (
        ("替“老街面馆”写一则招聘启事，存为 a.txt。", "老街面馆"),
        ('Write a notice for our cafe "Blue Door" to a.txt.', "Blue Door"),
    ):
        found = checks(goal)
        assert holds(found, f"We at {name} are hiring.", tmp_path, "a.txt")
        assert not holds(found, "We are hiring.", tmp_path, "a.txt")


@pytest.mark.parametrize(
    "goal",
    [
        "Summarise report.txt in summary.txt. The meeting on 3 May is what matters.",
        "Write a script that counts the words of 3 May to out.txt.",
        "Write notes.md about our garden.",
        'Write notes.md about the word "garden".',
        "The deadline was originally 3 May. Write a mail about it to mail.txt.",
        "Translate a.txt to b.txt, it was sent on 3 May at 09:30.",
    ],
)
def test_facts_that_need_not_stand_in_the_text_are_not_demanded(goal):
    assert checks(goal, {"report.txt", "a.txt"}) == ()


@pytest.mark.parametrize(
    ("goal", "text", "good"),
    [
        ('Write a notice to n.txt. The last line is "The office".', "Closed today.\n\nThe office\n", True),
        ('Write a notice to n.txt. The last line is "The office".', "The office\nis closed.\n", False),
        ('Write a notice to n.txt. The first line must be "NOTICE".', "NOTICE\nClosed.\n", True),
        ("写一份通知，保存为 n.txt 。最后一行是落款“行政部”。", "放假。\n行政部\n", True),
        ("写一份通知，保存为 n.txt 。最后一行是落款“行政部”。", "放假。\n行政部\n2025年\n", False),
    ],
)
def test_the_first_and_the_last_line_are_as_told(goal, text, good, tmp_path):
    found = [check for check in checks(goal) if "line of" in (getattr(check, "label", "") or "")]
    assert len(found) == 1
    assert holds(found, text, tmp_path, "n.txt") == good
