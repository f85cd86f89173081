"""For all tests."""

import logging
import os
from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings

if "PYTEST_XDIST_WORKER" in os.environ:
    # Several workers, each with as many threads as there are cores, wait for each other at every barrier of OpenMP: a
    # test of 46 s took more than 300. Must be set before torch is imported.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")

# A deadline would measure how busy the machine is, not whether the code is right.
# In CI the same examples each time, so that a change lands or fails by what it is; elsewhere new ones look on.
settings.register_profile("house", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("house")


@pytest.fixture
def outdated(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], list[str]]]:
    """Tells what transformers has warned of as going away in a later version, since the test began."""
    pytest.importorskip("transformers")
    getattr(logging.Logger, "warning_once").cache_clear()  # noqa: B009  # its own; each text is told only once
    loud = logging.getLogger("transformers")
    level = loud.level
    loud.addHandler(caplog.handler)
    loud.setLevel(logging.WARNING)
    yield lambda: [message for message in caplog.messages if "deprecated" in message]
    loud.setLevel(level)
    loud.removeHandler(caplog.handler)
