"""One source in another form: CSV to JSON and back, to a Markdown table, settings to JSON; rows and columns swapped, keys and
values swapped, rows numbered."""

import re
from collections.abc import Sequence

from autogpt.agent.programs.inside.values import Table, numeric, plain
from autogpt.agent.reading.documents.facts import (
    HEADER_ONCE,
    JUST,
    PER_LINE,
    SAME_FORM,
    common,
    ordered,
)
from autogpt.agent.reading.documents.picks import BAD, Job, Step, named, picks, sort_steps
from autogpt.agent.reading.documents.said import Said, known_in
from autogpt.agent.reading.everyday.marks import SIGN as F

_CONVERT = re.compile(
    r"\b(?:convert|transform|turn|change|translate|export|rewrite|reformat)(?=\s)|\b(?:want|need|like|have)\s+(?:it|them|this|that|these|the\s+\w+)\s+as\b|\b(?:should|is\s+to|shall)\s+become\b|\bas\s+a(?=\s+(?:CSV|JSON|Markdown|table))|\bmake\b|\bcreate\b|\bbuild\b|\bwrite\b|\bgenerate\b|\bsave\b|\bput\b|"
    r"转换|转化|转成|转为|变成|改成|导出|做成|生成|整理成|写成|存成|另存|换成|改写成|制成",
    re.I,
)
_INTO = re.compile(r"\b(?:convert|transform|turn|change|translate|export)(?=\s)|转换|转化|转成|转为|变成|导出", re.I)
_OBJECTS = re.compile(
    r"[,，:：]?\s*\b(?:as\s+)?(?:an?\s+|one\s+)?(?:JSON\s+)?(?:list|array)\s+(?:of\s+objects|with\s+(?:one|an|a)\s+objects?\s+(?:per|for\s+each|for\s+every)\s+(?:row|line|\w+)|that\s+has\s+one\s+object\s+(?:per|for\s+each)\s+(?:row|line|\w+)|where\s+each\s+(?:row|line)\s+is\s+an\s+object)|"
    r"[,，:：]?\s*\b(?:one\s+object\s+(?:per|for\s+each|for\s+every)\s+(?:row|line)|each\s+row\s+(?:becomes|is|should\s+become)\s+(?:one|an)\s+object)\b|"
    r"[,，:：]?\s*(?:是|为|成)?(?:一个)?(?:JSON\s*)?(?:对象(?:的)?(?:列表|数组)|(?:列表|数组)[,，]?\s*(?:里面?)?(?:每行|每一行|一行|每条记录)(?:对应|是|为|变成|转成)?(?:一个)?对象|(?:每行|每一行|一行|每条记录)(?:对应|是|为|变成|转成)?(?:一个)?对象(?:的(?:列表|数组))?)",
    re.I,
)
_PAIRS = re.compile(
    r"[,，:：]?\s*\b(?:as\s+|to\s+)?(?:an?\s+|one\s+)?(?:flat\s+)?(?:JSON\s+)?object\s*,?\s*(?:with|where|that\s+has)\s+the\s+(?P<k>\w+)\s+(?:is|as)\s+(?:the\s+)?keys?\s+and\s+the\s+(?P<v>\w+)\s+(?:is|as)\s+(?:the\s+|a\s+)?(?P<kind>values?|numbers?|texts?|strings?)(?:\s+\((?:a\s+)?(?P<kind2>numbers?|texts?|strings?)\))?|[，,]?\s*(?:以)?(?:键(?:是|为|用)(?P<zk>[\u4e00-\u9fff\w]{1,6}?)[，,、]值(?:是|为|用)(?P<zv>[\u4e00-\u9fff\w]{1,6}?)|(?P<zk2>[\u4e00-\u9fff\w]{1,6}?)(?:为|作|做|作为)键[，,、]?(?P<zv2>[\u4e00-\u9fff\w]{1,6}?)(?:为|作|做|作为)值)(?:[，,（(](?:值)?(?:用|是|为|写成)(?P<zkind>数字|数值|字符串|文本)[)）]?)?(?=$|[，,。；;])",
    re.I,
)
_KEYS_ARE = re.compile(
    r"[,，]?\s*\b(?:and\s+|with\s+)*(?:the\s+)?(?:column\s+names?|header(?:s|\s+line|\s+row)?|columns)\s+(?:(?:are|is)\s+(?:the\s+)?|as\s+(?:the\s+)?)keys?|[,，]?\s*\b(?:using|taking)\s+the\s+(?:column\s+names|headers?)\s+as\s+(?:the\s+)?keys|[,，]?\s*(?:以)?(?:列名|表头)(?:作为|作|是|为|当)(?:键名?|key)|[,，]?\s*键名?(?:是|为|用|就是)(?:列名|表头)",
    re.I,
)
_NAME = rf"(?:the\s+)?(?:{F}|[A-Za-z_][\w-]*)"
_TEXT = r"(?:texts?|strings?)"
_REST = rf"(?:\s*[,;]?\s*(?:and\s+)?(?:not\s+(?:as\s+)?{_TEXT}|(?:everything\s+else|all\s+(?:the\s+)?other(?:s|\s+\w+)?|the\s+(?:rest|others?)(?:\s+\w+)?)\s*(?:should\s+be\s+|stays?\s+|remains?\s+|is\s+|are\s+|as\s+)*(?:a\s+)?{_TEXT}))*"
NUMBERS = re.compile(
    rf"[,;:]?\s*\b(?:with\s+|and\s+|store\s+|write\s+|keep\s+|make\s+)*(?P<names>{_NAME}(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+){_NAME})*)\s+(?:(?:(?:should|must|has\s+to|have\s+to|need\s+to|needs\s+to|are\s+to|is\s+to)\s+(?:all\s+|both\s+)?(?:be(?:\s+(?:stored|written|kept|saved))?(?:\s+as)?|become|stay))|as|is|are|being)\s+(?:real\s+|JSON\s+|plain\s+|an?\s+)*(?P<kind>numbers?|integers?|int)\b{_REST}|"
    rf"[,;:]?\s*\b(?:and\s+)?(?P<all>numbers\s+(?:should\s+(?:be|stay)|must\s+(?:be|stay)|as|stay)\s+(?:real\s+)?numbers){_REST}|"
    rf"[,，；;（(]?\s*(?P<znames>[\u4e00-\u9fff\w]+?(?:[、和与及][\u4e00-\u9fff\w]+?)*)(?:两列|这?两列|列|都)*(?:要|应该?|必须|需要?|请)*(?:用|写成|存成|转成|转为|保存为|存为|作为|是|为|写为)+(?P<zkind>数字|数值|整数)(?:类型|形式|格式)?[)）]?(?:[，,]?(?:不要?(?:写成|是|用|加)?(?:字符串|文本|引号)|(?:其余|其他|其它|别的)(?:的)?(?:列|字段|都|全部)*(?:是|为|用|保持|仍是|当)*(?:字符串|文本|文字)))*",
    re.I,
)
_STRINGS = re.compile(
    rf"[,;:.]?\s*\b(?:and\s+|with\s+|keep\s+|store\s+)*(?:all\s+(?:the\s+)?|every\s+|the\s+)?values?\s+(?:(?:should|must|are\s+to)\s+)?(?:(?:stay|remain|be|are|is|kept|stored)\s+)*(?:as\s+)?(?:a\s+)?{_TEXT}\b|[，,；;。]?\s*(?:所有的?)?值(?:全部|都|一律)*(?:保持|保留|是|为|用|存成|作为|写成|当作?)*(?:字符串|文本)(?:形式)?",
    re.I,
)
_TABLE = re.compile(r"\b(?:a\s+)?Markdown\s+table\b|\btable\b|Markdown\s*(?:格式的)?表格?|表格", re.I)
_TURN = re.compile(
    r"\b(?:swap|exchange|switch|flip|interchange)\s+(?:the\s+)?(?:rows\s+(?:and|with)\s+(?:the\s+)?columns|columns\s+(?:and|with)\s+(?:the\s+)?rows)|\btranspose\b|\brows\s+(?:should\s+)?become\s+(?:the\s+)?columns(?:\s+and\s+(?:the\s+)?columns\s+(?:become\s+)?(?:the\s+)?rows)?|(?:行(?:和|与)列|行列|列(?:和|与)行)(?:互换|对调|交换|转置|调换)|转置|行变列[，,、]?列变行",
    re.I,
)
_TURN_SHOWN = re.compile(
    r"\s*[(（](?:its|the)\s+first\s+(?:row|column|line)\s+becomes\s+the\s+first\s+(?:column|row)(?:\s+and\s+so\s+on)?[)）]|[，,（(]?\s*(?:原来的?)?第一[行列]变成(?:为)?第一[列行](?:[，,]?(?:以此类推|and\s+so\s+on))?[)）]?",
    re.I,
)
_SWAP = re.compile(
    r"\b(?:swap|exchange|switch|flip|invert|reverse)\s+(?:the\s+)?(?:keys\s+(?:and|with)\s+(?:the\s+)?values|values\s+(?:and|with)\s+(?:the\s+)?keys)|(?:键(?:和|与)值|键值|值(?:和|与)键)(?:互换|对调|交换|反过来|颠倒|调换)|(?:\b(?:I\s+need\s+|I\s+want\s+)?(?:it|that|this)\s+)?\bthe\s+other\s+way\s+(?:round|around)|(?:把)?(?:它|这个)?(?:反过来|倒过来)",
    re.I,
)
_NAMED = re.compile(r"\b(?:names?|keys?|values?|only|lists?)\b", re.I)
_SO_THAT = re.compile(
    r"[,，]?\s*\bso\s+that\s+(?:the|each|every)\s+\w+\s+(?:leads?\s+to|points?\s+to|maps?\s+to|is\s+the\s+key\s+(?:and|for))\s+(?:the|its)\s+\w+(?:\s+(?:is\s+)?the\s+value)?|[，,]?\s*(?:也就是|即|变成)?(?:键是|以)\w{1,6}(?:为键)?[，,、]?值(?:是|为)\w{1,6}(?=$|[，,。])",
    re.I,
)
_MAPS = re.compile(r"\b(?:maps?|tells?|says?|lists?)\s+(?:from\s+)?(?=\w)", re.I)
_LISTS = re.compile(
    r"[-–—,，:：]?\s*\b(?:(?:every|each)\s+(?P<one>\w+)(?:['’]s\s+name)?|(?:the\s+)?names?\s+of\s+(?:every|each)\s+\w+)\s+with\s+(?:the|a)\s+list\s+of\s+(?:his\s+or\s+her|their|its|his|her|the|all)\s+(?P<two>\w+)|"
    r"[-–—,，:：]?\s*\bfor\s+(?:every|each)\s+(?P<three>\w+)\s+(?:the|a)\s+list\s+of\s+(?:his\s+or\s+her|their|its|his|her|the|all)?\s*(?P<four>\w+)(?:\s+(?:he\s+or\s+she|they|it)\s+(?:is|are)\s+in)?|[，,]?\s*(?:列出)?每(?:个|位|名)?[\u4e00-\u9fff]{1,6}(?:都)?(?:对应|参加|加入|所在|属于)(?:了|的)?(?:哪些)?[\u4e00-\u9fff]{1,6}(?:的?列表)?",
    re.I,
)
_NUMBER = re.compile(
    rf"\bnumber\s+(?:all\s+)?(?:the\s+)?(?:rows|lines|entries)(?:\s+(?:of|in)\s+{F})?|(?:给|为)?{F}(?:里|中)?的?(?:每一?行|各行|所有行|行)(?:都)?(?:加上?|编上?)(?:序号|编号|号)|给\s*{F}\s*(?:的?每一?行)?(?:加上?|编上?)(?:序号|编号|号)",
    re.I,
)
_NEW_COLUMN = re.compile(
    rf"[,;:，；：]?\s*\b(?:with\s+|in\s+|as\s+|add\s+|put\s+)*(?:a\s+|the\s+)?(?:new\s+)?(?:first|leading|leftmost)\s+column\s*,?\s*(?:called|named|with\s+the\s+(?:name|header|heading))?\s*(?P<name>{F}|[A-Za-z_]\w*)|"
    rf"[，,；：:]?\s*(?:并|请)?(?:在)?(?:最前面|第一列|最左边|前面|开头)(?:新)?(?:增加|加|添加|插入|新增)?(?:上|一列|一个)*(?:新列)?(?:叫|名为|列名为?|列名是|是|为)?\s*(?P<zname>{F}|[\u4e00-\u9fff\w]{{1,6}}?)(?:列)?(?=$|[，,。；;])",
    re.I,
)
_PUT_FIRST = re.compile(
    rf"[，,；;]?\s*放在(?:第一列|最前面|最左边)[，,]?(?:列名|名称|名字)?(?:叫|为|是)+(?P<name>{F}|[\u4e00-\u9fff\w]{{1,6}}?)(?P<zname>(?=$|[，,。；;]))"
)
_FROM_ONE = re.compile(
    r"[,，]?\s*\b(?:counting|starting|beginning|numbered|running)\s+(?:from|at|with)\s+(?P<n>\d+|one)\b(?:\s+(?:up|upwards?|to\s+the\s+end))?|[，,]?\s*(?:从|由)\s*(?P<z>\d+|一)\s*(?:开始|起)(?:编号|编|数|计数)?(?:[，,]?(?:依次|逐行)?(?:递增|往下数|往下编))?",
    re.I,
)


