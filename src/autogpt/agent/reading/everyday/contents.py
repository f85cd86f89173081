"""Which files a goal means by what they hold: 'larger than 1 MB', 'that contain the word TODO', '内容里包含“合同”的文件'."""

import re
from pathlib import PurePosixPath

from autogpt.agent.reading.everyday.marks import SIGN as _L
from autogpt.core.contracts import FileHead

_WORD = rf"(?:{_L}|[A-Za-z0-9]+)"
_SIZE = r"(?P<n>\d+(?:\.\d+)?)\s*(?P<unit>bytes?|kilobytes?|megabytes?|gigabytes?|[kmg]i?b?|b|兆|字节)(?![A-Za-z])(?:\s+(?:in\s+size|big|large))?"
_THAT = (
    r"(?:(?:that|which)\s+(?:are|is|take\s+up|have|has)\s+|with\s+(?:a\s+size\s+of\s+)?|of\s+)?(?:a\s+size\s+of\s+)?"
)
_SAYS = r"(?:contain|contains|mention|mentions|include|includes|have|has)"
_KIND = r"(?:the\s+)?(?:words?|text|phrase|string|name)\s+"
_VALUE = rf"(?P<values>{_WORD})"
PIECES: tuple[tuple[str, str], ...] = (
    ("larger", rf"{_THAT}(?:larger|bigger|greater|more)\s+than\s+{_SIZE}|{_THAT}(?:over|above|exceeding)\s+{_SIZE.replace('<n>', '<n2>').replace('<unit>', '<unit2>')}"),
    ("smaller", rf"{_THAT}(?:smaller|less)\s+than\s+{_SIZE}|{_THAT}(?:under|below)\s+{_SIZE.replace('<n>', '<n2>').replace('<unit>', '<unit2>')}"),
    ("larger", rf"(?:大小)?(?:大于|超过)\s*{_SIZE}\s*(?:的)?"),
    ("smaller", rf"(?:大小)?(?:小于|不到|不足)\s*{_SIZE}\s*(?:的)?"),
    ("says", rf"whose\s+(?:texts?|contents?)\s+{_SAYS}\s+(?:{_KIND})?{_VALUE}(?!\w)|(?:that|which)\s+{_SAYS}\s+(?:{_KIND})?(?P<values2>{_WORD})\s+(?:anywhere\s+)?in\s+(?:their|its|the)\s+(?:texts?|contents?)|with\s+{_KIND}(?P<values3>{_WORD})\s+in\s+(?:the|their|its)\s+(?:texts?|contents?)"),
    ("says", rf"(?:内容|正文|文本内容|文字)(?:里|中)?(?:面)?(?:包含|含有?|有|提到|出现)(?:了|过)?\s*{_VALUE}\s*(?:这个词|这几个字|字样|一词)?(?:的)?"),
    ("says it seems", rf"(?:(?:that|which)\s+(?:contain|contains|include|includes)|containing|including)\s+{_KIND}{_VALUE}(?!\w)(?!\s+(?:anywhere\s+)?in\s)|(?:(?:that|which)\s+(?:mention|mentions)|mentioning)\s+(?:{_KIND})?(?P<values2>{_WORD})(?!\w)"),
    ("says it seems", rf"(?:里面|里)?(?:提到|写到|写着|写有)(?:了|过)?\s*{_VALUE}\s*(?:这个词|字样|一词)?(?:的)"),
)  # fmt: skip
_UNITS = {"k": 1, "m": 2, "兆": 2, "g": 3}
_NO_TEXT = frozenset("jpg jpeg png gif webp heic bmp tif tiff mp3 wav ogg m4a flac mp4 mov avi mkv".split())


def bounds(said: dict[str, str | None]) -> tuple[str, str]:
    """A size in bytes as the least and the most that may be meant: a kilobyte has 1,000 of them, or 1,024."""
    number = float(said.get("n") or said.get("n2") or "")
    unit = (said.get("unit") or said.get("unit2") or "").lower()
    power = _UNITS.get(unit[0], 0)
    return str(int(number * 1000**power)), str(int(number * 1024**power))


def sized(rule: str, values: tuple[str, ...], file: FileHead) -> bool | None:
    """Whether the file is larger, or smaller; None where that rests on what a kilobyte is."""
    least, most = int(values[0]), int(values[1])
    if rule == "larger":
        return True if file.size > most else False if file.size <= least else None
    return True if file.size < least else False if file.size >= most else None


def says(values: tuple[str, ...], file: FileHead, *, seems: bool) -> bool | None:
    """Whether the word stands in the file; None where only a part of it was seen, or the word is there in other letters
    or within a longer one.

    seems: where the goal may mean the name as well.
    """
    held = _says(values[0], file)
    return held if held or not seems or values[0].casefold() not in PurePosixPath(file.path).name.casefold() else None


def _says(word: str, file: FileHead) -> bool | None:
    path = PurePosixPath(file.path)
    if path.suffix.lower().lstrip(".") in _NO_TEXT:
        return False
    if not file.size:
        return False
    if not file.head or not file.sha256:
        return None
    before, after = (
        (r"(?<![A-Za-z0-9_])" if word[0].isascii() else ""),
        (r"(?![A-Za-z0-9_])" if word[-1].isascii() else ""),
    )
    if re.search(f"{before}{re.escape(word)}{after}", file.head):
        return True
    whole = len(file.head.encode()) >= file.size
    return False if whole and word.casefold() not in file.head.casefold() else None
