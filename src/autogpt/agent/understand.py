"""From the words of a goal to a task with executable checks; asks when something essential is missing."""

import functools
import re
from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from autogpt.agent.context import Context
from autogpt.agent.legible import legible
from autogpt.agent.limits import put
from autogpt.agent.reading.bulk import folder_changed, nothing_of
from autogpt.agent.reading.compile import ACTS, TELLS, asks, bound, implied, merge
from autogpt.agent.reading.goal import Reading, language_of, read_goal
from autogpt.agent.reading.offered import offered
from autogpt.agent.reading.untouched import keeps_only
from autogpt.core.check import Check, FileExists, FileUnchanged, Judged, WrittenIn
from autogpt.core.contracts import FileHead, Survey
from autogpt.core.event import Answered, Asked, Understood
from autogpt.core.message import Message, Request, Usage
from autogpt.core.plan import own_part
from autogpt.core.run import Run
from autogpt.core.schema import JsonValue, Value
from autogpt.core.task import Language, Task

ANSWER = "answer.md"
"""Where the answer goes when the goal asks for words and names no file."""


async def understand(run: Run, survey: Survey, ctx: Context) -> Run:
    """Compile the goal into checks. Asks the person, at most twice, where the goal cannot be worked on as it is."""
    for attempt in range(2):
        reading = reading_of(run.task, run.answers, survey.files)
        question = _question(run, reading, survey)
        if question is None:
            break
        asked = Asked(id=f"goal-{attempt + 1}", question=question, about="goal")
        run, answer, waited = await ctx.ask(run, asked)
        run = await ctx.record(run, Answered(id=asked.id, answer=answer, waited=waited))
        survey = await ctx.workspace.survey()
    reading = reading_of(run.task, run.answers, survey.files)
    goal = full_goal(_own_part(run.task), run.answers, survey.files)
    checks = merge(
        bound(run.task.checks, reading), implied(goal, reading, survey.files), offered(goal, reading, survey.files)
    )
    notes = [f"{path}: {_NOTED[reading.language]}" for path in reading.obeys]
    usage = Usage()
    if not any(_about_result(check) for check in checks):
        extra, usage = await _last_resort(run, goal, reading, survey, ctx)
        checks = merge(checks, extra)
    checks = tuple(_with_origin(check, survey.files) for check in checks)
    task = run.task.model_copy(update={"checks": checks, "language": reading.language})
    return await ctx.record(run, Understood(task=task, notes=tuple(notes), usage=usage))


def _with_origin(check: Check, files: Sequence[FileHead]) -> Check:
    """The check, told which file a copy, or what was moved or renamed, has its content from."""
    if not isinstance(check, FileUnchanged) or any((f.path, f.sha256) == (check.path, check.sha256) for f in files):
        return check
    return check.model_copy(update={"like": next((f.path for f in files if f.sha256 == check.sha256), "")})


def reading_of(task: Task, answers: Sequence[tuple[str, str]], files: Sequence[FileHead]) -> Reading:
    """Read the goal together with the person's answers; the goal alone sets the language."""
    there, task = {file.path for file in files}, _own_part(task)
    reading = read_goal(full_goal(task, answers, files), there)
    rules = obeyed(full_goal(task, answers), {file.path: file.head for file in files})
    # A file of instructions is read, whatever verb stands before its name.
    told = tuple(f.model_copy(update={"role": "input"}) if f.path in rules else f for f in reading.files)
    return reading.model_copy(update={"language": language_of(task.goal), "files": told, "obeys": rules})


def _own_part(task: Task) -> Task:
    return task.model_copy(update={"goal": own_part(task.goal)})


def full_goal(task: Task, answers: Sequence[tuple[str, str]], files: Sequence[FileHead] = ()) -> str:
    """The goal, the person's answers, and the text of the files that the goal makes its instructions."""
    said = "\n".join([task.goal, *(answer for _, answer in answers)])
    heads = {file.path: file.head for file in files}
    return "\n\n".join([said, *(heads[path] for path in obeyed(said, heads))])


def obeyed(goal: str, heads: Mapping[str, str]) -> tuple[str, ...]:
    """The files that hold the goal's instructions, and the texts to which those point for more, up to three deep.

    A text that is only named there, as a list or as what is to be worked on, is data.
    """
    found: dict[str, None] = dict.fromkeys(path for path in read_goal(goal, heads).obeys if heads[path].strip())
    for _ in range(2):
        for path in tuple(found):
            names = [file.path for file in read_goal(heads[path], heads).files if file.path in heads]
            for sentence in _SENTENCE.split(heads[path]):
                here = [name for name in names if name in sentence]
                bare = functools.reduce(lambda text, name: text.replace(name, " "), here, sentence)
                if _POINTS_THERE.search(bare):
                    told = [name for name in here if name.endswith((".md", ".txt", ".rst")) and heads[name].strip()]
                    found |= dict.fromkeys(name for name in told if name not in found)
    return tuple(found)[:8]


