"""Files as a whole: packed into an archive, copied with their folders, texts joined in the order of their numbers."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from autogpt.agent.reading.documents.facts import common
from autogpt.agent.reading.documents.picks import Job
from autogpt.agent.reading.documents.said import GAP, Said
from autogpt.agent.reading.everyday.deeds import Ground
from autogpt.agent.reading.everyday.marks import SIGN as F
from autogpt.agent.reading.everyday.picking import picked
from autogpt.core.contracts import FileHead

_INTO = rf"(?:in|into|to|as)\s+(?:(?:a|an|one|the|single|new|zip|ZIP|tar|gzip|compressed)\s+)*(?:(?:archive|file|zip\s+file|zip)\s+)?(?:called\s+|named\s+|with\s+the\s+name\s+)?(?P<to>{F})"
_PACK = re.compile(
    rf"\b(?:pack|zip|compress|archive|bundle|put)\s+(?:up\s+)?(?P<what>.+?)\s+(?:together\s+)?{_INTO}|"
    rf"\b(?:create|make)\s+(?:a|an|the|one)\s+(?:(?:zip|ZIP|tar)\s+)?(?:archive|file)\s+(?:called\s+|named\s+)?(?P<to2>{F})\s+(?:with|from|of|containing|that\s+contains)\s+(?P<what2>.+?)(?=$|[.;,])|"
    rf"(?:把|将)(?P<zwhat>[^，。；]+?)(?:都|全部|一起|统一)*(?:打包|压缩|打)(?:成|到|为|进|存为|保存为)*(?:一个)?(?:压缩包|压缩文件|zip\s*(?:文件|压缩包|包)|文件)?(?P<zto>{F})",
    re.I | re.S,
)
_FLAT = re.compile(
    r"[,，;；.。]?\s*\b(?:with\s+|and\s+|but\s+)*(?:no|without(?:\s+any)?)\s+(?:sub-?)?(?:folders?|directories)(?:\s+(?:inside|in|within)(?:\s+(?:the\s+(?:archive|zip(?:\s+file)?)|it))?)?|[,，;；。]?\s*(?:压缩包|zip|包|里面?|其中)*(?:里面?|中)?(?:不要|不带|不含|没有|不包含)(?:有)?(?:任何)?(?:子)?(?:文件夹|目录)(?:结构)?|[,，;；.。]?\s*\b(?:all\s+)?(?:flat|at\s+the\s+top\s+level(?:\s+of\s+the\s+(?:archive|zip))?)\b",
    re.I,
)
_DEEP = re.compile(
    rf"[,，;；.。]?\s*\b(?:and\s+|but\s+)?(?:with|keep(?:ing)?|preserv(?:e|ing))\s+(?:the\s+|their\s+|its\s+)?(?:same\s+)?(?:sub-?folders?|folders?|directories|(?:sub-?)?(?:folder|directory)\s+structure)(?:\s+(?:structure|names?))?(?:\s+(?:inside|within|in|as\s+(?:it|they)\s+(?:is|are))(?:\s+(?:it|there|the\s+(?:archive|zip|new\s+folder)|{F}))?)?|[,，;；。]?\s*(?:并)?(?:保留|保持|带上?|连同)(?:原来的?|原有的?|它们的|相同的|各自的)?(?:子)?(?:文件夹|目录)(?:的)?(?:结构|层级)?(?:不变)?",
    re.I,
)
_SUBS = r"(?:from\s+here\s+and\s+(?:from\s+)?(?:the\s+|all\s+)?sub-?folders|(?:here\s+and\s+)?in\s+(?:all\s+)?(?:the\s+|its\s+)?sub-?folders(?:\s+too)?|including\s+(?:those\s+in\s+)?(?:the\s+|all\s+)?sub-?folders)"
_HSUBS = r"(?:(?:连同|包括|含|以及|和)(?:所有)?子(?:文件夹|目录)(?:里|中)?(?:的)?|(?:这里)?(?:和|及|以及)(?:各|所有)?子(?:文件夹|目录)(?:里|中)?(?:的)?)"
_COPY = re.compile(
    rf"\bcopy\s+(?P<what>.+?)(?P<deep>\s*,?\s+{_SUBS}\s*,?)?\s+(?:in|into|to)\s+(?:a\s+|the\s+)?(?:new\s+)?(?:folder\s+|directory\s+)?(?:called\s+|named\s+)?(?P<to>{F}|[A-Za-z][\w-]*)(?=\s*(?:$|[.,;{GAP}]|and\b|but\b|with\b|keeping\b))|"
    rf"(?:把|将)(?P<zwhat>[^，。；]+?)(?:都|全部|一起)*(?:复制|拷贝|备份)(?:到|进)(?:一个)?(?:新(?:建的?)?)?(?:文件夹|目录)?(?P<zto>{F}|[A-Za-z][\w-]*|[\u4e00-\u9fff]{{2,6}}?)(?:文件夹|目录)?(?:里|中|下)?(?=$|[，。；{GAP}])",
    re.I | re.S,
)
_FOLDER = re.compile(
    rf"(?:the\s+)?(?:whole\s+|entire\s+)?(?:(?:folder|directory)\s+(?P<a>{F}|[\w-]+)|(?P<b>{F}|[\w-]+)\s+(?:folder|directory))|(?:整个)?(?P<z>{F}|[\w-]+)(?:这个|整个)?(?:文件夹|目录)",
    re.I,
)
_NOTHING = re.compile(
    r"\s*[(（]?\bnothing\s+else\s+(?:in|inside)\s+(?:it|there)[)）]?|[,，;；.。]?\s*\b(?:and\s+)?nothing\s+else\s+(?:goes|should\s+go|is\s+to\s+go|belongs)\s+(?:into|in)\s+(?:it|there|[\w\ue000-\uf8ff-]+)|[，,；;。]?\s*(?:不要|别)(?:放|复制|带)(?:任何)?(?:其他|别的)(?:东西|文件)?(?:进去)?",
    re.I,
)
_TEXTS = re.compile(
    rf"\b(?:put|combine|join|merge|concatenate|bring|glue)\s+(?:together\s+)?(?:all\s+)?(?:the\s+|my\s+|our\s+)?(?:(?:two|three|four|five|six|\d+)\s+)?(?P<noun>[a-z]+|text\s+files|\.txt\s+files)\s+(?:from|in|of|inside)\s+(?:the\s+)?(?:folder|directory)\s+(?P<dir>{F}|[\w-]+)\s+(?:together\s+)?(?:in|into|to)\s+(?:one\s+|a\s+|a\s+single\s+)?(?:(?:new|big|text)\s+)*(?:file\s+)?(?:called\s+|named\s+)?(?P<to>{F})(?:\s+(?:right\s+)?here)?|"
    rf"(?:把|将)(?P<zdir>{F}|[\w-]+|[\u4e00-\u9fff]{{1,6}}?)(?:这个)?(?:文件夹|目录)?(?:里|中|下)(?:面)?的(?:各|所有|全部)?(?P<znoun>[\u4e00-\u9fff]{{1,4}}|文本文件|txt文件)(?:都|全部)?(?:按(?:照)?(?P<zby>(?:文件名(?:里|中)?的?|章节|章|各自的?)?(?:编号|序号|数字|号码)(?:的)?(?:顺序|大小|先后)?(?:从小到大)?))?(?:依次)?(?:合并|拼接?|连接?|汇总)(?:成|到|为|在)*(?:一个)?(?:文件)?(?P<zto>{F})",
    re.I,
)
_BY_NUMBER = re.compile(
    r"[,，]?\s*\b(?:in|by|sorted\s+by|following)\s+(?:the\s+)?(?:(?:right\s+)?order\s+of\s+)?(?:their|the)\s+(?:\w+\s+)?numbers?(?:\s+order)?|[,，]?\s*\bin\s+(?:the\s+)?(?:numerical|numeric)\s+order|[，,]?\s*(?:按|按照|依)(?:文件名(?:里|中)?的?|章节|章|各自的?)?(?:编号|序号|数字|号码)(?:的)?(?:顺序|大小|先后)?(?:从小到大)?(?:排列|排|合并)?",
    re.I,
)
_BETWEEN = re.compile(
    rf"[,，]?\s*\b(?:with|and|put|leave)\s+(?:exactly\s+|just\s+)?(?:(?P<blank>(?:one|a|a\s+single|1)\s+(?:empty|blank)\s+line)|(?:a|one|the)\s+line\s+(?:with\s+|of\s+|saying\s+)?(?P<line>{F}|-{{3,}}|\*{{3,}}|={{3,}}))\s+between\s+(?:(?:each|every|the|two|all)\s+(?:of\s+)?)*(?:them|[a-z]+)(?:\s+and\s+the\s+next)?|"
    rf"[,，]?\s*(?:每)?(?:两)?(?:[\u4e00-\u9fff]{{1,3}})?(?:之间|中间)(?:都)?(?:只|正好|恰好|用|加|空|隔|插入|放|留|有|以)*(?:(?P<zblank>一(?:个)?(?:空)?行|一个空行)|(?:一行)?(?P<zline>{F}|-{{3,}}|\*{{3,}}|={{3,}})(?:一行)?)(?:空?行)?(?:分隔|隔开|分开)?",
    re.I,
)
_KINDS = (".zip", ".tar.gz", ".tgz", ".tar")


def packed(said: Said) -> list[Job] | None:
    """The archive, where the goal asks for that and nothing else."""
    archives = [name for name in said.targets if name.lower().endswith(_KINDS)]
    if len(archives) != 1 or len(said.targets) != 1:
        return None
    rest = said
    flat, rest = rest.cut(_FLAT)
    deep, rest = rest.cut(_DEEP)
    found, rest = rest.cut(_PACK)
    if found is None or (flat and deep):
        return None
    what = found["what"] or found["what2"] or found["zwhat"]
    sign = found["to"] or found["to2"] or found["zto"]
    files = _files(said, what)
    if said.new(sign) != archives[0] or not files:
        return None
    folders = {str(PurePosixPath(file.path).parent) for file in files}
    if folders != {"."} and not (flat or deep or _FOLDER.fullmatch(what.strip())):
        return None
    members = [[file.path, PurePosixPath(file.path).name if flat else file.path] for file in files]
    if len({name for _, name in members}) < len(members):
        return None
    rest = rest.without(_LEAVES, _NOTHING)
    kind = "zip" if archives[0].lower().endswith(".zip") else "tar"
    return [["pack", kind, archives[0], members]] if common(rest).done() else None


_LEAVES = re.compile(
    r"[,，;；.。]?\s*\b(?:and\s+|but\s+|please\s+)*(?:do\s+not|don['’]t|without)\s+(?:delet|remov|mov|chang|touch)\w*\s+(?:the|any|my|our)?\s*(?:[a-z]+\s+)?(?:files?|originals?|photos?|documents?|pictures?|them)|[,，;；.。]?\s*\b(?:the\s+)?(?:originals?|[a-z]+\s+files|files|photos|documents)\s+(?:themselves\s+)?(?:must\s+|should\s+)?(?:stay|remain)s?\s+(?:where\s+they\s+are|in\s+place|here|there)|[，,；;。]?\s*(?:原(?:来的)?文件|原件)(?:都|请)*(?:保留|留着|不要删除?|别删|不动|不要动)",
    re.I,
)


def _files(said: Said, what: str) -> list[FileHead]:
    """The files of a phrase, whose number is that told in it, if one is."""
    told = re.search(
        r"\b(two|three|four|five|six|seven|eight|nine|ten|\d+)\s+(?=\S)|([两二三四五六七八九十]|\d+)[个份张]", what
    )
    bare = re.sub(
        r"\b(the|all|my|our|these|those)\s+(?:two|three|four|five|six|seven|eight|nine|ten|\d+)\s+", r"\1 ", what
    )
    bare = re.sub(r"(?:这)?(?:[两二三四五六七八九十]|\d+)[个份张](?=\S)", "", bare)
    bare = re.sub(r"\bof\s+the\s+(?=folder|directory)", "in the ", bare)
    ground = Ground(said.goal, said.files)
    if folder := _FOLDER.fullmatch(bare.strip()):
        sign = folder["a"] or folder["b"] or folder["z"]
        name = (said.text(sign) if re.fullmatch(F, sign) else sign).rstrip("/")
        return [file for file in said.files if file.path.startswith(f"{name}/")]
    deep = re.search(_SUBS, bare, re.I) or re.search(_HSUBS, bare)
    bare = re.sub(rf"\s*{_SUBS}", "", bare, flags=re.I)
    bare = re.sub(_HSUBS, "", bare)
    listed = [said.path(sign) for sign in re.findall(F, bare)]
    if (
        listed
        and all(listed)
        and re.fullmatch(rf"\s*(?:the\s+(?:files?\s+)?)?{F}(?:\s*(?:,|and|,\s*and|[、和与及])\s*{F})*\s*", bare)
    ):
        found: Sequence[FileHead] | None = [said.head(path) for path in listed]
    else:
        pick = picked(bare.strip(), said.goal, said.files)
        found = ground.choose(pick, deep=bool(deep)) if pick and not pick.rest else None
    if not found:
        return []
    if told and _number(told[1] or told[2]) != len(found):
        return []
    return list(found)


def _number(word: str) -> int:
    if word.isdigit():
        return int(word)
    names = {name: at for at, name in enumerate("zero one two three four five six seven eight nine ten".split())}
    names |= {sign: at for at, sign in enumerate("零一二三四五六七八九十")} | {"两": 2}
    return names[word.lower()]


def copied(said: Said) -> list[Job] | None:
    """The copies in the same folders within a new one, where the goal asks for that and nothing else."""
    tree, rest = said.cut(_DEEP)
    found, rest = rest.without(_NOTHING).cut(_COPY)
    if not tree or not found or said.targets:
        return None
    sign = found["to"] or found["zto"]
    folder = (said.text(sign) if re.fullmatch(F, sign) else sign).rstrip("/")
    what = (found["what"] or found["zwhat"]) + (found["deep"] or "")
    files = [file for file in _files(said, what) if not file.path.startswith(f"{folder}/")]
    if not files or "/" in folder or any(file.path.split("/")[0] == folder for file in said.files):
        return None
    rest = rest.without(_LEAVES)
    rest = rest._replace(rest=re.sub(re.escape(GAP) + r"\s*(?:called|named)\s", GAP, rest.rest))
    return [["copy", file.path, f"{folder}/{file.path}"] for file in files] if common(rest).done() else None


def texts_joined(said: Said) -> list[Job] | None:
    """The one text of those in a folder, in the order of their numbers."""
    if len(said.targets) != 1 or not said.targets[0].endswith((".txt", ".md")):
        return None
    between, rest = said.cut(_BETWEEN)
    found, rest = rest.cut(_TEXTS)
    order, rest = rest.cut(_BY_NUMBER)
    if not found or not between or not (order or found["zby"]):
        return None
    told = found["dir"] or found["zdir"]
    folder = (said.text(told) if re.fullmatch(F, told) else told).rstrip("/")
    ending = PurePosixPath(said.targets[0]).suffix
    inside = [file for file in said.files if str(PurePosixPath(file.path).parent) == folder]
    numbers = [re.findall(r"\d+", PurePosixPath(file.path).stem) for file in inside]
    forms = {re.sub(r"\d+", "0", PurePosixPath(file.path).name) for file in inside}
    if len(inside) < 2 or any(len(one) != 1 for one in numbers) or len(forms) != 1:
        return None
    if not all(file.path.endswith(ending) for file in inside) or len({int(one[0]) for one in numbers}) < len(inside):
        return None
    paths = [file.path for _, file in sorted(zip(numbers, inside, strict=True), key=lambda pair: int(pair[0][0]))]
    line = between["line"] or between["zline"]
    joint = "\n" if not line else (said.text(line) if re.fullmatch(F, line) else line) + "\n"
    return [["texts", said.targets[0], paths, joint]] if common(rest).done() else None
