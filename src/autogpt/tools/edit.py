"""The tool that edits a file by exact block: what must be found, once, and what takes its place."""

import difflib
from dataclasses import dataclass

from autogpt.core.errors import ToolError
from autogpt.tools.files import CHANGES, load
from autogpt.tools.here import Here
from autogpt.tools.tool import tool

_COMPARED = 5_000
"""How many lines are searched for the nearest block; beyond that a miss is told without one."""


@tool(effects=CHANGES)
async def edit_file(here: Here, path: str, old: str, new: str) -> str:
    """Replace one block of text in a file.

    old: the exact text to replace; it must be in the file exactly once, so include whole lines around it
    new: the text that takes its place
    """
    text = await load(here, path)
    if old.strip() == "":
        raise ToolError("`old` is empty: give the lines to replace, or use write_file for a whole file")
    if old == new:
        raise ToolError("`old` and `new` are the same, so nothing would change")
    edit = replace_once(text.value, old.replace("\r\n", "\n"), new.replace("\r\n", "\n"), path)
    here.workspace.write(path, text.encode(edit.text))
    return f"edited {path} at line {edit.line}" + (f" ({edit.note})" if edit.note else "")


@dataclass(frozen=True)
class Edit:
    text: str
    line: int
    """Where the block begins, counted from 1."""
    note: str = ""
    """What was overlooked to find it."""


def replace_once(text: str, old: str, new: str, path: str) -> Edit:
    """Replace the one place where `old` stands.

    If it stands nowhere, white space at line ends and a shift of the whole block's indentation are overlooked, provided
    that only one place then fits. Raises ToolError with the count of matches or the nearest lines.
    """
    found = _count(text, old)
    if found == 1:
        at = text.index(old)
        return Edit(text[:at] + new + text[at + len(old) :], text.count("\n", 0, at) + 1)
    if found > 1:
        raise ToolError(
            f"`old` is in {path!r} {found} times, at lines {_places(text, old)}; add lines before or after it"
        )
    lines, wanted = text.split("\n"), _trimmed(old.split("\n"))
    places = [at for at in range(len(lines) - len(wanted) + 1) if _fits(lines, at, wanted)]
    if len(places) == 1:
        return _replace_lines(lines, places[0], wanted, _trimmed(new.split("\n")))
    if places:
        told = ", ".join(str(at + 1) for at in places[:10])
        raise ToolError(
            f"`old` is not in {path!r} exactly; but for white space it is there {len(places)} times, at lines {told}; "
            "copy it exactly, with lines before or after it"
        )
    raise ToolError(f"`old` is not in {path!r}. {_nearest(lines, wanted)}")


def _count(text: str, old: str) -> int:
    """How often it stands there, overlapping places counted too: each of them could be the one that is meant."""
    found, at = 0, text.find(old)
    while at >= 0 and found < 1000:
        found += 1
        at = text.find(old, at + 1)
    return found


def _places(text: str, old: str) -> str:
    told: list[str] = []
    at = text.find(old)
    while at >= 0 and len(told) < 10:
        told.append(str(text.count("\n", 0, at) + 1))
        at = text.find(old, at + 1)
    return ", ".join(told) + (", ..." if at >= 0 else "")


def _trimmed(lines: list[str]) -> list[str]:
    """Without empty lines before and after."""
    begin, end = 0, len(lines)
    while begin < end and not lines[begin].strip():
        begin += 1
    while end > begin and not lines[end - 1].strip():
        end -= 1
    return lines[begin:end]


def _fits(lines: list[str], at: int, wanted: list[str]) -> bool:
    """Whether the block stands there but for white space at line ends and one common shift of indentation."""
    if lines[at].strip() != wanted[0].strip():
        return False
    if any(lines[at + n].strip() != line.strip() for n, line in enumerate(wanted)):
        return False
    return _shift(lines, at, wanted) is not None


def _shift(lines: list[str], at: int, wanted: list[str]) -> tuple[str, str] | None:
    """What the indentation of every line must lose and gain, None if there is no such common shift."""
    mine, theirs = _indent(wanted[0]), _indent(lines[at])
    if mine.endswith(theirs):
        lose, gain = mine[: len(mine) - len(theirs)], ""
    elif theirs.endswith(mine):
        lose, gain = "", theirs[: len(theirs) - len(mine)]
    else:
        lose, gain = mine, theirs
    for n, line in enumerate(wanted):
        if line.strip() and _shifted(_indent(line), lose, gain) != _indent(lines[at + n]):
            return None
    return lose, gain


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _shifted(line: str, lose: str, gain: str) -> str | None:
    return gain + line[len(lose) :] if line.startswith(lose) else None


def _replace_lines(lines: list[str], at: int, wanted: list[str], new: list[str]) -> Edit:
    shift = _shift(lines, at, wanted) or ("", "")
    placed: list[str] = []
    for line in new:
        moved = _shifted(line, *shift) if line.strip() else line
        if moved is None:
            raise ToolError(
                f"`old` stands at line {at + 1} with another indentation, to which `new` cannot be moved; "
                "copy both with the indentation of the file"
            )
        placed.append(moved)
    note = "the indentation was adapted to the file" if any(shift) else "white space at line ends was overlooked"
    return Edit("\n".join([*lines[:at], *placed, *lines[at + len(wanted) :]]), at + 1, note)


def _nearest(lines: list[str], wanted: list[str]) -> str:
    """Show the lines most like the wanted ones, with their numbers."""
    if len(lines) > _COMPARED:
        return "Read the part of the file again and copy the block exactly."
    key = max(wanted, key=lambda line: len(line.strip())).strip()[:200]
    close = difflib.get_close_matches(key, {line.strip()[:200] for line in lines if line.strip()}, n=1, cutoff=0.5)
    if not close:
        return "No line is like it: read the file again."
    at = next(n for n, line in enumerate(lines) if line.strip()[:200] == close[0])
    begin = max(0, at - 2)
    if lines[-1] == "":
        lines = lines[:-1]
    told = [f"{n + 1}: {line[:200]}" for n, line in enumerate(lines[begin : at + 3], begin)]
    return "The nearest lines are (with line numbers that are not part of the file):\n" + "\n".join(told)
