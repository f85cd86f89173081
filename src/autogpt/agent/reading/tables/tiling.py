"""A sentence laid out in phrases, so that no word is left over: all ways to do so, up to a number."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from autogpt.agent.reading.tables.amounts import BARE_MONTH, NUMERAL, SIZE, WHEN
from autogpt.agent.reading.tables.lexicon import COMMON, C, Lexicon, R, V

Bit = tuple[Any, ...]
"""One thing that a phrase says: its kind, and what belongs to it."""
Found = dict[str, str]
Rule = tuple[str, Callable[[Lexicon, Found], "list[Bit] | None"]]
"""A pattern for a phrase and what it says; None where it does not say it in this table."""

_MOST = 60
_STEPS = 6_000
_JOINT = r"(?:\s*(?:,|，|、|\band\b|\bor\b|\bas\s+well\s+as\b|和|及|与|以及|或者?|跟)\s*)+(?:the\s+|their\s+|its\s+|from\s+|in\s+|by\s+|按照?)?"
_ALSO = _JOINT.replace(r"|\bor\b", "").replace("|或者?", "")
_NAME = r"(?:[\ue100-\ue1ff\ue600-\uf0ff]|(?!(?:and|sorted|ordered|one|the|each|every|where|which|only|in|as|biggest|highest|largest|lowest|for|per|with|from|that|so|to|then|by|rounded|both|of|no|without|is|are|ranked|most|best(?=\s+[a-z])|write|save|sort|newest|oldest|if|a|an)\b)[A-Za-z_][A-Za-z0-9_]*(?:-[a-z]+)?)"
_ZH_NAME = r"(?:[\ue100-\ue1ff\ue600-\uf0ff]|(?!按|总数量多|总金额高|保留|每|从|并|不|只|其|以|写|存|顺序|由|共|结果|行|一行|按照|最|金额高|次数多|数量多|多的|高的)[\u4e00-\u9fffA-Za-z0-9_%（(）)\ue600-\uf0ff]{1,10}?(?=\s*(?:[、，,。；;：:]|和|与|及|$|两列|三列|四列|这|共|列|两|三|为|[（(）)])))"


_ROWS = rf"(?:{R}|rows?|lines?|entries|entry|records?|items?|ones)"
_PLACES = {
    "c": C,
    "v": V,
    "f": "[\ue000-\ue0ff]",
    "q": "[\ue100-\ue1ff]",
    "s": "[\ue200-\ue2ff]",
    "n": NUMERAL,
    "size": SIZE,
    "when": WHEN,
    "month": BARE_MONTH,
    "cs": rf"{C}(?:{_ALSO}{C})*",
    "r": _ROWS,
    "vs": rf"{V}(?:{_JOINT}{V})*",
    "name": _NAME,
    "names": rf"{_NAME}(?:{_JOINT}{_NAME})*",
    "zname": _ZH_NAME,
    "znames": rf"{_ZH_NAME}(?:\s*(?:[、，,]|和|与|及|以及)\s*{_ZH_NAME})*",
}


def compiled(rules: Sequence[Rule]) -> list[tuple[re.Pattern[str], Rule]]:
    """The rules with what their places stand for; the words they are made of become common ones."""
    found: list[tuple[re.Pattern[str], Rule]] = []
    for rule in rules:
        used: set[str] = set()
        COMMON.update(re.findall(r"[a-z]+", re.sub(r"\\.|\?P?<\w+>", " ", rule[0].lower())))
        text = re.sub(r"(?<!P)<([a-z]+)(\d?)>", partial(_group, used=used), _spaced(rule[0]))
        text = text.replace("<R>", _ROWS)
        end = r"(?![A-Za-z0-9_])" if re.search(r"[A-Za-z)?>*+]$", text) else ""
        found.append((re.compile(rf"(?:{text})(?:(?<![A-Za-z0-9_])|{end or '(?=)'})", re.I), rule))
    return found


def _spaced(text: str) -> str:
    """The template with any gaps for its blanks."""
    return text.replace(" ?", r"\s*").replace(" ", r"\s+")


def _group(match: re.Match[str], used: set[str]) -> str:
    """What stands for a place of a template; in another branch of it the same place has another name."""
    if match[1] not in _PLACES:
        return match[0]
    name = match[1] + match[2]
    while name in used:
        name += "_"
    used.add(name)
    return f"(?P<{name}>{_PLACES[match[1]]})"


_GAP = re.compile(r"[\s\uf8ff,，;；:：()（）、–—…]*(?:-\s+)?[\s\uf8ff,，;；:：()（）、–—…]*")


def tilings(text: str, rules: Sequence[tuple[re.Pattern[str], Rule]], lexicon: Lexicon) -> list[tuple[Bit, ...]]:
    """All that the phrases of a sentence can say; [] where a word is left over."""
    found: dict[tuple[Bit, ...], None] = {}
    for way in lexicon.ways(text):
        found |= dict.fromkeys(_laid(way, rules, lexicon))
    return list(found)


def _laid(text: str, rules: Sequence[tuple[re.Pattern[str], Rule]], lexicon: Lexicon) -> list[tuple[Bit, ...]]:
    dead: set[int] = set()
    steps = 0

    def lay(at: int) -> Iterator[tuple[Bit, ...]]:
        nonlocal steps
        gap = _GAP.match(text, at)
        at = gap.end() if gap else at
        if at >= len(text):
            yield ()
            return
        if at in dead:
            return
        alive = False
        for pattern, (_, says) in rules:
            match = pattern.match(text, at)
            if match is None or match.end() == at:
                continue
            steps += 1
            if steps > _STEPS:
                return
            bits = says(lexicon, _found(match, lexicon))
            if bits is None:
                continue
            for rest in lay(match.end()):
                alive = True
                yield (*bits, *rest)
        if not alive and steps <= _STEPS:
            dead.add(at)

    found: dict[tuple[Bit, ...], None] = {}
    for one in lay(0):
        found[one] = None
        if len(found) >= _MOST:
            break
    return list(found) if steps <= _STEPS else []


def _found(match: re.Match[str], lexicon: Lexicon) -> Found:
    """What stands in the places of a template."""
    return {key.rstrip("_"): lexicon.restored(value) for key, value in match.groupdict().items() if value is not None}


def furthest(text: str, rules: Sequence[tuple[re.Pattern[str], Rule]], lexicon: Lexicon) -> str:
    """The rest of a sentence behind the last phrase that can be laid: for those who write the phrases."""
    reached = 0
    todo, seen = [0], set[int]()
    while todo:
        at = todo.pop()
        gap = _GAP.match(text, at)
        at = gap.end() if gap else at
        if at in seen:
            continue
        seen.add(at)
        reached = max(reached, at)
        for pattern, (_, says) in rules:
            match = pattern.match(text, at)
            if match and match.end() > at and says(lexicon, _found(match, lexicon)) is not None:
                todo.append(match.end())
    return text[reached:]
