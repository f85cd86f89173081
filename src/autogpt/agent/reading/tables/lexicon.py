"""The words of one goal that have a meaning in its table: files, columns, values, nouns for its rows."""

import json
import re
from collections.abc import Collection, Iterable, Sequence
from pathlib import PurePosixPath
from typing import Any

from autogpt.agent.reading.mentions import mentions
from autogpt.agent.reading.tables.amounts import spoken
from autogpt.agent.reading.tables.ground import Column, Source
from autogpt.agent.reading.tables.nouns import EN_ROWS, GENERIC, PERSONS, ZH_PERSONS, stem

FILE, QUOTE, SHAPE = 0xE000, 0xE100, 0xE200
BASES = {
    "n": 0xE300,
    "t": 0xE400,
    "y": 0xE500,
    "c": 0xE600,
    "v": 0xE700,
    "r": 0xE800,
    "cv": 0xE900,
    "cr": 0xEA00,
    "vr": 0xEB00,
    "cvr": 0xEC00,
}
C, V, R = (
    "[" + "".join(f"{chr(base)}-{chr(base + 255)}" for roles, base in BASES.items() if role in roles) + "]"
    for role in "cvr"
)
"""Patterns for the signs of columns, of values, of nouns for rows."""
COMMON: set[str] = set()
"""Words that the phrases are made of: they may mean themselves although a column has the same name."""
_MOST_LOOSE = 5
_QUOTES = re.compile(
    r"“([^“”\n]{1,120})”|\"([^\"\n]{1,120})\"|「([^「」\n]{1,120})」|『([^『』\n]{1,120})』|‘([^‘’\n]{1,120})’|`([^`\n]{1,120})`|"
    r"(?<!\w)'([^'\n]{1,120})'(?!\w)|《([^《》\n]{1,60})》"
)
_SHAPES = re.compile(r"\{[^{}\n]{1,160}\}|\[\s*(?:\{[^{}\n]{1,160}\}|\"[^\[\]\n]{1,100})[^\[\]\n]{0,100}\]")
_NAMES = re.compile(
    r"^(?:(?:full[ _]?)?name|title|名称|名字|姓名|书名|名|品名|菜名|商品名称?|片名|mingcheng|xingming)$", re.I
)
_KINDS = re.compile(
    r"^(?:type|kind|category|role|species|position|genre|sort|class of .*|gender|sex)$|类别|类型|种类|角色|职务|性别",
    re.I,
)
_KNOWN_KINDS = frozenset(
    "product article order sale expense customer invoice payment transaction event task ticket dish book movie film song account member".split()
)
_MOST_VALUES = 400


