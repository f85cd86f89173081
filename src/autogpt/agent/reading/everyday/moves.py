"""Clauses that move, copy or delete files by a rule: 'put all photos from 2023 into 2023/', '把文件名以“合同”开头的文件都移进去'."""

import re
from pathlib import PurePosixPath

from autogpt.agent.reading.everyday.deeds import Deeds, Ground, Said
from autogpt.agent.reading.everyday.folders import folder_of
from autogpt.agent.reading.everyday.marks import SIGN as _L
from autogpt.agent.reading.everyday.picking import Pick, dated, path_of, picked
from autogpt.agent.reading.mentions import is_name
from autogpt.core.contracts import FileHead

_MOVE = re.compile(r"(?:move|put|place|relocate|transfer|shift|drag|collect|gather)\s+(?P<rest>.+)", re.I | re.S)
_COPY = re.compile(
    r"(?:copy|back\s+up|(?:make|create|put|place|save|store)\s+(?:a\s+|an?\s+)?(?:backup\s+|back-up\s+|safety\s+)?(?:copy|copies)\s+of)\s+(?P<rest>.+)",
    re.I | re.S,
)
_GO = re.compile(
    r"(?P<what>.+?)\s+(?:(?:should|must|shall|can)\s+)?(?:all\s+)?(?:go(?:es)?|(?:have\s+to\s+|has\s+to\s+|need\s+to\s+)?be\s+moved|(?:have\s+to\s+)?be\s+put|belongs?)\s+(?:in|into|to)\s+(?P<where>.+)|i(?:\s+would|['’]d)?\s+(?:want|need|like)\s+(?P<what2>.+?)\s+(?:to\s+(?:be|go)\s+)?(?:in|into)\s+(?P<where2>.+)",
    re.I,
)
_TO = re.compile(r"\s+(?:into|to|in|inside|under|over\s+to)\s+", re.I)
_DELETE = re.compile(
    r"(?:delete|remove|erase|get\s+rid\s+of|throw\s+away|throw\s+out|discard|wipe)\s+(?P<what>.+)", re.I | re.S
)
_ALL = r"\s*(?:都|全部|全|统统|一起|一并|全都|也|分别)*\s*"
_ZH_MOVE = re.compile(
    rf"(?:把|将)?(?P<what>.+?){_ALL}(?:(?:移动|移|放|挪|转移|剪切|存放|归档|收|归|搬)(?:到|进|入|至|在)(?P<where>.+)|(?P<there>(?:移|放|挪|移动|搬|归)(?:到|进|入)?(?:进去|过去|里面去?|其中)|移入|移进去|放入其中))",
    re.S,
)
_ZH_COPY = re.compile(
    rf"(?:把|将)?(?P<what>.+?){_ALL}(?:(?:各)?(?:复制|拷贝|备份)(?:一份|一遍)?(?:到|进|入|至|在|为|成)(?P<where>.+)|(?P<there>(?:复制|拷贝|备份)(?:一份)?(?:进去|过去|到里面|到其中)))|"
    r"(?:复制|拷贝|备份)(?P<what2>.+?)(?:到|进|至)(?P<where2>.+)",
    re.S,
)
_ZH_MOVE_FIRST = re.compile(r"(?:移动|转移)(?P<what>.+?)(?:到|进|至)(?P<where>.+)", re.S)
_ZH_DELETE = re.compile(
    rf"(?:删除|删掉|删去|清除|移除|去掉)(?P<what>.+)|(?:把|将)(?P<what2>.+?){_ALL}(?:给)?(?:删除|删掉|删了|删去|移除|清除|清理|去掉)(?:掉|了)?",
    re.S,
)


def moved(clause: str, ground: Ground, said: Said) -> tuple[Deeds, Said] | None:
    """What a clause that moves or copies files says of them; None for any other, or where it leaves something open."""
    for verb, pattern in (("copy", _COPY), ("move", _MOVE)):
        if match := pattern.fullmatch(clause):
            return _sent(verb, match["rest"], ground, said)
    if (match := _GO.fullmatch(clause)) and _is_place(match["where"] or match["where2"], ground, said):
        return _put("move", match["what"] or match["what2"], match["where"] or match["where2"], ground, said)
    for verb, pattern in (("copy", _ZH_COPY), ("move", _ZH_MOVE), ("move", _ZH_MOVE_FIRST)):
        if match := pattern.fullmatch(clause):
            named = match.groupdict()
            what, where = named.get("what") or named.get("what2") or "", named.get("where") or named.get("where2") or ""
            return _put(verb, what, where or "进去", ground, said)
    if said.verb in ("move", "copy") and not re.match(r"[\u4e00-\u9fff]", clause):
        return _sent(said.verb, clause, ground, said)
    return None


