"""Everyday work on files that a goal says in full: each of its clauses is one of the rules, and no word is left over.

The rules are in `moves`, `folders`, `renaming`, `swaps` and `lines`. What they read is proven by checks of its own.
"""

import hashlib
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources
from pathlib import PurePosixPath

from autogpt.agent.legible import legible
from autogpt.agent.programs.inside import textwork
from autogpt.agent.reading.everyday.clauses import courteous, depth, pieces, reminder, sentences
from autogpt.agent.reading.everyday.deeds import Deeds, Edit, Ground, Said
from autogpt.agent.reading.everyday.folders import made
from autogpt.agent.reading.everyday.forms import told as form_told
from autogpt.agent.reading.everyday.inventory import listing
from autogpt.agent.reading.everyday.lifting import cleared, lifted
from autogpt.agent.reading.everyday.lines import lined
from autogpt.agent.reading.everyday.marks import Marked, marked
from autogpt.agent.reading.everyday.moves import deleted, moved, sorted_in, spared
from autogpt.agent.reading.everyday.noting import listed, noted
from autogpt.agent.reading.everyday.numbering import serial
from autogpt.agent.reading.everyday.padding import padded
from autogpt.agent.reading.everyday.parts import parted
from autogpt.agent.reading.everyday.renaming import renamed
from autogpt.agent.reading.everyday.stories import tale
from autogpt.agent.reading.everyday.swaps import swapped
from autogpt.agent.reading.everyday.trees import tree, with_tree
from autogpt.agent.reading.everyday.versions import newest
from autogpt.core.check import Check, FileAbsent, FileContains, FileExists, FileUnchanged, PythonHolds
from autogpt.core.contracts import FileHead

_RULES = (
    noted,
    listing,
    padded,
    parted,
    lifted,
    newest,
    sorted_in,
    moved,
    made,
    deleted,
    serial,
    renamed,
    swapped,
    lined,
)
_MOST_FILES = 199
"""Files up to which the folder was seen as a whole."""
_LONGEST = 1_200
"""Characters of a goal; a longer one says more than rules can see."""
_MOST_PIECES = 14


def everyday(goal: str, files: Sequence[FileHead]) -> Deeds | None:
    """What the goal has done to files; None unless every word of it is understood, and it can be done as it stands there."""
    return _everyday(goal, tuple(files))


@lru_cache(maxsize=8)
def _everyday(goal: str, files: tuple[FileHead, ...]) -> Deeds | None:
    if len(goal) > _LONGEST or not 0 < len(files) <= _MOST_FILES:
        return None
    paths = [file.path for file in files]
    text = marked(legible(goal).strip(), paths)
    if text is None:
        return None
    text = Marked(_AND_SO_ON.sub(" and so on ", _DOTS_THEN.sub("…，", text.text)), text.marks)
    told = form_told(text, files)
    if told and (deeds := _understood(Ground(told[0], files, form=told[1]))):
        return deeds
    return _understood(Ground(text, files))


_AND_SO_ON = re.compile(r"\s*,?\s*(?:\.{3}|…+)\s*")
_DOTS_THEN = re.compile(r"(?:\.{3}|…+)(?=\s*(?:其他|其它|其余|别的|剩下|不|别|内容|原|请))")
"""'……' with a remark behind it, which no comma tells apart."""


def _understood(ground: Ground) -> Deeds | None:
    text = ground.goal
    told = sentences(text.text)
    if told and (deeds := _all_of(told, ground)):
        return deeds
    story = tale(text.text, ground, lambda part: _all_of([part], ground) is not None or _remark(part, ground))
    deeds = _all_of(story.sentences, ground) if story else None
    return deeds if story and deeds and story.agrees(deeds) else None


def _remark(part: str, ground: Ground) -> bool:
    return bool(reminder(part) or depth(part) or tree(part) or spared(part, ground))


