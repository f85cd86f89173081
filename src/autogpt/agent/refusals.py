"""What a goal says a function refuses ('raises ValueError for negative numbers'), as checks that call it so."""

import builtins
import re
from collections.abc import Sequence

from autogpt.agent.goal import legible
from autogpt.core.check import Check, PythonHolds

_ERROR = re.compile(
    r"(?:\braises?\b|\braising\b|\bthrows?\b|抛出|引发|报)\s*(?:an?\s+)?[`\"']?(?P<error>[A-Z]\w*(?:Error|Exception))\b",
)
_CASES = (
    (re.compile(r"\bnegative\b|\bbelow (?:zero|0)\b|\bless than (?:zero|0)\b|<\s*0|负数|小于\s*[0零]", re.I), "-1"),
    (re.compile(r"\bempty (?:list|sequence|array|input list)\b|\blist is empty\b|空列表|列表为空", re.I), "[]"),
    (
        re.compile(
            r"\bempty (?:string|text|name)\b|\b(?:string|text|name) is empty\b|空字符串|字符串为空|空文本", re.I
        ),
        "''",
    ),
)
_SENTENCE = re.compile(r"[^.!?。！？；;\n]+(?:\.\d[^.!?。！？；;\n]*)*")
_TRIED = """\
from {module} import {function}
try:
    got = {function}({value})
except {error}:
    pass
else:
    raise AssertionError('{function}({shown}) returned ' + repr(got) + ' instead of raising {error}')"""


def refusals(goal: str, module: str, functions: Sequence[str]) -> tuple[Check, ...]:
    """A check for each refusal that a sentence states in full, where the goal has one function of one argument."""
    goal = legible(goal)
    if not module or len(functions) != 1 or not re.search(rf"\b{re.escape(functions[0])}\s*\(\s*\w+\s*\)", goal):
        return ()
    checks: list[Check] = []
    for sentence in _SENTENCE.findall(goal):
        error = _ERROR.search(sentence)
        for words, value in _CASES if error else ():
            if error and hasattr(builtins, error["error"]) and words.search(sentence):
                code = _TRIED.format(
                    module=module,
                    function=functions[0],
                    value=value,
                    shown=value.replace("'", ""),
                    error=error["error"],
                )
                label = f"{functions[0]}({value}) raises {error['error']}"
                checks.append(PythonHolds(code=code, label=label, source="goal"))
    return tuple(checks)
