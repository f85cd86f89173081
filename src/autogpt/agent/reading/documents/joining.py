"""Rows with what belongs to them in another table: the name for a number, the price of an article."""

import re

from autogpt.agent.programs.inside.docwork import link
from autogpt.agent.programs.inside.values import Table, Unclear, plain
from autogpt.agent.reading.documents.facts import SAME_FORM, common, counted, ordered
from autogpt.agent.reading.documents.picks import BAD, COLUMNS, Job, Step, key_told, sort_steps
from autogpt.agent.reading.documents.said import Said, columns_named, known_in
from autogpt.agent.reading.everyday.marks import SIGN as F

_ONLY = re.compile(
    r"\bthere\s+(?:are|is)\s+only\s+(?:the\s+)?(?:[a-z]+\s+)?(?:numbers?|ids?|codes?|names?)(?=\s*[,.;]|\s+and\b)|\b(?:(?:has|have|with|contains?|holds?|gives?|lists?)\s+only|only\s+(?:has|have|contains?|holds?|gives?|lists?|knows))\s+(?:the\s+)?(?:[a-z]+\s+)?(?:numbers?|ids?|codes?|names?)(?:\s+of\s+(?:the|each|every)\s+[a-z]+)?(?=\s*[,.;]|\s+and\b|\s+while\b)|"
    r"\b(?:has|have|with|contains?|holds?|gives?|lists?)\s+only\s+(?=(?:the\s+)?[a-z]+\b)|\bonly\s+(?:has|have|contains?|holds?|gives?|lists?|knows)\b|(?:里|中)?只有(?=[\u4e00-\u9fffA-Za-z])|只(?:写|记|记录)(?:了|着)?(?=[\u4e00-\u9fff])",
    re.I,
)
_NOUN = r"[a-z]+(?:\s+[a-z]+)?"
_WHERE_IS = re.compile(
    rf"[,;]?\s*\b(?:where|and|with)\s+(?:the\s+)?(?P<new>{F}|[a-z_]\w*)\s+(?:is|being|should\s+be|means|holds|=)\s+(?:the\s+)?(?P<old>{F}|[a-z_]\w*)\s+(?:(?:of\s+the\s+\w+\s+)?(?:from|in)\s+(?P<path>{F}))|"
    rf"[，,；;]?\s*(?:其中)?(?P<znew>[\u4e00-\u9fff\w]{{1,6}}?)(?:列)?(?:是|为|用|取自|来自|填|写)\s*(?P<zpath>{F})\s*(?:里|中)的(?P<zold>[\u4e00-\u9fff\w]{{1,6}}?)(?=$|[，,。；;])",
    re.I,
)
_NOTE = re.compile(
    r"\s*[(（]\s*(?:the\s+)?(?:[a-z]+['’]s\s+(?P<a>[a-z]+)|(?P<b>[a-z]+)\s+of\s+(?:the|his|her|their)\s+[a-z]+|(?P<c>[\u4e00-\u9fff]{1,4})的(?P<d>[\u4e00-\u9fff]{1,4}))\s*[)）]",
    re.I,
)
_ADD = re.compile(
    rf"\b(?:add|look\s+up|append|attach|insert|fill\s+in|put\s+in)\s+(?:(?:a|the|another)\s+(?:new\s+)?(?:last\s+)?column\s+(?:called\s+|named\s+|with\s+)?)?(?:the\s+|each\s+\w+['’]s\s+|its\s+|their\s+)?(?P<col>{F}|[a-z_]\w*)(?:\s+column)?(?:\s+of\s+(?:the|each|every)\s+\w+)?\s+(?:from|in)\s+(?P<from>{F})(?:\s*,?\s*(?:and\s+add\s+it\s+)?(?:to|for)\s+(?:(?:each|every|the|all)\s+(?:row|rows|line|entry|\w+)\s+(?:of|in)\s+)?(?P<to>{F}))?(?:\s+as\s+(?:a|the)\s+(?:new\s+)?(?:last\s+)?column(?:\s+(?P<as>{F}|[a-z_]\w*))?)?|"
    rf"\badd\s+(?:a|the|another)\s+(?:new\s+)?(?:last\s+)?column\s+(?:called\s+|named\s+|with\s+the\s+)?(?P<col3>{F}|[a-z_]\w*)\s+to\s+(?P<to3>{F})\s*,?\s*(?:(?:taken|looked\s+up|filled|copied|which\s+comes|coming)\s+)?(?:from|in)\s+(?P<from3>{F})|"
    rf"\b(?:add|append|attach)\s+to\s+(?:(?:each|every|the|all)\s+(?:row|rows|line|entry|\w+)\s+(?:of|in)\s+)?(?P<to2>{F})\s+(?:(?:a|the)\s+(?:new\s+)?(?:last\s+)?column\s+(?:called\s+|named\s+|with\s+)?)?(?:the\s+)?(?P<col2>{F}|[a-z_]\w*)\s+(?:from|in)\s+(?P<from2>{F})|"
    rf"(?:把|将|从)?\s*(?P<zfrom>{F})\s*(?:里|中)(?:的)?(?:查出|查到|查|找出|取出)?(?:每个|各|对应(?:的)?)?[\u4e00-\u9fff]{{0,4}}?(?:的)?(?P<zcol>[\u4e00-\u9fff\w]{{1,6}}?)(?:列)?[，,]?(?:加到|添加到|补到|填到|并到|补进|加进|补充到|加在)\s*(?P<zto>{F})\s*(?:里|中|的每一?行|每一?行|后面|最后一列|最后|的最后)*",
    re.I,
)
_ALL = re.compile(
    r"\b(?:join|combine|merge|link|match)\b(?:\s+(?:them|the\s+two|both))?|\ball\s+(?:the\s+)?columns(?:\s+of\s+both(?:\s+(?:files|tables))?)?|(?:关联|连接|合并|匹配|拼接?)(?:起来|成|到)*",
    re.I,
)
_PER_ROW = re.compile(
    r"[,;，；]?\s*\b(?:one|a)\s+row\s+(?:per|for\s+each|for\s+every)\s+\w+|[，,；;]?\s*每[个笔条位][\u4e00-\u9fff]{1,3}一行",
    re.I,
)
_ARE_IN = re.compile(
    r"\b(?:are|is|stands?|can\s+be\s+found|come)\s+(?:listed\s+)?(?=in\b|from\b)|\b(?:belongs?|goes|go)\s+to\b", re.I
)
_MISSING = re.compile(
    r"[,;，；.。]?\s*\b(?:if|when|where|for)\s+(?:there\s+is\s+(?:none|no\s+\w+)|(?:a|an|the)\s+\w+\s+(?:is\s+(?:missing|not\s+(?:there|listed|in\s+[\ue000-\uf8ff]))|has\s+(?:none|no\s+\w+))|it\s+is\s+(?:missing|not\s+there)|\w+\s+(?:that|which|who)\s+(?:are|is)\s+(?:missing|not)\s+(?:in\s+|from\s+)?[\ue000-\uf8ff]|nothing\s+is\s+found)\s*,?\s*(?:in\s+[\ue000-\uf8ff]\s*)?,?\s*(?:(?P<blank>(?:leave|keep)\s+(?:the\s+cell|it|the\s+field|the\s+\w+)\s+(?:empty|blank)|the\s+(?:cell|field|\w+)\s+(?:stays|remains)\s+(?:empty|blank))|(?P<drop>(?:leave\s+(?:it|them|the\s+row)\s+out|skip\s+(?:it|them|the\s+row)|leave\s+out\s+the\s+row)))|"
    r"[，,；;。]?\s*(?:如果|若)?(?:找不到|查不到|没有(?:对应)?)(?:的|[\u4e00-\u9fff]{0,4}的?)?(?:话)?[，,]?(?:就|则|请)?(?:(?P<zblank>留空|空着|写空|留空白)|(?P<zdrop>跳过|不要|去掉|不写|忽略))",
    re.I,
)


