"""The texts and names that a goal gives, each put for one sign, so that what stands in them is no word of the goal."""

import re
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from autogpt.agent.reading.mentions import is_name

SIGN = "[\ue000-\uf8ff]"
"""What matches one of them in a pattern."""
_QUOTES = re.compile(
    r"“(?P<a>[^“”\n]{1,200})”|\"(?P<b>[^\"\n]{1,200})\"|「(?P<c>[^「」\n]{1,200})」|『(?P<d>[^『』\n]{1,200})』|"
    r"‘(?P<e>[^‘’\n]{1,200})’|`(?P<f>[^`\n]{1,200})`|(?<![\w])'(?P<g>[^'\n]{1,200})'(?!\w)"
)
_RUN = re.compile(r"[A-Za-z0-9_.~$*@+%#/-]+")
_HAN_NAME = re.compile(
    r"(?<=[到入进至在为成作名叫从\s：:，。、])[\w-]*[\u4e00-\u9fff][\w-]*(?:\.[A-Za-z][A-Za-z0-9]{0,6}(?![A-Za-z0-9])|/)"
)
_ADDRESS = re.compile(r"\b(?:https?|ftp)://[A-Za-z0-9./_~%?=&#:@+-]+")
_FORMS = re.compile(r"(?:dd|mm|yyyy|yy)(?:[-._/]?(?:dd|mm|yyyy|yy)){1,2}", re.I)
_DATE = re.compile(r"\d{1,4}[-._]\d{1,2}[-._]\d{1,4}|\d{4}[-._]\d{1,2}")
_FIRST = 0xE000
_MOST = 300


class Mark(NamedTuple):
    text: str
    quoted: bool


class Marked(NamedTuple):
    text: str
    marks: tuple[Mark, ...]

    def said(self, sign: str) -> str:
        """The text that a sign stands for."""
        return self.marks[ord(sign) - _FIRST].text

    def quoted(self, sign: str) -> bool:
        """Whether it stood between quotation marks."""
        return self.marks[ord(sign) - _FIRST].quoted

    def plain(self, text: str) -> str:
        """The text with what its signs stand for."""
        return re.sub(SIGN, lambda match: self.said(match[0]), text)

    def signs(self, text: str) -> list[str]:
        """What the signs in the text stand for, in order."""
        return [self.said(sign) for sign in re.findall(SIGN, text)]


def marked(goal: str, paths: Sequence[str]) -> Marked | None:
    """The goal with signs for its quoted texts, file names, endings and the like; None where that cannot be told."""
    if re.search(SIGN, goal):
        return None
    marks: list[Mark] = []

    def put(text: str, *, quoted: bool = False) -> str:
        marks.append(Mark(text, quoted))
        return chr(_FIRST + len(marks) - 1)

    text = _QUOTES.sub(lambda m: put(next(t for t in m.groups() if t is not None), quoted=True), goal)
    if re.search(r"[“”\"「」『』`]", text):
        return None
    text = _ADDRESS.sub(lambda m: put(m[0].rstrip(".,")) + m[0][len(m[0].rstrip(".,")) :], text)
    for name in _known(paths):
        text = _bounded(name).sub(lambda m: put(m[0]), text)
    text = _HAN_NAME.sub(lambda m: put(m[0]) if m[0].endswith("/") or is_name(m[0]) else m[0], text)
    text = _RUN.sub(lambda m: _run(m[0], put), text)
    return Marked(text, tuple(marks)) if len(marks) <= _MOST else None


def _known(paths: Sequence[str]) -> list[str]:
    names = {name for path in paths for name in (path, PurePosixPath(path).name) if re.search(r"[. ]", name)}
    return sorted((name for name in names if len(name) > 2), key=len, reverse=True)


def _bounded(name: str) -> re.Pattern[str]:
    """The name where it is no part of another; a Chinese one after a Chinese word only where that leads to a name."""
    han = re.match(r"[\u4e00-\u9fff]", name) is not None
    before = r"(?<![\w./-])|(?<=[把将从在和与及到为入给、的对了])" if han else r"(?<![A-Za-z0-9_./-])"
    return re.compile(rf"(?:{before}){re.escape(name)}(?![A-Za-z0-9_/-]|\.[A-Za-z0-9])")


def _run(text: str, put: Callable[[str], str]) -> str:
    """A run of signs as they stand in file names: a name, or a word with a full stop behind it."""
    core = text.rstrip(".")
    if not core:
        return text
    tail = text[len(core) :]
    name = core.removeprefix("./") if core != "./" else core
    return f"{put(name)}{tail}" if _is_one(name) else text


def _is_one(text: str) -> bool:
    if text.lower() in ("and/or", "upper/lower", "lower/upper", "e.g", "i.e") or text in (
        "-",
        "--",
        "/",
        "+",
        "%",
        "#",
    ):
        return False
    return (
        re.search(r"[_*~$@]", text) is not None
        or re.fullmatch(r"\.[A-Za-z0-9]{1,8}", text) is not None
        or re.fullmatch(r"(?:[\w.-]+/)+[\w.-]*", text) is not None
        or re.fullmatch(r"[A-Za-z0-9.]+-", text) is not None
        or _FORMS.fullmatch(text) is not None
        or _DATE.fullmatch(text) is not None
        or (re.search(r"[A-Za-z0-9]\.[A-Za-z]", text) is not None and is_name(text))
    )
