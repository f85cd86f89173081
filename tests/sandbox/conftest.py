"""Lets the tests attack every sandbox that works on this machine."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent / "abuse")]

from sandbox_stages import SETUPS, Attacked  # noqa: E402 - found through the line above


@pytest.fixture(scope="session", params=SETUPS)
def attacked(request: pytest.FixtureRequest) -> Iterator[Attacked]:
    stage = Attacked(*request.param)
    yield stage
    stage.close()
