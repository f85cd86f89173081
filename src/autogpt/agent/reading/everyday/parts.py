"""Work with the parts of file names whose form is told: a folder for each class, NUMBER before CUSTOMER, a list of all names."""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import PurePosixPath

from autogpt.agent.reading.everyday.deeds import Deeds, Ground, Said
from autogpt.agent.reading.everyday.forms import Form, form_of, of_form
from autogpt.agent.reading.everyday.marks import SIGN as _L
from autogpt.agent.reading.everyday.picking import picked
from autogpt.agent.reading.mentions import is_name

_WHAT = r"(?P<what>(?:(?:all|each|every|the|my|our|these|those|of)\s+)*(?:them|it|one|[a-z]+(?:\s+files?)?))"
_P = r"(?P<{0}>[a-z]+(?:['’]s?)?(?:\s+names?)?|{1})".replace("{1}", _L)
_ITS = r"(?:(?:the|its|their|each|every)\s+)*"
_IN_NAME = r"(?:\s+(?:in|from)\s+(?:its|their|the)\s+(?:file\s*)?names?)?"
_FOLDERS = r"(?:(?:a|an|one|separate|own|new|different|their|its|the)\s+)*(?:sub-?)?(?:folders?|director(?:y|ies))"
_NAMED = r"(?:(?:that\s+(?:is|are)\s+)?(?:named|called)(?:\s+(?:after|by|for|like))?|for|per|by|with\s+the\s+name\s+of|according\s+to|one\s+(?:for|per))"
_Z = r"[\u4e00-\u9fff]{1,6}?"
_ZF = (
    r"(?:单独的?|独立的?|同名的?|对应的?|相应的?|新的?|以(?:其|该)?[\u4e00-\u9fff]{1,6}?命名的?)*(?:子)?(?:文件夹|目录)"
)
_ZTHERE = r"(?:移动?|放|挪|归档?|存|收)(?:到|进|入)?(?:对应的?|相应的?|各自的?|同名的?|该|这个)*(?:文件夹|目录)?(?:进去|里面去?|里去?|中|去)?"
_SORTS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"(?:put|move|sort|place|file|group|organi[sz]e|arrange|distribute)\s+{_WHAT}\s+(?:in)?to\s+{_FOLDERS}\s+{_NAMED}\s+{_ITS}{_P.format('part')}{_IN_NAME}",
        rf"(?:put|move|sort|place|file|group|organi[sz]e|arrange)\s+{_WHAT}\s+by\s+{_ITS}{_P.format('part')}{_IN_NAME}\s+(?:in)?to\s+{_FOLDERS}",
        rf"(?:create|make|set\s+up)\s+{_FOLDERS}\s+(?:for|per)\s+(?:each|every)\s+{_P.format('part')}\s*(?:,|and|,\s*and)?\s*(?:then\s+)?(?:put|move|sort|place|file)\s+{_WHAT}"
        rf"(?:\s+(?:of|for|from|by)\s+(?:that|this|the|each)\s+{_P.format('part2')})?\s+(?:in(?:to)?\s+(?:it|them|{_FOLDERS}|the\s+(?:right|matching|corresponding)\s+(?:one|folder))|there)",
        rf"(?:给|为|按|对)?每一?(?:个|位|名|家|种|天)?(?P<part>{_Z})(?:都|各|分别)?(?:建立?|新建|创建|建好)(?:一个)?{_ZF}[，,]?(?:然后|再|并)?(?:把|将)(?:该|这个|每个|每位|此|各个?|其|对应的?)*(?P<part2>{_Z})?(?:的|对应的)*(?P<what>[\u4e00-\u9fff]{{1,6}}?)?(?:都|全部|分别|各自)*{_ZTHERE}",
        rf"(?:按照?|根据)(?:文件名(?:里|中)?的?)?(?P<part>{_Z})(?:的不同)?[，,]?(?:把|将)(?P<what>[\u4e00-\u9fff]{{0,8}}?)(?:都|全部|分别)*(?:整理|归类|分类|分|移动?|放)+(?:到|进|入)(?:不同的?|各自的?|相应的?|对应的?|各个)*{_ZF}(?:里|中)?(?:去)?",
        rf"(?:把|将)(?P<what>[\u4e00-\u9fff]{{0,8}}?)(?:都|全部|分别)*(?:按照?|根据)(?:文件名(?:里|中)?的?)?(?P<part>{_Z})(?:的不同)?(?:都|全部|分别)*(?:整理|归类|分类|分|移动?|放)+(?:到|进|入)(?:不同的?|各自的?|相应的?|对应的?|各个)*{_ZF}(?:里|中)?(?:去)?",
        rf"(?:把|将)(?P<what>[\u4e00-\u9fff]{{0,8}}?)(?:都|全部|分别)*(?:移动?|放)(?:到|进|入)以(?P<part>{_Z})(?:命名|为名)的(?:各个)?(?:子)?(?:文件夹|目录)(?:里|中)?(?:去)?",
    )
)  # fmt: skip
_RENAMES = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"(?:rename|change|turn)\s+(?:{_WHAT}\s+)?(?:(?:named\s+(?:like\s+)?|from\s+|of\s+the\s+form\s+)?(?P<old>{_L})\s+)?(?:in)?to\s+(?:the\s+form\s+)?(?P<new>{_L})",
        rf"rename\s+{_WHAT}\s+so\s+(?:that\s+)?(?:they|the\s+(?:file\s*)?names|their\s+names|each)\s+(?:are|is|become|read|look\s+like)\s+(?:named\s+|called\s+)?(?P<new>{_L})",
        rf"(?:把|将)(?P<what>[\u4e00-\u9fff]{{0,10}}?)\s*(?:从\s*)?(?P<old>{_L})?\s*(?:都|全部|统一)*(?:的)?(?:文件名|名字)?(?:都|全部|统一)*(?:重命名|改名|命名|改)(?:为|成)\s*(?P<new>{_L})\s*(?:这样的?|的)*(?:格式|形式|样子)?",
    )
)  # fmt: skip
_EACH = r"(?:\s*,?\s*[(（]?(?:and\s+)?(?P<once>each(?:\s+(?:of\s+them|one|\w+))?\s+(?:only\s+|just\s+)?once|without\s+(?:duplicates|repeats|repetitions?)))?"
_LINE = r"(?:\s*,?\s*[(（]?(?:one\s+(?:\w+\s+)?(?:per|on\s+each|in\s+each|to\s+a)\s+line|each\s+on\s+(?:a|its\s+own)\s+line))?"
_ORDER = r"(?:\s*,?\s*(?:and\s+)?(?:sorted(?:\s+alphabetically)?|in\s+alphabetical\s+order|alphabetically))?[)）]?"
_LISTS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"(?:write|list|save|put|note)\s+(?:down\s+)?(?:a\s+list\s+of\s+)?(?:(?:all|the|of)\s+)*(?:(?:different|distinct)\s+)?{_P.format('part')}\s*{_EACH}\s*(?:in|to|into)\s+(?:a\s+|the\s+)?(?:new\s+)?(?:file\s+)?(?:called\s+|named\s+)?(?P<to>{_L}){_EACH.replace('<once>', '<once2>')}{_LINE}{_EACH.replace('<once>', '<once3>')}{_ORDER}",
        rf"(?:make|create|write)\s+(?:a\s+list\s+)?(?P<to>{_L})\s+(?:with|of)\s+(?:(?:all|the|of|a|list)\s+)*(?:(?:different|distinct)\s+)?{_P.format('part')}{_EACH}{_LINE}{_EACH.replace('<once>', '<once2>')}{_ORDER}",
        rf"(?:把|将)(?:所有|全部|各个?|每个)?(?:的)?(?P<part>{_Z})(?:的?(?:名单|列表|清单))?(?:都|全部)?(?P<once>去重后)?(?:都)?(?:写|列|存|保存|记录?|输出)(?:到|进|入|在|成)\s*(?:文件)?\s*(?P<to>{_L})(?:里|中)?(?:[，,（(]?(?:每行一个|一行一个))?(?:[，,]?(?P<once2>不(?:要)?重复|去重))?[)）]?",
    )
)  # fmt: skip
_SWAPS = re.compile(
    r"(?:swap|switch|exchange)\s+(?:(?:the|their)\s+)?(?:first\s+(?:names?\s+)?and\s+(?:the\s+)?(?:last|family)\s+names?|(?:last|family)\s+(?:names?\s+)?and\s+(?:the\s+)?first\s+names?|two\s+(?:parts|words|names|halves))\s+(?:in|of)\s+(?:the\s+)?(?:file\s*)?names(?:\s+of\s+(?P<f>.+))?|"
    r"(?:把|将)(?P<zf>.*?)(?:的)?文件名(?:里|中)?的?(?:姓和名|名和姓|前后两部分|两个部分|两部分)(?:都)?(?:对调|互换|交换|调换|颠倒)(?:位置|顺序|过来)?",
    re.I,
)
_ANY = frozenset("them it one all each every file files everything".split())


