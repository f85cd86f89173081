"""Clauses that rename files by a rule: a prefix more or less, other signs for spaces, numbers, dates written otherwise."""

import re
from collections.abc import Callable
from pathlib import PurePosixPath

from autogpt.agent.reading.everyday.deeds import Deeds, Ground, Said
from autogpt.agent.reading.everyday.kinds import kind_of
from autogpt.agent.reading.everyday.marks import SIGN as _L
from autogpt.agent.reading.everyday.numbering import numbered
from autogpt.agent.reading.everyday.picking import Pick, picked
from autogpt.core.contracts import FileHead

_SPACE = r"(?:the\s+|all\s+|any\s+|every\s+)*(?:spaces?|blanks?|white\s*space)"
_SIGNS = {
    "underscore": "_",
    "hyphen": "-",
    "dash": "-",
    "下划线": "_",
    "连字符": "-",
    "短横线": "-",
    "横线": "-",
    "dashe": "-",
    "dot": ".",
    "space": " ",
    "空格": " ",
}
_TO = rf"(?P<to>{_L}|(?:an?\s+)?(?:underscores?|hyphens?|dash(?:es)?|dots?))"
_ZTO = rf"(?P<to>{_L}|下划线|连字符|短横线|横线)"
_V = rf"(?P<v>{_L})"
_F = r"(?P<f>.+?)"
_CHANGED = r"(?:替换成|替换为|换成|改成|改为|换为|变成|变为|转成|转为|转换为|转换成)"
_EVERY = r"(?:都|全部|统一|全|全都)*"
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.I | re.S))
    for kind, pattern in (
        ("prefix", rf"(?:add|put|attach)\s+(?:the\s+|a\s+)?prefix\s+{_V}\s+(?:to|before|in\s+front\s+of)\s+{_F}"),
        ("prefix", rf"add\s+{_V}\s+as\s+(?:a\s+|the\s+)?prefix\s+to\s+{_F}|prefix\s+{_F.replace('<f>', '<f2>')}\s+with\s+{_V.replace('<v>', '<v2>')}"),
        ("prefix", rf"give\s+{_F}\s+the\s+prefix\s+{_V}"),
        ("prefix named", rf"(?:add|put|insert|prepend)\s+(?:the\s+(?:word|text)\s+)?{_V}\s+(?:(?:to|at)\s+the\s+(?:beginning|start|front)\s+of|in\s+front\s+of|before)\s+{_F}|prepend\s+{_V.replace('<v>', '<v2>')}\s+to\s+{_F.replace('<f>', '<f2>')}"),
        ("suffix", rf"(?:add|append|attach|put)\s+(?:the\s+|a\s+)?suffix\s+{_V}\s+(?:to|after)\s+{_F}|give\s+{_F.replace('<f>', '<f2>')}\s+the\s+suffix\s+{_V.replace('<v>', '<v2>')}"),
        ("suffix named", rf"(?:add|append|put)\s+(?:the\s+(?:word|text)\s+)?{_V}\s+(?:(?:to|at)\s+the\s+end\s+of|to|after|behind)\s+{_F}"),
        ("folder named", rf"(?:add|put|write|prepend)\s+(?:the\s+)?(?:name\s+of\s+(?:the|its|their)\s+folder|(?:its\s+|their\s+)?(?:folder|directory)(?:['’]s)?\s+name)\s+(?:and|followed\s+by|with)\s+(?P<v>{_L}|an?\s+(?:underscore|hyphen|dash|space))\s+(?:(?:at|to)\s+the\s+(?:start|beginning|front)\s+of|to(?!\s+the\s+(?:start|beginning|front|end)\b)|before|in\s+front\s+of)\s+{_F}"),
        ("folder named", rf"(?:在|给|把|将)?{_F}(?:前面?|开头|最前面){_EVERY}(?:加上?|添加)(?:所在)?(?:的)?(?:文件夹|目录)(?:的)?(?:名|名字|名称)(?:和|加|及)(?:一个)?(?P<v>{_L}|下划线|连字符|短横线|横线)"),
        ("prefix other", rf"(?:replace|change)\s+the\s+prefix\s+{_V}\s+(?:with|by|to|into)\s+(?:the\s+prefix\s+)?(?P<to>{_L})\s+(?:in|of|for)\s+{_F}|(?:replace|change)\s+the\s+prefix\s+{_V.replace('<v>', '<v2>')}\s+(?:of|in)\s+{_F.replace('<f>', '<f2>')}\s+(?:with|by|to|into)\s+(?P<to2>{_L})"),
        ("prefix other", rf"rename\s+{_F}\s+so\s+(?:that\s+)?(?:they|their\s+names|the\s+names|each)\s+(?:all\s+)?(?:starts?|begins?)\s+with\s+(?P<to>{_L})\s+instead\s+of\s+{_V}"),
        ("prefix other", rf"(?:把|将)?{_F}(?:里|中)?(?:面)?的?前缀\s*(?:从\s*)?{_V}\s*{_EVERY}{_CHANGED}\s*(?P<to>{_L})|(?:把|将)?(?P<f2>.+?)开头的\s*{_V.replace('<v>', '<v2>')}\s*{_EVERY}{_CHANGED}\s*(?P<to2>{_L})"),
        ("ending", rf"(?:change|switch)\s+the\s+(?:file\s+)?(?:extensions?|endings?)\s+from\s+(?P<v>{_L})\s+to\s+(?P<to>{_L})(?:\s+(?:for|of|in|on)\s+{_F})?"),
        ("ending", rf"(?:把|将)?(?:所有|全部)?(?:的)?(?P<v>{_L})\s*(?:的)?(?:扩展名|后缀名?){_EVERY}{_CHANGED}\s*(?P<to>{_L})(?P<f>)"),
        ("lose prefix", rf"(?:remove|delete|strip|drop|cut)\s+the\s+prefix\s+{_V}\s+(?:from|of|in|off)\s+{_F}"),
        ("lose suffix", rf"(?:remove|delete|strip|drop|cut)\s+the\s+suffix\s+{_V}\s+(?:from|of|in|off)\s+{_F}"),
        ("lose prefix named", rf"(?:remove|delete|strip|drop|cut|take)\s+(?:the\s+(?:word|text|part)\s+)?{_V}\s+(?:from|at|off)\s+the\s+(?:start|beginning|front)\s+of\s+{_F}"),
        ("lose suffix named", rf"(?:remove|delete|strip|drop|cut|take)\s+(?:the\s+(?:word|text|part)\s+)?{_V}\s+(?:from|at|off)\s+the\s+end\s+of\s+{_F}"),
        ("signs named", rf"(?:replace|change|turn)\s+(?:all\s+|the\s+|every\s+)*(?P<v>underscores?|hyphens?|dash(?:es)?|dots?)\s+(?:with|by|to|into)\s+(?P<to>{_L}|spaces?|(?:an?\s+)?(?:underscores?|hyphens?|dash(?:es)?))\s+in\s+{_F}"),
        ("signs named", rf"(?:replace|change|turn)\s+(?:all\s+|the\s+|every\s+)*(?P<v>underscores?|hyphens?|dash(?:es)?|dots?)\s+in\s+{_F}\s+(?:with|by|to|into)\s+(?P<to>{_L}|spaces?|(?:an?\s+)?(?:underscores?|hyphens?|dash(?:es)?))"),
        ("signs named", rf"(?:把|将)?{_F}(?:里|中)?(?:面)?的?(?:所有)?的?(?P<v>下划线|连字符|短横线|横线){_EVERY}{_CHANGED}\s*(?P<to>{_L}|空格|下划线|连字符|短横线)"),
        ("lose named", rf"(?:remove|delete|strip|drop|cut|take)\s+(?:the\s+(?:word|text|part)\s+)?{_V}\s+(?:out\s+of|from|in|off)\s+{_F}"),
        ("lose spaces", rf"(?:remove|delete|strip|drop)\s+{_SPACE}\s+(?:from|in|out\s+of)\s+{_F}"),
        ("other named", rf"(?:replace|change)\s+(?:every\s+|all\s+|each\s+|the\s+(?:word|text)\s+)?{_V}\s+(?:with|by|to|into)\s+(?P<to>{_L})\s+in\s+{_F}"),
        ("other named", rf"(?:replace|change)\s+(?:every\s+|all\s+|each\s+|the\s+(?:word|text)\s+)?{_V}\s+in\s+{_F}\s+(?:with|by|to|into)\s+(?P<to>{_L})"),
        ("spaces named", rf"(?:replace|change|turn)\s+{_SPACE}\s+in\s+{_F}\s+(?:with|by|to|into)\s+{_TO}|use\s+{_TO.replace('<to>', '<to2>')}\s+instead\s+of\s+spaces\s+in\s+{_F.replace('<f>', '<f2>')}"),
        ("spaces named", rf"{_SPACE}\s+in\s+{_F}\s+(?:should|must)\s+(?:become|be\s+replaced\s+(?:with|by))\s+{_TO}"),
        ("prefix", rf"rename\s+{_F}\s+by\s+(?:adding|putting)\s+(?:the\s+)?(?:prefix\s+)?{_V}\s+(?:to|before|in\s+front\s+of|to\s+the\s+(?:beginning|start|front)\s+of)\s+(?:their|the)\s+(?:file\s*)?names?"),
        ("spaces named", rf"(?:replace|change|turn)\s+{_SPACE}\s+(?:with|by|to|into)\s+{_TO}\s+in\s+{_F}"),
        ("lower", rf"rename\s+{_F}\s+(?:in)?to\s+(?:all\s+)?(?:lower[- ]?case|small\s+letters)(?:\s+(?:letters|names))?"),
        ("lower", rf"rename\s+{_F}\s+so\s+(?:that\s+)?(?:all\s+)?(?:of\s+)?(?:the|their)\s+(?:file\s*)?names\s+are\s+(?:(?:completely|entirely|fully|all)\s+)?(?:in\s+)?(?:all\s+)?(?:lower[- ]?case|small\s+letters)(?:\s+letters)?"),
        ("lower named", rf"(?:make|turn|put|change|convert)\s+{_F}\s+(?:(?:in)?to\s+|in\s+)?(?:all\s+)?(?:lower[- ]?case|small\s+letters)(?:\s+letters)?"),
        ("number", rf"number\s+{_F}(?:\s+(?:alphabetically|in\s+(?:alphabetical\s+order|(?:the\s+)?order\s+of\s+(?:their\s+|the\s+)?names?)|by\s+name))?\s*[:：,(]?\s*(?:by\s+)?(?:with|as|put|putting|using|adding|add)?\s*(?P<seq>{_L}[^a-z]*?(?:and\s+so\s+on|etc\.?)?)"
                   r"\s*(?:(?:in\s+front\s+of|before|(?:at|to)\s+the\s+(?:front|start|beginning)\s+of|to)\s+(?:their|the|each)\s*(?:file\s*)?names?)?(?:\s+in\s+alphabetical\s+order)?\)?"),
        ("number", rf"(?:add|put|prepend)\s+(?:the\s+)?(?:numbers?\s+)?(?P<seq>{_L}[^a-z]*?(?:and\s+so\s+on|etc\.?)?)\s*(?:(?:in\s+front\s+of|before|(?:at|to)\s+the\s+(?:front|start|beginning)\s+of|to)\s+){_F}\s*,?\s*(?:alphabetically|in\s+(?:alphabetical\s+order|(?:the\s+)?order\s+of\s+(?:their\s+|the\s+)?names?))"),
        ("number", rf"prefix\s+{_F}\s+with\s+(?:the\s+)?(?:numbers?\s+)?(?P<seq>{_L}[^a-z]*?(?:and\s+so\s+on|etc\.?)?)\s*,?\s*(?:alphabetically|in\s+(?:alphabetical\s+order|(?:the\s+)?order\s+of\s+(?:their\s+|the\s+)?names?))"),
        ("dates", rf"(?:change|convert|rewrite|reformat|turn|rename|bring)\s+(?:the\s+|all\s+)*(?:date\s+formats?|format\s+of\s+the\s+dates?|dates?)\s+(?:in|of)\s+{_F}\s+(?:from\s+)?(?:the\s+form(?:at)?\s+)?{_V}\s+(?:in)?to\s+(?:the\s+form(?:at)?\s+)?(?P<to>{_L})(?:\s+form(?:at)?)?"),
        ("dates", rf"rename\s+{_F}\s+from\s+{_V}\s+to\s+(?P<to>{_L})"),
        ("ending", rf"(?:change|set|switch)\s+the\s+(?:file\s+)?(?:extensions?|endings?)\s+of\s+{_F}\s+(?:from\s+(?P<v>{_L})\s+)?to\s+(?P<to>{_L}|[A-Za-z0-9]{{1,5}})"),
        ("ending", rf"rename\s+{_F}\s+(?:from\s+(?P<v>{_L})\s+)?to\s+(?P<to>{_L})|give\s+(?P<f2>.+?)\s+the\s+(?:file\s+)?(?:extension|ending)\s+(?P<to2>{_L})"),
        # Chinese
        ("prefix", rf"(?:给|为|在|把|将)?{_F}{_EVERY}(?:加上?|添加|增加)(?:一个)?(?:统一的?)?前缀\s*[:：]?\s*{_V}|(?:给|为|在)?(?P<f2>.+?)(?:前面?|开头|最前面){_EVERY}(?:加上?|添加){_V.replace('<v>', '<v2>')}(?:作为)?前缀"),
        ("prefix named", rf"(?:给|为|在|把|将)?{_F}(?:的)?(?:前面?|开头|最前面){_EVERY}(?:加上?|添加|增加)\s*{_V}"),
        ("suffix named", rf"(?:给|为|在|把|将)?{_F}(?:的)?(?:后面?|末尾|最后面?|结尾){_EVERY}(?:加上?|添加|增加)\s*{_V}(?:[（(]扩展名(?:不变|之前|前)[）)])?|(?:给|为)(?P<f2>.+?){_EVERY}(?:加上?|添加)后缀\s*{_V.replace('<v>', '<v2>')}"),
        ("lose prefix", rf"(?:去掉|删除|去除|删掉){_F}(?:里|中)?(?:面)?的?前缀\s*{_V}|(?:把|将)(?P<f2>.+?)(?:里|中)?(?:面)?的?前缀\s*{_V.replace('<v>', '<v2>')}{_EVERY}(?:去掉|删除|去除|删掉)"),
        ("lose named", rf"(?:去掉|删除|去除|删掉){_F}(?:里|中)(?:面)?的?\s*{_V}|(?:把|将)(?P<f2>.+?)(?:里|中)(?:面)?的?\s*{_V.replace('<v>', '<v2>')}\s*{_EVERY}(?:去掉|删除|去除|删掉)"),
        ("lose spaces", r"(?:去掉|删除|去除|删掉)(?P<f>.+?)(?:里|中)(?:面)?的?(?:所有)?的?空格|(?:把|将)(?P<f2>.+?)(?:里|中)(?:面)?的?(?:所有)?的?空格" + _EVERY + r"(?:去掉|删除|去除|删掉)"),
        ("other named", rf"(?:把|将)?{_F}(?:里|中)(?:面)?的?\s*{_V}\s*{_EVERY}{_CHANGED}\s*(?P<to>{_L})"),
        ("spaces named", rf"(?:把|将)?{_F}(?:里|中)?(?:面)?的?(?:所有)?的?空格{_EVERY}{_CHANGED}\s*{_ZTO}"),
        ("lower named", rf"(?:把|将)?{_F}{_EVERY}(?:{_CHANGED}|用)(?:全)?小写(?:字母)?"),
        ("number", rf"(?:把|将|给)?{_F}{_EVERY}按照?(?:字母|文件名|名称|名字)(?:的)?(?:先后)?顺序(?:依次)?(?:编号|加上?编号|重命名|在(?:文件)?名前加上?编号)[，,：:（(]?\s*(?:在(?:文件)?名(?:字)?前面?)?(?:依次|分别)?(?:加上?|为|用)?\s*(?P<seq>{_L}[^\u4e00-\u9fff]*?(?:等|以此类推)?)[）)]?"),
        ("dates", rf"(?:把|将)?{_F}(?:里|中)?的?日期(?:格式)?{_EVERY}从\s*{_V}\s*(?:格式|形式)?\s*{_CHANGED}\s*(?P<to>{_L})\s*(?:格式|形式)?|(?:把|将)?(?P<f2>.+?)(?:里|中)的?\s*{_V.replace('<v>', '<v2>')}\s*(?:格式|形式)?的?日期{_EVERY}{_CHANGED}\s*(?P<to2>{_L})\s*(?:格式|形式)?"),
        ("ending", rf"(?:把|将)?{_F}的?(?:扩展名|后缀名?){_EVERY}(?:从\s*(?P<v>{_L})\s*)?(?:{_CHANGED}|统一为)\s*(?P<to>{_L}|[A-Za-z0-9]{{1,5}})"),
    )
)  # fmt: skip
_SCENE = re.compile(
    rf"(?P<f>.+?)\s+(?:all\s+)?(?:have|contain|start\s+with|begin\s+with|carry)\s+(?:a\s+|the\s+)?dates?\s+(?:like|such\s+as|in\s+the\s+form(?:at)?(?:\s+of)?|written\s+(?:as|like))\s+(?P<v>{_L})(?:\s+in\s+(?:their|the)\s+(?:file\s*)?names?)",
    re.I,
)
_SO = re.compile(
    rf"rename\s+(?:them|these|those|all\s+of\s+them|them\s+all)\s+so\s+(?:that\s+)?(?:the|their)\s+dates?\s+(?:is|are)\s+(?:written\s+)?(?:as\s+|in\s+the\s+form(?:at)?\s+|like\s+)?(?P<to>{_L})|"
    rf"(?:change|convert|turn)\s+(?:them|the\s+dates?|these|those)\s+(?:in)?to\s+(?P<to2>{_L})",
    re.I,
)
_HEADED = re.compile(
    r"rename\s+(?P<files>.+?)\s*[:：,，]\s*(?:by\s+)?(?P<what>(?:replac|chang|turn|remov|strip)\w*\s+.+?\s+(?:in|from))\s+(?:their|the|its)\s+(?:file\s*)?names?",
    re.I,
)
"""'Rename FILES: replace ... in their names'."""
_OF_FILES = re.compile(
    r"(?:(?:all|the|every|each)\s+)*(?:file\s*)?names?(?:\s+(?:of|in)\s+(?P<f>.+))?|(?P<f2>.+?)(?:['’]s?\s+(?:file\s*)?names?|\s+file\s*names?)",
    re.I,
)
_ZH_NAMES = re.compile(r"(?P<f>.*?)的?(?:文件名|名字|名称|文件名称)(?:称)?(?:里|中)?(?:的)?", re.S)


