"""What ordinary users write around an order: a story that asks for nothing, an example that confirms the rule, remarks.

A story is left out only where it can ask for nothing, and where the files it speaks of are those that the order is for.
"""

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import NamedTuple

from autogpt.agent.programs.inside import textwork
from autogpt.agent.reading.everyday.clauses import asked, courteous, thankless
from autogpt.agent.reading.everyday.deeds import Deeds, Ground
from autogpt.agent.reading.everyday.marks import SIGN as _L
from autogpt.agent.reading.everyday.picking import picked
from autogpt.agent.reading.everyday.topics import Topic, aimed, topic_of
from autogpt.agent.reading.mentions import is_name

_ENDS = re.compile(r"\s*(?:(?P<asks>[?？]+)|(?<!e\.g)(?<!i\.e)[.!;]+(?=\s|$)|[。！；\n]+)\s*", re.I)
_WITHIN = re.compile(
    r"\s*(?:[,，]\s*(?:so\s+)?(?=(?:please|kindly|(?:could|can|would|will)\s+you)\b)|[,，]\s*so\s+(?=[a-z]+\s)|[,，]\s*(?:所以|因此)?(?=请|麻烦|帮我|能不能|能否|可不可以))\s*",
    re.I,
)
_BECOMES = r"\s*(?:(?:should\s+|must\s+|would\s+|will\s+)?becomes?|turns?\s+into|is\s+(?:then\s+)?(?:renamed\s+to|called)|(?:should|must)\s+be\s+called|->|=>|→|(?:就|会|应该?|要)?(?:变成|变为|改成|改为|改名为|成为|叫))\s*"
_PAIR = rf"(?:the\s+file\s+)?(?P<old>{_L}){_BECOMES}(?P<new>{_L})"
_LEAD = r"(?:like|e\.g\.?,?|for\s+(?:example|instance),?|such\s+as|i\.e\.?,?|比如(?:说)?|例如|譬如|像|如)[:：,，]?"
_SHOWN = re.compile(
    rf"\s*[,，(（:：–-]*\s*(?:(?:{_LEAD}|so(?:\s+that)?|that\s+is,?|也就是(?:说)?|即)\s*)?{_PAIR}(?:\s+(?:and\s+so\s+on|etc\.?)|等等?|以此类推)?\s*[)）]?(?=\s*(?:[,，]|$))|"
    rf"\s*[,，(（]?\s*{_LEAD}\s*(?P<one>{_L})\s*[)）]?(?=\s*(?:[,，]|$))",
    re.I,
)
_VERBS = (
    r"move|put|place|copy|delete|remove|erase|throw|rename|add|append|prepend|prefix|replace|change|convert|turn|make|create|set|organi[sz]e|arrange|save|write|store|strip|trim|cut|combine|"
    r"merge|join|reverse|give|take|extract|list|count|find|tell|show|check|fix|update|correct|clean|tidy|split|sort|number|name|group|back\s+up|generate|build|produce|print|fill|"
    r"ask|confirm|wait|stop|warn|report|repeat|run|mark|note|remember|respect|see|look|consider|assume|avoid|preserve|protect|spare|hold|touch|alter|modify|edit|archive|zip|compress|"
    r"upload|mail|apply|treat|bear|mind|watch|beware|get|pick|select|choose|be|do|go|try|limit|stick|work|"
    r"collect|gather|send|translate|summari[sz]e|read|open|ignore|skip|exclude|include|leave|keep"
)
_ASKS = re.compile(
    rf"(?:^|[,;:(–—]|\b(?:to|and|or|then|please|you|let|let['’]s|make|help|just|also|so|but|says?|said|asked|told|now|first))\s*\b(?:{_VERBS})\b|"
    r"\b(?:if|unless|when|whenever|until|till|while|before|after|only|just|except|but|although|though|however|not|never|no|nothing|without|should|shall|must|may|might|ought|needs?|needed|wants?|wish|would|could|"
    r"can|will|please|instead|still|yet|used|using|uses|important|precious|private|secret|valuable|original|careful|carefully|later|sure|wrong|mistake|mistakenly|by\s+accident|back|kept|keeps|supposed|"
    r"style|styles|guide|guidelines?|rules?|format|formats|forms?|convention|capitals?|letters?|digits?|numbers?|zero|zeroe?s|prefix\w*|suffix\w*|upper|lower|case|extensions?|endings?|"
    r"those|older|newer|larger|smaller|bigger|longer|shorter|than|each|any|whichever|whatever|where|wherever|as\s+long|except\w*|"
    r"either|or|otherwise|rather|same|else|others?|exception|exceptions|keeping|leaving|deleting|removing|moving|renaming|first|last|both|these|those|which\s+ones|favou?rite|unfinished|open|lost|missing|broken|"
    r"finished|done|required|belongs?|wonder|think|hope|prefer|like\s+to|let|due|waiting|waits?|stays?|remains?|says|said)\b|n['’]t\b|"
    r"如果|要是|假如|若|除非|除了|只|仅|但|不|别|没|未|必须|应|需|要|想|希望|请|麻烦|帮|能|可以|会|还|仍|正在|重要|珍贵|私人|秘密|原件|小心|注意|误|错|或|否则|其他|其它|其余|保留|保持|"
    r"删|移|改|换|复制|拷贝|备份|建|保存|存档|写|列|合并|拆|排序|去掉|去除|加|归|整理|清理|统计|查|找|检查|修|更新|提取|生成|输出|打印|命名|编号|翻译|总结|大写|小写|字母|格式|规范|规则|规定|前缀|后缀|扩展名|位数|留(?!下)|问|确认|放|动|碰|用|跳过|忽略|避免|记得|停|等|按|照(?!片)|限|从|比|大于|小于|早于|晚于|之?前(?!面)|之?后|以上|以下|才|把|将|给|为每|每个",
    re.I,
)
"""What a sentence that asks for nothing, and sets no condition, does not hold. Rather too much than too little."""
_HARMLESS = re.compile(
    r"\b(?:is|are)\s+(?:very\s+|rather\s+|so\s+)?(?:picky|strict|fussy|particular|sensitive)\s+about\s+(?:capital\s+letters|capitals|upper\s*case|lower\s*case|case|spaces|names|file\s*names)\b|"
    r"我们?(?:正|现)?在(?:整理|清理)|排序(?:很|太|有点)?乱|(?:公司|学校|单位|部门|店|团队|社团|品牌|产品|机构|班级?)[^，。\ue000-\uf8ff]{0,4}(?:改名|更名|改叫|换了?名字?)(?:了|叫|为|成)*|"
    r"\bcomes?\s+(?:before|after)\b|\b(?:came|come|are|is|am|was|were|got|['’]re|['’]m)\s+back\b|\blast\s+(?:week|weekend|month|year|summer|winter|spring|autumn|night|monday|friday|sunday)\b|\bsorts?\s+(?:badly|wrongly|oddly|strangely)\b|\b(?:do\s+not|don['’]t|does\s+not|doesn['’]t|won['’]t)\s+(?:sort|get\s+sorted|come\s+in\s+order)(?:\s+(?:properly|correctly|right|well|nicely))?\b|排序(?:不对|不正确)|"
    r"\b(?:sort(?:ed)?|listed|shown|appear|come|are)\s+in\s+(?:the|a)\s+(?:wrong|odd|strange)\s+order\b|\b(?:changed|has|have|had)\s+(?:its|our|their)\s+(?:legal\s+form|name)\b",
    re.I,
)
"""News and nuisances that hold such words and ask for nothing."""
_FILES = re.compile(
    rf"\b(?:files?|folders?|sub-?folders?|director(?:y|ies)|documents?|photos?|pictures?|images?|videos?|pdfs?|spreadsheets?|texts?|scans?|logs?|names?|everything|anything|something|all|ones)\b|文件夹?|目录|照片|图片|图像|文档|视频|日志|文本|名字|名称|{_L}",
    re.I,
)
_SOME = re.compile(
    r"\b(?:some|most|mostly|many|several|few|half|part|partly|sometimes|often|usually|mainly|one\s+of|certain|various|about|almost|nearly)\b|有些|有的|部分|大多|多数|一半|几个|有时|经常|大部分|某些",
    re.I,
)
_THERE = re.compile(
    r"(?:(?:there\s+(?:are|is)|(?:we|i)\s+(?:have|got)|i\s+see|[a-z ]{1,30}?(?:leaves|creates|produces|left|created))\s+|(?:这里|当前文件夹里?|这个文件夹里?|本文件夹里?)?有|[\u4e00-\u9fff]{1,10}?(?:留下|产生|生成)了?)(?:some|many|several|lots\s+of|a\s+lot\s+of|quite\s+a\s+few|很多|不少|一些|许多|好多|几个)?\s*(?P<what>.+?)(?:\s+(?:behind|lying\s+around|everywhere))?",
    re.I,
)
_THEM = re.compile(
    r"^(?P<verb>[a-z]+(?:\s+up)?)\s+(?:all\s+of\s+them|them\s+all|them|these|those|it)\b|^(?P<ba>把|将|给)?(?:它们|这些文件|这些)(?:都|全部)?|^(?P<bare>)(?=(?:重命名|改名)[，,])",
    re.I,
)
_GOES_ON = re.compile(
    r"\s*(?:$|[,，(（]|(?:are|is|have|has|sort|sorts|don['’]t\s+sort|do\s+not\s+sort|look|looks|come|came|were|was|got|all|contain|contains)\b|排|很|都|太|的名字|名字|乱|有|是)",
    re.I,
)
_DROPS = re.compile(r"^(?:delete|remove|erase|throw|get\s+rid|discard|wipe)|删|清除|去掉", re.I)