def parted(clause: str, ground: Ground, said: Said) -> tuple[Deeds, Said] | None:
    """What a clause has done by the parts of file names; None for any other, or where it is not plain which file is meant."""
    if swap := _SWAPS.fullmatch(clause):
        return _swapped(swap["f"] or swap["zf"] or "files", ground, said)
    if renamed := _renamed(clause, ground, said):
        return renamed
    form = ground.form
    if form is None:
        return None
    return _sorted_in(clause, form, ground, said) or _listed(clause, form, ground, said)


def _values(form: Form, ground: Ground) -> dict[str, dict[str, str]]:
    return of_form(form, ground.files, ground.spared, rest_stays=ground.rest_stays)


def _is_all(what: str, ground: Ground) -> bool:
    """Whether words mean just the files of the form: a plain noun, that says nothing of some of them."""
    words = re.findall(r"[a-z]+", what.lower())
    if re.search(rf"{_L}|最|旧|新|大|小|空|重复|其他|其它|其余|别的", what):
        return False
    odd = frozenset(
        "other others rest old older new newest latest last first empty large small duplicates copies folders".split()
    )
    return (
        not set(words) & odd
        and len([word for word in words if word not in _ANY | {"the", "of", "my", "our", "these", "those"}]) <= 1
    )


def _sorted_in(clause: str, form: Form, ground: Ground, said: Said) -> tuple[Deeds, Said] | None:
    for pattern in _SORTS:
        match = pattern.fullmatch(clause)
        named = {key: value for key, value in match.groupdict().items() if value} if match else {}
        part = form.part(named.get("part", ""))
        if (
            not part
            or ("part2" in named and form.part(named["part2"]) != part)
            or not _is_all(named.get("what", ""), ground)
        ):
            continue
        found = _values(form, ground)
        folders = {values[part] for values in found.values()}
        alike = {folder.lower() for folder in folders | ground.folders}
        if (
            not found
            or len(alike) < len(folders | ground.folders)
            or any(re.search(r"[\\:*?\"<>|]|^\.", one) for one in folders)
        ):
            return None
        moves = tuple(
            (path, str(PurePosixPath(path).parent / values[part] / PurePosixPath(path).name))
            for path, values in found.items()
        )
        return Deeds(moves=moves), said._replace(verb="sort")
    return None


