"""Tells in which language prose is written, and finds placeholders that nobody filled in. Pure functions on text.

Every pattern here runs on hostile text: repeats are bounded or end at the end of the text, so time grows linearly.
"""

import re
from typing import Literal

MOST = 200_000
"""How many characters are looked at."""

_CODE = re.compile(
    r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|<(script|style|code|pre)\b.*?(?:</\1>|\Z)|`[^`\n]{0,400}`",
    re.DOTALL | re.IGNORECASE,
)
_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)|</?[a-z!][^<>]{0,400}>|https?://[^\s)>\]（），。]+|(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{1,200}"
    r"|&\w{1,10};|(?<![\w./-])[\w./-]{1,100}\.(?:py|md|txt|csv|json|html?|db|ya?ml|toml|sql|sh|js|css"
    r"|log|jpe?g|png|gif|svg|pdf|xlsx?|docx?|pptx?|xml|ini|cfg|conf|zip|gz|tar|rst|bak|tmp)\b",
    re.DOTALL | re.IGNORECASE | re.ASCII,
)
_CJK = re.compile(r"[㐀-䶿一-鿿豈-﫿]")
_KANA_HANGUL = re.compile(r"[぀-ヿ가-힯]")
_WORD = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’]*")

_NOUN_EN = (
    r"(?:Names?|Date|Address|Company|Title|Position|Phone|Number|Email|Signature|Recipient|Sender|Zip Code|Location"
    r"|Department|Amount|Information|Details)"
)
_NOUN_ZH = (
    r"(?:姓名|名字|名称|日期|公司|单位|职位|职务|地址|电话|联系方式|邮箱|签名|收件人|收信人|寄件人|发件人|写信人)"
)
_ASK_ZH = r"(?:你的|您的|填写|填入|插入|此处|请输入|待补充|待填)"
_PLACEHOLDERS = (
    # A bracket that is no link, footnote or checkbox and asks for something, or names just what should stand there.
    re.compile(r"[\[<{](?:your|insert|enter|add|fill in)\b[^\]\[<>{}\n]{0,60}[\]>}](?![(\[:])", re.IGNORECASE),
    re.compile(rf"\[(?:[A-Z][\w'’]{{0,20}}[ /]){{0,3}}{_NOUN_EN}\](?![(\[:])"),
    re.compile(rf"[\[【<{{（(][^\]】>}}）)\[\n]{{0,12}}{_ASK_ZH}[^\]】>}}）)\[\n]{{0,16}}[\]】>}}）)](?![(\[:])"),
    re.compile(rf"\[[^\]\[\n]{{0,6}}{_NOUN_ZH}\](?![(\[:])"),
    re.compile(r"\blorem ipsum\b", re.IGNORECASE),
    re.compile(r"(?<![\w-])(?:X{3,}|x{3,})(?![\w-])", re.ASCII),
    re.compile(r"(?<![A-Za-z0-9])[Xx×]{2,}(?=[一-鿿])|(?<=[一-鿿])[Xx×]{2,}(?![A-Za-z0-9])"),
    re.compile(r"(?<![\w-])(?:TODO|TBD|FIXME)(?=[:：\]])|^[ \t>*-]{0,8}(?:TODO|TBD)[.。]?[ \t]{0,8}$", re.MULTILINE),
    re.compile(r"\bplaceholder text\b|占位符|占位文字", re.IGNORECASE),
)


_SOME = 30
"""Words from which on single letters are told from a formula or a list: a model without sense strews them."""


def prose(text: str) -> str:
    """The text without code, markup, addresses and file names: what a reader reads."""
    return _MARKUP.sub(" ", _CODE.sub(" ", text[:MOST]))


def chinese_share(text: str) -> float | None:
    """Share of Chinese characters among Chinese characters and Latin words, 0 to 1; None if there are neither.

    A character and a word weigh the same, so that names and terms inside Chinese prose do not turn it.
    Japanese and Korean prose counts as not Chinese.
    """
    plain = prose(text)
    chinese, words, other = (len(pattern.findall(plain)) for pattern in (_CJK, _WORD, _KANA_HANGUL))
    if other * 10 > chinese:
        return 0.0
    return chinese / (chinese + words) if chinese + words else None


def placeholders(text: str) -> tuple[str, ...]:
    """Places that were left to be filled in, such as '[Your Name]' or '[你的名字]', without repeats."""
    plain = _CODE.sub(" ", text[:MOST])
    found = (match.group(0) for pattern in _PLACEHOLDERS for match in pattern.finditer(plain))
    return tuple(dict.fromkeys(found))


def written_in(text: str, language: Literal["en", "zh"]) -> str:
    """Say what is wrong with the text as prose in this language; '' if nothing is."""
    share = chinese_share(text)
    if share is None:
        return "it holds no prose"
    if language == "zh" and share < 0.5:
        return f"it is not written in Chinese: {share:.0%} of its words are; it begins {_head(text)!r}"
    if language == "en" and share > 0.2:
        return f"it is not written in English: {share:.0%} of its words are Chinese; it begins {_head(text)!r}"
    words = _WORD.findall(prose(text))
    if len(words) >= _SOME and 2 * sum(len(word) == 1 for word in words) > len(words):
        return f"it is no prose: most of its words are single letters; it begins {_head(text)!r}"
    left = placeholders(text)
    return f"placeholders were left in it: {', '.join(left[:8])}; write the real text or leave them out" if left else ""


def _head(text: str) -> str:
    return " ".join(prose(text).split())[:120]