def renamed(clause: str, ground: Ground, said: Said) -> tuple[Deeds, Said] | None:
    """Old and new path of the files whose names a clause changes; None for any other, or where it leaves something open."""
    if scene := _SCENE.fullmatch(clause):
        form = _form(ground.goal.said(scene["v"]))
        return (Deeds(), said._replace(form=(scene["f"], form))) if form else None
    if (so := _SO.fullmatch(clause)) and said.form[1]:
        pairs = _changed(
            "dates", *_files(said.form[0], ground, names=False), said.form[1], ground.goal.said(so["to"] or so["to2"])
        )
        return (Deeds(moves=pairs), said._replace(verb="rename")) if pairs else None
    if headed := _HEADED.fullmatch(clause):
        clause = f"{headed['what']} the names of {headed['files']}"
    for kind, pattern in _RULES:
        match = pattern.fullmatch(clause)
        if match is None:
            continue
        named = match.groupdict()
        phrase, first, to = (named.get(key) or named.get(f"{key}2") or "" for key in ("f", "v", "to"))
        rule = kind.removesuffix(" named")
        found = _files(phrase, ground, names=kind.endswith("named") or rule == "lose spaces")
        value = ground.goal.plain(named.get("seq") or first)
        pairs = _changed(rule, *found, value, _sign(ground.goal.plain(to)))
        if pairs:
            return Deeds(moves=pairs), said._replace(verb="rename")
    return None


