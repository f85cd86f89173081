"""Clauses that work on texts line by line: sort, number, reverse, take the first ones, leave out copies or empty ones, join."""

import re
from pathlib import PurePosixPath

from autogpt.agent.reading.everyday.deeds import Deeds, Edit, Ground, Said
from autogpt.agent.reading.everyday.marks import SIGN as _L
from autogpt.agent.reading.everyday.numbering import alphabetical
from autogpt.agent.reading.everyday.picking import path_of, picked
from autogpt.agent.reading.everyday.swaps import texts
from autogpt.agent.reading.mentions import is_name
from autogpt.core.contracts import FileHead

_TEXT = frozenset({".txt", ".md", ".log", ".lst", ".list", ".text", ".rst", ""})
_F = r"(?P<f>.+?)"
_IT = re.compile(
    r"(?:it|them|(?:the|its|their|all|those|these)\s+(?:remaining\s+|other\s+)?(?:lines|rest|result|file|text|ones)|它|它们|其|结果|剩下的(?:行|内容)?|(?:这些|各)?行|内容)(?:\s+(?:in|of)\s+it)?",
    re.I,
)
_BLANK = r"(?:blank|empty)\s+(?:lines?|rows?)|lines?\s+that\s+are\s+(?:blank|empty)"
_SAME = r"(?:duplicate|duplicated|repeated|double)s?\s*(?:lines?|rows?|entries)?|lines?\s+that\s+(?:are\s+duplicates|are\s+repeated|appear\s+(?:twice|more\s+than\s+once))|duplicates"
_TRAIL = r"trailing\s+(?:white\s*space|spaces?|blanks?)(?:\s+(?:characters?))?|(?:white\s*space|spaces|blanks)\s+(?:at|from)\s+the\s+ends?\s+of\s+(?:the|each|every|all)\s+(?:the\s+)?lines?"
_WHAT = rf"(?:{_BLANK}|{_SAME}|{_TRAIL})"
_ZBLANK, _ZSAME = r"(?:空行|空白行)", r"(?:重复(?:的)?行|重复(?:的)?(?:内容|条目|项)|相同的行)"
_ZTRAIL = r"(?:(?:每一?行)?(?:行尾|行末|末尾|结尾)(?:的)?(?:多余)?(?:的)?(?:空格|空白)(?:字符)?)"
_ZWHAT = rf"(?:{_ZBLANK}|{_ZSAME}|{_ZTRAIL})"
_OF = r"\s+(?:from|in|of|out\s+of)\s+"
_LINES = r"(?:(?:all\s+)?(?:of\s+)?(?:the\s+)?(?:lines|numbers|entries|names|items)\s+(?:of|in|from)\s+)"
_N = r"(?P<n>\d{1,4}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|hundred|[一二两三四五六七八九十]{1,3})"
_ENDS = r"(?P<end>first|last|top|bottom)"
_HOW = re.compile(
    r"\s*,?\s*\(?(?:(?P<alpha>alphabetically|in(?:to)?\s+alphabetical\s+order|by\s+alphabet|by\s+letters?|from\s+a\s+to\s+z|a\s+to\s+z|a-z)|(?P<down>in\s+(?:(?:reverse|descending)\s+alphabetical|descending)\s+order|"
    r"from\s+z\s+to\s+a|z\s+to\s+a|z-a|descending|reverse\s+alphabetically|in\s+descending\s+order)|(?P<up>ascending|in\s+ascending\s+order)|(?P<number>numerically|by\s+number|as\s+numbers|by\s+(?:their\s+)?value)|"
    r"(?P<small>from\s+(?:the\s+)?(?:smallest|lowest)\s+to\s+(?:the\s+)?(?:largest|biggest|highest)|smallest\s+first|lowest\s+first)|(?P<large>from\s+(?:the\s+)?(?:largest|highest|biggest)\s+to\s+(?:the\s+)?(?:smallest|lowest)|largest\s+first|highest\s+first)|"
    r"(?P<fold>ignoring\s+(?:upper\s+and\s+lower\s+)?case|case[- ]insensitive(?:ly)?)|(?P<exact>case[- ]sensitive(?:ly)?)|(?P<line>line\s+by\s+line|by\s+line|in\s+place))\)?$",
    re.I,
)
_KEEPING = re.compile(
    r"\s*[,，]?\s*(?:(?:and\s+|but\s+)?(?:keep|keeping|leave|leaving)\s+(?:only\s+)?(?:the\s+)?(?:first(?:\s+(?:one|occurrence|copy|line))?(?:\s+of\s+(?:each|every|them)(?:\s+\w+)?)?|(?:original\s+)?order(?:\s+of\s+(?:the\s+)?(?:lines|rest|others))?(?:\s+as\s+it\s+is)?|one\s+of\s+each|each\s+line\s+(?:only\s+)?once)|"
    r"(?:the\s+)?(?:order|first\s+(?:one|occurrence))\s+(?:of\s+the\s+(?:lines|others)\s+)?(?:stays?|is\s+kept|remains?)(?:\s+(?:the\s+same|as\s+it\s+is))?|(?:只)?保留(?:第一次出现的?|首次出现的?|第一个|第一行|一行|一个|一份)(?:行|那行|那一行)?|(?:保持|保留)?(?:原来?的?)?顺序(?:保持)?(?:不变)?|顺序不变)$",
    re.I,
)
_SAVE = (
    rf"(?:save|write|store|put)\s+(?:(?:it|them|this|that|these|those|(?:the|all)\s+(?:\w+\s+)?(?:result|results|lines|list|text|file|version|output|content))\s+)?(?:as|to|in|into|under)\s+(?:a\s+|the\s+)?(?:new\s+)?(?:file\s+)?(?:called\s+|named\s+)?(?P<a>{_L})|"
    rf"(?:把|将)?(?:结果|内容|它们?|这些行)?(?:另)?(?:保存|存|写|输出|放)(?:为|到|成|入|进|在)(?:新)?(?:的)?(?:文件)?(?:名为)?\s*(?P<b>{_L})(?:里|中)?"
)
_SAVED = re.compile(_SAVE, re.I)
_TAIL = re.compile(rf"\s*[,，]?\s*(?:and\s+|并|后|之后)?[,，]?\s*(?:{_SAVE})$", re.I)
_TO = re.compile(
    rf"\s+(?:in|into|to|as)\s+(?:a\s+|the\s+)?(?:new\s+)?(?:file\s+)?(?:called\s+|named\s+)?(?P<a>{_L})$", re.I
)
_FRONT = re.compile(
    rf"(?:create|make|write)\s+(?:a\s+|the\s+)?(?:new\s+)?(?:file\s+)?(?:called\s+|named\s+)?(?P<a>{_L})\s+(?:with|from|containing|that\s+contains)\s+(?:all\s+|only\s+)?(?:the\s+)?"
    rf"(?P<what>.+?)(?:\s+sorted(?=\s+\w))?(?P<how>\s+(?:alphabetically|in\s+.+\s+order))?",
    re.I,
)
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.I | re.S))
    for kind, pattern in (
        ("less", rf"(?:remove|delete|strip|drop|trim|cut|filter\s+out|get\s+rid\s+of)\s+(?:all\s+|any\s+|every\s+)?(?:of\s+)?(?:the\s+)?(?P<what>{_WHAT}(?:\s*(?:,|\band\b)+\s*(?:all\s+)?(?:the\s+)?{_WHAT})*){_OF}(?:(?:every|each|all|the)\s+lines?\s+(?:of|in)\s+)?{_F}"),
        ("less", rf"(?:de-?dup(?:e|licate)|remove\s+duplicates\s+from)\s+(?:the\s+lines\s+(?:of|in)\s+)?{_F}(?P<what>)"),
        ("less", rf"(?:去掉|删除|删掉|去除|清除)\s*{_F}(?:里|中)?(?:面)?的?(?:所有|全部)?的?(?P<what>{_ZWHAT}(?:\s*[、和及与]\s*{_ZWHAT})*)|(?:把|将)?{_F.replace('<f>', '<f2>')}(?:里|中)?(?:面)?的?(?:所有|全部)?的?(?P<what2>{_ZWHAT}(?:\s*[、和及与]\s*{_ZWHAT})*)(?:都|全部|全)*(?:去掉|删除|删掉|去除|清除|删了)|(?:对|把|将)?(?P<f3>.+?)(?:按行|逐行)?去重(?P<what3>)"),
        ("less", rf"keep\s+(?:each|every)\s+line\s+(?:of|in)\s+{_F}\s+only\s+once(?P<what>)|(?:make\s+sure|ensure)\s+(?:that\s+)?(?:each|every)\s+line\s+(?:of|in)\s+(?P<f2>.+?)\s+(?:appears|occurs|is\s+there|stands\s+there)\s+only\s+once"),
        ("sort", r"alphabeti[sz]e\s+(?P<f>.+?)(?P<abc>)"),
        ("case", rf"(?:write|save|copy|put)\s+(?:the\s+)?(?:texts?|contents?)\s+of\s+{_F}\s+in\s+(?:all\s+)?(?P<case>upper[- ]?case|lower[- ]?case|capital\s+letters|capitals|small\s+letters)(?:\s+letters)?"),
        ("sort", rf"(?:sort|order|arrange|alphabeti[sz]e|put)\s+{_LINES}{_F}"),
        ("sort text", rf"(?:sort|alphabeti[sz]e|order)\s+{_F}"),
        ("sort", rf"(?:把|将)?{_F}(?:里|中)?(?:面)?的?(?:所有|各|每一?)?(?:的)?(?:行|数字|数)(?:都)?(?:按照?|(?=从|由))(?P<zhow>字母(?:表)?(?:的)?(?:先后)?(?:顺序|升序|倒序|降序)?|数值(?:大小)?|数字(?:大小)?|大小)?(?:从)?(?P<zway>小到大|大到小|升序|降序|倒序|A到Z|Z到A)?(?:的顺序)?(?:重新)?(?:排序|排列|排好|排)"),
        ("sort", rf"(?:把|将)?{_F}(?:的内容)?按照?(?:行)?(?:的)?(?P<zhow>字母(?:表)?(?:的)?(?:先后)?(?:顺序|升序|倒序|降序))(?:重新)?(?:排序|排列|排好|排)"),
        ("reverse", rf"reverse\s+(?:the\s+order\s+of\s+)?{_LINES}{_F}|reverse\s+the\s+(?:line\s+order|order\s+of\s+lines)\s+(?:of|in)\s+(?P<f2>.+?)|put\s+{_LINES}(?P<f3>.+?)\s+in(?:to)?\s+(?:reverse|reversed|the\s+opposite)\s+order"),
        ("reverse", rf"(?:反转|颠倒|倒转){_F}(?:里|中)?的?(?:所有)?(?:的)?(?:行(?:的)?顺序|行|各行(?:的)?顺序)"),
        ("reverse", rf"(?:把|将)?{_F}(?:里|中)?(?:面)?的?(?:所有|各|每一?)?(?:的)?行(?:的顺序)?(?:都)?(?:倒序|反序|颠倒|倒过来|反过来|逆序)(?:过来)?(?:排列|排)?(?:顺序)?"),
        ("case", rf"(?:convert|turn|change|make|put|set|transform)\s+(?:(?:the\s+|all\s+)*(?:whole\s+)?(?:text|letters|content|contents|words)\s+(?:of|in)\s+)?{_F}\s+(?:all\s+)?(?:(?:in)?to\s+|in\s+)?(?:all\s+)?(?P<case>upper[- ]?case|lower[- ]?case|capital\s+letters|capitals|small\s+letters)(?:\s+letters)?"),
        ("case", rf"(?P<case>upper|lower)[- ]?case\s+(?:the\s+(?:text|content)s?\s+of\s+)?{_F}"),
        ("case", rf"(?:把|将)?{_F}(?:里|中)?(?:面)?的?(?:所有|全部|全文)?(?:的)?(?:内容|字母|英文|文字)?(?:都|全部|全)*(?:转换?成|转换?为|改成|改为|变成|换成)(?P<case>大写|小写)(?:字母)?"),
        ("take", rf"(?:copy|write|save|put|extract|take|get|store)\s+(?:only\s+)?(?:the\s+)?{_ENDS}\s+(?:{_N}\s+lines|line){_OF}{_F}"),
        ("keep", rf"keep\s+only\s+(?:the\s+)?{_ENDS}\s+{_N}\s+lines{_OF}{_F}|(?:cut|shorten|truncate|trim)\s+(?P<f2>.+?)\s+to\s+(?:its|the)\s+{_ENDS.replace('<end>', '<end2>')}\s+{_N.replace('<n>', '<n2>')}\s+lines"),
        ("lose", rf"(?:remove|delete|drop|cut|strip)\s+(?:the\s+)?{_ENDS}\s+(?:{_N}\s+lines|line){_OF}{_F}"),
        ("take", rf"(?:把|将|取|提取|取出)\s*{_F}(?:里|中)?(?:面)?的?(?P<end>前|最前|开头|最后|后|末尾)\s*{_N}\s*行(?:内容)?"),
        ("keep", rf"(?:把|将)?{_F}(?:里|中)?(?:面)?(?:的内容)?只(?:保留|留下?)(?P<end>前|最前|开头|最后|后|末尾)\s*{_N}\s*行|只保留{_F.replace('<f>', '<f2>')}的(?P<end2>前|最前|开头|最后|后|末尾)\s*{_N.replace('<n>', '<n2>')}\s*行"),
        ("lose", rf"(?:删除|删掉|去掉|去除)\s*{_F}(?:里|中)?的?(?P<end>前|最前|开头|最后|后|末尾)(?:的)?\s*{_N}\s*行|(?:把|将)(?P<f2>.+?)的?(?P<end2>前|最前|开头|最后|后|末尾)(?:的)?\s*{_N.replace('<n>', '<n2>')}\s*行(?:都)?(?:删除|删掉|去掉|删去)"),
        ("number", rf"(?:number|add\s+(?:line\s+)?numbers\s+to)\s+(?:each\s+line\s+(?:of|in)\s+|{_LINES})?{_F}\s*,?\s*(?:like|in\s+the\s+(?:form|style|format)|as|with|using|so\s+that\s+they\s+(?:look|read)\s+like)?\s*[(:]?\s*(?P<form>{_L})\s*(?:,?\s*{_L})*\s*(?:,?\s*(?:and\s+so\s+on|etc\.?))?\)?"),
        ("number", rf"(?:给|为|在)?{_F}(?:里|中)?(?:面)?的?每一?行(?:的)?(?:前面?|开头)?(?:都)?(?:加上?|添加|标上?)(?:行号|序号|编号)[，,：:（(]?\s*(?:格式)?(?:为|如|形如|例如|像)?\s*(?P<form>{_L})[）)]?"),
    )
)  # fmt: skip
_JOINS = tuple(
    re.compile(pattern, re.I | re.S)
    for pattern in (
        rf"(?:join|combine|merge|concatenate|put|append|glue|string)\s+(?:together\s+)?(?:the\s+(?:texts?|contents?)\s+of\s+)?{_F}(?:\s+together)?(?P<o1>{{order}})?\s+(?:in)?to\s+(?:a\s+|one\s+)?(?:single\s+|new\s+|one\s+)*(?:file\s*,?\s*)?(?:called\s+|named\s+)?(?P<to>{_L})(?P<o2>{{order}})*".replace(
            "{order}", r"\s*[,，]?\s*(?:one\s+(?:after|behind|below)\s+(?:the\s+other|another)|in\s+(?:the\s+)?(?:alphabetical\s+order|order\s+of\s+(?:their|the)\s+(?:file\s*)?names?|that\s+order|this\s+order)(?:\s+of\s+(?:their|the)\s+(?:file\s*)?names?)?|alphabetically|sorted\s+by\s+(?:file\s*)?name|by\s+name|ordered\s+by\s+(?:file\s*)?name)"
        ),
        rf"(?:把|将)?{_F}(?:的内容)?(?:都|全部)?(?:按照?(?:文件)?(?:名|名称|名字|字母)(?:的)?(?:先后|字母)?(?:顺序|排序)?(?:依次|先后)?|依次)?[，,]?(?:首尾相接|一个接一个|先后)?(?:地)?(?:合并|拼接|连接|合)(?:到|成|为|进|起来成)+(?:一个)?(?:新)?(?:文件)?(?:名为)?\s*(?P<to>{_L})(?:里|中|这个文件)?|"
        rf"(?:合并|拼接)(?P<f2>.+?)(?:的内容)?(?:到|成|为)\s*(?:一个)?(?:文件)?(?P<to2>{_L})",
    )
)  # fmt: skip
_ORDER = re.compile(r"[,，\s]*(?:按照?(?:文件)?名(?:称|字)?(?:的)?(?:字母)?(?:顺序|排序)?(?:依次|排列)?|依次)[,，\s]*")
_NUMBERS = "one two three four five six seven eight nine ten".split()


