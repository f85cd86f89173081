import learned
import pytest
import torch

from autogpt.core.errors import UsageError
from autogpt.studio.compress.distill import LESSONS, Student, distill
from autogpt.studio.compress.resize import sizes
from autogpt.studio.compress.teach import Lessons, teach
from autogpt.studio.model import load


def test_a_smaller_student_learns_its_teachers_answers(reviews, tmp_path):
    shrunk = distill(
        reviews,
        tmp_path / "student",
        train=learned.review_rows(200, 1),
        rows=learned.review_rows(100, 2),
        student=Student(layers=1, heads=2, neurons=16),
        lessons=Lessons(epochs=2, learning_rate=1e-3),
        seconds=0.1,
    )

    assert sizes(load(tmp_path / "student").network) == [{"heads": 2, "neurons": 16}]
    assert shrunk.agreement > 0.9
    assert min(shrunk.speeds[0].before_ms, shrunk.speeds[0].after_ms) > 0  # how fast, the benchmarks say


def test_by_default_a_student_has_half_of_its_teachers_layers(reviews, tmp_path):
    rows = learned.review_rows(40, 2)

    shrunk = distill(reviews, tmp_path / "student", train=rows, rows=rows, lessons=Lessons(epochs=1), seconds=0.1)

    assert shrunk.extra["taught_by_layers"] == [1]
    assert sizes(load(tmp_path / "student").network) == [{"heads": 4, "neurons": 64}]


def test_what_the_lessons_do_not_give_is_as_it_was_measured_best_for_students(reviews, tmp_path):
    rows = learned.review_rows(40, 2)

    def taught(name: str, lessons: Lessons) -> torch.Tensor:
        distill(reviews, tmp_path / name, train=rows, rows=rows, lessons=lessons, seconds=0.02)
        return load(tmp_path / name).network.classifier.weight

    passes_alone = taught("passes", Lessons(epochs=1))

    assert torch.equal(passes_alone, taught("all", LESSONS.model_copy(update={"epochs": 1})))
    assert not torch.equal(passes_alone, taught("rate", Lessons(epochs=1, learning_rate=9e-4)))


def test_a_teacher_is_followed_where_it_says_other_than_the_labels(reviews):
    """With soft labels alone the student takes the teacher's word, though every label is wrong."""
    teacher, student = load(reviews), load(reviews)
    torch.nn.init.normal_(student.network.classifier.weight, std=0.02)
    rows = learned.review_rows(200, 1)
    wrong = rows.map(lambda row: {"label": "bad" if row["label"] == "good" else "good"})

    teach(student, wrong, Lessons(epochs=2, learning_rate=1e-3, soft=1, hidden=0), teacher=teacher)

    from autogpt.studio.evaluate import evaluate

    assert evaluate(student, learned.review_rows(100, 2)).best > 0.9


def test_a_student_is_smaller_than_its_teacher(reviews, tmp_path):
    rows = learned.review_rows(8, 2)

    with pytest.raises(UsageError, match="the teacher has 2 layers; a student of 4 is no smaller"):
        distill(reviews, tmp_path / "student", train=rows, rows=rows, student=Student(layers=4))
