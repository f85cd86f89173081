"""Nothing that a hostile program tries gets through, on any sandbox that works here, as root and as a plain user."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "abuse"))

import programs


@pytest.mark.parametrize("abuse", [abuse.name for abuse in programs.ABUSES])
def test_abuse_does_not_get_through(attacked, abuse):
    seen = attacked.run(abuse)
    assert seen["through"] == [], seen


def test_the_sandbox_is_the_one_that_was_to_be_attacked(attacked, request):
    who, choice = request.node.callspec.id.split("-")
    assert attacked.about["backend"] == ("bubblewrap-root" if (who, choice) == ("root", "bubblewrap") else choice)
    assert (attacked.about["uid"] == 0) == (who == "root")
