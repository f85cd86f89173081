"""English phrases for what is computed, per what, in which order, and how many."""

from autogpt.agent.reading.tables.amounts import number_of
from autogpt.agent.reading.tables.conditions import kept, like, valued
from autogpt.agent.reading.tables.lexicon import Lexicon
from autogpt.agent.reading.tables.tiling import Bit, Found, Rule

_UP = r"(?:lowest|smallest|cheapest|oldest|earliest|least|fewest|shortest|lightest|slowest|worst|first|least expensive)"
_DOWN = r"(?:highest|largest|biggest|greatest|most expensive|newest|latest|most recent|most|longest|heaviest|fastest|best|most frequent|most common|most popular|top|priciest|hottest|dearest|strongest|winner|best seller|best-selling)"
_FIRST = r"(?: ?(?:one|ones|value|values|number|numbers|R|amount|amounts|sum|sums|total|totals|count|counts))?(?: (?:comes? |goes |is |are |go |being )?(?:first|on top|at the top|at the beginning|to the top))"
_SIZES = r"(?:total|sum|sums|totals|count|counts|number|numbers|average|averages|mean|amount|amounts|frequency|result|value|values|turnover|revenue|result)"
_SORT = r"(?:sort(?:ed|ing)?|order(?:ed)?|arranged?|ranked?|rank|sorted again)(?: it| them| the (?:rows|table|list|result|results|lines|output|file|entries)(?: of)?| (?:all )?<R>(?: of)?| everything| everybody| (?:the |all )?<c9>)?(?: (?:in |of |from )?<f>)?"
_GROUPS = r"(?:for|of|per|by|in|at|from|to|with|on|under)"
_KIND_OF = r"(?!(?:large|big|small|new|old|open|closed|active|late|early|good|bad|paid|unpaid|important|cheap|long|short|high|low|male|female|young|other|second|third|odd|even|recent|current|past|last|previous|next|foreign|domestic|same|main|major|minor|free|top|rich|poor|real|true|valid|empty|full|single|first|live|public|private)\b)(?!\w+(?:ed|ing|al|ive|able|ible|ous|ful|less|est|ish|ary|ent|ant)\b)[a-z]{3,}"
"""What a noun may have before it that says of what kind it is: 'weather station', not 'closed station'."""
_DIFFERENT = r"(?:different|distinct|unique|various)"
_ADD = r"(?:add up|sum up|sum|total(?: up)?|add together|tot up)"
_WORST = {"lowest", "smallest", "cheapest", "earliest", "least", "fewest", "shortest", "lightest"}


def _column(lexicon: Lexicon, found: Found, key: str = "c") -> str:
    return lexicon.column(found[key]).name


def _agg(fn: str, lexicon: Lexicon, found: Found) -> list[Bit] | None:
    column = lexicon.column(found["c"])
    return [("agg", fn, column.name)] if column.kind == "number" else None


