"""What a command is said to print for a bad argument: 'if the number of people is not positive it prints "no people"'."""

import re
import shlex
from collections.abc import Sequence

from autogpt.agent.reading.expected import says
from autogpt.agent.reading.refusals import refused_values
from autogpt.core.check import PythonHolds

_QUOTED = r"[“\"'「`](?P<text>[^“”\"'「」`\n]{2,60})[”\"'」`]"
_PRINTS = (
    r"(?:should |must )?(?:just |only )?(?:prints?|outputs?|says?|shows?)\s+(?:just |only |the (?:text|message|word) )?"
)
_CASES = (
    re.compile(
        rf"\b(?:if|when)\s+(?:the\s+)?(?P<name>\w+(?: \w+){{0,3}}?)\s+(?P<case>(?:is|are)\s+[^,.;\n]{{3,50}}?),?\s+(?:it\s+|the (?:script|program)\s+)?{_PRINTS}{_QUOTED}",
        re.I,
    ),
    re.compile(
        rf"\b{_PRINTS}{_QUOTED}\s+(?:instead\s+)?(?:if|when)\s+(?:the\s+)?(?P<name>\w+(?: \w+){{0,3}}?)\s+(?P<case>(?:is|are)\s+[^,.;\n]{{3,50}})",
        re.I,
    ),
    re.compile(
        r"(?:如果|若|当)?(?P<name>[\u4e00-\u9fff]{1,6}?)(?P<case>(?:不是|是|为|小于|大于|超过|不在|等于)[^，。；“”\n]{1,20}?)(?:时|的话)?[，,]?\s*"
        rf"(?:就|则|应|要)*(?:输出|打印|显示){_QUOTED}"
    ),
)
_ELSEWHERE = re.compile(r"\bstderr\b|\bstandard error\b|\b(?:in|to) (?:a|the) (?:file|log)\b|标准错误", re.I)


def complaints(goal: str, commands: Sequence[tuple[str, str, Sequence[str]]]) -> tuple[PythonHolds, ...]:
    """A check for each bad argument that can be made up and what is printed for it.

    commands: of each the program, its usage behind the name, and arguments that stand for the placeholders. What an
    argument is called is told by the usage, or in brackets behind the command: '`python aa.py 328 5` (total, people)'.
    """
    if _ELSEWHERE.search(goal):
        return ()
    found: dict[str, PythonHolds] = {}
    for match in (one for pattern in _CASES for one in pattern.finditer(goal)):
        name = match["name"].lower()
        for file, usage, filled in commands:
            names = _names(goal, file, usage)
            if len(names) != len(filled) or names.count(name) != 1:
                continue
            at = names.index(name)
            for value in refused_values(f"{'' if _HAN.match(name) else name + ' '}{match['case'].strip()}", name):
                call = [file, *filled[:at], value.strip("'"), *filled[at + 1 :]]
                found.setdefault(shlex.join(call), says([call], match["text"]))
    return tuple(found.values())[:4]


_HAN = re.compile(r"[\u4e00-\u9fff]")


def _names(goal: str, file: str, usage: str) -> list[str]:
    """What the arguments are called, in their order; none where it is not told of each."""
    words = usage.split()
    behind = re.search(rf"{re.escape(file)}\s+{re.escape(usage)}\s*[`”\"」]?\s*[(（]([^()（）\n]{{3,80}})[)）]", goal)
    if behind:
        told = [
            re.sub(r"^(?:the|an?)\s+", "", one.strip(), flags=re.I)
            for one in re.split(r"[,，、]|\s+and\s+|和", behind[1])
        ]
        if len(told) == len(words):
            return [one.lower() for one in told]
    return [word.strip("<>{}[]").lower() for word in words]
