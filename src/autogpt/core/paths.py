"""Paths as a person types them."""

from pathlib import Path

from autogpt.core.errors import UsageError


def typed(path: str | Path) -> Path:
    """The path with `~` at its beginning replaced by a home folder.

    Raises UsageError where nobody here has the name after it.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise UsageError(f"{str(path)!r} begins with '~', but nobody here has a home of that name") from None
