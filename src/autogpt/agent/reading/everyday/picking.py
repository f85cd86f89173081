"""Which files a goal means by a rule: 'all .txt files in docs whose names begin with a_', '文件名以“合同”开头的文件'.

A phrase is read piece by piece; where one piece is not understood, none of it is.
"""

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Literal, NamedTuple

from autogpt.agent.reading.everyday.contents import PIECES, bounds, says, sized
from autogpt.agent.reading.everyday.marks import SIGN, Marked
from autogpt.agent.reading.mentions import ENDINGS
from autogpt.core.contracts import FileHead

Rule = Literal[
    "starts", "ends", "contains", "like", "date", "empty", "bare", "exact", "larger", "smaller", "says", "says it seems"
]
_L = SIGN
KNOWN = ENDINGS | frozenset(
    "tmp temp old doc xls ppt heic bmp tiff tif mov avi mkv flac ogg m4a rtf odt ods epub orig swp".split()
)
_NOT_BARE = frozenset("old orig temp lock env patch diff go c h rs conf".split())
"""Endings that are words or letters, too: files of them are meant only with the full stop."""
KINDS: dict[str, tuple[str, ...]] = {
    "markdown": ("md", "markdown"), "text": ("txt",), "plain text": ("txt",), "photo": ("jpg", "jpeg", "png", "heic", "gif", "webp", "tiff", "bmp"),
    "word": ("doc", "docx"), "excel": ("xls", "xlsx"), "powerpoint": ("ppt", "pptx"), "python": ("py",), "html": ("html", "htm"),
    "picture": ("jpg", "jpeg", "png", "heic", "gif", "webp", "tiff", "bmp", "tif", "svg"), "jpeg": ("jpg", "jpeg"), "jpg": ("jpg", "jpeg"), "video": ("mp4", "mov", "avi", "mkv"), "yaml": ("yaml", "yml"), "log": ("log",),
}  # fmt: skip
_SAME = {"image": "picture", "照片": "photo", "图片": "picture", "图像": "picture", "相片": "photo", "视频": "video",
         "文本": "text", "纯文本": "text", "日志": "log", "movie": "video"}  # fmt: skip
NAMED = {"tilde": "~", "underscore": "_", "dollar sign": "$", "hash": "#", "波浪号": "~", "下划线": "_"}
_VAGUE = frozenset(
    "a an the number numbers digit digits letter letters capital capitals uppercase lowercase vowel vowels dot dots space spaces date dates "
    "year years month months same any this that it its their your my one two three something anything nothing".split()
)


class Test(NamedTuple):
    rule: Rule
    values: tuple[str, ...] = ()


class Pick(NamedTuple):
    tests: tuple[Test, ...] = ()
    endings: tuple[str, ...] = ()
    within: str | None = None
    """The folder that is named; '' for the one the work is done in."""
    deep: bool | None = None
    """Whether subfolders are meant; None where nothing is said of them."""
    but: tuple[str, ...] = ()
    rest: bool = False
    """Whether what no other order of the goal speaks of is meant."""
    noun: bool = False
    single: bool = False
    """Whether one file alone is spoken of: 'the txt file'."""


