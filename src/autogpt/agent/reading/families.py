"""One file for each row or value of a table: letters filled in from a template, a table split by a column.

The goal names one of the files as an example ('cards/Ines.txt and so on'), and the rest follow from the table. What each
must hold is known, so it is checked, and made without a model where the goal says nothing else.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from autogpt.agent.legible import legible
from autogpt.agent.programs.oddities import Table, table_of
from autogpt.agent.reading.mentions import mentions
from autogpt.core.check import PythonHolds
from autogpt.core.contracts import FileHead

_EACH = re.compile(
    r"\b(?:each|every|per|one (?:\w+ )?(?:file|letter|card) (?:for|per)|all)\b|\bby (?:the )?(?:column )?\w+\b|每|各|按|分别",
    re.I,
)
_SPLITS = re.compile(
    r"\bsplit\w*|\bdivid\w+|\bseparat\w+|\bbreak\b|\bone (?:csv |separate )?(?:file|csv) (?:for|per)\b|\b(?:a|an own|its own) (?:csv )?file (?:for|per)\b|"
    r"拆分|拆成|分成|分开|分别(?:保存|存|写)",
    re.I,
)
_OTHERWISE = re.compile(
    r"\bsort\w*|\border(?:ed)? by\b|\bonly\b|\bexcept\b|\bwithout\b|\btotals?\b|\bsums?\b|\baverages?\b|\bcount\w*|\bleave out\b|\bskip\w*|\bignor\w*|"
    r"\bcapitals?\b|\bupper\w*|\blower\w*|\bif\b|\bunless\b|\balso\b|\bround\w*|\btranslat\w*|\bmore than\b|\bless than\b|\bover\b|\bunder\b|"
    r"排序|只|除了|不含|不要|合计|总计|平均|统计|去掉|如果|另外|大写|小写|翻译|四舍五入",
    re.I,
)
"""Words that may change what the files are to hold."""
_PLACE = re.compile(
    r"\{\{\s*([^{}\n]+?)\s*\}\}|\{\s*([^{}\n]+?)\s*\}|<<?\s*([^<>\n]+?)\s*>>?|\[\s*([^\[\]\n]+?)\s*\]|【\s*([^【】\n]+?)\s*】"
)


_TOLD = re.compile(r"^[\u4e00-\u9fff]*[到为入成在叫至](?=[A-Za-z0-9_])")
"""Words joined to the name of a folder: '保存到letters/张三.txt'."""


class Family(NamedTuple):
    table: str
    separator: str
    key: str
    """The column whose value is in the name of the file."""
    path: str
    """With a zero character in the place of the value."""
    template: str
    """The text to be filled in; '' where the files are parts of the table."""

    @property
    def _begins(self) -> str:
        return _ROWS.format(
            table=self.table,
            separator=self.separator,
            key=self.key,
            path=self.path,
            template=self.template,
            place=_PLACE.pattern,
        )

    @property
    def program(self) -> str:
        """Python that makes the files."""
        return self._begins + _WRITES

    def check(self) -> PythonHolds:
        """That each file is there and holds what it must."""
        label = f"{self.path.replace(chr(0), '...')}: one file for each {self.key} of {self.table}, as told"
        return PythonHolds(code=self._begins + _COMPARES, label=label, source="goal")


def family(goal: str, files: Sequence[FileHead]) -> Family | None:
    """The files that the goal wants for each row or value of the one table it speaks of; None where it is not plain."""
    goal = legible(goal)
    if not _EACH.search(goal) or _OTHERWISE.search(goal):
        return None
    named = [file for file in files if file.path in goal and file.head and len(file.head.encode()) >= file.size]
    tables = [(f.path, table) for f in named if f.path.endswith((".csv", ".tsv")) and (table := table_of(f))]
    texts = [file for file in named if file.path.endswith((".txt", ".md", ".html")) and _PLACE.search(file.head)]
    if len(tables) != 1 or len(texts) > 1 or len(named) != 1 + len(texts):
        return None
    path, table = tables[0]
    there = {file.path for file in files}
    told = [_TOLD.sub("", name) for name, _, _ in mentions(goal, there)]
    examples = [name for name in dict.fromkeys(told) if name not in there]
    forms = {form for name in examples if (form := _form(name, table))}
    if len(forms) != 1 or not all(_form(name, table) for name in examples):
        return None
    ((key, form),) = forms
    values = table.column(table.head.index(key))
    if any(not value.strip() or re.search(r"[/\\\0:*?\"<>|]", value) for value in values):
        return None
    if not texts:
        split = form.endswith(path[path.rfind(".") :]) and _SPLITS.search(goal)
        return Family(path, table.separator, key, form, "") if split else None
    places = {str(found[found.lastindex or 0]).strip() for found in _PLACE.finditer(texts[0].head)}
    whole = places <= {name.strip() for name in table.head} and len(set(values)) == len(values)
    alike = form.rpartition(".")[2] == texts[0].path.rpartition(".")[2]
    return Family(path, table.separator, key, form, texts[0].path) if whole and alike else None


def _form(name: str, table: Table) -> tuple[str, str] | None:
    """The column of which a cell stands in the name, and the name with a zero character in its place."""
    stem = name.rpartition("/")[2].rpartition(".")[0]
    found: set[tuple[str, str]] = set()
    for at, column in enumerate(table.head):
        for cell in {cell.strip() for cell in table.column(at)}:
            if cell and re.search(rf"(?<![^\W_]){re.escape(cell)}(?![^\W_])", stem):
                found.add(
                    (
                        column,
                        name[: len(name) - len(name.rpartition("/")[2])] + name.rpartition("/")[2].replace(cell, "\0"),
                    )
                )
    return found.pop() if len(found) == 1 else None


_ROWS = r"""
import csv, pathlib, re

with open({table!r}, encoding='utf-8-sig', newline='') as file:
    head, *rows = [row for row in csv.reader(file, delimiter={separator!r}) if row]
at, template, separator = head.index({key!r}), {template!r}, {separator!r}
PLACE = re.compile({place!r})
wanted = {{}}
for row in rows:
    path = {path!r}.replace('\0', row[at].strip())
    if template:
        cells = {{name.strip(): cell for name, cell in zip(head, row)}}
        text = open(template, encoding='utf-8').read()
        wanted[path] = PLACE.sub(lambda found: cells[next(filter(None, found.groups())).strip()], text)
    else:
        wanted.setdefault(path, [head]).append(row)
"""
_WRITES = """
for path, content in wanted.items():
    pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
    with open(path, 'w', encoding='utf-8', newline='') as file:
        if template:
            file.write(content)
        else:
            csv.writer(file, delimiter=separator, lineterminator='\\n').writerows(content)
"""
_COMPARES = """
for path, content in wanted.items():
    assert pathlib.Path(path).is_file(), path + ' does not exist'
    with open(path, encoding='utf-8-sig', newline='') as file:
        got = file.read().strip() if template else [row for row in csv.reader(file, delimiter=separator) if row]
    content = content.strip() if template else content
    assert got == content, path + ' holds ' + repr(got)[:200] + ' instead of ' + repr(content)[:200]"""
