"""Whether words that look like an order are one: no question, prohibition or account, and bound to no condition."""

import re

_STOP = re.compile(r"[.!?]+(?=\s|$|[\"”'])|[;。！？；\n]")
_POLITE = re.compile(
    r"^\W*(?:(?:please|kindly)\W+)?(?:(?:can|could|would|will) you\W+|i (?:want|need|would like|'d like) you to\s+|"
    r"(?:i|you|we) (?:want|need|have) to\s+|your task is to\s+|make sure to\s+)(?:please\s+|kindly\s+)?",
    re.I,
)
_NO_ORDER = re.compile(
    r"\b(?:not|never|without|avoid|stop|undo|revert|restore|instead of|rather than|how|what|why|whether|should|could|"
    r"would|can|"
    r"may|might|must|is|are|was|were|does|do|did|which|that|who|if|when|whenever|unless|once|until|provided|suppose|imagine|"
    r"explain\w*|says?|saying|said|told|tells|tell|asked|asks|ask|wanted|tried|like|example|script|program|commands?|"
    r"tool|function|"
    r"method|class|module|cli|option|endpoint|button|dry run|in case|as long as|\w+\.(?:sh|bat|ps1|js))\b|n['’]t\b|"
    r"\b(?:remind\w*|pretend\w*|simulat\w*|prepare|to-?do\w*|steps?|asking|e-?mail|letter|line|will|items)\b|\.\w{1,4}:\s*$|"
    r"提醒|模拟|邮件|写信|一行|待办|步骤|记下|不|别|勿|禁止|避免|撤销|恢复|无需|怎|如何|为什么|是否|能否|什么|解释|如果|若|当|假如|要是|除非|一旦|脚本|程序|命令|工具|"
    r"函数|方法|接口|选项|按钮|说过|要求过|曾",
    re.I,
)
"""Words before a verb that make it none of the things to do."""
_ON_CONDITION = re.compile(
    r"\b(?:if|unless|except\w*|but|other than|apart from|aside from|besides|exclud\w+|sparing|when|whenever|while|"
    r"provided|providing|"
    r"as long as|in case|only|not|never|without|leaving|leave|keep\w*|save for|older|newer|larger|smaller|bigger|"
    r"longer|shorter|that|"
    r"which|whose|who|where|starting|beginning|ending|contain\w*|matching|named|called|with|listed|mentioned|outside|directly|"
    r"other way (?:a)?round|vice versa|alias|wrapper|deprecat\w+)\b|n['’]t\b|"
    r"如果|若|当(?![前天月年日地中])|只|仅|除|但|不|别|保留|留下|超过|早于|晚于|大于|小于|以前|之外|别名|会怎|会少|会有",
    re.I,
)
"""Words behind an order that take some of it back."""
_IF_THERE = re.compile(
    r"[,，]?\s*(?:\bif (?:it|they|one|any|that file)?\s*(?:exists?|(?:is |are )?(?:there|present))\b|"
    r"(?:如果|若)(?:它|文件)?(?:已经)?存在(?:的话)?)",
    re.I,
)
_HARMLESS = re.compile(
    r"\bso that (?:they|it|each|all)\b|\b(?:with|without) (?:changing|touching|modifying) (?:anything|any other|the "
    r"other)[^,.;]*|"
    r"\b(?:but )?(?:leave|keep|do(?: not|n['’]t) (?:touch|change|modify|delete|rename|move)) "
    r"(?:everything|all|anything|any other|the (?:other|rest)|others?)\b[^.;]*|nothing else[^.;]*|"
    r"(?:其他|其它|其余)(?:的)?(?:文件|内容)?(?:都|全部)?(?:不要|别|不|保持|保留)[^，。；]*",
    re.I,
)
"""Reminders to do no more than was said."""


def ordered(goal: str, start: int, end: int) -> bool:
    """Whether what stands from start to end is to be done as it stands there."""
    before = _STOP.split(goal[max(0, start - 400) : start])[-1]
    rest = goal[end : end + 400]
    stop = _STOP.search(rest)
    after = rest[: stop.start()] if stop else rest
    asked = (stop is not None and stop[0][0] in "?？") or re.search(r"吗\W*$", after) is not None
    polite = _POLITE.search(before)
    if polite:
        before = before[polite.end() :]
    if asked and not polite:
        return False
    if before.count('"') % 2 or before.count("“") > before.count("”") or before.count("「") > before.count("」"):
        return False  # an odd mark before it: it is quoted
    return not (_NO_ORDER.search(_plain(before)) or _ON_CONDITION.search(_plain(after)))


def on_condition(goal: str, path: str) -> bool:
    """Whether the file is to be written only in some case, or not at all."""
    name = re.escape(path)
    return (
        re.search(
            rf"(?:\b(?:if|when|unless)\b(?:[^,.;\n]|\.(?=\w)){{1,100}},\s*(?:then\s+)?(?:please\s+)?"
            rf"(?:write|create|save|make|put)\b[^,.;\n]{{0,60}}|"
            rf"(?:\b(?:do not|never|without)|n['’]t)\s+(?:creat|writ|mak|sav|generat)\w*"
            rf"\s+(?:any\s+|a\s+|the\s+)?(?:file\s+)?[`\"']?|"
            rf"(?:如果|若|当(?![前天月年日地中]))[^，。；\n]{{1,60}}[，,]\s*(?:就|则|请)?(?:写|创建|生成|保存)[^，。；\n]{{0,30}}|"
            rf"(?:不要|别|勿)(?:写|创建|生成|新建)[^，。；\n]{{0,10}})"
            rf"{name}|{name}[`\"']?\s*,?\s+(?:but\s+)?(?:only\s+)?(?:if|unless|when)\b",
            goal,
            re.I,
        )
        is not None
    )


