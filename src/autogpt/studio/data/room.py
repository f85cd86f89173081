"""Room: whether files may be written where a person wants them, so that nothing of theirs is lost."""

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from autogpt.core.errors import UsageError
from autogpt.core.paths import typed


def check_room(
    targets: Sequence[Path], sources: Iterable[str] = (), *, folder: Path | None = None, overwrite: bool = False
) -> None:
    """Let the targets be written, or say why not.

    sources: what is read from: files, folders and URLs. A target that is one of them, or is in one of these folders
    already, is refused even if `overwrite` is said; links, other spellings of a path and, where the disk knows no case,
    other cases count as the same file.
    folder: the one that all targets lie in; it must be missing or empty. overwrite: files may be there already, and
    the targets among them are replaced.
    Raises UsageError for what must not be written.
    """
    there = [target for target in targets if os.path.lexists(target)]
    given = [typed(source) for source in sources]
    for target in there:
        for source in given:
            if _is_in(target, source):
                raise UsageError(f"{str(target)!r} is read from, so it is not written over; choose another name (-o)")
        if target.is_dir():
            raise UsageError(f"{str(target)!r} is a folder, so no file can be written there; choose another name (-o)")
    if folder is not None and os.path.lexists(folder) and not folder.is_dir():
        raise UsageError(f"{str(folder)!r} cannot be written: it is no folder; choose another name (-o)")
    if overwrite:
        return
    if folder is not None and folder.exists() and any(folder.iterdir()):
        raise UsageError(
            f"the folder {str(folder)!r} is not empty; choose another, or say --overwrite to replace files of these "
            f"names in it: {', '.join(target.name for target in targets)}"
        )
    if there:
        raise UsageError(f"{str(there[0])!r} is there already; choose another name, or say --overwrite to replace it")


def check_report(page: Path, sources: Iterable[str] = ()) -> None:
    """Let a diagnosis be written as the HTML file `page` and as JSON beside it: over an earlier one, over nothing else.

    Raises UsageError for what must not be written.
    """
    stem = stem_of(page)
    pair = [stem.with_name(f"{stem.name}.html"), stem.with_name(f"{stem.name}.json")]
    check_room(pair, sources, overwrite=True)
    for path in pair:
        if path.exists() and not _is_report(pair[1]):
            shown = str(path)
            raise UsageError(f"{shown!r} is there already and is no earlier diagnosis; choose another name (-o)")


def stem_of(page: Path) -> Path:
    """What the names of a diagnosis' two files begin with: the page without its ending, if it has one of a page.

    >>> stem_of(Path("a/look.html")).name, stem_of(Path("a/model-1.5")).name
    ('look', 'model-1.5')
    """
    return page.with_suffix("") if page.suffix.lower() in (".html", ".htm", ".json") else page


def _is_report(data: Path) -> bool:
    try:
        found = json.loads(data.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and {"task", "sections"} <= found.keys()


def _is_in(target: Path, source: Path) -> bool:
    """Whether a target that is there is the source, or stands in it."""
    try:
        if source.is_dir():
            real = source.resolve()
            return target.resolve().is_relative_to(real) or (target.parent.resolve() / target.name).is_relative_to(real)
        return source.exists() and target.exists() and target.samefile(source)
    except (OSError, RuntimeError):  # a link that leads nowhere, or in a circle
        return False
