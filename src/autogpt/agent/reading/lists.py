"""Lists of names in a goal: the columns of a table and the keys of an object, and which file is spoken of."""

import re

_END = r"(?=\s*(?:,|and\b|for (?:all|each|every)\b|、|，|和|[;:。；\n()（）]|\.(?!\w)|[-–—]{1,2}\s|——|$))"
_NOTE = r"(?:\s*[(（][^)）\n]{0,80}[)）])?"
_NAME = rf"(?:[`\"'“][\w\u4e00-\u9fff]+[`\"'”]{_NOTE}|[\w\u4e00-\u9fff]+{_NOTE}{_END})"
# A list that goes on in a way this cannot read is no list: half of one would be a false demand.
_ALL = r"(?!\s*(?:、|和|and\b(?!\s+(?:\d|one\b|at\b|exactly\b|write\b|save\b))))"
NAMES = rf"(?:{_NAME})(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s*[、，和]\s*)(?:{_NAME}))*{_ALL}"
COLUMNS = re.compile(
    rf"\b(?:with|and)\s+(?:the\s+)?(?:(?:two|three|four|five|six|seven|eight|following|exact|\d)\s+)?columns\s*[:,]?\s*({NAMES})|[(（]columns?\s*:\s*({NAMES})|(?:列名?|表头)(?:为|是|：|:)\s*({NAMES})",
    re.I,
)
KEYS = re.compile(
    rf"\bwith\s+(?:the\s+)?keys?\b\s*:?\s*({NAMES})|\.json\s+with:\s*({NAMES})|(?:键|字段)名?(?:为|是|：|:)\s*({NAMES})",
    re.I,
)
FILE = re.compile(r"[\w\u4e00-\u9fff./-]+\.(?:csv|tsv|jsonl?|xlsx|db|sqlite3?|md|txt|log|ya?ml|toml|xml|html|ini|py)\b")


def told(pattern: re.Pattern[str], goal: str, path: str) -> list[str]:
    """The names in the first list that speaks of the file; one word alone may describe the names instead of being one."""
    for match in pattern.finditer(goal):
        if pattern is KEYS and re.search(r"\bkeys?\b|键", goal[: match.start()]):
            continue  # the keys of what is under a key
        if pattern is KEYS and _MAPPED.search(goal[match.start() : match.end() + 20]):
            continue  # what stands as keys, and not how they are called
        if _ends(match) and belongs(goal, match, path) and len(names := _listed(match)) > 1:
            return names
    return []


_MAPPED = re.compile(r"值\s*(?:都?是|为|：|:)|\bvalues?\s+(?:is|are|being)\b")


def belongs(goal: str, match: re.Match[str], path: str) -> bool:
    """Whether what is said there is said of the file: it is the last one named before, or the only one named."""
    before = FILE.findall(goal[: match.start() + 1])
    if before:
        return before[-1].endswith(path)
    sentence = (
        re.split(r"[.;。；]\s|\n", goal[: match.start() + 1])[-1]
        + re.split(r"[.;。；]\s|\n", goal[match.start() + 1 :])[0]
    )
    after = FILE.findall(goal[match.end() :])
    return not after or (after[0].endswith(path) and path in sentence and not _GIVEN.search(sentence))


_GIVEN = re.compile(
    r"\b(?:exports?|gives?|returns?|holds?|sends?|has|have)\b|\bone with\b.*\bone with\b|导出|返回", re.I
)
"""Sentences on what is there, not on what is to be made."""


def _ends(match: re.Match[str]) -> bool:
    """Whether the list ends here: a comma after names without an 'and' may lead to one more that cannot be read."""
    after = match.string[match.end() :].lstrip()
    if after.startswith("，"):
        first = _names(match).partition("，")
        return not first[1] or re.search(r"[、,和]", first[0]) is not None
    if re.match(r",\s*(?:plus|and(?!\s+`?[\w./-]+\.\w)|then|with|followed)\b", after):
        return False
    return not after.startswith(",") or re.search(r"\band\b|和", _names(match)) is not None


def _names(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group)


def _listed(match: re.Match[str]) -> list[str]:
    text = re.sub(r"\([^)]*\)", "", _names(match))
    text = re.sub(r"（[^）]*）", "", text)
    if "，" in text:
        # After a list of its own, or with such words, a comma begins what is to be done with it.
        text = (
            text.split("，")[0] if re.search(r"[、和,]", text) else "" if re.search(r"[用按写以并请不]", text) else text
        )
    names = [name.strip(" `\"'“”") for name in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+|\s*[、，和]\s*", text)]
    return [name for name in names if name]