_WORD = rf"(?:{_L}|[A-Za-z0-9]+)"
_VALUES = (
    rf"(?:(?:the|an?)\s+)?(?:(?:letters?|words?|text|prefix|characters?|string|sign|symbol)\s+)?"
    rf"(?P<values>{_L}(?:\s*(?:,|\bor\b|\band\b)+\s*{_L})+|(?:tilde|underscore|dollar sign|hash)(?:\s*\(\s*{_L}\s*\))?|{_WORD}(?:\s+or\s+{_WORD})*)"
)
_E = r"(?:jpe?g|png|gif|pdf|txt|md|csv|json|docx?|xlsx?|pptx?|mp3|mp4|html|tmp|bak)s?"
_NAME = r"(?:(?:the|their|its|a)\s+)?(?:file\s*)?names?"
_MONTHS: Sequence[str] = "january february march april may june july august september october november december".split()
_PIECES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.I))
    for kind, pattern in (
        ("filler", r"(?:all|every|each|any|both)(?:\s+(?:single\s+)?one)?(?:\s+of)?\b|(?:the|my|our|those|single|whole)\b"),
        ("rest", r"(?:everything|all|anything)\s+else\b|the\s+(?:rest|remaining\s+(?:files|ones)|others)\b|(?:all\s+)?(?:the\s+)?other\s+files\b|(?:其余|其他|其它|剩下)(?:的)?(?:所有)?(?:文件)?"),
        ("starts", rf"(?:(?:whose|with|having)\s+{_NAME}\s+|(?:that|which)\s+(?:have\s+{_NAME}\s+)?)?(?:(?:that|which)\s+)?(?:all\s+)?"
                   rf"(?:starts?|begins?|starting|beginning)\s+with\s+{_VALUES}(?:\s+in\s+{_NAME})?(?!\w)"),
        ("starts", rf"(?:(?:with|having|that\s+have|which\s+have)\s+the\s+prefix|prefixed\s+(?:with|by))\s+{_VALUES}(?!\w)"),
        ("ends", rf"(?:(?:whose|with|having)\s+{_NAME}\s+|(?:that|which)\s+(?:have\s+{_NAME}\s+)?)?(?:(?:that|which)\s+)?(?:all\s+)?"
                 rf"(?:ends?|ending)\s+(?:with|in|on)\s+{_VALUES}(?!\w)"),
        ("ends", rf"(?:with|having|that\s+have|of)\s+(?:the|an?)?\s*(?:file\s+)?(?:extension|ending|suffix)\s+{_VALUES}(?!\w)"),
        ("contains", rf"(?:whose|with|having)\s+{_NAME}\s+(?:that\s+)?(?:contains?|containing|includes?|including|has|have)\s+{_VALUES}(?!\w)"),
        ("contains", rf"(?:(?:that|which)\s+(?:have|has|contains?|includes?)|with|containing|having|including)\s+{_VALUES}\s+(?:anywhere\s+)?in\s+{_NAME}"),
        ("like", rf"(?:named|called|matching|that\s+match|whose\s+{_NAME}\s+match(?:es)?)\s+(?:like\s+)?(?P<values>{_L})"),
        *PIECES,
        ("year", r"(?:from|of|taken\s+in|dated|dating\s+from)\s+(?:the\s+)?(?:year\s+)?(?P<year>(?:19|20)\d\d)(?![\d-])"),
        ("month", rf"(?:from|of|taken\s+in)\s+(?P<month>{'|'.join(_MONTHS)})\s+(?P<of>(?:19|20)\d\d)\b"),
        ("empty", r"(?:empty|zero[- ]byte|0[- ]byte|zero[- ]length)\b|(?:that|which)\s+(?:are|is)\s+(?:completely\s+)?empty\b|of\s+(?:size\s+)?(?:0|zero)(?:\s+bytes?)?\b|(?:(?:that|which)\s+(?:has|have|is|are)|with|having)\s+(?:only\s+|a\s+size\s+of\s+)?(?:0|zero)\s+bytes?(?:\s+(?:big|long|large|in\s+size))?\b"),
        ("bare", r"(?:without|that\s+have\s+no|with\s+no)\s+(?:an?\s+|any\s+)?(?:file\s+)?(?:extension|ending)\b"),
        ("deep", r"(?:,\s*)?(?:(?:here\s+)?and(?:\s+also)?|including|also)\s+(?:those\s+)?(?:in\s+)?(?:all\s+)?(?:of\s+)?(?:the|its|their|any|all)?\s*(?:sub-?folders|sub-?directories|ones\s+in\s+subfolders)(?:\s+too)?\b|"
                 r"(?:,\s*)?(?:here\s+and\s+)?in\s+(?:all|any)\s+(?:the\s+)?(?:sub-?)?folders\b|everywhere\b|recursively\b"),
        ("here and deep", r"(?:in|from)\s+(?:this|the(?:\s+current)?|my)\s+(?:folder|directory)\s+(?:and|or|including)\s+(?:(?:in|from)\s+)?(?:all\s+)?(?:of\s+)?(?:the|its|any|their)?\s*sub-?(?:folders?|directories)\b|(?:from\s+)?here\s+and\s+(?:(?:also\s+)?(?:in|from)\s+)?(?:all\s+)?(?:of\s+)?(?:the\s+|its\s+)?sub-?(?:folders|directories)\b"),
        ("flat", r"(?:,\s*)?[(（]?(?:but\s+)?not\s+(?:those\s+)?(?:the\s+ones\s+)?(?:in|from)\s+(?:the\s+|its\s+|any\s+)?sub-?(?:folders?|directories)\b[)）]?|directly\s+(?=in\b)"),
        ("here", r"(?:in|from|of)\s+(?:this|the\s+(?:current|present|working))\s+(?:folder|directory)\b|here\b|in\s+the\s+(?:folder|directory)(?=\s*$)|in\s+my\s+folder\b"),
        ("within", rf"(?:that\s+are\s+|which\s+are\s+)?(?:in|inside|under|within|from)\s+(?:the\s+)?(?:(?:folder|directory)\s+(?:called\s+|named\s+)?(?P<in>{_WORD})|(?P<in2>{_WORD})\s+(?:folder|directory)|(?P<in3>{_L}|[A-Za-z0-9]+\b))"),
        ("but", rf"(?:,\s*)?(?:except|but\s+not|apart\s+from|other\s+than|excluding)(?:\s+for)?(?:\s+the)?(?:\s+file)?\s+(?P<but>{_L}(?:\s*(?:,|\band\b|\bor\b)+\s*{_L})*)"),
        ("but", rf"除(?:了)?(?P<but>{_L}(?:\s*[、,和]\s*{_L})*)(?:以外|之外|外)?[，,]?(?:的)?"),
        ("kind", rf"(?P<kinds>{_E}(?:\s*(?:,|\band\b|\bor\b)+\s*(?:(?:the|all)\s+)?{_E})*)(?=\s*$|\s+(?:in|from|of|that|which|whose|with|except|but|starting|beginning|ending)\b)"),
        ("kind", rf"(?P<kinds>{_WORD}(?:\s*(?:,|/|\band\b|\bor\b)+\s*(?:(?:the|all)\s+)?{_WORD})*)\s+(?:files?|documents?|photos?|pictures?|images?|videos?)\b"),
        ("kind", r"(?P<kinds>plain\s+text|markdown|text|word|excel|photos?|pictures?|images?|videos?|movies?|pdfs?|logs|csvs?)(?:\s+(?:files?|documents?))?(?![A-Za-z])"),
        ("kind", rf"temporary\s+files?\s*[(（]\s*(?P<kinds>{_L})\s*[)）]"),
        ("noun", r"(?:files?|everything|anything|ones)\b"),
        ("sign", rf"(?P<signs>{_L}(?:\s*(?:,|/|、|和|\band\b|\bor\b)+\s*(?:(?:the|all)\s+)?{_L})*)"),
        # Chinese
        ("filler", r"所有(?:的)?|全部(?:的)?|每一?个|各个|任何|那些|这些|的|里面的|一切"),
        ("here and deep", r"(?:在)?(?:当前|这个|本|该|此)(?:文件夹|目录)(?:里|中|下|内)?(?:面)?(?:以及|及|和|包括|及其)(?:其)?(?:所有)?(?:的)?(?:子文件夹|子目录)(?:里|中|下|内)?(?:面)?(?:的)?"),
        ("deep", r"[（(]?(?:以及|及其?|和|包括|包含|含)(?:其)?(?:所有|各个)?(?:的)?(?:子文件夹|子目录)(?:里|中|下|内|在内)?(?:面)?(?:的)?[）)]?"),
        ("flat", r"[（(]?不(?:包括|包含|含)(?:子文件夹|子目录)(?:里|中|下|内)?(?:面)?(?:的)?[）)]?"),
        ("here", r"(?:在)?(?:当前|这个|本|该|此)(?:文件夹|目录)(?:里|中|下|内)?(?:面)?(?:的)?|(?:文件夹|目录)(?:里|中|下|内)(?:面)?(?:的)?"),
        ("within", rf"(?:在)?(?P<in>{_L}|[A-Za-z0-9]+|[\u4e00-\u9fff]{{1,8}}?)\s*(?:文件夹|目录)(?:里|中|下|内)(?:面)?(?:的)?|(?P<in2>{_L})(?:里|中|下|内)(?:面)?(?:的)?|(?P<in3>[A-Za-z0-9]+)\s*(?:里|中)(?:面)?的"),
        ("starts", rf"(?:文件名|名字|名称|文件名称|文件名字)?(?:是|都|均|里)?(?:以|用)\s*(?P<values>{_L}(?:\s*[、或和]\s*{_L})*|[A-Za-z0-9]+|波浪号|下划线)\s*(?:字样|为)?(?:开头|打头|起头|开始)(?:的)?"),
        ("starts", rf"(?:文件名|名字|名称)?(?:开头|前缀)(?:是|为)\s*(?P<values>{_L})(?:的)?|(?P<values2>{_L})\s*(?:开头|打头)(?:的)?"),
        ("ends", rf"(?:文件名|名字|名称|文件名称)?(?:是|都|均)?(?:以|用)\s*(?P<values>{_L}(?:\s*[、或和]\s*{_L})*|[A-Za-z0-9]+)\s*(?:结尾|结束|收尾)(?:的)?"),
        ("ends", rf"(?P<values>{_L})\s*结尾(?:的)?|(?:扩展名|后缀名?)(?:是|为)\s*(?P<values2>{_L}|[A-Za-z0-9]+)(?:的)?"),
        ("contains", rf"(?:文件名|名字|名称|文件名称)(?:里|中)?(?:面)?(?:带有?|包含|含有?|有)(?:了)?\s*(?P<values>{_L}(?:\s*[、或]\s*{_L})*|[A-Za-z0-9]+)\s*(?:字样|这?[一二两三四几]?个?字|这个词)?(?:的)?|带(?:有|着)?\s*(?P<values2>{_L})\s*字样(?:的)?"),
        ("year", r"(?P<year>(?:19|20)\d\d)\s*年(?:份)?(?:拍(?:摄)?)?(?:的)?(?!\s*\d)"),
        ("empty", r"空(?:白)?(?:的)?(?=文件)|(?:大小|内容)为\s*(?:0|零|空)(?:\s*(?:字节|B|KB))?(?:的)?"),
        ("bare", r"没有(?:扩展名|后缀名?)(?:的)?"),
        ("kind", rf"(?P<kinds>(?:{_L}|[A-Za-z0-9]+)(?:\s*[、/和或]\s*(?:{_L}|[A-Za-z0-9]+))*)\s*(?:格式|类型)?(?:的)?(?:文件|文档|照片|图片|图像|相片|视频)"),
        ("kind", r"(?P<kinds>照片|图片|图像|相片|视频|纯文本|文本|日志|Markdown|PDF)(?:\s*文件)?"),
        ("noun", r"文件"),
    )
)  # fmt: skip