def lined(clause: str, ground: Ground, said: Said) -> tuple[Deeds, Said] | None:
    """The texts that a clause works on line by line; None for any other clause, or where it is not plain what is meant.

    What 'it' and 'save it as' mean is the last of `said.deeds.edits`, which then is given anew.
    """
    last = said.deeds.edits[-1] if said.deeds.edits else None
    if (save := _SAVED.fullmatch(clause)) and last and not last.target and len(last.sources) == 1:
        target = _target(ground.goal.said(save["a"] or save["b"]), ground, said)
        return _anew(said, last.model_copy(update={"target": target})) if target else None
    if joined := _join(clause, ground, said):
        return joined
    if (front := _FRONT.fullmatch(clause)) and (target := _target(ground.goal.said(front["a"]), ground, said)):
        whats = (f"{verb} the {front['what']}{front['how'] or ''}" for verb in ("put", "sort", "take"))
        return next((work for what in whats if (work := _work(what, ground, said, target))), None)
    for tail in (_TAIL, _TO, None):
        found = tail.search(clause) if tail else None
        if tail and not found:
            continue
        target = _target(ground.goal.said(next(sign for sign in found.groups() if sign)), ground, said) if found else ""
        if found and not target:
            continue
        if work := _work(clause[: found.start()] if found else clause, ground, said, target):
            return work
    return None


