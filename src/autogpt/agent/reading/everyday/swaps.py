"""Clauses that replace one text by another in files: 'change every "colour" to "color" in essay.txt'."""

import re
from collections.abc import Sequence

from autogpt.agent.reading.everyday.deeds import Deeds, Edit, Ground, Said
from autogpt.agent.reading.everyday.marks import SIGN as _L
from autogpt.agent.reading.everyday.picking import picked
from autogpt.core.contracts import FileHead

_EVERY = r"(?:(?:every|all|each|any)\s+)?(?:(?:the\s+)?(?:single\s+)?(?:occurrences?|instances?|mentions?)\s+of\s+)?"
_KIND = r"(?:(?:the\s+)?(?P<{0}>word|text|name|phrase|string|term)s?\s+)?"
_OLD = rf"{_EVERY}{_KIND.format('k')}(?P<old>{_L}|[^\ue000-\uf8ff]+?)"
_NEW = rf"(?:{_KIND.format('k2')})(?P<new>{_L}|[^\ue000-\uf8ff]+?)"
_F = r"(?P<f>.+?)"
_WITH = r"\s+(?:with|by)\s+"
_RULES = tuple(
    re.compile(pattern, re.I | re.S)
    for pattern in (
        rf"(?:replace|substitute)\s+{_OLD}{_WITH}{_NEW}\s+(?:everywhere\s+)?(?:in|inside|within|throughout)\s+{_F}",
        rf"(?:replace|substitute)\s+{_OLD}\s+in\s+{_F}{_WITH}{_NEW}",
        rf"(?:find|look\s+for|search\s+for)\s+{_OLD}\s+in\s+{_F}\s+and\s+replace\s+(?:it|them|each|each\s+of\s+them|all\s+of\s+them|every\s+one|every\s+one\s+of\s+them|them\s+all)(?:\s+everywhere)?{_WITH}{_NEW}",
        rf"(?:change|turn|correct)\s+{_OLD}\s+(?:in)?to\s+{_NEW}\s+(?:everywhere\s+)?(?:in|inside|within|throughout)\s+{_F}",
        rf"(?:change|turn|correct)\s+{_OLD}\s+in\s+{_F}\s+(?:in)?to\s+{_NEW}",
        rf"in\s+{_F}\s*,?\s*(?:please\s+)?replace\s+{_OLD}{_WITH}{_NEW}(?:\s+everywhere)?",
        rf"in\s+{_F}\s*,?\s*(?:please\s+)?(?:change|turn|correct)\s+{_OLD}\s+(?:in)?to\s+{_NEW}(?:\s+everywhere)?",
        rf"(?:the\s+(?P<k>word|text|name|phrase|string|term)\s+)?(?P<old>{_L})\s+(?:should|must|has\s+to|needs\s+to|is\s+to)\s+be\s+(?:replaced\s+(?:with|by)|changed\s+(?:in)?to)\s+(?:the\s+(?P<k2>word|text|name|phrase|string|term)\s+)?(?P<new>{_L})\s+(?:everywhere\s+)?in\s+{_F}",
        rf"(?:把|将|在)?{_F}(?:里|中|内)(?:面)?(?:出现)?的?(?:所有|全部|每个|每一个|每处)?的?\s*(?:文字|文本|词语|字样)?(?P<old>{_L}|[^\ue000-\uf8ff]+?)\s*(?:这个词|字样|一词)?(?:都|全部|统一|全|全都|要|应该?|需要)*\s*(?:替换成|替换为|换成|改成|改为|换为)\s*(?P<new>{_L}|[^\ue000-\uf8ff]+?)",
        rf"在\s*{_F}(?:里|中|内)(?:面)?[，,]?\s*(?:把|将|用)?(?:所有|全部|每个|每处)?的?\s*(?P<old>{_L}|[^\ue000-\uf8ff]+?)\s*(?:都|全部|统一|全|全都)*\s*(?:替换成|替换为|换成|改成|改为|换为)\s*(?P<new>{_L}|[^\ue000-\uf8ff]+?)",
    )
)  # fmt: skip
_VAGUE = frozenset(
    "today tomorrow yesterday now nothing blank blanks empty space spaces tab tabs newline newlines uppercase lowercase capitals number numbers digit "
    "digits synonym synonyms dot dots comma commas hyphen hyphens dash dashes underscore underscores it them they this that these those something "
    "anything everything others one ones semicolon semicolons period periods quotes date dates name names word words line lines text bold italics "
    "markdown html csv json english chinese german french spanish italian latin upper lower".split()
)
_NO_TEXT = re.compile(
    r"^(?:the|an?|all|every|each|any|my|your|our|their|its|his|her|some|no|new|old|current|same|other|another|better|correct|wrong|misspelled|first|last|which|what)\b|"
    r"空格|空行|换行|标点|逗号|句号|顿号|引号|括号|大写|小写|数字|日期|名字|单词|英文|中文|下划线|制表符|今天|明天|现在|旧的|新的|的|它|他|她|这|那|每|所有|全部|错|别字|更|同义|繁体|简体|斜体|加粗",
    re.I,
)