def picked(phrase: str, goal: Marked, files: Sequence[FileHead]) -> Pick | None:
    """What the phrase means; None unless every word of it is understood."""
    one = re.search(r"\bfile\b(?!\s*names?)", phrase, re.I) and not re.search(
        r"\b(?:every|each|any|files)\b", phrase, re.I
    )
    pick, at = Pick(single=bool(one)), 0
    phrase = phrase.strip(" ,，")
    while at < len(phrase):
        if phrase[at].isspace():
            at += 1
            continue
        if (
            at
            and phrase[at].isalpha()
            and phrase[at - 1].isalpha()
            and phrase[at].isascii()
            and phrase[at - 1].isascii()
        ):
            return None
        for kind, pattern in _PIECES:
            match = pattern.match(phrase, at)
            more = _added(pick, kind, match, goal, files) if match and match.end() > at else None
            if match and more is not None:
                pick, at = more, match.end()
                break
        else:
            return None
    whole = pick.noun or pick.endings or pick.rest or any(test.rule in ("exact", "like") for test in pick.tests)
    alone = sum((bool(pick.endings), any(test.rule == "exact" for test in pick.tests), pick.rest)) <= 1
    exact = any(test.rule == "exact" for test in pick.tests) and len(pick.tests) > 1
    return pick if whole and alone and not exact else None


