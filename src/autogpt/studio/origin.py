"""Origin: what a model learned from, as its card keeps it, without the folders of whoever trained it."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit, urlunsplit

from autogpt.studio.checkpoint import Checkpoint, Lesson, Source, sha256_of
from autogpt.studio.corpus import Corpus

if TYPE_CHECKING:
    from datasets import Dataset

_MOST_FILES = 20
"""Files that are told one by one; of more, the folders they lie in."""


def learned(corpus: Corpus) -> Lesson:
    """What a training on the corpus learns from: its files with their hashes, its rows by split."""
    train = corpus.splits.get("train")
    return Lesson(
        task=corpus.task,
        sources=tuple(_sources(corpus.sources)),
        rows={split: len(rows) for split, rows in corpus.splits.items()},
        sha256=_sha256(train) if train is not None else "",
    )


def licence_of(folder: Path) -> str:
    """The licence that a Hugging Face folder states in the header of its README.md; empty if it states none."""
    try:
        text = (folder / "README.md").read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
    header = re.match(r"---\n(.*?)\n---", text, re.DOTALL)
    found = re.search(r"(?m)^license:[ \t]*([\w.+-]+)[ \t]*$", header[1]) if header else None
    return found[1] if found else ""


def handed_on(checkpoint: Checkpoint) -> Checkpoint:
    """The card as others may read it: names in the place of this machine's folders."""
    recipe = checkpoint.recipe
    if recipe:
        options = {name: _name(value) if isinstance(value, str) else value for name, value in recipe.options.items()}
        recipe = recipe.model_copy(update={"base": _name(recipe.base), "options": options})
    return checkpoint.model_copy(update={"base": _name(checkpoint.base), "recipe": recipe})


def _name(value: str) -> str:
    return Path(value).name if Path(value).is_absolute() else value


def _sources(names: Sequence[str]) -> Iterator[Source]:
    files = [Path(name) for name in names if not _is_url(name)]
    if len(files) <= _MOST_FILES:
        for path in files:
            if path.is_file():
                yield Source(name=path.name, bytes=path.stat().st_size, sha256=sha256_of(path))
            else:
                yield Source(name=path.name)
    else:
        folders: dict[Path, list[Path]] = {}
        for path in files:
            folders.setdefault(path.parent, []).append(path)
        for folder, inside in folders.items():
            there = sorted(path for path in inside if path.is_file())
            digest = hashlib.sha256("".join(f"{path.name} {sha256_of(path)}\n" for path in there).encode())
            size = sum(path.stat().st_size for path in there)
            yield Source(name=f"{folder.name}/", files=len(inside), bytes=size, sha256=digest.hexdigest())
    for name in names:
        if _is_url(name):
            parts = urlsplit(name)
            yield Source(name=urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", "")))


def _is_url(name: str) -> bool:
    return name.startswith(("http://", "https://"))


def _sha256(rows: "Dataset") -> str:
    """Of the rows as JSON, one a line; images by the names of their files."""
    digest = hashlib.sha256()
    for row in cast(Iterator[Mapping[str, Any]], rows):
        told = {name: Path(value).name if name == "image" else value for name, value in row.items()}
        digest.update(json.dumps(told, sort_keys=True, ensure_ascii=False, default=str).encode() + b"\n")
    return digest.hexdigest()
