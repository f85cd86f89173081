"""Questions about long texts, asked one by one, each with the passages closest to it.

A small model that is shown four questions and all passages answers one of them well. Asked each by itself it needs a
tenth of the text, and answers from it.
"""

import json
import re
from collections.abc import Sequence

from autogpt.agent.legible import legible
from autogpt.agent.prompts import prompts
from autogpt.agent.reading.goal import Reading
from autogpt.agent.understand import reading_of
from autogpt.agent.window import excerpts
from autogpt.core.action import Action
from autogpt.core.contracts import FileHead, Survey
from autogpt.core.message import Message
from autogpt.core.plan import Item
from autogpt.core.run import Run
from autogpt.core.schema import Value

FORMAT = "answers"
_BUDGET = 350
"""Tokens of passages that are shown with a question."""
_LONG = 400
"""Bytes of texts from which it pays."""
_MOST = 9
_KEY = re.compile(r"^[ \t]*(?:[-*•]\s*)?[\"“`'](?P<key>[\w.-]{1,40})[\"”`']\s*[:：]\s*(?P<text>\S.{4,300})$", re.M)
_NUMBERED = re.compile(r"^[ \t]*(?P<key>\d{1,2})[.)、．]\s*(?P<text>\S.{2,200})$", re.M)
_QUESTION = re.compile(
    r"[?？]|哪|谁|什么|多少|几|何时|是否|日期|电话|手机|地址|名称|姓名|\b(?:who|what|which|when|where|how|name|date)\b",
    re.I,
)
_TASK = re.compile(
    r"\b(?:write|create|make|delete|rename|move|change|set|add|replace)\b|改成|写入|写一|删除|关掉|加上|生成", re.I
)


class Question(Value):
    """One thing to be found out."""

    key: str
    """Under which its answer is written down: a key of the JSON file, or a number."""
    text: str


def questions(goal: str, reading: Reading, files: Sequence[FileHead]) -> tuple[Question, ...]:
    """The questions that a goal asks of long texts: in a file of questions, or listed in the goal itself."""
    outputs = reading.named("output")
    if len(outputs) != 1 or not outputs[0].endswith((".json", ".md", ".txt")) or reading.named("change"):
        return ()
    found = _in_file(files, outputs[0]) or _in_goal(goal, outputs[0])
    long = sum(file.size for file in sources(reading, files))
    return found if (len(found) > 1 or (found and not found[0].key)) and len(found) <= _MOST and long >= _LONG else ()


def sources(reading: Reading, files: Sequence[FileHead]) -> list[FileHead]:
    """The texts that are read for the answers."""
    texts = [f for f in files if f.path.endswith((".txt", ".md")) and f.head and not _asks(f)]
    named = [f for f in texts if f.path in reading.named("input") and f.path not in reading.obeys]
    return named or [f for f in texts if f.path not in reading.named("output")]


def _asks(file: FileHead) -> bool:
    return re.search(r"question|问题|题目", file.path, re.I) is not None


def _in_file(files: Sequence[FileHead], output: str) -> tuple[Question, ...]:
    for file in (f for f in files if _asks(f) and f.head and len(f.head.encode()) >= f.size):
        if file.path.endswith(".json") and output.endswith(".json"):
            try:
                value: object = json.loads(file.head)
            except (ValueError, RecursionError):
                continue
            if isinstance(value, dict) and all(isinstance(text, str) for text in value.values()):  # pyright: ignore[reportUnknownVariableType]
                return tuple(Question(key=str(key), text=str(text)) for key, text in value.items())  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        elif not file.path.endswith(".json") and not output.endswith(".json"):
            return _numbered(file.head)
    return ()


def _in_goal(goal: str, output: str) -> tuple[Question, ...]:
    goal = legible(goal)
    if output.endswith(".json"):
        found = [Question(key=match["key"], text=match["text"].strip()) for match in _KEY.finditer(goal)]
        found = found or _in_brackets(goal)
        return tuple(found) if all(_is_question(one.text) for one in found) else ()
    if found := _numbered(goal):
        return () if any(_TASK.search(one.text) or not _QUESTION.search(one.text) for one in found) else found
    return _asked_once(goal, output)


def _in_brackets(goal: str) -> list[Question]:
    """Keys with what they hold in brackets behind them, one after the other: “预算”（元，数字）、“负责人”（姓名）."""
    if not re.search(r"\b(?:keys?|fields?)\b|键|字段", goal) or _SEVERAL.search(goal):
        return []
    rule = re.search(
        r"[^.。;；\n]*(?:以[^，。；]{0,10}为准|\b(?:later|last|latest|newer) (?:one |statement |figure )?(?:counts|holds|applies|wins))[^.。;；\n]*",
        goal,
    )
    more = f" ({rule[0].strip()})" if rule else ""
    return [Question(key=m["key"], text=f"{m['key']} ({m['text']}){more}") for m in _BRACKETS.finditer(goal)]


