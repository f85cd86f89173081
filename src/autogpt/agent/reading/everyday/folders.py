"""Folders that a goal names or has made: 'a new folder called pdf', 'folders for Q1 to Q4', one for each line of a list."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from autogpt.agent.reading.everyday.deeds import Deeds, Ground, Said
from autogpt.agent.reading.everyday.marks import SIGN as _L
from autogpt.agent.reading.everyday.picking import path_of
from autogpt.agent.reading.mentions import is_name

_NO_FOLDER = frozenset(
    "trash bin desktop cloud drive usb email mail git github home top root recycle it them there that this each every all the a an order place "
    "front end beginning folder folders directory subfolder subfolders separate different another one new case uppercase lowercase capitals bold "
    "half pieces line lines pdf. same other others own good names name date dates here parent my me us you use quotes sequence view sync structure hierarchy tree system list layout index "
    "overview named called too also now today please bold italics capital".split()
)
_WORD = rf"(?:{_L}|[A-Za-z0-9]+)"
_HAN = r"[\u4e00-\u9fffA-Za-z0-9]{1,12}?"
_FOLDER = re.compile(
    rf"(?:the\s+|a\s+|an\s+|my\s+|one\s+)?(?:new\s+|existing\s+|single\s+)?(?:sub-?)?(?:folder|directory)\s*,?\s*(?:(?:that\s+is\s+|which\s+is\s+)?(?:called|named|with\s+the\s+name)\s+)?(?P<a>{_WORD})|"
    rf"(?:the\s+|a\s+|an\s+|my\s+)?(?:new\s+)?(?P<b>{_WORD})(?:\s+(?:sub-?)?(?:folder|directory))?|"
    rf"(?:(?:一个)?(?:新(?:的|建的?)?)?(?:名为|叫做?|名叫)?\s*)?(?:文件夹|目录)?\s*(?P<c>{_L}|{_HAN})\s*(?:的)?(?:这个)?(?:子?文件夹|目录)?(?:里|中|下|内)?(?:面)?(?:去)?",
    re.I,
)
_THAT = re.compile(
    r"(?:in)?(?:to\s+)?(?:it|there|that\s+(?:new\s+)?folder|this\s+(?:new\s+)?folder|the\s+new\s+folder|the\s+folder)|(?:进去|过去|里面|里面去|其中|去|里|该文件夹|这个文件夹|那个文件夹|此文件夹|新文件夹)(?:里|中)?(?:面)?",
    re.I,
)


def folder_of(phrase: str, ground: Ground, said: Said) -> str:
    """The path of the folder that a phrase names; '' where it names none, or leaves it open."""
    phrase = phrase.strip(" ,，:：")
    if _THAT.fullmatch(phrase):
        return said.folder
    match = _FOLDER.fullmatch(phrase)
    if match is None:
        return ""
    word = match["a"] or match["b"] or match["c"]
    if word.lower() in _NO_FOLDER or re.fullmatch(
        r"文件夹|目录|回收站|桌面|垃圾箱|垃圾桶|原处|一起|各自|相应|对应|不同|新的?", word
    ):
        return ""
    han = re.fullmatch(r"[\u4e00-\u9fff]+", word) and not re.search("文件夹|目录", phrase)
    known = (
        re.match(r"(?:the|my)\s", phrase, re.I)
        and re.fullmatch(r"\w+", word)
        and not re.search("folder|directory", phrase, re.I)
    )
    path = usable(ground.goal.plain(word), ground)
    return "" if (han or known) and path not in {*ground.folders, *said.deeds.folders} else path


def usable(name: str, ground: Ground) -> str:
    """The name as a path in the workspace; '' if it is no folder's, or one that differs only in case is there."""
    ends = name.endswith("/")
    path = name.strip().rstrip("/").removeprefix("./")
    parts = path.split("/")
    bad = (
        not path
        or name.startswith(("/", "~", "."))
        or any(part in ("", ".", "..") or part.startswith("-") for part in parts)
    )
    if bad or re.search(r"[*?<>|:\\\"]", path) or path in ground.paths or (is_name(path) and not ends):
        return ""
    alike = {folder for folder in ground.folders if folder.lower() == path.lower()}
    return path if not alike or path in ground.folders else ""