def converted(said: Said) -> list[Job] | None:
    """The one file in the other form, where the goal asks for that and nothing else."""
    if len(said.sources) != 1 or len(said.targets) != 1:
        return None
    source, target = said.sources[0], said.targets[0]
    rest = common(said)
    for reader in (_transposed, _swapped, _numbered, _set_down):
        if jobs := reader(rest, source, target):
            return jobs
    return None


def _transposed(said: Said, source: str, target: str) -> list[Job] | None:
    found, rest = said.cut(_TURN)
    table = said.table(source)
    if not found or table is None or not _both(source, target, "csv", "tsv"):
        return None
    rest = rest.without(_TURN_SHOWN)
    return (
        [["table", target, [["load", [source]], ["transpose"]], "csv", {"like": source}]]
        if rest.whole_rows() and rest.done()
        else None
    )


def _swapped(said: Said, source: str, target: str) -> list[Job] | None:
    found, rest = said.cut(_SWAP)
    if not found or not _both(source, target, "json"):
        return None
    rest = rest.without(_SO_THAT, _LISTS, _MAPS, PER_LINE)
    order, left = ordered(rest) or (None, rest)
    if order is None or order.like or order.way == "down":
        return None
    table = said.table(source)
    if table is not None and table.head == ["key", "value"]:
        if order.sorted or not left.ungrouped() or _NAMED.search(left.rest) or not left.done():
            return None
        return [
            [
                "table",
                target,
                [["load", [source]], ["pick", [["value", "value"], ["key", "key"]]]],
                "json",
                {"shape": "pairs"},
            ]
        ]
    left = left.without(re.compile(r"[,，]?\s*\bthe\s+\w+(?=\x00)"))
    return [["invert", target, [source], "sorted" if order.sorted else ""]] if left.done() else None


