"""Databases that a goal wants changed: 'In the table menu of cafe.db raise every price', '把数量加到 kucun.db 里'."""

import re
from collections.abc import Sequence

from autogpt.agent.legible import legible
from autogpt.core.check import PythonHolds
from autogpt.core.contracts import FileHead

_CHANGES = re.compile(
    r"(?:^|[,;:]\s*|\b(?:and|then|please|you|to)\s+|\.(?:db|sqlite3?)`?,?\s+)(?:also\s+)?(?:remove|delete|raise|increase|lower|reduce|decrease|set|update|change|mark|add(?! up)|insert|"
    r"rename|double|halve|correct|replace|give|move|merge)\b|"
    r"从[^，。；\n]*(?:删除|删掉|移除)|[把将][^，。；\n]*(?:加到|加进|加入|存入|写入|插入|改为|改成|设为|设成|更新|删除|删掉|提高|降低|上调|下调|增加|减少|标记)|"
    r"(?:^|[，,；]|请|并|再)\s*(?:删除|删掉|更新|修改|插入|添加|提高|降低|标记|增加|减少)",
    re.I,
)
_ELSEWHERE = re.compile(
    r"\b(?:copy|new (?:database|file)|without changing|do not (?:change|touch|modify)|don['’]t (?:change|touch|modify)|leave\b[^.;\n]*\b(?:alone|as it is|unchanged|untouched))\b|"
    r"副本|不要(?:改|动|修改)|不改(?:动|变)",
    re.I,
)
_FILES = re.compile(r"[\w./-]+\.(?:csv|tsv|json|jsonl|txt|md|html|xlsx|db|sqlite3?)\b", re.I)


def changed_databases(goal: str, inputs: Sequence[str], files: Sequence[FileHead]) -> list[PythonHolds]:
    """That a database is another than before, where a sentence about it, and about no other file made, orders a change.

    inputs: the files that the goal is taken to read only.
    """
    goal = legible(goal)
    there = {file.path: file for file in files}
    bases = [path for path in inputs if path in there and path.endswith((".db", ".sqlite", ".sqlite3"))]
    if len(bases) != 1 or not there[bases[0]].sha256 or _ELSEWHERE.search(goal):
        return []
    path = bases[0]
    for sentence in re.split(r"(?<=[.!?;])\s+|[。；！？\n]", goal):
        before = sentence.partition(path)[0] if path in sentence else ""
        others = [name for name in _FILES.findall(sentence) if name != path and name not in there]
        if path in sentence and not others and _CHANGES.search(sentence):
            return [_changed(path, there[path].sha256)]
        clause = before and re.split(r",\s*(?:and |then )|\s(?:and|then)\s", before)[-1]
        if clause and re.match(
            r"\W*(?:please )?(?:remove|delete|update|raise|set|mark|add|insert|删除|更新)\b", clause, re.I
        ):
            return [_changed(path, there[path].sha256)]
    return []


def _changed(path: str, before: str) -> PythonHolds:
    same = f"hashlib.sha256(open({path!r}, 'rb').read()).hexdigest()"
    code = f"import hashlib\nassert {same} != {before!r}, '{path} holds what it held before: nothing was committed'"
    return PythonHolds(code=code, label=f"{path} has changed", source="goal")
