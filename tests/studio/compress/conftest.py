"""Small encoders that learned something, made once for all tests here."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "lm"))
sys.path.insert(0, str(Path(__file__).parents[1] / "export"))
sys.path.insert(0, str(Path(__file__).parent))

import learned


@pytest.fixture(scope="session")
def reviews(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint folder: good and bad reviews, told apart."""
    return learned.reviews(tmp_path_factory.mktemp("models") / "reviews")


@pytest.fixture(scope="session")
def names(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint folder: people and places in sentences."""
    return learned.names(tmp_path_factory.mktemp("models") / "names")


@pytest.fixture(scope="session")
def dropping(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as `reviews`, with dropout: what it learns further hangs on the state of chance."""
    return learned.reviews(tmp_path_factory.mktemp("models") / "reviews", hidden_dropout_prob=0.1)
