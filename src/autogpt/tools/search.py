"""The tool that finds files by name and lines by text or regular expression."""

import fnmatch
import json
import re
import sys
from collections.abc import Iterator

import anyio
import anyio.to_thread

from autogpt.core.contracts import FileEntry, Workspace
from autogpt.core.errors import ToolError
from autogpt.tools.files import READS, UNLISTED
from autogpt.tools.here import Here
from autogpt.tools.text import decode
from autogpt.tools.tool import tool

_HITS = 100
_FILE_MOST = 2_000_000
_ALL_MOST = 20_000_000
"""Bytes of all searched files together."""
_PATTERN_MOST = 500
_SECONDS = 5.0
_SHOWN = 200
"""Characters of a line that are shown."""

# A regular expression can take exponential time and cannot be interrupted from within, so it is matched in a process
# of its own, which has limits and is killed when its time is over. No code of the model's runs there.
_MATCHER = """
import json, re, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (15, 15))
asked = json.load(sys.stdin)
pattern, hits = re.compile(asked["pattern"]), []
for path, text in asked["files"]:
    for number, line in enumerate(text.split("\\n"), 1):
        if pattern.search(line):
            hits.append((path, number, line[: asked["shown"]]))
            if len(hits) > asked["most"]:
                break
    if len(hits) > asked["most"]:
        break
json.dump(hits, sys.stdout)
"""

Hit = tuple[str, int, str]


@tool(effects=READS, exact=True)
async def find(here: Here, text: str = "", name: str = "*", regex: bool = False) -> str:
    """Find lines that hold a text, in all files; without a text, find files by name.

    text: what to look for; letter case does not count
    name: only files whose name or path fits, such as *.py
    regex: the text is a Python regular expression
    """
    if max(len(text), len(name)) > _PATTERN_MOST:
        raise ToolError(f"`text` and `name` may have {_PATTERN_MOST} characters at most")
    entries = await anyio.to_thread.run_sync(here.workspace.list)
    files = [entry for entry in entries if entry.kind == "file" and _fits(entry.path, name or "*")]
    if not text:
        return _names(files, name)
    if regex:
        _check(text)
        sources, skipped = await anyio.to_thread.run_sync(_sources, here.workspace, files)
        hits = await _match(text, sources)
    else:
        hits, skipped = await anyio.to_thread.run_sync(_plain, here.workspace, files, text)
    told = [f"{path}:{number}: {line}" for path, number, line in hits[:_HITS]]
    if len(hits) > _HITS:
        told.append(f"[more than {_HITS} lines fit; give a longer text, or a name]")
    if skipped:
        told.append(f"[files not searched, as binary, very large, or beyond 20 MB in all: {skipped}]")
    if not hits:
        told.insert(0, f"no line holds {text[:80]!r} in {len(files) - skipped} files")
    return "\n".join(told)


def _fits(path: str, name: str) -> bool:
    if not UNLISTED.isdisjoint(path.split("/")[:-1]):
        return False
    return fnmatch.fnmatchcase(path, name) or fnmatch.fnmatchcase(path.rpartition("/")[2], name)


def _names(files: list[FileEntry], name: str) -> str:
    if not files:
        return f"no file is named {name!r}"
    more = f"\n[and {len(files) - _HITS} more]" if len(files) > _HITS else ""
    return "\n".join(entry.path for entry in files[:_HITS]) + more


def _texts(workspace: Workspace, files: list[FileEntry]) -> Iterator[tuple[str, str] | None]:
    """Path and text of each file; None for one that is not searched."""
    room = _ALL_MOST
    for entry in files:
        if entry.size > min(room, _FILE_MOST):
            yield None
            continue
        try:
            data = workspace.read(entry.path, _FILE_MOST)
        except ToolError:  # gone or replaced since it was listed
            yield None
            continue
        room -= len(data)
        text = decode(data)
        yield (entry.path, text.value) if text is not None else None


def _sources(workspace: Workspace, files: list[FileEntry]) -> tuple[list[tuple[str, str]], int]:
    found = list(_texts(workspace, files))
    sources = [source for source in found if source is not None]
    return sources, len(found) - len(sources)


def _plain(workspace: Workspace, files: list[FileEntry], text: str) -> tuple[list[Hit], int]:
    wanted, hits, skipped = text.casefold(), list[Hit](), 0
    for source in _texts(workspace, files):
        if source is None:
            skipped += 1
            continue
        path, content = source
        if "\n" in wanted:
            at = content.casefold().find(wanted)
            if at >= 0:
                number = content.casefold().count("\n", 0, at) + 1
                hits.append((path, number, content.split("\n")[number - 1][:_SHOWN]))
        else:
            for number, line in enumerate(content.split("\n"), 1):
                if wanted in line.casefold():
                    hits.append((path, number, line[:_SHOWN]))
                    if len(hits) > _HITS:
                        return hits, skipped
    return hits, skipped


def _check(pattern: str) -> None:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ToolError(f"{pattern[:80]!r} is not a regular expression: {error}") from None


async def _match(pattern: str, sources: list[tuple[str, str]]) -> list[Hit]:
    asked = json.dumps({"pattern": pattern, "files": sources, "most": _HITS, "shown": _SHOWN})
    command = [sys.executable, "-I", "-S", "-c", _MATCHER]
    with anyio.move_on_after(_SECONDS):
        done = await anyio.run_process(command, input=asked.encode(), check=False, env={})
        if done.returncode == 0:
            return [(path, number, line) for path, number, line in json.loads(done.stdout)]
    raise ToolError(f"the regular expression took more than {_SECONDS:.0f} s or too much memory; give a simpler one")
