"""Several sources put into one: tables of one form, one after the other, and JSON objects with a rule for what is in both."""

import json
import re
from pathlib import PurePosixPath

from autogpt.agent.programs.inside.values import plain
from autogpt.agent.reading.documents.facts import HEADER_ONCE, SAME_FORM, common, counted, ordered
from autogpt.agent.reading.documents.picks import BAD, Job, Step, sort_steps
from autogpt.agent.reading.documents.said import GAP, Said
from autogpt.agent.reading.everyday.marks import SIGN as F

_GATHER = re.compile(
    r"\b(?:combine|merge|concatenate|join|append|stack|unite|glue|bring)\b(?:\s+(?:them|these|those|both|it|all|everything))?(?:\s+together)?|\bput\b(?=[^.;\x00]*?\btogether\b)|\btogether\b|\bone\s+after\s+(?:the\s+)?(?:other|another)\b|"
    r"(?:依次|按顺序|首尾)?(?:合并|汇总|拼接|拼|合|归并|接)(?:成|到|为|在|起来|一下|一起)*",
    re.I,
)
_APPEND = re.compile(
    rf"\b(?:append|add)\s+(?:(?:all\s+)?(?:the\s+)?(?:rows|lines|entries)\s+(?:of|from|in)\s+)?(?P<what>{F})\s+(?:to|at\s+the\s+end\s+of|behind|below)\s+(?:(?:those|the\s+rows|the\s+end)\s+of\s+)?(?P<to>{F})",
    re.I,
)
_APPENDS = re.compile(r"\bappend|接到|追加|加到", re.I)
_ALL_OF = re.compile(
    rf"\b(?:all|every|each|the)\s+(?:of\s+the\s+)?(?P<kind>csv|json)\s+(?:files?|tables?)\s+(?:in|from|of|inside)\s+(?:the\s+)?(?:(?:folder|directory)\s+(?P<a>{F}|[\w-]+)|(?P<b>{F}|[\w-]+)\s+(?:folder|directory)|(?P<c>{F}))|"
    rf"(?:把|将)?\s*(?P<zd>{F}|[\w-]+)\s*(?:文件夹|目录)?(?:里|中|下)(?:面)?(?:的)?(?:所有|全部)(?:的)?\s*\.?(?P<zkind>csv|json|CSV|JSON)\s*(?:文件|表格?)",
    re.I,
)
_FIRST = re.compile(
    rf"[,，(（]?\s*\b(?:and\s+)?(?:start(?:ing)?\s+with\s+|(?:with\s+)?(?:the\s+rows\s+(?:of|from)\s+)?)(?P<one>{F}|[A-Za-z]\w*)(?:['’]s(?:\s+rows?)?)?\s+(?:rows\s+)?(?:comes?\s+|goes?\s+)?(?:first|on\s+top)(?:\s*,?\s*(?:and\s+)?(?:then|followed\s+by)\s+(?P<more>(?:{F}|[A-Za-z]\w*)(?:['’]s)?(?:\s*(?:,|and|,\s*and|,?\s*then|,\s*and\s+then)\s+(?:{F}|[A-Za-z]\w*)(?:['’]s)?)*))?[)）]?|"
    rf"[,，]?\s*\b(?:in\s+(?:this|that|the\s+given)\s+order)\b|[，,]?\s*(?:按(?:照)?这个顺序|先放?(?P<z>{F}|[\u4e00-\u9fff\w]{{1,6}}?)(?:的|里的)?(?:行|内容|数据)?(?:[，,]?(?:再|后)放?(?P<zmore>{F}|[\u4e00-\u9fff\w]{{1,6}}?)(?:的|里的)?(?:行|内容|数据)?)(?=$|[，,。；;{GAP}]))",
    re.I,
)
_LABEL = re.compile(
    rf"[,，]?\s*\b(?:and\s+)?(?:(?:add|with|plus|give\s+it|insert)\s+)?(?:a|an|the|another|one)\s+(?:(?:new|extra|additional|more)\s+)*(?P<at>last|first|final|leading)?\s*(?:new\s+)?column\s+(?:at\s+the\s+(?P<at2>end|front|beginning|start)\s+)?(?:(?:is\s+)?(?:called|named)\s+)?(?P<name>{F}|[A-Za-z_]\w*)(?:\s*,)?\s+(?:(?:that|which)\s+|to\s+)?(?:says?|tells?|holds?|shows?|contains?|with|is|naming|saying|for)\s+(?P<what>[^.;。；]+?)(?=$|[.;。；{GAP}])|"
    rf"[，,]?\s*(?:并|再|同时)?(?:在)?(?P<zat>最后|末尾|最后面|最前面|第一列|前面)?(?:另外?)?(?:新)?(?:增加|加上?|添加|多加)(?:新的)?(?:一列|列)?(?:叫|名为|列名为?|为)?[:：]?\s*(?P<zname>{F}|[\u4e00-\u9fff\w]{{1,6}}?)(?:列|这一列)?[，,：:（(]?\s*(?:内容)?(?:写|填|写上|填上|注明|标明|说明|记录|表示|为|是)+(?:每行|该行|这一行)?(?P<zwhat>[^。；;]+?)[)）]?(?=$|[。；;{GAP}])",
    re.I,
)
_STEM = re.compile(
    r"(?:(?:the\s+)?(?:file\s*name|name\s+of\s+(?:the|its)\s+(?:source\s+)?file)\s+(?:it\s+(?:is|comes)\s+from\s+|(?:the\s+row\s+)?(?:comes|is)\s+from\s+)?\(?\s*(?:without|but\s+without)\s+(?:the\s+)?(?:\.?csv|(?:file\s+)?(?:extension|ending)|[\ue000-\uf8ff])(?:\s+(?:extension|ending))?\)?|(?:来源|所在|来自)?(?:的)?文件名?(?:的)?(?:名字)?[（(，,]?(?:不带|去掉|不含)(?:扩展名|后缀|\.csv|[\ue000-\uf8ff])[)）]?)",
    re.I,
)
_WHICH = re.compile(
    r"which\s+file\s+(?:a|the|each)\s+row\s+(?:comes|is|came|was)\s+from\s*,?\s*[(（]?(?:so\s+)?(?P<all>[^()（）]+)[)）]?|(?:这一?行|该行|每行|它)?(?:是|来自)(?:哪个文件|哪里)(?:的)?[（(：:](?P<zall>[^()（）]+)[)）]?",
    re.I,
)
_FULL = re.compile(
    r"(?:(?:the\s+)?(?:full\s+)?(?:file\s*name|name\s+of\s+(?:the|its)\s+(?:source\s+)?file)\s*\(?\s*(?:with|including|like|e\.g\.?)\s+(?:the\s+)?(?:extension|ending|(?P<like>[\ue000-\uf8ff]))\)?)",
    re.I,
)
_WORDS = r"(?:a|an|the|same|keys?|names?|is|are|in|of|them|both|files?|has|have|exists?|appears?|values?|entry|entries|occurs?|stands?|different|differs?|there|contains?|it|they|two|each|with|settings?|person|people|someone|somebody|item|product|for|sets?|given|define[sd]?|conflicts?|duplicates?|that|numbers?|lists?|objects?|once|twice|places|word|words|one|to|who|which|a\s+key\s+that|\x00)"
_WINS = r"(?:wins?|counts?|takes?\s+precedence|has\s+(?:priority|precedence)|have\s+priority|applies|apply|is\s+(?:right|kept|used|valid|taken)|should\s+(?:win|count|be\s+(?:used|kept|taken))|shall\s+(?:win|count)|overrides?|goes\s+first|is\s+the\s+(?:right|valid|newer|current)\s+one)"
_WINNER = re.compile(
    rf"[,;:.]?\s*\b(?:and\s+)?(?:if|when|where|wherever|whenever|in\s+case(?:\s+of)?|for|on|should)\s+(?:{_WORDS}\s+)*{_WORDS}\s*,\s*(?:then\s+)?(?:(?P<take>use|take|keep|prefer)\s+)?(?:the\s+(?:\w+\s+)?(?P<noun>\w+)\s+(?:of|from|in)\s+)?(?P<w>{F})(?:['’]s(?:\s+\w+)?)?(?:\s+{_WINS})?|"
    rf"[,;:.]?\s*\b(?:and\s+)?(?:the\s+)?(?:(?:values?|entries|settings|numbers?|ones?)\s+(?:of|from|in)\s+)?(?P<w2>{F})\s+{_WINS}(?:\s+(?:if|when|where|wherever|whenever|in\s+case(?:\s+of)?|for|on)\s+(?:{_WORDS}\s+)*{_WORDS})?(?:\s*,?\s+(?:over\s+)?(?:(?:those|that|the\s+values?|the\s+ones?)\s+(?:of|from|in)\s+)?(?P<loser>{F}))?|"
    rf"[，,；;。]?\s*[如果若遇到当两个文件边二者份里中都同时有出现存在相样重复冲突一名键字段姓名人项设置商品值词内容不时的话就则，,所有]*以\s*(?P<w3>{F})\s*(?:文件)?(?:里|中)?(?:面)?(?:的)?[\u4e00-\u9fff]{{0,4}}为准|"
    rf"[，,；;。]?\s*[如果若遇到当两个文件边二者份里中都同时有出现存在相样重复冲突一名键字段姓名人项设置商品值词内容不时的话就则，,]*(?:用|取|保留|采用)\s*(?P<w4>{F})\s*(?:里|中)?(?:面)?的(?:值|内容|那个|数据|号码|价格)?(?=$|[。；;，,{GAP}])",
    re.I,
)
_MAPS = re.compile(
    r"\b(?:maps?|gives?|holds?|contains?|has|have|lists?)\s+\w+\s+(?:to|for|with)\s+\w+(?:\s+\w+)?(?=\s*(?:$|[.,;]))|\bobjects?\b",
    re.I,
)


