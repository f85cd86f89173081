"""What comes of looking at rows and preparing them, where the person wants it: a profile's page, the rows, a mix."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autogpt.studio.data.feed import Feed, Prepared, prepare
from autogpt.studio.data.room import check_room
from autogpt.studio.data.sources import SPLITS
from autogpt.studio.report import Advance, OnAdvance

if TYPE_CHECKING:
    from autogpt.studio.data.profile import Profile


def write_profile(
    feed: Feed, task: str, page: Path | None, on_advance: OnAdvance, *, overwrite: bool = False
) -> "tuple[Profile, Sequence[Path]]":
    """Look at the rows; with `page`, write what was seen there as HTML, and as JSON beside it.

    overwrite: files that are there already are replaced, except what the rows come from.
    Raises UsageError for rows that cannot be read, and for a page that cannot or must not be written.
    """
    from autogpt.studio.data.page import page_files, write_page
    from autogpt.studio.data.profile import profile

    page = page.expanduser() if page else None
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


def _room(task: str, folder: Path, form: str, sources: Sequence[str], overwrite: bool) -> Path:
    """The folder as a path, if it may be written: before hours of reading rather than after them."""
    from autogpt.studio.data.save import check_form

    folder = folder.expanduser()
    check_form(task, form)
    check_room([folder / f"{split}.{form}" for split in SPLITS], sources, folder=folder, overwrite=overwrite)
    return folder
