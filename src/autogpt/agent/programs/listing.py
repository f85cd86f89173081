"""The files that a goal speaks of as a kind, listed at the beginning of the program that works on them."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

_ENDINGS = {"markdown": "md", "text": "txt", "文本": "txt", "日志": "log"}
_FILES_OF = re.compile(
    r"(?<![\w.])\.?(?P<kind>markdown|md|text|txt|csv|json|log)[- ]files\b|\*\.(?P<kind2>md|txt|csv|json|log)\b|"
    r"\.?(?P<kind3>markdown|md|txt|csv|json|log|文本|日志)\s*(?:格式的|类型的|结尾的)?文件",
    re.I,
)


def listing(goal: str, paths: Sequence[str]) -> str:
    """The lines that list the files of the one kind a goal speaks of, in the folder it names; '' where there are few.

    A small model writes the names down, and takes those of other kinds as well.
    """
    kinds = {
        _ENDINGS.get(kind.lower(), kind.lower())
        for found in _FILES_OF.finditer(goal)
        for kind in found.groups()
        if kind
    }
    if len(kinds) != 1 or _SEVERAL.search(goal):
        return ""
    ending = kinds.pop()
    folders = {str(parent) for path in paths for parent in PurePosixPath(path).parents} - {"."}
    named = [folder for folder in folders if re.search(rf"(?<![\w/-]){re.escape(folder)}(?![\w-])", goal, re.A)]
    here = [path for path in paths if not named or path.startswith(f"{named[0]}/")]
    fit = [path for path in here if path.lower().endswith(f".{ending}")]
    if len(fit) < _FEW or len(named) > 1:
        return ""
    folder = named[0] if named else "."
    deep = any(str(PurePosixPath(path).parent) != folder for path in fit)
    return f"from pathlib import Path\n\npaths = sorted(Path({folder!r}).{'rglob' if deep else 'glob'}('*.{ending}'))\n"


_SEVERAL = re.compile(
    r"\b(?:markdown|md|text|txt|csv|json|log)\s*(?:,|and|or|/)\s*\.?(?:markdown|md|text|txt|csv|json|log)\b|(?:txt|md|csv|json|log)\s*[、和或]",
    re.I,
)
_FEW = 2
"""Files from which on a list of them is worth its line."""