def _best(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    """'the highest price': a number, or for dates a day."""
    column = lexicon.column(found["c"])
    if column.kind != "number":
        return None
    return [("agg", "max" if found.get("down") else "min", column.name)]


def _top(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    """'the three products with the highest price'."""
    column = lexicon.column(found["c"])
    count = number_of(found.get("n", "1"))
    if count is None or not (column.kind == "number" or column.is_date) or count == "0":
        return None
    return [("top", int(count), column.name, bool(found.get("down")))]


def _sum_of_rows(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    """'add up the expenses': the amounts, where there is but one column of numbers and it is one of amounts."""
    numbers = [column for column in lexicon.source.columns if column.kind == "number" and not column.is_code]
    amounts = [
        column for column in numbers if column.name.casefold() in ("amount", "price", "cost", "sum", "eur", "usd")
    ]
    return [("agg", "sum", numbers[0].name)] if len(numbers) == len(amounts) == 1 else None


def _leader(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    """'the date with the highest temperature', where each row has a date of its own."""
    name = lexicon.column(found["c2"])
    if len(name.values) != len(lexicon.source.rows) or name.gaps:
        return None
    top = _top(lexicon, found)
    return [("cols", name.name), *top] if top else None


def _implied(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    """'the cheapest product', 'the two oldest members'."""
    word = found["sup"].lower()
    names, down = {
        "most expensive": (("price", "cost", "rent", "fee"), True), "priciest": (("price", "cost"), True), "dearest": (("price", "cost"), True),
        "cheapest": (("price", "cost", "rent", "fee"), False), "least expensive": (("price", "cost"), False),
        "youngest": (("age",), False), "oldest": (("age",), True), "heaviest": (("weight",), True), "lightest": (("weight",), False),
        "longest": (("length", "duration", "minutes", "km", "distance"), True), "shortest": (("length", "duration", "minutes", "km", "distance"), False),
        "tallest": (("height",), True), "highest-paid": (("salary", "wage"), True), "best-selling": (("sold", "sales", "copies"), True),
        "best-rated": (("rating",), True), "highest-rated": (("rating",), True),
        "newest": (("date",), True), "latest": (("date",), True), "most recent": (("date",), True), "earliest": (("date",), False),
        "best": (("score", "points", "mark", "rating"), True),
    }[word]  # fmt: skip
    columns = {lexicon.column(name).name for name in names if lexicon.is_column(name)}
    dates = [column.name for column in lexicon.source.columns if column.is_date]
    if names == ("date",):
        columns = set(dates)
    if word == "oldest" and not columns:
        columns, down = set(dates), False
    count = number_of(found.get("n", "1"))
    if len(columns) != 1 or count is None or (word == "best" and not _high_is_good(lexicon, next(iter(columns)))):
        return None
    return [("top", int(count), next(iter(columns)), down)]


def _high_is_good(_: Lexicon, name: str) -> bool:
    return name.casefold() in ("score", "points", "rating")


def _direction(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    if "c" in found:
        column = lexicon.column(found["c"])
        word = found.get("up", "").lower()
        if column.kind == "text" and (found.get("down") or "").lower() in (
            "most frequent",
            "most common",
            "most popular",
        ):
            return [("way", True, "most frequent")]
        if word == "oldest" and column.name.casefold() in ("year", "date"):
            return [("sort", column.name, False)]
        if word in ("oldest", "first") or column.kind == "text":
            return None
        return [("sort", column.name, bool(found.get("down")))]
    word = (found.get("down") or found.get("up") or "").lower()
    return [("way", bool(found.get("down")), word)]


def _sort(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    return [*_of_file(lexicon, found), *(("sort", name, None) for name in lexicon.columns(found["cs"]))]


def _of_file(lexicon: Lexicon, found: Found) -> list[Bit]:
    if "c9" in found and lexicon.source.load["kind"] != "lines":
        return [("never",)]  # to sort one column of a table alone is to break the rows
    return [("file", lexicon.file(found["f"]))] if "f" in found else []


_SUP = r"(?P<sup>most expensive|priciest|dearest|cheapest|least expensive|youngest|oldest|heaviest|lightest|longest|shortest|tallest|highest-paid|best-selling|best-rated|highest-rated|newest|latest|most recent|earliest|best)"
_D = rf"(?:(?P<down>{_DOWN})|(?P<up>{_UP}))"
_DEC = r"(?:decimals?|decimal places?|decimal digits?|digits after the (?:decimal )?(?:point|comma)|places after the (?:decimal )?(?:point|comma))"

SUMS: tuple[Rule, ...] = (
    (rf"(?:{_ADD})(?: all)?(?: of)?(?: the| their| its)? <c>(?: column)?(?: of all <R>| values)?", lambda x, f: _agg("sum", x, f)),
    (r"(?:the |a |their |its |grand )*(?:sum|total)(?: amount| value)? (?:of|over|for)(?: the| all| all the| their| its)* <c>(?: column| values)?(?! (?:and|plus|times))", lambda x, f: _agg("sum", x, f)),
    (rf"(?:{_ADD}) (?:all )?(?:the |our |my )?<R>", _sum_of_rows),
    (r"how much (?:money )?(?:went|was spent|did (?:we|i|they) spend|we spent|i spent|we spend) (?:on|for) (?:the )?<vs>", lambda x, f: [*a, *b] if (a := _sum_of_rows(x, f)) and (b := kept(valued(x, f["vs"]))) else None),
    (r"how much (?:money )?(?:did (?:we|i|they) (?:spend|earn|pay|take in|give|collect|donate)|(?:was|has been|were) (?:spent|earned|paid|given|donated|collected|raised|received|charged)|went|came in|we (?:spent|earned|paid)|i (?:spent|paid)|it (?:cost|costs))(?: in total| altogether)?(?: (?=on |for |to |in |by |from |per )(?:on (?=<v>)|for (?=<v>)|to (?=<v>))?)?", _sum_of_rows),
    (r"(?:the |their |its )?(?:total|summed|overall|combined) <c>", lambda x, f: _agg("sum", x, f)),
    (r"how much <c>(?: there is| we have| was| were)?(?: in total| altogether| in all)?", lambda x, f: _agg("sum", x, f)),
    (r"(?:the |their |its )?(?:averages?|means?)(?: value)?(?: of| for)?(?: all| the| their| its)* <c>(?: column| values)?", lambda x, f: _agg("average", x, f)),
    (rf"(?:the |its |their )?(?:best )?\(?{_D}\)? <c>", _best),
    (r"(?:the )?<c> (?:as|being) (?:the )?(?:numbers?|values?)", lambda x, f: [("value", _column(x, f))]),
    (r"(?:the |its |their )?(?:(?P<down>maximum|max)|minimum|min)(?: of)?(?: the| their)* <c>", _best),
    (r"(?:(?:how many|the number of|count(?: how many| the number of)?|number of)) (?:the )?<r>(?: there (?:are|is)| are there| we have| it has| exist)?(?: in all| altogether| in total)?", lambda x, f: [("agg", "count", "")] if x.countable(f["r"]) else None),
    (r"(?:(?:how many|the number of|count(?: how many| the number of)?|number of)) (?:the )?(?=<v> )", lambda x, f: [("agg", "count", "")]),
    (r"count (?:the |all |all the |our )?<r>", lambda x, f: [("agg", "count", "")] if x.countable(f["r"]) else None),
    (r"how (?:often|many times) (?:each|every) (?:single )?(?:of the )?<c>(?: name)? (?:occurs|appears|comes up|is there|was (?:ordered|sold|chosen|used|borrowed)|there is|stands there)", lambda x, f: [("agg", "count", ""), ("group", _column(x, f))]),
    (r"(?:the )?(?:counts?|how many (?:there are|of each)|how often(?: that (?:is|was))?|numbers?)(?: (?:of|there are of))?(?= (?:for|per|of|by) (?:each|every)| per )", lambda x, f: [("agg", "count", "")]),
    (rf"(?:how many|the number of|count(?: the)?(?: number of)?|number of) {_DIFFERENT} <c>(?: there are| are there| occur| appear)?", lambda x, f: [("agg", "distinct", _column(x, f))]),
    (rf"(?:list |all |the |every |all the |each )*{_DIFFERENT} <c>(?: names?)?(?: that (?:occur|appear)(?: in it)?)?", lambda x, f: [("unique", _column(x, f)), ("cols", _column(x, f))]),
    (r"(?:each|every) <c>(?: only| just| exactly| is listed| is| appears| listed)* (?:only |just )?once(?: only)?", lambda x, f: [("unique", _column(x, f))]),
    (r"where every <c> of <f> appears only once", lambda x, f: [("file", x.file(f["f"])), ("unique", _column(x, f))]),
    # per what
    (rf"{_GROUPS} (?:each|every)(?: single| different| one of the)?(?: (?:{_KIND_OF}|<R>))? <c>(?: name| separately)?", lambda x, f: [("group", _column(x, f))]),
    (r"(?:of|for) (?:all|the) (?:different |various )<c>", lambda x, f: [("group", _column(x, f))]),
    (r"(?:per|grouped by|broken down by|group by|group (?:it|them|the rows) by|summed by|counted by) (?:the )?<cs>", lambda x, f: [("group", name) for name in x.columns(f["cs"])]),
    (r"by <c>", lambda x, f: [("group", _column(x, f))]),
    (r"(?:each|every) <c>(?:['’]s)?", lambda x, f: [("group", _column(x, f))]),
    (r"(?:with )?(?:one|a|each) <R> (?:per|on each|in each) (?:row|line)|(?:with )?(?:one|a) (?:row|line|entry|object) (?:per|for each|for every) <R>", lambda x, f: []),
    (r"(?:with )?(?:one|a|each) (?:row|line|entry|bullet point|item) (?:for |per )(?:each |every )?<c>", lambda x, f: [("per", _column(x, f))]),
    (r"(?:with )?(?:the )?<c>(?: names?)?(?: being| is)? (?:as )?(?:the )?keys?(?: and)?(?: the)? (?:<c2>|(?P<w>" + _SIZES + r"))(?: is| being)?(?: as)?(?: the)? values?", lambda x, f: [("key", _column(x, f)), *([("value", x.column(f["c2"]).name)] if "c2" in f else [])]),
    (r"(?:with )?(?:the |each )?<c>(?: names?)?(?: as| is| being)(?: the| a)? keys?", lambda x, f: [("key", _column(x, f))]),
    (r"(?:an object )?(?:from|mapping|that maps|which maps)(?: each| every| the)? <c>(?: names?)? to (?:the |its |their |a )?(?:<c2>|(?P<w>" + _SIZES + r"))", lambda x, f: [("key", _column(x, f)), *([("value", x.column(f["c2"]).name)] if "c2" in f else [])]),
    (r"(?:the )?(?:<c> )?keys? (?:are|is) the <c2>(?: names?)?(?: and)?(?: the)? values?(?: are| is)?(?: the)? (?:<c3>|(?P<w>" + _SIZES + r"))", lambda x, f: [("key", x.column(f["c2"]).name)] if "c" not in f else None),
    (rf"(?:(?:the |and )?{_SIZES}|<c>)(?: as| is| being)(?: the| a)? values?", lambda x, f: [("value", _column(x, f))] if "c" in f else []),
    (r"as (?:the )?(?:key|value)s?", lambda x, f: None),
    # in which order
    (rf"{_SORT} (?:by|on|according to|in (?:the )?order of|in order of) (?:the |their |its )?<cs>", _sort),
    (rf"{_SORT} (?:by|on|according to) (?:the |their |its )?(?P<w>{_SIZES})", lambda x, f: [*_of_file(x, f), ("sort", "", None)]),
    (r"(?:and )?then by (?:the |their |its )?<c>", lambda x, f: [("sort", _column(x, f), None)]),
    (r"(?:if (?:two|some|they) are (?:the same|equal)|ties|in case of (?:a tie|ties)|for (?:equal|the same) <c2>|with equal <c2>)(?: are)?(?: sorted| broken)?(?: by)?(?: the)? <c>", lambda x, f: [("sort", _column(x, f), None)]),
    (r"(?:in )?(?:descending|reverse|decreasing|falling)(?: order)?(?: of (?:the )?<c>)?", lambda x, f: [("sort", _column(x, f), True)] if "c" in f else [("way", True, "descending")]),
    (r"(?:in )?(?:ascending|increasing|rising)(?: order)?(?: of (?:the )?<c>)?", lambda x, f: [("sort", _column(x, f), False)] if "c" in f else [("way", False, "ascending")]),
    (rf"(?:with )?(?:the )?{_D}(?:(?:<R>|{_SIZES}| )*)?(?: <c>)?{_FIRST}", _direction),
    (rf"(?:from )?(?:the )?{_D}(?: <c>)? to (?:the )?(?:{_DOWN}|{_UP})(?: one)?", _direction),
    (rf"{_SORT}(?: by <c>)? (?:alphabetically|in alphabetical order|from A to Z|A to Z|A-Z)(?: by (?:the |their )?<c2>)?", lambda x, f: [*_of_file(x, f), ("sort", x.column(f.get("c") or f["c2"]).name, False) if "c" in f or "c2" in f else ("alpha",)]),
    (r"(?:and )?(?:the )?<c> (?:in alphabetical order|alphabetically|from A to Z)", lambda x, f: [("sort", _column(x, f), False)]),
    (r"(?:in )?alphabetical(?:ly)?(?: order| sorted)?(?: (?:of|by)(?: the| their)? <c>)?|from A to Z|A to Z", lambda x, f: [("sort", _column(x, f), False)] if "c" in f else [("alpha",)]),
    (r"(?:in |keep(?:ing)? |and keep |leave |and leave )?(?:the )?(?:same|original|old|given) order(?: and the columns alone)?(?: as)?(?: it is| they are| before)?(?: (?:in|of|as in|as)(?: the| our)?(?: <f>| table| file| input| list| original)?)?", lambda x, f: [("as is",), *([("file", x.file(f["f"]))] if "f" in f else [])]),
    (r"(?:keep(?:ing)? |leave |leaving )?(?:in )?the order (?:of|in|as in)(?: the)? (?:<f>|table|file|list|rows)|(?:leave|keep) the order(?: and the columns)?(?: alone| as it is| as they are| unchanged)?|(?:the )?order (?:stays|remains)(?: the same| as it is)?", lambda x, f: [("as is",), *([("file", x.file(f["f"]))] if "f" in f else [])]),
    # how many
    (r"(?:the )?(?:(?P<down>top)) (?:<n> )?(?:<R> )?(?:by|in terms of|according to)(?: the| their)? <c>", _top),
    (r"(?:the |those )?(?:<n> )?(?:<R>|ones?)? ?(?:with|that have|who have|which have|that has|who has|having|that had|who had) (?:the )?(?:(?P<down>most|highest|largest|biggest|greatest|best|maximum)|fewest|lowest|least|smallest|minimum) (?:<R> )?<c>", _top),
    (r"(?:the |those )?(?:<n> )?<c2>(?: of the <R>)? (?:with|that has|who has|that had|of the <R> with) (?:the )?(?:(?P<down>most|highest|largest|biggest|greatest)|fewest|lowest|least|smallest) <c>", _leader),
    (r"(?:the |those )?(?:<n> )(?:with|that have|which have) (?:the )?(?:(?P<down>most|highest|largest|biggest|greatest)|fewest|lowest|least|smallest) (?:<R> |[a-z]+s )?<c>", _top),
    (rf"(?:the )?(?:<n> )?{_SUP}(?: <n2>)? (?:<R>|ones?)", lambda x, f: _implied(x, {**f, "n": f.get("n") or f.get("n2") or "1"})),
    (r"(?:and )?then (?:come )?(?:the )?(?:others|rest|remaining ones) by (?:their |the )<c>", lambda x, f: [("sort", _column(x, f), None)]),
    (r"(?:the )?winner (?:comes |is |goes )?(?:first|on top|at the top),? (?:and )?then (?:come )?(?:the )?(?:others|rest) by (?:their |the )<c>", lambda x, f: [("sort", _column(x, f), True)] if x.column(f["c"]).kind == "number" else None),
    (r"(?:the )?(?:first|top) <n>(?: of them|(?: of the)? <R>| ones)?", lambda x, f: [("first", int(number_of(f["n"]) or 0))]),
    (r"only the first <n>", lambda x, f: [("first", int(number_of(f["n"]) or 0))]),
    # how exact
    (rf"(?:rounded |round(?: it| them| the \w+)? )?(?:to |with |and )?(?:exactly )?<n> {_DEC}(?: each)?", lambda x, f: [("decimals", int(number_of(f["n"]) or 0))]),
    (r"(?:rounded |round(?: it| them| the \w+)? )?(?:to )?(?:the nearest |to )?(?:a )?(?P<w>whole numbers?|integers?|full number|cents?|the cent)", lambda x, f: [("decimals", 2 if "cent" in f["w"] else 0)]),
    (r"(?:rounded|round (?:it|them))", lambda x, f: []),
    # lines of a text
    (r"(?:(?P<count>how many|count(?: how many| the)?|(?:the )?number of) )?(?:the |all |all the |every |only the )*(?:lines?|entries)(?: of <f>| in <f>| from <f>)?(?: there)? (?:that |which )?(?:contain(?:s|ing)?|mention(?:s|ing)?|include|have|with|has) (?:the )?(?:words? |text |term |string )?(?:<q>|(?P<w>(?-i:[A-Z]{2,})))(?: in (?:it|them))?", lambda x, f: _lines(x, f)),
)  # fmt: skip


def _lines(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    if lexicon.source.load["kind"] != "lines":
        return None
    test = kept(like(lexicon, found, "contains"))
    more: list[Bit] = [("agg", "count", "")] if "count" in found else [("rows",)]
    return [*test, *([("file", lexicon.file(found["f"]))] if "f" in found else []), *more] if test else None
