"""What the words of a goal say, read by rules: language, files and their roles, functions, examples, quoted texts.

Rules and not a model, because a small model's reading is a coin toss and every later stage stands on it. What rules
cannot see stays unsaid: they never invent a demand.
"""

import re
from collections.abc import Collection, Sequence
from pathlib import PurePosixPath
from typing import Literal

from autogpt.agent.legible import legible
from autogpt.agent.reading.byexample import SUCH_AS, copied_by_example, placed, turned_by_example
from autogpt.agent.reading.examples import examples
from autogpt.agent.reading.mentions import BARE, NAME, clean, in_several, is_name, is_test, mentions, short_for
from autogpt.agent.reading.names import classes_of, functions_of
from autogpt.agent.reading.orders import edits, extends, ordered
from autogpt.agent.reading.shown import without_blocks
from autogpt.core.schema import Value
from autogpt.core.task import Language

Role = Literal["input", "output", "change", "remove"]

_Q = r"[`\"'“「]?"
_MAKES = re.compile(
    r"\b(write|writes|save|saves|create|creates|make|generate|produce|output|store|export|build|put|add|compose|draft|"
    r"record|dump|print|convert|translate|called|named|implement|develop|new|summari[sz]e|copy|list|merge|combine|"
    r"explain|describe|answer|reply|note|collect|document)\b|"
    r"写|保存|存|创建|新建|生成|输出|导出|建立|制作|记录|实现|编写|翻译|转换|汇总|总结|命名为|名为|叫做|放|合并|复制",
    re.I,
)
_FROM = re.compile(
    r"(?:\b(?:read|reads|reading|load|parse|parses|from|given|using|use|open|analy[sz]e|based on|according to|import|"
    r"look at|summari[sz]e|convert|translate|check|inspect|follow|validate|process|count)|"
    r"读取|读|从|根据|按照|分析|打开|统计|基于|依据|参照|查看|解析|检查|处理)"
    rf"\s*(?:the\s+)?(?:attached\s+)?(?:(?:text|data|input|csv|json|log)\s+)?(?:file\s+|文件\s*)?(?:called\s+|named\s+)?{_Q}$",
    re.I,
)
_IN = re.compile(rf"(?:\b(?:in|of|on)|在)\s*(?:the\s+)?(?:file\s+|文件\s*)?{_Q}$", re.I)
_INTO = re.compile(
    rf"(?:\b(?:to|into|as|called|named)|写入|追加到|保存到|保存为|保存在|存为|存到|输出到|写到|写进|到|(?<=[存名作改换译])为|成)\s*"
    rf"(?:the\s+|a\s+)?(?:new\s+)?(?:file\s+|文件\s*)?(?:called\s+|named\s+)?{_Q}$",
    re.I,
)
_CHANGES = re.compile(
    r"\b(fix|fixes|repair|edit|update|updates|modify|change|changes|append|insert|correct|refactor|rewrite|extend|"
    r"improve|replace|debug|bump|reformat)\b|"
    r"修复|修改|修正|改正|编辑|更新|追加|添加|插入|替换|重构|改写|完善|补全|调试|改为|改成|改一下|调整|改动|实现",
    re.I,
)
# Verbs that change the file they speak of only if the goal names no other file to put the result in.
_WEAK = re.compile(r"\b(add|set|sort|format|remove|complete|finish|implement)\b|完成|排序|整理|删除", re.I)
_LOOKS = re.compile(
    rf"{_CHANGES.pattern}|{_WEAK.pattern}|\b(find|look|search|count|what|which|who|how|bug|error|mistake|typos?|is|are)\b|"
    r"找|查|多少|几|什么|哪|谁|错",
    re.I,
)
"""Words that a clause on a file which must be there has."""
_AND_SO_ON = re.compile(r"[`\"'”」]?\s*,?\s*(?:and so (?:on|forth)|etc\b|\.{3}|…|等)", re.I)
_OBEYS = re.compile(
    r"(?:do (?:exactly )?(?:what|as) [\w./\s-]{1,60}? says?|"
    r"what (?:(?:there )?is|needs|has|we have|you have|is left|i want)?\s*(?:you )?(?:to (?:do|be done)|doing|done)\b[^.;\n]{0,20}\bin\b|"
    r"(?:steps?|work|tasks?|job|procedure|rules?|to-?dos?|it) (?:is|are) (?:described|explained|listed|written(?: down)?|laid down|"
    r"set out) in\b|how (?:to|we|you|this|it|the)\b[^.;\n]{0,50}? (?:is|are) (?:described|explained|documented|laid down|set out) in\b|follow(?:s|ing)? (?:the |its |all )?(?:instructions?|steps|rules|tasks?)|"
    r"instructions? (?:are |is )?in|carry out|"
    r"\.(?:md|txt|rst)[`\"'”]?\s+(?:tells?|describes?|explains?|says?|shows?) (?:you |us |me )?(?:how (?:to|we|you|this)|what (?:to|we|needs))\b|"
    r"\.(?:md|txt)[`\"'”」]?\s*(?:里|中)?(?:写|说)(?:了|明了?|着)(?:怎么|如何|怎样)|按照?[^，。；\n]{0,40}(?:要求|说明|指示|步骤|里面)|照.{0,6}做|[照按][^，。；\n]{0,30}\.(?:md|txt)[`\"'”」]?\s*(?:里面?|中|上)?(?:写|说|讲)的(?:去)?(?:做|办|来)|完成.{0,4}(?:中|里)的?(?:任务|要求))",
    re.I,
)
_REMOVES = re.compile(
    r"\b(delete|remove|erase|get rid of)\s+(?:the\s+)?(?:file\s+)?[`\"']?$|(?:删除|删掉|移除)\s*(?:文件)?\s*[`\"'“「]?$",
    re.I,
)
_REMOVES_ALSO = re.compile(
    r"(?:\b(?:delete|remove|erase)\s+(?:the\s+)?(?:files?\s+)?|(?:删除|删掉|移除)\s*(?:文件)?\s*)"
    rf"(?:[`\"'“「]?{NAME}[`\"'”」]?\s*(?:,|、|，|和|以及|\band\b)\s*(?:and\s+)?(?:the\s+)?(?:file\s+)?)+[`\"'“「]?$",
    re.I,
)
"""What stands before a second file to be deleted."""
_AS_A_WHOLE = re.compile(
    r"[`\"'”」]?\s*(?:文件|file)?\s*(?:$|[,.;:!?，。；：！？、)）\n]|(?:and|or|then|if|except|unless|too|as well|afterwards|now|please|completely|"
    r"entirely|permanently|for good|after|before|once|when|because|since|only|from (?:the |this )?(?:folder|workspace|disk|repo\w*|project|"
    r"directory))\b|和|并|然后|再|以及|前|后|之)",
    re.I,
)
"""What follows the name of a file that goes as a whole, and not out of a list."""
_PART_OF = re.compile(r"[`\"”」]?\s*(?:['’]s\b|的|里|中|(?:rows?|lines?|columns?|entries)\b)", re.I)
RENAMES_FILE = re.compile(
    r"(?:rename|move|重命名|改名|移动|把|将)\s*(?:the\s+)?(?:file\s+|文件\s*)?[`\"'“「]?(?P<old>"
    + NAME
    + r")[`\"'”」]?\s*(?:文件)?\s*(?:to|as|into|重命名为|改名为|更名为|移动到|移到|改为|为|到)\s*[`\"'“「]?(?P<new>"
    + NAME
    + r"|[\w./-]+/|[\w./-]{1,60}\.[A-Za-z][A-Za-z0-9]{0,6}(?![A-Za-z0-9_]))[`\"'”」]?",
    re.I,
)
_KEEPS = re.compile(
    r"(?:do not|don't|don’t|never|without)\s+(?:chang\w*|modif\w*|edit\w*|touch\w*|alter\w*)\s+"
    r"(?:the\s+)?(?:file\s+)?[`\"']?$|"
    r"(?:leave|keep)\s+[`\"']?$|(?:不要|不得|不能|别|勿)(?:修改|改动|更改|动|改)(?:文件)?\s*[`\"'“「]?$",
    re.I,
)
BUT = r"(?![A-Za-z])(?!\s*,?\s*(?:except|unless|until|before|but|apart|other than|if|除|直到|之前))"
"""What must not follow words by which something stays: an exception."""
_KEPT = re.compile(
    r"[`\"'”」]?\s*(?:itself\s+)?(?:(?:must|should|may|shall)\s+not\s+(?:be\s+)?(?:chang\w*|touch\w*|modif\w*|edit\w*)|"
    r"(?:must\s+|should\s+)?stays?\s+(?:as it is|unchanged|untouched|the same)|(?:must\s+|should\s+)?remains?\s+unchanged|"
    r"(?:本身)?(?:请)?(?:不要|不能|别|勿)(?:动|改|修改)|(?:本身)?保持(?:不变|原样))"
    rf"{BUT}",
    re.I,
)