def _sign(said: str) -> str:
    word = re.sub(r"^an?\s+", "", said.strip(), flags=re.I).lower().removesuffix("s")
    return _SIGNS.get(word, said)


def _files(phrase: str, ground: Ground, *, names: bool) -> tuple[list[FileHead], Pick | None]:
    """The files whose names a phrase speaks of; none where it does not speak of names, and must."""
    phrase = phrase.strip()
    match = _OF_FILES.fullmatch(phrase) or _ZH_NAMES.fullmatch(phrase)
    if names and match is None:
        return [], None
    inner = next((text for text in match.groups() if text), "").strip() if match else phrase
    tries = [inner, f"{inner} files", f"{inner}文件"] if match and inner else [inner or "files"]
    for one in tries:
        pick = picked(one, ground.goal, ground.files)
        if pick is not None and not pick.rest:
            return ground.choose(pick, deep=True) or [], pick
    return [], None


def _changed(rule: str, files: list[FileHead], pick: Pick | None, value: str, to: str) -> tuple[tuple[str, str], ...]:
    """Old and new path of each file that changes; () where the rule cannot be applied to one of them."""
    if pick is None or not files:
        return ()
    if rule == "number":
        return numbered(files, value)
    if rule == "signs":
        value = _sign(value)
    bad = r"[/\\:*?\"<>|\n]"
    if (
        re.search(bad, value)
        or re.search(bad, to)
        or (rule in ("prefix", "suffix", "lose", "other", "prefix other") and not value)
    ):
        return ()
    if rule == "ending":
        return _endings(files, pick, value, to)
    how = _HOW(rule, value, to)
    pairs: list[tuple[str, str]] = []
    for file in files:
        path = PurePosixPath(file.path)
        new = how(path)
        if new is None or not PurePosixPath(new).stem.strip(" .") or new.startswith("."):
            return ()
        if new != path.name:
            pairs.append((file.path, str(path.with_name(new))))
    return tuple(pairs)


