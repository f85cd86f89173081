"""The newest of several versions of a file, by the version or date in its name: 'keep only the newest version of each'."""

import re
from pathlib import PurePosixPath

from autogpt.agent.reading.everyday.deeds import Deeds, Ground, Said
from autogpt.agent.reading.everyday.folders import folder_of
from autogpt.agent.reading.everyday.picking import picked

_NEW = r"(?:the\s+)?(?:newest|latest|highest|most\s+recent)"
_ONE = r"(?:version|one|date|version\s+number|number)"
_OLD = r"(?:(?:all\s+)?(?:the\s+|of\s+)*(?:others?|other\s+(?:ones|versions|files)|older(?:\s+(?:ones|versions|files))?|old(?:\s+(?:ones|versions))|rest|earlier\s+ones))"
_KEEP = re.compile(
    rf"(?:of\s+(?:each|every|all)\s+(?P<f2>.+?)\s*,?\s*)?keep\s+only\s+{_NEW}\s+{_ONE}(?:\s+of\s+(?:each|every|all(?:\s+the)?|the)\s+(?P<f>.+?))?\s*(?:,|;|and|,\s*and)\s*(?:(?P<del>delete|remove)\s+{_OLD}|move\s+{_OLD.replace('?:', '?:', 1)}\s+(?:in)?to\s+(?P<to>.+))|"
    rf"(?:把|将)?(?:每个|每份|所有|各个?)?(?P<zf>.+?)(?:都)?只(?:保留|留下?)(?:版本号?|日期)?(?:最新|最高|最大|最近)的(?:一个)?(?:版本|那个|一份)?[，,](?:把)?(?:其余|其他|其它|旧版本?|旧的|较旧的)(?:的)?(?:版本|文件)?(?:都|全部)?(?:(?P<zdel>删除|删掉|删了)|移动?到(?P<zto>.+))",
    re.I,
)  # fmt: skip
_VERSION = re.compile(r"(?P<name>.*?)[ _.-]*(?<![A-Za-z])(?:v|ver|version|rev)[ _.-]?(?P<n>\d+(?:\.\d+)*)", re.I)
_DATE = re.compile(r"(?P<name>.*?)[ _.-]+(?P<n>(?:19|20)\d\d([-_.]?)(?:0[1-9]|1[0-2])\3(?:0[1-9]|[12]\d|3[01]))")


def newest(clause: str, ground: Ground, said: Said) -> tuple[Deeds, Said] | None:
    """The older versions that a clause has deleted or moved away; None for any other, or where names do not tell all."""
    match = _KEEP.fullmatch(clause)
    if match is None:
        return None
    phrase = match["f"] or match["f2"] or match["zf"] or "files"
    tries = (phrase, f"{phrase} files", f"{phrase}文件")
    pick = next((one for text in tries if (one := picked(text, ground.goal, ground.files))), None)
    if pick is None and re.fullmatch(r"[a-z]+|[\u4e00-\u9fff]{2,4}", phrase):
        pick = picked("files", ground.goal, ground.files)  # a word for what they are: all have versions then
    files = ground.choose(pick._replace(single=False), deep=False) if pick and not pick.rest else None
    families: dict[tuple[str, str], list[tuple[tuple[int, ...], str]]] = {}
    kinds: set[str] = set()
    for file in files or ():
        path = PurePosixPath(file.path)
        found = _VERSION.fullmatch(path.stem) or _DATE.fullmatch(path.stem)
        if found is None or not found["name"]:
            return None
        kinds.add("version" if found.re is _VERSION else "date")
        number = tuple(
            int(part) for part in (found["n"].split(".") if found.re is _VERSION else [re.sub(r"\D", "", found["n"])])
        )
        families.setdefault((f"{path.parent}/{found['name'].casefold()}", path.suffix.lower()), []).append(
            (number, file.path)
        )
    old: list[str] = []
    for versions in families.values():
        if len({number for number, _ in versions}) < len(versions):
            return None
        old += [path for _, path in sorted(versions)[:-1]]
    spread = len({name for name, _ in families}) < len(families)
    if not old or len(kinds) > 1 or spread:
        return None
    if match["del"] or match["zdel"]:
        return Deeds(removes=tuple(old)), said._replace(verb="delete")
    folder = folder_of(match["to"] or match["zto"], ground, said)
    moves = tuple((path, f"{folder}/{PurePosixPath(path).name}") for path in old)
    return (Deeds(moves=moves), said._replace(verb="move", folder=folder)) if folder else None
