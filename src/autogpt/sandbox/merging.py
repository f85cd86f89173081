"""Three-way merging of snapshots: what leads from one to another, made to a third."""

from autogpt.sandbox.keeping import Item, Keep, Manifest

__all__ = ["merged"]


def merged(keep: Keep, before: Manifest, after: Manifest, here: Manifest) -> tuple[dict[str, Item], tuple[str, ...]]:
    """What `here` becomes by the changes from `before` to `after`, and the paths where that cannot be.

    A path conflicts if it changed here too (and not to the same), if its content is not kept, or if the folder it
    lies in would be gone.
    """
    want = dict(here)
    conflicts: set[str] = set()
    for path in before.keys() | after.keys():
        was, then, now = before.get(path), after.get(path), here.get(path)
        if then in (was, now):
            continue
        if now != was or (then is not None and not _kept(keep, then, now)):
            conflicts.add(path)
        elif then is None:
            del want[path]
        else:
            want[path] = then
    conflicts.update(path for path in want if not _has_place(path, want))
    return want, tuple(sorted(conflicts))


def _kept(keep: Keep, item: Item, now: Item | None) -> bool:
    if item.kind != "file" or (now is not None and (now.kind, now.size, now.what) == (item.kind, item.size, item.what)):
        return item.kind != "other"
    return keep.get(item.what) is not None


def _has_place(path: str, want: Manifest) -> bool:
    above = path.rpartition("/")[0]
    return not above or (above in want and want[above].kind == "folder")
