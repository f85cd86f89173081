"""What is to be done to files, in full: which go where, which are copied, made, deleted, and what becomes of texts."""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from autogpt.agent.reading.everyday.forms import Form
from autogpt.agent.reading.everyday.marks import Marked
from autogpt.agent.reading.everyday.picking import Pick, chosen
from autogpt.agent.reading.everyday.trees import Tree
from autogpt.core.contracts import FileHead
from autogpt.core.schema import Value


class Edit(Value):
    """A change of texts: what is done to which, and the file it goes to, or each in its place."""

    ops: tuple[tuple[str, ...], ...]
    """As in `agent/programs/inside/textwork.py`: the name of an operation and what it needs."""
    sources: tuple[str, ...]
    target: str = ""
    between: str | None = None
    """What stands between texts that are joined; None where none are."""
    heads: tuple[str, ...] = ()
    """The headings of texts that are joined."""


class Deeds(Value):
    """What a clause, or a whole goal, has done to files."""

    moves: tuple[tuple[str, str], ...] = ()
    copies: tuple[tuple[str, str], ...] = ()
    removes: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()
    notes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Lists of what was done: the new file and its lines."""
    clear: tuple[str, ...] = ()
    """Folders that are to go as empty ones; '' for all that hold nothing."""

    def __add__(self, other: "Deeds") -> "Deeds":
        return Deeds(
            moves=self.moves + other.moves,
            copies=self.copies + other.copies,
            removes=self.removes + other.removes,
            folders=tuple(dict.fromkeys(self.folders + other.folders)),
            edits=self.edits + other.edits,
            notes=self.notes + other.notes,
            clear=self.clear + other.clear,
        )

    @property
    def touched(self) -> frozenset[str]:
        """The files that no longer are as they were, or where they were."""
        gone = (*(old for old, _ in self.moves), *self.removes)
        return frozenset((*gone, *(path for edit in self.edits if not edit.target for path in edit.sources)))


class Said(NamedTuple):
    """What the clauses before have said, to which 'there', 'them' and 'the rest' point back."""

    verb: str = ""
    folder: str = ""
    """The folder that was made or named last."""
    form: tuple[str, str] = ("", "")
    """The files that have dates in their names, in the goal's words, and the form of these dates."""
    deeds: Deeds = Deeds()


class Ground(NamedTuple):
    """What a clause is read against."""

    goal: Marked
    files: Sequence[FileHead]
    spared: frozenset[str] = frozenset()
    """Files that the goal says are to stay as they are."""
    rest_stays: bool = False
    """Whether the goal says that what it does not speak of stays as it is."""
    deep: bool = False
    """Whether the clause says that files in subfolders are meant as well."""
    flat: bool = False
    """Whether the goal says that they are not."""
    tree: Tree = ""
    """Whether files that go elsewhere keep their subfolders."""
    form: Form | None = None
    """How the names of the files are made, where the goal tells."""

    def choose(
        self, pick: Pick, used: frozenset[str] = frozenset(), *, deep: bool, beside: str = ""
    ) -> list[FileHead] | None:
        """As `chosen`, without the files that are to stay as they are."""
        exact = any(test.rule == "exact" for test in pick.tests)
        files = self.files if exact else [file for file in self.files if file.path not in self.spared]
        pick = pick._replace(deep=True) if self.deep and pick.deep is None else pick
        pick = pick._replace(deep=False) if self.flat and pick.deep is None else pick
        return chosen(pick, files, used, deep=deep, beside=beside)

    @property
    def paths(self) -> frozenset[str]:
        """The paths of all files."""
        return frozenset(file.path for file in self.files)

    @property
    def folders(self) -> frozenset[str]:
        """The paths of all folders that hold files."""
        return frozenset(str(parent) for path in self.paths for parent in PurePosixPath(path).parents) - {"."}
