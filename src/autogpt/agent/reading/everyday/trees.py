"""What becomes of subfolders where files go elsewhere: 'with the same subfolders inside it', '保留目录结构', or none of them."""

import re
from typing import Literal

Tree = Literal["", "kept", "flat"]

_SUBS = r"(?:sub-?)?(?:folders?|director(?:y|ies))"
_LAYOUT = rf"(?:(?:the|their|its|this|that|same|whole|original|old|existing)\s+)*(?:(?:{_SUBS}|tree)\s+(?:structure|hierarchy|tree|layout)|{_SUBS}\s+structure|structure|tree|(?:relative\s+)?paths|sub-?(?:folders|directories)|{_SUBS}\s+they\s+are\s+in)"
_KEPT = (
    rf"(?:with|and|but|and\s+with|using|in)\s+(?:all\s+)?(?:of\s+)?(?:the\s+)?(?:same|identical)\s+(?:sub-?(?:folders|directories)|{_SUBS}\s+structure|structure)(?:\s+(?:inside|in|under|below|within)\s+(?:it|there|\w+|that\s+folder)|\s+as\s+(?:here|before|now|they\s+have\s+now))?|"
    rf"(?:(?:and|but|while|so\s+that)\s+)?(?:please\s+)?(?:keep|keeping|preserve|preserving|retain|retaining|maintain|maintaining|mirror|mirroring|reproduce|reproducing|recreate|recreating|with)\s+{_LAYOUT}(?:\s+(?:intact|as\s+(?:it|they)\s+(?:is|are)|the\s+same|there|in\s+(?:it|there)))?|"
    rf"(?:the\s+)?{_LAYOUT}\s+(?:(?:must|should|is\s+to|are\s+to)\s+)?(?:stays?|is\s+kept|are\s+kept|be\s+kept|be\s+preserved|remains?)(?:\s+(?:the\s+same|intact|as\s+(?:it|they)\s+(?:is|are)))?|"
    r"(?:并且?|且|同时|要|请)*(?:保留|保持|维持)(?:原来的?|原有的?|相同的?|同样的?|它们的?|其|各自的?)*(?:子?(?:文件夹|目录)(?:的)?(?:结构|层次|层级)?|层级|结构|相对路径)(?:不变)?|(?:子?(?:文件夹|目录))(?:的)?(?:结构|层次|层级)(?:都)?(?:保持)?(?:不变|要保留|照旧|一样)|(?:里面?的?)?子(?:文件夹|目录)(?:也)?(?:要)?(?:跟|和|与)原来(?:的)?(?:一样|相同)"
)
_FLAT = (
    rf"(?:and\s+|but\s+|all\s+|so\s+)*(?:without\s+(?:any\s+|the\s+|their\s+)*(?:sub-?(?:folders|directories)|{_SUBS}\s+structure)(?:\s+(?:in\s+it|inside|there))?|(?:all\s+)?(?:directly|flat|side\s+by\s+side|in\s+one\s+place|on\s+one\s+level)|"
    r"(?:do\s+not|don['’]t)\s+(?:keep|recreate|preserve|create|make)\s+(?:the\s+|any\s+)?(?:sub-?(?:folders|directories)|folder\s+structure)(?:\s+(?:in\s+it|inside|there))?|no\s+sub-?(?:folders|directories)(?:\s+(?:in\s+it|inside|there))?|"
    rf"ignor(?:e|ing)\s+{_LAYOUT}|flatten(?:ing)?\s+{_LAYOUT})|(?:并且?|且)?(?:不(?:要|需要|用)?(?:保留|保持|建立?|新建|带)(?:原来的?|原有的?)?(?:任何)?子?(?:文件夹|目录)(?:的)?(?:结构|层次|层级)?|(?:直接|平铺|全部)?(?:放在|平铺在?)同一层)"
)
_TAIL = re.compile(rf"\s*[,，;(（]?\s*(?:(?P<kept>{_KEPT})|(?P<flat>{_FLAT}))\s*[)）]?$", re.I)
_CLAUSE = re.compile(rf"[(（]?(?:(?P<kept>{_KEPT})|(?P<flat>{_FLAT}))[)）]?", re.I)
_KEEPING_HAN = re.compile(
    r"(?:按|照|以)(?:原来的?|原有的?|相同的?|同样的?)(?:子)?(?:文件夹|目录)(?:的)?(?:结构|层次|层级)|(?:连同|连着)(?:子)?(?:文件夹|目录)(?:的)?(?:结构|层次|层级)(?:一起)?"
)


def tree(clause: str) -> Tree:
    """What a clause that says nothing else says of subfolders."""
    match = _CLAUSE.fullmatch(clause.strip())
    return "" if match is None else "kept" if match["kept"] else "flat"


def with_tree(clause: str) -> tuple[str, Tree]:
    """The clause without what it says of subfolders at its end, or in its middle in Chinese; and this."""
    if match := _TAIL.search(clause):
        return clause[: match.start()], "kept" if match["kept"] else "flat"
    if match := _KEEPING_HAN.search(clause):
        return clause[: match.start()] + clause[match.end() :], "kept"
    return clause, ""
