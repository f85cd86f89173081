"""Databases: a table made of a file, a table written to a file, members without an entry in another table, amounts added."""

import re

from autogpt.agent.programs.inside.values import Table, numeric
from autogpt.agent.reading.documents.facts import HEADER_ONCE, PER_LINE, SAME_FORM, common, ordered
from autogpt.agent.reading.documents.picks import COLUMNS, Job, Step
from autogpt.agent.reading.documents.said import Said, columns_named, is_base, known_in
from autogpt.agent.reading.everyday.marks import SIGN as F

_WORD = r"[A-Za-z_][A-Za-z0-9_]*"
_NEW_BASE = re.compile(
    rf"\b(?:create|make|build|set\s+up|generate|need|want|into|in)\s+(?:me\s+)?(?:(?:a|an|the|new)\s+)*(?:SQLite\s*3?\s+)?(?:database\s+)(?:file\s+)?(?:called\s+|named\s+)?(?P<to>{F})|(?:导入|存入|写入)(?:到)?(?:一个)?(?:新建的?|新的)(?:SQLite)?数据库(?:文件)?(?P<zto2>{F})|(?:新建|创建|建立?|生成|做成?|导入到?|存入|存到|写入)(?:一个|到|为|进)*(?:新的)?\s*(?:SQLite\s*)?(?:数据库)(?:文件)?(?P<zto>{F})",
    re.I,
)
_TABLE = re.compile(
    rf"[,，]?\s*\b(?:with|in|into|containing|that\s+has|has|,)?\s+(?:(?:a|one|the|its)\s+)?(?:single\s+)?table\s+(?:called\s+|named\s+)?(?P<name>{F}|{_WORD})|[,，]?\s*\b(?:the\s+)?table\s+(?:is\s+|should\s+be\s+)?(?:called|named)\s+(?P<name2>{F}|{_WORD})|[，,]?\s*(?:里面?|其中)?(?:的|有|建|包含)*(?:一张|一个)?表(?:名)?(?:叫|为|名为|是)?\s*(?P<zname>{F}|{_WORD})",
    re.I,
)
_PARENS = re.compile(r"\s*[(（]\s*(?P<all>[\w\u4e00-\u9fff]+(?:\s*[,，、]\s*[\w\u4e00-\u9fff]+)+)\s*[)）]")
_HAS_COLUMNS = re.compile(r"[,，]?\s*有?[一两二三四五六\d](?:列|个字段)[:：]?\s*", re.I)
_RESPECTIVELY = re.compile(
    r"[，,]?\s*(?:分别)(?:存|保存|对应|是|放|记录|来自)(?P<z>[\u4e00-\u9fff\w]+(?:[、和与][\u4e00-\u9fff\w]+)+)|[,，]?\s*\b(?:for|holding|from)\s+(?P<e>[\w]+(?:\s*,\s*[\w]+)*,?\s+and\s+[\w]+)\s*,?\s*(?:respectively|in\s+(?:this|that)\s+order)",
    re.I,
)
_FILL = re.compile(
    r"\b(?:and\s+)?(?:fill(?:ed)?|load(?:ed)?|import(?:ed)?|insert(?:ed)?|populate[d]?|read)\s+(?:it\s+)?(?:with\s+)?(?:all\s+)?(?:the\s+)?(?:rows|data|entries|contents?|records)?\s*(?:of|from|in)?(?=\s*[\ue000-\uf8ff])|\bimport\b|\bload\b|导入|存入|填入|写入|装入|放入",
    re.I,
)
_ROW_EACH = re.compile(
    r"[,，]?\s*\bone\s+row\s+(?:per|for\s+each|for\s+every)\s+\w+|[，,]?\s*每[\u4e00-\u9fff]{1,3}一行|[，,]?\s*一[个条道][\u4e00-\u9fff]{1,3}一行",
    re.I,
)
_KINDS = re.compile(
    rf"[,;.，；。]?\s*\b(?:with\s+|and\s+)?(?:the\s+)?(?P<names>{_WORD}(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+){_WORD})*)\s+(?:must|should|has\s+to|have\s+to|is|are|as|being)\s+(?:be\s+)?(?:stored\s+|saved\s+)?(?:as\s+)?(?:an?\s+)?(?P<kind>integers?|INTEGER|whole\s+numbers?|REAL|floats?|decimal\s+numbers?|TEXT|texts?|strings?|numbers?|numeric)(?:\s+column)?\b(?:,?\s+not\s+(?:as\s+)?(?:text|strings?))?|"
    rf"[,，；;（(]?\s*(?P<znames>[\u4e00-\u9fff\w]+?(?:[、和与][\u4e00-\u9fff\w]+?)*)(?:两列|列|字段|都)*(?:要|应|必须|需)*(?:存成|存为|是|为|用|保存为|设为|作为)+(?P<zkind>整数|数值|数字|小数|文本|字符串)(?:类型|型)?[)）]?",
    re.I,
)


