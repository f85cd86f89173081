"""What of the workspace and the work goes into the prompt, within the model's context window."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import PurePosixPath

from autogpt.agent.prompts import Prompts
from autogpt.core.contracts import FileHead, Survey


def tokens(text: str) -> int:
    """An upper estimate of how many tokens a text takes: one per Han character, one per 2.8 other characters."""
    wide = sum(char > "\u2e7f" for char in text)
    return wide + int((len(text) - wide) / 2.8) + 1


def show(survey: Survey, named: Sequence[str], budget: int, say: Prompts, about: str = "") -> str:
    """The listing of the workspace and the heads of its files, named files first, in at most `budget` tokens.

    Small files stand whole; larger ones are cut to a share that lets every named file be seen: to their head, or to
    the passages closest to `about` if that is given.
    """
    if not survey.files:
        return say.workspace.format(files=say.empty)
    listing = _listing(survey, budget // 2, say)
    left = budget - tokens(listing) - 1
    bodies: dict[str, str] = {}
    queue = sorted((f for f in survey.files if f.head.strip()), key=lambda f: (_rank(f, named), f.size, f.path))
    for at, file in enumerate(queue):
        share = left if at == len(queue) - 1 else max(left // 2, left // (len(queue) - at))
        body = _body(file, min(share, 1_500 if _rank(file, named) and not about else 6_000), say, about)
        if not body or tokens(body) + 1 > left:
            continue
        left -= tokens(body) + 1
        bodies[file.path] = body
    shown = [bodies[file.path] for file in survey.files if file.path in bodies]
    return "\n\n".join([listing, *shown])


def _listing(survey: Survey, budget: int, say: Prompts) -> str:
    """The names of the files, as many as fit; what is left out is counted."""
    most = min(60, len(survey.files))
    while True:
        lines = [_line(file) for file in survey.files[:most]]
        if hidden := survey.omitted + len(survey.files) - most:
            lines.append(say.more.format(count=hidden))
        listing = say.workspace.format(files="\n".join(lines))
        if most <= 1 or tokens(listing) <= budget:
            return listing
        most = most * 3 // 4


def _rank(file: FileHead, named: Sequence[str]) -> int:
    name = PurePosixPath(file.path).name
    if file.path in named:
        return 0
    return 1 if re.match(r"(?:readme|task|instructions?|todo|notes?|spec)\b", name, re.I) else 2


def _line(file: FileHead) -> str:
    lines = f", {file.lines} lines" if file.lines is not None else ""
    return f"- {file.path} ({file.size} bytes{lines})"


def _body(file: FileHead, budget: int, say: Prompts, about: str) -> str:
    text = file.head
    whole = len(text.encode("utf-8", "replace")) >= file.size
    if tokens(text) > budget:
        whole = False
        if budget < 60:
            return ""
        if about:
            text = excerpts(text, about, budget)
        while tokens(text) > budget:
            text = text[: int(len(text) * 0.9 * budget / tokens(text))]
        text = text[: text.rfind("\n") + 1] or text
    if not whole:
        text = text.rstrip("\n") + "\n" + say.cut.format(size=file.size, lines=file.lines or "?")
    return f"## {file.path}\n{fence(text)}"


def fence(text: str, info: str = "") -> str:
    """The text as a markdown block whose fence is longer than any fence inside it."""
    longest = max((len(run) for run in re.findall(r"^`{3,}", text, re.M)), default=2)
    bars = "`" * max(3, longest + 1)
    return f"{bars}{info}\n{text.rstrip()}\n{bars}"


def cap(text: str, most: int) -> str:
    """Head and tail of a text, in at most `most` characters; what was left out is counted."""
    if len(text) <= most:
        return text
    head, tail = int(most * 0.4), int(most * 0.5)
    return f"{text[:head]}\n[... {len(text) - head - tail} characters left out ...]\n{text[-tail:]}"


def excerpts(text: str, about: str, budget: int) -> str:
    """The passages of a long text that share most with `about`, in their order, in about `budget` tokens.

    Passages are weighed by the rarity of the words they share (inverse document frequency); Chinese is compared by
    pairs of characters.
    """
    passages = [
        part
        for part in re.split(r"\n\s*\n|\n(?=\S)|(?<=[.!?])\s+(?=\S)|(?<=[。！？])\s*(?=\S)", text)
        if part and part.strip()
    ]
    sets = [_terms(passage) for passage in passages]
    seen = Counter(term for terms in sets for term in terms)
    wanted = _terms(about)
    weight = {term: math.log(len(passages) / seen[term]) + 0.1 for term in wanted if seen[term]}
    scores = [sum(weight[term] for term in terms & weight.keys()) for terms in sets]
    # What stands beside a hit explains it.
    spread = [
        score + 0.3 * max(scores[max(0, at - 1) : at] + scores[at + 1 : at + 2], default=0.0)
        for at, score in enumerate(scores)
    ]
    kept: set[int] = set()
    left = budget
    for at in sorted(range(len(passages)), key=lambda at: (-spread[at], at)):
        cost = tokens(passages[at]) + 3
        same = any(passages[at].strip() == passages[one].strip() for one in kept)
        if cost <= left and not same:
            kept.add(at)
            left -= cost
        if left < 20:
            break
    lines: list[str] = []
    for at in sorted(kept):
        if lines and at - 1 not in kept:
            lines.append("[...]")
        lines.append(passages[at].strip())
    return "\n".join(lines)


def _terms(text: str) -> set[str]:
    words = {word.lower()[:7] for word in re.findall(r"[A-Za-z0-9]{3,}", text)}
    pairs = {a + b for a, b in pairwise(text) if "\u4e00" <= a <= "\u9fff" and "\u4e00" <= b <= "\u9fff"}
    return words | pairs
