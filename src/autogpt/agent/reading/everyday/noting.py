"""Lists of what was done, beside the deed: '... and list the names of the deleted ones in deleted.txt, one per line'."""

import re
from pathlib import PurePosixPath

from autogpt.agent.reading.everyday.deeds import Deeds, Ground, Said
from autogpt.agent.reading.everyday.marks import SIGN as _L
from autogpt.agent.reading.mentions import is_name
from autogpt.core.check import Check, FileExists, PythonHolds

_DONE = r"(?P<{0}>deleted|removed|erased|moved|copied)"
_ONES = r"(?:\s+(?:files|ones))?"
_NAMES = r"(?:the\s+)?(?:file\s*)?names\s+of\s+(?:all\s+)?(?:the\s+)?"
_WHICH = rf"(?:{_NAMES}{_DONE.format('a')}{_ONES}|(?:all\s+)?(?:the\s+)?{_DONE.format('b')}\s+(?:files|file\s*names)|{_NAMES}(?:files\s+)?(?:that\s+|which\s+)?you\s+(?:have\s+)?{_DONE.format('c')}|which\s+files\s+(?:were|you|you\s+have)\s+{_DONE.format('d')})"
_FILE = rf"(?:a\s+|the\s+)?(?:new\s+)?(?:text\s+)?(?:file\s+)?(?:called\s+|named\s+)?(?P<to>{_L})"
_ONE_EACH = r"(?:\s*,?\s*[(（]?(?:one\s+(?:name\s+|file\s+)?(?:per|on\s+each|in\s+each)\s+line|each\s+on\s+(?:a|its\s+own)\s+line|line\s+by\s+line)[)）]?)?"
_NOTE = re.compile(
    rf"(?:list|write|save|note|put|record|store)\s+(?:down\s+)?(?:a\s+list\s+of\s+)?{_WHICH}\s+(?:down\s+)?(?:in|to|into|as)\s+{_FILE}{_ONE_EACH}|"
    rf"(?:write|save|put|make|create)\s+{_FILE.replace('<to>', '<to2>')}\s+with\s+(?:a\s+list\s+of\s+)?{_WHICH.replace('<a>', '<a2>').replace('<b>', '<b2>').replace('<c>', '<c2>').replace('<d>', '<d2>')}{_ONE_EACH}|"
    rf"(?:把|将)?(?:所有|全部)?(?:被|已)?(?P<z>删除?|删掉|移动|移走|复制|拷贝)(?:了)?的?(?:那些)?(?:文件)?(?:的)?(?:文件名|名字|名称|名单|清单|文件)(?:都|全部)?(?:列|写|记录?|保存|存|输出)(?:到|在|进|入|为|成)(?:新)?(?:文件)?\s*(?P<to3>{_L})\s*(?:里|中)?(?:面)?(?:\s*[，,（(]?\s*(?:每行一个|一行一个)(?:文件名|名字)?[)）]?)?",
    re.I,
)


def noted(clause: str, ground: Ground, said: Said) -> tuple[Deeds, Said] | None:
    """The list of names that a clause wants of what those before it have done; None for any other clause, or where it is
    not plain which files, or which names."""
    match = _NOTE.fullmatch(clause)
    if match is None:
        return None
    named = {key: value for key, value in match.groupdict().items() if value}
    target = ground.goal.said(next(named[key] for key in ("to", "to2", "to3") if key in named))
    verb = next(value for key, value in named.items() if not key.startswith("to")).lower()
    deeds = said.deeds
    paths = (
        deeds.removes
        if re.match(r"delet|remov|eras|删", verb)
        else tuple(old for old, _ in (deeds.moves if re.match(r"mov|移", verb) else deeds.copies))
    )
    if re.match(r"remov|mov|移走", verb) and (len([1 for kind in (deeds.removes, deeds.moves) if kind]) > 1):
        return None
    names = sorted(PurePosixPath(path).name for path in paths)
    changed = any(PurePosixPath(old).name != PurePosixPath(new).name for old, new in deeds.moves)
    apart = len({PurePosixPath(path).parent for path in paths}) > 1
    plain = is_name(target) and PurePosixPath(target).suffix.lower() in (".txt", ".log", ".lst", ".list")
    if not names or changed or apart or not plain or target in ground.paths or target.startswith(("/", "~", "..")):
        return None
    return Deeds(notes=((target, tuple(names)),)), said


def listed(target: str, names: tuple[str, ...]) -> list[Check]:
    """The checks that a file lists these names, one a line, in whatever order."""
    code = f"import pathlib\nlines = pathlib.Path({target!r}).read_bytes().decode('utf-8-sig').splitlines()\nfound = sorted(line.strip() for line in lines if line.strip())\nassert found == {sorted(names)!r}, f'not the list that was asked for: {{found[:8]}}'"
    return [
        FileExists(path=target, source="goal"),
        PythonHolds(code=code, label=f"{target} lists {len(names)} names, one per line", source="goal"),
    ]