def stored(said: Said) -> list[Job] | None:
    """The new database of one table, made of one file."""
    if len(said.sources) != 1 or len(said.targets) != 1 or not is_base(said.targets[0]):
        return None
    source, target = said.sources[0], said.targets[0]
    table = said.table(source)
    if table is None or table.head in (["line"], ["key", "value"]):
        return None
    found, rest = common(said).cut(_NEW_BASE)
    named, rest = rest.cut(_TABLE)
    if not (found or _FILL.search(rest.rest)) or not named:
        return None
    sign = named["name"] or named["name2"] or named["zname"]
    name = said.text(sign) if re.fullmatch(F, sign) else sign
    rest = rest.without(_FILL, _ROW_EACH, SAME_FORM)
    told, rest = rest.cut(_RESPECTIVELY)
    names, rest = _names(rest)
    heads = re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+|[、和与]", told["z"] or told["e"]) if told else names or table.head
    names = names or table.head
    if (
        len(heads) != len(names)
        or not all(map(known_in([table]), heads))
        or not re.fullmatch(r"[\w\u4e00-\u9fff]+", name)
    ):
        return None
    columns = [table.head[table.at(head)] for head in heads]
    kinds = _kinds(rest, table, columns, names)
    if kinds is None or kinds[1].columns_left():
        return None
    if len(set(columns)) < len(columns) or not (kinds[1].ungrouped() and kinds[1].done()):
        return None
    steps: list[Step] = [["load", [source]], ["pick", [[column, column] for column in columns]]]
    return [["base", target, name, steps, kinds[0], names]]


def _names(said: Said) -> tuple[list[str], Said]:
    """The columns that are told for the table, by their names there."""
    found, rest = said.cut(_PARENS)
    if found:
        return re.split(r"\s*[,，、]\s*", found["all"]), rest
    for lead in (COLUMNS, _HAS_COLUMNS):
        names, rest = columns_named(said, lead, lambda text: re.fullmatch(r"\w+", text) is not None)
        if len(names) > 1:
            return names, rest
    return [], said


def _kinds(said: Said, table: Table, columns: list[str], names: list[str]) -> tuple[list[str], Said] | None:
    """What each column is to hold, as told or as its cells show, and what is left of the goal."""
    numbers = numeric(table)
    whole = [name for name in numbers if all("." not in str(cell) for cell in table.cells(name))]
    kinds = ["INTEGER" if one in whole else "REAL" if one in numbers else "TEXT" for one in columns]
    rest = said
    while True:
        found, left = rest.cut(_KINDS)
        if found is None:
            return kinds, rest
        kind = (found["kind"] or found["zkind"]).lower()
        for part in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+|[、和与]", found["names"] or found["znames"]):
            part = re.sub(r"^(?:the|and|with)\s+|^其中", "", part, flags=re.I)
            at = names.index(part) if part in names else -1
            at = columns.index(table.head[table.at(part)]) if at < 0 and known_in([table])(part) else at
            if at < 0 or (
                kind[:3] not in ("tex", "str", "文本", "字符串") and not _text(kind) and columns[at] not in numbers
            ):
                return None
            if re.search("int|whole|整", kind):
                if columns[at] not in whole:
                    return None
                kinds[at] = "INTEGER"
            elif _text(kind):
                kinds[at] = "TEXT"
            elif re.search("real|float|decimal|小数", kind):
                kinds[at] = "REAL"
        rest = left