def _HOW(rule: str, value: str, to: str) -> Callable[[PurePosixPath], str | None]:
    """What becomes of a file's name; None where that is not plain."""
    match rule:
        case "prefix":
            return lambda path: f"{value}{path.name}"
        case "suffix":
            return lambda path: None if value.startswith(".") else f"{path.stem}{value}{path.suffix}"
        case "folder":
            joint = _sign(value)
            return lambda path: (
                f"{path.parent.name}{joint}{path.name}"
                if path.parent.name and re.fullmatch("[-_ ]|- | - ", joint)
                else None
            )
        case "prefix other":
            return lambda path: f"{to}{path.name.removeprefix(value)}" if path.name.startswith(value) else path.name
        case "lose prefix":
            return lambda path: path.name.removeprefix(value)
        case "lose suffix":
            return lambda path: path.stem.removesuffix(value) + path.suffix
        case "lose":
            return lambda path: _once(path, value, "")
        case "lose spaces":
            return lambda path: path.name.replace(" ", "")
        case "other":
            return lambda path: _once(path, value, to, often=True)
        case "signs":
            return lambda path: path.stem.replace(value, to) + path.suffix if re.fullmatch(r"[-_. ]", to) else None
        case "spaces":
            return lambda path: path.name.replace(" ", to) if re.fullmatch(r"[-_.]", to) else None
        case "lower":
            return lambda path: path.name.lower()
        case "dates":
            return lambda path: _dated(path, value, to)
        case _:
            return lambda path: None


