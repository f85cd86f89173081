"""How far a job has come, as it is shown: one bar on a terminal for the whole of a training, few lines elsewhere."""

import io
import re

import pytest

from autogpt.cli import studio_progress
from autogpt.cli.studio_progress import Course, shown
from autogpt.studio.report import Advance


def training(epochs: int, steps: int) -> list[Advance]:
    """What a training tells: its steps, and between them the evaluations."""
    told = [Advance(stage="load", total=1), Advance(stage="load", done=1, total=1), Advance(stage="prepare", total=96)]
    for step in range(1, epochs * steps + 1):
        told.append(Advance(stage="train", done=step, total=epochs * steps, loss=1 / step))
        if step % steps == 0:
            told += [Advance(stage="evaluate", done=rows, total=24) for rows in (12, 24)]
            told.append(Advance(stage="evaluate", done=24, total=24, score=step / 1_000))
    return told


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    """The time, which a test moves on."""
    now = [0.0]
    monkeypatch.setattr(studio_progress.time, "monotonic", lambda: now[0])
    return now


def test_a_training_is_one_course_with_its_evaluations_in_it(clock):
    course, views = Course(), []
    for advance in training(3, 10):
        clock[0] += 1.0 if advance.stage == "train" else 0.0
        views.append(course.saw(advance))
    assert [view.label for view in views].count("preparing") == 1
    late = [view for view in views if view.label == "training"]
    assert [view.done for view in late] == sorted(view.done for view in late)
    assert {view.total for view in late} == {30}
    half = next(view for view in late if view.done == 15)
    assert (half.left, half.more) == (15.0, "15/30 loss 0.0667, score 0.0100")
    during = next(view for view in late if "evaluating" in view.more)
    assert (during.done, during.more) == (10, "10/30 loss 0.1000, evaluating 12/24")


def test_a_search_is_one_course_with_its_trainings_in_it(clock):
    course, views = Course(), []
    for number in range(4):
        for advance in [Advance(stage="search", done=number, total=4), *training(2, 10)]:
            clock[0] += 1.0 if advance.stage == "train" else 0.0
            views.append(course.saw(advance))
    assert {view.label for view in views} == {"searching"}
    assert [view.done for view in views] == sorted(view.done for view in views)
    second = next(view for view in views if view.done == 1.5)
    assert second.more.startswith("trial 2 of 4, 10/20 loss 0.1000")
    assert second.left == pytest.approx(50, rel=0.05)
    course.saw(Advance(stage="search", done=4, total=4))
    assert course.saw(Advance(stage="evaluate", done=3, total=9)).label == "evaluating"


def test_a_pipe_gets_a_line_now_and_then_not_one_for_each_epoch(monkeypatch, clock):
    monkeypatch.setattr("sys.stderr", told := io.StringIO())
    with shown(quiet=False) as view:
        for advance in training(200, 10):
            clock[0] += 0.02
            view.saw(advance)
    lines = told.getvalue().splitlines()
    assert 5 < len(lines) < 16
    late = [line for line in lines if line.startswith("training")][-2]
    assert re.fullmatch(r"training [\d,]+/2,000 loss \d\.\d+, score \d\.\d+, \d+ s left", late), lines


def test_a_terminal_gets_one_bar_that_is_drawn_anew_in_its_place(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr("sys.stderr", told := Terminal())
    with shown(quiet=False) as view:
        for advance in training(40, 5):
            view.saw(advance)
    # Each new drawing takes back the line before: there is one line, with its end when all is over.
    assert told.getvalue().count("\n") == 1
    assert "\x1b[2K" in told.getvalue()
