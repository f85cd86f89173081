"""Goals that name a text first and then say what is to be done to it: 'list.txt has duplicate lines. Remove them.'"""

import re
from typing import NamedTuple

from autogpt.agent.reading.everyday.marks import SIGN as _L

_WHAT = r"(?:(?:duplicate|duplicated|repeated)\s+(?:lines|entries|rows)|duplicates|(?:blank|empty)\s+lines|trailing\s+(?:spaces|white\s*space|blanks))"
_ZWHAT = r"(?:重复(?:的)?(?:行|内容|条目)|空行|空白行|行尾(?:的)?(?:多余)?(?:的)?空格)"
_MANY = r"(?:a\s+lot\s+of\s+|lots\s+of\s+|many\s+|some\s+|several\s+|a\s+few\s+)?"
_NOUN = r"(?:(?:the|our|my|all|all\s+our|all\s+the|some)\s+)?(?:names?\s+of\s+(?:(?:the|our|my|all|all\s+our|all\s+the)\s+)?)?(?P<noun>[a-z]+s)"
_EACH_LINE = (
    r"(?:\s*,?\s*(?:one\s+(?:per|on\s+each|in\s+each)\s+line|each\s+on\s+(?:a|its\s+own)\s+line|line\s+by\s+line))?"
)
_TOPIC = re.compile(
    rf"(?:the\s+file\s+)?(?P<a>{_L})\s+(?:contains|has|is\s+full\s+of)\s+{_MANY}(?P<what>{_WHAT}(?:\s+and\s+{_WHAT})*)(?:\s*[,，]\s*(?P<rest1>.+))?|"
    rf"(?:the\s+file\s+)?(?P<b>{_L})\s+(?:lists|contains|has|holds|names)\s+{_NOUN}{_EACH_LINE}|"
    rf"(?:clean(?:\s*-?up)?|tidy(?:\s+up)?|take|open|process)\s+(?:up\s+)?(?:the\s+file\s+)?(?P<c>{_L})(?:\s+up)?\s*(?:[:：,，]|\s+and\s+)\s*(?P<rest2>.+)|"
    rf"(?:文件\s*)?(?P<d>{_L})\s*(?:文件)?(?:里|中)?(?:面)?有(?:很多|不少|一些|许多|好多)?(?P<zwhat>{_ZWHAT}(?:和{_ZWHAT})*)(?:\s*[,，]\s*(?P<rest3>.+))?|"
    rf"(?:文件\s*)?(?P<e>{_L})\s*(?:文件)?(?:里|中)?(?:面)?(?:是|有|列(?:出|着)?(?:了)?|记(?:录|着)?(?:了)?)[\u4e00-\u9fff]{{0,10}}?(?P<znoun>[\u4e00-\u9fff]{{2}})(?:的?名单|的?名字|列表)?(?:\s*[，,]\s*(?:每行一个|一行一个))?|"
    rf"(?:整理|清理|处理|打开)(?:一下)?(?:文件)?\s*(?P<f>{_L})\s*[:：,，]\s*(?P<rest4>.+)",
    re.I | re.S,
)  # fmt: skip
_SIGN_OF_LINES = r"(?:its|the|all(?:\s+the)?|all\s+its)\s+(?:lines|entries)"
_REMOVES = re.compile(
    r"(?:remove|delete|drop|strip|get\s+rid\s+of|throw\s+out)\s+(?:all\s+of\s+)?(?:them|these|those|the\s+duplicates)(?:\s+all)?(?=$|\s*[,，]|\s+(?:and|then)\b)",
    re.I,
)
_ZH_REMOVES = re.compile(
    r"(?:(?:去掉|删掉|删除|去除|清除)(?:它们|这些|重复的|掉)?|(?:把|将)(?:它们|这些|重复的|多余的)(?:都|全部)?(?:去掉|删掉|删除|去除|清除))(?=$|[，,])"
)
_FOLDERS = re.compile(
    r"(?:create|make|set\s+up)\s+(?:a|one)\s+(?:new\s+|own\s+|separate\s+|empty\s+)*(?:folder|directory)\s+for\s+(?:each|every)\s+(?:single\s+)?(?P<one>of\s+them|one|[a-z]+)(?:\s+of\s+them)?$",
    re.I,
)
_ZH_FOLDERS = re.compile(
    r"(?:为|给)每一?(?:个|座|家|位|名|条)?(?P<one>[\u4e00-\u9fff]{0,4}?)(?:都|各|分别)?(?:新建|创建|建立|建)(?:立)?(?:一个)?(?:同名|对应|单独)?的?(?:文件夹|目录)$"
)


