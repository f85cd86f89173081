"""The form of file names, told in words: 'the file names are CUSTOMER-NUMBER.pdf', '文件名都是“班级_姓名.txt”这样的格式'.

What tells it asks for nothing and is taken out of the goal; what is to be done with the parts is read in `parts`.
"""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from autogpt.agent.reading.everyday.marks import SIGN as _L
from autogpt.agent.reading.everyday.marks import Marked
from autogpt.agent.reading.everyday.picking import Pick, chosen, picked
from autogpt.core.contracts import FileHead


class Form(NamedTuple):
    """How names are made: parts, what stands between them, and the ending."""

    parts: tuple[str, ...]
    joints: tuple[str, ...]
    ending: str
    pick: Pick | None = None
    """The files that are said to have such names; None where it is only told by a word."""

    def taken_apart(self, name: str) -> dict[str, str] | None:
        """The parts of a name; None where it is not of this form, or may be taken apart in several ways."""
        path = PurePosixPath(name)
        if self.ending and path.suffix.lower() != self.ending.lower():
            return None
        bars = "".join(sorted(set("".join(self.joints)) - {" "})) or " "
        free = rf"[^{re.escape(bars)}]+"
        pieces = [rf"({_VALUES.get(_kind(part), free)})" for part in self.parts]
        pattern = pieces[0] + "".join(
            re.escape(joint) + piece for joint, piece in zip(self.joints, pieces[1:], strict=True)
        )
        match = re.fullmatch(pattern, path.stem)
        if match is None or any(value != value.strip() for value in match.groups()):
            return None
        return dict(zip(self.parts, match.groups(), strict=True))

    def part(self, said: str) -> str:
        """The part that a word means; '' for any other."""
        word = re.sub(r"['’]s?$", "", said.strip().lower())
        for part in self.parts:
            low = part.lower()
            same = {low, f"{low}s", f"{low}es", re.sub("y$", "ies", low), f"{low} name", f"{low}'s name"}
            if word in same or (re.search(r"[\u4e00-\u9fff]", low) and word in _han(low)):
                return part
        return ""


def _han(part: str) -> set[str]:
    """Chinese words for a part: 班级 is also 班, 客户 also 客户名."""
    return {part, f"{part}名", f"{part}名称", re.sub(r"(?<=.)(?:级|名称?|名字|号码?)$", "", part)}


_VALUES = {
    "date": r"(?:19|20)\d\d-\d\d-\d\d|(?:19|20)\d\d_\d\d_\d\d|(?:19|20)\d\d\.\d\d\.\d\d|(?:19|20)\d{6}|\d\d[-._]\d\d[-._](?:19|20)\d\d",
    "year": r"(?:19|20)\d\d",
    "number": r"\d+",
}
"""What a part of that name looks like. It may hold what stands between the parts; others may not."""


def _kind(part: str) -> str:
    low = part.lower()
    if low in ("date", "day", "日期"):
        return "date"
    if low in ("year", "年份", "年"):
        return "year"
    return "number" if low in ("number", "no", "nr", "num", "编号", "序号", "号码") else ""


_STEM = re.compile(r"[<{\[(]?(?P<word>[A-Za-z]{2,20}|[\u4e00-\u9fff]{1,6})[>}\])]?")
_JOINT = re.compile(r" - |_-_|[-_. ]+|[－—–]")


def form_of(said: str, *, words: Sequence[str] = ()) -> Form | None:
    """The form that a text shows: 'CUSTOMER-NUMBER.pdf', '班级_姓名.txt'; None for what is no form.

    words: parts that are known; the form may hold no others.
    """
    path = PurePosixPath(said)
    ending = path.suffix if re.fullmatch(r"\.[A-Za-z0-9]{1,5}", path.suffix) else ""
    stem = said.removesuffix(ending) if ending else said
    joints = _JOINT.findall(stem)
    parts = [match["word"] if (match := _STEM.fullmatch(one)) else "" for one in _JOINT.split(stem)]
    if "/" in said or not all(parts) or len({part.lower() for part in parts}) < len(parts):
        return None
    known = {word.lower(): word for word in words}
    if words and not all(part.lower() in known for part in parts):
        return None
    return Form(tuple(known.get(part.lower(), part) for part in parts), tuple(joints), ending)


