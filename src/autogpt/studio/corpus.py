"""Corpus: rows to learn from in the columns their task names, split by purpose, with what had to be left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autogpt.core.schema import Value

if TYPE_CHECKING:
    from datasets import Dataset


class Rejected(Value):
    """A row that could not be used, and where it stands."""

    file: str
    line: int
    """Counted from 1; 0 where the file has no lines."""
    reason: str

    @property
    def where(self) -> str:
        """File and line; the file alone where it has none."""
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True)
class Corpus:
    """Rows with the columns `COLUMNS[task]`, all of one type in each split; other columns are dropped.

    splits: "train", "validation", "test", as far as there are such rows.
    labels: the class names in a fixed order; for token classification the BIO tags, "O" first; empty where a task has
    no labels. A label's position is its id in the network.
    """

    task: str
    splits: "Mapping[str, Dataset]"
    labels: tuple[str, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    sources: tuple[str, ...] = field(default_factory=tuple)
    """Files and URLs the rows came from."""
    assumed: Mapping[str, str] = field(default_factory=dict[str, str])
    """The encoding of those files whose content alone spoke for it."""