_TELLS = re.compile(
    rf"(?:our|my|the|this|that|we|i|it|he|she|they|there|today|yesterday|a|an|his|her|their|some|most|many|several)\b|(?:[\w.-]+|{_L})\s+(?:files\s+)?(?:is|are|was|were|has|have|had|\w+s|\w+ed)\b",
    re.I,
)
_ZH_TELLS = re.compile(r"^(?!.*(?:一下|顺便|最好|务必|一定|尽量|[吧]$)).*(?:了|是|有|很|在|叫|着|太|都)", re.S)
"""How a sentence begins that tells something: with a subject, and no order or the rest of one ('from last year')."""


_ORIGIN = re.compile(
    r"(?:our|my|the|a|an|some)\s+(?:[a-z]+\s+){1,3}(?:makes|made|creates|created|writes|wrote|produces|produced|leaves|left)\s+(?:them|it)(?:\s+(?:all|behind))?",
    re.I,
)
"""Behind an order, only where files come from is sure to be no order itself: 'The rest becomes upper case' is one."""
_DELICATE = re.compile(
    r"\b(?:january|february|march|april|june|july|august|september|october|november|december|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|new|newest|latest|recent|current|live|fine|good|great|useful|"
    r"valuable|likes?|loves?|enjoys?|one|two|three)\b|\d|[一二三四五六七八九十\d]+月|星期|周[一二三四五六日末]|新|有用|价值|喜欢|爱|好(?!几|多)|两|三",
    re.I,
)
"""What may say that some are worth keeping, where files are to be deleted."""


