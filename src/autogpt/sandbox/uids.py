"""The unprivileged uids that code runs as when we are root."""

import socket
import threading

from autogpt.core.errors import SandboxUnavailable

FIRST_UID = 60_000
_COUNT = 500


class Uids:
    """Hands them out, so that no two sandboxes on the machine share a count of processes.

    A uid is claimed by an abstract socket of its name: the kernel gives it back when our process ends, however.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._claims: dict[int, socket.socket] = {}

    def take(self) -> int:
        """The lowest that is free. Raises SandboxUnavailable if all 500 are taken."""
        with self._lock:
            for uid in range(FIRST_UID + 1, FIRST_UID + _COUNT):
                if uid not in self._claims and (claim := _claim(uid)):
                    self._claims[uid] = claim
                    return uid
        raise SandboxUnavailable(f"{_COUNT} sandboxes are running already on this machine; wait for one to end")

    def give_back(self, uid: int) -> None:
        with self._lock:
            self._claims.pop(uid).close()


def _claim(uid: int) -> socket.socket | None:
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        claim.bind(f"\0autogpt-sandbox-uid-{uid}")
    except OSError:
        claim.close()
        return None
    return claim