def _work(clause: str, ground: Ground, said: Said, target: str) -> tuple[Deeds, Said] | None:
    clause = _KEEPING.sub("", clause)
    for kind, pattern in _RULES:
        match = pattern.fullmatch(clause)
        if match is None:
            continue
        named = {key: value for key, value in match.groupdict().items() if value is not None}
        phrase = named.get("f") or named.get("f2") or named.get("f3") or ""
        ops, phrase = _ops(kind, named, phrase, ground)
        if not ops:
            continue
        if _IT.fullmatch(phrase.strip()) and said.deeds.edits and not target and said.verb == "lines":
            last = said.deeds.edits[-1]
            return _anew(said, last.model_copy(update={"ops": (*last.ops, *ops)}))
        files = texts(phrase, ground)
        listed = all(path_of(name, ground.files) for name in ground.goal.signs(phrase)) and re.search(_L, phrase)
        if not listed and kind not in ("less", "keep", "lose"):
            continue  # 'Sort the txt files alphabetically' may mean the files, 'in capitals' their names
        if not files or not _may(files, ops) or (target and len(files) > 1):
            continue
        edit = Edit(ops=ops, sources=tuple(file.path for file in files), target=target)
        return Deeds(edits=(edit,)), said._replace(verb="take" if kind == "take" and not target else "lines")
    return None