def _once(path: PurePosixPath, old: str, new: str, *, often: bool = False) -> str | None:
    """The name with another text in it; None where it is there several times and may not be, or in other letters."""
    count = path.stem.count(old)
    if (count > 1 and not often) or path.stem.lower().count(old.lower()) > count or old.startswith("."):
        return None
    return path.stem.replace(old, new) + path.suffix if count else path.name


_PART = {"d": r"(?P<d>0[1-9]|[12]\d|3[01])", "m": r"(?P<m>0[1-9]|1[0-2])", "y": r"(?P<y>(?:19|20)\d\d)"}


def _form(said: str) -> str:
    """The form of a date in a name, from its signs or an example that can be of one form only."""
    if re.fullmatch(r"(?:dd|mm|yyyy)(?:[-._]?(?:dd|mm|yyyy)){2}", said, re.I):
        return said.upper()
    match = re.fullmatch(r"(\d{2})([-._]?)(\d{2})\2((?:19|20)\d\d)", said)
    if match and int(match[1]) > 12 and int(match[3]) <= 12:
        return f"DD{match[2]}MM{match[2]}YYYY"
    if match and int(match[3]) > 12 and int(match[1]) <= 12:
        return f"MM{match[2]}DD{match[2]}YYYY"
    match = re.fullmatch(r"(?:19|20)\d\d([-._]?)(\d{2})\1(\d{2})", said)
    return f"YYYY{match[1]}MM{match[1]}DD" if match and int(match[2]) <= 12 < int(match[3]) else ""