_SENTENCE = re.compile(r"(?<=[.!?;])\s|[。！？；\n]")
_POINTS_THERE = re.compile(
    r"\b(?:see|read|follow(?:s|ing)?|obey|described?|explain(?:s|ed)?|defined?|specif(?:y|ied|ies)|demands?|requires?|"
    r"says?|tells?|sets? out|rules?|instructions?|guidelines?|steps|formats?|according|details?|conventions?)\b|"
    r"[见按照]|参考|遵[守循]|要求|规则|规定|说明|格式|依据|步骤",
    re.I,
)
"""What points to a text for more of the instructions."""

_WORDS = re.compile(r"[A-Za-z]{2,}|[\u4e00-\u9fff]")
_POINTS_NOWHERE = re.compile(
    r"^\W*(?:please\s+|can you\s+|请|帮我)?"
    r"(?:do|fix|change|finish|continue|handle|make|update|improve|complete|修改|修复|修|改|做|处理|继续|完成|弄)"
    r"(?:\s*(?:it|this|that|them|things?|stuff|everything|something|一下|它|这个|那个|这些|好|完|下))*\W*$",
    re.I,
)

_NOTED: dict[Language, str] = {"en": "its text counts as part of the goal", "zh": "其内容作为任务的一部分"}
_ASK: dict[Language, dict[str, str]] = {
    "en": {
        "empty": "I cannot tell from {goal!r} what you want done. What should exist or be different at the end?",
        "vague": "{goal!r} does not say what to work on. Which file do you mean, and what should be different?",
        "missing": "The goal needs {files}, which is not in the folder. Where is it, or what should I use instead?",
        "bare": "{goal!r} speaks of files, but the folder is empty. Where are they?",
    },
    "zh": {
        "empty": "我无法从“{goal}”中看出要做什么。完成之后，应该有什么，或者有什么不同？",
        "vague": "“{goal}”没有说明要处理什么。您指的是哪个文件或内容，应该变成什么样？",
        "missing": "任务需要 {files}，但文件夹中没有。它在哪里，或者应该用什么代替？",
        "bare": "“{goal}”要处理文件，但文件夹是空的。文件在哪里？",
    },
}


def _question(run: Run, reading: Reading, survey: Survey) -> str | None:
    """The precise question without whose answer the goal cannot be worked on, if there is one."""
    if len(run.answers) >= 2:
        return None
    say = _ASK[reading.language]
    goal = run.task.goal.strip()
    short = goal if len(goal) <= 80 else goal[:77] + "..."
    if run.answers:
        return None if _WORDS.search(run.answers[-1][1]) else say["empty"].format(goal=short)
    words = _WORDS.findall(goal)
    if len(words) < 2 or not _looks_like_language(goal):
        return say["empty"].format(goal=short)
    if _POINTS_NOWHERE.match(goal) and not run.task.checks and not _has_tests(survey):
        return say["vague"].format(goal=short)
    missing = (*reading.missing, *_folders_missing(goal, survey), *nothing_of(goal, survey.files))
    if missing and not run.task.attachments:
        return say["missing"].format(files=", ".join(missing))
    if not (survey.files or run.task.attachments or reading.files) and _ON_FILES.match(legible(goal)):
        return say["bare"].format(goal=short)
    return None


_ON_FILES = re.compile(
    r"\W*(?:please\s+|(?:can|could|would)\s+you\s+(?:please\s+)?)?"
    r"(?:rename|move|delete|remove|copy|sort|organi[sz]e|tidy(?:\s+up)?|clean(?:\s+up)?|merge|convert|compress|archive)\s+"
    r"(?:all|every|each|the|these|those|my|our)\b(?![^.;\n]*\b(?:write|create|make|generate)\b)[^.;\n]{0,40}?"
    r"(?:\.[a-z]\w{0,5}\b|\b(?:files?|folders?|photos?|pictures?|images?|documents?|pdfs?|csvs?|scans?|downloads?)\b)|"
    r"\W*(?:please\s+)?(?:rename|move|copy)\s+\S{1,60}\s+(?:to|into|as)\s+\S{1,60}\s*\Z|"
    r"(?:请|帮我|把|将|删除|删掉|移动|整理|重命名|复制){1,3}\s*(?:所有|全部|每个|这些)[^。；，\n]{0,12}(?:文件|照片|图片|文档)"
    r"(?!.*(?:写|创建|新建|生成))",
    re.I,
)
"""Deeds that need files to be there."""


