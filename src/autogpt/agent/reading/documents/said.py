"""A goal as the readers here take it apart: what is understood is cut out, until no word is left that could ask for more."""

import re
from collections.abc import Callable, Collection, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from autogpt.agent.legible import legible
from autogpt.agent.programs.inside.docwork import load
from autogpt.agent.programs.inside.values import Table, Unclear, plain
from autogpt.agent.reading.documents.lexicon import clean
from autogpt.agent.reading.everyday.marks import SIGN, Marked, marked
from autogpt.agent.reading.mentions import is_name
from autogpt.core.contracts import FileHead

GAP = "\x00"
"""What stands where something was cut out."""
_LONGEST = 900
"""Characters of a goal; a longer one says more than rules can see."""
_BASES = (".db", ".sqlite", ".sqlite3")


class Said(NamedTuple):
    """What is left of a goal, and what it is read against."""

    goal: Marked
    files: tuple[FileHead, ...]
    rest: str
    han: bool

    def cut(self, pattern: re.Pattern[str]) -> tuple[re.Match[str] | None, "Said"]:
        """The first place where the pattern is, and what is left without it."""
        found = pattern.search(self.rest)
        if found is None:
            return None, self
        return found, self._replace(rest=self.rest[: found.start()] + GAP + self.rest[found.end() :])

    def without(self, *patterns: re.Pattern[str]) -> "Said":
        """What is left without all that these match."""
        rest = self.rest
        for pattern in patterns:
            rest = pattern.sub(GAP, rest)
        return self._replace(rest=rest)

    def text(self, sign: str) -> str:
        """What a sign stands for."""
        return self.goal.said(sign)

    def path(self, sign: str) -> str:
        """The file that a sign names: one that is there, by its path or as the only one of its name; '' for none."""
        name = self.text(sign).removeprefix("./")
        paths = [file.path for file in self.files]
        if name in paths:
            return name
        found = [path for path in paths if path.endswith(f"/{name}")]
        return found[0] if len(found) == 1 and self.new(sign) == "" else ""

    def new(self, sign: str) -> str:
        """The new file that a sign names; '' for any other."""
        name = self.text(sign).removeprefix("./")
        there = any(file.path == name or file.path.endswith(f"/{name}") for file in self.files)
        known = is_name(name) or name.endswith((".tar.gz", ".tgz", ".tar"))
        return name if known and not there and not re.search(r"[*\s]", name) else ""

    @property
    def sources(self) -> tuple[str, ...]:
        """The files that are there and that the whole goal names, in the order in which it does."""
        signs = re.findall(SIGN, self.goal.text)
        return tuple(dict.fromkeys(path for sign in signs if (path := self.path(sign))))

    @property
    def targets(self) -> tuple[str, ...]:
        """The new files that it names."""
        signs = re.findall(SIGN, self.goal.text)
        return tuple(dict.fromkeys(name for sign in signs if (name := self.new(sign))))

    def head(self, path: str) -> FileHead:
        """What is known of a file."""
        return next(file for file in self.files if file.path == path)

    def whole(self, path: str) -> bool:
        """Whether the text of a file is known to its end."""
        file = self.head(path)
        return bool(file.head) and len(file.head.encode()) >= file.size

    def read(self, path: str) -> bytes:
        """The content of a file, as it was seen."""
        if not self.whole(path):
            raise Unclear(f"{path} was not seen to its end")
        return self.head(path).head.encode()

    def table(self, path: str) -> Table | None:
        """The table of a file; None where it has none, or was not seen whole, as that of a database."""
        try:
            return None if is_base(path) or not self.whole(path) else load(self.read, [path])
        except (Unclear, ValueError):
            return None

    def tables(self) -> list[Table]:
        """Those of all files that the goal names."""
        return [table for path in self.sources if (table := self.table(path))]

    def columns_left(self, but: Sequence[str] = ()) -> bool:
        """Whether the name of a column is left, other than those."""
        names = {plain(name).removesuffix("s") for table in self.tables() for name in table.head}
        names -= {plain(name).removesuffix("s") for name in but}
        rest = re.sub(SIGN, GAP, self.rest)
        words = {plain(word).removesuffix("s") for word in re.findall(r"[A-Za-z_]\w*", rest, re.A)}
        pairs = {plain(word).removesuffix("s") for word in re.findall(r"(?=\b([A-Za-z]+ [A-Za-z]+)\b)", rest)}
        han = re.sub(r"[^\u4e00-\u9fff]", " ", rest)
        return bool((words | pairs) & names) or any(
            name in han for name in names if re.search(r"[\u4e00-\u9fff]", name)
        )

    def ungrouped(self) -> bool:
        """Whether nothing is left that may say that rows are to be brought together, or taken one by one."""
        return _EACH.search(re.sub(SIGN, GAP, self.rest)) is None

    def whole_rows(self) -> bool:
        """Whether nothing is left that may choose columns, or group rows: the name of a column, 'each', 'an object with'.

        Where all of each row is taken, a column that is spoken of beside that says that not all of it is meant.
        """
        return not self.columns_left() and _GROUPS.search(re.sub(SIGN, GAP, self.rest)) is None

    def done(self, spoken: Collection[str] = ()) -> bool:
        """Whether no word is left that may ask for anything.

        spoken: cells that may be spoken of.
        """
        heads = {part for table in self.tables() for name in table.head for part in _parts(name)}
        # The name of a column that is left over may say which column is wanted; of several sources it says more often
        # what their rows are.
        alone = len(self.sources) < 2
        named = heads | {part.removesuffix("s") for part in heads} if alone else set[str]()
        nouns = set[str]() if alone else heads
        # What is made may be called after what is to be done: 'sums.csv'.
        nouns |= {part for path in self.sources for part in _parts(PurePosixPath(path).stem)}
        nouns |= {part for path in self.sources for part in _parts(str(PurePosixPath(path).parent))}
        cells = {str(cell).casefold() for table in self.tables() for row in table.rows for cell in row} - set(spoken)
        rest = re.sub(SIGN, lambda m: GAP if self.path(m[0]) or self.new(m[0]) else m[0], self.rest)
        return not re.search(SIGN, rest) and clean(rest, nouns, cells, named, han=self.han)


