"""Keeps artifacts (files worth keeping, full outputs) by the SHA-256 of their content."""

import errno
import hashlib
import os
import re
import secrets
from pathlib import Path

from autogpt.core.errors import JournalError, UsageError

__all__ = ["Blobs"]


class Blobs:
    """Contents in files `root/ab/abcd...`, each written once and never changed."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, content: bytes) -> str:
        """Keep the bytes; returns their SHA-256 in hexadecimal. On disk, whole, when this returns.

        Raises JournalError where they cannot be written, for example because the disk is full.
        """
        name = hashlib.sha256(content).hexdigest()
        place = self._place(name)
        temp = place.with_name(f".{name[:16]}-{secrets.token_hex(4)}.tmp")
        try:
            if place.is_file() and place.stat().st_size == len(content):
                return name
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                with temp.open("xb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                temp.rename(place)
            finally:
                temp.unlink(missing_ok=True)
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            reason = "the disk is full; free some space and resume" if full else error.strerror
            raise JournalError(
                f"an artifact of {len(content):,} bytes cannot be kept in {str(self._root)!r}: {reason}"
            ) from None
        return name

    def get(self, sha256: str) -> bytes:
        """The bytes, verified. Raises UsageError if they are not kept here, JournalError if they are damaged."""
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise UsageError(f"{sha256!r} is not the SHA-256 of an artifact")
        try:
            content = self._place(sha256).read_bytes()
        except FileNotFoundError:
            raise UsageError(f"artifact {sha256} is not kept in {str(self._root)!r}") from None
        except OSError as error:
            raise JournalError(f"artifact {sha256} cannot be read: {error.strerror}") from None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise JournalError(f"artifact {sha256} is damaged on disk; remove {str(self._place(sha256))!r}")
        return content

    def _place(self, sha256: str) -> Path:
        return self._root / sha256[:2] / sha256