def _anew(said: Said, edit: Edit) -> tuple[Deeds, Said]:
    """No deed more, but the last one changed."""
    deeds = said.deeds.model_copy(update={"edits": (*said.deeds.edits[:-1], edit)})
    return Deeds(), said._replace(deeds=deeds, verb="lines")


def _ops(kind: str, named: dict[str, str], phrase: str, ground: Ground) -> tuple[tuple[tuple[str, ...], ...], str]:
    """The operations of a clause, and the phrase for its files; () where it is not plain what is to be done."""
    match kind:
        case "less":
            what = next((named[key] for key in ("what", "what2", "what3") if named.get(key)), "duplicates")
            ops = [("trailing",)] if re.search(rf"{_TRAIL}|{_ZTRAIL}", what, re.I) else []
            ops += [("blank",)] if re.search(rf"{_BLANK}|{_ZBLANK}", what, re.I) else []
            ops += [("unique",)] if re.search(rf"{_SAME}|{_ZSAME}", what, re.I) else []
            return tuple(ops), phrase
        case "sort" | "sort text":
            return _sort(named, phrase, told=kind == "sort")
        case "reverse":
            return (("reverse",),), phrase
        case "case":
            return (("upper" if re.match(r"upper|cap|大", named["case"], re.I) else "lower",),), phrase
        case "take" | "keep" | "lose":
            end = "first" if re.match(r"first|top|前|最前|开头", named.get("end") or named["end2"], re.I) else "last"
            count = number_of(named.get("n") or named.get("n2") or "1")
            if not count:
                return (), phrase
            return ((f"without {end}", str(count)) if kind == "lose" else (end, str(count), kind),), phrase
        case _:
            form = re.fullmatch(r"(0*1)([.):、:_\t -]+)(?:\w+)?", ground.goal.said(named["form"]))
            if form is None:
                return (), phrase
            joint = form[2] if form[2].endswith((" ", "\t", "_", "-", "、")) else f"{form[2]} "
            return (("number", form[1], joint),), phrase


