"""What comes of looking at rows and preparing them, where the person wants it: a profile's page, the rows, a mix."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autogpt.core.errors import UsageError
from autogpt.core.paths import typed
from autogpt.studio.data.feed import Feed, Prepared, prepare
from autogpt.studio.data.room import check_room
from autogpt.studio.data.sources import SPLITS
from autogpt.studio.report import Advance, OnAdvance

if TYPE_CHECKING:
    from autogpt.studio.data.profile import Profile

_OF_FILES = (".jsonl", ".csv", ".tsv", ".json", ".parquet", ".conll")


def write_profile(
    feed: Feed, task: str, page: Path | None, on_advance: OnAdvance, *, overwrite: bool = False
) -> "tuple[Profile, Sequence[Path]]":
    """Look at the rows; with `page`, write what was seen there as HTML, and as JSON beside it.

    overwrite: files that are there already are replaced, except what the rows come from.
    Raises UsageError for rows that cannot be read, and for a page that cannot or must not be written.
    """
    from autogpt.studio.data.page import page_files, write_page
    from autogpt.studio.data.profile import profile

    page = typed(page) if page else None
    if page:
        check_room(page_files(page), feed.named, overwrite=overwrite)  # before hours of reading
    corpus, _ = prepare(feed, task, on_advance=on_advance)
    on_advance(Advance(stage="profile"))
    found = profile(corpus)
    return found, write_page(found, page, overwrite=overwrite) if page else ()


def write_rows(
    feed: Feed, task: str, folder: Path, form: str, on_advance: OnAdvance, *, overwrite: bool = False
) -> tuple[Prepared, Sequence[Path]]:
    """Prepare the rows and write them to the folder, a file for each split. Raises UsageError as `save` does."""
    from autogpt.studio.data.save import save

    folder = _room(task, folder, form, feed.named, overwrite)
    corpus, prepared = prepare(feed, task, on_advance=on_advance)
    return prepared, save(corpus, folder, form, overwrite=overwrite, sources=feed.named)


def write_mix(
    feeds: Sequence[Feed],
    weights: Sequence[float],
    task: str,
    folder: Path,
    form: str,
    on_advance: OnAdvance,
    *,
    seed: int = 0,
    overwrite: bool = False,
) -> tuple[Prepared, Sequence[Path]]:
    """Mix the rows of several feeds (see `mix`) and write them to the folder, a file for each split.

    Raises UsageError for fewer than two, weights that cannot be kept to, and as `save` does.
    """
    from autogpt.studio.data.clean import leakage
    from autogpt.studio.data.save import save
    from autogpt.studio.data.split import mix, taken

    if len(feeds) < 2:
        raise UsageError("a mix is of two sources or more; name them one after the other")
    sources = [source for feed in feeds for source in feed.named]
    folder = _room(task, folder, form, sources, overwrite)
    corpora = [prepare(feed, task, on_advance=on_advance)[0] for feed in feeds]
    mixed = mix(corpora, weights, seed=seed)
    counts = zip((", ".join(feed.named) for feed in feeds), taken(corpora, weights), strict=True)
    told = Prepared(
        assumed=mixed.assumed,
        rows={name: len(rows) for name, rows in mixed.splits.items()},
        rejected=len(mixed.rejected),
        rejected_first=tuple(f"{row.where}: {row.reason}" for row in mixed.rejected[:10]),
        taken=tuple(counts),
        leaks={name: count for name, count in leakage(mixed).items() if count},
    )
    return told, save(mixed, folder, form, overwrite=overwrite, sources=sources)


def _room(task: str, folder: Path, form: str, sources: Sequence[str], overwrite: bool) -> Path:
    """The folder as a path, if it may be written: before hours of reading rather than after them."""
    from autogpt.studio.data.save import check_form

    folder = typed(folder)
    check_form(task, form)
    if folder.suffix.lower() in _OF_FILES and not folder.exists():
        raise UsageError(
            f"{str(folder)!r} is named like a file; -o names a folder, in which each split gets a file of its own"
        )
    check_room([folder / f"{split}.{form}" for split in SPLITS], sources, folder=folder, overwrite=overwrite)
    return folder