def gathered(said: Said) -> list[Job] | None:
    """The one file of all sources, where the goal asks for that and nothing else."""
    if len(said.targets) != 1 or not _GATHER.search(said.rest):
        return None
    every, rest = common(said).cut(_ALL_OF)
    sources = list(said.sources)
    if every:
        sources = _of_folder(said, every) if not sources else []
    if len(sources) < 2 or not (left := counted(rest, len(sources))):
        return None
    appended, left = left.cut(_APPEND)
    if appended:
        order = [said.path(appended[name]) for name in ("to", "what") if appended[name]]
        if sorted(order) != sorted(sources):
            return None
        sources = order
    if _APPENDS.search(left.rest):
        return None  # to which of them?
    left = left.without(_GATHER)
    target = said.targets[0]
    if all(path.endswith(".json") for path in (*sources, target)) and all(_object(said, path) for path in sources):
        return _merged(left, sources, target)
    return _stacked(left, sources, target)


def _of_folder(said: Said, every: re.Match[str]) -> list[str]:
    """The files of a kind in a folder, where their names have one order only."""
    told = next((every[name] for name in ("a", "b", "c", "zd") if every[name]), "")
    folder = (said.text(told) if re.fullmatch(F, told) else told).rstrip("/")
    kind = (every["kind"] or every["zkind"]).lower()
    found = sorted(
        file.path
        for file in said.files
        if str(PurePosixPath(file.path).parent) == folder and file.path.lower().endswith(f".{kind}")
    )
    natural = sorted(found, key=lambda path: [int(p) if p.isdigit() else p for p in re.split(r"(\d+)", path)])
    return found if natural == found else []


