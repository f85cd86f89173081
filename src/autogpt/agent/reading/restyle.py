"""Goals that give file names another style: in lower case, or with hyphens or underscores for their spaces."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from autogpt.agent.legible import legible
from autogpt.agent.reading.orders import ordered
from autogpt.core.contracts import FileHead

_LOWER = re.compile(
    r"(?:\b(?:make|turn|put|change|convert|rename)\s+)?(?:\ball\s+)?(?:\bthe\s+)?\b(?:file ?names?|names of (?:all |the )*files)\b"
    r"(?:\s+(?:in|of|under|inside)\s+(?:the\s+)?(?:folder\s+)?[\w./-]+(?:\s+folder)?)?(?:\s+(?:all|into|to|in|be|should|must))*\s+lower[- ]?case|"
    r"\blower[- ]?case\s+(?:all\s+)?(?:the\s+)?file ?names?|(?:把|将)?(?:所有|全部)?文件名(?:都|全部|统一)?(?:改成|改为|转成|转为|变成|换成|用)?小写(?:字母)?",
    re.I,
)
_SPACES = re.compile(
    r"(?:\b(?:replace|change|turn)\s+)?(?:\b(?:all|the|any|every)\s+)*\b(?:spaces|blanks)\b(?:\s+in\s+(?:the\s+|their\s+)?(?:file ?)?names?)?\s*"
    r"(?:\b(?:to|with|by|into|become)\b|->|→|=)\s*(?:an?\s+)?(?P<en>hyphens?|dash(?:es)?|underscores?|[\"'`][-_.][\"'`])|"
    r"(?:把|将)?(?:文件名)?(?:中|里)?(?:的)?空格(?:都|全部|统一)?(?:换成|替换成|替换为|改成|改为|变成|换为)\s*(?P<zh>连字符|短横线|横线|下划线|[\"'`“]?[-_][\"'`”]?)",
    re.I,
)
_FOLDER = re.compile(
    r"^\s*(?P<head>[\w./\u4e00-\u9fff-]+)/?\s*[:：]|\b(?:in|of|under|inside)\s+(?:the\s+)?(?:folder\s+|directory\s+)?(?P<en>[\w./-]*[\w-])(?:\s+(?:folder|directory))?|"
    r"(?:把|将)?(?P<zh>[\w./\u4e00-\u9fff-]+?)\s*(?:文件夹|目录)(?:里|中|下)?(?:面)?(?:的)?",
    re.I,
)
_REST = re.compile(
    r"\bnothing else\b|\b(?:do not|don['’]t|never)\s+(?:touch|change|modify|edit)\s+(?:the\s+|their\s+)?(?:contents?|texts?|anything else|files themselves)|"
    r"\b(?:leave|keep)\s+(?:the\s+|their\s+)?contents?\s+(?:as (?:they|it) (?:are|is)|alone|unchanged)|"
    r"(?:不要|别|不)(?:改动|修改|改|动)(?:文件)?内容|内容(?:保持)?不变|其他(?:的)?(?:都)?(?:不要|别|不)(?:改|动)",
    re.I,
)
_FILLER = re.compile(
    r"\b(?:please|all|the|files?|and|also|in|of|this|folder|directory|subfolders?|its|change|rename|so that|thanks|can|could|you)\b|"
    r"请|帮我|把|将|所有|全部|的|文件夹|文件|目录|和|并且|并|里|中|这个|一下",
    re.I,
)


def restyled(goal: str, files: Sequence[FileHead]) -> tuple[tuple[str, str], ...]:
    """Old and new path of every file whose name such a goal changes; () where the goal says anything more."""
    goal = legible(goal)
    lower, spaces = _LOWER.search(goal), _SPACES.search(goal)
    told = [match for match in (lower, spaces) if match]
    names = re.search(r"\bnames?\b|文件名", goal, re.I)
    if not told or not names or not all(ordered(goal, *match.span()) for match in told):
        return ()
    rest = goal
    for match in sorted(told, key=lambda match: -match.start()):
        rest = f"{rest[: match.start()]} {rest[match.end() :]}"
    inside = {str(parent) for file in files for parent in PurePosixPath(file.path).parents}
    named = [match for match in _FOLDER.finditer(goal) if _folder(match) in inside]
    for match in named:
        rest = rest.replace(match[0], " ")
    if len(named) > 1 or re.search(r"\w", _FILLER.sub(" ", _REST.sub(" ", rest))):
        return ()
    within = f"{_folder(named[0])}/" if named else ""
    moves: list[tuple[str, str]] = []
    for file in files:
        path = PurePosixPath(file.path)
        if not file.path.startswith(within):
            continue
        name = path.name.lower() if lower else path.name
        if spaces:
            name = name.replace(" ", _sign(spaces))
        if name != path.name:
            moves.append((file.path, str(path.with_name(name))))
    targets, there = [new for _, new in moves], {file.path for file in files}
    return tuple(moves) if len(set(targets)) == len(targets) and not there & set(targets) else ()


def _folder(match: re.Match[str]) -> str:
    return (match["head"] or match["en"] or match["zh"] or "").strip("/")


def _sign(match: re.Match[str]) -> str:
    said = (match["en"] or match["zh"]).strip("\"'`“”").lower()
    return said if len(said) == 1 else "_" if said.startswith("underscore") or said == "下划线" else "-"
