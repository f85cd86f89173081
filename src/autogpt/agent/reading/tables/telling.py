"""Sentences that tell of a table or around it and ask for nothing."""

import re

from autogpt.agent.reading.everyday.clauses import thankless
from autogpt.agent.reading.everyday.stories import is_story
from autogpt.agent.reading.tables.lexicon import Lexicon
from autogpt.agent.reading.tables.tiling import Bit

_END = re.compile(r"(?<!e\.g)(?<!i\.e)[.!?;]+(?=\s|$)|[。！？；]+|\n+")
ASKED = "\uf8ff"
"""Put at the end of a question: it may ask for something although no phrase is known."""
_SO = re.compile(
    r"\s*(?:[,，]\s*(?:so\s+)?(?=(?:please|kindly|(?:could|can|would|will)\s+you)\b)|[,，]\s*(?:所以|因此)?(?=请|麻烦|帮我))\s*"
)
_ABOUT = re.compile(
    r"(?:the\s+(?:file|table|list|database)\s+|the\s+table\s+\w+\s+(?:in|of)\s+)?[\ue000-\ue0ff]\s+(?:is|has|contains|lists|holds|records|shows|tells|gives|keeps|says|comes)\b.*|"
    r"(?:our|my|the|all)\b[^\ue000-\ue0ff]*\b(?:is|are|stands?|lies?)\s+(?:all\s+)?in\s+[\ue000-\ue0ff]|"
    r"(?:i|we)\s+(?:have|keep|log|logged|recorded|collect|collected|write|wrote|note)\b.*[\ue000-\ue0ff].*|(?:in|there\s+(?:is|are))\b.*[\ue000-\ue0ff].*|"
    r"(?:文件|表格|数据库)?\s*[\ue000-\ue0ff]\s*(?:文件|表)?(?:里|中)?(?:的表\s*\w+\s*)?(?:是|有|记录|列出|保存|存|包含|记|里面是|每行).*|.*(?:在|记在|存在|放在)\s*[\ue000-\ue0ff]\s*(?:里|中)?$",
    re.I | re.S,
)
_DELICATE = re.compile(
    r"\b(?:cents?|thousands?|half|double|twice|instead|counts?|means?|stands?\s+for|negative|refunds?|minus|gross|net|per\s+cent|incl\w*|excl\w*|"
    r"without|not|except|only|unless|if|but|cancel\w*|wrong|missing|empty|duplicat\w*|twice)\b|表示|代表|意思|分为单位|万元|退款|负|含税|不|没|只|除|如果|但|空|缺|重复|错|单位",
    re.I,
)
_EMPTY = re.compile(
    r"(?:in\s+[\ue000-\ue0ff],?\s+)?some\s+(?:rows|lines|entries|records|\w+s)\s+(?:have\s+no|lack\s+an?|are\s+without\s+an?)\s+(?P<c>\w+)(?:\s+because\s+[\w\s]+)?",
    re.I,
)


def parts_of(text: str) -> list[str]:
    """The sentences of a goal, without thanks."""
    parts: list[str] = []
    asked = re.sub(r"([?？])(?=\s|$|[^\s?？])", rf" {ASKED}\1", thankless(text))
    for one in _END.split(asked):
        parts += [part.strip() for part in _SO.split(one) if part.strip(" ,，")]
    return parts


def idle(part: str, lexicon: Lexicon) -> tuple[Bit, ...] | None:
    """What a sentence says that only tells something: the file it speaks of. None for any other."""
    part = lexicon.restored(part)
    if ASKED in part:
        return None
    if lexicon.v_words.search(part) or re.search("[\ue100-\ue2ff]", part):
        return None
    files = [lexicon.file(sign) for sign in re.findall("[\ue000-\ue0ff]", part)]
    if any(lexicon.is_output(path) for path in files):
        return None
    bits: tuple[Bit, ...] = tuple(("file", path) for path in files)
    if _KNOWN.fullmatch(part):
        return bits
    if (gap := _EMPTY.fullmatch(part)) and lexicon.is_column(gap["c"]):
        return bits
    if re.search(r"\d", part):
        return None
    if files:
        bare = re.sub("[\ue000-\ue0ff]", "it", part)
        told = _ABOUT.fullmatch(part) is not None and not _DELICATE.search(bare)
        return bits if told and (is_story(part) or is_story(_of(bare))) else None
    speaks = lexicon.c_words.search(part)
    return bits if is_story(part) and not speaks and not _DELICATE.search(part) else None


_KNOWN = re.compile(
    r"some (?:people|customers|members|guests|rows|names|addresses|entries|of them)(?: \w+ up| are there| are in it| appear| registered| occur| ordered)? (?:twice|more than once|several times)|(?:店里|仓库|我们)?(?:要|该)(?:补货|进货|盘点|开会|对账|结账)了",
    re.I,
)
"""News that hold a word which might ask for something, and do not."""
_PHRASES = re.compile(
    r"\b(?:one|a)\s+(?:row|line|entry)\s+(?:per|for\s+each|for\s+every)\s+\w+|\bone\s+\w+(?:\s+\w+)?\s+(?:per|on\s+each)\s+line|\beach\s+(?:row|line)\b|\bper\s+\w+|\bof\s+(?:all|the)\s+\w+|\bfor\s+each\s+\w+|"
    r"\b(?:all|each)\s+of\b|\b(?:name|number|date|title|list|sort|order|count|note|mark|format|first\s+name)s?\b|每行(?:是|为|一个)|格式|记录了?|列出|保存|名字|每(?:个|笔|位|次|条|天|人|种|本|行|一)|的?数量|按|放在|存在|记在|整理",
    re.I,
)
"""What a sentence on a table may hold although in a story it might ask for something."""


def _of(bare: str) -> str:
    return _PHRASES.sub(" it ", bare)