def joined(said: Said) -> list[Job] | None:
    """The table with cells of two, where the goal asks for that and nothing else."""
    if len(said.sources) != 2 or len(said.targets) != 1 or not said.targets[0].lower().endswith((".csv", ".tsv")):
        return None
    rest = counted(common(said).without(_PER_ROW), 2)
    tables = {path: table for path in said.sources if (table := said.table(path))}
    if rest is None or len(tables) != 2 or any(len(table.head) < 2 for table in tables.values()):
        return None
    missing, rest = rest.cut(_MISSING)
    way = "stop" if not missing else "blank" if missing["blank"] or missing["zblank"] else "drop"
    rest = rest.without(_ONLY, SAME_FORM)
    for reader in (_by_columns, _by_adding, _as_a_whole):
        if jobs := reader(rest, tables, way):
            return jobs
    return None


def _main(tables: dict[str, Table], told: list[str], hint: str) -> tuple[str, str, tuple[str, str]] | None:
    """The table whose rows the result has, the one that is looked up in, and the columns they are found by."""
    ways: list[tuple[str, str, tuple[str, str]]] = []
    paths = list(tables)
    for one, other in ((paths[0], paths[1]), (paths[1], paths[0])):
        try:
            pair = link(tables[one], tables[other], told)
        except Unclear:
            continue
        cells = [str(cell) for cell in tables[other].cells(pair[1])]
        if len(set(cells)) == len(cells):
            ways.append((one, other, pair))
    if hint:
        ways = [way for way in ways if way[0] == hint]
    if len(ways) == 2:
        # Each has one row for each of the other: whichever is named first, if their keys are the same.
        same = {str(c) for c in tables[paths[0]].cells(ways[0][2][0])} == {
            str(c) for c in tables[paths[1]].cells(ways[0][2][1])
        }
        return ways[0] if same else None
    return ways[0] if ways else None