def _added(pick: Pick, kind: str, match: re.Match[str], goal: Marked, files: Sequence[FileHead]) -> Pick | None:
    """The pick with one piece more; None where it does not fit."""
    said = match.groupdict()
    match kind:
        case "filler":
            return pick
        case "noun":
            return pick._replace(noun=True)
        case "rest":
            return pick._replace(rest=True)
        case "empty" | "bare":
            return pick._replace(tests=(*pick.tests, Test(kind)))
        case "larger" | "smaller":
            return pick._replace(tests=(*pick.tests, Test(kind, bounds(said))))
        case "says" | "says it seems":
            word = goal.plain(next(said[key] for key in ("values", "values2", "values3") if said.get(key)))
            vague = word.lower() in _VAGUE or not word.strip()
            return None if vague else pick._replace(tests=(*pick.tests, Test(kind, (word,))))
        case "deep":
            return None if pick.deep is not None else pick._replace(deep=True)
        case "flat":
            return None if pick.deep is not None else pick._replace(deep=False)
        case "here" | "here and deep":
            deep = True if kind == "here and deep" else pick.deep
            return None if pick.within is not None else pick._replace(within="", deep=deep)
        case "within":
            named = next((said[key] for key in ("in", "in2", "in3") if said.get(key)), "")
            folder = goal.plain(named).strip("/")
            there = {str(parent) for file in files for parent in PurePosixPath(file.path).parents} - {"."}
            year = re.fullmatch(r"\d{4}", named) and not re.search(r"folder|directory|文件夹|目录", match[0])
            return None if pick.within is not None or year or folder not in there else pick._replace(within=folder)
        case "but":
            return pick._replace(but=(*pick.but, *goal.signs(said["but"])))
        case "year":
            named_so = any(said["year"] in PurePosixPath(file.path).parent.parts for file in files)
            from_there = named_so and re.match("from|of", match[0], re.I)
            return None if from_there else pick._replace(tests=(*pick.tests, Test("date", (said["year"],))))
        case "month":
            month = _MONTHS.index(said["month"].lower()) + 1
            return pick._replace(tests=(*pick.tests, Test("date", (said["of"], f"{month:02}"))))
        case "kind" | "sign":
            return _of_kind(pick, said.get("kinds") or said["signs"], goal, files, alone=kind == "sign")
        case _:
            return _by_name(pick, kind, said.get("values") or said.get("values2") or "", goal)


