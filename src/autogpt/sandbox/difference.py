"""Shows what changed in a file as a unified diff, in bounded time even for text made to be slow to compare."""

import difflib
from collections import Counter

_MOST_LINES = 4_000
_MOST_PAIRS = 200_000


def unified(path: str, before: bytes | None, after: bytes | None, note: str) -> str:
    """The change of one file: a unified diff, or one line with `note` where there is no text to show.

    before, after: the content, b'' where there was none, None where it is unknown or too large.
    """
    old, new = _text(before), _text(after)
    if old is None or new is None or old == new:
        return f"{path}: {note}\n"
    a, b = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if _costly(a, b):
        return f"{path}: {note} ({len(a):,} -> {len(b):,} lines, too many to compare)\n"
    lines = difflib.unified_diff(a, b, f"a/{path}", f"b/{path}", n=3)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _text(content: bytes | None) -> str | None:
    if content is None or b"\0" in content:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def _costly(a: list[str], b: list[str]) -> bool:
    """Whether difflib would take long: it looks at every pair of equal lines, many times over."""
    if len(a) + len(b) > _MOST_LINES:
        return True
    count = Counter(b)
    return sum(count[line] for line in a) > _MOST_PAIRS
