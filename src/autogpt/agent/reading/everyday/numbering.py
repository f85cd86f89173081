"""Files that get numbers, in the order of their names or of what is in them: 'rename the photos to trip_01.jpg, trip_02.jpg, ...'."""

import re
from itertools import pairwise
from pathlib import PurePosixPath
from typing import NamedTuple

from autogpt.agent.reading.everyday.deeds import Deeds, Ground, Said
from autogpt.agent.reading.everyday.marks import SIGN as _L
from autogpt.agent.reading.everyday.picking import picked
from autogpt.core.contracts import FileHead

_OLD = r"(?:(?:the|their|its)\s+)?(?:old\s+|current\s+|present\s+|original\s+|existing\s+)?(?:file\s*)?names?"
_BY = r"(?:in\s+(?:the\s+)?order\s+of|(?:sorted|ordered)\s+by|going\s+by|according\s+to|by)"
_ORDER = (
    rf"(?:in\s+(?:their\s+)?alphabetical\s+order(?:\s+of\s+{_OLD})?|alphabetically|{_BY}\s+{_OLD}|"
    rf"(?P<number{{0}}>{_BY}\s+(?:the\s+)?numbers?\s+(?:in|of)\s+{_OLD}|(?:in\s+)?(?:numerical(?:ly)?|numeric)(?:\s+order)?)|(?P<date{{0}}>{_BY}\s+(?:the\s+)?(?:dates?|days?)\s+(?:in|of)\s+{_OLD})(?:\s*,?\s*\(?(?:(?:starting\s+with\s+the\s+)?(?:oldest|earliest)(?:\s+one)?(?:\s+first)?)\)?)?)"
)
_Z_ORDER = r"(?:(?:按照?|依照?|根据)(?:原来?的?|原有的?|现在的?|当前的?|其|它们的?)*(?:文件名|名字|名称|文件名称)(?P<what{0}>(?:里|中)?(?:面)?的?(?:数字|编号|序号|日期))?(?:的)?(?:字母)?(?:从小到大|大小|先后|由小到大|从早到晚)?(?:的)?(?:顺序|次序|排序|排列|升序)?(?:排列)?|按照?字母(?:表)?(?:的)?顺序)"
_AND = r"(?:\s*(?:,|，|、|\band\b|\bthen\b)+\s*)"
_SO_ON = r"(?:(?:\s*[,，、])?\s*(?:and\s+so\s+on|and\s+so\s+forth|etc\.?|等等?|以此类推|依此类推|依次类推|这样))*"
_SEQ = rf"(?P<seq>{_L}(?:{_AND}{_L})*{_SO_ON}|(?:from\s+|从\s*)?{_L}\s*(?P<upto>\bto\b|\bthrough\b|到|至)\s*{_L})"
_RULES = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"(?:rename|number|call|name)\s+(?P<f>.+?)\s*,?\s*{_ORDER.format(1)}\s*,?\s*(?:to|as|into|:|with\s+the\s+names?)?\s*{_SEQ}",
        rf"(?:rename|call|name)\s+(?P<f>.+?)\s+(?:(?:to|as|into)\s+)?{_SEQ}(?:\s*,?\s*\(?{_ORDER.format(1)}\)?)?",
        rf"give\s+(?P<f>.+?)\s+the\s+names\s+{_SEQ}(?:\s*,?\s*{_ORDER.format(1)})?",
        rf"(?:把|将|给)?(?P<f>.+?)\s*(?:都|全部)?{_Z_ORDER.format(1)}[，,]?(?:依次|逐个|分别|重新|统一)*(?:改名|重命名|命名|编号|改)(?:为|成|作)?[:：]?\s*{_SEQ}(?:的形式|的样子)?",
        rf"(?:把|将|给)?(?P<f>.+?)\s*(?:都|全部)?(?:依次|逐个|分别|重新|统一)*(?:改名|重命名|命名|编号)(?:为|成|作)?[:：]?\s*{_SEQ}(?:的形式|的样子)?(?:[，,（(]\s*(?:顺序)?{_Z_ORDER.format(1)}[）)]?)?",
    )
)  # fmt: skip


def serial(clause: str, ground: Ground, said: Said) -> tuple[Deeds, Said] | None:
    """The new names with numbers that a clause gives; None for any other, or where it leaves open which file comes first."""
    for pattern in _RULES:
        match = pattern.fullmatch(clause)
        if match is None:
            continue
        named = match.groupdict()
        phrase = match["f"].strip()
        tries = (phrase, f"{phrase} files", f"{phrase}的文件")
        pick = next((one for text in tries if (one := picked(text, ground.goal, ground.files))), None)
        files = ground.choose(pick, deep=False) if pick and not pick.rest else None
        names = ground.goal.signs(match["seq"])
        series = series_of(names, goes_on=_goes_on(match["seq"]) is not None)
        what = named.get("what1") or ""
        how = (
            "number"
            if named.get("number1") or re.search("数字|编号|序号", what)
            else "date"
            if named.get("date1") or "日期" in what
            else "name"
        )
        order = in_order(files or [], how)
        if series is None or not order or len({PurePosixPath(file.path).parent for file in order}) > 1:
            continue
        if (named.get("upto") and series.last != series.first + len(order) - 1) or (
            not _goes_on(match["seq"]) and not named.get("upto") and len(names) != len(order)
        ):
            return None
        pairs = [(file.path, series.name(at, PurePosixPath(file.path))) for at, file in enumerate(order)]
        if not all(new for _, new in pairs):
            return None
        moves = tuple((old, new) for old, new in pairs if old != new)
        return (Deeds(moves=moves), said._replace(verb="rename")) if moves else None
    return None


