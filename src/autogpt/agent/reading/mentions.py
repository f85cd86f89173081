"""Where a goal names files: words with a file's ending, and whatever the folder knows to be one."""

import re
from collections.abc import Collection
from pathlib import PurePosixPath

ENDINGS = frozenset(
    "py txt md csv tsv json jsonl yaml yml toml ini cfg conf html htm css js ts sh sql sqlite sqlite3 db xml log rst "
    "tex ipynb svg png jpg jpeg gif webp mp3 wav mp4 xlsx docx pptx zip c h cpp hpp java go rs rb php pdf env lock bat ps1 srt ics patch diff bak".split()
)
_NOT_FILES = frozenset({"node.js", "vue.js", "next.js", "react.js", "express.js", "d3.js", "three.js", "chart.js"})
NAME = r"(?:\.{0,2}/)?(?:[A-Za-z0-9_.@+-]+/)*[A-Za-z0-9_.@+-]*[A-Za-z0-9_@+-]\.[A-Za-z][A-Za-z0-9]{0,6}"
BARE = re.compile(rf"(?<![A-Za-z0-9_./@:-])({NAME})(?![A-Za-z0-9_/]|\.[A-Za-z])")
_HAN = re.compile(
    r"(?:(?<=[\s，。、：；（(:,;])|^|(?<=写入)|(?<=写到)|(?<=写进)|(?<=保存为)|(?<=保存到)|(?<=保存成)|(?<=存为)|(?<=存到)|"
    r"(?<=名为)|(?<=叫做)|(?<=输出到)|(?<=生成)|(?<=创建)|(?<=新建)|(?<=读取)|(?<=修改)|(?<=删除))"
    r"((?:[\w\u4e00-\u9fff-]+/)*[\w-]*[\u4e00-\u9fff][\w\u4e00-\u9fff-]{0,30}\.[A-Za-z][A-Za-z0-9]{0,6})(?![A-Za-z0-9_])",
    re.M,
)
_QUOTED = re.compile(r"[`\"'“”‘’「」『』《》]([^`\"'“”‘’「」『』《》\n]{1,120}?)[`\"'“”‘’「」『』《》]")
_SPECIAL = re.compile(r"(?<![\w./-])(Makefile|Dockerfile|LICENSE|\.gitignore|\.editorconfig|\.env)(?![\w.-])")


def mentions(goal: str, there: Collection[str]) -> list[tuple[str, int, int]]:
    """Path, start and end of each file that the goal names, in order."""
    found: dict[tuple[int, int], str] = {}
    for match in BARE.finditer(goal):
        path = clean(match[1])
        number = _is_number(path) and not any(other.endswith(f"/{path}") for other in there)
        if path.lower() not in _NOT_FILES and (path in there or is_name(path)) and not number:
            folder = _han_folder(goal[: match.start(1)]) if path.startswith("/") else ""
            found[match.start(1) - len(folder), match.end(1)] = folder + path
    for match in _HAN.finditer(goal):
        if is_name(match[1]) and not _ALL_OF.search(match[1]):
            found = {span: p for span, p in found.items() if not match.start(1) <= span[0] < match.end(1)}
            shorter = match[1][1:] if match[1][0] in "把将和与从对用在" else ""
            known = any(other == shorter or other.endswith(f"/{shorter}") for other in there) if shorter else False
            found[match.start(1) + known, match.end(1)] = shorter if known else match[1]
    for path in there:
        # Names that only the folder can tell to be one: with spaces, or in a folder with a Chinese name.
        at = goal.find(path) if "." in path and not re.fullmatch(r"[A-Za-z0-9_.@+/-]+", path) else -1
        if at >= 0:
            end = at + len(path)
            found = {span: p for span, p in found.items() if span[1] <= at or span[0] >= end}
            found[at, end] = path
    for match in _SPECIAL.finditer(goal):
        found.setdefault(match.span(1), match[1])
    for match in _QUOTED.finditer(goal):
        path = clean(match[1].strip())
        whole = is_name(path) and re.fullmatch(r"[\w./@+-]+", path)
        spaced = " " in path and is_name(path) and (_spaced(path, there) or _is_target(goal[: match.start()], path))
        if (path in there or whole or spaced) and not any(s <= match.start(1) < e for s, e in found):
            found = {span: p for span, p in found.items() if not (match.start(1) <= span[0] < match.end(1))}
            found[match.span(1)] = path
    return [(path, start, end) for (start, end), path in sorted(found.items())]