class File(Value):
    """A file that the goal names, and what the goal wants with it."""

    path: str
    role: Role


class Reading(Value):
    language: Language
    files: tuple[File, ...] = ()
    renames: tuple[tuple[str, str], ...] = ()
    keeps: tuple[str, ...] = ()
    """Files that must not change."""
    functions: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    """Asserts and 'f(x) returns y' examples, as Python asserts."""
    turned: tuple[tuple[str, str], ...] = ()
    """Old and new path of files that the goal names as examples of how many are to be renamed or moved."""
    likes: tuple[str, ...] = ()
    """Files that are not there, named as examples of several ('one for each city, such as cities/Bern.json')."""
    missing: tuple[str, ...] = ()
    """Input files that are named but not there."""
    obeys: tuple[str, ...] = ()
    """Files that the goal makes its own instructions ('do what START.md says')."""

    def named(self, *roles: Role) -> tuple[str, ...]:
        return tuple(file.path for file in self.files if file.role in roles)


_MOST_MENTIONS = 400
_NEAR = 600
"""How many characters before and after a file's name are looked at for what is to become of it."""


def read_goal(goal: str, there: Collection[str] = ()) -> Reading:
    """Read the goal; `there` are the paths of the files in the workspace."""
    goal = legible(goal)
    language = language_of(goal)
    told = [m for m in RENAMES_FILE.finditer(goal) if m["old"] != m["new"]]
    moved = {clean(path) for match in told for path in (match["old"], match["new"])}
    renames = tuple((clean(m["old"]), clean(m["new"])) for m in told if ordered(goal, *m.span()))
    named = mentions(without_blocks(goal), there)
    turned = turned_by_example(goal, named, there)
    places = placed(goal, named, there)
    turning = {name for pair in turned for path in pair for name in (path, PurePosixPath(path).name)}
    moved |= turning | copied_by_example(goal, named)
    files: dict[str, Role] = {}
    keeps: list[str] = []
    likes: list[str] = []
    missing: list[str] = []
    new = any(
        path not in there and path not in moved and not _LINKED.search(goal[max(0, start - 40) : start])
        for path, start, _ in named
    )
    for path, start, end in named[:_MOST_MENTIONS]:
        if path in moved or _AND_SO_ON.match(goal, end):
            continue
        if in_several(goal, path, start, there):
            continue
        path = places.get(path) or short_for(goal, path, start, there)
        if SUCH_AS.search(goal[max(0, start - 20) : start]):
            name = PurePosixPath(path).name
            if "/" in path and path not in there and files.get(name) == "output" and name not in there:
                # 'In each folder a notes.txt, such as a/notes.txt': the example can be asked for, the short name not.
                files = {path if known == name else known: role for known, role in files.items()}
            elif path not in there:
                likes.append(path)
            continue
        if path not in there and (
            _STANDS_FOR.fullmatch(PurePosixPath(path).stem)
            or _A_FORM.match(goal, end)
            or _NAMED_SO.search(goal[max(0, start - 12) : start])
            or _LINKED.search(goal[max(0, start - 40) : start])
        ):
            continue
        if _KEEPS.search(goal[max(0, start - 60) : start]) or _KEPT.match(goal, end):
            keeps.append(path)
        role = _role(goal, path, start, end, there, weak=not new)
        if role == "input" and path not in there:
            missing.append(path)
        before = files.get(path)
        if before is None or (before == "input" and role != "input"):
            files[path] = role
    missing = _in_full(goal, files, missing, there)
    kept = tuple(dict.fromkeys(keeps))
    if not renames and not turned and not _OBEYS.search(goal):
        files |= dict.fromkeys(_only_changed(goal, files, there, kept), "change")
    return Reading(
        language=language,
        files=tuple(File(path=p, role="input" if p in kept else r) for p, r in files.items()),
        renames=renames,
        turned=turned,
        keeps=kept,
        functions=functions_of(goal),
        classes=classes_of(goal),
        examples=examples(goal),
        likes=tuple(dict.fromkeys(likes)),
        missing=tuple(p for p in dict.fromkeys(missing) if files.get(p) == "input"),
        obeys=_obeys(goal, [p for p, r in files.items() if r == "input" and p in there], there),
    )