def _all_of(told: Sequence[str], ground: Ground) -> Deeds | None:
    """What these sentences have done, where each of them is understood and none harms another."""
    parts = [pieces(sentence) for sentence in told]
    if sum(map(len, parts)) > _MOST_PIECES:
        return None
    kinds = [(reminder(courteous(piece)), spared(courteous(piece), ground)) for part in parts for _, piece in part]
    left = frozenset(path for _, names in kinds for path in names)
    reach = {depth(courteous(piece)) for part in parts for _, piece in part} - {""}
    trees = {tree(courteous(piece)) for part in parts for _, piece in part} - {""}
    if len(reach) > 1 or len(trees) > 1:
        return None
    ground = ground._replace(tree=next(iter(trees), ""))
    ground = ground._replace(spared=left, rest_stays=any(kind == "rest" for kind, _ in kinds))
    ground = ground._replace(deep="deep" in reach, flat="flat" in reach)
    said: Said | None = Said()
    for part in parts:
        said = _read(part, ground, said) if said else None
    if said is None or not _sound(said.deeds, ground):
        return None
    kept = {kind for kind, _ in kinds}
    reordered = (
        any(op[0] in ("sort", "reverse") for edit in said.deeds.edits for op in edit.ops) or not said.deeds.edits
    )
    harmed = (
        ("order" in kept and reordered)
        or said.deeds.touched & left
        or ("contents" in kept and said.deeds.edits)
        or (
            "names" in kept and any(PurePosixPath(old).name != PurePosixPath(new).name for old, new in said.deeds.moves)
        )
        or ("originals" in kept and said.deeds.touched)
    )
    return None if harmed else said.deeds


def _read(parts: list[tuple[str, str]], ground: Ground, said: Said) -> Said | None:
    """What has been said after these pieces of a sentence; None where they cannot all be read."""
    if not parts:
        return said
    for count in range(1, min(len(parts), 7) + 1):
        clause = courteous("".join((joint if at else "") + piece for at, (joint, piece) in enumerate(parts[:count])))
        kept = reminder(clause) or depth(clause) or tree(clause) or spared(clause, ground._replace(spared=frozenset()))
        after = said if kept else _one(clause, ground, said)
        if after is not None and (rest := _read(parts[count:], ground, after)) is not None:
            return rest
    return None


_DEEP = re.compile(
    r"\s*[,，]?\s*(?:(?:including|also\s+(?:those\s+)?in|and\s+(?:also\s+)?(?:those\s+)?in)\s+(?:all\s+)?(?:the\s+|its\s+|any\s+)?(?:files\s+in\s+)?sub-?(?:folders|directories)(?:\s+too)?|"
    r"(?:也)?(?:包括|包含|含)(?:其)?(?:所有)?(?:的)?子(?:文件夹|目录)(?:里|中)?(?:的文件|的)?)$",
    re.I,
)
"""What stands behind an order that reaches into subfolders."""

_FLAT = re.compile(
    r"\s*[,，]?\s*[(（]?(?:but\s+not\s+(?:those\s+)?in\s+(?:the\s+|any\s+|its\s+)?sub-?(?:folders|directories)|不(?:包括|包含|含)(?:其)?子(?:文件夹|目录)(?:里|中)?(?:的文件|的)?)[)）]?$",
    re.I,
)


def _one(clause: str, ground: Ground, said: Said) -> Said | None:
    if (tail := _DEEP.search(clause)) and (found := _one(clause[: tail.start()], ground._replace(deep=True), said)):
        return found
    if (tail := _FLAT.search(clause)) and (found := _one(clause[: tail.start()], ground._replace(flat=True), said)):
        return found
    shorter, kept = with_tree(clause)
    if kept and ground.tree and kept != ground.tree:
        return None
    if kept and (found := _one(shorter, ground._replace(tree=kept), said)):
        return found
    for rule in _RULES:
        if found := rule(clause, ground, said):
            more, after = found
            return after._replace(deeds=_chained(after.deeds, more))
    return None


def _chained(deeds: Deeds, more: Deeds) -> Deeds:
    """Both; two changes of the same texts, each in its place, are one."""
    last, new = deeds.edits[-1:], more.edits
    if len(last) == len(new) == 1 and not (last[0].target or new[0].target) and last[0].sources == new[0].sources:
        both = last[0].model_copy(update={"ops": (*last[0].ops, *new[0].ops)})
        return deeds.model_copy(update={"edits": (*deeds.edits[:-1], both)})
    return deeds + more


