"""What a goal says that a command prints, or ends with: `python hi.py NAME` prints "Hello, NAME!"."""

import re
import shlex
from collections.abc import Collection, Sequence

from autogpt.agent.programs.trial import AMOUNT, NUMBER, RUNS
from autogpt.agent.reading.lineform import formed
from autogpt.agent.reading.shape import COUNT, DECIMALS
from autogpt.core.check import PythonHolds

_PRINTS = r"(?:\bprints?\b|\bshows?\b|\bdisplays?\b|\bsays?\b|打印|输出|显示)"
_QUOTED = r"[“\"「`](?P<text>[^“”\"「」`\n]{2,60})[”\"」`]"
_PRINTED = re.compile(rf"{_PRINTS}[^“”\"「」`\n,，;；]{{0,16}}{_QUOTED}", re.I)
_DEPENDS = re.compile(
    r"\b(?:if|when|unless|otherwise|else|or|each|every|for all|errors?|stderr|like|as|form\w*)\b|如果|若|时|否则|或|每|格式|形如|错误",
    re.I,
)
"""What makes a text one that is not printed whenever the command is called, or a pattern for several."""
_LIMITED = re.compile(r"\s*(?:if|when|unless|or)\b|，?或")
_OPEN = re.compile(r"\b[A-Z]{2,}\b|\b[B-HJ-Z]\b|<\w+>|\{|\.\.\.|…|\bxx+\b")
_NAMES = re.compile(
    r"内容|名称|名字|姓名|标题|文字|备注|类别|任务|描述|标签|作者|序号|编号|数量|金额|价格|日期|数字|个数"
)
_NONE = (
    re.compile(
        rf"(?:\bif\b|\bwhen\b)\s+(?:there\s+(?:is|are)\s+(?:none|nothing|no\s+\w+(?:\s+\w+)?)|(?:the\s+\w+|it)\s+is\s+empty|empty)"
        rf"(?:\s+(?:yet|at all))?,?\s+(?:it\s+)?{_PRINTS}\s+{_QUOTED}|{_PRINTS}[^“\"`\n.;]{{0,40}}[“\"`](?P<text2>[^“”\"`\n]{{2,60}})[”\"`]\s+"
        r"(?:if|when)\s+there\s+(?:is|are)\s+(?:none|nothing|no\b)",
        re.I,
    ),
    re.compile(
        rf"(?:一.也没有|没有(?:任何)?[^，。；“”\n]{{0,6}}|为空|是空的)(?:的时候|时)?[，,]?(?:就|则)?{_PRINTS}{_QUOTED}"
    ),
)
_STATUS = r"(?:\bexit\w*(?:\s+with)?(?:\s+(?:status|code))?|\bstatus|\bcode|状态码?|退出码|返回码)\s*(?:为|是)?\s*(?P<status>[1-9])\b"
_ABSENT = re.compile(
    r"(?:\bid|\bnumber|\bindex|\bN|序号|编号|索引)\s*(?:that\s+)?(?:does\s+not\s+exist|doesn['’]t\s+exist|is\s+unknown|不存在)[^.;。；\n]{0,90}?"
    + _STATUS,
    re.I,
)
_ADDS = re.compile(r"add|new|create|insert|append|record|log|put")
_CHOOSY = re.compile(
    r"\bone of\b|\bmust\b|\bonly\b|\balready\b|\bduplicate|\bunique\b|之一|必须|只能|只有|已经|已存在|重复|唯一", re.I
)
"""Goals in which a value that we make up may be refused rightly."""
_POSITIVE = re.compile(
    r"(?:\bnot\s+(?:a\s+)?positive\b|\bnegative\b|不是正数|负数)[^.;。；\n]{0,110}?" + _STATUS,
    re.I,
)
_NOT_THERE = "999"


