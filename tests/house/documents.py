"""Reads the documents: their fenced blocks, and the commands in those."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("examples/**/*.md")])

_BLOCK = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.M | re.S)
_CODE = re.compile(r"\s+# exits (\d+)$")


@dataclass(frozen=True)
class Command:
    line: str
    code: int
    output: str
    """What the document says it prints; '…' stands for any text in a line, or for any lines."""

    def is_told(self, output: str) -> bool:
        """Whether the output holds what the document says."""
        wanted = [
            r"(?:.*\n)*?" if line.strip() == "…" else re.escape(line).replace("…", ".*") + r"[ ]*\n"
            for line in self.output.splitlines()
        ]
        return re.search("^" + "".join(wanted), output + "\n", re.M) is not None


def blocks(path: Path, *languages: str) -> list[str]:
    """The bodies of the fenced blocks in these languages."""
    return [body for language, body in _BLOCK.findall(path.read_text("utf-8")) if language in languages]


def commands(path: Path) -> Iterator[Command]:
    """The commands of the ```console blocks: lines that begin with '$ ', each with its output below it."""
    for body in blocks(path, "console"):
        for part in re.split(r"^\$ ", body, flags=re.M)[1:]:
            line, _, output = part.partition("\n")
            while line.endswith("\\"):
                more, _, output = output.partition("\n")
                line = f"{line[:-1]}{more}"
            code = _CODE.search(line)
            yield Command(_CODE.sub("", line), int(code[1]) if code else 0, output.rstrip("\n"))
