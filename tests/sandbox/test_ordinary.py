"""Ordinary programs work in the sandbox, as root and as a plain user."""

import shutil

import abuses
import pytest


@pytest.mark.parametrize("program", abuses.ORDINARY, ids=lambda program: program.name)
def test_an_ordinary_program_works(attacked, program):
    if program.sockets and attacked.about["backend"] == "landlock":
        pytest.skip("the Landlock fallback has no network, /proc and /dev/shm of its own")
    if program.modes and attacked.about["backend"] == "landlock" and attacked.about["uid"]:
        pytest.skip("the Landlock fallback lets a plain user change no modes by name")
    if program.needs and not shutil.which(program.needs):
        pytest.skip(f"{program.needs} is not installed")
    seen = attacked.run(program.name)
    assert seen["through"] == [], seen
