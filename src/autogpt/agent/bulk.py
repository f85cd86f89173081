"""Checks for goals that speak of many files at once: 'rename all .txt files to .md', 'delete every .log in data'."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from autogpt.agent.goal import legible
from autogpt.core.check import Check, FileAbsent, FileContains, FileUnchanged, PythonHolds
from autogpt.core.contracts import FileHead

_ENDING = r"[`\"'“]?\*?\.(?P<{0}>[A-Za-z0-9]{{1,6}})[`\"'”]?"
_FOLDER = r"(?:the\s+)?(?:folder|directory)?\s*[`\"'“]?(?P<{0}>[\w.\u4e00-\u9fff-]+(?:/[\w.\u4e00-\u9fff-]+)*)/?[`\"'”]?\s*(?:folder|directory)?"
_RENAME_EN = re.compile(
    r"\b(?:rename|change)\s+(?:all|every|each)\s+(?:of\s+)?(?:the\s+)?" + _ENDING.format("old") + r"\s*files?\s*"
    r"(?:(?:in|under|inside)\s+" + _FOLDER.format("folder") + r")?[^.\n]*?(?:to|end in|into|with)\s*"
    r"(?:the\s+ending\s+)?" + _ENDING.format("new"),
    re.I,
)
_RENAME_ZH = re.compile(
    r"(?:把|将)?(?:[`\"'“]?(?P<folder>[\w.\u4e00-\u9fff/-]{1,60}?)[`\"'”]?\s*(?:文件夹|目录)?(?:[（(][^）)\n]{1,20}[）)])?(?:里|中|下)?(?:面)?的?)?"
    r"(?:所有|全部)(?:的)?\s*"
    + _ENDING.format("old")
    + r"\s*文件[^。\n]*?(?:改成|改为|重命名为|后缀为|换成)\s*"
    + _ENDING.format("new")
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
    r"(?:\(\))?[`\"']?\s+(?:to|into|as)\s+[`\"']?(?P<new>[A-Za-z_]\w*)|"
    r"(?:把|将)\s*(?:函数|方法|类|变量|常量)\s*[`\"'“]?(?P<zold>[A-Za-z_]\w*)[`\"'”]?\s*(?:重命名为|改名为|改为|改成)\s*"
    r"[`\"'“]?(?P<znew>[A-Za-z_]\w*)",
    re.I,
)
RENAMES = (_RENAME_EN, _RENAME_ZH)
DELETES = (_DELETE_EN, _DELETE_ZH)
MOST = 200
"""How many files one sentence is turned into checks for."""


def in_bulk(goal: str, files: Sequence[FileHead]) -> tuple[Check, ...]:
    """The checks that sentences about all files of a kind imply, file by file."""
    goal = legible(goal)
    checks: list[Check] = []
    touched: set[str] = set()
    for match in (found for pattern in RENAMES for found in pattern.finditer(goal)):
        for file in of_kind(files, match["old"], match["folder"]):
            target = str(PurePosixPath(file.path).with_suffix("." + match["new"]))
            checks.append(FileAbsent(path=file.path, source="goal"))
            checks.append(FileUnchanged(path=target, sha256=file.sha256, source="goal"))
            touched.add(file.path)
    for match in (found for pattern in DELETES for found in pattern.finditer(goal)):
        named = match.groupdict()
        ending, folder = named["old"] or named.get("old2") or "", named["folder"] or named.get("folder2")
        for file in of_kind(files, ending, folder):
            checks.append(FileAbsent(path=file.path, source="goal"))
            touched.add(file.path)
    if touched and REST.search(goal):
        left = [f for f in files if f.path not in touched and f.sha256]
        checks += [FileUnchanged(path=f.path, sha256=f.sha256, source="goal") for f in left]
    for match in IDENTIFIER.finditer(goal):
        old, new = match["old"] or match["zold"], match["new"] or match["znew"]
        using = [f for f in files if re.search(rf"\b{old}\b", f.head)]
        for file in using:
            checks.append(FileContains(path=file.path, text=rf"\b{old}\b", regex=True, absent=True, source="goal"))
            checks.append(FileContains(path=file.path, text=rf"\b{new}\b", regex=True, source="goal"))
    return tuple(checks[:MOST])


def of_kind(files: Sequence[FileHead], ending: str, folder: str | None) -> list[FileHead]:
    """Files with the ending, in the folder if it is one; else (a word that is no folder here) anywhere."""
    # A full stop behind the name ends the sentence.
    inside = f"{(folder or '').strip('/').rstrip('.')}/"
    known = folder and any(file.path.startswith(inside) for file in files)
    return [
        file
        for file in files
        if file.path.lower().endswith(f".{ending.lower()}")
        and file.sha256
        and (not known or file.path.startswith(inside))
    ]


def folder_changed(files: Sequence[FileHead]) -> PythonHolds:
    """The folder is no longer exactly as it was: a file more or less, or other content in one."""
    before = {file.path: file.sha256 for file in files if file.sha256}
    code = (
        "import hashlib, pathlib\n"
        "found = {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(pathlib.Path('.').rglob('*'))\n"
        "         if p.is_file() and '__pycache__' not in p.parts and not any(s.startswith('.') for s in p.parts)}\n"
        f"assert found != {before!r}, 'nothing in the folder has changed'"
    )
    return PythonHolds(code=code, label="the folder has changed", source="agent")
