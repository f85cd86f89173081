"""Goals that say in full what is to be done to files: renamed, moved, deleted, one name replaced by another everywhere.

The program for them is written here and not by a model. It is run like a model's: in the sandbox, judged by the same
checks, put back if they fail. Where the goal says more, a model does the rest, told what has been done.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from autogpt.agent.legible import legible
from autogpt.agent.reading.bulk import (
    DELETES,
    EVERYWHERE,
    IDENTIFIER,
    NO_ALIAS,
    RENAMES,
    REST,
    identifiers,
    meant,
    new_of,
    of,
    spoken,
)
from autogpt.agent.reading.bytable import alike
from autogpt.agent.reading.compile import is_code
from autogpt.agent.reading.duplicates import to_delete
from autogpt.agent.reading.everyday.deeds import Deeds
from autogpt.agent.reading.everyday.full import everyday, program
from autogpt.agent.reading.goal import RENAMES_FILE, Reading
from autogpt.agent.reading.restyle import restyled
from autogpt.agent.reading.shown import without_blocks
from autogpt.core.contracts import FileHead
from autogpt.core.schema import Value
from autogpt.core.task import Language

_FILLER = re.compile(
    r"\b(?:please|kindly|the|an?|files?|folder|directory|and|also|then|now|to|in|of|for|it|them|both|all|instead|everywhere|every|code|"
    r"project|whole|workspace|repo|repository|thanks|thank|you|too|as|well|other|else|names|alone|untouched|unchanged|so|that|they|can|could|would|will|i|want|"
    r"need|me)\b|请|帮我|把|将|文件夹|文件|目录|和|并|然后|再|都|全部|谢谢|你|的|里|中|以及",
    re.I,
)
"""Words that ask for nothing more."""
_IN_ORDER = re.compile(
    r"\b(?:first|before|beforehand|after|afterwards|once|until|their|its|each|contents?|sizes?|back ?up|backups?|copy|copies|archive)\b|"
    r"先|之前|之后|前|它们|其|内容|大小|备份|复制|归档",
    re.I,
)
"""Words that may ask for something of the files before they are gone."""
_KEEPS = re.compile(
    r"\b(?:first|before|beforehand|after|afterwards|once|until|back ?up|backups?|archive)\b|先|之前|之后|前|备份|归档",
    re.I,
)
"""The same for copies of files that stay."""
_REMARKS = re.compile(
    r"\b(?:other names|others?|everything else|anything else|the rest)\b[^.;。\n]*|\b(?:all |the )*tests? (?:must|have to|should|still)\b[^.;。\n]*|"
    r"\beverywhere\b[^.;。\n]*|\bso that they\b[^.;。\n]*|\b(?:code|tests?|docs?|documentation)\b|(?:其他|其它)[^。；\n]*|测试(?:必须|要|应)[^。；\n]*",
    re.I,
)
"""What such a goal adds without asking for more."""
_HOW = re.compile(
    r"\b(?:number\w*|date\w*|prefix\w*|suffix\w*|lower\w*|upper\w*)\b|编号|日期|前缀|后缀|小写|大写", re.I
)
"""Words that change what is to be done to the files, if they stand in the same clause."""
_NEXT = re.compile(
    r"[.;。；\n]|,?\s*\b(?:then|and)\s+(?:write|create|make|add|save|list|count|report|put)\b|[，,]?\s*(?:然后|再|并)",
    re.I,
)


_MORE = re.compile(
    r"\b(?:write|create|list|count|delete|remove|convert|merge|replace|edit|report|also|then)\b|写|创建|新建|统计|删除|替换|另外|然后|再",
    re.I,
)
"""Words that ask for more than the example of a name shows."""
_ORDERS = re.compile(
    rf"{_MORE.pattern}|\b(?:make|put|sort|update|fix|print|save|copy|move|tell|answer|summari[sz]e|translate|add|generate|produce|run|"
    r"check|open|read|change|store|draft|which|what|who|how)\b|[?？]|改|放|移|排|存|复制|告诉|回答|总结|翻译|加|生成|运行|检查|列|做|哪|什么|谁",
    re.I,
)
"""Words that may ask for more than the renaming of files."""


class Done(Value):
    """What a goal says in full is to be done to files."""

    moves: tuple[tuple[str, str], ...] = ()
    removes: tuple[str, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    """Old and new name, replaced in every text."""
    deeds: Deeds | None = None
    """All of it, where each clause of the goal is an everyday one."""
    all: bool = False
    """Whether the goal says nothing else."""

    @property
    def program(self) -> str:
        """The Python program that does it."""
        if self.deeds is not None:
            return program(self.deeds)
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
    known = _spoken(goal, reading, files)
    if (known is None or not known.all) and not reading.obeys and (deeds := everyday(goal, files)):
        return Done(deeds=deeds, all=True)
    return known


def _spoken(goal: str, reading: Reading, files: Sequence[FileHead]) -> Done | None:
    """What single sentences say in full of files, and whether the goal says nothing else."""
    goal = without_blocks(legible(goal))
    if reading.obeys or any(is_code(path) for path in reading.named("output")):
        return None
    if moves := restyled(goal, files):
        return Done(moves=moves, all=True)
    told = [match for match in RENAMES_FILE.finditer(goal) if match["old"] != match["new"]]
    bulk = [*spoken(goal, RENAMES), *spoken(goal, DELETES)]
    raw = [match for pattern in (*RENAMES, *DELETES) for match in pattern.finditer(goal)]
    known = identifiers(goal)
    named = [match for match in IDENTIFIER.finditer(goal)]
    if (len(told), len(raw), len(named)) != (len(reading.renames), len(bulk), len(known)):
        return None  # some of it is not to be done, or not as it stands there
    moves = [
        (old, f"{new.rstrip('/')}/{PurePosixPath(old).name}" if new.endswith("/") else new)
        for old, new in reading.renames
    ]
    if any("/" in old and "/" not in new for old, new in moves):
        return None  # beside the old one, or here?
    for old, new in reading.turned:
        like = alike(goal, old, new, files)
        if not like:
            return None
        moves += like
    twice, where = to_delete(goal, files)
    removes = [*reading.named("remove"), *twice]
    spans = [*(match.span() for match in (*told, *bulk, *named)), *where]
    for match in bulk:
        all_of_them = meant(goal, match, files)
        if not all_of_them or len(all_of_them) < len(of(match, files)):
            return None
        if match.re in RENAMES:
            moves += [(f.path, str(PurePosixPath(f.path).with_suffix(f".{new_of(match)}"))) for f in all_of_them]
        else:
            removes += [file.path for file in all_of_them]
    there = {file.path for file in files}
    targets = [new for _, new in moves]
    names = [(old, new) for old, new, _ in known]
    left = _left(goal, spans, removes)
    if (
        not (moves or removes or names)
        or any(_HOW.search(_clause(goal, *span)) for span in spans)
        or any(path not in there for path in (*removes, *(old for old, _ in moves)))
        or len(set(targets)) < len(targets)
        or any(new in there for new in targets)
        or {old for old, _ in moves} & set(removes)
        or not all(_everywhere(goal, match[0], *name, files) for match, name in zip(named, known, strict=True))
    ):
        return None
    rest = _MORE.search(goal) if reading.turned else re.search(r"\w", _FILLER.sub(" ", left))
    if moves and not removes and not names:
        rest = rest and _ORDERS.search(left)
    more = bool(reading.named("output", "change")) or rest is not None
    copies = set(removes) == set(twice)
    if (
        more
        and removes
        and ((_KEEPS if copies else _IN_ORDER).search(left) or not _opens(goal, spans, removes, copies))
    ):
        return None
    return Done(moves=tuple(moves), removes=tuple(dict.fromkeys(removes)), names=tuple(names), all=not more)


def _everywhere(
    goal: str, said: str, old: str, new: str, where: Callable[[str], bool], files: Sequence[FileHead]
) -> bool:
    """Whether a name may be replaced in every text: no file has it that is not meant, none the new one already."""
    if re.search(r"\b(?:variable|constant|method)\b|变量|常量|方法", said, re.I) and not EVERYWHERE.search(goal):
        return False
    using = [file for file in files if re.search(rf"\b{old}\b", file.head)]
    return all(where(file.path) for file in using) and not any(re.search(rf"\b{new}\b", f.head) for f in files)


def _opens(goal: str, spans: Sequence[tuple[int, int]], removes: Sequence[str], copies: bool) -> bool:
    """Whether nothing else is asked for before the first file is deleted.

    copies: they are copies of files that stay, with nothing in them that would be lost.
    """
    starts = [goal.find(path) for path in removes if path in goal] + [start for start, _ in spans]
    head = _left(goal[: min(starts)], [], []) if starts else ""
    head = re.sub(
        r"(?:\b(?:delete|remove|erase)\b|删除|删掉|移除)\W*$", " ", re.sub(r"\b(?:the|file)\W*$", "", head), flags=re.I
    )
    return not re.search(r"\w", _FILLER.sub(" ", head)) or (copies and not _MORE.search(head))


def _clause(goal: str, start: int, end: int) -> str:
    """What stands around an order in its clause."""
    after = goal[end : end + 200]
    stop = _NEXT.search(after)
    before = re.split(r"[.;。；\n]", goal[max(0, start - 80) : start])[-1]
    return f"{before} {after[: stop.start()] if stop else after}"


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
    return _REMARKS.sub(" ", REST.sub(" ", NO_ALIAS.sub(" ", goal)))


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
