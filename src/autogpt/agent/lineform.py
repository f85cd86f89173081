"""The form that a goal gives of the lines a command prints: one per line as "word count".

Only what cannot be meant otherwise is demanded: what stands between the parts, and which of them are numbers.
"""

import re
from collections.abc import Sequence

from autogpt.agent.trial import RUNS
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
    parts = [
        (r"-?\d[\d.,]*%?" if _NUMBER.fullmatch(word) else r"\S.*?(?<![:;,|=])") if at % 2 else re.escape(word)
        for at, word in enumerate(words)
    ]
    # What may be left out is left out of the calls: the last part can be missing.
    pattern = "".join(parts) if _NUMBER.fullmatch(words[-2]) else "".join(parts[:-3]) + f"(?:{''.join(parts[-3:])})?"
    code = _FORMED.format(commands=[list(command) for command in commands], pattern=pattern, form=match["form"])
    shown = " ".join(["python", *commands[-1]])
    return PythonHolds(code=code, label=f"lines like {match['form']!r} from: {shown}", source="goal")


_FORMED = f"""import re
{RUNS}\
*_, done = runs({{commands!r}})
assert done is not None, 'it goes on until it is stopped'
for line in done.stdout.splitlines():
    assert not line.strip() or re.fullmatch({{pattern!r}}, line.strip()), (
        f'a line that is printed is {{{{line!r}}}}, not of the form {{form}}')"""