class Tale(NamedTuple):
    """A goal without what it says around its orders."""

    sentences: tuple[str, ...]
    shown: tuple[tuple[str, str], ...] = ()
    """What becomes of what, in the goal's examples; '' for the old name where only the new one is shown."""
    claims: tuple[frozenset[str], ...] = ()
    """The files that stories speak of: the order may be for no others."""
    loose: bool = False
    """Whether a story says more of files than that there are such."""
    words: str = ""
    """The stories themselves."""

    def agrees(self, deeds: Deeds) -> bool:
        """Whether the deeds are those of the examples, and for the files of the stories."""
        meant = deeds.touched | {old for old, _ in deeds.copies} | {path for e in deeds.edits for path in e.sources}
        return (
            all(_shows(deeds, old, new) for old, new in self.shown)
            and all(meant <= claim for claim in self.claims)
            and not (deeds.removes and (self.loose or _DELICATE.search(self.words)))
            and not _singled_out(self.words, meant)
        )


def tale(text: str, ground: Ground, reads: Callable[[str], bool]) -> Tale | None:
    """The goal without its stories and examples; None where it has none, or one of them may ask for something.

    reads: whether a sentence is an order that is understood as it stands.
    """
    parts = _parts(text)
    if not parts:
        return None
    told = Tale(())
    antecedent, existing = "", False
    topic: Topic | None = None
    for part in parts:
        if reads(part):
            told = told._replace(sentences=(*told.sentences, part))
            continue
        part, shown = _unshown(part, ground)
        told = told._replace(shown=(*told.shown, *shown))
        if not part or reads(part):
            told = told._replace(sentences=(*told.sentences, *([part] if part else [])))
            continue
        if scene := topic_of(part):
            topic, part = scene[0], courteous(scene[1])
            if not part:
                continue
        if topic and (order := aimed(topic, part)):
            told = told._replace(sentences=(*told.sentences, order))
            topic = None
            continue
        if antecedent and (them := _THEM.match(part)):
            if _DROPS.search(part) and not existing:
                return None
            put = f"{them['verb']} {antecedent}" if them["verb"] else f"{them['ba'] or '把'}{antecedent}"
            told, antecedent = told._replace(sentences=(*told.sentences, put + part[them.end() :])), ""
            continue
        if topic or not is_story(part) or (told.sentences and not _ORIGIN.fullmatch(part)):
            told = told._replace(sentences=(*told.sentences, part))
            continue
        claims = _claims(part, ground)
        if claims is None:
            return None
        told = told._replace(claims=(*told.claims, *(found for _, found in claims)), words=f"{told.words} {part}")
        found = [_antecedent(part, phrase) for phrase, _ in claims]
        told = told._replace(loose=told.loose or not all(there for _, there in found))
        if len(found) == 1 and not antecedent:
            antecedent, existing = found[0]
    return told if told.sentences and topic is None else None