_SUCH = rf"(?:\s*[,，(（]?\s*(?:like|e\.g\.?,?|for\s+(?:example|instance),?|such\s+as|比如(?:说)?|例如|譬如|像|如)[:：,，]?\s*(?P<{{0}}>{_L})\s*[)）]?)?"
_WHOSE = (
    r"(?P<who{0}>(?:(?:all|the|my|our|these|those)\s+)*(?:[a-z]+\s+)??(?:[a-z]+s|files?)(?:\s+(?:here|in\s+[^,.;]+?))?)"
)
_SHAPE = r"(?:a\s+|the\s+)?(?:file\s*)?(?:names?\s+(?:of\s+the\s+form|in\s+the\s+form|like)|form(?:at)?|pattern|scheme)(?:\s+of)?"
_TOLD = re.compile(
    rf"(?:(?<=[.!;,，:\n])|^|(?<=\band))\s*(?:their|the|all|my|our)?\s*(?:the\s+)?(?:file\s*)?names\s+(?:(?:of|in)\s+{_WHOSE.format(1)}\s+)?(?:are(?:\s+all)?|have|follow|look)\s+(?:always\s+)?(?:built\s+|made\s+up\s+)?(?:of\s+|like\s+|as\s+|in\s+)?(?:{_SHAPE}\s+)?(?P<a>{_L}){_SUCH.format('x')}|"
    rf"(?:(?<=[.!;,，:\n])|^|(?<=\band))\s*{_WHOSE.format(2)}\s+are\s+(?:all\s+)?(?:named|called)\s+(?:like\s+|as\s+|after\s+(?:the\s+(?:pattern|scheme)\s+)?|in\s+{_SHAPE}\s+|by\s+{_SHAPE}\s+)?(?P<b>{_L}){_SUCH.format('y')}|"
    rf"(?:(?<=[。！；，,\n])|^)\s*(?P<who3>[^，。；！\n]{{0,24}}?)的?(?:文件)?(?:名|命名|名字|名称)(?:格式)?(?:都|全|均|统一)*(?:是|为|叫|采用|按照?)\s*(?P<c>{_L})\s*(?:这样的?|这种|的)*(?:格式|形式|样子|规则|命名)?(?:命名)?的?{_SUCH.format('z')}",
    re.I,
)  # fmt: skip
_NOT_ALL = re.compile(
    r"\b(?:some|most|mostly|many|several|few|half|partly|sometimes|usually|often|not|never|should|must|new|old|if|except|only|other|others|but)\b|有些|有的|部分|大多|多数|几个|有时|经常|不|没|未|应|要|新|旧|如果|除|只|其他|其它|其余|改|移|放|删|建",
    re.I,
)


def told(goal: Marked, files: Sequence[FileHead]) -> tuple[Marked, Form] | None:
    """The goal without the words that tell of the form of file names, and this form; None where it tells of none."""
    for match in _TOLD.finditer(goal.text):
        said = {key: value for key, value in match.groupdict().items() if value}
        sign = next(said[key] for key in "abc" if key in said)
        who = next((said[key] for key in ("who1", "who2", "who3") if key in said), "").strip()
        form = form_of(goal.said(sign))
        shown = next((goal.said(said[key]) for key in "xyz" if key in said), "")
        there = {PurePosixPath(file.path).name for file in files}
        if form is None or len(form.parts) < 2 or goal.said(sign) in there or _NOT_ALL.search(who):
            continue
        if shown and form.taken_apart(shown) is None:
            return None
        pick = picked(who, goal, files) if who else None
        before, after = goal.text[: match.start()].rstrip(), goal.text[match.end() :].lstrip()
        # What was told stood between two orders, or by itself.
        if before and not re.search(r"[.!;。！；\n]$", before) and not re.match(r"[.,;!。，；！\n]|$", after):
            return None
        rest = (
            f"{before.rstrip(',， ')} {after.lstrip('.,;!。，；！ ')}"
            if not before or re.search(r"[.!;。！；\n]$", before)
            else f"{before.rstrip(',，:： ')}{after}"
        )
        rest = re.sub(r"\s+(?:and|as|where|since|because)$", "", rest.strip(), flags=re.I)
        return Marked(rest, goal.marks), form._replace(pick=pick if pick and not pick.rest else None)
    return None


def of_form(
    form: Form, files: Sequence[FileHead], spared: frozenset[str], *, rest_stays: bool
) -> dict[str, dict[str, str]]:
    """The files whose names are of the form, and their parts; {} where one that may be meant is not of it."""
    if form.pick is not None:
        meant = [file for file in chosen(form.pick, files, deep=False) or () if file.path not in spared]
    else:
        meant = [file for file in files if file.path not in spared and not file.path.startswith(".")]
        meant = [file for file in meant if not form.ending or file.path.lower().endswith(form.ending.lower())]
        # Names alike in several folders: whose?
        if len({PurePosixPath(file.path).parent for file in meant}) > 1:
            return {}
    parts = {file.path: form.taken_apart(PurePosixPath(file.path).name) for file in meant}
    found = {path: one for path, one in parts.items() if one}
    return found if len(found) == len(parts) or rest_stays else {}