def _goes_on(said: str) -> re.Match[str] | None:
    return re.search(r"and\s+so|etc|等|类推|这样", said)


class Series(NamedTuple):
    """Names with a number that grows by one."""

    before: str
    first: int
    width: int
    """Digits of a number that is filled up with zeros; 0 where none is."""
    after: str
    ending: str
    last: int

    def name(self, at: int, old: PurePosixPath) -> str:
        """The path with the name at that place; '' where the number is too long for it, or the ending another."""
        number = f"{self.first + at:0{self.width}d}"
        if (self.width and len(number) > self.width) or (self.ending and self.ending != old.suffix):
            return ""
        return str(old.with_name(f"{self.before}{number}{self.after}{self.ending or old.suffix}"))


def series_of(names: list[str], *, goes_on: bool) -> Series | None:
    """The series that names show; None where they show none, or one name may be of several."""
    taken = [re.fullmatch(r"(.*?)(\d+)(\D*?)(\.[A-Za-z]\w{0,4})?", name) for name in names]
    if not taken or any("/" in name or match is None for name, match in zip(names, taken, strict=True)):
        return None
    shapes = {(match[1], match[3], match[4] or "") for match in taken if match}
    numbers = [match[2] for match in taken if match]
    values = [int(number) for number in numbers]
    padded = any(number.startswith("0") and len(number) > 1 for number in numbers)
    widths = {len(number) for number in numbers}
    if len(shapes) > 1 or (padded and len(widths) > 1) or (len(names) == 1 and (values[0] > 1 or not goes_on)):
        return None
    steps = {b - a for a, b in pairwise(values)}
    if (len(values) > 2 and steps != {1}) or (
        len(values) == 2 and (values[1] <= values[0] or (goes_on and steps != {1}))
    ):
        return None
    before, after, ending = shapes.pop()
    return Series(before, values[0], widths.pop() if padded else 0, after, ending, values[-1])


def in_order(files: list[FileHead], how: str) -> list[FileHead] | None:
    """The files in the order of their names, or of the numbers or dates in them; None where that is not plain."""
    if how == "name":
        return alphabetical(files)
    keys = [_number(file) if how == "number" else _date(file) for file in files]
    if None in keys or len(set(keys)) < len(keys) or (how == "number" and not _one_varies(files)):
        return None
    return [
        file for _, file in sorted(zip(map(str, keys), files, strict=True), key=lambda pair: (len(pair[0]), pair[0]))
    ]


def _number(file: FileHead) -> int | None:
    found = re.findall(r"\d+", PurePosixPath(file.path).stem)
    return int(found[-1]) if found else None


def _one_varies(files: list[FileHead]) -> bool:
    """Whether the names differ in their last number alone, or have no other."""
    stems = [re.findall(r"\d+", PurePosixPath(file.path).stem)[:-1] for file in files]
    return all(stem == stems[0] for stem in stems)


def _date(file: FileHead) -> str | None:
    found = re.findall(
        r"(?<!\d)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)", PurePosixPath(file.path).stem
    )
    return "".join(found[0]) if len(found) == 1 else None


def alphabetical(files: list[FileHead]) -> list[FileHead] | None:
    """The files in the order of their names; None where capitals, numbers or letters of other scripts leave it open."""
    names = [PurePosixPath(file.path).name for file in files]
    plain = sorted(files, key=lambda file: PurePosixPath(file.path).name)
    fold = sorted(files, key=lambda file: PurePosixPath(file.path).name.casefold())
    natural = sorted(
        files,
        key=lambda file: [int(n) if n.isdigit() else n for n in re.split(r"(\d+)", PurePosixPath(file.path).name)],
    )
    ordered = [PurePosixPath(file.path).name for file in plain]
    told = all(_comes_first(one, other) for one, other in pairwise(ordered))
    return plain if told and len(set(names)) == len(names) and plain == fold == natural else None


def _comes_first(one: str, other: str) -> bool:
    """Whether two names part where both have signs with one order: of Chinese ones there are several."""
    apart = next(((a, b) for a, b in zip(one, other, strict=False) if a != b), ("", ""))
    return all(sign.isascii() for sign in apart)


def numbered(files: list[FileHead], shown: str) -> tuple[tuple[str, str], ...]:
    """The files with numbers before their names, as shown for the first."""
    words = [
        word
        for word in re.split(r"[\s,，、]+", re.sub(r"and so on|etc\.?|等|以此类推", " ", shown, flags=re.I))
        if word
    ]
    first = re.fullmatch(r"(0*1)([-_. ]+)", words[0]) if words else None
    order = alphabetical(files)
    if first is None or order is None or len({PurePosixPath(file.path).parent for file in files}) > 1:
        return ()
    width = len(first[1])
    if any(word != f"{number:0{width}d}{first[2]}" for number, word in enumerate(words, start=1)) or (
        width > 1 and len(files) >= 10**width
    ):
        return ()
    return tuple(
        (
            file.path,
            str(PurePosixPath(file.path).with_name(f"{number:0{width}d}{first[2]}{PurePosixPath(file.path).name}")),
        )
        for number, file in enumerate(order, start=1)
    )