def _sound(deeds: Deeds, ground: Ground) -> bool:
    """Whether all of it can be done side by side, and nothing is lost by it."""
    sources = [
        *(old for old, _ in deeds.moves),
        *deeds.removes,
        *(path for e in deeds.edits if not e.target for path in e.sources),
    ]
    targets = [
        *(new for _, new in (*deeds.moves, *deeds.copies)),
        *(edit.target for edit in deeds.edits if edit.target),
        *(target for target, _ in deeds.notes),
    ]
    there = {path.lower() for path in ground.paths | ground.folders}
    read = {path for edit in deeds.edits if edit.target for path in edit.sources} | {old for old, _ in deeds.copies}
    if (
        not (sources or targets or deeds.folders or deeds.clear)
        or len(set(sources)) < len(sources)
        or len({path.lower() for path in targets}) < len(targets)
        or any(new.lower() in there - _recased(deeds) for new in targets)
        or any(new.startswith(f"{other}/") for new in targets for other in (*targets, *ground.paths))
        or set(targets) & set(deeds.folders)
        or (deeds.clear and (deeds.folders or deeds.edits))
        or read & set(sources)
        or any(not edit.ops and edit.between is None for edit in deeds.edits)
        or any(
            op[0] in ("first", "last") and not edit.target and not _kept(edit)
            for edit in deeds.edits
            for op in edit.ops
        )
    ):
        return False
    return all(expected(edit, ground.files) is not None for edit in deeds.edits)


def _kept(edit: Edit) -> bool:
    return edit.ops[-1][-1] == "keep"


def _recased(deeds: Deeds) -> set[str]:
    """Paths that only change between capital and small letters."""
    return {old.lower() for old, new in deeds.moves if old.lower() == new.lower()}


def expected(edit: Edit, files: Sequence[FileHead]) -> tuple[tuple[str, str], ...] | None:
    """Path and text of each file that the edit makes, as far as the sources were seen as a whole; None where it is not
    plain what comes of them, or nothing would."""
    heads = {file.path: file for file in files}
    seen = {path: heads[path].head for path in edit.sources if len(heads[path].head.encode()) >= heads[path].size}
    try:
        if edit.between is not None:
            whole = len(seen) == len(edit.sources)
            return (
                (
                    (
                        edit.target,
                        textwork.worked(textwork.joined(list(seen.values()), edit.between, edit.heads), edit.ops),
                    ),
                )
                if whole
                else ()
            )
        after = {path: textwork.worked(text, edit.ops) for path, text in seen.items()}
    except textwork.Unclear:
        return None
    if len(seen) < len(edit.sources) and not edit.target and not all(_provable(op) for op in edit.ops):
        return None
    if not edit.target and len(seen) == len(edit.sources) and all(after[path] == seen[path] for path in seen):
        return None
    return tuple((edit.target or path, text) for path, text in after.items())


def _provable(op: Sequence[str]) -> bool:
    """Whether the text itself shows that this was done to it."""
    if op[0] == "replace":
        return op[1] not in op[2]
    return op[0] in ("unique", "blank", "trailing", "upper", "lower", "sort")


def program(deeds: Deeds) -> str:
    """The Python program that does it."""
    edits = [(edit.ops, edit.sources, edit.target, edit.between, edit.heads) for edit in deeds.edits]
    notes = f", notes={list(deeds.notes)!r}" if deeds.notes else ""
    clear = f", clear={list(deeds.clear)!r}" if deeds.clear else ""
    called = f"moves={list(deeds.moves)!r}, copies={list(deeds.copies)!r}, removes={list(deeds.removes)!r}, "
    return f"{_source()}\n\nmain({called}folders={list(deeds.folders)!r}, edits={edits!r}{notes}{clear})\n"


@cache
def _source() -> str:
    return resources.files("autogpt.agent.programs.inside").joinpath("textwork.py").read_text("utf-8")


