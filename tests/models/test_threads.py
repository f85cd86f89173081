import pytest

from autogpt.models.engine import threads_for


@pytest.mark.parametrize(
    ("cores", "size", "threads"),
    [(1, 1_100_000_000, 1), (2, 1_100_000_000, 2), (2, 98_000_000, 1), (4, 98_000_000, 3), (64, 1_100_000_000, 8)],
)
def test_threads_suit_the_machine_and_the_model(cores, size, threads):
    assert threads_for(cores, size) == threads