def _by_name(pick: Pick, kind: str, said: str, goal: Marked) -> Pick | None:
    if named := next((sign for word, sign in NAMED.items() if said.lower().startswith(word)), ""):
        values = [named]
    else:
        words = re.findall(rf"{SIGN}|[A-Za-z0-9]+", re.sub(r"\b(?:or|and)\b", " ", said))
        if any(word.lower() in _VAGUE for word in words):
            return None
        values = [goal.plain(word) for word in words]
    if not values or any("/" in value for value in values):
        return None
    if kind == "like":
        return pick._replace(tests=(*pick.tests, Test("like", tuple(values)))) if "*" in values[0] else None
    if kind == "starts":
        values = [value.removesuffix("*") for value in values]
    if kind == "ends":
        values = [value.removeprefix("*") for value in values]
        if all(re.fullmatch(r"\.[A-Za-z0-9]{1,8}", value) or value.lower() in KNOWN for value in values):
            return (
                None if pick.endings else pick._replace(endings=tuple(v.lower().lstrip(".") for v in values), noun=True)
            )
    rule: Rule = "starts" if kind == "starts" else "ends" if kind == "ends" else "contains"
    return (
        None
        if any("*" in v for v in values)
        else pick._replace(tests=(*pick.tests, Test(rule, tuple(values))), noun=True)
    )