def _text(kind: str) -> bool:
    return re.search("text|string|文本|字符", kind) is not None


_EXPORT = re.compile(
    rf"\b(?:export|dump|write|save|convert|turn|put|copy)\s+(?:all\s+(?:the\s+)?rows\s+(?:of|from|in)\s+)?(?:the\s+)?(?:whole\s+|complete\s+|entire\s+)?(?:table\s+(?P<a>{_WORD})|(?P<b>{_WORD})\s+table)\s+(?:of|from|in)\s+(?:the\s+database\s+)?{F}|"
    rf"(?:把|将)(?:数据库)?{F}(?:数据库)?(?:里|中)?(?:的)?表(?:名为)?\s*(?P<z>{_WORD})(?:里|中)?(?:的)?(?:所有|全部)?(?:内容|数据|行|记录)?(?:都)?(?:导出|转换?|另存|保存|写)",
    re.I,
)
_WITH_HEADER = re.compile(
    r"[,，]?\s*\b(?:with|including)\s+(?:a|the)\s+header(?:\s+(?:line|row))?(?:\s+(?:with|of)\s+the\s+column\s+names)?|[，,]?\s*(?:第一行(?:是|为|写)(?:列名|表头)|(?:要)?(?:带|包含|含)(?:上)?(?:表头|列名))|[,，]?\s*\b(?:with\s+)?(?:the\s+)?column\s+names\s+(?:in|as)\s+the\s+first\s+(?:line|row)|[,，]?\s*\ball\s+(?:the\s+)?columns|[，,]?\s*所有列",
    re.I,
)


def exported(said: Said) -> list[Job] | None:
    """A table of a database as a CSV file."""
    if len(said.sources) != 1 or not is_base(said.sources[0]) or len(said.targets) != 1:
        return None
    target = said.targets[0]
    found, rest = common(said).cut(_EXPORT)
    if not found or not target.endswith(".csv"):
        return None
    name = found["a"] or found["b"] or found["z"]
    rest = rest.without(_WITH_HEADER, HEADER_ONCE)
    order = ordered(rest)
    if order is None or order[0].sorted or order[0].like not in ("", "="):
        return None
    return (
        [["table", target, [["load", [said.sources[0], name]]], "csv", {}]]
        if order[1].ungrouped() and order[1].done()
        else None
    )


_TABLES = re.compile(
    rf"\b(?:has|with|contains|of)\s+(?:the\s+|two\s+)*tables\s+(?P<a>{_WORD})(?:\s*\([^()]*\))?\s+and\s+(?P<b>{_WORD})(?:\s*\([^()]*\))?|(?:里|中)?有(?:两张|两个)?表?\s*(?P<za>{_WORD})(?:（[^（）]*）)?(?:和|与|、)\s*(?P<zb>{_WORD})(?:（[^（）]*）)?(?:两张表|两个表)?",
    re.I,
)
_WITHOUT = re.compile(
    rf"\b(?:the\s+)?(?P<what>names?)\s+of\s+(?:all\s+)?(?:the\s+)?(?P<a>{_WORD})\s+(?:without|who\s+have\s+no|that\s+have\s+no|with\s+no|who\s+do\s+not\s+have)\s+(?:an?\s+|any\s+)?(?P<b>{_WORD})(?:\s+(?:for|in|from)\s+(?:(?P<year>(?:19|20)\d\d)|that\s+year|the\s+year\s+(?P<year2>(?:19|20)\d\d)))?",
    re.I,
)
_ASKS = re.compile(
    r"\bwho\s+(?:in|of)\s+our\s+[a-z]+(?:\s+[a-z]+)?\s+(?:has|have)(?:n['’]t|\s+not)\s+(?:yet\s+)?[a-z]+(?:\s+(?:yet|anything))?(?:\s+(?:for|in)\s+(?P<year>(?:19|20)\d\d))?\s*[?.]",
    re.I,
)