_COUNT = r"(?:(?:a|an|the|one|two|three|four|five|six|seven|eight|nine|ten|twelve|these|this|following|\d+)\s+)*"
_MAKE = re.compile(
    rf"(?:create|make|set\s+up|add)\s+{_COUNT}(?:new\s+|empty\s+)*(?P<sub>sub-?)?(?:folders?|directory|directories)(?:\s+structure(?=\s*:?\s*{_L}))?\s*,?\s*(?P<how>for\s+(?:each|every)\s+\w+\s*:|for\s+(?:each|every)\s+\w+\s+(?=from\s)|called\s+|named\s+|for\s+|from\s+|with\s+the\s+names?\s+)?[:：]?\s*"
    rf"(?P<list>.+?)(?:\s+(?:in|inside|under)\s+(?P<in>(?:the\s+(?:folder\s+)?)?{_WORD}(?:\s+folder)?))?|"
    rf"(?:create|make|set\s+up|add)\s+an?\s+(?:new\s+|empty\s+)*(?P<one>{_WORD})\s+(?:sub-?)?(?:folder|directory)|"
    rf"(?:在\s*(?:(?P<zin>{_L})\s*(?:文件夹|目录)?|(?:当前|这个|本)(?:文件夹|目录))(?:里|中|下)(?:面)?)?\s*(?:新建|创建|建立|建|新增)(?:好)?\s*(?:一个|[一二两三四五六七八九十\d]+\s*个)?(?:新的?)?(?:空)?(?:的)?(?:子)?(?:文件夹|目录)\s*[，,]?"
    rf"(?:名为|叫做?|命名为|名称为|名字叫|名叫|取名为?|分别(?:是|为|叫做?|命名为|名为)?)?\s*[:：]?\s*(?P<zlist>.+)|"
    rf"(?:新建|创建|建立|建)\s*(?:一个)?(?:名为|叫做?|名叫)?\s*(?P<zone>{_L})\s*(?:的)?(?:文件夹|目录)|(?:在(?:当前|这个|本)(?:文件夹|目录)(?:里|中|下)(?:面)?)?\s*(?:新建|创建|建立|建)\s*(?:名为|叫做?|名叫)?\s*(?P<zmany>.+?)\s*(?:这|的)?(?:[一二两三四五六七八九十\d]+个)?的?(?:文件夹|目录)",
    re.I | re.S,
)
_FROM_LIST = re.compile(
    rf"(?:create|make|set\s+up)\s+(?:a|one)\s+(?:own\s+|separate\s+|new\s+|empty\s+)*(?:folder|directory)\s+(?:for|per)\s+(?:(?:each|every)\s+(?:single\s+)?)?(?P<what>[a-z]+)\s+"
    rf"(?:(?:that\s+is\s+|which\s+is\s+)?(?:listed|named|mentioned|given)\s+)?(?:in|of|from|on)\s+(?:the\s+)?(?:file\s+|list\s+(?:in\s+)?)?(?P<a>{_L})(?:\s*,?\s*(?:named\s+after\s+it|with\s+(?:that|its|the\s+same)\s+name))?|"
    rf"for\s+(?:each|every)\s+(?P<what2>[a-z]+)\s+(?:(?:listed|named|mentioned|given)\s+)?(?:in|of|from|on)\s+(?:the\s+)?(?:file\s+)?(?P<b>{_L})\s*,?\s*(?:create|make)\s+(?:a|one)\s+(?:new\s+|empty\s+)?(?:folder|directory)"
    rf"(?:\s*,?\s*(?:named\s+after\s+it|with\s+(?:that|its|the\s+same)\s+name))?|"
    rf"(?:read|open|take|go\s+through)\s+(?:the\s+)?(?:file\s+|list\s+)?(?P<f>{_L})\s*(?:,|and|,\s*and|then)\s*(?:create|make)\s+(?:a|one)\s+(?:new\s+|empty\s+)?(?:folder|directory)\s+(?:per|for\s+each|for\s+every)\s+(?P<what3>[a-z]+)(?:\s+(?:in|of)\s+it)?|"
    rf"(?P<g>{_L})\s*(?:文件)?(?:里|中)?(?:面)?(?:的)?每一?行(?:都)?(?:是|有|为|写着)?一个[\u4e00-\u9fff]{{1,5}}?[，,]\s*(?:请)?(?:为|给)每(?:一)?(?:个|行|座|家|位)?[\u4e00-\u9fff]{{0,4}}?(?:都|各|分别)?(?:新建|创建|建立|建)(?:一个)?(?:同名|对应|单独)?的?(?:文件夹|目录)|"
    rf"(?:为|给|按照?|根据|依据)?\s*(?P<c>{_L})\s*(?:文件)?(?:里|中)?(?:面)?(?:列出|列着)?的?每(?:一)?(?:个|行|座|家|位|名|条)?[\u4e00-\u9fff]{{0,4}}?(?:都|各|分别)?(?:新建|创建|建立|建)(?:立)?(?:一个)?(?:同名|对应|以其命名|单独)?的?(?:文件夹|目录)|"
    rf"(?:根据|按照?|依据)\s*(?P<d>{_L})\s*(?:文件)?(?:里|中)?(?:面)?的?(?:名单|列表|清单|内容)?[，,]?\s*(?:为|给)?每(?:一)?(?:个|行|座|家|位|名|条)?[\u4e00-\u9fff]{{0,4}}?(?:都|各|分别)?(?:新建|创建|建立|建)(?:一个)?(?:同名|对应|单独)?的?(?:文件夹|目录)|"
    rf"(?:为|给)每(?:一)?(?:个|行|座|家|位|名|条)?[\u4e00-\u9fff]{{0,4}}?(?:都|各|分别)?(?:新建|创建|建立|建)(?:一个)?(?:同名|对应|单独)?的?(?:文件夹|目录)\s*[，,（(]\s*[\u4e00-\u9fff]{{0,4}}?(?:名单|列表|清单|名字|名称)?(?:都)?(?:在|见)\s*(?P<e>{_L})\s*(?:文件)?(?:里|中)?(?:面)?(?:[，,]\s*(?:一行一个|每行一个))?\s*[）)]?",
    re.I,
)
_LINES = frozenset("line lines city cities name names person people customer customers country countries client clients project projects student students "
                   "entry entries item items company companies word words team teams member members topic topics place places product products employee".split())  # fmt: skip


