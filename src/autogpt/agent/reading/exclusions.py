"""Rows that a goal wants left out: 'cancelled orders do not count', '没填金额的不算'.

A result must be the same with and without such rows in the data, whatever it is: a metamorphic relation (Chen et al. 1998,
"Metamorphic testing: a new approach for generating next test cases"), which can be tried without knowing the result.
"""

import re
from collections.abc import Iterator, Sequence

from autogpt.agent.legible import legible
from autogpt.agent.programs.oddities import objects, table_of
from autogpt.core.contracts import FileHead
from autogpt.core.schema import Value

_LEFT_OUT = re.compile(
    r"\b(?:leave|leaves|left|leaving)\s+(?:\w+\s+){0,3}?(?:out|off|aside)\b|\bskip\w*\b|\bignor\w+\b|\bexclud\w+\b|\bomit\w*\b|"
    r"\b(?:not|never|don['’]t|doesn['’]t|aren['’]t|isn['’]t)\s+(?:be\s+|to be\s+)?(?:count\w*(?! as\b)|includ\w*|list\w*|show\w*|wanted|appear\w*)\b|"
    r"\b(?:rows?|lines?|entries|records?)\b[^.;]{0,40}\b(?:go|are dropped|are removed)\b(?=[.;,\s]*(?:$|\n))|\b(?:is|are) (?:not an?|no) \w+\s*$|"
    r"不算(?=$|[，,、）) 。；;.\n]|在内|进|入|了)|不计(?=$|[，,、）) 。；;.\n]|入|在|算)|不统计|不参加|不参与|忽略|跳过|排除|剔除|除外|不要(?:算|计|统计|列)|不显示|不列|略过|不包括|不包含|不用管",
    re.I,
)
_EMPTY = re.compile(
    r"\b(?:empty|blank|missing|null|without|lacks?|no|nobody|not (?:given|filled|known|set))\b|\bha(?:s|ve) no\b|没|空|缺|未填|为空",
    re.I,
)
_OTHERWISE = re.compile(
    r"\b(?:case|capitals?|upper|lower|spaces?|twice|double|once|duplicat\w*|again|header|columns?|only|unless|except|if there)\b|"
    r"\b(?:not|never|n['’]t) (?:leave|skip|ignor|exclud|omit)|大小写|空格|重复|表头|只|除非|除了|列(?!出)",
    re.I,
)
"""Sentences on something else, or with more to them than can be read here."""
_WHERE = re.compile(
    r"\bline numbers?\b|\bnumber of the line\b|\brow numbers?\b|\bhow many\b[^.;\n]{0,40}\b(?:skipped|left out|ignored|excluded)\b|行号|第几行",
    re.I,
)
"""Results in which the place or the number of the rows left out may stand."""
_MOST_VALUES = 12
_FILE = re.compile(r"[\w./-]+\.[A-Za-z]\w{1,5}\b")


class Exclusion(Value):
    """Rows of a table that make no difference: those that have the value in the column, '' for nothing."""

    path: str
    column: str
    value: str
    separator: str = ""
    """Of a CSV file; '' for JSON."""


def speaks_of_any(goal: str) -> bool:
    """Whether the goal has words by which something may be left out."""
    return any(_LEFT_OUT.search(sentence) for sentence in _sentences(goal))


def _sentences(goal: str) -> list[str]:
    return [sentence.rstrip(" .") for sentence in re.split(r"(?<=[.;!?])\s+|[。；！？\n]", legible(goal))]


def exclusions(goal: str, files: Sequence[FileHead]) -> tuple[Exclusion, ...]:
    """The rows that the goal says are to be left out, where it can be told which, and nothing else is said of them."""
    goal = legible(goal)
    if _WHERE.search(goal):
        return ()
    tables = list(_tables(goal, files))
    found: dict[Exclusion, None] = {}
    for sentence in _sentences(goal):
        if not _LEFT_OUT.search(sentence) or _OTHERWISE.search(sentence) or _FILE.search(sentence):
            continue
        named = [one for table in tables for one in _by_value(sentence, *table)]
        if not named and _EMPTY.search(sentence):
            gaps = [(path, separator, column) for path, separator, columns in tables for column in _gaps(columns)]
            near = [gap for gap in gaps if _speaks_of(sentence, gap[2])] or [g for g in gaps if _speaks_of(goal, g[2])]
            named = [Exclusion(path=p, column=column, value="", separator=s) for p, s, column in near]
        found |= dict.fromkeys(named) if len(named) == 1 else {}
    return tuple(found)[:3]


def _tables(goal: str, files: Sequence[FileHead]) -> Iterator[tuple[str, str, dict[str, list[str]]]]:
    """The tables that are seen whole: path, separator, and the cells of each column."""
    for file in files:
        if len(file.head.encode()) < file.size or not file.head:
            continue
        if file.path.endswith((".csv", ".tsv")) and (table := table_of(file)):
            cells = {name.strip(): [cell.strip() for cell in table.column(at)] for at, name in enumerate(table.head)}
            yield file.path, table.separator, cells
        elif file.path.endswith((".json", ".jsonl", ".ndjson")) and (entries := objects(file)):
            names = dict.fromkeys(name for entry in entries for name in entry)
            yield file.path, "", {name: [_text(entry.get(name)) for entry in entries] for name in names}


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _by_value(sentence: str, path: str, separator: str, columns: dict[str, list[str]]) -> Iterator[Exclusion]:
    for column, cells in columns.items():
        values = {cell.casefold() for cell in cells if cell}
        if not 1 < len(values) <= _MOST_VALUES or len(values) == len([cell for cell in cells if cell]):
            continue
        for value in values:
            if re.fullmatch(r"[^\W\d_][\w -]*", value) and _speaks_of(sentence, value):
                yield Exclusion(path=path, column=column, value=value, separator=separator)


def _gaps(columns: dict[str, list[str]]) -> list[str]:
    return [column for column, cells in columns.items() if any(cells) and not all(cells)]


def _speaks_of(text: str, word: str) -> bool:
    """Whether the word stands in the text: by itself, or anywhere if it is Chinese; whatever the hyphens and the plural."""
    plain = re.sub(r"[-_ ]", "", word.casefold())
    if re.search(r"[\u4e00-\u9fff]", word):
        return plain in text
    words = {re.sub(r"[-_]", "", one) for one in re.findall(r"[\w-]+", text.casefold())}
    return len(plain) > 1 and bool(words & {plain, f"{plain}s", plain.removesuffix("s")})