class Lexicon:
    """What the words of a goal mean in a table. `text` is the goal with one sign for each word that has a meaning."""

    def __init__(self, goal: str, source: Source, there: Collection[str]) -> None:
        self.source = source
        self.files: list[str] = []
        self.quotes: list[str] = []
        self.shapes: list[str] = []
        self.signs: dict[str, str] = {}
        self.there = there
        text = self._marked(goal, there)
        self._columns = self._column_words(goal)
        self._values = self._value_words()
        self._rows = self._row_words()
        self.c_words = re.compile(self._words(self._columns), re.I)
        self.v_words = re.compile("[\ue100-\ue1ff]" if source.open else self._words(self._values), re.I)
        self.text = self._counted(text)

    def _marked(self, goal: str, there: Collection[str]) -> str:
        text, at = "", 0
        for path, start, end in mentions(goal, there):
            start = max(start, at)
            begin = re.match(r"[`\"'“”‘’「『《]?", goal[start:end])
            text += goal[at : start + (len(begin[0]) if begin else 0)]
            at = end
            self.files.append(path)
            text += chr(FILE + len(self.files) - 1)
        text += goal[at:]
        text = re.sub(r"[`\"'“‘「『《]([\ue000-\ue0ff])[`\"'”’」』》]", r"\1", text)
        text = _SHAPES.sub(lambda m: self._put(self.shapes, m[0], SHAPE), text)
        return _QUOTES.sub(lambda m: self._put(self.quotes, next(g for g in m.groups() if g is not None), QUOTE), text)

    def _counted(self, text: str) -> str:
        """The text with signs for words, numbers and dates."""
        spans: list[tuple[int, int, str]] = []
        for found in re.finditer(
            rf"(?:{self.c_words.pattern})|(?:{self.v_words.pattern})|[A-Za-z][A-Za-z-]*[A-Za-z]", text, re.I
        ):
            longest = max((found[0], *self._longer(text, found.start())), key=len)
            roles = self._roles(longest)
            if roles:
                spans.append((found.start(), found.start() + len(longest), roles))
        for start, end, kind in spoken(text):
            covered = [(first, last) for first, last, _ in spans if first < end and start < last]
            if all(not re.search(r"\d", text[first:last]) for first, last in covered):
                spans = [span for span in spans if (span[0], span[1]) not in covered]
                spans.append((start, end, kind))
        made, at = "", 0
        for start, end, kind in sorted(spans):
            if start < at:
                continue
            sign = chr(BASES[kind] + len(self.signs))
            self.signs[sign] = text[start:end]
            made, at = made + text[at:start] + sign, end
        return made + text[at:]

    def _longer(self, text: str, at: int) -> list[str]:
        """What stands at this place as a column and as a value."""
        return [found[0] for words in (self.c_words, self.v_words) if (found := words.match(text, at))]

    def _roles(self, word: str) -> str:
        folded = _folded(self.plain(word))
        column = folded in self._columns
        value = folded in self._values or (self.source.open and word != folded and "\ue100" <= word <= "\ue1ff")
        row = folded in self._rows and not value
        return ("c" if column else "") + ("v" if value else "") + ("r" if row else "")

    def _words(self, words: Iterable[str]) -> str:
        known = set(words)
        quoted = [chr(QUOTE + at) for at, text in enumerate(self.quotes) if _folded(text) in known]
        return _either([*map(_pattern, known), *quoted])

    def restored(self, text: str) -> str:
        """The text with its words, numbers and dates."""
        return re.sub("[\ue300-\uf0ff]", lambda m: self.signs[m[0]], text)

    def ways(self, text: str) -> list[str]:
        """The text, and the same with words left as they are that may be no column or value here."""
        loose = [
            sign for sign in re.findall("[\ue600-\uf0ff]", text) if set(_folded(self.signs[sign]).split()) <= COMMON
        ]
        if len(loose) > _MOST_LOOSE:
            return []
        found = [text]
        for sign in loose:
            found += [one.replace(sign, self.signs[sign]) for one in found]
        return found

    @staticmethod
    def _put(kept: list[str], text: str, base: int) -> str:
        kept.append(text)
        return chr(base + len(kept) - 1)

    def file(self, sign: str) -> str:
        """The path that a sign stands for."""
        return self.files[ord(sign) - FILE]

    def quote(self, sign: str) -> str:
        """The text between quotation marks that a sign stands for."""
        return self.quotes[ord(sign) - QUOTE]

    def shape(self, sign: str) -> str:
        """The form of JSON that a sign stands for."""
        return self.shapes[ord(sign) - SHAPE]

    def plain(self, text: str) -> str:
        """The text with its quotations."""
        text = re.sub("[\ue100-\ue1ff]", lambda m: self.quote(m[0]), text)
        return text.strip()

    def _column_words(self, goal: str) -> dict[str, str]:
        """The words for the columns: their names, plural and singular, what the goal puts in brackets behind a word."""
        found: dict[str, set[str]] = {}
        for column in self.source.columns:
            for word in _spellings(column.name):
                found.setdefault(word, set()).add(column.name)
        for word, name in re.findall(r"([\u4e00-\u9fff]{1,6})\s*[（(]\s*([A-Za-z_]\w*)\s*[)）]", goal):
            if name in self.source.names:
                for size in range(2, len(word) + 1):
                    found.setdefault(word[-size:], set()).add(name)
        if self.source.load["kind"] == "lines":
            told = re.findall(
                r"one ([a-z-]+(?: [a-z]+)?) (?:per|on each|in each) line|每行(?:是|为|写)?一?(?:个|位|名|种|首|条)?([\u4e00-\u9fff]{2,3})",
                goal,
                re.I,
            )
            for word in (
                "name",
                "line",
                "entry",
                "word",
                "姓名",
                "名字",
                *(one for pair in told for one in pair if one),
            ):
                for form in (_folded(word), *_plural(_folded(word))):
                    found.setdefault(form, set()).add("line")
        names = [column.name for column in self.source.columns if _NAMES.match(column.name)]
        if len(names) == 1 and "name" not in found:
            for word in ("name", "names", "姓名", "名字", "名称"):
                found.setdefault(word, {names[0]})
        words: dict[str, str] = {}
        for word, meant in found.items():
            exact = [name for name in meant if _folded(name) == word]
            if len(meant) == 1 or len(exact) == 1:
                words[word] = exact[0] if len(exact) == 1 else next(iter(meant))
        parts: dict[str, set[str]] = {}
        for column in self.source.columns:
            for word in _parts_of(column.name):
                parts.setdefault(word, set()).add(column.name)
        for word, meant in parts.items():
            if len(meant) == 1 and word not in words:
                words[word] = next(iter(meant))
        return words

    def _value_words(self) -> dict[str, list[tuple[str, str]]]:
        """The words for the values of columns of texts, each with its column and its spelling there."""
        found: dict[str, list[tuple[str, str]]] = {}
        for column in self.source.columns:
            if column.kind != "text" or column.truth or len(column.values) > _MOST_VALUES:
                continue
            for value in column.values:
                if 0 < len(value) <= 60 and not re.fullmatch(r"[\d.,:/-]+", value):
                    for word in {_folded(value), *_plural(_folded(value))}:
                        found.setdefault(word, []).append((column.name, value))
        return found

    def _row_words(self) -> set[str]:
        """The nouns that mean a row: usual ones, and what the file or the table is called."""
        path = PurePosixPath(self.source.path).stem
        own = {path.casefold(), *_plural(path.casefold())} if len(path) > 2 and not path[-1].isdigit() else set[str]()
        table = str(self.source.load.get("table", "")).casefold()
        own |= {table, *_plural(table)} if table else set()
        said = {stem(word) for word in self._values}
        self.own = {_folded(word) for word in (*own, *GENERIC)}
        # Where a column tells kinds of rows apart, a noun may be one of the kinds.
        kinds = any(_KINDS.search(name) for name in self.source.names)
        usual = [word for word in EN_ROWS if not kinds or stem(word) in _KNOWN_KINDS or word in self._columns]
        return {_folded(word) for word in (*usual, *self.own) if stem(word) not in said}

    def countable(self, noun: str) -> bool:
        """Whether so many rows are so many of these: not where one customer has several rows."""
        word = _folded(self.plain(noun)) or "row"
        if word in self.own:
            return True
        if word in self._columns:
            return self._unique(self.column(word))
        if stem(word) in PERSONS or word in ZH_PERSONS:
            return any(column.kind == "text" and self._unique(column) for column in self.source.columns)
        return True

    def _unique(self, column: Column) -> bool:
        rows = len(self.source.rows)
        return rows > 0 and len(column.values) == rows and not column.gaps

    def column(self, text: str) -> Column:
        """The column that a word matched by C means."""
        return self.source.column(self._columns[_folded(self.plain(text))])

    def is_column(self, text: str) -> bool:
        """Whether the word means a column."""
        return _folded(self.plain(text)) in self._columns

    def columns(self, text: str) -> list[str]:
        """The columns of a list of words matched by C."""
        return [self.column(found[0]).name for found in self.c_words.finditer(text)]

    def value(self, text: str, column: str = "") -> list[tuple[str, str]]:
        """Column and spelling of each value that a word means, of one column where it is told."""
        if self.source.open:
            return [(column, self.plain(text))] if column else []
        found = self._values.get(_folded(self.plain(text)), [])
        return [one for one in found if not column or one[0] == column]

    def is_output(self, path: str) -> bool:
        return path not in self.there


