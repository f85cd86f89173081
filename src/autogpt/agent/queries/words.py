"""Words of goals that say what kind of query is meant."""

import re

RUNNING = re.compile(
    r"\b(?:running|cumulative|accumulat\w+) (?:total|sum|balance|count|number|amount)s?\b|\bso far\b|"
    r"\bafter (?:each|every) (?:\w+ )?(?:row|entry|movement|booking|payment|transaction|line|day|month|game|match|donation|sale|order)\b|"
    r"\bup to and including\b|累计|累积|逐[笔行日月]|截至(?:该|当|此)|每(?:笔|次|行|天|日|月)(?:之后|以后|后)的?(?:余额|结余|合计|总数)",
    re.I,
)
"""What adds up from row to row."""

BEGINS = re.compile(
    r"(?:\b(?:opening|starting|initial) (?:balance|amount|stock|value)|\b(?:started|starts|began|begins|opened) (?:with|at|from)|"
    r"\bbefore the first\b|\bcarried (?:over|forward)|期初|原有|起初|开始时?|之前(?:有|的余额|的结余)|上期)"
    r"[^.;；。\n\d]{0,40}?(?P<number>\d+(?:\.\d+)?)(?![\d/-])",
    re.I,
)
"""Where adding up begins elsewhere than at nothing, and at what."""

MOST = re.compile(
    r"最|\b(?:most|least|best|worst|newest|latest|(?:high|low|larg|small|bigg|great|old|long|short|cheap|fast|heavi|earli)est)\b",
    re.I,
)
EACH = re.compile(r"\b(?:each|every|per)\s+(\w+)|(?:每一?|各)[个位种类名家本款门]?([\u4e00-\u9fff]{1,6})", re.I)
"""Of whose values something is wanted each."""

COUNTED = re.compile(
    r"\b(?:how many|number of|count\w*|how often|times)\b|几[个次人本件份]|多少[个次人本件份]|次数|人数|个数|件数", re.I
)
"""Where rows are counted."""