def _numbered(said: Said, source: str, target: str) -> list[Job] | None:
    found, rest = said.cut(_NUMBER)
    name, rest = rest.cut(_PUT_FIRST)
    if name is None:
        name, rest = rest.cut(_NEW_COLUMN)
    start, rest = rest.cut(_FROM_ONE)
    table = said.table(source)
    if not (found or start) or not name or table is None or not _both(source, target, "csv", "tsv"):
        return None
    told = (start["n"] or start["z"]) if start else "1"
    first = 1 if told in ("one", "一") else int(told)
    sign = name["name"] or name["zname"]
    called = said.text(sign) if re.fullmatch(F, sign) else sign
    rest = rest.without(SAME_FORM)
    steps = [["load", [source]], ["number", called, first]]
    return [["table", target, steps, "csv", {"like": source}]] if rest.whole_rows() and rest.done() else None


def _both(source: str, target: str, *endings: str) -> bool:
    return all(path.lower().endswith(tuple(f".{one}" for one in endings)) for path in (source, target))


def _set_down(said: Said, source: str, target: str) -> list[Job] | None:
    """The same content in the form of the target's ending."""
    into = target.lower().rpartition(".")[2]
    if not _CONVERT.search(said.rest):
        return None
    rest = said.without(_CONVERT)
    if source.lower().endswith((".env", ".ini", ".cfg")) and into == "json":
        return _settings(rest, source, target)
    table = said.table(source)
    if table is None or source.lower().endswith(".txt") or table.head == ["key", "value"]:
        return None
    rest = rest.without(JUST)
    picked, rest = picks(rest, table)
    if into == "json" and source.lower().endswith((".csv", ".tsv")):
        return _as_objects(rest, said, source, target, table, picked)
    told = ordered(rest.without(HEADER_ONCE, SAME_FORM, _PER_ROW))
    if told is None or into not in ("csv", "md"):
        return None
    order, rest = told
    steps = [["load", [source]], *sort_steps(order, table, said), *picked]
    if BAD in steps:
        return None
    if into == "md":
        tabled, rest = rest.cut(_TABLE)
        return [["table", target, steps, "table", {}]] if tabled and rest.whole_rows() and rest.done() else None
    if not source.lower().endswith(".json"):
        return None  # one table to another: that is for those who read one
    return [["table", target, steps, "csv", {}]] if rest.whole_rows() and rest.done() else None