def made(clause: str, ground: Ground, said: Said) -> tuple[Deeds, Said] | None:
    """The folders that a clause has made; None where it has none made, or leaves open which."""
    if match := _FROM_LIST.fullmatch(clause):
        what = match["what"] or match["what2"] or match["what3"]
        sign = next(match[key] for key in "abcdefg" if match[key])
        names = _listed(ground.goal.said(sign), ground) if not what or what.lower() in _LINES else []
        return (Deeds(folders=tuple(names)), said) if names else None
    match = _MAKE.fullmatch(clause)
    if match is None:
        return None
    text = match["list"] or match["zlist"] or match["one"] or match["zone"] or match["zmany"]
    names = _names(text, ground, plain=match["how"] is None or not match["how"].lower().startswith(("for", "from")))
    inside = ""
    if place := match["in"] or match["zin"]:
        inside = folder_of(place, ground, said)
        if not inside:
            return None
    paths = [usable(f"{inside}/{name}" if inside else name, ground) for name in names]
    if not paths or not all(paths) or (match["sub"] and not inside and len(paths) > 1 and said.folder):
        return None
    new = tuple(path for path in dict.fromkeys(paths) if path not in ground.folders)
    return Deeds(folders=new), said._replace(folder=paths[0] if len(paths) == 1 else "", verb="make")


