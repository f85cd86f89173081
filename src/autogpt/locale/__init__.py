"""Messages in the user's language: English in the source, Chinese in `zh_CN.po` (gettext's format, edited as such)."""

import ast
import functools
import locale
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

Language = Literal["en", "zh"]

_HOLE = re.compile(r"\{(\w*)\}")
_PLACE = re.compile(r"(\S[^\n]*?(?::\d+|\.(?:png|jpe?g|bmp|gif|webp|tiff?))): (.+)", re.DOTALL | re.IGNORECASE)
"""'file:line: message'"""
_current: Language = "en"


def use(language: Language) -> None:
    """Choose the language of this process's messages."""
    global _current
    _current = language


def current() -> Language:
    return _current


def of_system() -> Language:
    """The language the environment asks for (LC_ALL, LC_MESSAGES, LANG); English unless that is Chinese."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "zh" if (locale.getlocale()[0] or "").lower().startswith("zh") else "en"


def say(text: str, **values: object) -> str:
    """The text in the current language, with `{name}` filled in."""
    if _current == "zh":
        text = catalogue().get(text, text)
    return _HOLE.sub(lambda hole: str(values[hole[1]]), text) if values else text


def say_count(number: int, one: str, many: str, /, **values: object) -> str:
    """As `say`, with the form that fits how many there are: English has one for 1 and one for all others."""
    return say(one if number == 1 else many, **values)


def translate(message: str, language: Language | None = None) -> str:
    """A finished English message (an error's) in a language, by default the current one; unchanged if no entry fits.

    Entries with `{}` are patterns: what stands in their holes is carried over; translated, if it is itself a message of
    several words, or a list of them. What follows a file and a line, or an image, is translated.
    """
    language = language or _current
    if language == "en":
        return message
    if placed := _PLACE.fullmatch(message):
        return f"{placed[1]}: {translate(placed[2], language)}"
    exact = catalogue().get(message)
    if exact is not None:
        return exact
    for pattern, translated in _patterns():
        if found := pattern.fullmatch(message):
            return _fill(translated, [_carried(part, language) for part in found.groups()])
    return message


def _carried(part: str, language: Language) -> str:
    return "\n- ".join(translate(item, language) if " " in item else item for item in part.split("\n- "))


def _fill(text: str, values: Sequence[str]) -> str:
    return _HOLE.sub(lambda hole: values[int(hole[1])], text)


@functools.cache
def catalogue() -> dict[str, str]:
    """English to Chinese. The reader knows what the file uses: msgid, msgstr, plurals, continued lines, comments.

    Chinese has one form for every number (msgstr[0]), found by the English singular and plural alike.
    """
    found: dict[str, str] = {}
    keys, value, reading = [""], "", False
    for line in [*(Path(__file__).parent / "zh_CN.po").read_text("utf-8").splitlines(), 'msgid ""']:
        if line.startswith("msgid "):
            found.update(dict.fromkeys(filter(None, keys), value))
            keys, value, reading, line = [""], "", False, line[6:]
        elif line.startswith("msgid_plural "):
            keys, line = [*keys, ""], line[13:]
        elif line.startswith(("msgstr ", "msgstr[0] ")):
            reading, line = True, line.partition(" ")[2]
        if not line.startswith('"'):
            continue
        text = ast.literal_eval(line)
        if reading:
            value += text
        else:
            keys[-1] += text
    return found


@functools.cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    # The longest first: the more an entry says, the surer it is meant.
    keys = sorted((key for key in catalogue() if "{}" in key), key=len, reverse=True)
    return tuple((re.compile(_pattern(key), re.DOTALL), catalogue()[key]) for key in keys)


def _pattern(key: str) -> str:
    # Of two holes side by side the second is what may be added: behind a comma, a semicolon, or in a new line.
    parts = "(.+?)".join(map(re.escape, key.split("{}")))
    return parts.replace("(.+?)(.+?)", r"(.+?)((?:[;,] |\n).*|)")