def _sent(verb: str, rest: str, ground: Ground, said: Said) -> tuple[Deeds, Said] | None:
    """The first way of taking 'FILES to FOLDER' apart that can be read."""
    copy = re.fullmatch(r"(?P<what>.+?)\s+(?:called|named|as)\s+(?P<where>\S+)", rest, re.I) if verb == "copy" else None
    if copy and (found := _put(verb, copy["what"], copy["where"], ground, said)):
        return found
    if there := re.fullmatch(r"(?P<what>.+?)\s+(?:in\s+|into\s+)?there", rest, re.I | re.S):
        return _put(verb, there["what"], "there", ground, said)
    ways = (
        _put(verb, rest[: to.start()], rest[to.end() :], ground, said)
        for to in _TO.finditer(rest)
        if to[0].strip().lower() in ("to", "into", "over to") or _is_place(rest[to.end() :], ground, said)
    )
    return next((way for way in ways if way is not None), None)


def _is_place(where: str, ground: Ground, said: Said) -> bool:
    """Whether what stands behind 'in' is a folder by its look: 'in French' is none."""
    plain = re.fullmatch(r"[A-Za-z0-9]+", where.strip()) and where.strip().lower() not in ("it", "there")
    return not plain or where.strip() in {*ground.folders, *said.deeds.folders}


def _put(verb: str, what: str, where: str, ground: Ground, said: Said) -> tuple[Deeds, Said] | None:
    pick = picked(what, ground.goal, ground.files)
    if pick is None or (pick.rest and verb == "copy"):
        return None
    deep = ground.deep or pick.deep
    if deep and verb == "copy" and not ground.tree:
        return None  # copies from subfolders: side by side, or in folders again?
    if verb == "copy" and (named := _named(pick, where, ground)):
        return Deeds(copies=(named,)), said._replace(verb="copy")
    folder = folder_of(where, ground, said)
    if (
        not folder
        or (pick.within and f"{pick.within}/{folder}" in ground.folders)
        or (pick.within or "").startswith(f"{folder}/")
    ):
        return None
    used = said.deeds.touched
    found = ground.choose(pick, used, deep=ground.tree == "kept", beside=folder)
    if not found or pick.within == folder:
        return None
    # One that starts with the same words may be a folder, which 'everything' would mean as well.
    if re.search(r"\b(?:everything|anything)\b|一切|东西", what) and _folders_fit(pick, ground, folder):
        return None
    inside = f"{pick.within}/" if pick.within else ""
    kept = ground.tree == "kept"
    pairs = tuple(
        (file.path, f"{folder}/{file.path.removeprefix(inside) if kept else PurePosixPath(file.path).name}")
        for file in found
    )
    deeds = Deeds(moves=pairs) if verb == "move" else Deeds(copies=pairs)
    return deeds, said._replace(verb=verb, folder=folder)


def _named(pick: Pick, where: str, ground: Ground) -> tuple[str, str] | None:
    """The one file that is copied and the name of its copy."""
    sign = re.fullmatch(rf"(?:the\s+|a\s+)?(?:new\s+)?(?:file\s+)?(?:called\s+|named\s+)?({_L})", where.strip(), re.I)
    one = [path for test in pick.tests if test.rule == "exact" for path in test.values]
    if sign is None or len(one) != 1 or pick.but:
        return None
    new = ground.goal.said(sign[1])
    whole = is_name(new) and not new.startswith(("/", "..")) and new not in ground.paths
    return (one[0], new) if whole and PurePosixPath(new).suffix == PurePosixPath(one[0]).suffix else None


def _folders_fit(pick: Pick, ground: Ground, folder: str) -> bool:
    """Whether a folder may be meant as well as files."""
    others = [path for path in ground.folders if path != folder and "/" not in path]
    if not pick.tests and not pick.endings:
        return bool(others)
    names = pick._replace(rest=False, within=None)
    return (
        bool(others)
        and ground._replace(files=[FileHead(path=path, size=1) for path in others]).choose(names, deep=False)
        is not None
    )


