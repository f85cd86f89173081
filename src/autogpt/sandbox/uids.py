"""The unprivileged uids that code runs as when we are root."""

import threading

from autogpt.core.errors import SandboxUnavailable

FIRST_UID = 60_000
_COUNT = 500


class Uids:
    """Hands them out, so that two sandboxes do not share a count of processes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: set[int] = set()

    def take(self) -> int:
        """The lowest that is free. Raises SandboxUnavailable if all 500 are taken."""
        with self._lock:
            uid = next((uid for uid in range(FIRST_UID, FIRST_UID + _COUNT) if uid not in self._taken), None)
            if uid is None:
                raise SandboxUnavailable(f"{_COUNT} sandboxes are running already; wait for one to end")
            self._taken.add(uid)
            return uid

    def give_back(self, uid: int) -> None:
        with self._lock:
            self._taken.discard(uid)
