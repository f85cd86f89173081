"""What an engine that could not start says to a person."""

from autogpt.models.engine import _last_words


def test_of_a_traceback_only_what_went_wrong_is_told(tmp_path):
    (tmp_path / "engine.log").write_text(
        'Traceback (most recent call last):\n  File "a.pyx", line 3, in b\n    ^^^^^^\nRuntimeError: Failed to load.\n'
    )
    assert _last_words(tmp_path) == "Failed to load."
