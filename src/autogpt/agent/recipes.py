"""Which known way of working fits a goal, by the endings of its files and its words."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from autogpt.agent.questions import questions
from autogpt.agent.reading.compile import asks, is_code, is_prose
from autogpt.agent.reading.goal import Reading
from autogpt.agent.reading.mentions import is_test
from autogpt.agent.reading.regression import MENDS_IT
from autogpt.agent.reading.untouched import is_settings
from autogpt.agent.understand import ANSWER
from autogpt.agent.window import tokens
from autogpt.core.check import Check, TestsPass, path_of
from autogpt.core.contracts import Survey
from autogpt.core.plan import Recipe

_FIX = re.compile(
    r"\b(fix|bugs?|debug|repair|failing|broken|correct|refactor|"
    r"make (?:the |all )?tests? pass|until (?:the )?tests? pass)\b|"
    r"修复|修好|修理|报错|缺陷|调试|通过测试|测试通过|修正|重构",
    re.I,
)
_MENDS = re.compile(r"\b(?:fix|repair|debug|mend)\b|修复|修好|修理|修正|报错", re.I)
"""Words of goals whose one script is to be mended, tests or not."""
_NOT_MENDED = re.compile(
    r"(?:\b(?:do not|never|without|not)|n['’]t)\s+(?:\w+\s+)?(?:fix|repair|debug|mend|correct)\w*|"
    r"\b(?:fix|repair|correct) nothing\b|\bbug reports?\b|(?:不要|别|不用|无需|勿)(?:修复|修正|修理|修好|重构)",
    re.I,
)
_DATA = frozenset(
    {".csv", ".tsv", ".json", ".jsonl", ".db", ".sqlite", ".sqlite3", ".log", ".xml", ".yaml", ".yml", ".toml", ".ini"}
)
_COUNTS = re.compile(
    r"\b(how many|count|number of|total|average|sum|list|which|largest|smallest|most|least)\b|"
    r"多少|几个|统计|总|平均|最",
    re.I,
)


def recipe_for(goal: str, reading: Reading, checks: tuple[Check, ...], survey: Survey) -> Recipe:
    """Which known way of working fits, by the endings of the files and the words of the goal."""
    wanted = _NOT_MENDED.sub(" ", goal)
    outputs = reading.named("output", "change")
    made = reading.named("output")
    changed = reading.named("change")
    tested = any(isinstance(check, TestsPass) and check.source == "workspace" for check in checks)
    sources = [f.path for f in survey.files if f.path.endswith(".py") and not is_test(f.path)]
    if (
        _FIX.search(wanted)
        and sources
        and not any(is_code(p) for p in made)
        and (tested or any(is_code(p) for p in changed))
    ):
        return "fix"
    if _MENDS.search(wanted) and not any(is_code(p) for p in made):
        scripts = [p for p in reading.named("input") if p in sources and p not in reading.keeps]
        if len(scripts) == 1:
            return "fix"
    if tested and not made and sources and any(is_code(p) for p in (*changed, *reading.named("input"))):
        return "fix"
    if any(not is_code(p) and not _shown(p, survey) for p in changed):
        return "program"  # a model that writes it anew loses what it was not shown
    if changed and not made and all(is_settings(p) and _small(p, survey) for p in changed):
        # A program that reads and writes settings loses their remarks; a model that writes them anew does not.
        return "code"
    if changed and not made and all(_is_page(p) and _small(p, survey) for p in changed):
        # So it is with the places of a page, which programs of small models take for the first or the last such tag.
        return "code" if not _data_inputs(reading, survey) else "program"
    pages = [p for p in made if _is_page(p)]
    if any(is_code(p) for p in outputs) or (pages and not _data_inputs(reading, survey)):
        return "code"
    if reading.renames or reading.turned or reading.named("remove"):
        return "program"
    if not outputs:
        words = [f for f in survey.files if f.head]
        if any(check.source == "agent" and path_of(check) == ANSWER for check in checks):
            return "program" if words and _COUNTS.search(goal) and asks(goal) else "prose"
        return "program"
    if changed and not made and all(p.endswith((".txt", ".md")) for p in changed) and _WORDING.search(goal):
        return "prose"
    if all(is_prose(p, goal) for p in outputs) and not _computes(goal, reading, survey):
        return "prose"
    alone = not survey.files and not reading.named("input", "change")
    texts = all(p.endswith((".txt", ".md")) for p in outputs)
    if alone and texts and tokens(goal) > _SHORT and not _MADE_BY_RULE.search(goal):
        return "prose"  # nothing there that a program could read
    if len(_listing(reading, survey)) > 1 and all(p.endswith((".txt", ".csv", ".json")) for p in outputs):
        return "program"  # who stands in one list and not in the other
    small = sum(f.size for f in survey.files if f.path.endswith((".txt", ".md"))) < _FEW
    if questions(goal, reading, survey.files) and (small or _running(reading, survey)):
        return "prose"
    told = all(p.endswith((".txt", ".md", ".json")) for p in outputs)
    if told and _READS.search(goal) and _all_text(reading, survey):
        by_program = _TALLIES if _running(reading, survey) else _COUNTS
        return "program" if by_program.search(goal) or _picks(goal) else "prose"
    return "program"


def _is_page(path: str) -> bool:
    return path.lower().endswith((".html", ".htm"))


def mended_first(goal: str, made: Sequence[str], reading: Reading, survey: Survey) -> tuple[str, ...]:
    """The modules to mend before tests of them are written, where tests are all the code that a goal names as new."""
    if not made or not all(is_test(path) for path in made) or not MENDS_IT.search(_NOT_MENDED.sub(" ", goal)):
        return ()
    there = {f.path for f in survey.files}
    named = (*reading.named("change"), *reading.named("input"))
    return tuple(p for p in named if p in there and p.endswith(".py") and not is_test(p) and p not in reading.keeps)


def _shown(path: str, survey: Survey) -> bool:
    """Whether the file is shown as a whole, or is not there yet."""
    return all(len(f.head.encode()) >= f.size for f in survey.files if f.path == path)


def _small(path: str, survey: Survey) -> bool:
    return any(f.path == path and f.head and f.size <= _SMALL for f in survey.files)


_WORDING = re.compile(
    r"\b(?:spelling|grammar|typos?|punctuation|wording|tone|polite\w*|friendl\w+|polish|rephrase|reword|shorten|proofread)\b|"
    r"错别字|语法|标点|措辞|语气|润色|改写|通顺|缩短",
    re.I,
)
"""Changes of a text that take a reader, not a program."""
_FEW = 1_500
"""Bytes of texts that a model reads as a whole, in whatever form they are."""
_SMALL = 1_500
"""Bytes of a file that a small model writes anew without losing any of it."""

_READS = re.compile(
    r"\b(answers?|questions?|agreed|decided|find out|work out|extract|who|when|facts?|mentioned|according to the|"
    r"action items?|to-?dos?|decisions?|minutes of)\b|"
    r"回答|问题|答案|约定|决定|找出|提取|待办|梳理|写清楚|结论",
    re.I,
)
_SHORT = 35
"""Tokens up to which a goal says what to write rather than what to write about."""
_MADE_BY_RULE = re.compile(
    r"\b(?:numbers?|integers?|squares?|cubes?|primes?|fibonacci|multiples|powers|factorials?|random|multiplication|calendar|"
    r"every (?:day|week|month|second)|lines? (?:each|with)|times)\b|"
    r"从\s*\d+\s*到|\d+\s*到\s*\d+\s*的|平方|立方|质数|素数|斐波那契|乘法|日历|随机|倍数",
    re.I,
)
"""Texts that are counted out rather than written."""
_TALLIES = re.compile(
    r"\b(?:times|occurrences?|frequen\w+|count(?:s|ed|ing)? (?:the |all |how )|"
    r"number of (?:words|lines|characters|sentences|files)|"
    r"how many (?:words|lines|characters|sentences|files|times))\b|次数|词频|字数|行数|统计",
    re.I,
)
"""Words of what only a program does well with running text."""


def _listing(reading: Reading, survey: Survey) -> list[str]:
    """The texts to be read that are lists: a short entry a line, none of them a sentence."""
    named = [p for p in reading.named("input") if p not in reading.obeys and p.endswith(".txt")]
    lists: list[str] = []
    for file in survey.files:
        lines = [line.strip() for line in file.head.splitlines() if line.strip()]
        if file.path in named and len(lines) > 1 and all(_ENTRY.fullmatch(line) for line in lines):
            lists.append(file.path)
    return lists


_ENTRY = re.compile(r"[^.!?。！？]{1,40}|\S{1,80}")


def _running(reading: Reading, survey: Survey) -> bool:
    """Whether the texts to be read are sentences, not lines of data."""
    named = [p for p in reading.named("input") if p not in reading.obeys]
    texts = [f for f in survey.files if (f.path in named or not named) and f.path.endswith((".txt", ".md")) and f.head]
    long = [f for f in texts if len(f.head) > 400]
    ends = sum(len(re.findall(r"[.!?]\s|[。！？]", f.head)) for f in long)
    size = sum(len(f.head) + sum(char > "\u2e7f" for char in f.head) for f in long)
    return bool(long) and size / max(1, ends) < 160


def _all_text(reading: Reading, survey: Survey) -> bool:
    """Whether what is to be read is running text, which a program cannot understand and a model can."""
    named = [p for p in reading.named("input") if p not in reading.obeys]
    inputs = named or [f.path for f in survey.files]
    # A JSON of questions beside the texts is read by the model as well.
    texts = [p for p in inputs if p.endswith((".txt", ".md"))] or [
        f.path for f in survey.files if f.path.endswith((".txt", ".md"))
    ]
    return bool(texts) and all(p.endswith((".txt", ".md", ".json")) for p in inputs)


def _data_inputs(reading: Reading, survey: Survey) -> bool:
    there = reading.named("input", "change") or tuple(f.path for f in survey.files)
    return any(PurePosixPath(p).suffix.lower() in _DATA for p in there)


def _computes(goal: str, reading: Reading, survey: Survey) -> bool:
    """Whether text is to be made from data that a program must read: tables, logs, or files too long for a prompt.

    So are running texts of which lines or words are wanted as they are, picked by what a program sees at once.
    """
    named = [f for f in survey.files if f.path in reading.named("input")]
    long = any(f.size > 12_000 for f in named or survey.files)
    return (
        long
        or ((bool(named) or (_FOLDER.search(goal) is not None and bool(survey.files))) and _picks(goal))
        or (_data_inputs(reading, survey) and _COUNTS.search(goal) is not None)
    )


def _picks(goal: str) -> bool:
    """Whether lines or words of a text are wanted as they stand there."""
    return _PICKS.search(goal) is not None and _RETELLS.search(goal) is None


_FOLDER = re.compile(r"\bfiles\b|\bfolders?\b|\bdirectory\b|文件|目录", re.I)
_PICKS = re.compile(
    r"\b(?:longest|shortest) (?:\w+ )?(?:lines?|words?|verses?|names?|titles?)\b|\bnumber of characters\b|"
    r"\b(?:lines?|words|verses) (?:with|containing|starting|beginning|ending)\b|\balphabetical\w*\b|"
    r"\b(?:lines?|words|verses)\b[^;\n]{0,40} (?:that|which) (?:contain|start|begin|end|have|are|mention)\w*\b|"
    r"\b(?:every|each) (?:second|third|other|\d+(?:nd|rd|th)) (?:line|word)\b|"
    r"\b(?:first|last) (?:\d+ )?(?:lines?|words?)\b|"
    r"\b(?:all|every|each) (?:of )?(?:the )?(?:numbers?|e-?mail addresses|phone numbers|urls|links|hashtags)\b|"
    r"\beach once\b|"
    r"所有(?:的)?(?:数字|邮箱|邮件地址|电话|手机号|网址|链接)|(?:从|由)(?:小到大|大到小)|"
    r"最[长短]的(?:一)?(?:行|句|词|单词|诗句)|字数最|(?:包含|含有|开头|结尾)[^，。；\n]{0,12}的(?:所有)?(?:行|词|单词)|按(?:字母|拼音|笔画)|倒序",
    re.I,
)
_RETELLS = re.compile(
    r"\b(?:summar\w+|translat\w+|repl(?:y|ies)|answers?|rewrit\w+|rephras\w+|polish|essay|describe|explain\w*|review|letter)\b|"
    r"总结|概括|摘要|翻译|回复|回答|改写|润色|描述|介绍|解释|评论|信",
    re.I,
)
"""Work with a text that takes a reader."""
