"""File names by example: from what one file's path becomes, what becomes of the others that are named alike.

'IMG_20240105_sea.jpg becomes 2024/01/2024-01-05_sea.jpg' is taken apart into numbers and words (Gulwani 2011,
"Automating string processing in spreadsheets using input-output examples", of which this is the smallest part).
"""

import re
from collections.abc import Collection, Sequence
from itertools import pairwise
from pathlib import PurePosixPath
from typing import NamedTuple

_PARTS = re.compile(r"\d+|[^\W\d_]+|.", re.S)


SUCH_AS = re.compile(
    r"(?:such as|for example|e\.g\.|for instance|\blike|named like|例如|比如|诸如|像|如)[\s:：,，]*[`\"'“「（(]?$", re.I
)
_BECOMES = re.compile(
    r"[`\"'“”」]?\s*(?:should\s+|must\s+|would\s+)?(?:becomes?|turns into|ends up as|goes to|"
    r"(?:is|gets|be) (?:renamed|moved) to|->|=>|→|⇒|"
    r"(?:应该?|就|要)?(?:变成|变为|改成|改为|改名为|移到|放到))\s*[`\"'“「]?"
)
_SOME = re.compile(
    r"\b(?:only|except\w*|unless|other than|apart from|older|newer|larger|smaller|bigger|if|not|delete|remove|skip|last|first)\b|"
    r"n['’]t\b|\b(?:from|of|in) (?:January|February|March|April|May|June|July|August|September|October|November|December|\d{4})\b|"
    r"只|仅|除|如果|大于|小于|早于|晚于|不要|别|跳过|删|最后|\d+\s*月份?的",
    re.I,
)
_WIDTH = re.compile(r"\bdigits\b|\bleading zero|\bpad(?:ded|ding)?\b|补[0零齐足成]|[\d一二两三四五六]\s*位数?", re.I)
"""A number that is to have a length is no text that stands before others, as one example has it."""
_BEFORE = re.compile(r"\bprefix\b|前缀|(?:文件名|名字|名称)(?:的)?前面?(?:都|统一)?加", re.I)
_FOLDERS_NAME = re.compile(
    r"\bname of (?:the|its|their) folder|\b(?:folder|directory)(?:['’]s)? name|(?:文件夹|目录)(?:的)?(?:名|名字|名称)(?!为)",
    re.I,
)
"""A name that is another one in each folder; one example has it as a text."""
_NAMING = re.compile(
    r"\b(?:re-?name|names?|named|call|called|number|numbered|become|becomes|turns?)\b|重命名|改名|命名|编号|文件名|名字|改成|改为|变成|变为|叫",
    re.I,
)
_LIKE_THAT = re.compile(
    r"\b(?:that are|which are|files) not named (?:like|so)\b[^.;\n]*|不是这样命名的[^。；\n]*|"
    r"\b(?:whose names? (?:is|are|do(?:es)?)|with names?) not\b[^;\n]*?\b(?:stays?|remains?|are left|unchanged|alone)\b[^.;\n]*|"
    r",? and no contents? changes?\b",
    re.I,
)


