"""Checks for goals that speak of many files at once: 'rename all .txt files to .md', 'delete every .log in data'."""

import builtins
import keyword
import re
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from autogpt.agent.legible import legible
from autogpt.agent.reading.mentions import is_test
from autogpt.agent.reading.orders import ordered
from autogpt.agent.reading.regression import MENDS_IT
from autogpt.agent.reading.restyle import restyled
from autogpt.core.check import Check, FileAbsent, FileContains, FileUnchanged, PythonHolds
from autogpt.core.contracts import FileHead

_ENDING = r"[`\"'“]?\*?\.(?P<{0}>[A-Za-z0-9]{{1,6}})[`\"'”]?"
_FOLDER = r"(?:the\s+)?(?:folder|directory)?\s*[`\"'“]?(?P<{0}>[\w.\u4e00-\u9fff-]+(?:/[\w.\u4e00-\u9fff-]+)*)/?[`\"'”]?\s*(?:folder|directory)?"
_SO_THAT = (
    r"\s*(?:\b(?:so|that|they|it|all|now|have|has|get|the|their|its|endings?|extensions?|suffix|end|in|instead|of|files?|names?|"
    r"should|must|be|changed|from|a)\s+)*?(?:from\s+[`\"'“]?\*?\.[A-Za-z0-9]{1,6}[`\"'”]?\s+)?"
)
"""What may stand between the files and their new ending; any other word may mean fewer files."""
_RENAME_EN = re.compile(
    r"\b(?:rename|change)\s+(?:all|every|each)\s+(?:of\s+)?(?:the\s+)?" + _ENDING.format("old") + r"(?:\s*files?)?\s*"
    r"(?:(?:in|under|inside)\s+" + _FOLDER.format("folder") + r")?" + _SO_THAT + r"\b(?:to|end in|into|with)\s*"
    r"(?:the\s+ending\s+)?" + _ENDING.format("new") + r"(?![\w-])",
    re.I,
)
_EXTENSION_EN = re.compile(
    r"\b(?:change|set|switch)\s+the\s+(?:file\s+)?(?:name\s+)?(?:extensions?|endings?|suffix(?:es)?)\s+of\s+(?:all|every|each)\s+(?:of\s+)?"
    r"(?:the\s+)?"
    + _ENDING.format("old")
    + r"(?:\s*files?)?\s*(?:(?:in|under|inside)\s+"
    + _FOLDER.format("folder")
    + r"\s*)?"
    r"\bto\s*" + _ENDING.format("new") + r"(?![\w-])|"
    r"\bgive\s+(?:all|every|each)\s+(?:of\s+)?(?:the\s+)?" + _ENDING.format("old2") + r"\s*files?\s*"
    r"(?:(?:in|under|inside)\s+"
    + _FOLDER.format("folder2")
    + r"\s*)?\bthe\s+(?:file\s+)?(?:extension|ending|suffix)\s*"
    + _ENDING.format("new2")
    + r"(?![\w-])",
    re.I,
)
_RENAME_ZH = re.compile(
    r"(?:把|将)?(?:[`\"'“]?(?P<folder>(?!所有|全部)[\w.\u4e00-\u9fff/-]{1,60}?)[`\"'”]?\s*(?:文件夹|目录)?"
    r"(?:[（(][^）)\n]{1,20}[）)])?(?:里|中|下)?(?:面)?的?)?"
    r"(?:所有|全部)?(?:的)?\s*"
    + _ENDING.format("old")
    + r"\s*(?:结尾|格式)?(?:的)?文件(?:名)?(?:都|全部|统一)?(?:的)?(?:后缀|扩展名|结尾)?(?:名)?(?:都|全部|统一)?"
    r"(?:改成|改为|改名为|重命名为|后缀为|换成)\s*" + _ENDING.format("new")
)
_DELETE_EN = re.compile(
    r"\b(?:delete|remove)\s+(?:all|every|each)\s+(?:of\s+)?(?:the\s+)?" + _ENDING.format("old") + r"\s*files?"
    r"(?:\s*(?:in|under|inside|from)\s+" + _FOLDER.format("folder") + r")?",
    re.I,
)
_DELETE_ZH = re.compile(
    r"(?:把|将)\s*[`\"'“]?(?P<folder>[\w.\u4e00-\u9fff/-]{1,60}?)[`\"'”]?\s*(?:文件夹|目录)?(?:[（(][^）)\n]{1,20}[）)])?(?:里|中|下)(?:面)?(?:的)?(?:所有|全部)(?:的)?\s*"
    + _ENDING.format("old")
    + r"\s*文件(?:都|全部)?(?:删掉|删除|删去|移除)|"
    r"(?:删除|删掉)\s*[`\"'“]?(?P<folder2>[\w.\u4e00-\u9fff/-]{1,60}?)[`\"'”]?\s*(?:文件夹|目录)?(?:[（(][^）)\n]{1,20}[）)])?(?:里|中|下)(?:面)?(?:的)?(?:所有|全部)(?:的)?\s*"
    + _ENDING.format("old2")
    + r"\s*文件"
)
REST = re.compile(
    r"(?:leave|keep)\s+(?:everything|all|anything|the)\s*(?:else|others?|other files|rest)|nothing else|"
    r"do(?:n't| not) (?:touch|change|modify) (?:anything|any other|other|the other)|其他(?:的)?(?:文件)?(?:都)?(?:不要|别|不)动|"
    r"其他(?:的)?(?:文件)?(?:保持)?不变",
    re.I,
)
IDENTIFIER = re.compile(
    r"\brename\s+(?:the\s+)?(?:function|method|class|variable|constant|module-level name|name)\s+[`\"']?(?P<old>[A-Za-z_]\w*)"
    r"(?:\(\))?[`\"']?\s+(?:(?:in|of|from)\s+[`\"']?(?P<place>[\w./-]+\.\w{1,4})[`\"']?\s+)?(?:to|into|as)\s+[`\"']?(?P<new>[A-Za-z_]\w*)|"
    r"(?:把|将)\s*(?:函数|方法|类|变量|常量)\s*[`\"'“]?(?P<zold>[A-Za-z_]\w*)[`\"'”]?\s*(?:重命名为|改名为|改为|改成)\s*"
    r"[`\"'“]?(?P<znew>[A-Za-z_]\w*)",
    re.I,
)
RENAMES = (_RENAME_EN, _EXTENSION_EN, _RENAME_ZH)
DELETES = (_DELETE_EN, _DELETE_ZH)
MOST = 200
"""How many files one sentence is turned into checks for."""