def _only_changed(goal: str, files: dict[str, Role], there: Collection[str], kept: Sequence[str]) -> list[str]:
    """The files that orders must be for, where the goal names no other file in which the result could be."""
    if set(files.values()) != {"input"}:
        return []
    first = next(iter(files))
    alone = [first] if len(files) == 1 and first in there and edits(goal, first) else []
    code = [path for path in files if path in there and path.endswith(".py") and not is_test(path)]
    return [path for path in (*alone, *(code if extends(goal) else [])) if path not in kept]


def _in_full(goal: str, files: dict[str, Role], missing: list[str], there: Collection[str]) -> list[str]:
    """Put the whole path of files for short names in `files`; returns what is still missing."""
    for path in [p for p in files if p not in there and "/" not in p]:
        # 'core.py' after 'src/core.py', or where that is the only core.py there is, is short for it.
        # A new file is not one of that name in a folder of which the goal does not speak.
        meant = {p for p in (*files, *(there if files[path] != "output" else ())) if p.endswith(f"/{path}")}
        if len(meant) == 1 and not re.search(r"(?:called|named|new|名为|新)\s*[`\"']?" + re.escape(path), goal):
            full, role = meant.pop(), files.pop(path)
            files[full] = (
                "change"
                if full in there and (role == "output" or files.get(full) == "change")
                else files.get(full, role)
            )
            missing = [p for p in missing if p != path]
    return missing


