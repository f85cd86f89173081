"""Takes back the last steps of a finished run, and not what a person did in the folder since."""

from collections.abc import Sequence

from autogpt.core.contracts import Workspace
from autogpt.core.errors import UsageError
from autogpt.core.event import Entry, Turned
from autogpt.runs.fork import state_after, state_before


def take_back(
    place: Workspace, run_id: str, entries: Sequence[Entry], first: str, steps: int, force: bool
) -> tuple[str, tuple[str, ...]]:
    """Put the folder back to before the last `steps`; returns the snapshot of then, and the paths that changed.

    first: the snapshot before the run. force: also where a file that the steps changed was changed again since, and
    remove what was made since. Raises UsageError for steps that the run does not have, and without `force` for such
    files; nothing is then changed.
    """
    count = sum(isinstance(entry.event, Turned) for entry in entries)
    if not 1 <= steps <= max(count, 1):
        raise UsageError(f"--steps must be from 1 to {max(count, 1)}, as many as run {run_id!r} has")
    before = state_before(entries, count - steps + 1, first)[1] if steps < count else first
    after = state_after(entries, first)
    if force or not place.changes(after, place.snapshot()):
        return before, place.restore(before)
    merged = place.merge(after, before)
    if merged.conflicts:
        some = ", ".join(merged.conflicts[:5])
        raise UsageError(
            f"nothing was put back, because {some} changed since the run was over; move what is yours away first, or "
            f"lose it: autogpt undo {run_id} --force"
        )
    return before, merged.changed
