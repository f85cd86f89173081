"""Goals that say in full what is to be done to files: renamed, moved, deleted, one name replaced by another everywhere.

The program for them is written here and not by a model. It is run like a model's: in the sandbox, judged by the same
checks, put back if they fail. Where the goal says more, a model does the rest, told what has been done.
"""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from autogpt.agent.bulk import DELETES, IDENTIFIER, RENAMES, REST, of_kind
from autogpt.agent.goal import RENAMES_FILE, Reading, legible
from autogpt.core.contracts import FileHead
from autogpt.core.schema import Value
from autogpt.core.task import Language

_OTHER = re.compile(
    r"\b(?:write|create|make|add|save|fix|update|edit|change|sort|merge|split|convert|copy|count|list|report|summar\w+|"
    r"translate|print|replace|append|extract|move|rename|delete|remove|then|also|but|except|unless|only|if|number\w*|date\w*|"
    r"prefix\w*|suffix\w*|lower\w*|upper\w*)\b|"
    r"写|创建|新建|保存|添加|修复|更新|编辑|修改|排序|合并|拆分|转换|复制|统计|列出|报告|总结|翻译|打印|替换|追加|提取|移动|重命名|删除|然后|"
    r"再|但|除了|如果|编号|日期|前缀|后缀|小写|大写",
    re.I,
)
"""Words that ask for, or depend on, something more."""
_REMARKS = re.compile(
    r"\b(?:other names|others?|everything else|anything else|the rest)\b[^.;。\n]*|\b(?:all |the )*tests? (?:must|have to|should|still)\b[^.;。\n]*|"
    r"\beverywhere\b[^.;。\n]*|\bso that they\b[^.;。\n]*|\b(?:code|tests?|docs?|documentation)\b|(?:其他|其它)[^。；\n]*|测试(?:必须|要|应)[^。；\n]*",
    re.I,
)
"""What such a goal adds without asking for more."""


_DEPENDS = re.compile(r"\b(?:if|but|except|unless|only)\b|(?<!删)除了|如果|但", re.I)
_HOW = re.compile(
    r"\b(?:number\w*|date\w*|prefix\w*|suffix\w*|lower\w*|upper\w*)\b|编号|日期|前缀|后缀|小写|大写", re.I
)
"""Words that change what is to be done to the files, if they stand in the same clause."""
_NEXT = re.compile(
    r"[.;。；\n]|,?\s*\b(?:then|and)\s+(?:write|create|make|add|save|list|count|report|put)\b|[，,]?\s*(?:然后|再|并)",
    re.I,
)