def expected(
    goal: str, commands: Sequence[tuple[str, Sequence[str], str]], there: Collection[str]
) -> tuple[PythonHolds, ...]:
    """Checks for what the commands are said to print and to end with.

    commands: of each what the goal shows behind `python`, the same with values filled in, and what follows it up to
    the end of the clause. there: the files of the folder, in which a program may have kept something.
    """
    empty = not there
    # What is printed may hang on what a program keeps one day, but not on a file that is there.
    fixed = all(name in there for name in _KEPT.findall(goal))
    found: list[PythonHolds] = []
    before: list[list[str]] = []
    for shown, filled, clause in commands:
        adds = len(filled) > 2 and _ADDS.fullmatch(filled[1]) is not None
        # What other commands of a program say may hang on what is there: 'removed 1'.
        if (adds or len(commands) == 1) and (text := _printed(shown, filled, clause)):
            found.append(says([*before, filled], text))
        if fixed and _is_example(shown, filled, there) and (value := _value(clause)):
            label = f"{value} is printed by: {_shown([filled])}"
            code = _VALUED.format(commands=[list(filled)], value=value)
            found.append(PythonHolds(code=code, label=label, source="goal"))
        if _is_example(shown, filled, there):
            found += _in_form(goal, clause, filled, alone=len(commands) == 1)
        if adds and not _CHOOSY.search(goal) and not _DEPENDS.search(clause):
            found.append(ends([*before, filled], 0))
        if AMOUNT in filled and (refused := _POSITIVE.search(goal)):
            found.append(ends([["-3" if word == AMOUNT else word for word in filled]], int(refused["status"])))
        if empty and len(filled) <= 2 and (none := _first(clause)):
            found.append(says([filled], none))
        if (before or not empty) and (lines := formed(goal, [*before, filled], clause)):
            found.append(lines)
        before.append(list(filled))
    numbered = [filled for shown, filled, _ in commands if len(filled) == 3 and filled[-1] == NUMBER not in shown]
    if empty and len(numbered) == 1 and (absent := _ABSENT.search(goal)):
        found.append(ends([[*numbered[0][:-1], _NOT_THERE]], int(absent["status"])))
    return tuple(found)


def says(commands: Sequence[Sequence[str]], text: str) -> PythonHolds:
    """A check that the last of the commands, after those before it, prints the text."""
    label = f"{text!r} is printed by: {_shown(commands)}"
    code = _SAYS.format(commands=[list(command) for command in commands], text=text)
    return PythonHolds(code=code, label=label, source="goal")


def ends(commands: Sequence[Sequence[str]], status: int) -> PythonHolds:
    """A check that the last of the commands, after those before it, ends with the exit status."""
    label = f"exit status {status} from: {_shown(commands)}"
    code = _ENDS.format(commands=[list(command) for command in commands], status=status)
    return PythonHolds(code=code, label=label, source="goal")


def _shown(commands: Sequence[Sequence[str]]) -> str:
    """The last of the commands, the one that matters."""
    return shlex.join(["python", *commands[-1]])


def _printed(shown: str, filled: Sequence[str], clause: str) -> str:
    """The text that the command prints whenever it is called, its placeholders filled in; '' where none is told."""
    match = _PRINTED.search(clause)
    if match is None or _DEPENDS.search(clause[: match.start("text")]) or _LIMITED.match(clause[match.end() :]):
        return ""
    words = shlex.split(re.sub(r"\[[^\[\]]*\]", " ", shown))
    text, rest = match["text"], match["text"]
    for word, value in zip(words, filled, strict=False):
        if word != value:
            # 'N' stands in 'Name', too.
            place = rf"(?<![A-Za-z]){re.escape(word)}(?![A-Za-z])"
            text = re.sub(place, lambda _, value=value: value, text)
            rest = re.sub(place, "", rest)
    return "" if text == match["text"] or _OPEN.search(rest) or _NAMES.search(rest) else text


def _value(clause: str) -> str:
    """The bare value that a command prints: '`python add.py 3 4` prints 7'; '' where none is told."""
    match = _BARE_VALUE.match(clause) or _HERE_VALUE.match(clause)
    return match["value"] if match else ""


def _is_example(shown: str, filled: Sequence[str], there: Collection[str]) -> bool:
    """Whether the command is called as the goal shows it, with numbers of its own or a file that is there."""
    whole = " ".join(filled) == " ".join(shlex.split(shown))
    return whole and any(any(char.isdigit() for char in word) or word in there for word in filled[1:])


