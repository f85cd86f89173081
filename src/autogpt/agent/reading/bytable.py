"""File names by a table: '2025001.txt becomes 2025001_Wang.txt', where a CSV file says whose number that is."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from autogpt.agent.programs.oddities import table_of
from autogpt.agent.reading.byexample import spread
from autogpt.core.contracts import FileHead

_UNLISTED = re.compile(
    r"(?:名单|表格?|清单|列表|里面?|中)?[^，。；\n]{0,6}(?:查不到|找不到|没有|不在)[^，。；\n]{0,12}(?:别动|不动|不要动|别改|不改|保持|跳过|保留)[^，。；\n]*|"
    r"\b(?:leave|skip|keep)\b[^.;\n]*\b(?:not (?:in|on|listed)|no entry|missing from|n['’]t (?:in|on|listed|there))\b[^.;\n]*|"
    r"\b(?:files?|ones?|those|photos?|whatever)\b[^.;\n]*\b(?:not (?:in|on|listed)|no entry|missing from|n['’]t (?:in|on|listed|there))\b[^.;\n]*"
    r"\b(?:stays?|remains?|alone|untouched|unchanged|as (?:it|they) (?:is|are))\b[^.;\n]*|"
    r"(?:文件名?|名字)?(?:只|仅)(?:写|有|是|用)了?|\b(?:only|just) (?:named|called|have|has)\b",
    re.I,
)
"""That files the table does not tell of stay as they are, which they do; and remarks on the names there are."""
_CONDITION = re.compile(
    r"\b(?:only|except\w*|unless|other than|apart from|if|not|delete|remove|skip)\b|n['’]t\b|只|仅|除|如果|不要|别|跳过|删",
    re.I,
)
_LEAST = 2
"""Files that must be found in the table, the one of the example included."""


def alike(goal: str, old: str, new: str, files: Sequence[FileHead]) -> tuple[tuple[str, str], ...]:
    """Old and new path of every file that is renamed like the example: by its own name, or by what a table says of it."""
    paths = [file.path for file in files]
    like = () if _looked_up(old, new, files) else spread(goal, old, new, paths)
    return like or _by_table(goal, old, new, files)


def _looked_up(old: str, new: str, files: Sequence[FileHead]) -> bool:
    """Whether the new name has a part that the old one has not, and that is a cell of a table."""
    parts = {part for part in re.split(r"[/._\-\s]+", new) if len(part) > 1} - set(re.split(r"[/._\-\s]+", old))
    tables = [table for file in files if file.path.endswith((".csv", ".tsv")) and (table := table_of(file))]
    return any(cell.strip() in parts for table in tables for row in table.body for cell in row)


def _by_table(goal: str, old: str, new: str, files: Sequence[FileHead]) -> tuple[tuple[str, str], ...]:
    """As `alike`, where the new name has one stretch that a row gives whose cell is the old name without its ending.

    () where conditions are told, more than one column fits, or two files would get one name.
    """
    stem, suffix = PurePosixPath(old).stem, PurePosixPath(old).suffix
    folder = PurePosixPath(old).parent
    name = PurePosixPath(new).name
    if PurePosixPath(new).parent != folder or _CONDITION.search(_UNLISTED.sub(" ", goal)):
        return ()
    paths = {file.path for file in files}
    found: list[tuple[tuple[str, str], ...]] = []
    for table in (table for file in files if file.path.endswith(".csv") and (table := table_of(file))):
        for key in range(len(table.head)):
            keys = table.column(key)
            if keys.count(stem) != 1:
                continue
            row = table.body[[cells[key : key + 1] for cells in table.body].index([stem])]
            for value, cell in enumerate(row):
                if value != key and len(cell) > 1 and name.count(cell) == 1:
                    form = name.replace(cell, "\0").replace(stem, "\1")
                    names = {cells[key]: cells[value] for cells in table.body if len(cells) == len(table.head)}
                    found.append(_moves(form, suffix, folder, names, sorted(paths), goal))
    moves = found[0] if len(found) == 1 else ()
    targets = {target for _, target in moves}
    clear = len(targets) == len(moves) and not targets & paths
    return moves if clear and (old, new) in moves and len(moves) >= _LEAST else ()


_ANY_ENDING = re.compile(r"扩展名|后缀|\b(?:extension|ending)s?\b", re.I)


def _moves(
    form: str, suffix: str, folder: PurePosixPath, names: dict[str, str], paths: Sequence[str], goal: str
) -> tuple[tuple[str, str], ...]:
    """What becomes of the files of the folder that the table has; of any ending where the goal says that it stays."""
    moves: list[tuple[str, str]] = []
    for path in map(PurePosixPath, paths):
        value = names.get(path.stem, "")
        same = path.suffix == suffix or _ANY_ENDING.search(goal) is not None
        if path.parent == folder and same and value and not re.search(r"[/\\\0]", value):
            name = form.removesuffix(suffix).replace("\0", value).replace("\1", path.stem) + path.suffix
            moves.append((str(path), str(folder / name)))
    return tuple(moves)
