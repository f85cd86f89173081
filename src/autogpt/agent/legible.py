"""The text of a goal as the rules read it: bounded, so that no pattern runs away on pasted matter."""

import re

MOST = 32_000
"""Characters of a text that the rules read; what lies between head and tail of a longer one is pasted matter."""


_WRAPPED = re.compile(
    r"(?<=[^\n]{50}[a-z0-9,;'\"`)])\n(?=[a-z(`'\"])(?!python3? [\w./-]+\.py\b)"
    r"(?![a-z]\w*\(|[a-z_]\w* = |[`'\"][\w -]{1,40}[`'\"]\s*[:(])|"
    r"(?<=[^\n]{25}[，、])\n(?=[\u4e00-\u9fff“\"`])(?![“\"`][^”\"`\n]{1,40}[”\"`]\s*[:：(（])"
)
"""Ends of lines within a sentence, where a goal is typed in lines of some length."""


def legible(text: str) -> str:
    """The text as the rules read it: of bounded length, its lines, words and gaps too, so that no pattern runs away."""
    if len(text) > MOST:
        text = f"{text[: MOST * 3 // 4]}\n{text[-MOST // 4 :]}"
    text = _WRAPPED.sub(" ", text)
    text = re.sub(r"[A-Za-z0-9_./@+\\-]{200,}", " ", text)
    text = re.sub(r"([\w./-]{120})(?=[\w./-]{80})", r"\1 ", text)
    text = re.sub(r"(\W)\1{8,}", r"\1\1\1", text)
    return re.sub(r"([^\n]{600,900}[\s，。；、]|[^\n]{1200})(?=[^\n])", r"\1\n", text)
