"""What a translation must carry over whatever the language: numbers, dates, times of day, e-mail and web addresses."""

import re
from collections.abc import Sequence

from autogpt.agent.goal import Reading, legible
from autogpt.core.check import Check, PythonHolds
from autogpt.core.contracts import FileHead
from autogpt.core.task import Language

_TRANSLATES = re.compile(r"\btranslat\w+\b|翻译|译成|译为", re.I)
_TEXTS = (".txt", ".md", ".rst")
_MONTHS = "january february march april may june july august september october november december".split()
_ADDRESS = re.compile(r"https?://[^\s<>()（），。]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_TIME = re.compile(r"(?<![\d.])(\d{1,2}):(\d{2})(?!\d)")
_MONTH = re.compile(r"\b(" + "|".join(f"{name}|{name[:3]}" for name in _MONTHS) + r")\b(?=\.?\s+\d|,)", re.I)
_NUMBER = re.compile(
    r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?(?=(?:st|nd|rd|th)?(?![\w]))|\d+(?:\.\d+)?(?=[\u4e00-\u9fff])"
)
_HAN = "零一二三四五六七八九"
_ENGLISH = "zero one two three four five six seven eight nine ten eleven twelve".split()
_LARGE = 10_000
"""From here on languages count in other units (1万), and no digits need to be the same."""
_MOST = 60


def carried_over(goal: str, reading: Reading, files: Sequence[FileHead]) -> tuple[Check, ...]:
    """The check for a goal that translates one text of the folder into one other; () for any other goal."""
    sources = [file for file in files if file.path in reading.named("input") and file.path.endswith(_TEXTS)]
    targets = [path for path in reading.named("output") if path.endswith(_TEXTS)]
    if not _TRANSLATES.search(legible(goal)) or len(sources) != 1 or len(targets) != 1:
        return ()
    source = sources[0]
    if len(source.head.encode()) < source.size:
        return ()
    told = facts(source.head)
    if not told:
        return ()
    label, missing = (said.format(path=targets[0], source=source.path) for said in _SAID[reading.language])
    code = _CODE.format(path=targets[0], facts=[[shown, list(forms)] for shown, forms in told.items()], told=missing)
    return (PythonHolds(code=code, label=label, source="goal"),)


def facts(text: str) -> dict[str, tuple[str, ...]]:
    """Each fact as the text says it, and patterns of the forms it may have in the other language."""
    text = legible(text)
    found: dict[str, tuple[str, ...]] = {}
    for match in _ADDRESS.finditer(text):
        found[match[0]] = (re.escape(match[0].rstrip(".")),)
    text = _ADDRESS.sub(" ", text)
    for match in _TIME.finditer(text):
        hour = int(match[1])
        found[match[0]] = (*_forms(hour), *(_forms(hour - 12) if hour > 12 else ()))
    text = _TIME.sub(" ", text)
    for match in _MONTH.finditer(text):
        number = next(at for at, name in enumerate(_MONTHS, start=1) if name.startswith(match[1].lower()[:3]))
        found[f"{match[0]} ({number}月)"] = (rf"(?<!\d)0?{number}(?!\d)", f"{_han(number)}月", match[1])
    for match in _NUMBER.finditer(text):
        month = text[match.end() : match.end() + 1] == "月" and 1 <= float(match[0].replace(",", "")) <= 12
        names = (_MONTHS[int(match[0]) - 1][:3],) if month else ()
        whole = match[0].replace(",", "")
        if float(whole) < _LARGE:
            found[match[0] + ("月" if month else "")] = (*_digits(whole), *_words(whole), *names)
    return dict(list(found.items())[:_MOST])


def _digits(whole: str) -> tuple[str, ...]:
    grouped = f"{int(whole):,}" if "." not in whole else whole
    return tuple(dict.fromkeys(rf"(?<![\d.]){re.escape(form)}(?!\d)" for form in (whole, grouped)))


def _words(whole: str) -> tuple[str, ...]:
    if not whole.isdigit() or int(whole) > 99:
        return ()
    number = int(whole)
    return (_han(number), *((rf"\b{_ENGLISH[number]}\b",) if number < len(_ENGLISH) else ()))


def _forms(hour: int) -> tuple[str, ...]:
    return (*_digits(str(hour)), rf"(?<!\d)0{hour}(?!\d)", *_words(str(hour)))


def _han(number: int) -> str:
    tens, ones = divmod(number, 10)
    if not tens:
        return "[二两]" if number == 2 else _HAN[number]
    return ("" if tens == 1 else _HAN[tens]) + "十" + (_HAN[ones] if ones else "")


_SAID: dict[Language, tuple[str, str]] = {
    "en": (
        "numbers, dates and addresses of {source} are in {path}",
        "{path} lacks these facts of {source}, or has them wrong: ",
    ),
    "zh": ("{source} 中的数字、日期和地址都在 {path} 中", "{path} 漏掉或写错了 {source} 中的以下内容："),
}
_CODE = """\
import re
text = open({path!r}, encoding='utf-8-sig').read()
missing = [shown for shown, forms in {facts!r} if not any(re.search(form, text, re.I) for form in forms)]
if missing:
    raise AssertionError({told!r} + ', '.join(missing))"""