def _parts(text: str) -> list[str]:
    """The sentences without their courtesies; [] where one is a question that is no polite order."""
    parts: list[str] = []
    at = 0
    for end in [*_ENDS.finditer(text), None]:
        raw = thankless(text[at : end.start()] if end else text[at:])
        at = end.end() if end else len(text)
        if end and end["asks"] and not (asked(raw) or asked(_WITHIN.split(raw)[-1])):
            return []
        raw = re.sub(r"吗$", "", raw)
        split = _WITHIN.search(raw)
        if split and is_story(raw[: split.start()]) and not topic_of(courteous(raw)):
            parts.append(raw[: split.start()].strip())
            raw = raw[split.end() :]
        parts += [one for one in [courteous(raw)] if one]
    return parts


def is_story(sentence: str) -> bool:
    """Whether a sentence tells something, asks for nothing and sets no condition."""
    bare = _HARMLESS.sub(" it ", sentence).strip()
    tells = _ZH_TELLS.search(sentence) if re.search(r"[\u4e00-\u9fff]", sentence) else _TELLS.match(bare)
    return _ASKS.search(bare) is None and tells is not None


def _unshown(sentence: str, ground: Ground) -> tuple[str, list[tuple[str, str]]]:
    """The sentence without its examples, and these."""
    shown: list[tuple[str, str]] = []
    while match := _SHOWN.search(sentence):
        new = ground.goal.said(match["new"] or match["one"])
        if match["one"] and not is_name(new):
            break
        shown.append((ground.goal.said(match["old"]) if match["old"] else "", new))
        sentence = sentence[: match.start()] + sentence[match.end() :]
    return courteous(sentence), shown


def _shows(deeds: Deeds, old: str, new: str) -> bool:
    """Whether the deeds do with the example what it shows."""
    becomes = (*deeds.moves, *deeds.copies)
    if not old:
        return any(to == new or to.endswith(f"/{new}") for _, to in becomes)
    if found := [to for path, to in becomes if path == old or path.endswith(f"/{old}")]:
        return any(to == new or to.endswith(f"/{new}") for to in found)
    try:
        return not becomes and any(textwork.worked(old, edit.ops) == new for edit in deeds.edits)
    except textwork.Unclear:
        return False


