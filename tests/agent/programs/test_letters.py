import pytest

from autogpt.agent.programs.letters import without_blanks

GOAL = "Write an invitation to our party as invitation.txt."


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        (
            "Dear [Guest's Name],\n\nCome at 4 pm.\n\nBest regards,\n[Your Name]\n[Your Position]\n",
            "Hello,\n\nCome at 4 pm.\n\nBest regards,\n",
        ),
        ("Dear Ann,\n\nCome.\n\nMarta\nPhone: [Your Phone Number]\n", "Dear Ann,\n\nCome.\n\nMarta\n"),
        ("尊敬的[收件人姓名]：\n\n请来。\n\n【你的名字】\n[日期]\n", "您好：\n\n请来。\n"),
        ("Dear Ann,\n\nCome.\n", "Dear Ann,\n\nCome.\n"),
        ("Come to [Your Address] at 4 pm.\n[Your Name]\n", "Come to [Your Address] at 4 pm.\n[Your Name]\n"),
        ("See [name list](list.md).\n- [x] name\n", "See [name list](list.md).\n- [x] name\n"),
    ],
)
def test_lines_that_nobody_can_fill_in_are_left_out(text, mended):
    assert without_blanks(text, GOAL) == mended


def test_blanks_that_the_goal_asks_for_stay():
    text = "Dear [Guest Name],\nCome.\n"
    assert without_blanks(text, "Write a template that begins with Dear [Guest Name].") == text