def swapped(clause: str, ground: Ground, said: Said) -> tuple[Deeds, Said] | None:
    """The texts in which a clause replaces one text by another; None for any other clause, or where it is not plain which."""
    for pattern in _RULES:
        match = pattern.fullmatch(clause)
        if match is None:
            continue
        named = match.groupdict()
        old, new = _text(match["old"], ground), _text(match["new"], ground)
        if not old or not new or old == new or re.search(r"[\n\r]", old + new):
            return None
        files = texts(match["f"], ground)
        if not files:
            continue
        having = [file for file in files if old in file.head or len(file.head.encode()) < file.size]
        seen = [file for file in files if old in file.head]
        if not re.fullmatch(_L, match["old"]) and not _is_text(match, seen, clause):
            return None
        quoted = [ground.goal.quoted(part) for part in (match["old"], match["new"]) if re.fullmatch(_L, part)]
        if not seen and (not having or quoted != [True, True]):
            return None
        whole = "whole" if named.get("k") == "word" else ""
        op = ("replace", old, new, whole) if whole else ("replace", old, new)
        return Deeds(edits=(Edit(ops=(op,), sources=tuple(file.path for file in having)),)), said._replace(
            verb="replace"
        )
    return None


def _is_text(match: re.Match[str], seen: Sequence[FileHead], clause: str) -> bool:
    """Whether a word without quotation marks is a text to be replaced, and not what has it as its name: 'change author to Bob'."""
    old = match["old"].strip()
    told = (
        re.search(r"\b(?:every|all|each)\b|都|全部|所有|每", clause, re.I)
        or re.match(r"[A-Z0-9]", old)
        or re.search(r"\breplace\b", clause, re.I)
    )
    key = any(re.search(rf"{re.escape(old)}[*\"'`]*\s*[:=：]", file.head) for file in seen)
    return told is not None and not key


def _text(said: str, ground: Ground) -> str:
    """A text that is given as such; '' where the words may only describe it."""
    said = said.strip()
    if re.fullmatch(_L, said):
        return ground.goal.said(said)
    words = said.split()
    if _NO_TEXT.search(said) or any(word.lower() in _VAGUE for word in words) or re.search(_L, said):
        return ""
    if len(words) == 1:
        return said if re.fullmatch(r"[\w.&+-]+", said) and len(re.findall(r"[\u4e00-\u9fff]", said)) <= 8 else ""
    proper = all(re.match(r"[A-Z0-9&]", word) for word in words) and len(words) <= 4
    return said if proper and re.fullmatch(r"[\w .&'-]+", said) else ""


def texts(phrase: str, ground: Ground) -> list[FileHead]:
    """The texts that a phrase means; [] where it is not plain which, or one that is named is no text."""
    phrase = re.sub(r"^(?:the\s+)?(?:texts?|contents?)\s+of\s+|的?(?:内容|文字|正文)$", "", phrase.strip(), flags=re.I)
    pick = picked(phrase, ground.goal, ground.files)
    if pick is None or pick.rest:
        return []
    found = ground.choose(pick, deep=True) or []
    exact = any(test.rule == "exact" for test in pick.tests)
    if exact and not all(is_text(file) for file in found):
        return []
    return [file for file in found if is_text(file)]


def is_text(file: FileHead) -> bool:
    """Whether the file was read as a text."""
    return bool(file.head) and bool(file.sha256)


def whole(files: Sequence[FileHead]) -> bool:
    """Whether all that stands in the files was seen."""
    return all(len(file.head.encode()) >= file.size for file in files)
