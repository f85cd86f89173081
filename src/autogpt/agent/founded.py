"""Whether answers taken from texts stand in them: numbers, dates and names that stand nowhere were made up."""

import re

from autogpt.agent.context import Context
from autogpt.agent.legible import legible
from autogpt.agent.questions import FORMAT, answers_of, sources
from autogpt.agent.understand import reading_of
from autogpt.agent.whole import read_whole
from autogpt.core.check import CheckResult, Judged
from autogpt.core.plan import Item
from autogpt.core.run import Run
from autogpt.core.task import Language

_SAY: dict[Language, tuple[str, str, str]] = {
    "en": (
        "what is answered stands in the texts",
        "the numbers, dates and names of all answers stand there",
        "in no text stands: {missing}; it may be made up, or put together of several places",
    ),
    "zh": (
        "回答在文中有依据",
        "所有回答中的数字、日期和名称都在文中",
        "文中没有：{missing}；可能是编造的，也可能由多处内容合成",
    ),
}
_MONTHS = "January February March April May June July August September October November December".split()
_WORDS = dict(zip("one two three four five six seven eight nine ten eleven twelve".split(), range(1, 13), strict=True))
_HAN = dict(zip("一 二 三 四 五 六 七 八 九 十 两".split(), [*range(1, 11), 2], strict=True))
_NO_NAME = re.compile(r"yes|no|true|false|none|unknown|null|n/a|是|否|有|没有|无|不是|不详", re.I)
_SHORT = 40
"""Characters of an answer that is a name and no sentence."""


async def founded(run: Run, ctx: Context) -> tuple[CheckResult, ...]:
    """What is known of the answers of each item whose questions were put to texts."""
    question, all_there, lacking = _SAY[run.task.language]
    found: list[CheckResult] = []
    for item in run.plan.items if run.plan else ():
        if not item.questions or _last_format(run, item) != FORMAT:
            continue
        survey = await read_whole(await ctx.workspace.survey(), ctx)
        files = [file for file in survey.files if file.path not in item.delivers]
        text = "\n".join(file.head for file in sources(reading_of(run.task, run.answers, files), files))
        missing = [part for answer in answers_of(item, run) for part in unfounded(answer, text)]
        evidence = lacking.format(missing=", ".join(missing[:4])) if missing else all_there
        found.append(
            CheckResult(check=Judged(question=question, source="agent"), passed=not missing, evidence=evidence)
        )
    return tuple(found)


def unfounded(answer: str, text: str) -> list[str]:
    """The parts of the answer that stand nowhere in the text: dates and numbers in any common form, a name as it is."""
    answer, text = _plain(answer), _plain(text)
    missing: list[str] = []
    for date in re.finditer(r"(\d{4})-(\d\d)-(\d\d)", answer):
        if not re.search(_date(int(date[2]), int(date[3])), text, re.I):
            missing.append(date[0])
    rest = re.sub(r"\d{4}-\d\d-\d\d", " ", answer)
    for number in re.findall(r"\d+(?:\.\d+)?", rest):
        told = {word for words in (_WORDS, _HAN) for word, value in words.items() if str(value) == number}
        short = re.escape(re.sub(r"\.0+$", "", number))
        more = "0*" if "." in short else r"(?:\.0+)?"
        if not re.search(rf"(?<![\d.]){short}{more}(?!\d|\.\d)", text) and not any(
            word in text.casefold() for word in told
        ):
            missing.append(number)
    name = answer.strip(" .。\"'“”")
    if len(name) <= _SHORT and not re.search(r"\d", name) and name and not _NO_NAME.fullmatch(name):
        words = re.findall(r"[^\W\d_]{2,}", name)
        if not all(word.casefold() in text.casefold() for word in words):
            missing.append(name)
    return missing


def _plain(text: str) -> str:
    """Without the commas and spaces between thousands."""
    return re.sub(r"(?<=\d)[,，  ](?=\d{3}(?!\d))", "", legible(text))


def _date(month: int, day: int) -> str:
    """A pattern of the day in the forms that texts have."""
    name = _MONTHS[month - 1] if 1 <= month <= len(_MONTHS) else "-"
    spelt = rf"{name[:3]}(?:{name[3:]})?\.?" if name[3:] else name
    return (
        rf"(?<!\d)0?{month}\s*月\s*0?{day}(?!\d)|(?<!\d)0?{month}[-/.]0?{day}(?!\d)|(?<!\d)0?{day}[-/.]\s?0?{month}(?!\d)|"
        rf"(?<!\d)0?{day}(?:st|nd|rd|th)?\.?\s+(?:of\s+)?{spelt}|{spelt}\s+0?{day}(?!\d)"
    )


def _last_format(run: Run, item: Item) -> str:
    steps = [step for step in run.steps if step.item == item.name]
    return steps[-1].strategy.format if steps else ""
