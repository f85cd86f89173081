"""What a translation must carry over whatever the language: numbers, dates, times of day, e-mail and web addresses."""

import re
from collections.abc import Sequence

from autogpt.agent.legible import legible
from autogpt.agent.reading.goal import Reading
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
    r"(?<![\w.,/])\d+(?:,\d{3})*(?:\.\d+)?(?=(?:st|nd|rd|th)?(?![\w]))(?![.,/]\d)|"
    r"(?<![\d.,/第])\d+(?:\.\d+)?(?=[\u4e00-\u9fff])"
)
_DATE = re.compile(
    r"(?<![\d./-])(?:(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{1,2})([-/.])(\d{1,2})\6(\d{4}))(?![\d/-]|\.\d)"
)
_PHONE = re.compile(r"(?<![\d.,/-])\+?\(?\d{1,4}\)?(?:[-\s]\(?\d{3,8}\)?)+(?![\d/]|-\d)")
_OTHER_UNIT = re.compile(
    r"[\s-]*(?:(?:hundred|thousand|million|billion|dozen|bn|mn|k|miles?|mph|feet|foot|ft|"
    r"inch(?:es)?|pounds?|lbs?|ounces?|oz|"
    r"gallons?|Fahrenheit|s)\b|°\s*F|[百千万亿折打]|年代)|['’]s\b",
    re.I,
)
"""What follows a number that another language counts otherwise: 1.5万 is 15,000, and a price with 8折 has 20% off."""
_HAN = "零一二三四五六七八九"
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
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
    text = re.sub(r"\d+(?:\.\d{3})+,\d+|(?<![\d/])\d+/\d+(?![\d/])", " ", text)  # 1.200,50 and fractions
    for match in _DATE.finditer(text):
        year, *rest = (match[1], match[3], match[4]) if match[1] else (match[8], match[5], match[7])
        found[f"{match[0]} ({year})"] = _digits(year)
        for part in rest:
            months = (_MONTHS[int(part) - 1][:3],) if 1 <= int(part) <= 12 else ()
            found[f"{match[0]} ({part})"] = (
                *_digits(str(int(part))),
                rf"(?<!\d){part}(?!\d)",
                *_words(str(int(part))),
                *months,
            )
    text = _DATE.sub(" ", text)
    for match in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if len(digits) >= 7 and not re.fullmatch(r"\d{4}[-\s]\d{4}", match[0]):
            found[match[0]] = (r"\D{0,3}".join(digits),)
            text = text.replace(match[0], " ")
    for match in _TIME.finditer(text):
        hour = int(match[1])
        noon = ("noon", "midnight", "中午", "正午", "午夜", "凌晨") if hour in (0, 12, 24) else ()
        other = {hour - 12, hour + 12, *((0, 12) if noon else ())} - {hour}
        found[match[0]] = (*_forms(hour), *(form for one in other if 0 <= one <= 24 for form in _forms(one)), *noon)
    text = _TIME.sub(" ", text)
    for match in _MONTH.finditer(text):
        if match[1].lower() in ("may", "mar", "march") and not re.match(r"\.?\s+\d", text[match.end() :]):
            continue
        number = next(at for at, name in enumerate(_MONTHS, start=1) if name.startswith(match[1].lower()[:3]))
        found[f"{match[0]} ({number}月)"] = (rf"(?<!\d)0?{number}(?!\d)", f"{_han(number)}月", match[1])
    for match in _NUMBER.finditer(text):
        after = text[match.end() :]
        month = after[:1] == "月" and 1 <= float(match[0].replace(",", "")) <= 12
        names = (_MONTHS[int(match[0]) - 1][:3],) if month else ()
        whole = match[0].replace(",", "")
        few = whole in ("1", "2") and re.match(r"[\u4e00-\u9fff]", after) and after[0] not in "月日号年"
        if float(whole) < _LARGE and not _OTHER_UNIT.match(after) and not few:
            found[match[0] + ("月" if month else "")] = (*_digits(whole), *_words(whole), *names)
    return dict(list(found.items())[:_MOST])


def _digits(whole: str) -> tuple[str, ...]:
    if "." in whole:
        short = whole.rstrip("0").rstrip(".")
        forms = (whole, short, f"{float(whole):.2f}", f"{float(whole):,.2f}", f"{float(whole):,g}")
    else:
        forms = (whole, f"{int(whole):,}")
    return tuple(dict.fromkeys(rf"(?<![\d.]){re.escape(form)}(?!\d)" for form in forms))


def _words(whole: str) -> tuple[str, ...]:
    if not whole.isdigit():
        return ()
    number = int(whole)
    if number > 99:
        return ("".join("[零〇]" if digit == "0" else _HAN[int(digit)] for digit in whole), _hundreds(number))
    tens, ones = divmod(number, 10)
    english = _ONES[number] if number < 20 else _TENS[tens - 2] + (f"[ -]{_ONES[ones]}" if ones else "")
    ordinal = (
        _ORDINALS[number - 1]
        if 0 < number <= 20
        else f"{_TENS[tens - 2]}[ -]{_ORDINALS[ones - 1]}"
        if ones
        else f"{english[:-1]}ieth"
    )
    return (_han(number), rf"\b(?:{english}|{ordinal})\b")


def _hundreds(number: int) -> str:
    """A number below ten thousand in Chinese characters, as a pattern."""
    thousands, rest = divmod(number, 1_000)
    hundreds, small = divmod(rest, 100)
    said = f"{'[二两]' if thousands == 2 else _HAN[thousands]}千" if thousands else ""
    if hundreds:
        said += f"{'[二两]' if hundreds == 2 else _HAN[hundreds]}百"
    if small:
        said += ("零" if not hundreds or small < 10 else "") + (("一" if 10 <= small < 20 else "") + _han(small))
    return said


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