_A_FORM = re.compile(r"[`\"'”」]?\s*(?:这种|这样的?|那样的?|的?格式|的?形式|\(?(?:format|pattern|form|style)\b)", re.I)
"""What follows the pattern of a name, which is no file's."""
_STANDS_FOR = re.compile(
    r"OLD|NEW|FILE\d?|INPUT|OUTPUT|LEFT|RIGHT|SOURCE|TARGET|NAME|NUMBER|DATE|ID|YEAR|MONTH|DAY|TITLE|KEY|CITY|USER|X+|N+|YYYY-MM(?:-DD)?|姓名|日期|名字|编号|标题"
)
"""Names of files that stand for many."""
_NAMED_SO = re.compile(
    r"文件名(?:是|为|用|写成|写作|格式是|格式为|：|:)\s*[`\"'“「]?$|\bnamed (?:like|after)\s+[`\"'“]?$", re.I
)
"""What stands before one."""
_LINKED = re.compile(
    rf"\b(?:links?|linking|linked|href|points?|pointing)\s+to\s+(?:the\s+)?(?:page\s+|file\s+)?{_Q}$|(?:链接到|链接指向|指向|链到)\s*{_Q}$",
    re.I,
)
"""What stands before a page that another is to lead to, and nobody wants written."""


_IN_FOLDER = re.compile(
    r"\b(?:files?|notes|texts|documents|instructions|steps)\s+(?:in|of|from)\s+(?:the\s+)?(?:folder\s+|directory\s+)?[`\"']?([\w.-]+(?:/[\w.-]+)*)/|"
    r"\b(?:files?|notes|texts|instructions|steps)\s+(?:in|of)\s+(?:the\s+)?(?:folder|directory)\s+[`\"']?([\w-]+)",
    re.I,
)
"""A folder whose texts are the instructions."""