def _object(said: Said, path: str) -> bool:
    try:
        return isinstance(json.loads(said.read(path).decode("utf-8-sig")), dict)
    except ValueError:
        return False


def _merged(said: Said, sources: list[str], target: str) -> list[Job] | None:
    summed, rest = said.cut(_SUMMED)
    if summed:
        return [["merge", target, sources, "+"]] if rest.without(_MAPS).done() else None
    newer, rest = said.cut(_NEWER)
    if newer:
        winner = _newer(said, sources, old=bool(newer["old"] or newer["zold"]))
        return [["merge", target, sources, winner]] if winner and rest.without(_MAPS).done() else None
    found, rest = said.cut(_WINNER)
    winner = ""
    if found:
        sign = next(found[name] for name in ("w", "w2", "w3", "w4") if found[name])
        winner = said.path(sign)
        loser = found["loser"] and said.path(found["loser"])
        if winner not in sources or loser == winner or (len(sources) > 2):
            return None
    rest = rest.without(_MAPS)
    return [["merge", target, sources, winner]] if not _PARTS.search(rest.rest) and rest.done() else None


_PARTS = re.compile(r"\b(?:keys?|values?|lists?|each|every|per|by)\b|只|键|值|列表", re.I)
"""What says that not the whole objects are meant."""
_SUMMED = re.compile(
    rf"[,;:.]?\s*\b(?:and\s+)?(?:add\s+up|sum(?:\s+up)?|add)\s+(?:the|both|their|its)\s+\w+(?:\s+together)?\s+(?:if|when|where|of|for)\s+(?:{_WORDS}\s+|\w+\s+(?=is\b|are\b))*?(?:{_WORDS}|shops|stores|places)(?=\s*(?:$|[.;,]))|[，,；;。]?\s*(?:两边|两个文件|都|里)*(?:都)?有的[\u4e00-\u9fff]{{0,4}}?(?:就|则|把)?(?:数量|数|值|件数)?(?:相加|加起来|加在一起|求和)",
    re.I,
)
_NEWER = re.compile(
    rf"[,;:.]?\s*\b(?:if|when|where|for)\s+(?:{_WORDS}\s+)*{_WORDS}\s*,\s*(?:then\s+)?(?:use\s+|take\s+|keep\s+)?the\s+(?:newer?|(?P<old>older?))\s+(?:one|value|number|entry|file|list)(?:\s+{_WINS})?|[，,；;。]?\s*[如果若遇到当两个文件边二者份里中都同时有出现存在相样重复冲突一名键字段姓名人项设置商品值词内容不时的话就则，,所有]*以(?:新|(?P<zold>旧))(?:的|版|文件|那个|那份|的那份|的那个)*为准",
    re.I,
)


