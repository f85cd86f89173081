"""Sources: the files behind what a person names, each with the split and the class its name and folder speak of."""

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autogpt.core.errors import UsageError
from autogpt.core.paths import typed
from autogpt.studio.data.beside import WORDS, names_labels
from autogpt.studio.data.fetch import MOST, fetch, is_url, scheme_of
from autogpt.studio.report import OnAdvance

SPLITS = ("train", "validation", "test")
TABLES = frozenset({".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet", ".pq", ".arrow"})
CONLL = frozenset({".conll", ".conllu", ".conll2003", ".iob", ".iob2", ".bio", ".bioes", ".ner", ".testa", ".testb"})
TEXTS = frozenset({".txt", ".text", ".md", ".rst"})
CODE = frozenset(
    ".py .pyi .js .ts .tsx .jsx .java .c .h .cc .cpp .hpp .cs .go .rs .rb .php .sh .sql .html .css".split()
)
IMAGES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff"})

Sources = str | Path | Sequence[str | Path] | Mapping[str, str | Path | Sequence[str | Path]]
"""A file, folder or URL; several; or by split: {"train": ..., "test": ...}."""

_WORDS = {
    **dict.fromkeys(("train", "training", "trn", "训练", "训练集"), "train"),
    **dict.fromkeys(("dev", "devel", "development", "valid", "validation", "validate", "val", "testa"), "validation"),
    **dict.fromkeys(("验证", "验证集", "开发", "开发集"), "validation"),
    **dict.fromkeys(("test", "testing", "tst", "heldout", "testb", "测试", "测试集"), "test"),
}
_ASIDE = re.compile(
    r"(?i)(?:readme|licen[cs]e|copying|changelog|authors|citation|notice|dataset_(?:infos?|dict)|state)"
    r"(?:[-_.](?:[a-z]{2}(?:[-_][a-z]{2,4})?|mit|apache|bsd|old))?(?:\.(?:md|rst|txt|html|json|ya?ml|cff|bib))?"
    r"|_?metadata(?:\.\w+)?"
)
"""Whole names: `states.csv` and `license_plates.csv` are data."""
_MOST_FILES = 1_000_000


@dataclass(frozen=True)
class Piece:
    """One file to be read."""

    path: Path
    name: str
    """What messages call it: the path as given, or the URL."""
    split: str = ""
    """What its name, its folder or the person says; empty if nothing does."""
    folder: str = ""
    """The nearest folder inside the source that is no split's: the class, in a tree with a folder for each."""
    root: Path | None = None
    """The folder that was named as the source, in which it was found."""

    @property
    def suffix(self) -> str:
        """Of the file as it is inside a `.gz`."""
        return Path(self.path.name.removesuffix(".gz")).suffix.lower()


def pieces(
    sources: Sources,
    downloads: Path,
    *,
    most: int = MOST,
    private: bool = False,
    on_advance: OnAdvance = lambda advance: None,
) -> Iterator[Piece]:
    """Every file the sources name, in a stable order. URLs are fetched into the folder `downloads`.

    Raises UsageError for what is not there or cannot be fetched, and for a split that is none.
    """
    if isinstance(sources, Mapping):
        for split, named in sources.items():
            purpose = split_of(split)
            if not purpose:
                raise UsageError(f"{split!r} is no split; train, validation and test are")
            for piece in pieces(named, downloads, most=most, private=private, on_advance=on_advance):
                yield replace(piece, split=purpose)
        return
    for number, source in enumerate([sources] if isinstance(sources, str | Path) else sources):
        if isinstance(source, str) and is_url(source):
            folder = downloads / str(number)
            while folder.exists():
                folder = folder.with_name(f"{folder.name}+")
            folder.mkdir(parents=True)
            path = fetch(source, folder, most=most, private=private, on_advance=on_advance)
            yield Piece(path, source, split_of(path.name))
        elif isinstance(source, str) and (scheme := scheme_of(source)):
            if scheme == "file":
                raise UsageError(f"{source!r} is a file of this machine; name it without 'file://'")
            raise UsageError(
                f"{source!r}: only http and https are fetched, not {scheme}; fetch it first and name the file"
            )
        else:
            yield from _local(source)


def from_root(source: str) -> str:
    """The source as a job is told it, which works in no folder of the person's: a file or folder with its whole path.

    Raises UsageError for one that is not there.
    """
    if is_url(source) or scheme_of(source):
        return source
    return str(_there(source).absolute())