_BRACKETS = re.compile(r"[\"“`'](?P<key>[\w.-]{1,40})[\"”`']\s*[(（](?P<text>[^()（）\n]{2,80})[)）]")
_SEVERAL = re.compile(r"\b(?:each|every|per|lists? of|objects)\b|每[个条位名]|列表|数组", re.I)


def _asked_once(goal: str, output: str) -> tuple[Question, ...]:
    """The one question of a goal whose answer alone is to stand in a text file."""
    if not output.endswith(".txt"):
        return ()
    spans = [match[0].strip() for match in re.finditer(r"[^.!?。！？\n]*[?？]", goal)]
    told = re.sub(r"[^.!?。！？\n]*[?？]", " ", goal)
    if len(spans) != 1 or _SEVERAL.search(goal) or _NOT_ASKED.search(goal) or _WORK.search(told):
        return ()
    return (Question(key="", text=spans[0]),) if _QUESTION.search(spans[0]) and _ASKED.search(spans[0]) else ()


_ASKED = re.compile(
    r"\b(?:who|whom|whose|what|which|when|where|how (?:much|many|long|old))\b|哪|谁|什么|多少|几|何时", re.I
)
_WORK = re.compile(
    r"\b(?:count|sort|list|sum|total|calculate|compute|convert|delete|rename|move|change|replace|translate|summar\w+|letter|mail|"
    r"report|lines?|words|program|script|code)\b|统计|排序|列出|计算|转换|删除|翻译|总结|信|报告|程序|脚本|行数|字数",
    re.I,
)
"""What asks for more than to find the answer."""


_NOT_ASKED = re.compile(
    r"\bnumber of (?:words|lines|characters)\b|\b(?:longest|today|translat\w+|summar\w+|file ?names?|each|every|list of objects)\b|翻译|摘要|总结|字数|行数|每(?!个?月|天|年)",
    re.I,
)
"""What has to be made of the texts, and stands in none."""


def _is_question(text: str) -> bool:
    """Whether something is to be found out, rather than a value given or something made of the texts."""
    value = re.match(r"[\"'\d\[{]|(?:true|false|null)\b|[\w.:/-]+$", text, re.A)
    return value is None and _NOT_ASKED.search(text) is None


def _numbered(text: str) -> tuple[Question, ...]:
    found = [Question(key=match["key"], text=match["text"].strip()) for match in _NUMBERED.finditer(text)]
    return tuple(found) if [one.key for one in found] == [str(n + 1) for n in range(len(found))] else ()


def asked(item: Item, run: Run) -> int:
    """How many of the item's questions were put so far."""
    return sum(step.item == item.name and step.strategy.format == FORMAT for step in run.steps)


def asks(item: Item, run: Run, survey: Survey, at: int) -> tuple[Message, ...]:
    """The messages that put question number `at`; survey: with the long texts read to their end."""
    say = prompts(run.task.language)
    question = item.questions[at]
    files = [file for file in survey.files if file.path not in item.delivers]
    texts = [file.head for file in sources(reading_of(run.task, run.answers, files), files)]
    passages = excerpts("\n".join(texts), question[1], _BUDGET)
    how = say.value_alone if item.delivers[0].endswith(".json") else say.one_sentence
    content = say.passages.format(text=passages, question=question[1], how=how)
    return (Message(role="system", content=say.system_reader), Message(role="user", content=content))


def answers_of(item: Item, run: Run) -> list[str]:
    """The answers so far, each in a line."""
    said = [s.reply.text if s.reply else "" for s in run.steps if s.item == item.name and s.strategy.format == FORMAT]
    return [_line(text) for text in said]


def answer_actions(item: Item, run: Run, step: int) -> tuple[Action, ...]:
    """The file with all answers so far."""
    pairs = list(zip(item.questions, answers_of(item, run), strict=False))
    path = item.delivers[0]
    if path.endswith(".json"):
        made = {key: _value(line, question) for (key, question), line in pairs}
        content = json.dumps(made, ensure_ascii=False, indent=1) + "\n"
    else:
        content = "".join(f"{key}. {line}\n" if key else f"{line}\n" for (key, _), line in pairs)
    return (Action(id=f"a{step}", tool="write_file", args={"path": path, "content": content}),)


def _line(text: str) -> str:
    """The first line that says something, without marks around it."""
    lines = [line.strip().strip('*`"“”').strip() for line in text.strip().splitlines()]
    return re.sub(r"^(?:answer|答案|答)\s*[:：]\s*", "", next((line for line in lines if line), ""), flags=re.I)


_IS_NUMBER = re.compile(r"[(,]\s*(?:an?\s+)?(?:whole\s+)?(?:number|integer)\b|[(（，,]\s*(?:数字|整数)", re.I)


def _value(line: str, question: str) -> str | int | float:
    number = re.search(r"-?\d+(?:\.\d+)?", line.replace(",", ""))
    if _IS_NUMBER.search(question) and number:
        return float(number[0]) if "." in number[0] else int(number[0])
    return line.rstrip("。") if len(line) < 60 and line.count(".") != 1 else line.rstrip(".。")