class Done(Value):
    """What a goal says in full is to be done to files."""

    moves: tuple[tuple[str, str], ...] = ()
    removes: tuple[str, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    """Old and new name, replaced in every text."""
    all: bool = False
    """Whether the goal says nothing else."""

    @property
    def program(self) -> str:
        """The Python program that does it."""
        return _PROGRAM.format(moves=list(self.moves), removes=list(self.removes), names=list(self.names))

    def told(self, language: Language) -> str:
        """It in words, as done."""
        say = _TOLD[language]
        parts: list[str] = []
        if self.removes:
            parts.append(say[0].format(count=len(self.removes), files=", ".join(self.removes[:30])))
        if self.moves:
            shown = ", ".join(f"{old} -> {new}" for old, new in self.moves[:30])
            parts.append(say[1].format(count=len(self.moves), files=shown))
        parts += [say[2].format(old=old, new=new) for old, new in self.names]
        return "\n".join(f"- {part}" for part in parts)


_TOLD: dict[Language, tuple[str, str, str]] = {
    "en": (
        "{count} files deleted: {files}",
        "{count} files renamed or moved: {files}",
        "{old} replaced by {new} in every file",
    ),
    "zh": (
        "已删除 {count} 个文件：{files}",
        "已重命名或移动 {count} 个文件：{files}",
        "已在所有文件中把 {old} 替换为 {new}",
    ),
}


def ready(goal: str, reading: Reading, files: Sequence[FileHead]) -> Done | None:
    """What the goal says in full of files; None where it says nothing of the kind, or not without conditions."""
    goal = legible(goal)
    if reading.obeys:
        return None
    moves = [
        (old, f"{new.rstrip('/')}/{PurePosixPath(old).name}" if new.endswith("/") else new)
        for old, new in reading.renames
    ]
    removes = list(reading.named("remove"))
    names: list[tuple[str, str]] = []
    held: list[tuple[str, str]] = []
    spans = [match.span() for match in RENAMES_FILE.finditer(goal)] if moves else []
    for match in (found for pattern in RENAMES for found in pattern.finditer(goal)):
        for file in of_kind(files, match["old"], match["folder"]):
            held += _held(match["folder"], file.path)
            moves.append((file.path, str(PurePosixPath(file.path).with_suffix("." + match["new"]))))
        spans.append(match.span())
    for match in (found for pattern in DELETES for found in pattern.finditer(goal)):
        named = match.groupdict()
        ending, folder = named["old"] or named.get("old2") or "", named["folder"] or named.get("folder2")
        meant = [file.path for file in of_kind(files, ending, folder)]
        held += [pair for path in meant for pair in _held(folder, path)]
        removes += meant
        spans.append(match.span())
    for match in IDENTIFIER.finditer(goal):
        names.append((match["old"] or match["zold"], match["new"] or match["znew"]))
        spans.append(match.span())
    there = {file.path for file in files}
    targets = [new for _, new in moves]
    left = _left(goal, spans, removes)
    if (
        not (moves or removes or names)
        or _DEPENDS.search(left)
        or any(_HOW.search(_clause(goal, *span)) for span in spans)
    ):
        return None
    if any(not path.startswith(f"{folder}/") for folder, path in held):
        return None  # a folder that is not there is not the whole workspace
    if len(set(targets)) < len(targets) or any(new in there for new in targets):
        return None
    more = bool(reading.named("output")) or _OTHER.search(left) is not None
    return Done(moves=tuple(moves), removes=tuple(dict.fromkeys(removes)), names=tuple(names), all=not more)


def _clause(goal: str, start: int, end: int) -> str:
    """What stands around an order in its clause."""
    after = goal[end : end + 200]
    stop = _NEXT.search(after)
    before = re.split(r"[.;。；\n]", goal[max(0, start - 80) : start])[-1]
    return f"{before} {after[: stop.start()] if stop else after}"


def _held(folder: str | None, path: str) -> list[tuple[str, str]]:
    return [(folder.strip("/").rstrip("."), path)] if folder else []


def _left(goal: str, spans: Sequence[tuple[int, int]], removes: Sequence[str]) -> str:
    """What the goal says besides."""
    for start, end in sorted(spans, reverse=True):
        goal = f"{goal[:start]} {goal[end:]}"
    for path in removes:
        goal = re.sub(
            rf"(?:\b(?:delete|remove)\b|删除|删掉)\s*(?:the\s+)?(?:file\s+|文件)?\s*[`\"'“]?{re.escape(path)}",
            " ",
            goal,
            flags=re.I,
        )
        goal = re.sub(rf"(?:,|、|\band\b|和)\s*[`\"'“]?{re.escape(path)}", " ", goal)
    return _REMARKS.sub(" ", REST.sub(" ", goal))


_PROGRAM = """\
import pathlib, re

for old, new in {moves!r}:
    pathlib.Path(new).parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(old).rename(new)
for path in {removes!r}:
    pathlib.Path(path).unlink()
for old, new in {names!r}:
    for path in sorted(pathlib.Path('.').rglob('*')):
        if any(part.startswith('.') or part == '__pycache__' for part in path.parts) or not path.is_file():
            continue
        try:
            text = path.read_bytes().decode('utf-8')
        except UnicodeDecodeError:
            continue
        better = re.sub(rf'(?<!\\w){{old}}(?!\\w)', new, text)
        if better != text:
            path.write_bytes(better.encode('utf-8'))
            print(path, 'changed')
"""
