"""A goal taken apart into clauses, and the clauses that ask for nothing: reminders of what stays as it is."""

import re

from autogpt.agent.reading.everyday.marks import SIGN as _L

_VERBS = (
    r"move|put|place|copy|back\s+up|delete|remove|erase|get\s+rid|throw|rename|add|append|prepend|prefix|number|replace|change|convert|turn|"
    r"make|create|set\s+up|sort|order|organi[sz]e|group|arrange|save|write|store|strip|trim|cut|drop|combine|merge|join|concatenate|reverse|"
    r"keep|leave|give|do\s+not|don['’]t|do|use|call|name|name\s+it|take|extract|list|then|also|put\s+it|without|with"
)
_ZH_VERBS = (
    r"把|将|移|放|复制|拷贝|备份|删|去掉|去除|移除|重命名|改名|新建|创建|建立|建|替换|换|改|加|给|为|按|合并|保存|另存|存|写|输出|倒|"
    r"其余|其他|其它|不要|别|保留|不|原|结果|并|然后"
)
_SENTENCE = re.compile(r"\s*(?:[.!;]+(?=\s|$)|[。！；\n]+)\s*")
_JOINT = re.compile(
    rf"\s*(?:,|，)\s*(?:(?:and|but|so|then|also)\b\s*)*|\s+(?:and|but)\s+(?:then\s+|also\s+|afterwards\s+)?(?=(?:{_VERBS}|the\s+rest|everything|all\s+(?:the\s+)?(?:{_L}|other|[a-z]+\s+(?:files\s+)?(?:to|into)))\b|the\s+{_L}|all\s+{_L}|(?:all\s+)?(?:the\s+)?\w+\s+files\b)|"
    rf"\s+then\s+|\s*(?:然后|接着|随后|最后|并且|同时|再)\s*|\s*并(?=\s*(?:{_ZH_VERBS}))",
    re.I,
)
_POLITE = re.compile(
    r"^[\s,，.。!！:：;；-]*(?:(?:hi|hello|hey|hallo)\b(?:\s+there)?[\s,!.]*)?(?:(?:please|kindly|pls)\b[\s,]*)*(?:(?:can|could|would|will)\s+you\s+(?:please\s+|kindly\s+)?|"
    r"i(?:\s+would|['’]d)?\s+(?:want|need|like)\s+you\s+to\s+|i\s+(?:want|need)\s+to\s+|i['’]d\s+like\s+to\s+|help\s+me\s+(?:to\s+)?|now\s+|first,?\s+|then\s+|also\s+|just\s+)*(?:please\s+)?|"
    r"^[\s,，.。!！:：;；-]*(?:你好|您好)?[，,！!\s]*(?:请|麻烦|帮忙|劳驾|能不能|能否|可以|可否|你|您|帮|我|一下|给我|先|再|然后|也|并|同时|最后|接着)*(?=\W|把|将)",
    re.I,
)
_POLITE_HAN = re.compile(
    r"^(?:你好|您好)?[，,！!\s]*(?:请你?|麻烦你?|帮忙|劳驾|能不能|能否|可不可以|可以|帮我|给我|请帮我|先|再|也|并|然后|最后)+"
)
_TIDY = re.compile(
    r"^(?:clean|tidy)(?:\s*-?up)?(?:\s+(?:the|this|my)\s+(?:folder|directory|place))?\s*[:：]\s*|^(?:清理|整理)(?:一下)?(?:这个|当前)?(?:文件夹|目录)?\s*[:：]\s*",
    re.I,
)
_ASKED = re.compile(
    r"^[\s,，.。!！:：;；-]*(?:(?:hi|hello|hey)[\s,!]*)?(?:(?:please|kindly)\s+)?(?:can|could|would|will)\s+you\b|^(?:你好|您好)?[，,！!\s]*(?:请|麻烦)?(?:你|您)?(?:能不能|能否|可不可以|可以|可否|能)(?:请)?(?:你|您)?(?:帮|给|麻烦)",
    re.I,
)
_THANKS = re.compile(
    r"(?:[\s,，.。!！]*(?:please|thanks(?:\s+a\s+lot)?|thank\s+you|thx|谢谢(?:你|您)?|多谢|[，,]\s*(?:好吗|可以吗|行吗)))+[\s.!。！?？]*$",
    re.I,
)
_STAY = r"(?:stays?|remains?|are\s+left|is\s+left|are\s+kept|is\s+kept|be\s+left|be\s+kept|stay|remain)"
_WHERE = (
    r"(?:\s*,?\s*(?:where\s+(?:it|they)\s+(?:is|are)|as\s+(?:it|they)\s+(?:is|are|was|were)|the\s+way\s+(?:it|they)\s+(?:is|are)|alone|"
    r"un(?:touched|changed|modified)|in\s+place|the\s+same|intact))"
)
_OTHERS = (
    r"(?:(?:everything|all|anything)\s+else|(?:the\s+)?rest(?:\s+of\s+(?:the\s+|my\s+|each\s+|its\s+|their\s+)?(?:files?|folder|texts?|lines?|documents?|contents?))?|(?:all\s+)?(?:the\s+)?other\s+text|(?:all\s+|any\s+)?(?:of\s+)?(?:the\s+)?(?:others|other\s+(?:files?|ones|folders|lines|types))"
    r"(?:\s+of\s+(?:any\s+)?other\s+types?)?|(?:all\s+)?(?:the\s+)?files?\s+of\s+(?:any\s+|all\s+)?other\s+(?:types?|kinds?)|(?:the\s+)?remaining\s+(?:files|ones)|(?:all\s+)?(?:the\s+)?(?:files\s+in\s+(?:the\s+|all\s+|any\s+)?)?other\s+folders)"
)
_KEEPS = re.compile(
    rf"(?:but\s+|and\s+|please\s+|so\s+)*(?:(?:should\s+|must\s+)?(?:leave|keep|leaving|keeping)\s+{_OTHERS}{_WHERE}?|"
    rf"{_OTHERS}(?:\s+(?:in\s+there|in\s+it|there|here|in\s+(?:that|this|the)\s+(?:same\s+)?folder))?\s+(?:should\s+|must\s+)?(?:keeps?|retains?)\s+(?:its|their|the)\s+(?:own\s+|old\s+|current\s+|present\s+|original\s+)*(?:file\s*)?(?:names?|places?)|"
    rf"{_OTHERS}(?:\s+in\s+there)?\s+(?:(?:should|must|can|may|shall|will|has\s+to|have\s+to)\s+)?{_STAY}{_WHERE}?|{_OTHERS}\s+(?:must|should|may)\s+not\s+(?:be\s+)?(?:change|changed|touched|modified|moved)|"
    rf"(?:do\s+not|don['’]t|never|without)\s+(?:touch|chang|modify|mov|alter|delet|renam)\w*\s+(?:{_OTHERS}|anything)|nothing\s+else(?:\s+(?:should|must|may|shall)\s+(?:change|be\s+\w+)|\s+(?:goes|comes|is\s+put|is\s+copied|is\s+to\s+go|(?:should|must|may)\s+(?:go|be\s+copied))\s+(?:in|into|to)\s+(?:it|there|\w+))?|"
    rf"(?:and\s+)?(?:do\s+)?nothing\s+(?:else|more))(?:\s+in\s+(?:the|this|any)\s+\w+)?|"
    r"(?:其余|其他|其它|别的|剩下|其他类型|其它类型|其余类型)(?:的)?(?:所有)?(?:(?:地方|位置|文件夹|目录)(?:里|中)?的(?:文件|东西)|文件夹|文件|类型|内容|行|东西|类型的文件)?(?:都|全部|全|请|则|就|一律|均)*(?:留在原(?:处|地|位|来的地方)|(?:保持)?(?:不动|不变|原样)|不要动|不要改动?|不要碰|不要修改|不用动|不用管|别动|别改|别碰|保留(?:不变|不动|原样)?|原样保留|不作?改动|不改|不删)(?:不变|不动)?|"
    r"(?:其余|其他|其它|别的)(?:的)?(?:文件)?(?:的)?(?:文件名|名字|名称)(?:都)?(?:保持)?(?:不变|不动|不改)|"
    r"(?:不要|别|不得)(?:动|改|改动|修改|碰|移动|删除|删)(?:任何)?(?:其他|其它|其余|别的)(?:的)?(?:任何)?(?:文件|东西|内容|类型的文件)?",
    re.I,
)
_CONTENTS = re.compile(
    r"(?:but\s+|and\s+)*(?:keep\s+(?:the\s+|their\s+)?(?:file\s+)?contents?(?:\s+of\s+the\s+files)?(?:\s+the\s+same)?|(?:leave|keep)\s+(?:the\s+|their\s+)?(?:file\s+)?contents?(?:\s+of\s+the\s+files)?\s+(?:as\s+(?:they|it)\s+(?:are|is)|alone|unchanged|untouched)|"
    r"(?:do\s+not|don['’]t|never|without)\s+(?:chang|touch|modify|edit)\w*\s+(?:the\s+|their\s+|any\s+)?(?:file\s+)?contents?(?:\s+of\s+(?:the|any)\s+files?)?|"
    r"(?:do\s+not|don['’]t|never|without)\s+(?:chang|touch|modify|edit)\w*\s+what\s+(?:is|stands)\s+in\s+(?:them|it|the\s+files)|"
    r"(?:the\s+|their\s+|its\s+)?(?:file\s+)?contents?\s+(?:(?:must|should)\s+)?(?:stays?|remains?|(?:do|does)\s+not\s+change|(?:must|should)\s+not\s+(?:change|be\s+changed))(?:\s+(?:the\s+same|unchanged|untouched|as\s+\w+\s+\w+))?)|"
    r"(?:文件)?(?:的)?内容(?:都)?(?:保持)?(?:不变|不动|不要动|不要改|别动|别改)|(?:不要|别)(?:改动|修改|改|动)(?:文件)?(?:的)?内容",
    re.I,
)
_ORDER = re.compile(
    r"(?:but\s+|and\s+)*(?:keep|preserve|leave)\s+the\s+(?:original\s+)?order(?:\s+as\s+it\s+is)?|(?:keep|keeping)\s+(?:only\s+)?the\s+first\s+(?:one|occurrence)(?:\s+of\s+each)?|(?:保持|保留)(?:原来的?|原有的?)?顺序(?:不变)?|(?:原来的?)?顺序(?:保持)?不变|(?:只)?保留第一次出现的(?:那?一?行)?",
    re.I,
)
"""What leaving out copies does anyway."""
_NAMES = re.compile(
    r"(?:but\s+|and\s+)*(?:(?:all\s+)?(?:under|with)\s+(?:the|their)\s+(?:old|same|own|original|present)\s+names|(?:keep|keeping|leave)\s+(?:the\s+|their\s+|its\s+|all\s+)*(?:old\s+|original\s+|current\s+)?(?:file\s*)?names?(?:\s+(?:the\s+same|as\s+(?:it|they)\s+(?:is|are)|unchanged))?|"
    r"(?:do\s+not|don['’]t|without)\s+(?:chang|renam)\w*\s+(?:the\s+|their\s+)?(?:(?:file\s*)?names?|files|them)|(?:the\s+|their\s+)?(?:file\s*)?names?\s+(?:(?:must|should)\s+)?(?:stays?|remains?|do(?:es)?\s+not\s+change)(?:\s+(?:the\s+same|unchanged|as\s+(?:it|they)\s+(?:is|are)))?)|"
    r"(?:但|但是)?(?:文件)?(?:名|名字|名称)(?:都)?(?:保持)?(?:不变|不动|不要动|不要改|别改|不改)|(?:不要|别|不)(?:改动|修改|改变?|动)(?:文件)?(?:的)?(?:名|名字|名称)",
    re.I,
)
_ORIGINALS = re.compile(
    r"(?:but\s+|and\s+)*(?:(?:leave|keep|keeping|leaving)\s+(?:the\s+)?(?:originals?|original\s+(?:files?|ones)|source\s+files?)(?:\s+(?:where\s+they\s+are|as\s+(?:it|they)\s+(?:is|are)|alone|"
    r"unchanged|untouched|in\s+place|intact))?|(?:the\s+)?(?:originals?|original\s+files?)\s+(?:(?:must|should)\s+)?(?:stays?|remains?)(?:\s+(?:where\s+(?:they|it)\s+(?:are|is)|as\s+(?:it|they)\s+(?:is|are)|unchanged|"
    r"untouched|in\s+place|there))?|(?:do\s+not|don['’]t|without)\s+(?:chang|touch|modify|mov|delet)\w*\s+the\s+originals?(?:\s+files?)?)|"
    r"(?:原(?:来的)?文件|原件)(?:都)?(?:请)?(?:保留|不变|不动|不要动|别动|保持不变|保留不变|留在原处|留在原地|不要改动?|不要删除?)|(?:保留|不要(?:改动|修改|动|改|删除?))原(?:来的)?文件",
    re.I,
)


