"""What small models leave to be filled in of letters: the name of whoever reads or signs it, which nobody told them."""

import re

_WORDS = (
    r"your|insert|names?|guests?|recipient|sender|host|date|address|company|organi[sz]ation|title|position|phone|number|"
    r"e-?mail|signature|contact|你的|您的|姓名|名字|日期|公司|单位|职位|职务|电话|联系|地址|邮箱|签名|署名|落款|收件人|收信人|发件人"
)
_BLANK = re.compile(rf"[\[【](?=[^\[\]【】\n]*(?:{_WORDS}))[^\[\]【】\n]{{2,60}}[\]】](?![(\[:])", re.I)
_ALONE = re.compile(rf"(?:[\w /-]{{1,24}}[:：]\s*)?{_BLANK.pattern}(?:[\s,，;；|]*{_BLANK.pattern})*[\s,，.。]*", re.I)
_GREETING = re.compile(
    rf"(?:(?P<en>dear|hello|hi)\s+{_BLANK.pattern}|(?:尊敬的|亲爱的|敬爱的|致)?{_BLANK.pattern}(?:先生|女士|老师|同学|朋友)?)"
    r"(?P<end>[,:，：!！])\s*",
    re.I,
)


def without_blanks(text: str, goal: str) -> str:
    """The letter without lines that only say what should stand there, and with a greeting that needs no name.

    As it is where anything else is left to be filled in, or where the goal itself has such brackets.
    """
    if not _BLANK.search(text) or _BLANK.search(goal):
        return text
    kept: list[str] = []
    for line in text.split("\n"):
        if greeting := _GREETING.fullmatch(line.strip()):
            kept.append(f"Hello{greeting['end']}" if greeting["en"] else f"您好{greeting['end']}")
        elif not _ALONE.fullmatch(line.strip()):
            kept.append(line)
    mended = "\n".join(kept).rstrip() + "\n"
    return text if _BLANK.search(mended) else mended