def _told_key(said: Said, tables: dict[str, Table]) -> tuple[list[str], Said]:
    one, other = tables.values()
    return key_told(said, one, other)


_SAME_AS = re.compile(
    rf"[,，(（]?\s*\b(?:where\s+)?(?:the\s+)?(?P<a>[A-Za-z_]\w*)\s+(?:of\s+(?P<pa>{F})\s+)?(?:is|corresponds\s+to|matches|equals|=|belongs\s+to)\s+(?:the\s+)?(?P<b>[A-Za-z_]\w*)\s+(?:there|(?:in|of|from)\s+(?P<pb>{F}))\s*[)）]?",
    re.I,
)


def _told_pair(said: Said, tables: dict[str, Table]) -> tuple[list[str], Said]:
    """The two columns that are told to be the same: 'product_id is the id there'."""
    found, rest = said.cut(_SAME_AS)
    if found is None:
        return [], said
    one, other = tables.values()
    if known_in([one])(found["a"]) and known_in([other])(found["b"]) and not known_in([other])(found["a"]):
        return [found["a"], found["b"]], rest
    return [], said


def _by_columns(said: Said, tables: dict[str, Table], missing: str) -> list[Job] | None:
    """By the columns that the result is to have, some of the one table and some of the other."""
    where: dict[str, tuple[str, str]] = {}
    rest = said
    while True:
        found, left = rest.cut(_WHERE_IS)
        if not found:
            break
        sign, old = found["new"] or found["znew"], found["old"] or found["zold"]
        path = said.path(found["path"] or found["zpath"])
        if path not in tables or not known_in([tables[path]])(_word(said, old)):
            return None
        where[plain(_word(said, sign))] = (path, _word(said, old))
        rest = left
    notes = {}
    if note := _NOTE.search(rest.rest):
        notes = {rest.rest[: note.start()].split()[-1].strip(",，、"): note["a"] or note["b"] or note["d"]}
        rest = rest._replace(rest=rest.rest[: note.start()] + rest.rest[note.end() :])
    known = known_in([*tables.values()])
    names, rest = columns_named(
        rest, COLUMNS, lambda text: known(text) or plain(text) in where or _looks_up(text, tables)
    )
    if len(names) < 2:
        return None
    key, rest = _told_key(rest, tables)
    pair, rest = _told_pair(rest, tables)
    key = pair or key
    order = ordered(rest)
    if order is None:
        return None
    hint = said.path(order[0].like) if order[0].like not in ("", "=") else ""
    way = _main(tables, key, hint)
    if way is None:
        return None
    main, other, pair = way
    columns = [_from(name, tables, main, other, pair, where, notes) for name in names]
    if any(column is None for column in columns):
        return None
    sides = {column[0] for column in columns if column}
    if "other" not in sides:
        return None
    joined_ = _joined_head(tables[main], tables[other], pair, other)
    picks = [[joined_[column[0]][column[1]], name] for column, name in zip(columns, names, strict=True) if column]
    steps: list[Step] = [["load", [main]], ["join", [other], list(pair), missing], ["pick", picks]]
    steps += sort_steps(order[0]._replace(like=""), Table(names, []), said) if order[0].sorted else []
    rest = order[1].without(_ARE_IN)
    return _job(said, rest, main, steps)


def _word(said: Said, text: str) -> str:
    return said.text(text) if re.fullmatch(F, text) else text


def _looks_up(text: str, tables: dict[str, Table]) -> bool:
    """Whether a name may be that of the thing that a column of numbers stands for: 'department' of 'dept'."""
    return " " not in text and any(_short(head, text) for table in tables.values() for head in table.head)


def _short(head: str, text: str) -> bool:
    stem = re.sub(r"[_ ]?(?:id|no|nr|number|code|编号|号|代码)$", "", head, flags=re.I)
    one, other = plain(stem), plain(text)
    return (bool(one) and one != plain(head) and one == other) or (
        len(one) >= 3 and other.startswith(one[:3]) and _inside(one, other)
    )


