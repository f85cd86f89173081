"""The checks that the workspace itself offers: tests that are there."""

import re
from collections.abc import Sequence

from autogpt.agent.legible import legible
from autogpt.agent.reading.goal import Reading
from autogpt.agent.reading.mentions import is_test
from autogpt.core.check import Check, FileUnchanged, TestsPass
from autogpt.core.contracts import FileHead

_CODE_WORK = re.compile(
    r"\b(bug|fix|tests?|implement|function|class|module|code|refactor|failing|pass(?:es)?)\b|"
    r"错误|修复|测试|实现|函数|类|模块|代码|重构",
    re.I,
)
_EVERYWHERE = re.compile(
    r"\brename\b|\beverywhere\b|\ball files\b|\bwhole project\b|\btests,? (?:too|as well)\b|\band (?:its |the )?tests\b|"
    r"\b(?:add|write|extend|more)\b.{0,20}\btests?\b|重命名|改名|所有文件|整个项目|(?:补充|增加|编写|添加).{0,10}测试",
    re.I,
)
"""Goals whose work reaches into the tests themselves."""


def offered(goal: str, reading: Reading, files: Sequence[FileHead]) -> tuple[Check, ...]:
    """The checks that the workspace offers: test files that are there, when the goal is work on code."""
    goal = legible(goal)
    tests = [file.path for file in files if is_test(file.path) and file.path.endswith(".py")]
    code = _CODE_WORK.search(goal) or any(p.endswith(".py") for p in reading.named("output", "change"))
    if not tests or not code:
        return ()
    kept = (
        []
        if _EVERYWHERE.search(goal)
        else [
            FileUnchanged(path=file.path, sha256=file.sha256, source="workspace")
            for file in files
            if file.path in tests and file.sha256 and file.path not in reading.named("output", "change")
        ]
    )
    return (*(TestsPass(path=path, source="workspace") for path in tests), *kept)
