"""The form that the rows of a query are to be written in, as the goal says it."""

import re

from autogpt.agent.reading.shape import COUNT, DECIMALS

_KEYED = re.compile(
    r"\b(?:object|map|mapping|dict(?:ionary)?)\b[^.;\n]{0,40}\b(?:from|of)\b[^.;\n]{1,40}\bto\b|"
    r"\b(?:(?<!column )(?<!columns )names?|(?!names?\b)\w+) (?:as|are|is|being) (?:the |its |their )?keys?\b|\bkeys?\b[^.;\n]{0,24}\b(?:is|are|being)\b|"
    r"\bkeyed by\b|\bone key (?:per|for each)\b|\bunder its\b|"
    r"(?<![\[\w])\{\s*[\"“'][^\"”'\n]{1,30}[\"”']\s*:\s*\{|(?<![\[\w])\{\s*[\"“'][^\"”'\n]{1,30}[\"”']\s*:\s*[^{}\[\]\n,]{1,24}(?:,\s*(?:\.\.\.|…)\s*)?\}|"
    r"键(?:名)?(?:是|为|：|:)|(?:作为?|为|当)键|以[^，。；\n]{1,12}为键",
    re.I,
)
_LIST = re.compile(r"\b(?:json )?(?:list|array)\b|列表|数组", re.I)
_SENTENCE = re.compile(r"\bsentences?\b|\bin words\b|一句|一段|(?:例如|比如|形如|像)\s*[“\"「]", re.I)
"""What is not a bare value but is told."""
_TABLE = re.compile(r"\btables?\b|表格|Markdown\s*表", re.I)


def form_of(goal: str, path: str, pairs: bool = False) -> str:
    """How `querywork.main` is to write the file; '' where a query's rows would not do.

    pairs: whether the tables are mappings, of keys to values.
    """
    ending = path.lower().rpartition(".")[2]
    if ending in ("csv", "tsv", "jsonl"):
        return ending
    if ending == "txt":
        return "" if _SENTENCE.search(goal) else "lines"
    if ending == "md":
        return "md" if _TABLE.search(goal) else ""
    if ending == "json":
        return "object" if pairs or _KEYED.search(goal) else "list" if _LIST.search(goal) else "auto"
    return ""


_CENTS = re.compile(r"\b(?:round\w* )?(?:to|in) (?:whole |full |the )?cents?\b|(?:精确|保留|四舍五入)到分", re.I)


def decimals_of(goal: str) -> int | None:
    """How many decimals computed numbers are to have; None where nothing is said."""
    found = DECIMALS.search(goal)
    if not found:
        return 2 if _CENTS.search(goal) else None
    said = (found["en"] or found["zh"]).lower()
    return COUNT.get(said) or int(said)
