"""Values for the placeholders of a command that a goal shows: `FILE` becomes a file that is there, `N` a number."""

import re
import shlex
from collections.abc import Sequence

from autogpt.agent.programs.oddities import table_of
from autogpt.agent.programs.trial import AMOUNT, NUMBER, SAMPLE
from autogpt.agent.programs.usage import HAN_VERB, IS_FILE
from autogpt.core.contracts import FileHead
from autogpt.core.task import Language

_VALUES = (
    (re.compile(r"N|NUM\w*|COUNT|INT\w*|INDEX|ID|TOP|数字|整数|序号|编号|数量"), NUMBER),
    (re.compile(r"AMOUNT|PRICE|FLOAT|VALUE|金额|价格"), AMOUNT),
    (re.compile(r"DATE|DAY|日期"), "2025-01-31"),
)
_TEXT = re.compile(
    r"(?:\w+_)?(?:NAME|TITLE|TEXT|WORDS?|NOTE|CATEGORY|MESSAGE|DESCRIPTION|TASK|CITY|ITEM|QUERY|SENTENCE|AUTHOR|TAG)|"
    r"文字|文本|备注|类别|任务|城市|描述|标签|[\u4e00-\u9fff]{1,4}(?:名|名字|名称|标题|内容|作者)|名字|名称|标题|内容|作者"
)
_COLUMN = re.compile(r"COL(?:UMN)?|FIELD|列名?|字段")
_FILE = re.compile(r"(?:IN|INPUT)?_?(?:FILE|PATH)(?:NAME)?|INPUT|文件名?|路径")
_ONE_OF = re.compile(
    r"(?:LEFT|RIGHT|OLD|NEW|FIRST|SECOND|BEFORE|AFTER|BASE|OTHER|A|B|ONE|TWO)(?:_?FILE)?|FILE_?\d|[旧新左右](?:文件|表)|文件[一二甲乙\d]"
)
"""One of several files that a program works on together."""
_PLACE = re.compile(r"[A-Z][A-Z_]*|<[^<>]+>|\{[^{}]+\}|[\u4e00-\u9fff]+")


def filled(goal: str, rest: str, files: Sequence[FileHead], language: Language, file: str = "") -> list[str] | None:
    """The arguments with values for their placeholders; optional ones left out. None where none can be made up.

    file: what to put for a file; one that is there if empty.
    """
    try:
        words = shlex.split(re.sub(r"\[[^\[\]]*\]", " ", rest))
    except ValueError:
        return None
    several = _several(goal, words, files)
    column = _column(files, several)
    made: list[str] = []
    for at, word in enumerate(words):
        if re.fullmatch(r"[a-z]+(?:\|[a-z]+)+", word):
            made.append(word.partition("|")[0])
        elif _unknown(word, files):
            return None
        elif not _PLACE.fullmatch(word) or (at < 2 and HAN_VERB.fullmatch(word)):
            made.append(word)
        elif value := _value(_name(word), column, language):
            made.append(value)
        elif word in several:
            made.append(file or several[word])
        elif _FILE.fullmatch(_name(word)) and (given := file or _given(goal, files)):
            made.append(given)
        else:
            return None
    return made


def real(arguments: Sequence[str], files: Sequence[FileHead]) -> bool:
    """Whether nothing is made up among the arguments, and a file that is there is one of them."""
    made_up = {value for _, value in _VALUES} | set(_SAMPLES.values())
    return not made_up & set(arguments) and any(file.path in arguments for file in files)


def _unknown(word: str, files: Sequence[FileHead]) -> bool:
    """Whether the word is what nothing is known of: a placeholder in small letters, a file to come, the shell's."""
    if _PLACE.fullmatch(word.strip("'").upper()) and not _PLACE.fullmatch(word) and _is_name(word.upper()):
        return True
    ends = IS_FILE.search(word) and not word.startswith("-")
    return bool(ends and word not in {file.path for file in files}) or word in (
        "|", ">", "<", ">>", "&&", "...", "…",
    )  # fmt: skip