_PER_ROW = re.compile(
    r"[,，]?\s*\b(?:with\s+)?(?:one|each)\s+\w+\s+(?:per|on\s+(?:each|its\s+own)|in\s+each)\s+(?:row|line)\b|[,，]?\s*\b(?:one|a)\s+(?:row|line)\s+(?:per|for\s+each|for\s+every)\s+\w+|[，,]?\s*每[\u4e00-\u9fff]{1,4}一行|[，,]?\s*行(?:的)?顺序(?:和|与|跟|同)?(?:\s*JSON)?(?:里|中)?(?:的)?(?:一致|相同|一样|不变)",
    re.I,
)


def _as_objects(
    said: Said, whole: Said, source: str, target: str, table: Table, picked: Sequence[Step]
) -> list[Job] | None:
    pairs, rest = said.cut(_PAIRS)
    if pairs:
        return _as_pairs(pairs, rest, source, target, table) if not picked else None
    found, rest = said.cut(_OBJECTS)
    rest = rest.without(_KEYS_ARE)
    names, rest, told = numbers_told(rest, table)
    if names is None or not (found or _INTO.search(whole.rest)) or BAD in picked:
        return None
    if not told and numeric(table):
        return None  # texts or numbers?
    order = ordered(rest)
    if order is None or (order[0].sorted or order[0].like not in ("", "=")):
        return None
    steps = [["load", [source]], *([["typed", names]] if names else []), *picked]
    plainly = order[1].whole_rows() and order[1].done()
    return [["table", target, steps, "json", {"shape": "objects"}]] if plainly else None