_SERIES: tuple[Sequence[str], ...] = (
    "january february march april may june july august september october november december".split(),
    "monday tuesday wednesday thursday friday saturday sunday".split(),
    "一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月".split(),
    "周一 周二 周三 周四 周五 周六 周日".split(),
    "星期一 星期二 星期三 星期四 星期五 星期六 星期日".split(),
    list("abcdefghijklmnopqrstuvwxyz"),
)
_RANGE = re.compile(
    r"(?:from\s+|从)?\s*(?P<a>\S+?)\s*(?:\bto\b|\bthrough\b|\buntil\b|\bup\s+to\b|[-–~]|到|至)\s*(?P<b>[^\s,、]+)", re.I
)


def _names(text: str, ground: Ground, *, plain: bool) -> list[str]:
    """The names in a list, ranges filled; [] where one of them is not plainly a name."""
    text = re.sub(r"\s*(?:这|共)?[一二两三四五六七八九十\d]+个$", "", text.strip())
    text = re.sub(rf"({_L})(?={_L})", r"\1、", text)
    found: list[str] = []
    for part in re.split(r"\s*(?:,\s*and\b|,|，|、|\band\b|和|以及|及|与)\s*", text):
        part = part.strip()
        if re.fullmatch(_L, part):
            name = ground.goal.said(part).rstrip("/")
            found.append(name if ground.goal.quoted(part) or not re.search(r"[*~$]", name) else "")
        elif (match := _RANGE.fullmatch(part)) and (
            names := between(ground.goal.plain(match["a"]), ground.goal.plain(match["b"]))
        ):
            found += names
        else:
            word = re.fullmatch(r"[A-Za-z0-9]+|[\u4e00-\u9fffA-Za-z0-9]{1,10}", part)
            vague = (
                part.lower() in _NO_FOLDER
                or re.search(
                    r"每|所有|各|这|那|其|它|的|里|把|来|用|存|放|于|整理|归|给|为|按|并|叫|分类|以|装|个|新|空|相应|对应|好",
                    part,
                )
                or part.lower() in ("each", "every", "them")
            )
            found.append("" if not word or vague else part)
    return found if found and all(found) and len(found) <= 60 else []


def between(first: str, last: str) -> list[str]:
    """The names from the first to the last: Q1 to Q4, 01 to 12, March to June, 1月 to 12月; [] if they are no series."""
    for series in _SERIES:
        if first.lower() in series and last.lower() in series:
            start, end = series.index(first.lower()), series.index(last.lower())
            return [name.capitalize() if first[0].isupper() else name for name in series[start : end + 1]]
    one, two = (re.fullmatch(r"(\D*)(\d+)(\D*)", text) for text in (first, last))
    if one is None or two is None or two[1] not in ("", one[1]) or one[3] not in ("", two[3]):
        return []
    width = len(one[2]) if one[2].startswith("0") or len(one[2]) == len(two[2]) else 0
    numbers = range(int(one[2]), int(two[2]) + 1)
    return [f"{one[1]}{number:0{width}d}{two[3]}" for number in numbers] if 1 < len(numbers) <= 60 else []


def _listed(name: str, ground: Ground) -> list[str]:
    """The lines of a list, each a folder's name; [] where they are no plain names."""
    path = path_of(name, ground.files)
    file = next((file for file in ground.files if file.path == path), None)
    if (
        file is None
        or len(file.head.encode()) < file.size
        or PurePosixPath(path).suffix.lower() not in ("", ".txt", ".lst", ".list")
    ):
        return []
    lines = list(dict.fromkeys(line.strip() for line in file.head.removeprefix("\ufeff").splitlines() if line.strip()))
    plain = all(
        re.fullmatch(r"[\w][\w .&'()·-]{0,60}", line) and not re.match(r"\d+[.)] ", line) and not line.endswith(".")
        for line in lines
    )
    lower = {line.lower() for line in lines}
    new = [line for line in lines if line not in ground.folders]
    return new if plain and 0 < len(lines) <= 100 and len(lower) == len(lines) and not set(lines) & ground.paths else []