def _name(word: str) -> str:
    return word.strip("<>{}").upper()


def _value(name: str, column: str, language: Language) -> str:
    """A value that fits the name of a placeholder; '' if none is known to."""
    if _COLUMN.fullmatch(name):
        return column
    value = next((value for pattern, value in _VALUES if pattern.fullmatch(name)), "")
    return value or (_SAMPLES[language] if _TEXT.fullmatch(name) else "")


_SAMPLES: dict[Language, str] = {"en": "sample", "zh": "示例"}


def _several(goal: str, words: Sequence[str], files: Sequence[FileHead]) -> dict[str, str]:
    """A file for each of two or more placeholders that stand for files: as many as there are of the kind, in order."""
    open_ones = [word for word in words if _ONE_OF.fullmatch(_name(word))]
    there = _of_kind(goal, files)
    if len(open_ones) < 2 or len(set(open_ones)) != len(there):
        return {}
    # As the goal names them, if it does.
    there = sorted(there, key=lambda path: (goal.find(path) if path in goal else len(goal), path))
    return dict(zip(dict.fromkeys(open_ones), there, strict=True))


def _column(files: Sequence[FileHead], several: dict[str, str]) -> str:
    """A column of numbers; where several tables are worked on together, the first that all of them have."""
    tables = {file.path: table for file in files if file.path.endswith(".csv") and (table := table_of(file))}
    if several:
        heads = [tables[path].head for path in several.values() if path in tables]
        return next((name.strip() for name in heads[0] if all(name in head for head in heads)), "") if heads else ""
    return next((name for file in files if file.path in tables and (name := _numeric(file))), "")


_KINDS = {
    "csv": r"\bcsv\b|tables?\b|\bcolumns?\b|列",
    "json": r"\bjson\b",
    "md": r"\bmarkdown\b",
    "log": r"\blogs?\b|日志",
    "txt": r"\btexts?\b|\bwords?\b|\blines?\b|文本|单词|行",
}


def _given(goal: str, files: Sequence[FileHead]) -> str:
    """The file to start the program with: the one there is, or the first of the kind that the goal speaks of."""
    if not any(file.head for file in files if not file.path.endswith(".py")) and not _FORMED.search(goal):
        return SAMPLE
    return next(iter(_of_kind(goal, files)), "")


_FORMED = re.compile(
    r"\b(?:csv|tsv|json|xml|html|yaml|toml|ini|logs?|sqlite|database|markdown|columns?|tables?|headers?|keys?|fields?|format\w*|"
    r"images?|photos?|zip|binary|code|python (?:file|module|source)s?|one (?:number|date|name|e-?mail)s? per line|numbers|dates)\b|"
    r"表格|列|字段|格式|日志|数据库|图片|每行一个",
    re.I,
)
"""Files that are more than lines of text: one that is made up may be refused rightly."""


def _of_kind(goal: str, files: Sequence[FileHead]) -> list[str]:
    """The files with data, if they are all of one kind; else those of the one kind that the goal speaks of."""
    there = [f.path for f in files if f.head and not f.path.endswith(".py")]
    kinds = {path.rpartition(".")[2].lower() for path in there}
    said = [kind for kind, words in _KINDS.items() if kind in kinds and re.search(words, goal, re.I)]
    if len(kinds) < 2:
        return there
    return [path for path in there if path.lower().endswith(said[0])] if len(said) == 1 else []


def _numeric(file: FileHead) -> str:
    """The last column all of whose cells are numbers."""
    table = table_of(file)
    names = enumerate(table.head) if table else ()
    found = [
        name.strip()
        for at, name in names
        if table
        and (cells := [c for c in table.column(at) if c.strip()])
        and all(re.fullmatch(r"-?\d+(?:\.\d+)?", c) for c in cells)
    ]
    return found[-1] if found else ""


def _is_name(word: str) -> bool:
    return bool(
        _FILE.fullmatch(word) or re.search(r"(?:^|_)(?:FILE|PATH|DATE|FOLDER|DIR|URL|NUMBER|AMOUNT|ID)(?:NAME)?$", word)
    )