def _in_form(goal: str, clause: str, filled: Sequence[str], *, alone: bool) -> list[PythonHolds]:
    """The check that what the command prints has the form of a number that is told; none where none is.

    alone: whether the goal shows no other command, so that all of it speaks of this one.
    """
    told = goal if alone else clause
    decimals, bare = DECIMALS.search(told), _BARE.search(told) is not None
    if re.search(r"\bround\w*\b|四舍五入", told, re.I) or (decimals is None and not bare):
        return []
    said = (decimals["en"] or decimals["zh"]).lower() if decimals else ""
    count = COUNT.get(said) or int(said or 0)
    number = rf"-?\d+\.\d{{{count}}}" if count else r"-?\d+(?:\.\d+)?"
    call = _shown([filled])
    label = f"a number with {count} decimals is printed by: {call}"
    if bare:
        label = f"nothing but a number with {count} decimals is printed by: {call}"
    if bare and not count:
        label = f"nothing but a number is printed by: {call}"
    pattern = rf"\A\s*{number}\s*\Z" if bare else rf"(?<![\d.]){number}(?![\d])"
    code = _MATCHES.format(commands=[list(filled)], pattern=pattern, told=label.partition(" is printed")[0])
    return [PythonHolds(code=code, label=label, source="goal")]


_BARE = re.compile(
    r"\bprints? (?:only|just|nothing but) (?:the |a )?(?:\w+ )?(?:number|amount|value|result|sum)\b|\b(?:only|just) the number\b|"
    r"只(?:需|要)?(?:输出|打印|显示)(?:一个|这个|该)?(?:数字|数值|结果数字)",
    re.I,
)


_BARE_VALUE = re.compile(
    rf"\s*(?:should |must |will |应该?|要|会|时|将)?\s*{_PRINTS}\s*(?:just |only |exactly |the (?:number|value) |数字)?"
    r"(?P<value>-?\d+(?:\.\d+)?|[A-Z]{2,20}|True|False|[Yy]es|[Nn]o|是|否)"
    r"(?=\s*(?:$|[.,;:，。；、)）]\s*(?:$|\D)|[(（]|and\b|和|以及))"
)
_HERE_VALUE = re.compile(
    rf"[^.;。；\n]{{0,40}}?(?<!\w)(?:should |must |will |应该?|要|会|时|将|就)?\s*{_PRINTS}[^.;。；\n]{{0,60}}?(?:\bhere|\bin this case|\bin this example|\bso|这里(?:是|为)?|此处(?:是|为)?|本例(?:中)?(?:是|为)?)\s*"
    r"(?P<value>-?\d+(?:\.\d+)?)(?=\s*(?:$|[.,;:，。；、)）]\s*(?:$|\D)|and\b|和|以及))",
    re.I,
)
"""'prints the change with two decimals, here 6.65'."""
_KEPT = re.compile(r"[\w./-]+\.(?:json|jsonl|db|sqlite3?|csv|txt|log)\b", re.I)
"""What a program may read or keep: what it prints may then hang on that."""


def _first(clause: str) -> str:
    found = next((match for pattern in _NONE if (match := pattern.search(clause))), None)
    return (found.groupdict().get("text") or found.groupdict().get("text2") or "") if found else ""


_SAYS = f"""{RUNS}\
*_, done = runs({{commands!r}})
assert done is not None, 'it goes on until it is stopped'
assert {{text!r}} in done.stdout, f'printed is {{{{(done.stdout + done.stderr)[-400:]!r}}}}'"""
_VALUED = f"""{RUNS}\
import re
*_, done = runs({{commands!r}})
assert done is not None, 'it goes on until it is stopped'
assert re.search(r'(?<![\\w.-])' + re.escape({{value!r}}) + r'(?![\\w]|\\.\\d)', done.stdout), (
    f'printed is {{{{(done.stdout + done.stderr)[-300:]!r}}}} instead of ' + {{value!r}})"""
_MATCHES = f"""{RUNS}\
import re
*_, done = runs({{commands!r}})
assert done is not None, 'it goes on until it is stopped'
assert re.search({{pattern!r}}, done.stdout), f'printed is {{{{(done.stdout + done.stderr)[-300:]!r}}}} instead of ' + {{told!r}}"""
_ENDS = f"""{RUNS}\
*_, done = runs({{commands!r}})
assert done is not None, 'it goes on until it is stopped'
assert done.returncode == {{status}} and 'Traceback' not in done.stderr, (
    f'the exit status is {{{{done.returncode}}}} instead of {{status}}, printed: {{{{(done.stdout + done.stderr)[-300:]!r}}}}')"""
