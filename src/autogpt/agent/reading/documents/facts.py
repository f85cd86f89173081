"""What goals on several sources say beside what is to be done: order, lines, headers, what stays as it is."""

import re
from typing import NamedTuple

from autogpt.agent.reading.documents.said import GAP, Said
from autogpt.agent.reading.everyday.marks import SIGN as F

_STAY = r"(?:as\s+(?:it|they)\s+(?:is|are)|un(?:changed|touched|modified)|alone|in\s+place|the\s+same|where\s+(?:it|they)\s+(?:is|are)|intact)"
_SOURCES = rf"(?:{F}(?:\s*(?:,|and|,\s*and)\s*{F})*|(?:the|both)\s+(?:(?:original|source|input|old|other|three|two|four|five|CSV|JSON|text|single)\s+)*(?:files?|lists?|tables?|originals?)|the\s+originals?|both|the\s+database|them|it)"
KEEPS = re.compile(
    rf"(?:[,;:.]\s*)?(?:\b(?:and|but|please)\s+)*(?:\b(?:leave|keep)\s+(?:{_SOURCES})\s+(?:itself\s+)?{_STAY}|\b(?:do\s+not|don['’]t|never|without)\s+(?:chang|touch|modify|delet|remov|alter|mov)\w*\s+(?:{_SOURCES}|anything(?:\s+else)?)|"
    rf"(?:{_SOURCES})\s+(?:must|should|has\s+to|have\s+to)?\s*(?:stays?|remains?|be\s+left|be\s+kept)\s+{_STAY}|(?:{_SOURCES})\s+(?:itself|themselves)?\s*(?:must|should|may)\s+not\s+(?:be\s+)?(?:chang|touch|modif|delet)\w+|"
    rf"(?:\b(?:leave|keep)\s+)?\b(?:everything\s+else|(?:the\s+)?existing\s+(?:ones|entries|rows|items)|the\s+rest(?:\s+of\s+(?:it|the\s+(?:file|table)|{F}))?|all\s+(?:the\s+)?others?(?:\s+\w+)?|the\s+other(?:s|\s+\w+)?|nothing\s+else)\s*(?:(?:must|should|has\s+to)\s+)?(?:stays?|remains?|keeps?|unchanged|changes?|(?:be\s+)?(?:changed|left))?\s*(?:exactly\s+)?(?:{_STAY})?)(?=\s*(?:$|[.,;!{GAP}]))|"
    rf"[，,；;。]?\s*(?:{F}|原文件|原来的文件|源文件|两个(?:原)?文件|这两个文件|原表|原来的[^，。]{{0,6}})(?:本身)?(?:都|请|也)*(?:保持(?:不变|原样|不动)|不要(?:动|改动?|修改|删除?)|别动|别改|不动|不变|保留(?:不动|不变)?)|"
    r"[，,；;。]?\s*(?:其他|其它|其余|别的|剩下)(?:的)?[\u4e00-\u9fff]{0,6}?(?:都|全部|一律|均|请)*(?:保持(?:不变|原样|不动)|不要(?:动|改动?|修改)|别动|别改|不动|不变|不改|原样保留|照旧)|[，,；;。]?\s*不要(?:改动?|动|修改)(?:其他|其它|别的|其余)(?:的)?(?:任何)?[\u4e00-\u9fff]{0,6}",
    re.I,
)  # fmt: skip
PER_LINE = re.compile(
    r"[,，]?\s*(?:\b(?:with\s+)?(?:one|each|a\s+single|a)\s+(?:\w+\s+)?(?:per|on\s+(?:each|its\s+own|a|a\s+separate)|in\s+each|to\s+a|a|each)\s+line(?:\s+in\s+both(?:\s+files)?)?|\beach\s+on\s+(?:a\s+(?:new|separate)|its\s+own)\s+line|\bline\s+by\s+line)\b(?:\s+in\s+both(?:\s+files)?)?|"
    r"[，,]?\s*(?:两个文件)?(?:都是|各)?(?:每|一)行(?:只)?(?:写|放|是|有)?一(?:个|位|条|人)?(?:姓名|名字|人名|名称)?",
    re.I,
)
JUST = re.compile(
    r"[,，]?\s*\b(?:just|only)\s+(?=(?:the|their)\s+names?\b)|,?\s*\bnothing\s+else\b|[，,]?\s*(?:只要|只写|只需要?)(?=姓名|名字|名称)|[，,]?\s*(?:不要(?:写)?(?:其他|别的)(?:任何)?(?:东西|内容)?)",
    re.I,
)
HEADER_ONCE = re.compile(
    r"[,，]?\s*(?:\b(?:with|keep(?:ing)?)\s+)?(?:only\s+)?(?:a|one|the)?\s*(?:single\s+|one\s+)?header(?:\s+(?:line|row))?(?:\s+(?:only\s+)?(?:once|at\s+the\s+top))?(?=\s*(?:$|[.,;]))|"
    r"[,，]?\s*\b(?:and\s+)?(?:the\s+)?header(?:\s+(?:line|row))?\s+(?:should\s+|must\s+)?(?:be\s+|is\s+|stands?\s+|appears?\s+|comes?\s+)?(?:there\s+)?only\s+once|"
    r"[，,]?\s*(?:表头|标题行)(?:只)?(?:保留|写|要|留|出现)(?:一行|一次|一个|一份)|[，,]?\s*只(?:保留|要|留)一(?:行|个|次)(?:表头|标题行)",
    re.I,
)
SAME_FORM = re.compile(
    rf"[,，]?\s*\b(?:all\s+)?(?:have|with|has|keep(?:ing)?)\s+(?:exactly\s+)?the\s+same\s+columns?(?:\s+as\s+(?:in\s+)?{F})?|\(?\bsame\s+columns?(?:\s+(?:as|of)\s+(?:in\s+)?{F})?\)?|[，,]?\s*(?:列|列名|表头|格式|结构)(?:都|完全|和|与|跟|同|原表|原文件|CSV|的|表头|列名|{F})*(?:一样|相同|一致|不变)",
    re.I,
)
_SAME = rf"\b(?:everybody\s+|everyone\s+|all\s+)?(?:(?:and\s+)?(?:in|keep(?:ing)?|leave|leaving)\s+)(?:the\s+|their\s+)?(?:same\s+|original\s+)*order(?:\s+(?:as\s+)?(?:of|as|in|as\s+in|they\s+have\s+in|from)\s+(?:the\s+(?:file\s+|list\s+|table\s+)?)?(?P<a>{F}|table|file|list|original))?|(?:顺序|次序)(?:都|请)?(?:和|与|跟|同|按照?|照)(?P<b>{F}|原表|原文件|原来|原名单)(?:里|中)?(?:的)?(?:顺序)?(?:都)?(?:保持)?(?:一样|相同|一致)?|(?:按照?|照)(?P<c>{F}|原表|原文件|原来)(?:里|中)?的(?:顺序|次序)(?:排列|排)?|保持(?:原来的?|原有的?)?顺序(?:不变)?|顺序(?:保持)?不变"
ORDER = re.compile(rf"[,，]?\s*(?:{_SAME})", re.I)
_BY = r"[\w\u4e00-\u9fff ]{1,24}?"
SORT = re.compile(
    rf"[,，]?\s*\b(?:and\s+)?(?:(?:sort(?:ed)?|order(?:ed)?)(?:\s+(?:it|them|the\s+\w+))?\s+)?(?:(?P<alpha>alphabetically|in\s+alphabetical\s+order|(?:from\s+)?A\s+to\s+Z)(?:\s+(?:by|of)\s+(?:the\s+)?(?P<acol>{F}|[\w ]{{1,24}}?))?)(?=\s*(?:$|[.,;:{GAP}])|\s+(?:in|and|to|as|with)\b)|"
    rf"[,，]?\s*\b(?:and\s+)?(?:sort(?:ed)?|order(?:ed)?)(?:\s+(?:it|them|the\s+\w+))?\s+by\s+(?:the\s+)?(?P<col>{F}|[\w ]{{1,24}}?)(?:\s*,?\s*\(?(?P<way>from\s+A\s+to\s+Z|ascending|descending|alphabetically|(?:the\s+)?(?:highest|largest|biggest|newest|latest|most\s+expensive)(?:\s+\w+)?\s+first|(?:the\s+)?(?:lowest|smallest|oldest|earliest|cheapest)(?:\s+\w+)?\s+first)\)?)?(?=\s*(?:$|[.,;:{GAP}])|\s+(?:in|and|to|as|with)\b)|"
    rf"[，,]?\s*(?:并|再)?(?:按照?|以)(?:照)?(?P<zcol>{F}|[\u4e00-\u9fff\w]{{1,8}}?)(?:的)?(?P<zway>从高到低|从大到小|从多到少|从晚到早|降序|由高到低|由大到小|从低到高|从小到大|从少到多|从早到晚|升序|由低到高|由小到大|先后)(?:的)?(?:顺序)?(?:排序|排列|排)?",
    re.I,
)
_FALLS = re.compile(r"descending|highest|largest|biggest|newest|latest|most|从高|从大|从多|从晚|降序|由高|由大", re.I)
_NUMBERS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "both": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "二": 2,
}
COUNT = re.compile(
    r"\bthe\s+(?P<k>two|three|four|five)\b(?=\s+(?:in|into|to|together)\b)|\b(?:the\s+|these\s+|those\s+|are\s+|have\s+|our\s+|my\s+)?(?P<n>two|three|four|five|six|both|[2-9])\s+(?:[A-Za-z]+\s+)?(?:files|lists|tables|objects|csvs|sheets|parts|months)\b|(?:这)?(?P<z>两|三|四|五|六|[2-9])(?:个|份|张)(?:[a-zA-Z]+\s*)?(?:文件|表格?|名单|清单|列表|对象)?",
    re.I,
)


