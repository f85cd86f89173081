"""Lists of the files there are, with sizes or numbers of lines: 'write the name and size of every file to index.txt'."""

import re
from pathlib import PurePosixPath

from autogpt.agent.reading.everyday.deeds import Deeds, Ground, Said
from autogpt.agent.reading.everyday.marks import SIGN as _L
from autogpt.agent.reading.everyday.picking import picked
from autogpt.agent.reading.mentions import is_name
from autogpt.core.contracts import FileHead

_NAMES = r"(?:(?:the\s+|all\s+)*(?:file\s*)?names?)"
_MORE = r"(?:(?:the|its|their)\s+)?(?:file\s+)?(?P<{0}>sizes?(?:\s+in\s+bytes)?|number\s+of\s+(?:its\s+|their\s+)?lines|line\s+counts?)"
_FILE = r"(?:a\s+|the\s+)?(?:new\s+)?(?:text\s+)?(?:file\s+)?(?:called\s+|named\s+)?"
_LINE = r"(?:\s*,?\s*[(（]?(?:one\s+(?:\w+\s+)?(?:per|on\s+each|in\s+each|to\s+a)\s+line|each\s+on\s+(?:a|its\s+own)\s+line|a\s+line\s+(?:for\s+each|each))[)）]?)?"
_RULES = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"(?:write|list|save|put|note)\s+(?:down\s+)?(?:a\s+list\s+(?:of|with)\s+)?{_NAMES}\s+(?:and\s+{_MORE.format('m')}\s+)?of\s+(?P<f>.+?)\s+(?:in|to|into)\s+{_FILE}(?P<to>{_L}){_LINE}",
        rf"(?:write|list|save|put|note)\s+(?:down\s+)?(?:a\s+list\s+of\s+)(?P<f>.+?)\s+(?:with|and)\s+{_MORE.format('m')}\s+(?:in|to|into)\s+{_FILE}(?P<to>{_L}){_LINE}",
        rf"(?:create|make|write)\s+{_FILE}(?P<to>{_L})\s+(?:that\s+lists|with|listing|containing)\s+{_NAMES}(?:\s+and\s+{_MORE.format('m')})?\s+of\s+(?P<f>.+?){_LINE}",
        rf"(?:把|将)?(?P<f>.+?)的(?:文件名|名字|名称)(?:(?:和|及|与|以及)(?P<m>大小|行数|字节数))?(?:都|全部)?(?:写|列|存|保存|记录?|输出)(?:到|进|入|在|成)\s*(?:文件)?\s*(?P<to>{_L})(?:里|中)?(?:[，,（(]?(?:每行一个|一行一个|每个文件一行|一个文件一行)[)）]?)?",
    )
)  # fmt: skip


def listing(clause: str, ground: Ground, said: Said) -> tuple[Deeds, Said] | None:
    """The list of files that a clause wants; None for any other, or where it is not plain which, or how they are called."""
    for pattern in _RULES:
        match = pattern.fullmatch(clause)
        if match is None:
            continue
        named = match.groupdict()
        target, more = ground.goal.said(match["to"]), (named.get("m") or "").lower()
        pick = picked(match["f"], ground.goal, ground.files)
        found = ground.choose(pick, deep=False) if pick and not pick.rest else None
        apart = len({PurePosixPath(file.path).parent for file in found or ()}) > 1
        plain = is_name(target) and PurePosixPath(target).suffix.lower() in (".txt", ".lst", ".list")
        if (
            not found
            or apart
            or not plain
            or target in ground.paths
            or target.startswith(("/", "~", ".."))
            or said.deeds.touched
        ):
            continue
        lines = [_line(file, more) for file in found]
        return (Deeds(notes=((target, tuple(line for line in lines if line)),)), said) if all(lines) else None
    return None


def _line(file: FileHead, more: str) -> str:
    """The name with what is wanted beside it; '' where that is not known."""
    name = PurePosixPath(file.path).name
    if not more:
        return name
    if re.search("line|行", more):
        return f"{name}\t{file.lines}" if file.lines is not None else ""
    return f"{name}\t{file.size}"