_ALL_OF = re.compile(r"(?:所有|全部|每个|各个|任何|的)\.\w+$")
"""Of '将所有.jpeg文件': an ending, not the name of a file."""
_BEFORE_FOLDER = re.compile(
    r"^.*(?:写入|写到|写进|保存为|保存到|保存成|保存在|存为|存到|移到|移动到|移入|放到|放进|放入|复制到|输出到|改为|改名为|重命名为|"
    r"生成|创建|新建|读取|修改|删除|打开|从|在|把|将|到|和|与|及)"
)


def _han_folder(before: str) -> str:
    """The folder with a Chinese name that a path goes on from: '相册' of '移到 相册/2025/a.jpg'."""
    run = re.search(r"[\w\u4e00-\u9fff-]+$", before)
    return _BEFORE_FOLDER.sub("", run[0]) if run else ""


_NEW = re.compile(
    r"(?:\b(?:called|named|new|write|create|save|make|generate|produce|output|export|put|store|into|to|as|add|results?|need|"
    r"deliver|want(?:ed)?|go(?:es)? in|lacks?|set up)\b|→|->|名为|新|写|保存|创建|生成|输出|存|到|为|结果|需要)"
    r"[^\w(;.]*(?:\w+[^\w(;.]+){0,6}$",
    re.I,
)
"""What stands before the name of a file that is not there yet."""


_OLD = re.compile(r"(?:^|/)(?:old|older|backups?|archived?|last[\w-]*|previous|去年|归档|备份|旧[^/]*)/", re.I)


def in_several(goal: str, path: str, start: int, there: Collection[str]) -> bool:
    """Whether a bare name is that of files in several folders, so that it names none of them, and no new one."""
    full = [other for other in there if other.endswith(f"/{path}")] if "/" not in path and path not in there else []
    return len(full) > 1 and not _NEW.search(goal[max(0, start - 60) : start])


def short_for(goal: str, path: str, start: int, there: Collection[str]) -> str:
    """The file of a folder that a bare name is short for, where there is one and the name is not that of a new file."""
    full = [other for other in there if other.endswith(f"/{path}")] if "/" not in path and path not in there else []
    known = len(full) == 1 and not _OLD.search(full[0]) and not _NEW.search(goal[max(0, start - 60) : start])
    return full[0] if known else path


def _spaced(path: str, there: Collection[str]) -> bool:
    """Whether a text with spaces is a file's name: one that is there, or one with most of the words of one."""
    words = {word for word in re.findall(r"[^\W\d_]{3,}", PurePosixPath(path).stem.lower())}
    alike = (PurePosixPath(other) for other in there if other.lower().endswith(PurePosixPath(path).suffix.lower()))
    return any(
        other.name == PurePosixPath(path).name
        or (words and 2 * sum(word in other.stem.lower() for word in words) > len(words))
        for other in alike
    )


def _is_target(before: str, path: str) -> bool:
    """Whether a quoted text with spaces is where something goes: 'write hello to "my file.txt"'."""
    words = re.fullmatch(r"[\w.$@+&()/-]+(?: [\w.$@+&()/-]+){1,5}", path)
    return (
        bool(words)
        and re.search(r"(?:\b(?:to|into|as|called|named)|写[入到进]|[保另]?存[为到]|名为)\s*$", before) is not None
    )


def is_name(path: str) -> bool:
    """Whether the word has the ending of a file's name: '.env', also before '.example' and the like."""
    endings = [ending[1:].lower() for ending in PurePosixPath(path).suffixes]
    dotted = PurePosixPath(path).name.startswith(".")  # '.env.example' has one suffix for Python
    inner = PurePosixPath(path).name.split(".")[1].lower() if dotted and endings else ""
    return bool(endings) and (
        endings[-1] in ENDINGS
        or (endings[-1] in _TEMPLATES and ((len(endings) > 1 and endings[-2] in ENDINGS) or inner in ENDINGS))
    )


_TEMPLATES = ("example", "sample", "template", "dist", "orig")


def clean(path: str) -> str:
    return path.removeprefix("./")


def _is_number(path: str) -> bool:
    return re.fullmatch(r"v?\d+(\.\w+)+", path) is not None


def is_test(path: str) -> bool:
    """Whether the path is that of a test file, by pytest's naming."""
    name = PurePosixPath(path).name
    return name.startswith("test_") or name.endswith("_test.py") or name == "test.py"