def number_of(said: str) -> int:
    """A number in digits or words; 0 if it is none."""
    if said.isdigit():
        return int(said)
    words = {
        **{word: at for at, word in enumerate(_NUMBERS, start=1)},
        "twelve": 12,
        "twenty": 20,
        "hundred": 100,
        "两": 2,
    }
    if said.lower() in words:
        return words[said.lower()]
    digits = "一二三四五六七八九"
    tens, ten, ones = said.partition("十")
    if not ten:
        return digits.index(said) + 1 if said and said in digits else 0
    return (digits.index(tens) + 1 if tens else 1) * 10 + (digits.index(ones) + 1 if ones else 0)


def _sort(named: dict[str, str], phrase: str, *, told: bool) -> tuple[tuple[tuple[str, ...], ...], str]:
    mode, way, fold = "alpha", "up", "fold"
    seen = False
    while how := _HOW.search(phrase):
        said = {key for key, value in how.groupdict().items() if value}
        mode = "number" if said & {"number", "small", "large"} else mode
        way = "down" if said & {"down", "large"} else way
        fold = "exact" if "exact" in said else fold
        mode = "text" if "alpha" in said and mode != "number" else mode
        phrase, seen = phrase[: how.start()], True
    han = (named.get("zhow") or "") + (named.get("zway") or "")
    if re.search(r"数|大小|小到大|大到小", han):
        mode = "number"
    elif "字母" in han or "Z" in han:
        mode = "text"
    way = "down" if re.search(r"大到小|降序|倒序|Z到A", han) else way
    if not (told or seen):
        return (), phrase
    return (("sort", mode, way, fold),), phrase