def spread(goal: str, old: str, new: str, paths: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """As `moves_like`, but () where the goal may mean only some of the files, or speaks of one of them by itself."""
    if (
        _SOME.search(_LIKE_THAT.sub(" ", goal))
        or PurePosixPath(old).suffix.lower() != PurePosixPath(new).suffix.lower()
        or _WIDTH.search(goal)
        or _FOLDERS_NAME.search(goal)
        or _only_moved(goal, old, new)
        or (_BEFORE.search(goal) and not new.endswith(PurePosixPath(old).name))
    ):
        return ()
    whatever = _ANY_ENDING.search(goal) is not None
    moves = moves_like(old, new, paths, any_ending=whatever)
    if not whatever and len(moves_like(old, new, paths, any_ending=True)) > len(moves) and not _of_a_kind(goal, old):
        return ()  # those with another ending, too?
    return () if any(path != old and PurePosixPath(path).name in goal for path, _ in moves) else moves


def _of_a_kind(goal: str, old: str) -> bool:
    """Whether the goal says beside its examples which kind of files it means: '.txt files', photos."""
    ending = re.escape(PurePosixPath(old).suffix.lstrip("."))
    return re.search(rf"(?<![\w/])\*?\.?{ending}\b|{_KINDS}", re.sub(r"[\w./-]+\w\.\w+", " ", goal), re.I) is not None


_KINDS = r"\b(?:photos?|pictures?|images?|text files|texts|pdfs?|spreadsheets?|scripts?)\b|照片|图片|相片|文本"
_ANY_ENDING = re.compile(
    r"\b(?:keep|keeping|keeps|whatever|any|same) (?:the|their|its|each)? ?(?:file )?(?:extension|ending)s?\b|\brest of (?:the|each|its|every|their) names?\b|(?:扩展名|后缀)不变|保留(?:原来的)?(?:扩展名|后缀)|其余部分|剩下的部分|后面的部分",
    re.I,
)


class _Piece(NamedTuple):
    """A stretch of the new path: as it stands, or from a part of the old name."""

    text: str = ""
    part: int = -1
    start: int = 0
    end: int | None = None


def _only_moved(goal: str, old: str, new: str) -> bool:
    """Whether the goal has files moved into the example's folder and says nothing of names, but the example changes one."""
    folder = str(PurePosixPath(new).parent)
    into = re.search(
        rf"(?:\b(?:to|into|in)\s+(?:(?:the|a|new|folder|called|named)\s+)*|[到进入])\s*[`\"'“「]?{re.escape(folder)}(?![\w/.])",
        goal,
    )
    into = into or re.search(rf"(?:\bto\b|\binto\b|[到进入])\s*[`\"'“「]?{re.escape(folder)}/(?![\w])", goal)
    return bool(into) and PurePosixPath(old).name != PurePosixPath(new).name and not _NAMING.search(goal)


def moves_like(old: str, new: str, paths: Sequence[str], *, any_ending: bool = False) -> tuple[tuple[str, str], ...]:
    """Old and new path of every file named like the example, the example included.

    any_ending: whether files with another ending than the example's are meant, too.
    () where the example leaves open what becomes of them, or two would become one.
    """
    folder, name = str(PurePosixPath(old).parent), PurePosixPath(old).name
    whole = _PARTS.findall(name)
    parts, tail = _tail(whole, new)
    template = _template(parts, new.removesuffix(tail))
    used = {piece.part for piece in template if piece.part >= 0}
    if not any(re.search(r"\w", parts[part]) for part in used):
        return ()
    beside = [path for path in paths if str(PurePosixPath(path).parent) == folder]
    names = [PurePosixPath(path).name for path in beside]
    pattern = _pattern(parts, used, names, any_ending=any_ending)
    if tail:
        ending = "" if any_ending else re.escape(PurePosixPath(name).suffix)
        pattern = re.compile(rf"{_pattern(parts, used, names).pattern}({re.escape(tail[0])}.+{ending})")
        template.append(_Piece(part=len(parts)))
    found: list[tuple[str, str]] = []
    for path in beside:
        match = pattern.fullmatch(PurePosixPath(path).name)
        if match:
            found.append((path, "".join(_filled(piece, match) for piece in template)))
    targets = [target for _, target in found]
    clear = len(set(targets)) == len(targets) and not set(targets) & (set(paths) - {path for path, _ in found})
    return tuple(found) if clear and (old, new) in found and len(found) > 1 else ()


def _tail(parts: list[str], new: str) -> tuple[list[str], str]:
    """The parts up to where the old name goes on as the new one does, to its end; and what follows there.

    Such a tail is the free part of the name ("... tax office.pdf"); '' if it has no letters before the ending.
    """
    name = "".join(parts)
    for at in range(1, len(parts)):
        tail = "".join(parts[at:])
        if new.endswith(tail) and not parts[at][0].isalnum() and re.search(r"[^\W\d_]", PurePosixPath(tail).stem):
            return (parts[:at], tail) if tail != PurePosixPath(name).suffix else (parts, "")
    return parts, ""


def _template(parts: Sequence[str], new: str) -> list[_Piece]:
    """The new path in pieces, each the longest that can be had from one part of the old name."""
    pieces: list[_Piece] = []
    at = 0
    while at < len(new):
        best = _Piece()
        length = 0
        for number, part in enumerate(parts):
            if part.isdigit():
                found = max(
                    (n for n in range(2, len(part)) if len(new) >= at + n and new[at : at + n] in part), default=0
                )
                whole = new.startswith(part, at)
                if (len(part) if whole else found) > length:
                    start = part.index(new[at : at + found]) if not whole else 0
                    best = _Piece(part=number) if whole else _Piece(part=number, start=start, end=start + found)
                    length = len(part) if whole else found
            elif part.isalpha() and new.startswith(part, at) and len(part) > length:
                whole = not new[at + len(part) : at + len(part) + 1].isalpha() and not new[at - 1 : at].isalpha()
                best, length = (_Piece(part=number), len(part)) if whole else (best, length)
        if length:
            pieces.append(best)
            at += length
        else:
            pieces.append(_Piece(text=new[at]))
            at += 1
    return pieces


def _pattern(
    parts: Sequence[str], used: set[int], names: Sequence[str], *, any_ending: bool = False
) -> re.Pattern[str]:
    """What names like the example look like; a group for each part of it."""
    ending = max((at for at, part in enumerate(parts) if part == "."), default=len(parts))
    last = max((at for at in used if at < ending and parts[at].isalpha()), default=-1)
    groups: list[str] = []
    for at, part in enumerate(parts):
        if part.isdigit():
            groups.append(rf"(\d{{{len(part)}}})" if len(part) > 1 else r"(\d+)")
        elif at == ending + 1 == len(parts) - 1 and any_ending and at in used:
            groups.append(r"(\w+)")
        elif at > ending or not part.isalpha():
            groups.append(f"({re.escape(part)})")
        elif at == last:
            groups.append(r"([^/]+?)")
        elif at in used or sum(part in name for name in names) <= 1:
            groups.append(r"([^\W\d_]+)")
        else:
            groups.append(f"({re.escape(part)})")
    return re.compile("".join(groups))


def _filled(piece: _Piece, match: re.Match[str]) -> str:
    if piece.part < 0:
        return piece.text
    text = match[piece.part + 1]
    return text if piece.end is None else text[piece.start : piece.end]


def turned_by_example(
    goal: str, mentions: list[tuple[str, int, int]], there: Collection[str]
) -> tuple[tuple[str, str], ...]:
    """Examples of what names become: 'a_1.txt becomes 1/a.txt', where the first is there and has the same ending."""
    found: list[tuple[str, str]] = []
    for (old, start, end), (new, after, _) in pairwise(mentions):
        between = _BECOMES.fullmatch(goal[end:after])
        example = SUCH_AS.search(goal[max(0, start - 20) : start]) is not None
        same = PurePosixPath(old).suffix.lower() == PurePosixPath(new).suffix.lower()
        full = [path for path in there if path == old or path.endswith(f"/{old}")]
        if between and len(full) == 1 and (example or (same and old in there and len(there) > 1)):
            beside = str(PurePosixPath(full[0]).parent / new) if "/" not in new else new
            found += [(full[0], beside)] if beside not in there else []
    return tuple(found) or _shown(goal, mentions, there)


_COPIED = re.compile(
    r"[`\"'“”」]?\s*(?:should\s+|must\s+)?(?:(?:is|gets?|be) (?:copied|saved) (?:to|as)|(?:应该?|就|要)?(?:复制|拷贝|另存|存|备份)(?:成|为|到))\s*[`\"'“「]?"
)


def copied_by_example(goal: str, mentions: list[tuple[str, int, int]]) -> set[str]:
    """The names in examples of copies: '比如 a_终稿.txt 复制成 a.txt', which are no wish for these files alone."""
    return {
        name
        for (old, start, end), (new, after, _) in pairwise(mentions)
        if SUCH_AS.search(goal[max(0, start - 20) : start]) and _COPIED.fullmatch(goal[end:after])
        for name in (old, new)
    }


def placed(goal: str, mentions: list[tuple[str, int, int]], there: Collection[str]) -> dict[str, str]:
    """Where the new name of an example stands, 'such as a.txt becomes a_1.txt': in the folder of the one file so named."""
    found: dict[str, str] = {}
    for (old, _, end), (new, after, _) in pairwise(mentions):
        full = [path for path in there if path.endswith(f"/{PurePosixPath(old).name}")]
        if _BECOMES.fullmatch(goal[end:after]) and len(full) == 1 and "/" not in new:
            found[new] = str(PurePosixPath(full[0]).parent / new)
    return found


def _shown(goal: str, mentions: list[tuple[str, int, int]], there: Collection[str]) -> tuple[tuple[str, str], ...]:
    """The one pair of an example of the names there are ('named like IMG_1.jpg') and one of the names wanted."""
    olds = {
        full
        for path, start, _ in mentions
        if SUCH_AS.search(goal[max(0, start - 20) : start])
        for full in there
        if full == path or full.endswith(f"/{path}")
    }
    if len(olds) != 1 or not _PUTS.search(goal):
        return ()
    old = PurePosixPath(olds.pop())
    words = [word for word in re.findall(r"[^\W\d_]{3,}|[\u4e00-\u9fff]{2,}", old.stem)]
    news = {
        path
        for path, _, _ in mentions
        if path not in there
        and path.endswith(old.suffix)
        and path != old.name
        and (any(word in path for word in words) or _same_digits(path, old.name))
    }
    if len(news) != 1:
        return ()
    new = news.pop()
    return ((str(old), new if "/" in new else str(old.parent / new)),)


def _same_digits(new: str, old: str) -> bool:
    """Whether both names have the same digits in the same order, and enough of them to be no chance."""
    digits = re.sub(r"\D", "", old)
    return len(digits) >= 6 and re.sub(r"\D", "", new) == digits


_PUTS = re.compile(
    r"\b(?:rename|move|sort|organi[sz]e|put each|give (?:it|each|them))\b|重命名|改名|移动|整理|放进|归类", re.I
)
