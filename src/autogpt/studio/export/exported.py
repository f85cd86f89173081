"""What an export came to: the files, and what was checked of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from autogpt.core.schema import JsonValue, Value
from autogpt.studio.checkpoint import sha256_of


class Finding(Value):
    """One thing that was checked, with its numbers."""

    name: str
    """'tokenizer', 'answers', 'outputs', ..."""
    ok: bool
    said: str
    """What came out, as a sentence."""
    numbers: Mapping[str, JsonValue] = {}


class Exported(Value):
    """What lies on the disk after an export."""

    form: str
    """'hf', 'onnx', 'gguf' or 'adapter', or the name of a plug-in's form."""
    quant: str = ""
    target: Path
    paths: tuple[Path, ...]
    sizes: tuple[int, ...]
    """Bytes of each path."""
    sha256: tuple[str, ...]
    """SHA-256 of each path, in hexadecimal."""
    checks: tuple[Finding, ...] = ()

    @property
    def bytes(self) -> int:
        return sum(self.sizes)


def describe(form: str, target: Path, paths: Sequence[Path], checks: Sequence[Finding], *, quant: str = "") -> Exported:
    """Measure and hash what was written."""
    return Exported(
        form=form,
        quant=quant,
        target=target,
        paths=tuple(paths),
        sizes=tuple(path.stat().st_size for path in paths),
        sha256=tuple(sha256_of(path) for path in paths),
        checks=tuple(checks),
    )