def _obeys(goal: str, inputs: list[str], there: Collection[str]) -> tuple[str, ...]:
    """Of several files read, only texts can be the instructions: what stands in data is never obeyed."""
    if not _OBEYS.search(goal):
        return ()
    if not inputs and (folder := _IN_FOLDER.search(goal)):
        told = [
            p
            for p in there
            if p.startswith(f"{folder[1] or folder[2]}/") and p.lower().endswith((".md", ".txt", ".rst"))
        ]
        return tuple(sorted(told, key=lambda p: [int(n) if n.isdigit() else n for n in re.split(r"(\d+)", p)]))
    return tuple(p for p in inputs if len(inputs) == 1 or p.lower().endswith((".md", ".txt", ".rst")))


def language_of(text: str) -> Language:
    """Chinese if at least one letter in five is a Han character; code and file names count as English letters."""
    text = legible(text)
    han = sum("\u4e00" <= char <= "\u9fff" for char in text)
    words = len(re.findall(r"[A-Za-z]+", re.sub(r"`[^`]*`|" + NAME, " ", text)))
    return "zh" if han and han >= words else "en"


def _role(goal: str, path: str, start: int, end: int, there: Collection[str], *, weak: bool) -> Role:
    before, after = goal[max(0, start - _NEAR) : start], goal[end : end + _NEAR]
    clause = re.split(r"[;!?。；！？\n]|\.\s", before)[-1]
    near = re.split(r"[,，、]|\b(?:and|then)\b|并|然后|再", clause)[-1]
    rest = re.split(r"[;!?。；！？\n,，]|\.\s|\b(?:and|then)\b", after)[0]
    if verb := _REMOVES.search(before[-40:]):
        if not _AS_A_WHOLE.match(after):
            return "change" if _PART_OF.match(after) else "input"
        return "remove" if ordered(goal, start - len(verb[0]), end) else "input"
    if _REMOVES_ALSO.search(before[-200:]):
        return "input"
    if path not in there:
        if _FROM.search(before):
            return "input"
        if _IN.search(before) and not _MAKES.search(goal) and _LOOKS.search(clause):
            return "input"
        return "output"
    if weak and _ADDED_TO.match(after) and not _ELSEWHERE.search(goal):
        return "change"
    if _FROM.search(before):
        return "input"
    if _ANSWERED.search(before) or _VALUE_IN.search(before):
        return "input"
    if _REPLACED_BY.search(before) and re.match(r"[`\"'”」]?\s*(?:里|中)", after):
        return "input"
    if _INTO.search(before) and (weak or not _RESULT.search(goal)):
        return "change"
    if _ELSEWHERE.search(goal) or _SUMS.search(clause):
        return "input"
    verb = _CHANGES.search(near) or (_WEAK.search(near) if weak else None)
    if (
        verb
        and not _ASKED.match(clause)
        and not _LISTING.match(after)
        and not re.search(r"\b(?:from|using|by|with|so that|until)\b", _FOR_THAT.sub("", near))
    ):
        return "change"
    if weak and ((_FAULTY.match(after) and not _ABOUT.search(goal)) or _TO_CODE.search(clause + path)):
        return "change"
    if re.match(r"[`\"'”」]?\s*(?:文件)?\s*(?:中|里)", after) and _CHANGES.search(rest):
        return "change"
    return "change" if _INSIDE.search(clause) and _changed_within(after) else "input"