def _as_pairs(pairs: re.Match[str], said: Said, source: str, target: str, table: Table) -> list[Job] | None:
    """An object with one column for its keys and another for its values."""
    one = pairs["k"] or pairs["zk"] or pairs["zk2"]
    other = pairs["v"] or pairs["zv"] or pairs["zv2"]
    if not (known_in([table])(one) and known_in([table])(other)) or plain(one) == plain(other):
        return None
    names = [table.head[table.at(one)], table.head[table.at(other)]]
    kinds = f"{pairs['kind'] or ''} {pairs['kind2'] or ''} {pairs['zkind'] or ''}"
    numbers, rest, told = numbers_told(said, table)
    if numbers is None or (numbers and numbers != names[1:]):
        return None
    typed = bool(numbers) or re.search("number|数", kinds) is not None
    if names[1] in numeric(table) and not typed and not told and not re.search("text|string|文本|字符", kinds):
        return None  # texts or numbers?
    steps: list[Step] = [["load", [source]], *([["typed", names[1:]]] if typed else [])]
    steps.append(["pick", [[name, name] for name in names]])
    return [["table", target, steps, "json", {"shape": "pairs"}]] if rest.done() else None


def numbers_told(said: Said, table: Table) -> tuple[list[str] | None, Said, bool]:
    """The columns that are to be numbers, what is left of the goal, and whether it says anything of this; None for the
    columns where one of them is none of the table."""
    strings, rest = said.cut(_STRINGS)
    names: list[str] = []
    told = strings is not None
    while True:
        found, left = rest.cut(NUMBERS)
        if found is None:
            return names, rest, told
        told, rest = True, left
        if found["all"]:
            names += numeric(table)
            continue
        parts = re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+|[、和与及]", found["names"] or found["znames"])
        for part in parts:
            name = re.sub(r"^(?:the|and)\s+", "", part.strip(), flags=re.I)
            one = named(table, name, said)
            if not one:
                return None, said, told
            head = table.head[table.at(one)]
            if re.search("int|整", found["kind"] or found["zkind"] or "", re.I) and any(
                "." in str(cell) for cell in table.cells(head)
            ):
                return None, said, told
            names.append(head)


