"""Turns a goal into executable checks: what its words imply, and what the workspace offers."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from autogpt.agent.legible import legible
from autogpt.agent.reading.asbefore import as_before
from autogpt.agent.reading.bulk import code_changed, in_bulk
from autogpt.agent.reading.bytable import alike
from autogpt.agent.reading.chronology import chronologies
from autogpt.agent.reading.columns import columns
from autogpt.agent.reading.databases import changed_databases
from autogpt.agent.reading.documents.full import documented
from autogpt.agent.reading.duplicates import groups, listed, to_delete
from autogpt.agent.reading.everyday.full import proofs
from autogpt.agent.reading.fields import fields
from autogpt.agent.reading.given import pointer
from autogpt.agent.reading.goal import Reading
from autogpt.agent.reading.headings import headings
from autogpt.agent.reading.inline import inline_forms
from autogpt.agent.reading.listings import alphabetical
from autogpt.agent.reading.lists import belongs
from autogpt.agent.reading.mentions import is_test
from autogpt.agent.reading.orders import on_condition
from autogpt.agent.reading.refusals import refusals
from autogpt.agent.reading.regression import guarding
from autogpt.agent.reading.sessions import sessions
from autogpt.agent.reading.shape import NESTED, shapes
from autogpt.agent.reading.shown import shown, without_blocks
from autogpt.agent.reading.sorting import sortings
from autogpt.agent.reading.specials import specials
from autogpt.agent.reading.started import started
from autogpt.agent.reading.template import templates
from autogpt.agent.reading.translation import carried_over
from autogpt.agent.reading.unique import uniques
from autogpt.agent.reading.untouched import untouched
from autogpt.agent.reading.worked import worked_out
from autogpt.agent.reading.writing import writing
from autogpt.core.check import (
    Check,
    CommandSucceeds,
    FileAbsent,
    FileContains,
    FileExists,
    FileParses,
    FileUnchanged,
    PythonHolds,
    TestsPass,
    ValueAt,
    WrittenIn,
)
from autogpt.core.contracts import FileHead
from autogpt.core.task import Language

_PROSE = re.compile(
    r"\b(letter|essay|summary|summari[sz]e|report|e-?mail(?!\s+address)|article|story|poem|haiku|limerick|lyrics|joke|translat(?:e|ion)|introduction|describe|description|readme|"
    r"explain|explanation|announcement|memo|minutes|biography|blog|invitation|speech|guide|proposal|review|"
    r"repl(?:y|ies)|polite(?:ly)?|greeting|apolog\w+|notice|obituary|toast|cover note|press release|job ad|advert\w*|flyer|slogan|cover letter)\b|"
    r"\b(?:write|draft|compose)\b[^.;\n]{0,30}\bmail\b(?! address)|"
    r"\b(?:at most|about|around|under|up to|no more than)\s+\d+\s+(?:words|sentences|paragraphs)\b|语气|客气|落款|署名|回复|"
    r"启事|广告|文案|海报|致辞|讲话|倡议|贺词|简历|邀请函|"
    r"信(?![息号用任心道度箱])|文章|总结|摘要|报告|邮件|故事|诗|俳句|歌词|笑话|介绍|说明|描述|解释|公告|通知|纪要|博客|邀请|演讲|指南|建议|评论|简介|作文|日记|翻译",
    re.I,
)
_IN_LANGUAGE = re.compile(
    r"(?:in|into)\s+(English|Chinese)\b|(?:用|使用|翻译成|译成|译为)\s*(中文|英文|英语|汉语)", re.I
)
_LANGUAGES = re.compile(r"\b(?:English|Chinese)\b|中文|英文|英语|汉语", re.I)
_OTHER_LANGUAGE = re.compile(
    r"\b(?:German|French|Spanish|Italian|Portuguese|Japanese|Korean|Russian|Dutch|Polish|Turkish|Arabic|Hindi|Latin|Swedish|Greek|"
    r"Norwegian|Danish|Finnish|Czech|Vietnamese|Thai|bilingual)\b|(?:[德法日韩俄]|西班牙|意大利|葡萄牙|阿拉伯|拉丁|荷兰)[语文]|双语|中英",
    re.I,
)
"""A language whose texts no check knows, or two of them in one text."""
_KEYS = re.compile(
    r"\b(?:keys?|fields?|properties)\b[:\s]*(?P<en>(?:[`\"']?[A-Za-z_]\w*[`\"']?(?:\s*\([^)]*\))?(?:\s*,\s*(?:and\s+)?|\s+and\s+)?)+)|"
    r"(?:键|字段|键名)(?:名)?(?:为|是|包括|包含|：|:)?\s*(?P<zh>(?:[`\"'“]?[A-Za-z_]\w*[`\"'”]?(?:\s*[、,，和]\s*)?)+)"
)
_RUNS = re.compile(
    r"[`](?P<cmd>(?:python3?|bash|sh)\s[^`\n]+)[`]\s*(?:should |must |then |应|应该|要)?\s*"
    r"(?:prints?|outputs?|输出|打印|显示)\s*(?:exactly\s+|the\s+\w+\s+)?[`\"'“「](?P<out>[^`\"'”」\n]+)[`\"'”」]",
    re.I,
)
_FAILS = re.compile(r"\bexit\w*\b|\bstatus\b|\bnon-?zero\b|\bstderr\b|\bstandard error\b|\bfails?\b|退出|错误", re.I)
"""What is printed by a command that may not succeed."""
_RUNS_WELL = re.compile(
    r"(?:run(?:s|ning)?|运行|执行)\s*[`\"'“]?(?P<file>(?:python3?\s+)?[\w./-]+\.py)[`\"'”]?\s*"
    r"(?:should |must )?(?:without (?:any )?errors?|succeeds?|works|exits 0|不报错|没有错误|无错误|成功)",
    re.I,
)
_BREAKS = re.compile(
    r"\bpython3?\s+(?P<file>[\w./-]+\.py)[`\"'”」]?\s*(?:(?:now|always|only|just|currently)\s+)?(?:就|会|总是|时|都|现在)*\s*"
    r"(?:crashes|fails|breaks|stops with|raises|gives an error|报错|出错|崩溃)",
    re.I,
)
"""A command that is said to fail as things are, and is to work."""
_EXACT = re.compile(
    r"(?P<file>[\w./-]+\.\w{1,7})[`\"']?\s+(?:that |which |and )?(?:must |should )?"
    r"(?:contain(?:s|ing)?|with)\s+(?:exactly\s+|only\s+)?(?:the\s+)?(?:text|line|words?|content|string)?\s*:?\s*"
    r"(?P<quote>[\"“「`'])(?P<text>[^\"”」`\n]{1,200})[\"”」`']|"
    r"(?P<zfile>[A-Za-z0-9_./-]+\.\w{1,7})[`\"'”」]?\s*(?:，|,)?\s*(?:文件)?(?:其)?(?:内容|中)?(?:必须|应)?(?:为|是|包含|写入|写上|写)\s*[:：]?\s*"
    r"[\"“「`'](?P<ztext>[^\"”」`\n]{1,200})[\"”」`']",
    re.I,
)
_PUTS = re.compile(
    r"\b(?:write|save|put|store|append|add)\s+(?:exactly\s+)?(?:the\s+)?(?:text|words?|line|string|sentence|message)?\s*:?\s*"
    r"(?:[\"“`'](?P<text>[^\"”`\n]{1,200}?)[\"”`']|(?<=text )(?P<bare>[\w!.-]{1,40})|(?<=word )(?P<word>[\w!.-]{1,40}))\s+"
    r"(?:to|in|into)\s+(?:a\s+|the\s+)?(?:new\s+)?(?:file\s+)?(?:called\s+|named\s+)?[`\"']?(?P<file>[\w./-]+\.\w{1,7})|"
    r"(?:把|将)\s*[“\"「'](?P<ztext>[^”\"」'\n]{1,200})[”\"」']\s*(?:写入|写到|写进|保存到|存到|追加到)\s*[`\"'“]?(?P<zfile>[A-Za-z0-9_./-]+\.\w{1,7})",
    re.I,
)
_PROSE_FILES = frozenset({".txt", ".md", ".rst", ".html", ".htm", ""})
_CODE_FILES = frozenset(
    {".py", ".js", ".ts", ".sh", ".c", ".cpp", ".java", ".go", ".rs", ".rb", ".php", ".sql", ".css"}
)
_PARSED = frozenset({".json", ".jsonl", ".csv", ".toml", ".yaml", ".yml", ".py", ".html", ".xml", ".sqlite", ".db"})


ACTS = re.compile(
    r"\b(rename|move|delete|remove|copy|sort|organi[sz]e|tidy|clean|replace|merge|split|convert|change|update|fix|edit|"
    r"add|append|insert|format|reformat|refactor|compress|unpack|extract|do what|follow|file ?names?|lower ?case|"
    r"turn (?:all|every|each|the)|(?:should|must) end in|give (?:all|every|each))\b|"
    r"重命名|改名|改成|改为|换成|变成|移动|删除|删掉|复制|排序|整理|清理|替换|合并|拆分|转换|修改|更新|修复|添加|追加|格式化|重构|按照|归类|分类|小写|前缀",
    re.I,
)
"""Verbs that change what is in the folder."""
_ASKS = re.compile(
    r"[?？]\s*$|^\s*(?:how|what|which|who|when|where|why|is|are|does|do|can)\b|多少|几个|什么|哪|谁|吗", re.I
)
"""Goals that are questions."""
_POLITE = re.compile(
    r"(?:^|[.!?,;:]\s+)\W*(?:please |hi,? |hello,? )?(?:could|can|would|will) you\b(?:\s+(?:please|kindly))?|能不能|能否|可否|可以帮",
    re.I,
)


def asks(goal: str) -> bool:
    """Whether the goal is a question that wants words for an answer: 'Could you rename ...?' wants a deed."""
    polite = _POLITE.search(goal)
    return _ASKS.search(goal) is not None and not (polite and ACTS.search(goal, polite.end()))


TELLS = re.compile(
    r"\b(?:write|tell|explain|describe|summar\w+|give|suggest|recommend|compare|review|list|name|show|advise|propose|draft|"
    r"compose|answer|help|translate|say|note|report|count|find|calculate|compute|check|analy[sz]e|think|plan)\b|"
    r"写|告诉|解释|说明|描述|介绍|总结|概括|建议|推荐|比较|评价|列|回答|帮|翻译|统计|算|找|查|看|分析|想",
    re.I,
)
"""Verbs of goals that may want nothing but words."""
_RUN_IT = re.compile(
    r"\b(?:run|execute|start|use) (?:it|the (?:program|script|code))\b|\band run\b|\bwhen run\b|\bits output\b|"
    r"\b(?:that|which) (?:reads?|writes?|saves?|creates?|generates?|produces?)\b|运行(?:它|该|这个|一下|程序|脚本)|执行(?:它|该|这个)|并运行",
    re.I,
)


def is_made_later(goal: str, reading: Reading, path: str) -> bool:
    """Whether the file is data that the program asked for will keep one day, not something to deliver now."""
    data = PurePosixPath(path).suffix.lower() in (".json", ".db", ".sqlite", ".sqlite3", ".csv", ".log", ".txt")
    program = any(is_code(p) for p in reading.named("output"))
    return data and program and path in reading.named("output") and not is_asked_for(goal)


def is_asked_for(goal: str) -> bool:
    """Whether a goal for a program also wants what the program makes, not only the program."""
    return _RUN_IT.search(goal) is not None


_EDITS_TOO = re.compile(
    r"\b(convert|fix|update|edit|replace|correct|add|append|insert|modify|change|sort|rewrite|translate|remove)\w*\b|"
    r"转换|修复|修正|改正|更新|编辑|修改|替换|添加|追加|插入|排序|改写|翻译",
    re.I,
)
"""Verbs beside a renaming that may give the renamed file other content."""


def implied(goal: str, reading: Reading, files: Sequence[FileHead], *, step: bool = False) -> tuple[Check, ...]:
    """The checks that the goal's own words demand, never more; of a step, what others change is not to stay."""
    if not step and not reading.obeys and (whole := proofs(goal, files)):
        return _unique(whole)
    if not step and not reading.obeys and (made := documented(goal, files)):
        return _unique(made.checks)
    goal = legible(goal)
    heads = {file.path: file for file in files}
    checks: list[Check] = []
    for old, new in reading.renames:
        target = f"{new.rstrip('/')}/{PurePosixPath(old).name}" if new.endswith("/") else new
        if target in heads:
            continue  # two files may change names
        checks.append(FileAbsent(path=old, source="goal"))
        if "/" in old and "/" not in new:
            continue  # beside the old one, or in the workspace itself
        same = old in heads and heads[old].sha256 and not _EDITS_TOO.search(goal)
        checks.append(
            FileUnchanged(path=target, sha256=heads[old].sha256, source="goal")
            if same
            else FileExists(path=target, source="goal")
        )
    for old, new in reading.turned:
        checks += [FileAbsent(path=old, source="goal"), FileExists(path=new, source="goal")]
        for path, target in alike(goal, old, new, files):
            checks.append(FileAbsent(path=path, source="goal"))
            if heads[path].sha256:
                checks.append(FileUnchanged(path=target, sha256=heads[path].sha256, source="goal"))
    checks += [FileAbsent(path=path, source="goal") for path in reading.named("remove")]
    checks += [
        FileUnchanged(path=path, sha256=heads[path].sha256, source="goal")
        for path in reading.keeps
        if path in heads and heads[path].sha256
    ]
    for path in reading.named("output", "change"):
        if not is_made_later(goal, reading, path) and not on_condition(goal, path):
            checks += _deliverable(goal, reading, path, heads)
    checks += [
        FileExists(path=path, source="goal") for path in reading.likes if _EACH.search(goal) and _is_of(path, files)
    ]
    checks += _behaviour(goal, reading, heads)
    checks += code_changed(goal, reading.named("output", "change"), files)
    checks += changed_databases(goal, reading.named("input"), files)
    checks += as_before(goal, reading.named("change"), files)
    checks += guarding(goal, reading.named("output"), reading.named("input", "change"), files)
    checks += in_bulk(goal, files)
    checks += listed(without_blocks(goal), reading.named("output", "change"), files)
    twice = to_delete(without_blocks(goal), files)[0]
    checks += [FileAbsent(path=path, source="goal") for path in twice]
    kept = [path for group in groups(goal, files) for path in group if twice and path not in twice]
    checks += [FileUnchanged(path=path, sha256=heads[path].sha256, source="goal") for path in kept]
    checks += columns(goal, reading.named("output", "change"), files)
    checks += headings(goal, reading.named("output", "change"))
    checks += shapes(goal, reading.named("output", "change"))
    checks += inline_forms(goal, reading.named("output"))
    checks += fields(goal, reading.named("output", "change"))
    checks += shown(goal, reading.named("output", "change"), files)
    checks += uniques(goal, reading.named("output", "change"))
    checks += sortings(goal, reading.named("output", "change"))
    checks += alphabetical(goal, reading.named("output", "change"))
    checks += chronologies(goal, reading.named("output", "change"), files)
    checks += templates(goal, reading.named("output"), reading.language)
    checks += carried_over(goal, reading, files)
    checks += writing(goal, reading)
    checks += untouched(goal, reading, files)
    worked = worked_out(goal, reading.named("output", "change"), files)
    checks += worked.checks if worked else ()
    checks += sessions(goal, reading.named("output", "change"), files)
    checks += started(goal, reading.named("output", "change"), files, reading.language)
    return _unique(checks)