def _may(files: list[FileHead], ops: tuple[tuple[str, ...], ...]) -> bool:
    """Whether lines of such files are what a goal means by lines: a table has a head, code an order."""
    plain = all(PurePosixPath(file.path).suffix.lower() in _TEXT for file in files)
    return plain or all(op[0] in ("blank", "trailing", "first", "last") for op in ops)


def _target(name: str, ground: Ground, said: Said) -> str:
    """The new file a result goes to; '' where that is none, or is there already."""
    made = {edit.target for edit in said.deeds.edits}
    plain = is_name(name) and not name.startswith(("/", "~", "..")) and "/../" not in name
    return name if plain and name not in ground.paths and name not in made else ""


_HEADS = re.compile(
    r"\s*[,，]?\s*(?:and\s+|with\s+)?(?:each\s+(?:text\s+|one\s+)?(?:with|under|below)\s+)?(?:the|its|each)\s+(?:file[’']?s?\s*)?(?:file\s*)?names?\s+(?:of\s+(?:each|the)\s+file\s+)?(?:as\s+(?:a\s+|its\s+)?(?:heading|title|headline)s?(?:\s+(?:above|before|over|for)\s+(?:each|it|them|every\s+one|each\s+one|its\s+text|each\s+text))?|above\s+(?:each|its\s+text|each\s+text))$|"
    r"[，,]?\s*(?:并)?(?:在)?(?:每个文件|每篇|每一篇|每段|各篇)(?:的)?(?:内容)?(?:前面?|上面|开头)?(?:加上?|用|以|写上)(?:它的?|各自的?|其)?文件名(?:作为?|当|做)?(?:大?标题)?$",
    re.I,
)


def _join(clause: str, ground: Ground, said: Said) -> tuple[Deeds, Said] | None:
    headed = _HEADS.search(clause)
    clause = clause[: headed.start()] if headed else clause
    for pattern in _JOINS:
        match = pattern.fullmatch(clause)
        if match is None:
            continue
        named = match.groupdict()
        target = _target(ground.goal.said(named.get("to") or named["to2"]), ground, said)
        phrase = _ORDER.sub("", named.get("f") or named.get("f2") or "")
        pick = picked(re.sub(r"的内容$", "", phrase), ground.goal, ground.files)
        if not target or pick is None or pick.rest or PurePosixPath(target).suffix.lower() not in _TEXT:
            return None
        found = ground.choose(pick, deep=False)
        listed = [path for test in pick.tests if test.rule == "exact" for path in test.values]
        files = (
            [file for path in listed for file in found or [] if file.path == path]
            if listed
            else alphabetical(found or [])
        )
        named_order = listed and re.search(r"alphabetical|by\s+name|of\s+(?:their|the)\s+names?|按", clause, re.I)
        if (
            not files
            or len(files) < 2
            or named_order
            or not all(PurePosixPath(file.path).suffix.lower() in _TEXT and file.sha256 for file in files)
        ):
            return None
        mark = "# " if PurePosixPath(target).suffix.lower() == ".md" else ""
        heads = tuple(f"{mark}{PurePosixPath(file.path).name}" for file in files) if headed else ()
        edit = Edit(ops=(), sources=tuple(file.path for file in files), target=target, between="", heads=heads)
        return Deeds(edits=(edit,)), said._replace(verb="lines")
    return None