def deleted(clause: str, ground: Ground, said: Said) -> tuple[Deeds, Said] | None:
    """The files that a clause deletes by a rule; None for any other, or where it leaves open which."""
    match = _DELETE.fullmatch(clause) or _ZH_DELETE.fullmatch(clause)
    if match is None:
        return None
    named = match.groupdict()
    pick = picked(named.get("what") or named.get("what2") or "", ground.goal, ground.files)
    if pick is None or pick.rest or not (pick.tests or pick.endings):
        return None
    found = ground.choose(pick, deep=True)
    return (Deeds(removes=tuple(file.path for file in found)), said._replace(verb="delete")) if found else None


_KEY = r"(?:file\s+)?(?P<{0}>extensions?|endings?|types?|years?|months?)(?:\s+(?:in|of)\s+(?:the|their)\s+(?:file\s*)?names?)?"
_SHOWN = r"(?:\s*,?\s*(?:[（(](?P<{0}>[^()（）]*)[)）]|(?:such\s+as|like|for\s+example|e\.g\.,?|for\s+instance|called|named)\s+(?P<{1}>.+)))?"
_BY = re.compile(
    r"(?:sort|organi[sz]e|group|arrange|tidy(?:\s+up)?|move|put|divide|split|distribute)\s+(?P<what>.+?)\s+(?:in)?to\s+(?:(?:separate|different|own|their\s+own)\s+)?(?P<sub>sub-?)?(?:folders|directories)\s+"
    r"(?:by|according\s+to|based\s+on|depending\s+on|named\s+after|for\s+each|per|one\s+per|one\s+for\s+each)\s+(?:(?:their|the|its|each)\s+)?" + _KEY.format("key") + _SHOWN.format("a", "b") + r"|"
    r"(?:sort|organi[sz]e|group|arrange|tidy(?:\s+up)?|move|put)\s+(?P<what2>.+?)\s+by\s+(?:(?:their|the|its)\s+)?" + _KEY.format("key2") + r"\s+(?:in)?to\s+(?:(?:separate|different|own)\s+)?(?P<sub2>sub-?)?(?:folders|directories)" + _SHOWN.format("c", "d") + r"|"
    r"(?:move|put|sort)\s+(?P<what3>.+?)\s+(?:in)?to\s+(?:a|one)\s+(?P<sub3>sub-?)?folder\s+(?:for\s+each|per|for\s+every|named\s+after\s+(?:its|their|the))\s+" + _KEY.format("key3") + _SHOWN.format("e", "f") + r"|"
    r"(?:把|将)?(?P<what4>.+?)(?:都|全部)?按照?(?:其|它们的)?(?:文件)?(?:名(?:里|中)的)?(?P<key4>扩展名|后缀名?|年份|年|月份|年月)(?:的不同)?(?:分别)?(?:整理|归类|分类|移动|移|放|归|分)+(?:放)?(?:到|进|入)(?:不同的?|各自的?|相应的?|对应的?|各个)?(?P<sub4>子)?(?:文件夹|目录)(?:里|中)?(?:去)?(?:[（(](?P<g>[^()（）]*)[)）])?|"
    r"按照?(?:文件)?(?:名(?:里|中)的)?(?P<key5>扩展名|后缀名?|年份|年|月份|年月)(?:的不同)?(?:把|将)(?P<what5>.+?)(?:都|全部)?(?:分别)?(?:整理|归类|分类|移动|移|放|归|分)+(?:到|进|入)(?:不同的?|各自的?|相应的?|对应的?|各个)?(?P<sub5>子)?(?:文件夹|目录)(?:里|中)?(?:去)?(?:[（(](?P<h>[^()（）]*)[)）])?",
    re.I | re.S,
)  # fmt: skip
_GOING_BY = re.compile(
    r"\s*,?\s*(?:going\s+by|according\s+to|based\s+on|using|judging\s+by)\s+the\s+(?:years?|months?|dates?|endings?|extensions?)\s+in\s+(?:the|their)\s+(?:file\s*)?names?$",
    re.I,
)
_SO_ON = re.compile(
    r"\b(?:and\s+so\s+on|and\s+so\s+forth|etc\b\.?|e\.g\.,?|for\s+example|such\s+as|like|and|or)\b|等等?|例如|比如|如|、|和|[,，.…]",
    re.I,
)


