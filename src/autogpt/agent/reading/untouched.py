"""What a goal says must stay as it was: its sources, and the remarks in a file whose settings it changes."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from autogpt.agent.legible import legible
from autogpt.agent.reading.bulk import REST
from autogpt.agent.reading.goal import BUT, Reading
from autogpt.core.check import Check, FileUnchanged, PythonHolds
from autogpt.core.contracts import FileHead

SETTINGS = frozenset({".ini", ".cfg", ".conf", ".toml", ".yaml", ".yml", ".env", ".properties"})
"""Endings of files of settings that hold remarks, which a parser that reads and writes them loses."""
_DATABASES = (".db", ".sqlite", ".sqlite3")
_SOURCES = re.compile(
    r"(?:\b(?:leave|keep)\s+(?:the\s+)?(?P<kept>originals?|sources?|inputs?|database)(?:\s+(?:files?|data|csv|table))?\s+"
    r"(?:as (?:it|they) (?:is|are|was|were)|alone|untouched|unchanged|intact)|"
    r"(?:\b(?:do not|never)|n['’]t)\s+(?:change|touch|modify|edit|alter|overwrite)\s+(?:the\s+)?"
    r"(?P<not>originals?|sources?|inputs?|database)\b(?!\s+(?:schema|structure|columns?))|"
    r"\bonly read (?:from )?(?:the\s+)?(?P<read>database|originals?|sources?|inputs?)\b|"
    r"只读(?:取)?(?P<zh3>数据库|原文件)|"
    r"(?P<zh>原(?:始)?(?:文件|数据|表)|源文件|数据库)(?:本身)?(?:请)?(?:保持(?:原样|不变)|不变|不要(?:改|动|修改)|别(?:改|动))|"
    r"(?:不要|别|不得)(?:改动|修改|改|动)(?P<zh2>原(?:始)?(?:文件|数据|表)|源文件|数据库)(?!结构))"
    rf"{BUT}",
    re.I,
)
_ALL_ELSE = re.compile(
    r"\b(?:everything|all|anything) else\b[^.;\n]{0,40}"
    r"\b(?:stays?|remains?|unchanged|as it (?:is|was)|the way it (?:is|was)|alone|untouched)\b|"
    r"(?:其他|其它|其余|别)的?(?:设置|内容|配置|地方|部分)?(?:都|全部)?(?:不要|别|不|保持)(?:改|动|变|原样)",
    re.I,
)
_REMARKS = re.compile(
    r"\b(?:keep|leave|including|preserve|with)\b[^.;\n]{0,30}\bcomments?\b|(?:保留|包括)[^。；\n]{0,10}注释", re.I
)


_NO_REMARKS = re.compile(
    r"\b(?:no|without|remov\w+|delet\w+|drop|strip|updat\w+|chang\w+|edit\w*|translat\w+)\s+(?:the\s+|all\s+|any\s+)?comments?\b|"
    r"注释[^。；\n]{0,6}(?:删|去掉|改|更新|不用保留|不必)|(?:删|去掉|修改|更新)[^。；\n]{0,6}注释",
    re.I,
)


def untouched(goal: str, reading: Reading, files: Sequence[FileHead]) -> tuple[Check, ...]:
    """The checks that such words demand."""
    goal = legible(goal)
    heads = {file.path: file for file in files}
    checks: list[Check] = []
    for match in _SOURCES.finditer(goal):
        said = next(text for text in match.groupdict().values() if text).lower()
        sources = [path for path in reading.named("input") if path in heads and path not in reading.obeys]
        if said in ("database", "数据库"):
            sources = [path for path in sources if path.endswith(_DATABASES)]
        checks += [
            FileUnchanged(path=path, sha256=heads[path].sha256, source="goal") for path in sources if heads[path].sha256
        ]
    if (held := _held(goal, reading, files)) is not None:
        checks.append(held)
    kept = _ALL_ELSE.search(goal) or _REMARKS.search(goal) or REST.search(goal)
    if kept and keeps_remarks(goal):
        for path in reading.named("change"):
            if path in heads and is_settings(path) and (remarks := _remarks(heads[path])):
                code = _KEPT.format(remarks=remarks, path=path)
                checks.append(PythonHolds(code=code, label=f"the comments of {path} are still there", source="goal"))
    if _NOTHING_ELSE.search(goal):
        for path in reading.named("change"):
            if path in heads and is_settings(path) and (lines := _unspoken(goal, heads[path])):
                code = _LINES.format(lines=lines, path=path)
                checks.append(PythonHolds(code=code, label=f"the other lines of {path} are still there", source="goal"))
    return tuple(dict.fromkeys(checks))


_NOTHING_ELSE = re.compile(
    r"\b(?:nothing|no(?:t anything)?) (?:else|other)\b|\b(?:everything|anything|all) else\b|\brest (?:stays|remains|as)\b|"
    r"(?:其他|其它|其余|别的)[^。；\n]{0,10}(?:不要|别|不|保持|照旧|原样)",
    re.I,
)


_MANY = re.compile(
    r"\b(?:all|every|each|both|sections?|blocks?|typos?|spelling|comment(?:ed)? out|indent\w*|quot\w+|convert\w*|dependenc\w+|values|sort\w*|"
    r"everything (?!else)|keys|settings(?! ?file))\b(?! else)|都|全部|所有|整段|部分|整节|删[^，。\n]{0,12}节|错别字|缩进|注释掉",
    re.I,
)
"""Words of goals that change more lines than those they name."""


def _unspoken(goal: str, file: FileHead) -> list[str]:
    """The lines of the file none of whose words the goal has: no change can be meant for them.

    Only where each change that the goal orders names the key of a line; else () for any line may be meant.
    """
    lines = [line.rstrip() for line in file.head.splitlines()]
    keys = {key for line in lines if not line.strip().startswith(("#", ";", "[")) and (key := _name(line).lower())}
    orders = [
        part
        for part in re.split(r"[,;.，；。、\n]\s|\band\b|[，；。、]", re.sub(r"\S+\.\w+:?", " ", goal))
        if re.search(
            r"\d|\b(?:set|change|give|take|raise|lower|turn|switch|replace|add|remove|delete|drop|should|must|to)\b",
            part,
            re.I,
        )
        and not _NOTHING_ELSE.search(part)
        and not _VALUE_OF.match(part)
    ]
    named = all(_ADDS.search(part) or {word.lower() for word in re.findall(r"[\w.-]+", part)} & keys for part in orders)
    if len(file.head.encode()) < file.size or not orders or not named or _MANY.search(_NOTHING_ELSE.sub(" ", goal)):
        return []
    said = {word.lower()[:5] for word in _WORD.findall(goal)}
    words = {line: {word.lower()[:5] for word in _WORD.findall(line)} for line in lines}
    return [line for line in dict.fromkeys(lines) if words[line] and not words[line] & said][:60]


_VALUE_OF = re.compile(r"\W*(?:其)?值(?:为|是|设)|\W*(?:with|to)\s+(?:the\s+|a\s+)?value\b", re.I)
"""What goes on with an order before it."""
_ADDS = re.compile(r"\b(?:add|append|insert)\b|增加|添加|加上|新增", re.I)
"""An order that leaves every line there."""
_WORD = re.compile(r"[A-Za-z]{2,}|[\u4e00-\u9fff]{2}")
_LINES = """\
there = [line.rstrip() for line in open({path!r}, encoding='utf-8').read().splitlines()]
lost = [line for line in {lines!r} if line not in there]
if lost:
    raise AssertionError('these lines are gone or changed: ' + ' / '.join(lost[:4]))"""
_PUTS_ELSEWHERE = re.compile(
    r"\b(?:rename|move|organi[sz]e|sort|tidy|arrange|file names?)\b|重命名|改名|移动|整理|归类|分类|移到|放进", re.I
)
_FILES = re.compile(
    r"\b(?:files?|folders?|director\w+|photos?|pictures?|images?|documents?|downloads)\b|文件|照片|图片|文档|目录", re.I
)
_ALTERS = re.compile(
    r"\b(?:delet|remov|eras|discard|drop|merg|combin|convert|edit|replac|chang|updat|fix|append|insert|clean|"
    r"duplicat|dedup|throw|get rid|gets rid|dispos|trash|purg|empty|compress|zip|archiv|translat|split|extract|rewrit|fill|correct|lines?|rows?|columns?|entries|"
    r"functions?|methods?|class|variables?|constants?|identifiers?|modules?|packages?|imports?|everywhere|references?)\w*|"
    r"丢弃|扔掉|清空|去掉|函数|方法|变量|常量|模块|引用|代码|删|去重|重复|合并|转换|修改|替换|更新|压缩|打包|翻译|拆分|提取|清理|行|列",
    re.I,
)


def _held(goal: str, reading: Reading, files: Sequence[FileHead]) -> PythonHolds | None:
    """Where files only go elsewhere: the content of each is still there, wherever and by whatever name."""
    texts = all(path.endswith((".txt", ".md")) for path in reading.named("output"))
    hashes = sorted({file.sha256 for file in files if file.sha256 and file.size})
    only = _PUTS_ELSEWHERE.search(goal) and _FILES.search(goal) and not _ALTERS.search(goal) and not reading.obeys
    if not only or not texts or reading.named("change", "remove") or not 2 <= len(hashes) <= 200:
        return None
    return PythonHolds(code=_HELD.format(hashes=hashes), label="no file is lost or changed", source="goal")


_HELD = """\
import hashlib, pathlib
there = {{hashlib.sha256(p.read_bytes()).hexdigest() for p in pathlib.Path('.').rglob('*') if p.is_file()}}
lost = len(set({hashes!r}) - there)
assert lost == 0, 'files whose content is gone: ' + str(lost)"""


def keeps_only(check: Check) -> bool:
    """Whether the check is one of these, and would hold if nothing were done at all."""
    return isinstance(check, PythonHolds) and (
        check.label == "no file is lost or changed"
        or check.label.startswith(("the comments of ", "the other lines of "))
    )


def is_settings(path: str) -> bool:
    """Whether the file holds settings with remarks, by its name."""
    name = PurePosixPath(path)
    return name.suffix.lower() in SETTINGS or name.name == ".env"


def keeps_remarks(goal: str) -> bool:
    """Whether the goal leaves the comments of a file as they are: it asks for none to go or to be changed."""
    return _NO_REMARKS.search(goal) is None


def with_remarks(old: str, new: str) -> str:
    """The new text of a file of settings with the remarks of the old one that it lacks, each where it stood.

    Small models leave remarks out when they write a file anew, told not to or not.
    """
    lines, had = new.splitlines(), old.splitlines()
    there = {line.strip() for line in lines}
    for at, line in enumerate(had):
        if not line.strip().startswith(("#", ";")) or line.strip() in there:
            continue
        after = next((one for one in had[at + 1 :] if one.strip() and not one.strip().startswith(("#", ";"))), "")
        section = next((one.strip() for one in reversed(had[:at]) if one.strip().startswith("[")), "")
        start = next((n for n, one in enumerate(lines) if one.strip() == section), 0) if section else 0
        place = next((n for n in range(start, len(lines)) if after and _name(lines[n]) == _name(after)), len(lines))
        lines.insert(place, line)
    return "\n".join(lines) + "\n"


def _name(line: str) -> str:
    """What a line of settings sets."""
    return re.split(r"[=:]", line, maxsplit=1)[0].strip()


def _remarks(file: FileHead) -> list[str]:
    whole = len(file.head.encode()) >= file.size
    lines = [line.strip() for line in file.head.splitlines()]
    return [line for line in lines if line.startswith(("#", ";")) and len(line) > 2][:50] if whole else []


_KEPT = """\
there = [line.strip() for line in open({path!r}, encoding='utf-8').read().splitlines()]
for remark in {remarks!r}:
    assert remark in there, 'this comment is gone: ' + remark"""