def _there(source: str | Path) -> Path:
    path = typed(source)
    try:
        there = path.exists()
    except OSError as error:  # a name that is too long
        raise UsageError(f"{str(source)[:200]!r} names no file: {error.strerror}") from None
    if not there:
        raise UsageError(f"there is no file or folder {str(path)!r}")
    return path


def _local(source: str | Path) -> Iterator[Piece]:
    path = _there(source)
    if path.is_dir():
        found = sorted(_inside(path))
        if not found:
            raise UsageError(f"the folder {str(path)!r} holds no files")
        yield from _paired(_placed(file, path) for file in _chosen(found))
    elif path.is_file():
        yield Piece(path, str(path), split_of(path.name))
    else:
        raise UsageError(f"{str(path)!r} is a pipe or a device, and is read more than once; write it to a file first")


def _inside(folder: Path) -> Iterator[Path]:
    """Files below a folder, without hidden ones, pipes and sockets; links to folders are not followed.

    Raises UsageError for a folder that cannot be opened: what is in it would be missing, and nobody told.
    """

    def fail(error: OSError) -> None:
        raise UsageError(f"the folder {error.filename!r} cannot be read: {error.strerror}") from None

    count = 0
    for root, names, files in os.walk(folder, onerror=fail):
        names[:] = sorted(name for name in names if not name.startswith((".", "__")))
        for file in files:
            if file.startswith(".") or not _readable(Path(root, file)):
                continue
            count += 1
            if count > _MOST_FILES:
                raise UsageError(f"{str(folder)!r} holds more than {_MOST_FILES:,} files")
            yield Path(root, file)


def _readable(path: Path) -> bool:
    """Whether it is a file, or a link that leads nowhere, which is told when it is read."""
    mode = path.lstat().st_mode
    return stat.S_ISREG(mode) or (stat.S_ISLNK(mode) and (path.is_file() or not path.exists()))


def _chosen(files: Sequence[Path]) -> Sequence[Path]:
    """Without what only speaks of the data; where there are tables or CoNLL files, without loose texts."""

    def suffix(path: Path) -> str:
        return Path(path.name.removesuffix(".gz")).suffix.lower()

    kept = [path for path in files if not _ASIDE.fullmatch(path.name)]
    kept = [path for path in kept if not names_labels(path.name)] or kept
    if parallel := [path for path in kept if path.name == WORDS]:
        return parallel
    for kind in (TABLES | CONLL, IMAGES):
        if some := [path for path in kept if suffix(path) in kind]:
            # Of eng.train, eng.testa and eng.testb the first has no ending that says what is in it.
            return some if kind is IMAGES else [path for path in kept if suffix(path) in kind or split_of(suffix(path))]
    known = [path for path in kept if suffix(path) in TEXTS | CODE or not suffix(path)]
    return known or kept


def _placed(path: Path, root: Path) -> Piece:
    folders = path.relative_to(root).parts[:-1]
    split = split_of(path.name) if path.suffix.lower() not in IMAGES else ""
    for name in reversed(folders):
        split = split or split_of(name)
    own = next((name for name in reversed(folders) if not split_of(name)), "")
    return Piece(path, str(path), split, own, root)


_RUN_ON = re.compile(r"(.+)(train|test|dev)", re.IGNORECASE)


def _paired(placed: Iterable[Piece]) -> Iterator[Piece]:
    """With a split for engtrain.bio where engtest.bio is beside it: alone such a name may end so by chance."""
    found = list(placed)
    ends = [_RUN_ON.fullmatch(piece.path.name.partition(".")[0]) for piece in found]
    begins = [end[1] for end in ends if end]
    for piece, end in zip(found, ends, strict=True):
        paired = end is not None and not piece.split and begins.count(end[1]) > 1
        yield replace(piece, split=split_of(end[2])) if paired and end else piece


def split_of(name: str) -> str:
    """The split a name speaks of in any usual spelling ('wnut17train.conll', 'TestData', 'dev-v1.1'), or ''.

    >>> split_of("wnut17train.conll"), split_of("eng.testa"), split_of("valid_set.csv"), split_of("latest.csv")
    ('train', 'validation', 'validation', '')
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    for word in reversed(re.split(r"[\W\d_]+", spaced)):
        bare = re.sub(r"(?:data|set|split|file)$", "", word.lower())
        if found := _WORDS.get(word.lower()) or _WORDS.get(bare):
            return found
    return ""
