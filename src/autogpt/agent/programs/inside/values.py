"""Tables, and what their cells mean: as a text, as a number, in an order, and whether two are the same.

Runs inside the sandbox, and outside it on the texts that were seen. What is not plain stops the whole work.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

Cell = str | int | float | bool | None


class Unclear(Exception):
    """The data are such that what was asked for could mean several things."""


class Table(NamedTuple):
    head: list[str]
    rows: list[list[Cell]]

    def at(self, name: str) -> int:
        """The place of a column."""
        return column(self.head, name)

    def cells(self, name: str) -> list[Cell]:
        """A column's cells."""
        place = self.at(name)
        return [row[place] for row in self.rows]


def plain(name: object) -> str:
    """A name without what people leave out: case, signs between words, full-width forms."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", str(name))).casefold()


def column(head: Sequence[str], name: str) -> int:
    """Where the column of that name is: written the same way, else in the same letters, or as a plural."""
    if list(head).count(name) == 1:
        return list(head).index(name)
    for end in ("", "s"):
        found = [at for at, one in enumerate(head) if plain(one).removesuffix(end) == plain(name).removesuffix(end)]
        if len(found) == 1:
            return found[0]
    raise Unclear(f"no one column {name!r} in {list(head)}")


def empty(cell: object) -> bool:
    return cell is None or str(cell).strip() == ""


def said(cell: object) -> str:
    """The cell as a text."""
    if cell is None:
        return ""
    if isinstance(cell, bytes):
        raise Unclear("a cell of bytes")
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return format(cell, "f") if isinstance(cell, Decimal) else str(cell)


def key(cell: object) -> str:
    """What a cell is found by."""
    return said(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip()


def number(cell: object) -> Decimal:
    """The number in a cell that holds nothing else. Only plain ones count: of '1,234.50' or '12%' nobody said in which
    form a sum of them is to be written, and '-' or 'N/A' may be a zero or a gap."""
    if isinstance(cell, (int, float, Decimal)) and not isinstance(cell, bool):
        value = Decimal(str(cell))
        if value.is_finite():
            return value
    text = str(cell).strip()
    if isinstance(cell, str) and re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", text):
        return Decimal(text)
    raise Unclear(f"{cell!r} is no plain number")


def meant(text: str) -> Decimal | None:
    """The number that people write so: 1,234.50 or 1 234 or 1.234,50, 12%, (5), 1.2万, ￥3; None for no number.

    To find out whether two texts may be the same, not to do sums.
    """
    bare = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).replace("\u2212", "-")
    found = re.fullmatch(r"(\(?)([-+]?)[$€£¥]?([0-9.,']+)(%|万|亿)?[$€£¥元]?(\)?)", bare)
    if not found or bool(found[1]) != bool(found[5]):
        return None
    digits = found[3]
    if re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[0-9]+,[0-9]{1,2}", digits):
        digits = digits.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"[0-9]{1,3}(?:[,'][0-9]{3})+(?:\.[0-9]+)?", digits):
        digits = re.sub("[,']", "", digits)
    if not re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", digits):
        return None
    value = Decimal(digits) * {"%": Decimal("0.01"), "万": 10_000, "亿": 100_000_000}.get(found[4] or "", 1)
    return -value if bool(found[1]) != (found[2] == "-") else value


def day(cell: object, form: str) -> date:
    """The cell as a date, written as `form` says; of a moment its day."""
    text = str(cell).strip()
    return moment(text[:10] if form == "%Y-%m-%d" else text, form).date()


def moment(cell: object, form: str) -> datetime:
    """The cell as a point in time: a date, written as `form` says, or such a day with a time of day."""
    text = str(cell).strip()
    try:
        if form == "%Y-%m-%d" and re.fullmatch(r"[0-9-]{10}[ T][0-9:]{5,8}", text):
            return datetime.fromisoformat(text)
        return datetime.strptime(text, form)
    except ValueError:
        raise Unclear(f"{cell!r} is no date") from None


def ranks(cells: Sequence[object], how: str) -> list[Any]:
    """What rows are sorted by, for each of these cells. how: 'number', 'text', or the form of dates."""
    if any(map(empty, cells)):
        raise Unclear("an empty cell in a column that is sorted by")
    if how == "number":
        return [number(cell) for cell in cells]
    if how != "text":
        return [moment(cell, how) for cell in cells]
    texts = [said(cell) for cell in cells]
    if all(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?", one) for one in texts):
        return [moment(one, "%Y-%m-%d") for one in texts]
    shapes = {re.sub("[0-9]", "0", one) for one in texts}
    if len(shapes) == 1 and not re.match(r"[-+(\s]|.*[ap]\.?m|0{1,2}[./-]0{1,2}[./-]", shapes.pop(), re.I):
        return texts  # 09:30 or A-0017: the order of the signs is that of the numbers
    if any(not one.isascii() or not re.match(r"[A-Za-z]", one) or one != one.strip() for one in texts):
        raise Unclear("no alphabetical order for these")
    if sorted(texts) != sorted(texts, key=str.casefold):
        raise Unclear("capital and small letters in one order")
    return [one.casefold() for one in texts]


def loose(one: str) -> str:
    """A text as a person may have meant it: without case, spaces, and the ways to write a number."""
    value = meant(one)
    if value is not None:
        return str(value.normalize())
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", one)).casefold()


def alike(found: Sequence[str]) -> None:
    """Stop where two texts are the same but for what people take for the same: are they one or two?"""
    if len({loose(one) for one in found}) < len(set(found)):
        raise Unclear("values that differ in case or blanks only, or in how a number is written")


def once(rows: Sequence[tuple[str, ...]]) -> list[int]:
    """The places of the rows that are not there before."""
    first: dict[tuple[str, ...], int] = {}
    for at, row in enumerate(rows):
        first.setdefault(row, at)
    if len({tuple(map(loose, row)) for row in first}) < len(first):
        raise Unclear("rows that differ in case or blanks only, or in how a number is written")
    return list(first.values())


def numeric(table: Table) -> list[str]:
    """The columns that hold nothing but numbers as a program would write them."""
    form = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
    return [
        name
        for name in table.head
        if table.rows
        and all(not isinstance(cell, bool) and form.fullmatch(str(cell).strip()) for cell in table.cells(name))
    ]