_ADDED_TO = re.compile(
    r"[`\"'”」]?\s*(?:文件|表格?)?\s*(?:的?(?:末尾|结尾|开头|最后|最前|底部|顶部)(?:面)?|的[\u4e00-\u9fff]{1,8}[中里]|中|里)?\s*(?:再)?"
    r"(?:增加|添加|新增|插入|加)(?:上|入)?\s*(?:[一两二三新]|名为)?(?:个|行|列|条|句|段|份|字段)|"
    r"[`\"'”」]?\s*(?:中|里)?的?\s*[\w\u4e00-\u9fff“”\"'`]{1,20}\s*(?:这一|这)?(?:列|字段)(?:的)?(?:名字?|名称)?\s*"
    r"(?:全部|都|统一)?(?:改名|重命名|改成|改为|删除|删掉|去掉|移除)|"
    r"[`\"'”」]?\s*(?:中|里)的?\s*(?:删除|删掉|去掉|移除)"
)
"""What follows a file whose rows, columns or lines are changed: '在 a.txt 末尾加一行', '给 a.csv 增加一列'."""
_FAULTY = re.compile(
    r"[`\"'”」]?\s*(?:(?:has|have|contains?)\s+(?:(?:an?|one|two|three|four|five|some|several|\d)\s+)?(?:\w+\s+)?(?:bugs?|errors?|mistakes?|faults?)\b|"
    r"(?:is|are)\s+(?:broken|wrong|faulty|buggy)\b|(?:里|中)?有(?:[一两二三几]个)?\s*(?:bug|错误|缺陷|毛病)|(?:does not|doesn['’]t) work\b)",
    re.I,
)
"""What is said of a file that is to be mended."""
_FOR_THAT = re.compile(r"\breplace\b[^,;]{1,80}?\b(?:by|with)\b", re.I)
_ABOUT = re.compile(
    r"(?:^|[.;!,\n]\s*|\band\s+)(?:please\s+)?(?:where|what|which|why|who|explain|describe|find|tell|report|list|count|how many|review)\b"
    r"(?!\s+(?:must|should|has to))|[?？]|哪|什么|解释|说明|列出|找出|多少",
    re.I,
)
_TO_CODE = re.compile(
    r"^\W*(?:please\s+)?(?:add|insert|give|put)\s.{3,160}\b(?:in|to)\s+[`\"']?[\w./-]+\.(?:py|js|ts|css|sh|java|go|rs|c|cpp)$",
    re.I | re.S,
)
"""An order that puts something into code: 'Add a docstring to each function in shapes.py'."""
_ANSWERED = re.compile(r"\b(?:repl(?:y|ies)|answers?|responses?|respond)\b[^;!?\n]{0,60}\bto\s+[`\"']?$", re.I)
_VALUE_IN = re.compile(r"\b(?:values?|numbers?|ones?|settings?)\s+(?:in|of|from)\s+[`\"']?$", re.I)
_REPLACED_BY = re.compile(rf"(?:换成|换为|替换成|替换为|填成|填上|填入)\s*(?:文件)?\s*{_Q}$")
_ASKED = re.compile(r"\W*(?:which|what|who|whose|how|where|when|why|is|are|was|were|does|do|did)\b", re.I)
_ELSEWHERE = re.compile(
    r"另存|副本|存成|存为|保存为|保存成|\bsaved? (?:it|this|that|them|the (?:result|output|outcome)) (?:as|to|in|under)\b|\b(?:new file|new copy|under a new name|as a copy)\b",
    re.I,
)
_RESULT = re.compile(
    r"\bsaved? (?:this|that|the (?:result|output|outcome)) (?:as|to|in|under)\b|结果(?:另)?(?:保?存|写)", re.I
)
"""'Add line numbers to a.txt and save the result as b.txt': a.txt itself stays."""
_SUMS = re.compile(
    r"\b(?:add|insert)\s+(?:up\s+)?(?:the |all )?(?:amounts?|numbers?|values?|sums?|rows?)\s+(?:in|of|from)\s", re.I
)
_LISTING = re.compile(r"[`\"'”]?\s*(?:里|中)?(?:列出|列着|写着)的|[`\"'”]?\s+(?:names|lists)\b", re.I)
"""The file only tells what is to be changed."""
_INSIDE = re.compile(rf"^\W*(?:please\s+|now\s+)?in\s+(?:the\s+)?(?:file\s+)?{_Q}$", re.I)
_SETS = re.compile(
    r"[`\"'”]?\s*,?\s*(?:(?:section|under|in|the)\s+[^,.;\n]{1,30},\s*)?(?:please\s+)?"
    r"(?:change|set|replace|raise|lower|increase|decrease|switch|update|turn|fix|correct)\b(?!\s+(?:nothing|anything)\b)",
    re.I,
)
_ORIGINAL = re.compile(r"\boriginals?\b|原文件|原始", re.I)


def _changed_within(after: str) -> bool:
    """Whether what follows 'In FILE' orders a change, and names no other file for what comes of it."""
    order = _SETS.match(after)
    if order is None or _ORIGINAL.search(after):
        return False
    sentence = re.split(r"[;!?\n]|\.\s", after)[0]
    return not any(is_name(match[1]) for match in BARE.finditer(sentence, order.end()))