def _of_kind(pick: Pick, said: str, goal: Marked, files: Sequence[FileHead], *, alone: bool) -> Pick | None:
    """Endings, patterns and names of files."""
    joints = r"\b(?:and|or|the|all)\b|[和或、]" if not re.fullmatch(r"plain\s+text", said, re.I) else r"(?!)"
    words = (
        [said]
        if joints == r"(?!)"
        else re.findall(rf"{SIGN}|[A-Za-z0-9]+|[\u4e00-\u9fff]+", re.sub(joints, " ", said, flags=re.I))
    )
    endings: list[str] = []
    exact: list[str] = []
    for word in words:
        text = goal.plain(word)
        if (kind := kind_of(text, files)) and not (alone and not text.startswith((".", "*"))):
            endings += kind
        elif path := path_of(text, files):
            exact.append(path)
        elif "*" in text and len(words) == 1 and "/" not in text:
            return pick._replace(tests=(*pick.tests, Test("like", (text,))))
        else:
            return None
    if pick.endings and set(pick.endings) <= set(endings) and not exact:
        return pick._replace(noun=True)  # '.jpg 照片'
    if pick.endings or (endings and exact) or (exact and any(test.rule == "exact" for test in pick.tests)):
        return None
    tests = (*pick.tests, Test("exact", tuple(exact))) if exact else pick.tests
    return pick._replace(endings=tuple(dict.fromkeys(endings)), tests=tests, noun=True)


def kind_of(word: str, files: Sequence[FileHead]) -> tuple[str, ...]:
    """The endings of files of a kind: '.txt', 'txt', '*.txt', 'Markdown', 'photos'; () for what is none."""
    word = word.lower().strip()
    name = _SAME.get(word.removesuffix("s"), _SAME.get(word, word.removesuffix("s") if word not in KNOWN else word))
    if name in KINDS and not word.startswith((".", "*")):
        prose = {PurePosixPath(file.path).suffix.lower() for file in files} & {".md", ".rst", ".tex", ".csv"}
        return () if name == "text" and prose else KINDS[name]
    bare = word.removeprefix("*").removeprefix(".")
    dotted = word.startswith((".", "*."))
    name = bare if bare in KNOWN else bare.removesuffix("s")
    return (bare,) if dotted and re.fullmatch(r"\w{1,8}", bare) else (name,) if name in KNOWN - _NOT_BARE else ()


def path_of(text: str, files: Sequence[FileHead]) -> str:
    """The one file of that path or name; '' if there is none or several."""
    found = [file.path for file in files if file.path == text]
    found = found or [file.path for file in files if file.path.endswith(f"/{text}")]
    return found[0] if len(found) == 1 else ""


