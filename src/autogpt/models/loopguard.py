"""Sees when a model has stopped saying anything: the same line over and over, or blank lines without end."""

SAME_LINES = 12
"""Lines in a row, equal after stripping, that count as a loop; shorter runs occur in honest data files."""
BLANK = 200
"""Characters of white space at the end that count as a loop."""
PERIODS = 12
"""Repeats of a longer unit (a group of lines, or a phrase without a line break) that count as a loop."""
_TAIL = 4_000


class LoopGuard:
    """Fed the pieces of an answer as they come, says when the tail repeats itself.

    Repeats of digits and delimiters alone (a table of zeros) are not taken for a loop.
    """

    def __init__(self) -> None:
        self._tail = ""
        self._fresh = 0

    def looping(self, piece: str) -> bool:
        """Take the next piece; True once the answer so far ends in a loop."""
        self._tail = (self._tail + piece)[-_TAIL:]
        self._fresh += len(piece)
        # Looking costs a pass over the tail: only every so often.
        if self._fresh < 24 and "\n" not in piece:
            return False
        self._fresh = 0
        return _blank(self._tail) or _same_line(self._tail) or _periodic(self._tail)


def _blank(tail: str) -> bool:
    return len(tail) - len(tail.rstrip()) >= BLANK


def _same_line(tail: str) -> bool:
    lines = [line.strip() for line in tail.split("\n")[:-1]]
    lines = [line for line in lines if line]
    last = lines[-SAME_LINES:]
    return len(last) == SAME_LINES and len(set(last)) == 1 and any(char.isalpha() for char in last[0])


def _periodic(tail: str) -> bool:
    """Whether the tail is one unit of four characters or more, twelve times over."""
    for period in range(4, len(tail) // PERIODS + 1):
        unit = tail[-period:]
        if tail.endswith(unit * PERIODS) and len({*unit}) > 2 and any(char.isalpha() for char in unit):
            return True
    return False
