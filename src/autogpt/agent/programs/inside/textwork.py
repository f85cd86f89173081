"""Work on files that a goal says in full: texts changed line by line, files moved, copied and deleted.

Runs inside the sandbox. All texts are made before the first file is touched; what is not plain stops the whole work.
"""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

Ops = Sequence[Sequence[str]]


class Unclear(Exception):
    """The text is such that what was asked for could mean several things."""


def worked(text: str, ops: Ops) -> str:
    """The text after the operations, with the line ends and the byte order mark that it had."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    end = "\r\n" if "\r\n" in text else "\n"
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if "\r" in text:
        raise Unclear("line ends of two kinds")
    ended = text.endswith("\n")
    for op, *args in ops:
        if op == "replace":
            text = replaced(text, *args)
        elif op in ("upper", "lower"):
            text = text.upper() if op == "upper" else text.lower()
        else:
            lines = lined(text.removesuffix("\n").split("\n") if text else [], op, args)
            text = "\n".join(lines) + ("\n" if lines and ended else "")
    return mark + text.replace("\n", end)


def lined(lines: list[str], op: str, args: Sequence[str]) -> list[str]:
    """The lines after one operation."""
    count = int(args[0]) if args and args[0].isdigit() else 0
    match op:
        case "sort":
            return ordered(lines, *args)
        case "unique":
            if len({line.strip().casefold() for line in lines}) < len(set(lines)):
                raise Unclear("lines that differ in blanks or case only")
            if lines.count("") > 1:
                raise Unclear("several empty lines")
            return list(dict.fromkeys(lines))
        case "blank":
            return [line for line in lines if line.strip()]
        case "trailing":
            return [line.rstrip(" \t\u3000\u00a0") for line in lines]
        case "reverse":
            return lines[::-1]
        case "first":
            return lines[:count]
        case "last":
            return lines[-count:]
        case "without first":
            return lines[count:]
        case "without last":
            return lines[:-count]
        case "number":
            return numbered(lines, *args)
        case "with":
            return [line for line in lines if args[0] in line]
        case _:
            raise Unclear(op)


def ordered(lines: list[str], mode: str, way: str, fold: str = "fold") -> list[str]:
    """The lines in order: 'alpha' or 'number', 'up' or 'down'; 'fold' where capitals count as small letters."""
    if any(not line.strip() for line in lines):
        raise Unclear("empty lines")
    if mode == "number":
        try:
            return sorted(lines, key=float, reverse=way == "down")
        except ValueError:
            raise Unclear("lines that are no numbers") from None
    if any(not line.isascii() for line in lines) or any(line != line.strip() for line in lines):
        raise Unclear("no alphabetical order for these lines")
    if all(re.fullmatch(r"-?\d+(?:\.\d+)?", line) for line in lines) and mode != "text":
        raise Unclear("numbers")
    return sorted(lines, key=str.casefold if fold == "fold" else None, reverse=way == "down")


def numbered(lines: list[str], first: str, joint: str) -> list[str]:
    """The lines with numbers before them, as wide as the first one."""
    if any(not line.strip() for line in lines):
        raise Unclear("empty lines")
    width = len(first) if first.startswith("0") else 0
    return [f"{number:0{width}d}{joint}{line}" for number, line in enumerate(lines, start=1)]


def replaced(text: str, old: str, new: str, whole: str = "") -> str:
    """The text with one text for another. Where the old one stands within longer words it is not plain, unless both are
    ways to spell one word: then it is one in the longer words, too."""
    pattern = re.escape(old)
    if whole:
        return re.sub(rf"(?<!\w){pattern}(?!\w)", lambda _: new, text)
    before = r"(?<![A-Za-z0-9_])" if re.match(r"[A-Za-z0-9_]", old) else ""
    after = r"(?![A-Za-z0-9_])" if re.search(r"[A-Za-z0-9_]$", old) else ""
    apart = len(re.findall(before + pattern + after, text))
    if apart < text.count(old) and not alike(old, new):
        raise Unclear(f"{old!r} within longer words")
    if len(re.findall(pattern, text, re.I)) > text.count(old):
        raise Unclear(f"{old!r} in capital and in small letters")
    return text.replace(old, new)


def alike(old: str, new: str) -> bool:
    """Whether two words are spellings of one: the same beginning, and much the same letters."""
    same = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    return same >= 3 and old.isalpha() and new.isalpha() and abs(len(old) - len(new)) <= 2 and same * 2 >= len(old)


def joined(texts: Sequence[str], between: str, heads: Sequence[str] = ()) -> str:
    """The texts one after the other, each on lines of its own, and below its heading where there are such."""
    parts = [text.removeprefix("\ufeff").replace("\r\n", "\n") for text in texts]
    parts = [f"{head}\n{part}" for head, part in zip(heads, parts, strict=True)] if heads else parts
    return between.join(part if part.endswith("\n") or not part else part + "\n" for part in parts)


def main(
    moves: Sequence[tuple[str, str]],
    copies: Sequence[tuple[str, str]],
    removes: Sequence[str],
    folders: Sequence[str],
    edits: Sequence[tuple[Ops, Sequence[str], str, str | None, Sequence[str]]],
    notes: Sequence[tuple[str, Sequence[str]]] = (),
    clear: Sequence[str] = (),
) -> None:
    """Do all of it. An edit: operations, sources, the target ('' for each in its place), what stands between texts
    that are joined (None where none are), and their headings. A note: a new file and its lines. Cleared are folders
    that are empty then ('' for all of them, hidden ones left out)."""
    made: list[tuple[str, str]] = []
    for ops, sources, target, between, heads in edits:
        texts = [Path(path).read_bytes().decode("utf-8") for path in sources]
        if between is not None:
            made.append((target, worked(joined(texts, between, heads), ops)))
        else:
            made += [(target or path, worked(text, ops)) for path, text in zip(sources, texts, strict=True)]
    made += [(target, "".join(f"{line}\n" for line in lines)) for target, lines in notes]
    clash = [new for _, new in (*moves, *copies) if Path(new).exists()]
    if clash:
        raise SystemExit(f"there already: {clash}")
    for folder in folders:
        Path(folder).mkdir(parents=True, exist_ok=True)
    for old, new in copies:
        Path(new).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(old, new)
    for old, new in moves:
        Path(new).parent.mkdir(parents=True, exist_ok=True)
        Path(old).rename(new)
    for path in removes:
        Path(path).unlink()
    for path, text in made:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(text.encode("utf-8"))
        print(path, "written")
    for folder in clear:
        emptied(Path(folder))


def emptied(folder: Path) -> None:
    """Remove a folder if it holds nothing; of the one the work is done in, all folders in it that hold nothing."""
    inner = sorted(folder.rglob("*"), reverse=True) if folder == Path() else [folder]
    for path in inner:
        hidden = any(part.startswith(".") for part in path.parts)
        if not hidden and path.is_dir() and not path.is_symlink() and not any(path.iterdir()):
            path.rmdir()