_PEOPLE = frozenset("同学 学生 员工 同事 客人 嘉宾 朋友 成员 会员 老师 孩子 家长 名字 姓名 顾客 客户 队员".split())


class Topic(NamedTuple):
    """A text that is spoken of, and what is in it."""

    sign: str
    what: str = ""
    noun: str = ""


def topic_of(sentence: str) -> tuple[Topic, str] | None:
    """The text that a sentence puts first, and the order that follows in it; None for any other sentence."""
    match = _TOPIC.fullmatch(sentence)
    if match is None:
        return None
    said = {key: value for key, value in match.groupdict().items() if value}
    sign = next(said[key] for key in "abcdef" if key in said)
    rest = next((said[key] for key in ("rest1", "rest2", "rest3", "rest4") if key in said), "")
    topic = Topic(sign, said.get("what") or said.get("zwhat") or "", said.get("noun") or said.get("znoun") or "")
    return topic, rest


def aimed(topic: Topic, order: str) -> str:
    """The order with the text in it that it is for; '' where it is not plain that it is for that text."""
    if topic.noun:
        found = _FOLDERS.fullmatch(order)
        if found and (
            found["one"].lower() in ("one", "of them", "line") or topic.noun.lower() in _plurals(found["one"].lower())
        ):
            return f"create a folder for each line in {topic.sign}"
        found = _ZH_FOLDERS.fullmatch(order)
        return (
            f"为{topic.sign}里的每行新建一个文件夹"
            if found and (found["one"] in ("", "行", topic.noun) or (found["one"] == "人" and topic.noun in _PEOPLE))
            else ""
        )
    if topic.what:
        han = re.search("[\u4e00-\u9fff]", topic.what)
        put = (
            f"去掉{topic.sign}里的{topic.what.replace('重复行', '重复的行')}"
            if han
            else f"remove {topic.what} from {topic.sign}"
        )
        found = _REMOVES.match(order) or _ZH_REMOVES.match(order)
        return _of_result(put + order[found.end() :]) if found else ""
    first = re.sub(
        rf"^((?:remove|delete|drop|strip)\s+(?:all\s+|the\s+)*{_WHAT})(?=$|\s*[,，]|\s+and\b)",
        rf"\1 from {topic.sign}",
        order,
        flags=re.I,
    )
    first = (
        first
        if first != order
        else re.sub(
            rf"^((?:sort|order|reverse|alphabetize)\s+)(?:{_SIGN_OF_LINES}|it)(?=\s|$|[,，])",
            rf"\1the lines of {topic.sign}",
            order,
            flags=re.I,
        )
    )
    first = (
        first
        if first != order
        else re.sub(rf"^(去掉|删除|删掉|去除)(?:所有)?(?:的)?({_ZWHAT})(?=$|[，,])", rf"\1{topic.sign}里的\2", order)
    )
    first = first if first != order else re.sub(r"^(按照?字母)", rf"把{topic.sign}的内容\1", order)
    if first == order or order.count(topic.sign):
        return ""
    return _of_result(first)


def _of_result(order: str) -> str:
    """The order where each clause says what it is for."""
    return re.sub(r"([，,]\s*(?:然后|再|并|最后)*)(按照?字母)", r"\1把结果\2", order)


def _plurals(word: str) -> set[str]:
    return {f"{word}s", f"{word}es", f"{word.removesuffix('y')}ies"}
