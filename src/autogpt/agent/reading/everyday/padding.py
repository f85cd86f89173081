"""Numbers in file names that are to be of one length: 'rename them so the number always has three digits'."""

import re
from pathlib import PurePosixPath

from autogpt.agent.reading.everyday.deeds import Deeds, Ground, Said
from autogpt.agent.reading.everyday.lines import number_of
from autogpt.agent.reading.everyday.picking import picked

_N = r"(?P<n{0}>\d|two|three|four|five|six|[二两三四五六])"
_NUMBERS = r"(?:the|their|its|each|every|all(?:\s+the)?)?\s*numbers?(?:\s+(?:in|of)\s+(?:the|their|its|each)\s+(?:file\s*)?names?)?"
_ZEROS = r"(?:\s*,?\s*\(?(?:(?:padded\s+)?(?:with|by|using)\s+(?:leading\s+)?zero(?:e?s)?(?:\s+in\s+front)?|zero-padded)\)?)?"
_OF = r"(?:the\s+)?(?:file\s*)?names?\s+of\s+(?P<f{0}>.+?)"
_ZDONE = r"(?:补足?|补齐|补零|改|统一|填充?)+(?:成|为|到|至)?"
_RULES = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"rename\s+(?P<f>.+?)\s*,?\s*so\s+(?:that\s+)?{_NUMBERS}\s+(?:always|all|each)?\s*(?:has|have|are|is)\s+(?:always\s+|exactly\s+|all\s+)?{_N.format('')}\s+digits(?:\s+long)?{_ZEROS}",
        rf"rename\s+(?P<f>.+?)\s*,?\s*so\s+(?:that\s+)?(?:they|the\s+names|the\s+file\s*names)\s+(?:always\s+|all\s+)?(?:have|contain|use)\s+{_N.format('')}[- ]digit\s+numbers{_ZEROS}",
        rf"(?:give|use|write)\s+(?:all\s+)?(?:the\s+)?(?:numbers\s+in\s+{_OF.format('')}\s+(?:as|with)\s+{_N.format('')}\s+digits){_ZEROS}",
        rf"(?:zero-)?pad\s+(?:all\s+)?(?:the\s+)?numbers?\s+in\s+{_OF.format('')}(?:\s+with\s+(?:leading\s+)?zeroe?s)?\s+to\s+{_N.format('')}\s+digits{_ZEROS}",
        rf"(?:make|let)\s+(?:all\s+)?(?:the\s+)?numbers?\s+in\s+{_OF.format('')}\s+(?:always\s+|all\s+)?(?:have\s+)?{_N.format('')}\s+digits(?:\s+long)?{_ZEROS}",
        rf"(?:all\s+)?(?:the\s+)?numbers?\s+in\s+{_OF.format('')}\s+(?:should|must|shall)\s+(?:always\s+|all\s+)?have\s+{_N.format('')}\s+digits{_ZEROS}",
        rf"(?:把|将|给)?(?P<f>.+?)(?:的)?(?:文件名|名字|名称)(?:里|中)?(?:面)?的(?:数字|编号|序号)(?:都|统一|全部|一律)*(?:用\s*0\s*)?{_ZDONE}\s*{_N.format('')}\s*位(?:数字?)?(?:\s*[，,（(]?\s*(?:不足的?)?(?:位数)?(?:前面|在前面)?(?:用\s*0\s*补齐?|补\s*[0零]|补足?)[)）]?)?",
        rf"(?:把|将|给)?(?P<f>.+?)(?:都|全部)?(?:重命名|改名|改一下名|改个名)\s*[，,]?\s*(?:让|使|使得|把|将)?(?:文件名|名字)?(?:里|中)?(?:面)?的?(?:数字|编号|序号)(?:总是|始终|都|统一|全部)*(?:是|有|为|变成|补成|改成|补齐成)?\s*{_N.format('')}\s*位(?:数字?)?(?:\s*[，,（(]?\s*(?:不足的?)?(?:前面|在前面)?(?:用\s*0\s*补齐?|补\s*[0零]|补足?)[)）]?)?",
    )
)  # fmt: skip


def padded(clause: str, ground: Ground, said: Said) -> tuple[Deeds, Said] | None:
    """The renames that give the number in each name that many digits; None for any other clause, or where a name has
    several numbers, or one that is longer."""
    match = next((found for rule in _RULES if (found := rule.fullmatch(clause))), None)
    if match is None:
        return None
    width, phrase = number_of(match["n"]), match["f"].strip()
    tries = (phrase, f"{phrase} files", f"{phrase}文件", f"{phrase}的文件")
    pick = next((one for text in tries if (one := picked(text, ground.goal, ground.files))), None)
    files = ground.choose(pick, deep=False) if pick and not pick.rest else None
    pairs: list[tuple[str, str]] = []
    for file in files or ():
        path = PurePosixPath(file.path)
        numbers = re.findall(r"\d+", path.stem)
        if len(numbers) > 1 or any(len(number) > width for number in numbers):
            return None
        new = re.sub(r"\d+", lambda found: found[0].zfill(width), path.stem) + path.suffix
        pairs += [(file.path, str(path.with_name(new)))] if new != path.name else []
    return (Deeds(moves=tuple(pairs)), said._replace(verb="rename")) if pairs else None
