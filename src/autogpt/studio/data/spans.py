"""Spans: texts with their entities given as places in the text become words with tags."""

import re
from collections.abc import Iterator, Mapping
from typing import cast

_PIECE = re.compile(r"[\u3400-\u9fff\u3040-\u30ff]|\w+|[^\w\s]")
_TEXTS = ("text", "sentence", "data", "content")
_ENTITIES = ("entities", "spans", "label", "labels", "ner", "annotations")
_Span = tuple[int, int, str]


def from_spans(row: Mapping[str, object]) -> Mapping[str, object]:
    """Tokens and tags of a text with entities given as places in it, as annotation tools write them; else the row.

    Each entity is [begin, end, label] or {"start", "end", "label"}, counted in characters; or they stand by label and
    name, as in CLUENER: {label: {name: [[first, last], ...]}}.
    """
    text = next((value for name in _TEXTS if isinstance(value := row.get(name), str)), None)
    key = next((name for name in _ENTITIES if isinstance(row.get(name), list | dict)), None)
    if text is None or key is None:
        return row
    held = row[key]
    found = (
        _by_label(cast(dict[str, object], held), text)
        if isinstance(held, dict)
        else [_span(one) for one in cast(list[object], held)]
    )
    spans = [one for one in found if one is not None]
    if len(spans) < len(found):
        return row
    pieces = [(piece.start(), piece.group()) for piece in _PIECE.finditer(text)]
    tags = ["O"] * len(pieces)
    for begin, end, label in spans:
        inside = [at for at, (start, piece) in enumerate(pieces) if start < end and start + len(piece) > begin]
        for number, at in enumerate(inside):
            tags[at] = f"{'I' if number else 'B'}-{label}"
    return {"tokens": [piece for _, piece in pieces], "tags": tags}


def _span(one: object) -> _Span | None:
    fields = cast(dict[str, object], one) if isinstance(one, dict) else None
    parts = cast(list[object], one) if isinstance(one, list) else []
    if fields is not None:
        places = fields.get("pos")
        begin, end = cast(list[object], places) if isinstance(places, list) and len(places) == 2 else (None, None)  # pyright: ignore[reportUnknownArgumentType] - narrowed to a list alone
        parts = [
            fields.get("start", fields.get("start_offset", begin)),
            fields.get("end", fields.get("end_offset", end)),
            fields.get("label", fields.get("entity_group", fields.get("type"))),
        ]
    match parts:
        case [int() as begin, int() as end, str() as label]:
            return begin, end, label
        case _:
            return None


def _by_label(labels: Mapping[str, object], text: str) -> list[_Span | None]:
    return [span for label, names in labels.items() for span in _named(label, names, text)]


def _named(label: str, names: object, text: str) -> Iterator[_Span | None]:
    if not isinstance(names, dict):
        yield None
        return
    for name, places in cast(dict[str, object], names).items():
        for place in cast(list[object], places) if isinstance(places, list) else [None]:
            match place:
                # Whether the end is the last character or the one after it, the name itself says.
                case [int() as begin, int() as end]:
                    yield begin, end + (text[begin:end] != name), label
                case _:
                    yield None
