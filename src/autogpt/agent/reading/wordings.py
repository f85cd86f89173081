"""The words that a program is said to print: 'prints strong if ...; otherwise it prints weak', '输出“没有找到”'.

A program that prints such words has them in its source. Small models put others there, of their own making.
"""

import re

from autogpt.agent.legible import legible
from autogpt.core.check import PythonHolds

_WORDS = r"[`\"'“]?(?P<{0}>[A-Za-z]+(?: [a-z]+)?)[`\"'”]?"
_PAIR = re.compile(
    rf"\bprints?\s+(?:the words?\s+)?{_WORDS.format('one')}\s+(?:if|when)\b[^;.\n]*[;,.]?\s*(?:and\s+|or\s+)?"
    r"(?:otherwise|else|in all other cases)\b,?\s*(?:it\s+)?(?:prints?\s+)?(?:just\s+)?(?:the words?\s+)?"
    rf"{_WORDS.format('two')}(?=\s+(?:and|with|to)\b|[.;,\n]|$)"
)
_QUOTED = re.compile(
    r"\bprints?\s+(?:the (?:words?|text|message)\s+)?(?:just |only |exactly )?(?P<q>[\"“'`])(?P<text>[A-Za-z][a-z]+(?: [a-z]+){0,4})[\"”'`]|"
    r"(?:输出|打印|显示)(?:出)?[“\"「](?P<han>[\u4e00-\u9fff]{2,12})[”\"」]"
)
_WHERE = re.compile(
    r"\b(?:[Ii]f|[Ww]hen|[Ww]here|[Ff]or)\b[^;.:!?\n]{6,80}?,\s+(?:then\s+)?(?:it\s+|the\s+(?:program|script)\s+)?(?:should\s+|must\s+|shall\s+)?prints?\s+"
    r"(?:just\s+|only\s+)?(?:the words?\s+)?(?P<text>(?:no(?! (?:output|lines?|text|header|more|rows?|names?|numbers?)\b)|not|none|invalid|unknown|too)(?: [a-z]+){0,3})(?=[.;\n]|\s*$)"
)
"""'if no line is repeated, it prints no duplicates': words that begin as messages do, and not as what is printed does."""
_NO_WORDS = frozenset(
    "nothing it that the an a error errors usage its their them this one all each both help only just".split()
)
_NOT = re.compile(
    r"(?:\b(?:not|never|no longer|instead of|currently|now|still)|n['’]t)\s+(?:\w+\s+)?$|(?:不再|现在|目前|不要|别|不)[^，。；\n]{0,6}$",
    re.I,
)
_HOLDS = """\
text = open({path!r}, encoding='utf-8').read()
lost = [words for words in {words!r} if words not in text]
assert not lost, '{path} never prints: ' + ', '.join(lost)"""


def wordings(goal: str, path: str) -> list[PythonHolds]:
    """The check that the program has the words in it that the goal has it print."""
    goal = legible(goal)
    found: list[str] = []
    for match in _PAIR.finditer(goal):
        both = [match["one"], match["two"]]
        if not any(words.lower().split()[0] in _NO_WORDS for words in both) and not _denied(goal, match):
            found += both
    found += [match["text"] or match["han"] for match in _QUOTED.finditer(goal) if not _denied(goal, match)]
    found += [match["text"] for match in _WHERE.finditer(goal) if not _denied(goal, match)]
    words = list(dict.fromkeys(found))
    if not words:
        return []
    code = _HOLDS.format(path=path, words=words)
    return [PythonHolds(code=code, label=f"{path} has the words: {', '.join(words)}", source="goal")]


def _denied(goal: str, match: re.Match[str]) -> bool:
    return _NOT.search(goal[max(0, match.start() - 60) : match.start()]) is not None
