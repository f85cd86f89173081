"""What the agent reads of a tool's result: clean, folded, and capped in the middle."""

import re

_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # control sequences: colours, cursor
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # operating system commands: titles, links
    r"|\x1b[PX^_][^\x1b]*\x1b\\"  # device control strings and their kin
    r"|\x1b[ -/]*[0-~]"
)  # ECMA-48; every branch stops at the next ESC, so that hostile output takes linear time

_TABLE: dict[int, str | None] = {
    **{code: None for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"},
    # Marks that turn the reading direction are shown, so that text cannot look other than it is.
    **{code: f"\\u{code:04x}" for code in (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))},
    # Tag characters are invisible ASCII: a known way to hide instructions from a person but not from a model.
    **dict.fromkeys(range(0xE0000, 0xE0080)),
}

_FOLD_FROM = 4


def clean(text: str) -> str:
    """The text without terminal escapes and control characters; a progress bar becomes its last state."""
    text = _ESCAPES.sub("", text.replace("\r\n", "\n"))
    if "\r" in text:
        text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    return text.translate(_TABLE).encode("utf-8", "replace").decode("utf-8")


def fold(text: str) -> str:
    """Write a line that repeats four times or more only once, and say how often it came."""
    lines = text.split("\n")
    told: list[str] = []
    at = 0
    while at < len(lines):
        end = at + 1
        while end < len(lines) and lines[end] == lines[at]:
            end += 1
        if end - at >= _FOLD_FROM:
            told += [lines[at], f"[the line above comes {end - at - 1:,} more times]"]
        else:
            told += lines[at:end]
        at = end
    return "\n".join(told)


def cap(text: str, most: int) -> str:
    """At most so many characters: the head and the tail, and between them how many were left out.

    most: at least 200, so that the note itself fits.
    """
    if len(text) <= most:
        return text
    room = most - len(_note(len(text)))
    head = _to_line_end(text, room * 3 // 5)
    tail = _from_line_start(text, len(text) - room * 2 // 5)
    return text[:head] + _note(tail - head) + text[tail:]


def _note(left_out: int) -> str:
    return f"\n[... {left_out:,} characters left out ...]\n"


def _to_line_end(text: str, at: int) -> int:
    """A line's end shortly before the place, or the place itself."""
    end = text.rfind("\n", max(0, at - 200), at)
    return end if end > 0 else at


def _from_line_start(text: str, at: int) -> int:
    start = text.find("\n", at, at + 200)
    return start + 1 if start >= 0 else at