def in_bulk(goal: str, files: Sequence[FileHead]) -> tuple[Check, ...]:
    """The checks that sentences about all files of a kind imply, file by file."""
    goal = legible(goal)
    checks: list[Check] = []
    touched: set[str] = set()
    for match in spoken(goal, RENAMES):
        for file in meant(goal, match, files):
            target = str(PurePosixPath(file.path).with_suffix(f".{new_of(match)}"))
            checks.append(FileAbsent(path=file.path, source="goal"))
            checks.append(FileUnchanged(path=target, sha256=file.sha256, source="goal"))
            touched.add(file.path)
    for old, new in restyled(goal, files):
        sha256 = next(file.sha256 for file in files if file.path == old)
        checks.append(FileAbsent(path=old, source="goal"))
        checks.append(FileUnchanged(path=new, sha256=sha256, source="goal"))
    for match in spoken(goal, DELETES):
        for file in meant(goal, match, files):
            checks.append(FileAbsent(path=file.path, source="goal"))
            touched.add(file.path)
    if touched and REST.search(goal) and not _more(goal):
        left = [f for f in files if f.path not in touched and f.sha256]
        checks += [FileUnchanged(path=f.path, sha256=f.sha256, source="goal") for f in left]
    for old, new, where in identifiers(goal):
        using = [f for f in files if re.search(rf"\b{old}\b", f.head) and where(f.path)]
        for file in using:
            checks.append(FileContains(path=file.path, text=rf"\b{old}\b", regex=True, absent=True, source="goal"))
            checks.append(FileContains(path=file.path, text=rf"\b{new}\b", regex=True, source="goal"))
    return tuple(checks[:MOST])


def _more(goal: str) -> bool:
    """Whether more is ordered than such sentences say, so that 'everything else' is less than what they leave."""
    said = goal
    for pattern in (*RENAMES, *DELETES, REST):
        said = pattern.sub(" ", said)
    return _WORK.search(said) is not None


_WORK = re.compile(
    r"\b(?:mov|copy|copi|sort|put|organi[sz]|renam|chang|edit|replac|add|append|insert|updat|convert|merg|creat|writ|extract|delet|remov|"
    r"split|zip|archiv)\w*|移|放|归|改|换|复制|写|创建|新建|合并|追加|添加|删|转",
    re.I,
)


