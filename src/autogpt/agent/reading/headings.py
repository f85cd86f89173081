"""The title and the headings that a goal wants a web page to have: 'title and main heading "Open Day"'."""

import re
from collections.abc import Iterator, Sequence

from autogpt.agent.legible import legible
from autogpt.agent.reading.lists import belongs
from autogpt.core.check import Check, PythonHolds

_HEADED = re.compile(
    r"(?P<kind>\b(?:page )?titles?\b|\b(?:main )?headings?\b|\bheadlines?\b|\bh[1-3]\b|\btitled\b|\bheaded\b)[^\"“「`.;\n]{0,40}?[\"“](?P<text>[^\"”“{}<>\n]{2,80})[\"”]|"
    r"(?P<zh>网页标题|页面标题|主标题|大标题|标题)[^“”「」。；\n]{0,12}?[“「](?P<said>[^“”「」{}<>\n]{1,60})[”」]",
    re.I,
)
_OF_OTHERS = re.compile(r"\b(?:each|every|per|under|for|not|no|without|instead of|from|if)\b|每|各|不|别|如果", re.I)
"""Words between a heading and what is quoted that make it another's, or none that is wanted."""
_MOST = 4


def headings(goal: str, outputs: Sequence[str]) -> Iterator[Check]:
    """A check for each heading quoted for the one page that the goal delivers."""
    goal = legible(goal)
    pages = [path for path in outputs if path.lower().endswith((".html", ".htm"))]
    if len(pages) != 1:
        return
    seen: dict[str, None] = {}
    for match in _HEADED.finditer(goal):
        text = (match["text"] or match["said"]).strip()
        between = goal[max(0, match.start() - 12) : match.start()].split(".")[-1] + match[0][: match[0].rfind(text)]
        own = belongs(goal, match, pages[0]) or len(outputs) == 1
        if own and not _OF_OTHERS.search(between) and not re.search(r"\.\w{2,4}$|/", text):
            seen[text] = None
    for text in list(seen)[:_MOST]:
        yield PythonHolds(
            code=_HEADING.format(path=pages[0], text=text),
            label=f"{pages[0]} has the heading {text!r}",
            source="goal",
        )


_HEADING = """\\
from html.parser import HTMLParser

class Heads(HTMLParser):
    def __init__(self):
        super().__init__()
        self.inside, self.found = 0, []

    def handle_starttag(self, tag, attrs):
        if tag in ('title', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6'):
            self.inside += 1
            self.found.append('')

    def handle_endtag(self, tag):
        self.inside -= tag in ('title', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6') and self.inside > 0

    def handle_data(self, data):
        if self.inside:
            self.found[-1] += data

heads = Heads()
heads.feed(open({path!r}, encoding='utf-8').read())
found = [' '.join(text.split()) for text in heads.found]
if not any(' '.join({text!r}.split()).casefold() in text.casefold() for text in found):
    raise AssertionError('{path} has no heading ' + {text!r} + '; its headings are: ' + ', '.join(found[:6]))"""
