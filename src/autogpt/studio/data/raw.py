"""Raw rows: what a file holds, before it is known which column is which."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from autogpt.studio.corpus import Rejected


@dataclass(frozen=True, slots=True)
class Raw:
    line: int
    """Where the row begins, counted from 1; its number in files without lines."""
    values: Mapping[str, object]


@dataclass(frozen=True)
class Rows:
    """The rows of one file, read as they are asked for."""

    rows: Iterator[Raw | Rejected]
    names: tuple[str, ...] = ()
    """The columns, where all rows have the same ones."""
    headed: bool = True
    """Whether the file itself names its columns; else they are called "1", "2", ..."""
    sample: tuple[Mapping[str, object], ...] = ()
    """The first rows, from which columns are guessed where they have no names."""
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Names of the classes that integers in a column stand for."""