_EACH = re.compile(r"\b(?:each|every|per|all)\b|每|各", re.I)


def _is_of(path: str, files: Sequence[FileHead]) -> bool:
    """Whether a file named as an example is one that these data lead to: its name stands in them, as it does nowhere else."""
    stem = PurePosixPath(path).stem
    return len(stem) > 1 and any(stem in file.head or stem == PurePosixPath(file.path).stem for file in files)


def _deliverable(goal: str, reading: Reading, path: str, heads: dict[str, FileHead]) -> list[Check]:
    ending = PurePosixPath(path).suffix.lower()
    checks: list[Check] = [FileExists(path=path, source="goal")]
    before = heads[path].sha256 if path in heads else ""
    if before and path in reading.named("change"):
        same = f"hashlib.sha256(open({path!r}, 'rb').read()).hexdigest()"
        checks.append(
            PythonHolds(code=f"import hashlib\nassert {same} != {before!r}", label=f"{path} has changed", source="goal")
        )
    if ending in _PARSED:
        checks.append(FileParses(path=path, source="goal"))
    if ending in _PROSE_FILES:
        asked: set[Language] = {
            "en" if (found[1] or found[2]).lower() in ("english", "英文", "英语") else "zh"
            for found in _IN_LANGUAGE.finditer(goal)
        }
        prose = [p for p in reading.named("output", "change") if PurePosixPath(p).suffix.lower() in _PROSE_FILES]
        other = _OTHER_LANGUAGE.search(goal) is not None
        if len(asked) == 1 and not other and (len(prose) == 1 or not _LANGUAGES.search(_IN_LANGUAGE.sub(" ", goal))):
            checks.append(WrittenIn(path=path, language=asked.pop(), source="goal"))
        elif (
            not asked
            and not other
            and not _LANGUAGES.search(goal)
            and _PROSE.search(without_files(goal))
            and path not in heads
        ):
            checks.append(WrittenIn(path=path, language=reading.language, source="goal"))
    if ending == ".json" and len(reading.named("output", "change")) == 1:
        checks += [ValueAt(path=path, pointer=pointer(key), source="goal") for key in _keys(goal, path)]
    return checks


