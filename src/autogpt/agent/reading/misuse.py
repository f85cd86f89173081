"""What a command-line program is said to refuse: its commands with one bad argument, and the exit status for it."""

import re
import shlex
from collections.abc import Iterator, Sequence

from autogpt.agent.programs.trial import RUNS
from autogpt.core.check import Check, PythonHolds

_STATUS = r"(?:exit\w*|ends?|returns?|stops?|terminat\w+)\b[^.;\n]{0,60}?\b(?:status|code)\s*(?:of\s+)?"
_SAYS = re.compile(
    rf"\b(?:if|when)\s+(?P<case>[^.;\n]{{3,200}}?)\b{_STATUS}(?P<code>[1-9])\b|"
    rf"\b{_STATUS}(?P<code2>[1-9])\s+(?:if|when)\s+(?P<case2>[^.;\n]{{3,160}})|"
    r"(?P<case3>[^。；\n]{2,80}?)(?:时|的话|，|就|则)[^。；\n]{0,60}?(?:退出码|退出状态码?|返回码|状态码)(?:为|是)?\s*(?P<code3>[1-9])",
    re.I,
)
_NAME = r"(?P<name>[A-Za-z_]{1,20}|[\u4e00-\u9fff]{1,6}?)"
_BAD = (
    (
        re.compile(
            rf"\b{_NAME}\s+is\s+(?:not|no)\s+(?:an?\s+)?(?:real|valid|correct|existing|proper)(?:\s+(?:calendar\s+)?date)?\b|"
            r"\b(?P<name2>date)\s+(?:is invalid|does not exist)|"
            r"(?P<name3>日期)\s*(?:不存在|无效|不合法|不是(?:真实|有效|合法)的?(?:日期)?)",
            re.I,
        ),
        re.compile(r"(?:\w+_)?(?:DATE|DAY)|.{0,2}日期|YYYY-MM-DD"),
        "2025-02-30",
    ),
    (
        re.compile(
            rf"\b{_NAME}\s+is\s+(?:not|no)\s+(?:an?\s+)?(?:valid\s+|positive\s+|whole\s+)?(?:number|integer)\b|"
            r"(?P<name2>[\u4e00-\u9fff]{1,4})\s*不是(?:一个)?(?:正|有效)?的?(?:数字|整数|数|正数|正整数)",
            re.I,
        ),
        re.compile(
            r"N|NUM\w*|COUNT|AMOUNT|PRICE|QUANTITY|VALUE|SIZE|AGE|MINUTES|HOURS|SECONDS|POINTS|BYTES|ID|"
            r"金额|价格|数量|数字|个数|次数|编号|序号"
        ),
        "abc",
    ),
)  # fmt: skip


def misuse(goal: str, commands: Sequence[tuple[str, str, list[str]]]) -> tuple[Check, ...]:
    """A check for each command and argument of which the goal says with which exit status a bad one is refused.

    commands: of each the program, its usage behind the name, and arguments that stand for the placeholders.
    """
    found: list[Check] = []
    for case, status in _stated(goal):
        for bad, placeholder, value in _BAD:
            names = {name.lower() for match in bad.finditer(case) for name in match.groupdict().values() if name}
            for file, usage, filled in commands if names else ():
                words = _words(usage)
                if len(words) != len(filled):
                    continue
                for at, word in enumerate(words):
                    name = word.strip("<>{}")
                    if name.lower() in names and placeholder.fullmatch(name.upper()):
                        call = [file, *filled[:at], value, *filled[at + 1 :]]
                        found.append(_check(call, status))
    return tuple(dict.fromkeys(found))[:4]


def _stated(goal: str) -> Iterator[tuple[str, int]]:
    for match in _SAYS.finditer(goal):
        case = match["case"] or match["case2"] or match["case3"]
        yield case, int(match["code"] or match["code2"] or match["code3"])


def _words(usage: str) -> list[str]:
    """The words of a usage line without what is optional, as they are filled."""
    try:
        return shlex.split(re.sub(r"\[[^\[\]]*\]", " ", usage))
    except ValueError:
        return []


def _check(call: list[str], status: int) -> Check:
    code = _REFUSED.format(call=call, status=status)
    return PythonHolds(code=code, label=f"exit status {status} from: {shlex.join(['python', *call])}", source="goal")


_REFUSED = f"""{RUNS}\
for done in runs([{{call!r}}]):
    if done is not None and (done.returncode != {{status}} or 'Traceback (most recent call last)' in done.stderr):
        said = f'the exit status is {{{{done.returncode}}}} instead of {{status}}'
        raise AssertionError(said + done.stderr[-300:])"""