def _renamed(clause: str, ground: Ground, said: Said) -> tuple[Deeds, Said] | None:
    for pattern in _RENAMES:
        match = pattern.fullmatch(clause)
        if match is None:
            continue
        named = match.groupdict()
        form = ground.form
        if old := named.get("old"):
            form = _told_by(ground.goal.said(old), ground)
        what = (named.get("what") or "").strip()
        if form is None or not _is_all(what, ground):
            continue
        if old and what and (pick := picked(what, ground.goal, ground.files)) and not pick.rest:
            form = form._replace(pick=pick)
        new = form_of(ground.goal.said(named["new"]), words=form.parts)
        if new is None or new.ending.lower() not in ("", form.ending.lower()) or len(new.parts) < len(form.parts):
            return None
        pairs = [(path, _written(new, values, PurePosixPath(path))) for path, values in _values(form, ground).items()]
        pairs = [(old_path, new_path) for old_path, new_path in pairs if old_path != new_path]
        return (Deeds(moves=tuple(pairs)), said._replace(verb="rename")) if pairs else None
    return None


def _swapped(phrase: str, ground: Ground, said: Said) -> tuple[Deeds, Said] | None:
    """The names with their two words the other way round, where each has two, with the same sign between them."""
    tries = (phrase, f"{phrase} files", f"{phrase}文件")
    pick = next((one for text in tries if (one := picked(text, ground.goal, ground.files))), None)
    files = ground.choose(pick, deep=False) if pick and not pick.rest else None
    moves: list[tuple[str, str]] = []
    joints: set[str] = set()
    for file in files or ():
        path = PurePosixPath(file.path)
        two = re.fullmatch(r"([^\W\d_]+)(, | - |[-_ ])([^\W\d_]+)", path.stem)
        if two is None:
            return None
        joints.add(two[2])
        moves += [(file.path, str(path.with_name(f"{two[3]}{two[2]}{two[1]}{path.suffix}")))]
    return (Deeds(moves=tuple(moves)), said._replace(verb="rename")) if len(joints) == 1 else None


_METAS = frozenset(
    "date day year month name names firstname lastname surname first last customer client number no nr id title author artist song album track city topic "
    "project class student course subject company product version place country vendor supplier".split()
)


def _told_by(said: str, ground: Ground) -> Form | None:
    """The form that an old name shows, if its words can only be names of parts, and no file is so called."""
    form = form_of(said)
    there = {PurePosixPath(file.path).name for file in ground.files}
    if form is None or said in there or len(form.parts) < 2:
        return None
    plain = all(part.isupper() or part.lower() in _METAS or re.search(r"[\u4e00-\u9fff]", part) for part in form.parts)
    return form if plain else None


def _written(form: Form, values: Mapping[str, str], path: PurePosixPath) -> str:
    pieces = [values[part] for part in form.parts]
    stem = pieces[0] + "".join(joint + piece for joint, piece in zip(form.joints, pieces[1:], strict=True))
    return str(path.with_name(f"{stem}{path.suffix}"))


def _listed(clause: str, form: Form, ground: Ground, said: Said) -> tuple[Deeds, Said] | None:
    for pattern in _LISTS:
        match = pattern.fullmatch(clause)
        named = {key: value for key, value in match.groupdict().items() if value} if match else {}
        part = form.part(named.get("part", ""))
        if not part:
            continue
        target = ground.goal.said(named["to"])
        counts = Counter(values[part] for values in _values(form, ground).values())
        once = any(key.startswith("once") for key in named) or max(counts.values(), default=0) == 1
        plain = is_name(target) and PurePosixPath(target).suffix.lower() in (".txt", ".lst", ".list", ".log", ".md")
        if not counts or not once or not plain or target in ground.paths or target.startswith(("/", "~", "..")):
            return None
        return Deeds(notes=((target, tuple(sorted(counts))),)), said
    return None