def _claims(story: str, ground: Ground) -> list[tuple[str, frozenset[str]]] | None:
    """The phrases for files in a story and the files they mean; None where one of them is not understood."""
    plain = _bare(story)
    stops = [match.start() for match in re.finditer(r"\b\w|[\u4e00-\u9fff]|" + _L, plain)]
    ends = sorted({match.end() for match in re.finditer(r"\w\b|[\u4e00-\u9fff]|" + _L, plain)}, reverse=True)
    found: list[tuple[str, frozenset[str]]] = []
    quoted = {sign for sign in re.findall(_L, plain) if ground.goal.quoted(sign)}
    if any(ground.goal.text.count(sign) < 1 or is_name(ground.goal.said(sign)) for sign in quoted):
        return None
    names = ground.folders
    at = 0
    for word in re.finditer(rf"{_FILES.pattern}|[A-Za-z0-9]+", plain, re.I):
        speaks = re.fullmatch(_FILES.pattern, word[0], re.I) or word[0] in names
        if word.start() < at or not speaks or word[0] in quoted:
            continue
        taken = next(
            (
                (plain[start:end], end)
                for start in stops
                if at <= start <= word.start()
                for end in ends
                if end >= word.end() and picked(plain[start:end], ground.goal, ground.files)
            ),
            None,
        )
        if taken is None:
            return None
        phrase, at = taken
        pick = picked(phrase, ground.goal, ground.files)
        chosen = ground.choose(pick, deep=True) if pick and not pick.rest else None
        if not chosen or _restricted(plain[: at - len(phrase)], phrase, plain[at:]):
            return None
        found.append((phrase, frozenset(file.path for file in chosen)))
    return found


def _bare(story: str) -> str:
    """The story without what stands in brackets, and with files for their names."""
    plain = re.sub(r"\s*[(（][^()（）]*[)）]", "", story).strip()
    plain = re.sub(
        r"^(?:this|my|our|the)\s+(?:folder|directory)\s+(?=(?:is|has|looks|got)\b)", "it ", plain, flags=re.I
    )
    return re.sub(r"^(?:the\s+)?(?:file\s*)?names\s+of\s+(?=(?:the|all|my|our)\b)", "", plain, flags=re.I)


_BEFORE = frozenset("of in with from to for at about on are is was were have has had got love like make print".split())


def _restricted(before: str, phrase: str, after: str) -> bool:
    """Whether what stands beside a phrase for files says which of them: 'blurred photos', 'photos that are blurred'."""
    word = re.search(r"([\w'’]+)\s*$", before)
    if word and word[1].isascii():
        verb = re.fullmatch(r"[a-z]+(?:s|ing)", word[1])
        if not verb and word[1] not in _BEFORE:
            return True
    elif word and not re.search(r"[下有是了在着成存出里]$", word[1]):
        return True
    if phrase.startswith("的"):
        return True
    return bool(
        re.match(
            r"\s*(?:that|which|whose|who|with|from|of|than|and|without|older|newer|larger|smaller|bigger)\b|\s*(?:和|及|与|中|之)",
            after,
        )
    )


def _antecedent(story: str, phrase: str) -> tuple[str, bool]:
    """The phrase that 'them' means after such a story, and whether the story says that there are such files."""
    plain = _bare(story)
    there = _THERE.fullmatch(plain)
    if there and phrase.strip().startswith(there["what"].strip()):
        return phrase, True
    if plain.startswith(phrase) and not _SOME.search(plain) and _GOES_ON.match(plain[len(phrase) :]):
        return phrase, False
    return "", False


_SMALL = frozenset(
    "the our your his her its their are was were has had have and from for with this that new old all".split()
)


_ORDER_SHOWN = re.compile(r"[(（][^()（）]*(?:\bcomes?\s+(?:before|after)\b|排在)[^()（）]*[)）]", re.I)
"""Two names that show how files are sorted now."""


def _singled_out(story: str, paths: frozenset[str]) -> bool:
    """Whether a word of the story is in the names of some of the files, but not of all: it may be about these."""
    story = _ORDER_SHOWN.sub(" ", story)
    words = {word.lower() for word in re.findall(r"[A-Za-z]+\d*|\d+", story)} - _SMALL
    han = "".join(re.findall(r"[\u4e00-\u9fff]|\s", story))
    words |= {han[at : at + 2] for at in range(len(han) - 1) if not re.search(r"\s", han[at : at + 2])}
    stems = [PurePosixPath(path).stem.lower() for path in paths]
    counts = [sum(_has(stem, word) for stem in stems) for word in words]
    return any(count and (count < len(stems) or len(stems) == 1) for count in counts)


def _has(stem: str, word: str) -> bool:
    one = word.removesuffix("s")
    return (
        any(one in (part, part.removesuffix("s")) for part in re.findall(r"[a-z]+\d*|\d+", stem))
        if word.isascii()
        else word in stem
    )