_WORKED_ON = re.compile(
    r"\b(?:rename|delete|remove|move|copy|read|count|sum|add up|find|sort|merge|combine|convert|summari[sz]e|translate|"
    r"list|collect|check|organi[sz]e|process)\b[^.;\n]{1,60}\b(?:in|from|under|inside)\s+(?:the\s+)?"
    r"(?:(?:folder|directory)\s+[`\"']?(?P<en>[\w.-]+\w)|[`\"']?(?P<en2>[\w.-]+)[`\"']?\s+(?:folder|directory))\b|"
    r"(?:把|将|统计|读取|查找|找出|整理|汇总|合并)\s*[`\"'“]?(?P<zh>(?!所有|全部|每|这|那)(?:(?![按到的])[\w-]){1,40}?)[`\"'”]?\s*(?:文件夹|目录)\s*(?:里|中|下)",
    re.I,
)


def _folders_missing(goal: str, survey: Survey) -> list[str]:
    """Folders whose files the goal works on, and that are not there. Only where nothing else is there, either."""
    if survey.files:
        return []
    named = (match["en"] or match["en2"] or match["zh"] for match in _WORKED_ON.finditer(legible(goal)))
    return [f"{name}/" for name in dict.fromkeys(named) if name.lower() not in _HERE]


_HERE = frozenset({"this", "the", "current", "a", "same", "my", "when", "and", "with", "当前", "这个", "该", "本"})


def _looks_like_language(goal: str) -> bool:
    """Whether the text has words at all: vowels in Latin words, or Han characters."""
    if re.search(r"[\u4e00-\u9fff]", goal):
        return True
    words = re.findall(r"[A-Za-z]{2,}", goal)
    said = [
        word for word in words if re.search(r"[aeiouy]", word, re.I) and not re.search(r"[^aeiouy]{6,}", word, re.I)
    ]
    return len(said) >= max(1, len(words) // 2)


def _has_tests(survey: Survey) -> bool:
    return any(re.search(r"(?:^|/)(?:test_\w+|\w+_test)\.py$", file.path) for file in survey.files)


def _about_result(check: Check) -> bool:
    """Whether the check speaks of the result, rather than of what must stay as it was."""
    return check.kind != "file_unchanged" and not keeps_only(check)


async def _last_resort(
    run: Run, goal: str, reading: Reading, survey: Survey, ctx: Context
) -> tuple[tuple[Check, ...], Usage]:
    """Checks for a goal in which rules see none: a capable model names the files; else the goal's kind decides.

    A goal that changes the folder must leave it changed; any other asks for words, and those go to a file.
    """
    usage = Usage()
    if not run.profile.small:
        named, usage = await _ask_model(run, goal, ctx)
        if named:
            return named, usage
    if survey.files and not asks(goal) and (ACTS.search(goal) or not TELLS.search(goal)):
        return (folder_changed(survey.files),), usage
    question = {
        "en": f"Does the file do what this asks, correctly and completely: {goal.strip()}",
        "zh": f"该文件是否正确、完整地做到了以下要求：{goal.strip()}",
    }[reading.language]
    judged = Judged(question=question[:1_500], paths=(ANSWER,), source="agent")
    written = WrittenIn(path=ANSWER, language=reading.language, source="agent")
    return (FileExists(path=ANSWER, source="agent"), written, judged), usage


class _Named(Value):
    files: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


_NAMES: dict[str, JsonValue] = {
    "type": "object",
    "properties": {
        "files": {"type": "array", "maxItems": 6, "items": {"type": "string", "maxLength": 80}},
        "questions": {"type": "array", "maxItems": 4, "items": {"type": "string", "maxLength": 200}},
    },
    "required": ["files", "questions"],
    "additionalProperties": False,
}


async def _ask_model(run: Run, goal: str, ctx: Context) -> tuple[tuple[Check, ...], Usage]:
    text = (
        "Read this task for an agent that works in a folder. List the relative paths of the files that must exist when "
        "it is met (empty if it names none), and up to four yes/no questions, answerable from those files alone, that "
        f"are all 'yes' exactly when the task is met.\n\nTask:\n{goal}"
    )
    request = Request(messages=(Message(role="user", content=text),), output_schema=_NAMES, max_tokens=600)
    reply = await put(run, ctx.model, request)
    try:
        said = _Named.model_validate_json(reply.text)
    except ValidationError:
        return (), reply.usage
    paths = tuple(path for path in said.files if path and not path.startswith(("/", "..")))
    questions = tuple(Judged(question=q, paths=paths, source="agent") for q in said.questions if q.strip())
    checks = (*(FileExists(path=path, source="agent") for path in paths), *questions) if paths else ()
    return checks, reply.usage