def sentences(text: str) -> list[str] | None:
    """The sentences of the goal without its courtesies; None where it is a question, or does not end."""
    asked = _ASKED.match(text) is not None
    text = _THANKS.sub("", text.strip())
    if re.search(r"(?:[?？]|吗)\s*$", text) and not asked:
        return None
    text = re.sub(r"吗?[?？]?\s*$", "", text)
    if re.search(r"[?？]", text):
        return None
    return [one for one in (courteous(part) for part in _SENTENCE.split(text)) if one]


def asked(text: str) -> bool:
    """Whether a question is a polite order."""
    return _ASKED.match(text) is not None


def thankless(text: str) -> str:
    """The sentence without thanks behind it."""
    return _THANKS.sub("", text.strip())


def courteous(text: str) -> str:
    """The clause without 'please' and the like before it."""
    text = _TIDY.sub("", _POLITE_HAN.sub("", text.strip()))
    stripped = _POLITE.match(text)
    return (text[stripped.end() :] if stripped else text).strip(" ,，、:：")


def pieces(sentence: str) -> list[tuple[str, str]]:
    """The parts of a sentence that may be clauses, each with what joins it to the one before."""
    parts: list[tuple[str, str]] = []
    at, joint = 0, ""
    for match in _JOINT.finditer(sentence):
        if match.end() == match.start() or not sentence[at : match.start()].strip():
            continue
        parts.append((joint, sentence[at : match.start()]))
        at, joint = match.end(), match[0]
    return [*parts, (joint, sentence[at:])] if sentence[at:].strip() else parts