def _dated(path: PurePosixPath, old: str, new: str) -> str | None:
    old, new = _form(old), _form(new)
    if not old or not new or old == new or sorted(re.sub(r"[-._]", "", old)) != sorted(re.sub(r"[-._]", "", new)):
        return None
    pattern = re.sub("DD|MM|YYYY", lambda m: _PART[m[0][0].lower()], re.escape(old))
    found = list(re.finditer(rf"(?<!\d){pattern}(?!\d)", path.stem))
    if len(found) > 1:
        return None
    if not found:
        # Digits in the old form that are no date would be left as they are without a word.
        odd = re.sub("DD|MM|YYYY", lambda m: rf"\d{{{len(m[0])}}}", re.escape(old))
        return None if re.search(rf"(?<!\d){odd}(?!\d)", path.stem) else path.name
    date = re.sub("DD|MM|YYYY", lambda m: found[0][m[0][0].lower()], new)
    return f"{path.stem[: found[0].start()]}{date}{path.stem[found[0].end() :]}{path.suffix}"


def _endings(files: list[FileHead], pick: Pick, old: str, new: str) -> tuple[tuple[str, str], ...]:
    """The files with another ending, where the old one is said."""
    ending = new.lstrip(".")
    plain = re.fullmatch(r"\.?[A-Za-z0-9]{1,6}", new) and (new.startswith(".") or kind_of(new, []))
    if (
        not plain
        or not (pick.endings or old)
        or (old and old.lstrip(".").lower() not in (*pick.endings, "") and pick.endings)
    ):
        return ()
    kept = [
        file for file in files if not old or PurePosixPath(file.path).suffix.lower() == f".{old.lstrip('.').lower()}"
    ]
    return tuple(
        (file.path, str(PurePosixPath(file.path).with_suffix(f".{ending}")))
        for file in kept
        if PurePosixPath(file.path).suffix != f".{ending}"
    )
