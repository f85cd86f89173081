"""In which order the rows of a result come, and how many of them."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autogpt.agent.reading.tables.assembly import Frame

_TIMES = {"newest", "latest", "most recent", "oldest", "earliest", "first"}
_DEPENDS = {"best", "worst", "fastest", "slowest", "first", "strongest", "top", "winner"}
_GOOD = ("score", "points", "rating", "votes", "sold", "sales", "得分", "分数", "总分", "成绩", "票数", "积分")
_SELLS = {"best seller", "best-selling"}
Key = tuple[str, bool | None]


def steps_of_order(frame: "Frame") -> list[Any] | None:
    """The steps that sort and take the first ones; None where it is not plain how."""
    told = frame.told
    tops, firsts = told.all("top"), [int(bit[1]) for bit in told.all("first")]
    keys = _keys(frame)
    if keys is None or len(tops) > 1 or len(firsts) > 1 or (tops and firsts):
        return None
    steps: list[Any] = []
    if told.has("as is") and (keys or tops or frame.figures):
        return None
    if tops:
        _, count, column, down = tops[0]
        ref = _ref(frame, column)
        if ref is None:
            return None
        steps += [["sort", [[ref, frame.kind(ref), down]]], ["first", count]]
        if [key for key in keys if key != (ref, down)] and keys[0][0] == ref and keys[0][1] is not None:
            return None
        keys = [key for key in keys if key != (ref, down) and not (key[0] == ref and key[1] is None)]
    if keys:
        if len({name for name, _ in keys}) < len(keys) or any(_gaps(frame, name) for name, _ in keys):
            return None
        steps.append(["sort", [[name, frame.kind(name), bool(down)] for name, down in keys]])
    if firsts:
        if firsts[0] < 1:
            return None
        steps.append(["first", firsts[0]])
    return steps


def _gaps(frame: "Frame", name: str) -> bool:
    return name in frame.lexicon.source.names and frame.lexicon.source.column(name).gaps


def _ref(frame: "Frame", column: str) -> str | None:
    """The column of the result that a word for sorting means; '' for the only figure."""
    figures = [new for new, _, of in frame.figures if of == column or not column]
    if frame.figures:
        if column in frame.groups:
            return column
        return figures[0] if len(figures) == 1 else None
    if not column:
        return frame.news[0] if len(frame.news) == 1 else None
    return column if column in frame.columns else None


def _keys(frame: "Frame") -> list[Key] | None:
    """What is sorted by, and whether the largest comes first (None where it is not told)."""
    keys: list[Key] = []
    for bit in frame.told.bits:
        if bit[0] == "sort":
            ref = _ref(frame, bit[1])
            if ref is None:
                return None
            known = [at for at, key in enumerate(keys) if key[0] == ref]
            if known:
                old = keys[known[0]][1]
                if old is not None and bit[2] is not None and old != bit[2]:
                    return None
                keys[known[0]] = (ref, bit[2] if bit[2] is not None else old)
            else:
                keys.append((ref, bit[2]))
        elif bit[0] == "alpha":
            ref = _first_text(frame)
            if ref is None or (keys and keys != [(ref, None)]):
                return None
            keys = [(ref, False)]
        elif bit[0] == "way":
            key = _turned(frame, keys, bit)
            if key is None:
                return None
            keys = (
                [*[one for one in keys if one[0] != key[0]], key]
                if key[0] not in [k for k, _ in keys]
                else [key if one[0] == key[0] else one for one in keys]
            )
    return keys


def _turned(frame: "Frame", keys: list[Key], bit: tuple[Any, ...]) -> Key | None:
    """The key that 'the highest first' is about, with its direction."""
    _, down, word = bit
    if keys:
        ref = keys[-1][0]
    elif tops := frame.told.all("top"):
        ref = _ref(frame, tops[0][2])
    else:
        ref = _ref(frame, "") or _only(frame, word)
    if ref is None:
        return None
    kind = frame.kind(ref)
    old = next((way for name, way in keys if name == ref), None)
    if word == "oldest" and kind == "number":
        if ref.casefold() not in ("age", "年龄"):
            return None
        down = True
    elif word in _DEPENDS | _SELLS:
        good = ref.casefold() in _GOOD or any(ref == new and fn in ("count", "sum") for new, fn, _ in frame.figures)
        if not good or word in ("fastest", "slowest", "first"):
            return None
    elif (
        (word in _TIMES and not kind.startswith("%") and kind != "number")
        or (word not in _TIMES and kind.startswith("%") and word not in ("ascending", "descending"))
        or (kind == "text" and word not in ("ascending", "descending"))
    ):
        return None
    return None if old is not None and old != down else (ref, down)


def _only(frame: "Frame", word: str) -> str | None:
    """The only column that such a word can be about."""
    source = frame.lexicon.source
    if word in _TIMES:
        dates = [column.name for column in source.columns if column.is_date]
        return dates[0] if len(dates) == 1 else None
    if word in ("most expensive", "cheapest", "priciest", "least expensive", "dearest"):
        return next(
            (
                frame.lexicon.column(one).name
                for one in ("price", "cost", "rent", "fee")
                if frame.lexicon.is_column(one)
            ),
            None,
        )
    return None


def _first_text(frame: "Frame") -> str | None:
    """What is sorted in alphabetical order where nobody says by which column."""
    if frame.figures:
        return frame.groups[0] if len(frame.groups) == 1 else None
    cols = frame.told.named("cols") or frame.told.named("key") or frame.told.named("unique")
    if not cols and len(frame.lexicon.source.columns) == 1:
        cols = frame.lexicon.source.names
    if not cols and frame.lexicon.is_column("name"):
        cols = [frame.lexicon.column("name").name]
    return cols[0] if len(cols) == 1 and frame.kind(cols[0]) == "text" else None