def lacking(said: Said) -> list[Job] | None:
    """The names of one table of a database that have no entry in another one."""
    if (
        len(said.sources) != 1
        or not is_base(said.sources[0])
        or len(said.targets) != 1
        or not said.targets[0].endswith(".txt")
    ):
        return None
    base = said.sources[0]
    tables, rest = common(said).without(PER_LINE).cut(_TABLES)
    asks, rest = rest.cut(_ASKS)
    found, rest = rest.cut(_WITHOUT)
    if not tables or not found:
        return None
    one, two = tables["a"] or tables["za"], tables["b"] or tables["zb"]
    first = known_in([Table([one, two], [])])
    if not (first(found["a"]) and first(found["b"])) or found["a"][:3] == found["b"][:3]:
        return None
    a, b = (one, two) if known_in([Table([one], [])])(found["a"]) else (two, one)
    years = {year for year in (found["year"], found["year2"], asks["year"] if asks else None) if year}
    if len(years) > 1 or ("that year" in found[0] and not years):
        return None
    order = ordered(rest)
    if order is None or order[0].like or order[0].way == "down":
        return None
    steps: list[Step] = [["load", [base, a]], ["match", [base, b], [], ["", years.pop()] if years else [], "without"]]
    steps.append(["pick", [["name", "name"]]])
    steps += [["sort", "name", "text", "up"]] if order[0].sorted else []
    return [["table", said.targets[0], steps, "lines", {"template": "{0}"}]] if order[1].done() else None