def _newer(said: Said, sources: list[str], *, old: bool) -> str:
    """The file that the goal, or its name, says to be the newer (or the older) one; '' where that is not plain."""
    ages = (
        (r"\bold(?:er)?\b[^.,;]{0,25}", r"旧[^，。；]{0,6}")
        if old
        else (r"\bnew(?:er)?\b[^.,;]{0,25}", r"新[^，。；]{0,6}")
    )
    told = [
        path
        for path in sources
        for age in ages
        for m in re.finditer(rf"{age}({F})", said.goal.text, re.I)
        if said.path(m[1]) == path
    ]
    names = ("old", "jiu", "旧") if old else ("new", "xin", "新")
    named = [path for path in sources if any(one in PurePosixPath(path).stem.lower() for one in names)]
    found = set(told) | set(named)
    return found.pop() if len(found) == 1 else ""


def _stacked(said: Said, sources: list[str], target: str) -> list[Job] | None:
    tables = [said.table(path) for path in sources]
    kinds = {path.lower().rpartition(".")[2] for path in (*sources, target)}
    if len(kinds) != 1 or not kinds <= {"csv", "tsv"} or any(table is None for table in tables):
        return None
    heads = {tuple(sorted(map(plain, table.head))) for table in tables if table}
    if len(heads) != 1:
        return None
    rest = said.without(HEADER_ONCE, SAME_FORM)
    label, labels, at_first = "", [""], False
    found, rest = rest.cut(_LABEL)
    if found:
        sign = found["name"] or found["zname"]
        label = said.text(sign) if re.fullmatch(F, sign) else sign
        told = _labels((found["what"] or found["zwhat"]).strip(), said, sources)
        at_first = (found["at"] or found["at2"] or found["zat"] or "") in (
            "first", "leading", "front", "beginning", "start", "最前面", "第一列", "前面"
        )  # fmt: skip
        if told is None:
            return None
        labels = told
    first, rest = rest.cut(_FIRST)
    if first and not _agrees(first, said, sources):
        return None
    order = ordered(rest)
    table = tables[0]
    if order is None or table is None or _FIRST.search(rest.rest):
        return None
    steps = sort_steps(order[0], table, said)
    if BAD in steps or order[0].like not in ("", "=") or order[1].columns_left() or not order[1].done():
        return None
    places = [[path] for path in sources]
    stack: Step = ["stack", places, label, labels if label else [], at_first]
    return [["table", target, [stack, *steps], "csv", {"like": sources[0]}]]


def _labels(what: str, said: Said, sources: list[str]) -> list[str] | None:
    """What the rows of each source are told by: its name without the ending, or words that are in these names."""
    stems = [PurePosixPath(path).stem for path in sources]
    if _STEM.fullmatch(what):
        return stems
    if (full := _FULL.fullmatch(what)) and (not full["like"] or said.path(full["like"]) in sources):
        return [PurePosixPath(path).name for path in sources]
    if listed := _WHICH.fullmatch(what):
        what = listed["all"]
    parts = re.split(r"\s*,\s*(?:or\s+|and\s+)?|\s+or\s+|\s+and\s+|\s*[、或和]\s*", what)
    words = [said.text(part) if re.fullmatch(F, part) else part for part in parts]
    if len(words) != len(stems) or any(not re.fullmatch(r"[\w\u4e00-\u9fff-]+", word) for word in words):
        return None
    fit = [[word for word in words if _is_of(word, stem)] for stem in stems]
    return (
        [one[0] for one in fit] if all(len(one) == 1 for one in fit) and len({o[0] for o in fit}) == len(fit) else None
    )


def _is_of(word: str, stem: str) -> bool:
    """Whether a word is for a file: its name, or the month that it is short for."""
    one, other = word.casefold(), stem.casefold()
    return one == other or (len(other) >= 3 and one.startswith(other)) or (len(one) >= 3 and one in other)


def _agrees(found: re.Match[str], said: Said, sources: list[str]) -> bool:
    """Whether the order that is told is that in which the sources are named."""
    told = [found["one"] or found["z"] or ""]
    more = found["more"] or found["zmore"] or ""
    told += [part for part in re.split(r"\s*,\s*(?:and\s+)?(?:then\s+)?|\s+and\s+(?:then\s+)?", more) if part]
    if told == [""]:
        return True
    words = [re.sub(r"['’]s$", "", one) for one in told]
    stems = [PurePosixPath(path).stem for path in sources]
    for word, path, stem in zip(words, sources, stems, strict=False):
        if re.fullmatch(F, word):
            if said.path(word) != path:
                return False
        elif not _is_of(word, stem) or sum(_is_of(word, one) for one in stems) != 1:
            return False
    return len(words) <= len(sources)
