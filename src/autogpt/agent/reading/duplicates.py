"""Files with the same content: which there are, and those that a goal says in full are to be deleted."""

import re
from collections.abc import Sequence

from autogpt.core.check import Check, PythonHolds
from autogpt.core.contracts import FileHead
from autogpt.core.task import Language

_SAME = re.compile(
    r"\bduplicates?\b|\b(?:same|identical|equal) contents?\b|\bidentical files\b|重复(?:的)?文件|"
    r"内容(?:完全)?(?:相同|一样|重复)|文件.{0,6}重复",
    re.I,
)
_FILES = re.compile(r"\b(?:files?|photos?|documents?|images?|pictures?)\b|文件|照片|图片|文档", re.I)
_DELETE = re.compile(
    r"\b(?:remove|delete|get rid of|clean up)\s+(?:all\s+)?(?:of\s+)?(?:the\s+)?"
    r"(?:duplicates?|others?|other ones|rest|extra)\b|"
    r"删(?:除|掉|去)[^，。；\n]{0,24}?(?:其余|其他|多余|重复|剩下)",
    re.I,
)
_FIRST = re.compile(
    r"\b(?:first|comes? first)\b[^.;\n]{0,40}\balphabet\w*|\balphabetical(?:ly)?\s+first\b|"
    r"\bkeep(?:ing)? (?:only |just )?one (?:of each|copy|file)\b|"
    r"(?:字母|路径|文件名|名称)[^。；\n]{0,10}(?:顺序|排序|最前|第一)|(?:只|各)?保?留一个",
    re.I,
)
_OTHERWISE = re.compile(
    r"\b(?:oldest|newest|latest|earliest|shortest|longest|largest|prefer\w*|unless|except\w*|original)\b|最早|最新|最短|最长|除了|优先",
    re.I,
)
_LENGTH = re.compile(
    r"\b(?P<which>shortest|longest) (?P<path>path|(?:file ?)?name)|最(?P<zwhich>短|长)的?(?P<zpath>路径|(?:文件)?名)",
    re.I,
)
"""A file to keep that its name tells."""
_SAID: dict[Language, str] = {
    "en": "files with the same content, byte for byte: {groups}",
    "zh": "内容完全相同的文件（逐字节比较）：{groups}",
}


def groups(goal: str, files: Sequence[FileHead]) -> list[list[str]]:
    """The paths of files with the same content, in the folder that the goal names or everywhere; of sorted paths."""
    folders = {path.path.split("/")[0] for path in files if "/" in path.path}
    named = [folder for folder in folders if re.search(rf"(?<![\w/-]){re.escape(folder)}(?![\w.-])", goal)]
    seen: dict[str, list[str]] = {}
    for file in sorted(files, key=lambda file: file.path):
        if file.sha256 and (len(named) != 1 or file.path.startswith(f"{named[0]}/")):
            seen.setdefault(file.sha256, []).append(file.path)
    return [paths for paths in seen.values() if len(paths) > 1]


def to_delete(goal: str, files: Sequence[FileHead]) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...]]:
    """The duplicates that a goal orders to be deleted, all but one of each group, and where in the goal it does.

    Nothing where the file to keep is another than the first in alphabetical order, or the one with the shortest or
    longest name or path; and nothing where two names are as long.
    """
    length = _LENGTH.search(goal)
    if not (_SAME.search(goal) and _FILES.search(goal) and (length or _FIRST.search(goal))):
        return (), ()
    if _OTHERWISE.search(_LENGTH.sub("", goal)):
        return (), ()
    spans = [match.span() for match in re.finditer(r"[^.;。；\n]+(?:\.\w[^.;。；\n]*)*[.;。；\n]?", goal)]
    told = [span for span in spans if any(one.search(goal[slice(*span)]) for one in (_SAME, _DELETE, _FIRST, _LENGTH))]
    if not any(_DELETE.search(goal[slice(*span)]) for span in told):
        return (), ()
    gone: list[str] = []
    for paths in groups(goal, files):
        kept = _kept(paths, length) if length else paths[0]
        if not kept:
            return (), ()
        gone += [path for path in paths if path != kept]
    return tuple(gone), tuple(told)


def _kept(paths: Sequence[str], length: re.Match[str]) -> str:
    """The one with the shortest or longest name; '' where several are as long."""
    whole = (length["path"] or length["zpath"]).lower() in ("path", "路径")
    sign = -1 if (length["which"] or length["zwhich"]).lower() in ("longest", "长") else 1
    ranked = sorted((sign * len(path if whole else path.rpartition("/")[2]), path) for path in paths)
    return ranked[0][1] if ranked[0][0] < ranked[1][0] else ""


_LISTS = re.compile(r"\b(?:find|list|report|write|which|paths?)\b|找出|列出|写|报告|路径", re.I)


def listed(goal: str, outputs: Sequence[str], files: Sequence[FileHead]) -> tuple[Check, ...]:
    """The check that the one file made names the duplicates, those deleted or else all of each group, and no others."""
    if len(outputs) != 1 or not outputs[0].endswith((".json", ".txt", ".csv", ".md")) or not _LISTS.search(goal):
        return ()
    if not (_SAME.search(goal) and _FILES.search(goal)) or outputs[0] in {file.path for file in files}:
        return ()
    gone = to_delete(goal, files)[0]
    wanted = gone or tuple(path for paths in groups(goal, files) for path in paths)
    if not wanted or (_DELETE.search(goal) and not gone):
        return ()
    others = [file.path for file in files if file.path not in wanted and "/" in file.path]
    code = _NAMES.format(path=outputs[0], wanted=list(wanted), others=others)
    return (PythonHolds(code=code, label=f"{outputs[0]} names the duplicates and no other file", source="goal"),)


_NAMES = """\
import re
text = open({path!r}, encoding='utf-8-sig').read().replace('\\\\', '/')
def named(path):
    return re.search(r'(?<![\\w-])' + re.escape(path) + r'(?![\\w-]|\\.\\w)', text)
lacks = [path for path in {wanted!r} if not named(path.rpartition('/')[2])]
if lacks:
    raise AssertionError('{path} does not name ' + ', '.join(lacks[:3]))
more = [path for path in {others!r} if named(path)]
if more:
    raise AssertionError('{path} names ' + ', '.join(more[:3]) + ', which is not to be listed')"""


def twins(goal: str, files: Sequence[FileHead], language: Language) -> str:
    """What a program of a small model is told of duplicates, where the goal speaks of them; '' where not."""
    if not (_SAME.search(goal) and _FILES.search(goal)):
        return ""
    found = groups(goal, files)
    shown = "; ".join(", ".join(paths) for paths in found[:8])
    return _SAID[language].format(groups=shown) if found else ""