def reminder(clause: str) -> str:
    """What a clause that asks for nothing says to leave as it is: 'rest', 'order', 'contents', 'names', 'originals'; '' for any other."""
    clause = clause.strip()
    if _KEEPS.fullmatch(clause):
        return "rest"
    if _ORDER.fullmatch(clause):
        return "order"
    if _CONTENTS.fullmatch(clause):
        return "contents"
    if _NAMES.fullmatch(clause):
        return "names"
    return "originals" if _ORIGINALS.fullmatch(clause) else ""


_SUBS = r"(?:sub-?(?:folders|directories))"
_DEPTH = re.compile(
    rf"[(（]?(?P<deep>(?:and\s+|but\s+)?(?:(?:in\s+)?(?:all\s+)?(?:the\s+)?{_SUBS}\s+(?:too|as\s+well|included)|(?:also|including)\s+(?:those\s+|the\s+ones\s+)?(?:in\s+)?(?:all\s+)?(?:the\s+|its\s+|any\s+)?{_SUBS})|"
    rf"(?:子文件夹|子目录)(?:里|中)?(?:的)?(?:文件)?(?:也要?|也一样|也算|也包括在内|同样处理)|(?:也)?(?:包括|包含|含)(?:其)?(?:所有)?(?:的)?(?:子文件夹|子目录)(?:里|中)?(?:的文件|的)?)[)）]?|"
    rf"[(（]?(?:(?:and\s+|but\s+)?(?:not\s+(?:those\s+|the\s+ones\s+)?in\s+(?:the\s+|any\s+)?{_SUBS}|(?:leave|do\s+not\s+touch|don['’]t\s+touch)\s+(?:the\s+|any\s+)?{_SUBS}(?:\s+alone)?)|"
    r"(?:不包括|不包含|不含|不要动|别动)(?:子文件夹|子目录)(?:里|中)?(?:的文件|的)?|(?:子文件夹|子目录)(?:里|中)?(?:的)?(?:文件)?(?:都)?(?:不要动|不动|别动|不用动|不用管))[)）]?",
    re.I,
)


def forbids(clause: str) -> str:
    """The deed that a clause forbids altogether: 'delet', 'mov', 'chang' or the like; '' for any other, and for 'anything else'."""
    match = re.fullmatch(
        r"(?:please\s+)?(?:do\s+not|don['’]t|never|without)\s+(touch|chang|modify|mov|alter|delet|renam)\w*\s+anything",
        clause.strip(),
        re.I,
    )
    return match[1].lower() if match else ""


def depth(clause: str) -> str:
    """'deep' where a clause says that subfolders are meant, too, 'flat' where it says that they are not; '' for any other."""
    match = _DEPTH.fullmatch(clause.strip())
    return "" if match is None else "deep" if match["deep"] else "flat"