def sorted_in(clause: str, ground: Ground, said: Said) -> tuple[Deeds, Said] | None:
    """Files sorted into folders by what their names say: ending, year, month."""
    match = _BY.fullmatch(_GOING_BY.sub("", clause))
    if match is None:
        return None
    named = match.groupdict()
    what, key = (
        next(text for name, text in named.items() if name.startswith(start) and text) for start in ("what", "key")
    )
    shown = next((named[name] for name in "abcdefgh" if named[name]), "")
    pick = picked(re.sub(r"^up\s+", "", what), ground.goal, ground.files)
    found = ground.choose(pick, said.deeds.touched, deep=False) if pick and not pick.rest else None
    sub = any(text for name, text in named.items() if name.startswith("sub"))
    if pick is None or not found or (pick.within and not sub):
        return None
    words = [ground.goal.plain(word).strip("/") for word in re.findall(rf"{_L}|[\w/-]+", _SO_ON.sub(" ", shown))]
    folders = {file.path: _folder_by(key.lower(), file.path, words) for file in found}
    open_ = [path for path, folder in folders.items() if not folder]
    if (open_ and not ground.rest_stays) or len(open_) == len(folders) or not set(words) <= set(folders.values()):
        return None
    inside = f"{pick.within}/" if pick.within else ""
    pairs = tuple((path, f"{inside}{folder}/{PurePosixPath(path).name}") for path, folder in folders.items() if folder)
    wrong = any(folder in ground.paths for folder in folders.values()) or _cases(
        {f for f in folders.values() if f} | ground.folders
    )
    return None if wrong else (Deeds(moves=pairs), said._replace(verb="sort"))


def _cases(names: set[str]) -> bool:
    return len({name.lower() for name in names}) < len(names)


def _folder_by(key: str, path: str, shown: list[str]) -> str:
    """The folder for a file; '' where its name does not say, or the goal not how the folder is called."""
    if key.startswith(("ext", "end", "typ", "扩展", "后缀")):
        ending = PurePosixPath(path).suffix.lstrip(".")
        if key.startswith("typ") and not shown:
            return ""
        return ending.upper() if shown and all(word.isupper() for word in shown) else ending.lower()
    date = dated(PurePosixPath(path).name)
    if key in ("year", "years", "年份", "年"):
        form = {word[4:] for word in shown}
        return f"{date[0]}{form.pop()}" if date and len(form) == 1 else date[0] if date and not form else ""
    joints = {found[1] for word in shown if (found := re.fullmatch(r"\d{4}([-_/.年]?)\d\d", word))}
    return f"{date[0]}{joints.pop()}{date[1]}" if len(date) == 2 and len(joints) == 1 else ""


_SPARES = re.compile(
    rf"(?:but\s+)?(?:please\s+)?(?:keep|leave|do\s+not\s+(?:touch|delete|move|change|rename|remove|copy)|don['’]t\s+(?:touch|delete|move|change|rename|remove|copy))\s+(?:the\s+)?(?:file\s+)?(?P<a>{_L}(?:\s*(?:,|\band\b)+\s*{_L})*)"
    rf"(?:\s+(?:alone|untouched|unchanged|intact|as\s+(?:it|they)\s+(?:is|are)|where\s+(?:it|they)\s+(?:is|are)))?|"
    r"(?:but\s+)?(?:please\s+)?(?:keep|leave)\s+(?P<d>.+?)\s+(?:alone|untouched|unchanged|intact|as\s+(?:it|they)\s+(?:is|are)|where\s+(?:it|they)\s+(?:is|are))|(?:do\s+not|don['’]t)\s+(?:touch|delete|move|change|rename|copy)\s+(?P<e>.+)|"
    r"(?:但|但是)?(?P<f>.+?)(?:都|全部)*(?:不要动|别动|保持不变|不变|不动|留在原处|保持原样)|"
    rf"(?:但|但是)?(?:保留|不要动|别动|不要删除?|别删|不要移动|不要改)\s*(?P<b>{_L}(?:\s*[、和]\s*{_L})*)|(?P<c>{_L}(?:\s*[、和]\s*{_L})*)\s*(?:除外|不要动|别动|保留|保持不变|不变|不动|不要删除?|留在原处)",
    re.I,
)


def spared(clause: str, ground: Ground) -> tuple[str, ...]:
    """The files that a clause names as those which stay as they are; () for any other clause."""
    match = _SPARES.fullmatch(clause.strip())
    if match is None:
        return ()
    if listed := match["a"] or match["b"] or match["c"]:
        paths = [path_of(name, ground.files) for name in ground.goal.signs(listed)]
        return tuple(paths) if all(paths) else ()
    pick = picked(match["d"] or match["e"] or match["f"], ground.goal, ground.files)
    found = ground.choose(pick, deep=True) if pick and not pick.rest else None
    return tuple(file.path for file in found or ())