class Order(NamedTuple):
    """How the rows are to stand: as in a file, or by a column; neither where nothing is said."""

    like: str = ""
    """A sign, or '=' for the order in which they are found."""
    column: str = ""
    mode: str = ""
    way: str = ""

    @property
    def sorted(self) -> bool:
        return bool(self.column or self.mode)


def ordered(said: Said) -> tuple[Order, Said] | None:
    """The order that a goal tells, and what is left of it; None where it tells two."""
    found, rest = said.cut(ORDER)
    by, rest = rest.cut(SORT)
    if (found and by) or ORDER.search(rest.rest) or SORT.search(rest.rest):
        return None
    if found:
        like = found["a"] or found["b"] or found["c"] or ""
        return Order(like=like if re.fullmatch(F, like) else "="), rest
    if by is None:
        return Order(), rest
    if by["alpha"]:
        return Order(column=(by["acol"] or "").strip(), mode="text", way="up"), rest
    way = by["way"] or by["zway"] or ""
    column = (by["col"] or by["zcol"]).strip()
    mode = "text" if re.search("A to Z|alphabet", way, re.I) else ""
    return Order(column=column, mode=mode, way="down" if _FALLS.search(way) else "up"), rest


def counted(said: Said, count: int) -> Said | None:
    """What is left without the number of the sources; None where that is another."""
    rest = said
    while True:
        found, left = rest.cut(COUNT)
        if found is None:
            return rest
        told = (found["n"] or found["z"] or found["k"]).casefold()
        if _NUMBERS.get(told, int(told) if told.isdigit() else 0) != count:
            return None
        rest = left


_KEPT_IN = re.compile(
    rf"\b(?:I|we)\s+(?:keep|have|store|track|collect|note|record|hold)\s+(?:all\s+)?(?:our|my|the)\s+[a-z]+(?:\s+[a-z]+)?\s+in\s+(?:a\s+file\s+(?:called\s+)?)?{F}(?=\s*(?:$|[.,;]|and\b))",
    re.I,
)


def common(said: Said) -> Said:
    """What is left without what these goals say anyway: what stays as it is, one name per line, one header."""
    return said.without(KEEPS, _KEPT_IN)