_UP = re.compile(
    r"\badd\b(?!\s+(?:it|them|a\s+row|a\s+new))|\bput\b|\bbook\s+in\b|加到|加进|加入|加在|加上|累加|入库|计入", re.I
)
_DOWN = re.compile(
    r"\b(?:take|subtract|deduct|book)\b(?:[^.;]*?\b(?:off|from|out)\b)?|\bsubtract\b|\bdeduct\b|减去|减掉|扣除|扣减|扣掉|减|出库",
    re.I,
)
_NEW_ROWS = re.compile(
    rf"[,;，；。.]?\s*\b(?:and\s+)?(?:(?:if|when|where)\s+(?:an?|the|some)\s+\w+\s+(?:is|are)(?:n['’]t|\s+not)\s+(?:yet\s+)?(?:there|in\s+(?:it|the\s+table|{F}))(?:\s+yet)?\s*,?\s*(?:add\s+(?:it|a\s+(?:new\s+)?row(?:\s+for\s+it)?)|(?:insert|create)\s+(?:it|a\s+(?:new\s+)?row(?:\s+for\s+it)?))|(?:add|insert)\s+(?:the\s+)?(?:new\s+)?\w+\s+(?:that|which)\s+are(?:n['’]t|\s+not)\s+(?:yet\s+)?(?:there|in\s+(?:it|the\s+table|{F}))(?:\s+yet)?(?:\s+as\s+(?:a\s+)?new\s+rows?)?)|"
    r"[，,；;。]?\s*(?:表|文件|库存)?(?:里|中)?(?:还|原来)?没有的(?:[\u4e00-\u9fff]{1,4}?)?(?:就|则|请|都)*(?:新增|增加|添加|新建|插入|加)(?:一?行|一条(?:记录)?|进去)?",
    re.I,
)
_OF_TABLE = re.compile(
    rf"(?:\b(?:the\s+)?(?:column\s+(?P<c1>{_WORD})|(?P<c2>{_WORD})\s+column)\s+(?:of|in)\s+)?(?:\b(?:the\s+)?(?:table\s+(?P<t1>{_WORD})|(?P<t2>{_WORD})\s+table)\s+(?:of|in)\s+)(?:the\s+database\s+)?{F}|(?:数据库)?\s*{F}\s*(?:数据库)?(?:里|中)?(?:的)?表\s*(?P<zt>{_WORD})",
    re.I,
)
_OF_COLUMN = re.compile(
    rf"\b(?:to|from|off)\s+(?:the\s+|its\s+|their\s+)?(?P<c>{_WORD})(?=\s*(?:$|[.,;]|in\b|of\b))|(?:对应|相应)(?:的)?[\u4e00-\u9fff]{{1,4}}的\s*(?P<z>{_WORD})(?:列|字段|一列)?(?:上|里|中)?",
    re.I,
)
_IN_BRACKETS = re.compile(rf"(?:[\u4e00-\u9fff]{{1,4}}|\b[a-z]+)\s*[（(](?P<name>{_WORD})[)）]", re.I)
_SAYS = re.compile(
    r"\b(?:says|tells|lists|shows|has|holds|contains)\s+(?:how\s+many\s+\w+\s+(?:of\s+(?:each|every)\s+\w+\s+)?(?:were|was|have\s+been|are)\s+[a-z]+(?:\s+(?:today|yesterday|this\s+week|this\s+morning))?|(?:the\s+)?(?:quantities|numbers|amounts)(?:\s+(?:of|that|we)\s+[a-z ]+?)?)(?=\s*[.,;])|\b(?:these|those|the|its)\s+(?:quantities|amounts|numbers|deliveries|pieces)\b|(?:今天|昨天|本周)?(?:店里|仓库)?(?:到货|进货|卖出|售出|出库|入库)(?:了)?(?=[，,。的数])|(?:数量)?(?:都)?(?:记|写|放)在|这些数量|(?:入库|出库|到货|进货|销售|售出|卖出)?(?:的)?数量|(?:到|上)?对应(?:的)?(?:商品|货物|产品)(?:的(?:库存|数量))?(?:上|里|中)?",
    re.I,
)


def poured(said: Said) -> list[Job] | None:
    """Amounts of a file added to those of a table of a database, or of another file, or taken from them."""
    if len(said.sources) != 2 or len(said.targets) > 1:
        return None
    bases = [path for path in said.sources if is_base(path)]
    amounts = [path for path in said.sources if path not in bases and said.table(path)]
    if len(bases) != 1 or len(amounts) != 1 or said.targets:
        return None
    table = said.table(amounts[0])
    new, rest = common(said).cut(_NEW_ROWS)
    up, down = _UP.search(rest.rest), _DOWN.search(rest.rest)
    if table is None or len(table.head) != 2 or bool(up) == bool(down):
        return None
    numbers = [name for name in numeric(table) if len({str(c) for c in table.cells(name)}) > 0]
    what = table.head[1]
    if what not in numbers or len({str(cell).strip() for cell in table.cells(table.head[0])}) < len(table.rows):
        return None
    shown = [match["name"] for match in _IN_BRACKETS.finditer(rest.rest)]
    found, rest = rest.without(_IN_BRACKETS).cut(_OF_TABLE)
    if found is None or len(shown) not in (0, 2):
        return None
    name = found["t1"] or found["t2"] or found["zt"]
    by, column = shown or ("", found["c1"] or found["c2"] or "")
    if not column:
        told, left = rest.cut(_OF_COLUMN)
        column, rest = ((told["c"] or told["z"]), left) if told else ("", rest)
    rest = rest.without(_UP, _DOWN, _SAYS, _SAYS)
    sign = -1 if down else 1
    way = "add" if new else "stop"
    job: Job = ["pour", bases[0], name, [["load", [amounts[0]]]], by, column, sign, way]
    return [job] if rest.ungrouped() and rest.done() else None
