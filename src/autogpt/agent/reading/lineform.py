"""The form and the order that a goal gives of the lines a command prints: one per line as "word count".

Only what cannot be meant otherwise is demanded: what stands between the parts, which of them are numbers, and how
the one number among them orders the lines.
"""

import re
from collections.abc import Sequence

from autogpt.agent.programs.trial import RUNS
from autogpt.agent.reading.sorting import order_in, ties_by_text
from autogpt.core.check import PythonHolds

__all__ = ["formed"]

_FORM = re.compile(
    r"(?:\bone\s+(?:\w+\s+)?(?:per|on each|on a)\s+line|\bone\s+line\s+(?:per|for\s+(?:each|every))\s+\w+|"
    r"\b(?:each|every)\s+(?:on\s+its\s+own\s+)?line|"
    r"\blines?\s+of\s+the\s+form|每行(?:一[个条项])?|一行一[个条项]|每[个条项]\S{0,4}一行)"
    r"[^“”\"「」`\n.;。；]{0,24}[“\"「`](?P<form>[^“”\"「」`\n]{3,60})[”\"」`]",
    re.I,
)
_WORD = r"[a-z_]+|[\u4e00-\u9fff]+"
_LINE = re.compile(rf"(?:{_WORD})(?:(?:: ?|, ?|; ?| - | \| |\t| |：|，)(?:{_WORD})){{1,4}}")
"""Two to five words with the same kind of thing between them as between the parts of a line."""
_NUMBER = re.compile(
    r"(?:\w+_)?(?:count|counts|number|amount|total|sum|price|id|index|age|score|quantity|size|times|frequency|occurrences|"
    r"average|mean|percent)|次数|数量|个数|编号|序号|金额|总价|总和|合计|价格|年龄|分数|频率|行数|字数"
)
_LITERAL = re.compile(r"of|is|has|the|a|an|and|in|on|at|to|for|was|are|by|with|from|not|no|total_of|共|是|有|为|的")


_MORE = re.compile(
    r"[$€£¥]|\b(?:header|heading|title line|column names|currency|align\w*|padded)\b|表头|标题行|元|对齐", re.I
)
"""What may stand beside the lines or in them."""


def formed(goal: str, commands: Sequence[Sequence[str]], clause: str) -> PythonHolds | None:
    """The check that every line the last command prints has the form its clause gives; None where it gives none."""
    match = _FORM.search(clause)
    if match is None or not _LINE.fullmatch(match["form"]) or _MORE.search(goal):
        return None
    words = re.split(rf"({_WORD})", match["form"])
    if any(_LITERAL.fullmatch(word) for word in words[1::2]) or not any(_NUMBER.fullmatch(w) for w in words[1::2]):
        return None
    numbers = [word for word in words[1::2] if _NUMBER.fullmatch(word)]
    parts = [
        (r"(-?\d[\d,]*(?:\.\d+)?)%?" if word in numbers else r"\S.*?(?<![:;,|=])") if at % 2 else re.escape(word)
        for at, word in enumerate(words)
    ]
    order = order_in(clause) if len(numbers) == 1 else None
    told = order if order and order.falling is not None and order.key in ("", *numbers) else None
    sign = 0 if told is None else -1 if told.falling else 1
    # What may be left out is left out of the calls: the last part can be missing.
    pattern = "".join(parts) if _NUMBER.fullmatch(words[-2]) else "".join(parts[:-3]) + f"(?:{''.join(parts[-3:])})?"
    code = _FORMED.format(
        commands=[list(command) for command in commands],
        pattern=pattern,
        form=match["form"],
        sign=sign,
        ties=told is not None and ties_by_text(clause, told),
    )
    shown = " ".join(["python", *commands[-1]])
    return PythonHolds(code=code, label=f"lines like {match['form']!r} from: {shown}", source="goal")


_FORMED = f"""import re
{RUNS}\
*_, done = runs({{commands!r}})
assert done is not None, 'it goes on until it is stopped'
before = None
for line in done.stdout.splitlines():
    match = re.fullmatch({{pattern!r}}, line.strip())
    assert match or not line.strip(), f'a line that is printed is {{{{line!r}}}}, not of the form {{form}}'
    if match and {{sign}}:
        number = float(match[1].replace(',', '')) * {{sign}}
        text = line.replace(match[1], '').strip().lower() if {{ties}} and line.isascii() else ''
        assert before is None or before <= (number, text), (
            f'the lines are not in the order that is wanted: {{{{line!r}}}} stands too late in {{{{done.stdout[:99]!r}}}}')
        before = (number, text)"""
