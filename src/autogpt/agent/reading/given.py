"""The user's own checks: free text, as given with `--check`, turned into executable checks."""

import re

from autogpt.agent.legible import legible
from autogpt.agent.reading.examples import examples
from autogpt.agent.reading.goal import read_goal
from autogpt.core.check import (
    Check,
    CommandSucceeds,
    FileAbsent,
    FileContains,
    FileExists,
    FileParses,
    Judged,
    PythonHolds,
    Source,
    TestsPass,
    ValueAt,
    WrittenIn,
)

_PATH = r"[`\"'“「]?(?P<path>[\w./@+\u4e00-\u9fff-]+\.\w{1,7}|Makefile|Dockerfile|LICENSE)[`\"'”」]?"
_REST = r"\s*[`\"'“「]?(?P<text>.+?)[`\"'”」]?\s*[.。]?\s*$"
_TEXTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.I | re.S), kind)
    for pattern, kind in (
        (rf"^{_PATH}\s+(?:does not|doesn't|must not|should not|never)\s+contains?{_REST}", "lacks"),
        (rf"^{_PATH}\s*(?:不包含|不含|不应包含|不得包含|没有){_REST}", "lacks"),
        (rf"^{_PATH}\s+(?:must |should )?(?:matches|match)(?: the)?(?: regex| pattern)?{_REST}", "matches"),
        (rf"^{_PATH}\s+(?:must |should )?(?:contains?|mentions?|includes?|has the text){_REST}", "contains"),
        (rf"^{_PATH}\s*(?:中|里)?(?:应|必须|要)?(?:包含|含有|提到|有)(?!键|字段){_REST}", "contains"),
        (rf"^{_PATH}\s+(?:must |should )?(?:exists?|is there|is created)\s*\.?$", "exists"),
        (rf"^{_PATH}\s*(?:必须|应)?(?:存在|已创建)\s*。?$", "exists"),
        (rf"^{_PATH}\s+(?:does not exist|is gone|is deleted|is removed|must not exist)\s*\.?$", "gone"),
        (rf"^{_PATH}\s*(?:不存在|已删除|被删除)\s*。?$", "gone"),
        (rf"^{_PATH}\s+(?:is|must be)\s+(?:valid|well-formed)(?:\s+\w+)?\s*\.?$", "parses"),
        (rf"^{_PATH}\s*(?:格式正确|是有效的.*|格式有效)\s*。?$", "parses"),
        (rf"^{_PATH}\s+(?:is|must be|should be)\s+(?:written )?in (?P<text>English|Chinese)\s*\.?$", "language"),
        (rf"^{_PATH}\s*(?:用|是|使用)(?P<text>中文|英文)(?:写成|书写|写|的)?\s*。?$", "language"),
        (r"^(?:the )?tests?(?: in [`\"']?(?P<path>[\w./-]+)[`\"']?)? pass(?:es)?\s*\.?$", "tests"),
        (r"^(?:测试(?:全部|都)?通过|所有测试(?:都)?通过)\s*。?$", "tests"),
        (r"^(?:running )?[`](?P<path>[^`]+)[`]\s+prints?" + _REST, "prints"),
        (r"^(?:运行)?\s*[`](?P<path>[^`]+)[`]\s*(?:输出|打印)" + _REST, "prints"),
        (r"^(?:running )?[`](?P<path>[^`]+)[`]\s+(?:succeeds|works|exits 0|runs without errors?)\s*\.?$", "runs"),
        (r"^(?:运行)?\s*[`](?P<path>[^`]+)[`]\s*(?:成功|不报错|无错误)\s*。?$", "runs"),
        (rf"^{_PATH}\s+has\s+(?:a |the )?keys?{_REST}", "key"),
        (rf"^{_PATH}\s*(?:有|包含)(?:键|字段){_REST}", "key"),
    )
)


def compile_text(text: str, source: Source = "user") -> Check:
    """Turn a user's free text into a check. What no rule reads becomes a question to a judge.

    Examples: 'out.json contains total', '`python a.py` prints 3', 'tests pass', 'x.md is written in Chinese',
    'assert add(1, 2) == 3', and the Chinese forms of these.
    """
    text = text.strip()
    if len(text) > 2_000:
        return Judged(question=text, source=source)
    if text.startswith("assert ") and examples(text):
        return PythonHolds(code=text, source=source)
    if text.startswith("$ "):
        return CommandSucceeds(command=text[2:].strip(), source=source)
    read = legible(text)
    for pattern, kind in _TEXTS:
        if match := pattern.match(read):
            return _build(kind, match, source)
    return Judged(question=text, paths=tuple(f.path for f in read_goal(text).files), source=source)


def _build(kind: str, match: re.Match[str], source: Source) -> Check:
    found = match.groupdict()
    path, text = found.get("path") or "", found.get("text") or ""
    match kind:
        case "lacks":
            return FileContains(path=path, text=text, absent=True, source=source)
        case "matches":
            return FileContains(path=path, text=text.strip("/"), regex=True, source=source)
        case "contains":
            return FileContains(path=path, text=text, source=source)
        case "exists":
            return FileExists(path=path, source=source)
        case "gone":
            return FileAbsent(path=path, source=source)
        case "parses":
            return FileParses(path=path, source=source)
        case "language":
            return WrittenIn(path=path, language="zh" if text.lower() in ("chinese", "中文") else "en", source=source)
        case "tests":
            return TestsPass(path=path or ".", source=source)
        case "prints":
            return CommandSucceeds(command=path, prints=text, source=source)
        case "key" if path.endswith(".json"):
            return ValueAt(path=path, pointer=pointer(text), source=source)
        case "key":
            return FileContains(path=path, text=text, source=source)
        case _:
            return CommandSucceeds(command=path, source=source)


def pointer(key: str) -> str:
    """The JSON pointer (RFC 6901) of a key of the document itself."""
    return "/" + key.strip().replace("~", "~0").replace("/", "~1")
