"""A run's journal as one JSON value, to be moved and read elsewhere; what comes back is verified."""

from collections.abc import Sequence

from pydantic import JsonValue, ValidationError

from autogpt.core.errors import JournalError
from autogpt.core.event import Entry
from autogpt.core.schema import Value, canonical_json
from autogpt.store.journal import Kept, verify

__all__ = ["FORMAT", "VERSION", "export_json", "import_json"]

FORMAT = "autogpt-run"
VERSION = 1


class _Line(Value):
    run_id: str
    seq: int
    at: str
    event: dict[str, JsonValue]
    hash: str


class _Journal(Value):
    format: str
    version: int
    entries: tuple[_Line, ...]


def export_json(entries: Sequence[Entry]) -> JsonValue:
    """The entries as one JSON value; `import_json` reads it back."""
    told: list[JsonValue] = [entry.model_dump(mode="json", by_alias=True) for entry in entries]
    return {"format": FORMAT, "version": VERSION, "entries": told}


def import_json(value: JsonValue) -> tuple[Entry, ...]:
    """Read an exported journal, from its start. Raises JournalError for anything that is not a whole, unchanged one."""
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise JournalError(f'this is no exported run: it has no "format": "{FORMAT}"')
    version = value.get("version")
    if version != VERSION:
        raise JournalError(f"the exported run has format {version!r}, this version reads {VERSION}: upgrade autogpt")
    try:
        lines = _Journal.model_validate(value).entries
    except ValidationError as error:
        told = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in told["loc"])
        raise JournalError(f"the exported run is damaged at {where}: {told['msg']}") from None
    if not lines:
        raise JournalError("the exported run holds no entry")
    run_id = lines[0].run_id
    if any(line.run_id != run_id for line in lines):
        raise JournalError(f"the exported run {run_id!r} holds entries of another run")
    return verify(run_id, [_kept(line) for line in lines])


def _kept(line: _Line) -> Kept:
    kind = line.event.get("kind")
    return Kept(line.seq, line.at, kind if isinstance(kind, str) else "", canonical_json(line.event), line.hash)