_EACH = re.compile(r"\b(?:each|every|per|by)\b|每(?!种)|各|按", re.I)
_GROUPS = re.compile(
    r"\b(?:objects?|keys?|values?|each|every|per|by|lists?|only|just|names?|numbers?|sums?|fields?|columns?)\b|每|各|对象|键|值|列表|只|名单里的|那一列",
    re.I,
)


def _parts(name: str) -> set[str]:
    return {plain(name), *(part.casefold() for part in re.findall(r"[A-Za-z]+|[\u4e00-\u9fff]+", name))}


def is_base(path: str) -> bool:
    """Whether a file is a database, by its name."""
    return path.lower().endswith(_BASES)


def heard(goal: str, files: Sequence[FileHead]) -> Said | None:
    """The goal, ready to be taken apart; None where it is too long or its quotation marks are uneven."""
    text = legible(goal).strip()
    if len(text) > _LONGEST or not 0 < len(files) < 200:
        return None
    found = marked(text, [file.path for file in files])
    if found is None:
        return None
    told = _worded(found)
    han = re.search(r"[\u4e00-\u9fff]", re.sub(SIGN, "", told.text)) is not None
    told = told._replace(text=_TIGHT.sub("", told.text)) if han else told
    return Said(told, tuple(files), told.text, han)


def _worded(goal: Marked) -> Marked:
    """The goal with 'book_id' as the word that it is here, where names of files are signs."""
    return goal._replace(text=re.sub(SIGN, lambda m: goal.said(m[0]) if _is_word(goal, m[0]) else m[0], goal.text))


def _is_word(goal: Marked, sign: str) -> bool:
    return not goal.quoted(sign) and re.fullmatch(r"[A-Za-z]\w*", goal.said(sign), re.A) is not None


_TIGHT = re.compile(
    rf"(?<=[\u4e00-\u9fff，。：；、（）！？]) +(?={SIGN}|[A-Za-z0-9(])|(?<={SIGN}) +(?=[\u4e00-\u9fff，。：；、（）！？])|(?<=[A-Za-z0-9)]) +(?=[\u4e00-\u9fff])"
)
"""Spaces between Chinese words and others, which say nothing."""


def columns_named(said: Said, lead: re.Pattern[str], accept: Callable[[str], bool]) -> tuple[list[str], Said]:
    """The names that stand behind the lead, as far as they are accepted; and what is left of the goal.

    A name may be a quoted text, or up to three words.
    """
    for found in lead.finditer(said.rest):
        names, end = _listed(said, found.end(), accept)
        if names:
            rest = said.rest[: found.start()] + GAP + said.rest[end:]
            return names, said._replace(rest=rest)
    return [], said


_ITEM = re.compile(
    rf"\s*(?:(?:the|and)\s+)?({SIGN}|[A-Za-z_][\w-]*(?: [A-Za-z_][\w-]*){{0,2}}|[\u4e00-\u9fff\w]{{1,12}})"
)
_BETWEEN = re.compile(r"\s*(?:,\s*(?:and\s+)?|and\s+|[、，;；/|]\s*|[和与及]\s*)")
_HAN_ITEM = re.compile(rf"\s*({SIGN}|[A-Za-z_][\w-]*|[\u4e00-\u9fff]{{1,10}})")


def _listed(said: Said, at: int, accept: Callable[[str], bool]) -> tuple[list[str], int]:
    names: list[str] = []
    end = at
    while True:
        between = _BETWEEN.match(said.rest, at) if names else None
        if names and between is None:
            return names, end
        item = (_HAN_ITEM if said.han else _ITEM).match(said.rest, between.end() if between else at)
        if item is None:
            return names, end
        taken = _longest(said, item[1], accept)
        if not taken:
            return names, end
        names.append(said.text(taken) if re.fullmatch(SIGN, taken) else taken)
        at = end = item.start(1) + len(taken)


def _longest(said: Said, item: str, accept: Callable[[str], bool]) -> str:
    """The longest beginning of an item that is accepted."""
    if re.fullmatch(SIGN, item):
        return item if accept(said.text(item)) else ""
    if re.search(r"[\u4e00-\u9fff]", item):
        return next((item[:end] for end in range(len(item), 0, -1) if accept(item[:end])), "")
    words = item.split(" ")
    ways = (" ".join(words[:count]) for count in range(len(words), 0, -1))
    return next((way for way in ways if accept(way)), "")


def known_in(tables: Sequence[Table]) -> Callable[[str], bool]:
    """Whether a name is that of a column of one of the tables."""
    names = {form for table in tables for name in table.head for form in (plain(name), plain(name).removesuffix("s"))}
    return lambda text: plain(text) in names or (len(plain(text)) > 2 and plain(text).removesuffix("s") in names)