def _keys(goal: str, path: str) -> tuple[str, ...]:
    found: list[str] = []
    for match in _KEYS.finditer(goal):
        if not NESTED.search(goal) and belongs(goal, match, path):
            listed = match["en"] or match["zh"] or ""
            found += re.findall(r"[`\"'“]([A-Za-z_]\w*)[`\"'”]", listed)
    return tuple(dict.fromkeys(found))


def module_of(reading: Reading) -> str:
    """Import name of the one module the goal is about: made or changed, else read; '' if there are several or none."""
    for paths in (reading.named("output", "change"), reading.named("input")):
        modules = [path for path in paths if path.endswith(".py") and not is_test(path)]
        if modules:
            name = modules[0].removesuffix(".py").replace("/", ".")
            return name if len(modules) == 1 and name.replace(".", "_").isidentifier() else ""
    return ""


def bound(checks: Sequence[Check], reading: Reading) -> tuple[Check, ...]:
    """The user's bare asserts with the import they leave unsaid."""
    module = module_of(reading)
    return tuple(
        check.model_copy(update={"code": f"from {module} import *\n{check.code}", "label": check.label or check.code})
        if module and isinstance(check, PythonHolds) and check.code.startswith("assert ")
        else check
        for check in checks
    )


def _behaviour(goal: str, reading: Reading, heads: dict[str, FileHead]) -> list[Check]:
    made = [p for p in reading.named("output", "change") if p.endswith(".py")]
    module = module_of(reading)
    checks: list[Check] = []
    names = [n for n in (*reading.functions, *reading.classes) if n.isidentifier()]
    if module and names and any(not is_test(p) for p in made):
        wanted = ", ".join(names)
        checks.append(
            PythonHolds(code=f"from {module} import {wanted}", label=f"{module} defines {wanted}", source="goal")
        )
    if module:
        examples_ = [PythonHolds(code=line, source="goal") for line in reading.examples]
        checks += bound(examples_, reading)
        there = heads.get(f"{module.replace('.', '/')}.py")
        for told in (refusals, specials):
            checks += told(goal, module, reading.functions, there.head if there else "")
    checks += [TestsPass(path=p, source="goal") for p in made if is_test(p)]
    for match in _RUNS.finditer(goal):
        if _FAILS.search(re.split(r"[;。；\n]|\.\s", goal[match.end() :])[0]):
            continue
        checks.append(CommandSucceeds(command=match["cmd"], prints=match["out"], source="goal"))
    for match in _RUNS_WELL.finditer(goal):
        file = match["file"].split()[-1]
        checks.append(CommandSucceeds(command=f"python3 {file}", source="goal"))
    for match in _BREAKS.finditer(goal):
        if match["file"] in reading.named("input", "change"):
            checks.append(CommandSucceeds(command=f"python3 {match['file']}", source="goal"))
    for match in (*_EXACT.finditer(goal), *_PUTS.finditer(goal)):
        found = match.groupdict()
        path = found["file"] or found["zfile"]
        text = next(found[name] for name in ("text", "ztext", "bare", "word") if found.get(name))
        if path in reading.named("output", "change") and not (is_code(path) and re.match(r"python3?\s", text)):
            checks.append(FileContains(path=path, text=text, source="goal"))
    return checks