def _plain(text: str) -> str:
    text = re.sub(r"[`\"'“「][^`\"'”」\n]{1,80}[`\"'”」]", " ", text)
    return _HARMLESS.sub(" ", _IF_THERE.sub(" ", text))


_VERB = (
    r"(?:set(?! up)|change(?! of)|replace|raise|lower|increase|decrease|switch|turn|update|remove|drop|insert|bump|delete|add|append|"
    r"give|take|enter|record|mark)\b"
)
_ZH_VERB = r"(?:改成|改为|换成|换为|设为|设成|设置为|调成|调为|删掉|删除|去掉|加上|关掉|打开)"
_OTHER_WORK = re.compile(
    r"\b(?:writ\w+|write|draft|creat\w+|build|generat\w+|make|print\w*|plot|charts?|comput\w+|calculat\w+|counts?|average|mean|analy\w+|"
    r"summar\w+|translat\w+|convert\w*|explain|review|proofread|grade|suggest\w*|check|compare|cop(?:y|ies)|backup|save|new file|split|load|import|run|"
    r"deploy|based on|according|follow\w*|use|read|list(?:ed|s)?|tell|show|feedback|overview|answer|tests?|chat|me|us)\b|"
    r"(?:change|delete|remove|correct|touch) nothing\b|[?？]|写|画|图|统计|计算|总|译|转|导入|另存|副本|读取|根据|按照|参照|检查|列出|打印|邮件|告诉",
    re.I,
)
"""Work whose result goes elsewhere than into the file."""


def edits(goal: str, path: str) -> bool:
    """Whether the goal is nothing but orders that change what stands in the file: 'FILE: set ...', 'In FILE, replace ...',
    '把 FILE 里的 ... 改成 ...'."""
    name = rf"[`\"'“]?{re.escape(path)}[`\"'”]?"
    said = re.sub(r"[`\"“][^`\"”\n]{1,80}[`\"”]|" + re.escape(path), " ", goal)
    if _OTHER_WORK.search(said):
        return False
    return (
        re.search(
            rf"(?:^|[.;\n]\s*)\W*(?:please\s+)?(?:{name}\s*[:：]\s*|(?:in|open)\s+(?:the file\s+|(?:the\s+)?table\s+\W?\w+\W?\s+(?:of|in)\s+)?{name}\s*,?\s*(?:and\s+|please\s+)?"
            rf"(?:(?:section|under)\s+[^,.;\n]{{1,30}},\s*)?)(?:please\s+)?{_VERB}|"
            rf"(?:^|[.;\n]\s*)\W*(?:please\s+)?(?:(?:remove|delete|drop|replace)\s+[^.;\n]{{1,80}}\b(?:in|from)|"
            rf"(?:add|append|insert)\s+[^.;\n]{{1,80}}\bto)\s+{name}|"
            rf"^\W*(?:请|麻烦)?(?:把|将)?\s*{name}\s*(?:里面?|中|文件)?的?[^。；\n]{{1,60}}{_ZH_VERB}",
            goal,
            re.I | re.M,
        )
        is not None
    )


_EXTENDS = re.compile(
    r"\b(?:add|give|extend|rename|refactor|change|make|let|teach|rewrite)\b[^.;\n]*\b(?:it|its|there|them|the (?:function|script|program|module|class|method)|"
    r"(?:an? )?(?:\w+ )?(?:options?|flags?|arguments?|parameters?|commands?|methods?))\b|"
    r"(?:给|为|让|使)(?:它|脚本|程序|该)|(?:加|添加|增加|支持)(?:一个|上)?[^，。；\n]{0,8}(?:选项|参数|命令|功能)|(?:函数|方法|类|变量)[^，。；\n]{0,12}改(?:名|成|为)",
    re.I,
)
"""What is done to code that was spoken of before: 'todo.py prints ... Add an option --all to it'."""


def extends(goal: str) -> bool:
    """Whether the goal wants code that is there to do more, or its names changed, and names no other file to make."""
    said = re.sub(r"[\"“][^\"”\n]{1,80}[\"”]", " ", goal)
    return _EXTENDS.search(said) is not None


def writes_anew(goal: str) -> bool:
    """Whether the goal has its files written and changes none: one that is there already is replaced by them."""
    return _WRITES.search(goal) is not None and _EDITS.search(goal) is None


_WRITES = re.compile(
    r"\b(?:write|save|create|generate|make|produce|convert|export|store|put)\b|写|存|生成|导出|转换", re.I
)
_EDITS = re.compile(
    r"\b(?:updat|chang|fix|edit|modif|append|add|insert|replac|remov|delet|renam|sort|correct|improv|translat|"
    r"extend|refactor|set|clean|fill|complet)(?:e[sd]?|s|ing|ed)?\b|修|改|加|添|追加|删|替换|更新|排序|翻译|补|完善|整理|设",
    re.I,
)
