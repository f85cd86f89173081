"""The examples in the words of a goal: its asserts, and sentences such as 'f(2) returns 4', as Python asserts."""

import ast
import re

from autogpt.agent.legible import legible

_ASSERT = re.compile(r"^\s*(?:[-*]\s*)?`?(assert\s.+?)`?\s*$", re.M)
_RETURNS = re.compile(
    r"`?(?<![\w.)\]])([A-Za-z_][\w.]*\([^\n`()]*(?:\([^\n`()]*\)[^\n`()]*)*\))`?\s*"
    r"(?:==|->|=>|→|returns?|(?:should|must) (?:be|return)|gives|is|返回|应返回|应该返回|得到|结果为|等于)\s*"
    r"`?('[^'\n]*'|\"[^\"\n]*\"|[^\n`;；。]+?)`?(?=[;；。]|\)(?:[\s,.;)，。；]|$)|\.\s+[A-Z`]|[,，。.]?\s*(?:$|\n|\band\b|,\s*[`A-Za-z_]|并|且|和|，))",
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
_MENDS = re.compile(r"\b(?:fix|bugs?|repair|debug)\b|修复|缺陷|修正", re.I)
_IS_SO = re.compile(r"^`?\s*(?:returns?|gives|is|返回|得到|结果为|等于)(?!\w)")
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
        if _WRONG_NOW.search(rest[max(0, match.start() - 60) : match.start()]) or _BUT.match(rest, match.end()):
            continue
        if (
            _MENDS.search(goal)
            and _IS_SO.search(match[0][len(call) :])
            and not _AIM.search(rest[: match.start()][-80:])
        ):
            continue  # what it does, or what it is to do?
        line = f"assert {call} == {value}"
        said = "==" not in match[0][len(call) : -len(value)]
        if said and re.fullmatch(r"-?\d+\.\d+", value):  # binary fractions, and rounding where many digits are given
            digits = len(value.partition(".")[2])
            line = f"assert abs({call} - {value}) < 1e-{6 if digits < 3 else min(9, digits)}"
        if _is_literal(value) and _is_call(call):
            found.append(line)
    found += _under_heads(rest)
    return tuple(dict.fromkeys(line for line in found if _parses(line)))


_HEAD = re.compile(
    r"^[ \t]*(?:[-*•]|\d+[.)、])?[ \t]*`?(?P<name>[a-z_]\w*)\(\w+\)`?[ \t]*(?:->[^:：\n]*)?[:：—–-]", re.M
)
"""Where a goal begins to tell of a function of one argument."""
_VALUE = r"\"[^\"\n]*\"|'[^'\n]*'|“[^”\n]*”|-?\d+(?:\.\d+)?"
_PAIR = re.compile(
    rf"(?<![\w(.])(?P<given>{_VALUE})`?\s*"
    r"(?:应?(?:返回|变成|变为|得到|得|是)|→|->|=>|returns?|becomes?|gives?|turns into|is)\s*"
    rf"`?(?P<got>{_VALUE}|True|False|None)(?![\w.]\w)"
)


def _under_heads(goal: str) -> list[str]:
    """Examples such as '"Ann" returns "A."' in what is told of a function: 'initials(name): the first letters ...'."""
    heads = [*_HEAD.finditer(goal)]
    found: list[str] = []
    for at, head in enumerate(heads):
        following = heads[at + 1].start() if at + 1 < len(heads) else len(goal)
        told = re.split(r"\n[ \t]*\n", goal[head.end() : following])[0]
        for pair in _PAIR.finditer(told):
            given, got = (re.sub(r"^“(.*)”$", r'"\1"', pair[name]) for name in ("given", "got"))
            found.append(f"assert {head['name']}({given}) == {got}")
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