def _unique(checks: Sequence[Check]) -> tuple[Check, ...]:
    seen: dict[str, Check] = {}
    for check in checks:
        seen.setdefault(repr(check.model_dump(exclude={"source"})), check)
    return tuple(seen.values())


def merge(*groups: Sequence[Check]) -> tuple[Check, ...]:
    """All checks, each demand once; the first to make it is its source."""
    return _unique([check for group in groups for check in group])


def is_code(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in _CODE_FILES


_NO_PROSE = re.compile(
    r"\b(?:which|whose) (?:of the )?(?:files?|texts?|names?|documents?|entries)\b|\b(?:longer|shorter|larger|smaller|older|newer) than\b|"
    r"\bfile ?names? (?:\([^)]*\) )?(?:in|to|of)\b|\b(?:rename|replace|move) (?:all|every|each|the)\b|\b(?:folder|file) (?:for|per) each\b|"
    r"每个[^，。；\n]{1,12}(?:建|创建|新建|写|生成)(?:一个)?(?:子?文件夹|目录|文件)|(?:都|全部|统一)?(?:要)?(?:换成|替换成|替换为|改成)[“\"「]|子文件夹|"
    r"\b(?:organi[sz]e|sort|tidy|move)\b[^.;\n]{0,40}\b(?:files|folders?|downloads|photos)\b|(?:整理|归类|移动)[^。；\n]{0,10}(?:文件|照片)",
    re.I,
)
"""Work on files and names that ends in a text, which a program does."""


def without_files(goal: str) -> str:
    """The goal's words without the names of files, which may be words themselves: story.txt, 说明.md."""
    return _FILE_NAME.sub(" ", goal)


_FILE_NAME = re.compile(r"[\w./\u4e00-\u9fff-]*[\w\u4e00-\u9fff]\.[A-Za-z][A-Za-z0-9]{0,6}\b")


def is_prose(path: str, goal: str) -> bool:
    """Whether the file is text for people: a letter, a summary, a page."""
    words = without_files(goal)
    text = PurePosixPath(path).suffix.lower() in (".txt", ".md", ".rst")
    readme = PurePosixPath(path).stem.lower() == "readme"
    return text and (readme or _PROSE.search(words) is not None) and _NO_PROSE.search(words) is None