def chosen(
    pick: Pick, files: Sequence[FileHead], used: frozenset[str] = frozenset(), *, deep: bool, beside: str = ""
) -> list[FileHead] | None:
    """The files that are meant, in alphabetical order; None where the words leave open which, or mean none.

    used: what other orders have spoken of. deep: whether files in subfolders are meant where nothing is said of them;
    if not, and there are such, it is open. beside: a folder whose files are not meant, for they are to be put there.
    """
    if any(not _excepted(name, files) for name in pick.but):
        return None
    inside = f"{pick.within}/" if pick.within else ""
    found: list[FileHead] = []
    exact = any(test.rule == "exact" for test in pick.tests)
    for file in files:
        name = PurePosixPath(file.path).name
        hidden = any(part.startswith(".") or part == "__pycache__" for part in PurePosixPath(file.path).parts)
        if not file.path.startswith(inside) or (hidden and not _names_hidden(pick)):
            continue
        if beside and file.path.startswith(f"{beside}/") and not exact:
            continue
        if (pick.rest and file.path in used) or any(file.path in _excepted(one, files) for one in pick.but):
            continue
        fits = _fits(pick, file, name)
        if fits is None:
            return None
        if fits:
            found.append(file)
    if pick.single and len(found) != 1:
        return None
    lower = [file for file in found if "/" in file.path.removeprefix(inside)]
    if pick.deep is False:
        found = [file for file in found if file not in lower]
    elif lower and not exact and not pick.deep and (not deep or pick.within == ""):
        return None
    return sorted(found, key=lambda file: file.path) or None


def _names_hidden(pick: Pick) -> bool:
    return any(value.startswith(".") for test in pick.tests for value in test.values)


def _excepted(name: str, files: Sequence[FileHead]) -> list[str]:
    """The files that an exception names: one, or all of an ending or pattern."""
    if path := path_of(name, files):
        return [path]
    pattern = f"*{name}" if re.fullmatch(r"\.\w{1,8}", name) else name if "*" in name else ""
    return [
        file.path for file in files if pattern and fnmatchcase(PurePosixPath(file.path).name.lower(), pattern.lower())
    ]


def _fits(pick: Pick, file: FileHead, name: str) -> bool | None:
    """Whether the file is meant; None where upper and lower case would tell, and the goal does not say whether they do."""
    if pick.endings and PurePosixPath(name).suffix.lower().lstrip(".") not in pick.endings:
        return False
    for test in pick.tests:
        if test.rule in ("larger", "smaller", "says", "says it seems"):
            held = (
                sized(test.rule, test.values, file)
                if test.rule in ("larger", "smaller")
                else says(test.values, file, seems=test.rule != "says")
            )
            if not held:
                return held
            continue
        same = _holds(test, file, name, fold=False)
        if not same and test.rule in ("starts", "ends", "contains", "like") and _holds(test, file, name, fold=True):
            return None
        if not same:
            return False
    return True


def _holds(test: Test, file: FileHead, name: str, *, fold: bool) -> bool:
    name = name.lower() if fold else name
    values = [value.lower() for value in test.values] if fold else test.values
    stem = PurePosixPath(name).stem
    match test.rule:
        case "starts":
            return name.startswith(tuple(values))
        case "ends":
            return stem.endswith(tuple(values)) or name.endswith(tuple(values))
        case "contains":
            return any(value in name for value in values)
        case "like":
            return any(fnmatchcase(name, value) for value in values)
        case "date":
            return dated(name)[: len(values)] == tuple(values)
        case "empty":
            return file.size == 0
        case "bare":
            return "." not in name
        case "exact":
            return file.path in test.values
        case _:
            return False


_DATED = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:[-_.]?(0[1-9]|1[0-2])(?:[-_.]?(?:0[1-9]|[12]\d|3[01]))?)?(?![0-9])")


def dated(name: str) -> tuple[str, ...]:
    """Year and, where it is there, month in a file's name; () if there is none, or several that differ."""
    found = {tuple(part for part in match.groups() if part) for match in _DATED.finditer(PurePosixPath(name).stem)}
    return found.pop() if len(found) == 1 else ()