def spoken(goal: str, patterns: Sequence[re.Pattern[str]]) -> list[re.Match[str]]:
    """The sentences of such a form that are orders."""
    found = (match for pattern in patterns for match in pattern.finditer(goal))
    return [
        match
        for match in found
        if ordered(goal, *match.span())
        and not _elsewhere(goal, match)
        and not _MORE_KINDS.match(goal, match.end())
        and not _CONVERTS.fullmatch(match[0])
    ]


_CONVERTS = re.compile(r"change\b(?!.*\b(?:endings?|extensions?|suffix|end in)\b).*", re.I | re.S)
"""'Change all .txt files into .csv' may mean what is in them."""


_MORE_KINDS = re.compile(
    r"\s*(?:names?|mentions?|references?|entr\w+|links?|list\w*|from|out of|older|in|under|or)\b|\s*(?:的|中|里)", re.I
)
"""What follows where not the files themselves are meant, or not only these, or not all of them."""


def _elsewhere(goal: str, match: re.Match[str]) -> bool:
    """Whether the sentence may name its folder before the order: 'in the folder docs, rename ...'."""
    named = match.groupdict()
    before = re.split(r"[!?;。！？；\n]|\.\s", goal[max(0, match.start() - 300) : match.start()])[-1]
    place = re.search(
        r"\b(?:in|inside|under|within|from|folder|directory|go to|cd)\b|里|中|下|目录|文件夹", before, re.I
    )
    return place is not None and not (named["folder"] or named.get("folder2"))


def meant(goal: str, match: re.Match[str], files: Sequence[FileHead]) -> list[FileHead]:
    """The files that such an order means. Those the goal speaks of by name as well may be its exceptions."""
    besides = f"{goal[: match.start()]} {goal[match.end() :]}"
    ending = f".{new_of(match)}"
    return [
        f
        for f in of(match, files)
        if PurePosixPath(f.path).name not in besides and PurePosixPath(f.path).suffix != ending
    ]


def of(match: re.Match[str], files: Sequence[FileHead]) -> list[FileHead]:
    """The files of the kind and in the folder that such an order names."""
    named = match.groupdict()
    folder = named["folder"] or named.get("folder2")
    here = folder is not None and _HERE.fullmatch(folder.strip("/")) is not None
    found = of_kind(files, named["old"] or named.get("old2") or "", None if here else folder)
    if here and any("/" in file.path for file in found):
        return []  # those of this folder alone, or of all that is in it?
    return [file for file in found if PurePosixPath(file.path).suffix != f".{new_of(match)}"]


_HERE = re.compile(
    r"(?:the |当前|这个|本|该|此|工作)?(?:current|this|working|same|当前|这个|这|本|该|此|工作)?(?:文件夹|目录| ?folder| ?directory)?|\.",
    re.I,
)
"""Words for the folder that the work is done in."""


def new_of(match: re.Match[str]) -> str:
    """The ending that files are to have instead; '' where they are to go."""
    named = match.groupdict()
    return named.get("new") or named.get("new2") or ""


def identifiers(goal: str) -> list[tuple[str, str, Callable[[str], bool]]]:
    """The names to be replaced, by what, and in which files a check may ask for that."""
    found: list[tuple[str, str, Callable[[str], bool]]] = []
    for match in IDENTIFIER.finditer(goal):
        old, new = match["old"] or match["zold"], match["new"] or match["znew"]
        after = goal[match.end() : match.end() + 300]
        vague = keyword.iskeyword(new) or hasattr(builtins, new) or new.lower() in _NO_NAMES
        kept = len(re.findall(rf"\b{old}\b", goal)) > 1 or _STAYS.search(NO_ALIAS.sub(" ", goal))
        if vague or kept or old == new or not _NAMED.match(after) or not ordered(goal, *match.span()):
            continue
        inside = re.match(
            r"[`\"'”]?\s*(?:in|inside|of)\s+(?:the\s+)?(?:file\s+|module\s+)?[`\"']?([\w./-]+\.\w{1,4})\b", after
        )
        everywhere = EVERYWHERE.search(goal) is not None
        if match["place"] and not everywhere:
            continue  # what calls it may be meant, or another of that name may not
        found.append((old, new, _within(inside[1].removeprefix("./") if inside else "", everywhere=everywhere)))
    return found


