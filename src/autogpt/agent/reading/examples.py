"""The examples in the words of a goal: its asserts, and sentences such as 'f(2) returns 4', as Python asserts."""

import ast
import re

from autogpt.agent.legible import legible
from autogpt.agent.reading.pairs import MENDS, pairs

_ASSERT = re.compile(r"^\s*(?:[-*]\s*)?`?(assert\s.+?)`?\s*$", re.M)
_RETURNS = re.compile(
    r"`?(?<![\w.)\]])([A-Za-z_][\w.]*\([^\n`()]*(?:\([^\n`()]*\)[^\n`()]*)*\))`?\s*"
    r"(?:==|->|=>|→|returns?|(?:should|must) (?:be|return)|gives|is|返回|应返回|应该返回|得到|结果为|等于)\s*"
    r"`?('[^'\n]*'|\"[^\"\n]*\"|[^\n`;；。]+?)`?(?=[;；。]|\)(?:[\s,.;)，。；]|$)|\.\s+[A-Z`]|[,，。.]?\s*(?:$|\n|\b(?:and|but)\b|,\s*[`A-Za-z_]|并|且|和|，))",
    re.M,
)


_WRONG_NOW = re.compile(
    r"\b(?:currently|at the moment|right now|now|wrongly|incorrectly|actually|still|not|never|"
    r"instead of|n['’]t)\s[^.;。；\n(（]{0,20}$|"
    r"(?:目前|现在|却|错误地|竟然|实际上?|不)[^。；，\n]{0,10}$",
    re.I,
)
_BUT = re.compile(
    r"`?,?\s*(?:\b(?:instead of|rather than|(?:but|and|which|it) (?:it )?(?:should|must|is wrong))\b|but\b|"
    r"而不是|，?\s*(?:但|而)?应)",
    re.I,
)
_IS_SO = re.compile(r"^`?\s*(?:returns?|gives|is|返回|得到|结果为|等于)(?!\w)")
_DEMANDED = re.compile(r"`?\s*(?:(?:should|must) (?:be|return)|应返回|应该返回)")
_AIM = re.compile(
    r"\b(?:so that|until|make|should|must|expected|want|such that|after)\b|使|让|应|期望|要求|修复后", re.I
)


def examples(goal: str) -> tuple[str, ...]:
    """The asserts in the goal, and its 'f(2) returns 4' sentences as asserts; only what parses as Python counts."""
    goal = legible(goal)
    found = [match[1].strip() for match in _ASSERT.finditer(goal)]
    rest = _ASSERT.sub("", goal)
    for match in _RETURNS.finditer(rest):
        call, value = match[1], match[2].strip().rstrip(".,，。")
        if match[2].rstrip().endswith(("..", "…")):  # 3.14159... is not the number 3.14159
            continue
        aim = _DEMANDED.match(match[0][len(call) :]) is not None
        if _WRONG_NOW.search(rest[max(0, match.start() - 60) : match.start()]):
            continue
        if _BUT.match(rest, match.end()) and not aim:
            continue
        if MENDS.search(goal) and _IS_SO.search(match[0][len(call) :]) and not _AIM.search(rest[: match.start()][-80:]):
            continue  # what it does, or what it is to do?
        line = f"assert {call} == {value}"
        said = "==" not in match[0][len(call) : -len(value)]
        if said and re.fullmatch(r"-?\d+\.\d+", value):  # binary fractions, and rounding where many digits are given
            digits = len(value.partition(".")[2])
            line = f"assert abs({call} - {value}) < 1e-{6 if digits < 3 else min(9, digits)}"
        if _is_literal(value) and _is_call(call):
            found.append(line)
    found += [*_reported(rest), *pairs(rest)]
    return tuple(dict.fromkeys(line for line in found if _parses(line)))


_LITERAL = r"'[^'\n]*'|\"[^\"\n]*\"|-?\d+(?:\.\d+)?|True|False|None"
_REPORT = re.compile(
    r"`?(?<![\w.)\]])(?P<call>[A-Za-z_]\w*\([^\n`()]*\))`?(?:\s+in\s+`?[\w./]+\.py`?)?\s*"
    r"(?P<now>(?:currently |now |wrongly |incorrectly |always |目前|现在|却|错误地|会)*)(?:returns?|gives|answers|says|yields|comes out as|返回|得到|算出来(?:是|为)|算出了?|的?(?:计算)?结果(?:是|为)|给出)\s*"
    rf"`?(?P<value>{_LITERAL}|(?<![\w.])[\w-]+(?:\.[\w-]+)+)(?![\w.]\w)`?(?P<after>[^;；。\n]*)"
)
"""What a call is said to do as things are."""
_RATHER = re.compile(
    r"(?:元|页|天|个|分)?[,，(（]?\s*(?:instead of|rather than|not|而不是|(?:but |and |which |it |但|而|其实|本|正确的?(?:结果|答案|值))*(?:should|must|ought to|应该?|[是为])\s*(?:be|return|give|是|为|返回|得到|等于)?|"
    r"(?:but |and |, )*(?:(?:the )?(?:right|correct|expected) (?:answer|result|value)|right|expected) (?:is|would be|was)|(?:but )?expected)\s*"
    rf"`?(?P<right>{_LITERAL})(?![\w.]\w)"
)
_WRONG = re.compile(r"\s*[,，]?\s*(?:but\b(?!\s+`?\w+\()|which is wrong|and that is wrong|但|却|这是错|不对)", re.I)


def _reported(goal: str) -> list[str]:
    """What must hold after a fault is mended: 'f(3) returns 4 instead of 9', 'f(3) returns 4, but ...'."""
    found: list[str] = []
    for match in _REPORT.finditer(goal) if MENDS.search(goal) else ():
        before = re.split(r"[.;。；\n]", goal[: match.start()])[-1]
        if _AIM.search(before) or not _is_call(match["call"]):
            continue
        right = _RATHER.match(match["after"])
        value = match["value"]
        if not _is_literal(value):  # 1.9.0 is a text, where it is made from texts
            value = repr(value) if re.search(r"[\"']", match["call"]) else ""
        if right and right["right"] != value:
            found.append(f"assert {match['call']} == {right['right']}")
        elif value and (match["now"] or _WRONG.match(match["after"])):
            found.append(f"assert {match['call']} != {value}")
    return found


def _parses(line: str) -> bool:
    try:
        ast.parse(line)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _is_literal(text: str) -> bool:
    try:
        ast.literal_eval(text)
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        return False
    return True


def _is_call(text: str) -> bool:
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    if not isinstance(tree, ast.Call) or not isinstance(tree.func, ast.Name):
        return False
    return all(_is_literal(ast.unparse(arg)) for arg in [*tree.args, *(k.value for k in tree.keywords)])