def example(shape: str) -> Any:
    """The value that a form of JSON shows, without its dots; None where it is none."""
    text = re.sub(r",?\s*(?:\.{3}|…+)\s*", "", shape)
    text = re.sub(r"[“”]", '"', text).replace("：", ":").replace("，", ",")
    text = re.sub(r":\s*([^\W\d_][^,\"}\]]*)(?=[,}\]])", r': "\1"', text)
    try:
        return json.loads(text)
    except ValueError:
        return None


_SHORT = {"temp": "temperature", "qty": "quantity", "dept": "department", "amt": "amount", "pop": "population", "cat": "category", "descr": "description", "max": "maximum", "min": "minimum", "avg": "average"}  # fmt: skip


def _folded(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", text.strip().casefold())


def _spellings(name: str) -> set[str]:
    folded = _folded(name)
    bare = re.sub(r"\s*[(（\[].*[)）\]]$", "", folded)
    words = {folded, bare, *_plural(folded), *_plural(bare)}
    long = " ".join(_SHORT.get(word, word) for word in bare.split())
    words |= {long, *_plural(long)} | ({bare.removeprefix("是否")} if bare.startswith("是否") else set())
    return {word for word in words if word}


def _parts_of(name: str) -> list[str]:
    """The last or the first word of a longer name: 'price' for 'unit price', '金额' for '订单金额'."""
    folded = _folded(name)
    words = folded.split()
    if len(words) > 1:
        return [one for word in (words[-1], words[0]) if len(word) > 2 for one in (word, *_plural(word))]
    if re.fullmatch(r"[\u4e00-\u9fff]{4}", folded):
        return [folded[-2:]]
    return []


def _plural(word: str) -> set[str]:
    """The other number of an English noun."""
    if not re.fullmatch(r"[a-z][a-z ]*[a-z]", word):
        return set()
    if word.endswith("ies"):
        return {word[:-3] + "y"}
    if word.endswith(("ses", "xes", "ches", "shes")):
        return {word[:-2], word[:-1]}
    if word.endswith("s") and not word.endswith("ss"):
        return {word[:-1]}
    if word.endswith("y") and word[-2] not in "aeiou":
        return {word[:-1] + "ies", word + "s"}
    return {word + ("es" if word.endswith(("ss", "x", "ch", "sh")) else "s")}


def _pattern(word: str) -> str:
    """A pattern for a word, wherever its parts are joined; short ones as they are spelled."""
    body = r"[\s_-]+".join(map(re.escape, word.split(" ")))
    start = r"(?<![A-Za-z0-9_])" if re.match(r"[A-Za-z0-9_]", word) else ""
    end = r"(?![A-Za-z0-9_])" if re.search(r"[A-Za-z0-9_]$", word) else ""
    return f"{start}{body}{end}"


def _either(patterns: Iterable[str]) -> str:
    """One of these, the longest first; nothing where there are none."""
    known: Sequence[str] = sorted(set(patterns), key=len, reverse=True)
    return "(?:" + "|".join(known) + ")" if known else r"(?!)"