def proofs(goal: str, files: Sequence[FileHead]) -> tuple[Check, ...]:
    """The checks that such a goal implies: what has gone where, what has become of texts, and that all else is as it was."""
    deeds = everyday(goal, files)
    if deeds is None:
        return ()
    heads = {file.path: file for file in files}
    checks: list[Check] = []
    for old, new in deeds.moves:
        checks += (
            [FileAbsent(path=old, source="goal"), *_same(heads[old], new)]
            if old.lower() != new.lower()
            else _same(heads[old], new)
        )
    for old, new in deeds.copies:
        checks += _same(heads[old], new)
    checks += [FileAbsent(path=path, source="goal") for path in deeds.removes]
    bare = [
        folder
        for folder in deeds.folders
        if not any(new.startswith(f"{folder}/") for _, new in (*deeds.moves, *deeds.copies))
    ]
    if bare:
        code = f"import pathlib\nlost = [path for path in {bare!r} if not pathlib.Path(path).is_dir()]\nassert not lost, f'folders that are not there: {{lost}}'"
        checks.append(PythonHolds(code=code, label=f"these folders are there: {', '.join(bare[:8])}", source="goal"))
    for edit in deeds.edits:
        checks += _edited(edit, files)
    checks += cleared(deeds.clear) if deeds.clear else []
    for target, names in deeds.notes:
        checks += listed(target, names)
    left = [file for file in files if file.sha256 and file.path not in deeds.touched]
    checks += [FileUnchanged(path=file.path, sha256=file.sha256, source="goal") for file in left]
    return tuple(checks)


def _same(file: FileHead, new: str) -> list[Check]:
    there: list[Check] = [FileExists(path=new, source="goal")] if file.size else []
    return [*there, *([FileUnchanged(path=new, sha256=file.sha256, source="goal")] if file.sha256 else [])]


def _edited(edit: Edit, files: Sequence[FileHead]) -> list[Check]:
    checks: list[Check] = []
    made = expected(edit, files) or ()
    for path, text in made:
        ways = {text}
        if any(op[0] == "sort" and op[1] != "number" for op in edit.ops):
            # Both orders of capitals are alphabetical to somebody.
            head = {file.path: file.head for file in files}
            exact = tuple((*op[:3], "exact") if op[0] == "sort" else op for op in edit.ops)
            ways |= {textwork.worked(head[edit.sources[0] if edit.target else path], exact)}
        hashes = sorted(hashlib.sha256(_bare(way).encode()).hexdigest() for way in ways)
        code = _HOLDS.format(path=path, hashes=hashes)
        checks.append(PythonHolds(code=code, label=f"{path} holds what was asked for, and nothing else", source="goal"))
    checks += _of_long(edit, {path for path, _ in made}, files)
    return checks


def _bare(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").rstrip("\n")


_HOLDS = """\
import hashlib, pathlib
text = pathlib.Path({path!r}).read_bytes().decode('utf-8-sig').replace('\\r\\n', '\\n').rstrip('\\n')
assert hashlib.sha256(text.encode()).hexdigest() in {hashes!r}, 'not the text that was asked for; it begins ' + repr(text[:80])"""


def _of_long(edit: Edit, known: set[str], files: Sequence[FileHead]) -> list[Check]:
    """The checks for texts that were not seen to their ends."""
    heads = {file.path: file for file in files}
    checks: list[Check] = []
    if edit.target and edit.target not in known:
        told = f"[pathlib.Path(path).read_bytes().decode('utf-8') for path in {list(edit.sources)!r}]"
        text = f"joined({told}, {edit.between!r}, {edit.heads!r})" if edit.between is not None else f"{told}[0]"
        code = f"{_source()}\n\nimport pathlib\nwant = worked({text}, {edit.ops!r})\nmade = pathlib.Path({edit.target!r}).read_bytes().decode('utf-8')\nassert made.rstrip() == want.rstrip(), 'not the text that was asked for'"
        return [
            FileExists(path=edit.target, source="goal"),
            PythonHolds(code=code, label=f"{edit.target} holds what was asked for, and nothing else", source="goal"),
        ]
    for path in edit.sources if not edit.target else ():
        if path in known:
            continue
        for op in edit.ops:
            if op[0] == "replace" and op[1] not in op[2] and len(op) == 3:
                checks.append(FileContains(path=path, text=op[1], exact=True, absent=True, source="goal"))
        lines = heads[path].lines if all(op[0] in ("sort", "trailing", "upper", "lower") for op in edit.ops) else None
        code = f"{_source()}\n\nimport pathlib\ntext = pathlib.Path({path!r}).read_bytes().decode('utf-8')\nassert worked(text, {edit.ops!r}) == text, 'not done to the whole text'\n"
        code += f"assert {lines!r} in (None, len(text.splitlines())), 'lines are lost'"
        checks.append(PythonHolds(code=code, label=f"{path} holds what was asked for, and nothing else", source="goal"))
    return checks