_SECTIONS = re.compile(
    r"[,，:：]?\s*\b(?:with\s+)?(?:one|an)\s+(?:object|entry)\s+(?:per|for\s+each|for\s+every)\s+section(?:\s*,?\s*(?:holding|with|containing|that\s+holds)\s+(?:all\s+)?(?:the|its)\s+(?:keys\s+and\s+values|entries|settings)(?:\s+of\s+that\s+section)?)?|[，,：:]?\s*每个?(?:小节|节|段|分区|section)(?:对应|是|为|变成)?(?:一个)?对象(?:[，,]?(?:里面)?(?:是|放|包含)(?:该节的?)?(?:键和值|键值对?))?",
    re.I,
)
_FLAT = re.compile(
    r"[,，:：]?\s*\b(?:as\s+)?(?:one|a|an|a\s+single)\s+(?:single\s+)?(?:flat\s+)?(?:JSON\s+)?object(?:\s+with\s+(?:an|one)\s+entry\s+(?:for|per)\s+(?:each|every)?\s*(?:KEY=value\s+)?(?:line|setting|variable|entry))?|[，,：:]?\s*(?:是|为)?一个(?:扁平的?)?(?:JSON\s*)?对象",
    re.I,
)
_SKIPS = re.compile(
    r"[,，;；。.]?\s*\b(?:and\s+)?(?:ignore|skip|leave\s+out|omit|drop|without)\s+(?:the\s+|all\s+|any\s+)?(?:(?:comment\s+lines|comments?|blank\s+lines|empty\s+lines|blank|empty)(?:\s*,\s*|\s+and\s+(?:the\s+)?|\s+or\s+)?)+(?:lines)?|[，,；;。]?\s*(?:忽略|跳过|去掉|不要)(?:(?:注释|空行|空白行)(?:行)?(?:和|与|、)?)+",
    re.I,
)


def _settings(said: Said, source: str, target: str) -> list[Job] | None:
    strings, rest = said.cut(_STRINGS)
    if strings is None and re.search(
        r"[=:]\s*(?:-?\d+(?:\.\d+)?|true|false|yes|no|on|off|null|none)\s*$", said.head(source).head, re.I | re.M
    ):
        return None  # texts or numbers?
    ini = not source.lower().endswith(".env")
    rest = rest.without(_SECTIONS if ini else _FLAT, _SKIPS)
    rest = rest.without(_FLAT)
    return [["settings", target, source]] if rest.done() else None