def _inside(short: str, whole: str) -> bool:
    """Whether the letters of one are in the other, in this order."""
    at = iter(whole)
    return all(letter in at for letter in short)


def _from(
    name: str, tables: dict[str, Table], main: str, other: str, pair: tuple[str, str],
    where: dict[str, tuple[str, str]], notes: dict[str, str],
) -> tuple[str, str] | None:  # fmt: skip
    """Whether a column of the result is of the main table or of the other, and which it is."""
    mine, theirs = tables[main], tables[other]
    if told := where.get(plain(name)):
        side = "main" if told[0] == main else "other"
        return side, tables[told[0]].head[tables[told[0]].at(told[1])]
    ours, others = known_in([mine])(name), known_in([theirs])(name)
    rest = [head for head in theirs.head if head != pair[1]]
    if name in notes:
        found = [head for head in rest if plain(head) == plain(notes[name])] or (rest if len(rest) == 1 else [])
        return ("other", found[0]) if len(found) == 1 else None
    if ours and others:
        same = plain(pair[0]) == plain(pair[1]) == plain(name)
        return ("main", pair[0]) if same else None
    if ours:
        return "main", mine.head[mine.at(name)]
    if others:
        head = theirs.head[theirs.at(name)]
        return ("main", pair[0]) if head == pair[1] else ("other", head)
    return ("other", rest[0]) if len(rest) == 1 and _short(pair[0], name) else None


def _joined_head(mine: Table, theirs: Table, pair: tuple[str, str], path: str) -> dict[str, dict[str, str]]:
    """What the columns of both tables are called once they are joined."""
    stem = re.split(r"[/\\]", path)[-1].partition(".")[0]
    taken = {plain(name) for name in mine.head}
    others = {head: f"{stem}.{head}" if plain(head) in taken else head for head in theirs.head if head != pair[1]}
    return {"main": {head: head for head in mine.head}, "other": others}


def _by_adding(said: Said, tables: dict[str, Table], missing: str) -> list[Job] | None:
    """By the column that the one table gets from the other."""
    found, rest = said.cut(_ADD)
    if found is None:
        return None
    group = {name: value for name, value in found.groupdict().items() if value}
    name = _word(said, next(group[one] for one in ("col", "col2", "col3", "zcol") if one in group))
    other = said.path(next(group[one] for one in ("from", "from2", "from3", "zfrom") if one in group))
    main = next(path for path in tables if path != other) if other in tables else ""
    to = next((said.path(group[one]) for one in ("to", "to2", "to3", "zto") if one in group), main)
    if not main or to != main or not known_in([tables[other]])(name) or known_in([tables[main]])(name):
        return None
    key, rest = _told_key(rest, tables)
    order = ordered(rest)
    way = _main(tables, key, main)
    if way is None or order is None or (order[0].like not in ("", "=") and said.path(order[0].like) != main):
        return None
    head = tables[other].head[tables[other].at(name)]
    if head == way[2][1]:
        return None
    called = _word(said, group["as"]) if "as" in group else head
    picks = [*([one, one] for one in tables[main].head), [head, called]]
    steps: list[Step] = [["load", [main]], ["join", [other], list(way[2]), missing], ["pick", picks]]
    steps += (
        sort_steps(order[0]._replace(like=""), Table([one for _, one in picks], []), said) if order[0].sorted else []
    )
    return _job(said, order[1].without(_ARE_IN), main, steps)


def _as_a_whole(said: Said, tables: dict[str, Table], missing: str) -> list[Job] | None:
    """All columns of both, by a key that is told or has one name in both."""
    found, rest = said.cut(_ALL)
    if found is None:
        return None
    key, rest = _told_key(rest.without(_ALL), tables)
    order = ordered(rest)
    if order is None or not key:
        return None
    hint = said.path(order[0].like) if order[0].like not in ("", "=") else ""
    way = _main(tables, key, hint)
    if way is None:
        return None
    main, other, pair = way
    if {plain(one) for one in tables[main].head} & {plain(one) for one in tables[other].head} != {plain(pair[0])}:
        return None
    if main != next(iter(tables)) and not hint:
        return None
    steps: list[Step] = [["load", [main]], ["join", [other], list(pair), missing]]
    head = [*tables[main].head, *(one for one in tables[other].head if one != pair[1])]
    steps += sort_steps(order[0]._replace(like=""), Table(head, []), said) if order[0].sorted else []
    return _job(said, order[1], main, steps)


def _job(said: Said, rest: Said, main: str, steps: list[Step]) -> list[Job] | None:
    options = {"like": main} if main.lower().endswith((".csv", ".tsv")) else {}
    return [["table", said.targets[0], steps, "csv", options]] if BAD not in steps and rest.done() else None