_NO_NAMES = frozenset("a an the something anything it its dataclass snake_case camelcase pascalcase kebab_case".split())
_NAMED = re.compile(
    r"[`\"'”]?(?:\(\))?\s*(?:$|[.,;!?，。；！？、)\n]|(?:in|inside|of|everywhere|and|so|throughout|across|too|there)\b|并|在|，)",
    re.I,
)
NO_ALIAS = re.compile(
    r"(?:\b(?:do not|never|without|no)|n['’]t)\s+[^.;,\n]{0,40}\b(?:alias|wrapper|shim|old name)\b[^.;,\n]*|(?:不要|别|无需|不)[^。；，\n]{0,12}(?:别名|旧名)",
    re.I,
)
"""The old name is to go for good."""
_STAYS = re.compile(
    r"\b(?:alias|wrapper|deprecat\w+|backwards?|old name|still work\w*|shim)\b|别名|旧名|兼容|弃用", re.I
)
EVERYWHERE = re.compile(r"\beverywhere\b|\b(?:all|every|each) (?:the )?files?\b|所有文件|每个文件|所有地方|到处", re.I)


def _within(path: str, *, everywhere: bool) -> Callable[[str], bool]:
    def where(other: str) -> bool:
        if path:
            return other == path or other.endswith(f"/{path}")
        return everywhere or other.endswith(".py")

    return where


def nothing_of(goal: str, files: Sequence[FileHead]) -> list[str]:
    """What the goal wants renamed, as `docs/*.txt`, where there is no file of that ending at all."""
    goal = legible(goal)
    if _more(goal):
        return []  # they may be made first
    found: list[str] = []
    for match in spoken(goal, RENAMES):
        named = match.groupdict()
        old, folder = (
            named["old"] or named.get("old2") or "",
            (named["folder"] or named.get("folder2") or "").strip("/"),
        )
        if not any(file.path.lower().endswith(f".{old.lower()}") for file in files):
            found.append(f"*.{old}" if not folder or _HERE.fullmatch(folder) else f"{folder}/*.{old}")
    return found


def of_kind(files: Sequence[FileHead], ending: str, folder: str | None) -> list[FileHead]:
    """Files with the ending, in the folder that is named; anywhere if none is."""
    # A full stop behind the name ends the sentence.
    inside = f"{(folder or '').strip('/').rstrip('.')}/"
    return [
        file
        for file in files
        if file.path.lower().endswith(f".{ending.lower()}")
        and file.sha256
        and (not folder or file.path.startswith(inside))
    ]


def folder_changed(files: Sequence[FileHead]) -> PythonHolds:
    """The folder is no longer exactly as it was: a file more or less, or other content in one."""
    before = {file.path: file.sha256 for file in files if file.sha256}
    code = (
        "import hashlib, pathlib\n"
        "found = {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(pathlib.Path('.').rglob('*'))\n"
        "         if p.is_file() and '__pycache__' not in p.parts and not any(s.startswith('.') for s in p.parts)}\n"
        f"if found == {before!r}:\n    raise AssertionError('nothing in the folder has changed')"
    )
    return PythonHolds(code=code, label="the folder has changed", source="agent")


_FAULTS = re.compile(
    r"\b(?:bugs?|code|programs?|functions?|modules?|packages?)\b|\b[a-z_]\w*\(|代码|程序|函数|模块", re.I
)


def _is_module(path: str) -> bool:
    return path.endswith(".py") and not is_test(path) and path.rpartition("/")[2] not in ("__init__.py", "conftest.py")


def code_changed(goal: str, named: Sequence[str], files: Sequence[FileHead]) -> list[PythonHolds]:
    """That some code is another than before, where the goal wants it mended and names no file of it.

    named: what the goal wants made or changed.
    """
    code = {file.path: file.sha256 for file in files if _is_module(file.path) and file.sha256}
    if not code or any(map(_is_module, named)) or not (MENDS_IT.search(goal) and _FAULTS.search(goal)):
        return []
    text = (
        "import hashlib, pathlib\n"
        f"before = {code!r}\n"
        "now = {p: hashlib.sha256(pathlib.Path(p).read_bytes()).hexdigest() if pathlib.Path(p).is_file() else '' for p in before}\n"
        "if now == before:\n    raise AssertionError('no code has changed')"
    )
    return [PythonHolds(code=text, label="the code has changed", source="goal")]
