"""From what the phrases of a goal say to the steps of one work; None where they do not fit together."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from autogpt.agent.programs.inside import tablework, tablewrite
from autogpt.agent.programs.inside.values import Unclear
from autogpt.agent.reading.tables.conditions import plain
from autogpt.agent.reading.tables.lexicon import Lexicon
from autogpt.agent.reading.tables.ordering import steps_of_order
from autogpt.agent.reading.tables.results import out_of
from autogpt.agent.reading.tables.tiling import Bit

VALUE = "\0value"
"""A column that is computed for a sum only."""


class Work(NamedTuple):
    """A source, what is done with its rows, the files that come of it, and their texts."""

    load: dict[str, Any]
    steps: tuple[Any, ...]
    outs: tuple[dict[str, Any], ...]
    texts: dict[str, str]
    tests: Any = ()
    """Which rows count as changed."""


class Told(NamedTuple):
    """The bits of a goal by their kind."""

    bits: tuple[Bit, ...]

    def all(self, kind: str) -> list[Bit]:
        """Each bit of a kind once, in order."""
        return list(dict.fromkeys(bit for bit in self.bits if bit[0] == kind))

    def has(self, kind: str) -> bool:
        return any(bit[0] == kind for bit in self.bits)

    def named(self, kind: str) -> list[str]:
        """What stands in the bits of a kind, all of it."""
        return list(dict.fromkeys(word for bit in self.bits if bit[0] == kind for word in bit[1:]))


class Frame(NamedTuple):
    """What is known when the result is given its form: the columns there are, and what they hold."""

    lexicon: Lexicon
    told: Told
    groups: tuple[str, ...]
    figures: tuple[tuple[str, str, str], ...]
    """New column, what it is, of which column."""
    news: tuple[str, ...]
    """Columns that are computed for each row."""

    def kind(self, name: str) -> str:
        """'number', 'text', or the form of dates."""
        if name in self.news or any(name == figure[0] for figure in self.figures):
            return "number"
        return self.lexicon.source.column(name).kind

    @property
    def columns(self) -> list[str]:
        """The columns of a result of which nothing more is said."""
        if self.figures:
            return [*self.groups, *(figure[0] for figure in self.figures), *self.news]
        return [*self.lexicon.source.names, *(name for name in self.news if name not in self.lexicon.source.names)]


def assembled(bits: Sequence[Bit], lexicon: Lexicon) -> Work | None:
    """The work that the bits speak of, tried on the rows; None where it cannot be done without doubt."""
    told = Told(tuple(bits))
    files = told.named("file")
    outputs = [path for path in files if lexicon.is_output(path)]
    if set(files) - set(outputs) - {lexicon.source.path}:
        return None
    if told.has("remove") or told.has("change"):
        return changed(told, lexicon, outputs)
    notes = counts(told, outputs)
    if notes is None or len(outputs) - len(notes) != 1:
        return None
    outputs = [path for path in outputs if path not in {note["path"] for note in notes}]
    if (
        told.has("never")
        or (told.has("context") and not told.has("clean"))
        or not _spoken_of(told)
        or _torn(told)
        or (told.has("others") and not told.has("out"))
    ):
        return None
    steps = _picked(told)
    computed = _computed(told, steps)
    if computed is None:
        return None
    news, spare = computed
    frame = _grouped(lexicon, told, news, spare, steps)
    if frame is None:
        return None
    order = steps_of_order(frame)
    if order is None:
        return None
    steps += order
    if told.has("rank"):
        ranks = told.named("rank")
        steps.append(["rank", ranks[0]])
        if len(ranks) != 1 or frame.figures or ranks[0] in frame.columns:
            return None
    out = out_of(frame, outputs[0])
    if out is None or (notes and (frame.figures or told.has("unique") or told.has("top") or told.has("first"))):
        return None
    return _tried(lexicon, steps, [out, *notes])


def _torn(told: Told) -> bool:
    """Whether two conditions want different values of one column: then they are for two things."""
    wanted = [bit[1][0] for bit in told.all("cond") if len(bit) == 2 and bit[1][1] == "eq"]
    return len(set(wanted)) < len(wanted)


_SPOKEN = {"sum": ("sum",), "total": ("sum", "count"), "count": ("count", "distinct"), "average": ("average",)}


def _spoken_of(told: Told) -> bool:
    """Whether there is what 'the sums' and 'the counts' point at."""
    there: set[str] = {str(bit[1]) for bit in told.all("agg")}
    if told.has("total") or told.has("compute"):
        there.add("sum")
    return all(there & set(_SPOKEN.get(word, tuple(there))) for word in told.named("spoken"))


def counts(told: Told, outputs: Sequence[str]) -> list[dict[str, Any]] | None:
    """The second file, in which the number of rows stands that were left out, kept or changed."""
    kinds = told.named("counted")
    if not kinds:
        return []
    texts = [path for path in outputs if path.endswith(".txt")]
    if len(kinds) != 1 or len(texts) != 1:
        return None
    return [{"path": texts[0], "form": "count", "of": kinds[0]}]


def changed(told: Told, lexicon: Lexicon, outputs: Sequence[str]) -> Work | None:
    """A table changed in its place: rows removed, or cells of some rows set anew."""
    known = {"remove", "change", "cond", "out", "file", "counted", "bare", "rows", "rest", "whole", "as is", "spoken"}
    changes, source = told.all("change"), lexicon.source
    notes = counts(told, outputs)
    conds = told.all("cond")
    if notes is None or len(outputs) != len(notes) or len(changes) > 1 or {bit[0] for bit in told.bits} - known:
        return None
    if told.has("out") or (changes and told.has("remove")) or not conds or source.load["kind"] not in ("csv", "sqlite"):
        return None
    tests = [[plain(test) for test in bit[1:]] for bit in conds]
    of = {note["of"] for note in notes}
    if of - {"changed" if changes else "left"} and of - {"kept"}:
        return None
    _, column, how, value = changes[0] if changes else ("", "", "", "")
    steps: list[Any] = [["clean", column, how, [value], tests] if changes else ["without", tests]]
    names = source.names
    if source.load["kind"] == "sqlite":
        change = {"path": source.path, "form": "base", "column": column, "how": how, "value": value, "tests": tests}
        return Work(source.load, (), (change, *notes), {})
    out = {
        "path": source.path,
        "form": "csv",
        "columns": names,
        "bom": source.bom,
        "end": source.end,
        "separator": source.load["separator"],
        "bare": True,
    }
    work = _tried(lexicon, steps, [out, *notes], tests if changes else [])
    return work if work and tablework.where(list(source.rows), tests) else None


def _tried(lexicon: Lexicon, steps: list[Any], outs: list[dict[str, Any]], tests: Any = ()) -> Work | None:
    if lexicon.source.open:
        return Work(lexicon.source.load, tuple(steps), tuple(outs), {})
    try:
        texts = tablewrite.made(list(lexicon.source.rows), steps, outs, tests)
    except (Unclear, KeyError):
        return None
    if any(step[0] == "group" for step in steps) and not tablework.worked(list(lexicon.source.rows), _before(steps)):
        return None  # nothing to count or to add up: the words may mean something else
    if any(_repeats(out, texts[out["path"]]) for out in outs) and lexicon.source.load["kind"] != "lines":
        return None
    return Work(lexicon.source.load, tuple(steps), tuple(outs), texts, tests)


def _repeats(out: dict[str, Any], text: str) -> bool:
    """Whether a list of single values holds one twice: each once may be meant."""
    listed = out["form"] == "json list" or (out["form"] == "lines" and len(out["columns"]) == 1)
    lines = [line.strip(" ,") for line in text.splitlines()]
    return listed and len(set(lines)) < len(lines)


def _before(steps: list[Any]) -> list[Any]:
    """The steps before rows are grouped."""
    return steps[: next(at for at, step in enumerate(steps) if step[0] == "group")]


def _picked(told: Told) -> list[Any]:
    """The steps that leave rows out, put cells right, and leave copies out."""
    steps: list[Any] = []
    if conds := told.all("cond"):
        steps.append(["where", [[plain(test) for test in bit[1:]] for bit in conds]])
    for bit in told.all("out"):
        steps.append(["without", [[plain(test) for test in bit[1:]]]])
    around = told.named("context")
    for bit in told.all("clean"):
        # 'In the column plate remove the spaces': said once for all that follows.
        steps.append(["clean", bit[1] or (around[0] if len(around) == 1 else "\0"), bit[2], list(bit[3:]), []])
    return steps


def decimals_of(told: Told) -> int | None:
    """How many decimals are told; -1 where it is more than one thing."""
    found = {bit[1] for bit in told.all("decimals")}
    return None if not found else found.pop() if len(found) == 1 else -1


def _computed(told: Told, steps: list[Any]) -> tuple[tuple[str, ...], bool] | None:
    """Columns computed for each row; and whether one is for a sum only."""
    news = told.named("new")
    computes = told.all("compute")
    decimals = decimals_of(told)
    if decimals == -1 or len(computes) > 1 or len(news) > 1 or (news and not computes and not told.has("share")):
        return None
    if not computes:
        return (), False
    _, op, *columns = computes[0]
    name = news[0] if news else VALUE
    exact = None if name == VALUE else decimals
    steps.append(["compute", name, op, columns, None, exact])
    return ((name,) if news else ()), not news


def _grouped(lexicon: Lexicon, told: Told, news: tuple[str, ...], spare: bool, steps: list[Any]) -> Frame | None:
    """The steps that leave copies out, group and sum, and what there is then."""
    groups = [name for name in told.named("group")]
    figures = [(fn, column) for _, fn, column in told.all("agg")]
    if not figures and not spare:
        figures = _implied(lexicon, told, groups)
    for per in told.named("per"):
        if figures and not groups:
            groups.append(per)
        elif per not in groups and not _each_once(lexicon, per):
            return None
    decimals = decimals_of(told)
    if spare:
        if figures or not told.has("total"):
            return None
        figures = [("sum", VALUE)]
    elif told.has("total"):
        return None
    uniques = told.all("unique")
    if uniques:
        columns = [name for bit in uniques for name in bit[1:]]
        cols = told.named("cols")
        if figures or groups or len(columns) > 1:
            return None
        steps.append(["unique", columns or (cols if len(cols) == 1 else lexicon.source.names)])
    elif told.has("firsts"):
        return None
    if not figures:
        if any(not _each_once(lexicon, name) for name in groups) or (
            decimals is not None and not (news or told.has("share"))
        ):
            return None
        groups = []
    for fn, column in figures:
        if column and column != VALUE and fn != "distinct" and _gappy(lexicon, column, told):
            return None
    shares = told.all("share")
    named = [(f"\0{at}", fn, column) for at, (fn, column) in enumerate(figures)]
    if named:
        own = None if shares else decimals
        steps.append(
            [
                "group",
                groups,
                [[new, fn, column, None if fn in ("count", "distinct") else own] for new, fn, column in named],
            ]
        )
        if news and figures:
            return None
    if decimals is not None and not shares and named and all(fn in ("count", "distinct") for fn, _ in figures):
        return None
    for _, column, new in shares:
        of = column or (named[0][0] if len(named) == 1 else "")
        if len(shares) > 1 or not of or decimals is None:
            return None
        steps.append(["share", new, of, decimals])
        news = (*news, new)
    return Frame(lexicon, told, tuple(groups), tuple(named), news)


_SUMS = ("total", "sum", "合计", "总计", "总额", "总金额", "total amount", "总和")
_COUNTS = ("count", "number", "次数", "人数", "个数", "how many")


def _implied(lexicon: Lexicon, told: Told, groups: list[str]) -> list[tuple[str, str]]:
    """What 'columns customer and total, one row for each customer' asks for without a word of adding up."""
    names = [name for name in told.named("names") if not lexicon.is_column(name)]
    per = [*groups, *(name for name in told.named("per"))]
    if len(names) != 1 or len(per) != 1 or told.has("new") or told.has("share") or _each_once(lexicon, per[0]):
        return []
    groups[:] = per
    if names[0].casefold() in _COUNTS:
        return [("count", "")]
    numbers = [column.name for column in lexicon.source.columns if column.kind == "number" and not column.is_code]
    numbers = [name for name in numbers if name != per[0]]
    return [("sum", numbers[0])] if names[0].casefold() in _SUMS and len(numbers) == 1 else []


def _each_once(lexicon: Lexicon, name: str) -> bool:
    """Whether each row has a value of its own in the column."""
    column = lexicon.source.column(name)
    return len(column.values) == len(lexicon.source.rows) and not column.gaps and not lexicon.source.open


def _gappy(lexicon: Lexicon, name: str, told: Told) -> bool:
    column = lexicon.source.column(name)
    spoken = any(test[:2] == (name, "filled") for bit in told.all("cond") for test in bit[1:])
    return column.gaps and not spoken
