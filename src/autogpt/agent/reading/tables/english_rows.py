"""English phrases for the rows that count."""

from autogpt.agent.reading.tables.conditions import filled, flagged, in_month, kept, like, sized, timed, valued
from autogpt.agent.reading.tables.ground import Column
from autogpt.agent.reading.tables.lexicon import Lexicon
from autogpt.agent.reading.tables.tiling import Bit, Found, Rule

_DET = r"(?:(?:only |just )?(?:all of the |all the |those of the |the |all |those |these |our |my |your |every |each |any |some of the )?(?:other |single |different |remaining |individual )?)"
_WHO = r"(?:(?:where|whose|with|having|that have|which have|who have|that has|which has|who has|for which|in which|when|if|have|has|had|that had|who had|that are|which are|who are|that were|which were|who were|are|were|is|at|that is|who is|which is|of which)(?: (?:the|a|an|their|its))? )"
_IS = r"(?: (?:is|are|was|were|of|=|equals|being|column is|column was))?"
_NOT = r"(?: (?:is|are|was|were) not| isn['’]t| aren['’]t| (?:does|do) not equal| ?!=| other than| differs from)"
_OUT = r"(?:(?:leave|leaving) out|skip(?:ping)?|ignor(?:e|ing)|exclud(?:e|ing)|omit(?:ting)?|(?:do not|don['’]t|never) (?:count|include|list)|not counting|not including|except(?: for)?|apart from|other than|but not|without|with the exception of|minus|drop(?:ping)?|disregard(?:ing)?)"
_BACK = r"(?: (?:should|must|do|does|are|is|can|may|will)(?: not|n['’]t) (?:count(?:ed)?|be counted|be included|be listed|included|counted|belong in there)| (?:should|must|can) be (?:left out|skipped|ignored|excluded)| are (?:left out|skipped|ignored|excluded)| (?:don['’]t|do not) count)"
_VERBS = r"(?:ordered|placed|made|sold|created|due|dated|born|joined|hired|published|released|bought|paid|opened|built|received|sent|registered|signed up|booked|started|written|recorded|taken|issued|founded|added|expiring|delivered|shipped|held|starting|ending|from the)"


def _price(lexicon: Lexicon) -> Column | None:
    """The column that says what something costs."""
    return next((lexicon.column(word) for word in ("price", "cost", "fee") if lexicon.is_column(word)), None)


def _money(lexicon: Lexicon) -> Column | None:
    """What 'orders over 50' are measured by: the only amount there is."""
    numbers = [column for column in lexicon.source.columns if column.kind == "number" and not column.is_code]
    named = [column for column in numbers if column.name.casefold() in ("amount", "price", "total", "sum", "cost")]
    return named[0] if len(named) == 1 and len(numbers) == 1 else None


def _named(lexicon: Lexicon, *words: str) -> Column | None:
    return next((lexicon.column(word) for word in words if lexicon.is_column(word)), None)


def _one(lexicon: Lexicon, found: Found, key: str = "c") -> Column | None:
    return lexicon.column(found[key]) if key in found else None


def _negated(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    column = _one(lexicon, found)
    if "v" in found or "vs" in found:
        return kept(valued(lexicon, found.get("vs") or found["v"], column), out=True)
    return None


def _equal(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    column = _one(lexicon, found)
    return kept(valued(lexicon, found["vs"], column)) if column else None


def _number(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    """A column of numbers that is just a number: 'floor 3', 'year is 2024'."""
    column = _one(lexicon, found)
    value = found["n"].replace(",", "")
    if column is None or column.kind != "number" or column.truth or not value.replace(".", "").isdigit():
        return None
    return kept((column.name, "eq", value, "number"))


def _truth(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    column = _one(lexicon, found)
    if column is None or column.truth is None:
        return None
    told = found["t"].lower()
    if told.isdigit() and not set(column.truth) <= {"0", "1"}:
        return None
    return kept(flagged(column, yes=told in ("1", "true", "yes", "y")))


def _flag(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    column = _one(lexicon, found)
    return kept(flagged(column, yes="no" not in found))


ROWS: tuple[Rule, ...] = (
    (rf"{_DET}<R>(?:['’]s?)?", lambda x, f: [("rows",)]),
    (rf"{_DET}<vs> <R>", lambda x, f: kept(valued(x, f["vs"]))),
    (rf"{_DET}(?P<no>un|non-|not (?:yet )?)?<c> <R>", _flag),
    # comparisons with numbers
    (rf"{_WHO}?(?:the |a |an |their |its )?<c>(?: column| value)?(?: of| is| are| was| were|:)? ?<size>", lambda x, f: kept(sized(_one(x, f), f["size"]))),
    (rf"{_WHO}<size>(?: of)?(?: the)? <c>", lambda x, f: kept(sized(_one(x, f), f["size"]))),
    (rf"{_WHO}?<size> <c>", lambda x, f: kept(sized(_one(x, f), f["size"]))),
    (rf"{_WHO}<size> (?:left|in stock|on stock|available|sold|used|ordered)", lambda x, f: kept(sized(_named(x, "stock", "quantity", "qty", "sold", "left", "available"), f["size"]))),
    (r"(?:\(|\bin )?(?:the )?column (?:is |called |named )?<c>(?: tells| says| has)?(?: it| this| that)?\)?", lambda x, f: [("aside", x.column(f["c"]).name)]),
    (r"(?:(?:only|just|all|all the|the|every|any) )?<R> (?:of |worth )?<size>", lambda x, f: kept(sized(_money(x), f["size"]))),
    (r"(?:costing|(?:that|which) costs?|cost|priced(?: at)?|(?:that|which) (?:are|is) priced(?: at)?|(?:is|are)) <size>", lambda x, f: kept(sized(_price(x), f["size"]))),
    (r"(?:(?:that|which|who) (?:are|is) |aged |who are aged )?(?P<size>(?:(?:older|younger) than|at least|at most|over|under) \d+(?: years?)?(?: old)?)", lambda x, f: kept(sized(_named(x, "age"), f["size"].removesuffix(" old")))),
    (r"(?:with|where|whose|having)(?: the| a| an)? <c> ?(?:=|is|of|equal to|equals|being|number)? ?<n>", _number),
    # texts
    (rf"{_WHO}?(?:the |their |its )?<c>(?: column)?(?: is| are| was| were| ?==? ?| equals|:| reads| says| of)?(?: the| a| an)? ?<vs>", _equal),
    (rf"{_WHO}?(?:the |their |its )?<c>(?: column)?{_NOT} ?(?:the )?<vs>", _negated),
    (r"(?:that|which|who)(?: are| were| is| was| have been| has been)?(?: in| from| of| at| still| already)?(?: the| a| an)? ?<vs>", lambda x, f: kept(valued(x, f["vs"]))),
    (r"(?:that|which|who) (?:are|were|is|was|have|has)(?: not|n['’]t)(?: been| in| from| yet)? <vs>", _negated),
    (r"(?:are|is|were)(?: still| already| in| from)? <vs>", lambda x, f: kept(valued(x, f["vs"]))),
    (r"(?:from|in|of|for|by|at|with|on|called|named|made by|to|living in|working in|based in|located in|belonging to|marked(?: as)?|labell?ed(?: as)?)(?: the| our)? <vs>(?: <c>)?", lambda x, f: kept(valued(x, f["vs"], _one(x, f)))),
    (r"(?:from|in|of|for|by|at|with|on)(?: the| our)? <c> <vs>", _equal),
    (rf"{_OUT}(?: all| the| any| those| every)*(?: <R>)?(?: (?:that|which|who) (?:are|were)| in| from| of| with(?: the)?(?: status| state)?| marked(?: as)?)?(?: the)? ?<vs>(?: <R>)?", _negated),
    (rf"{_OUT}(?: all| the| any| those| every)*(?: <R>)?(?: whose| where| with)?(?: the)? <c>(?: is| are| =)? ?<vs>", _negated),
    (rf"{_OUT}(?: all| the| any| those| every)*(?: <R>)? (?:whose|where|with|that have)(?: the| an?)? <c>(?: is| are| of)? ?<size>", lambda x, f: kept(sized(_one(x, f), f["size"]), out=True)),
    (rf"(?:the |all |any )?<vs>(?: <R>)?{_BACK}", _negated),
    (rf"(?:the |all |any )?<R> (?:that|which|who) (?:are|were|is|was) <vs>{_BACK}", _negated),
    (r"(?:where |whose |with |when )?(?:the |their |its )?<c> (?:that )?(?:contains?|containing|includes?|including|has|mentions?|mentioning) (?:the (?:word|text) |a |an )?(?:<q>|(?P<w>(?-i:[A-Z][A-Za-z]+)))", lambda x, f: kept(like(x, f, "contains"))),
    (r"(?:where |whose |with |when )?(?:the |their |its )?<c> (?:that )?(?:begins?|starts?|beginning|starting)(?: with)? (?:the (?:word|text|letters?|prefix) |a |an )?(?:<q>|(?P<w>(?-i:[A-Z][A-Za-z0-9]*)))", lambda x, f: kept(like(x, f, "starts"))),
    (r"(?:where |whose |with |when )?(?:the |their |its )?<c> (?:that )?(?:ends?|ending)(?: with| in| on)? (?:the (?:word|text|letters?) |a |an )?(?:<q>|(?P<w>(?-i:[A-Z][A-Za-z0-9]*)))", lambda x, f: kept(like(x, f, "ends"))),
    # gaps
    (rf"{_DET}(?:<R> )?(?:with|that have|which have|who have|have|has|that has|where there is) (?:no|an empty|a missing|a blank|an unknown|empty|missing) <c>", lambda x, f: kept(filled(_one(x, f), there=False))),
    (rf"(?:{_OUT}(?: all| the| any| those)*(?: <R>)?) (?:with|that have|which have|who have|without|where there is) (?:no|an empty|a missing|a blank|empty|missing) <c>", lambda x, f: kept(filled(_one(x, f), there=True))),
    (rf"(?:{_OUT}(?: all| the| any| those)*(?: <R>)?) without (?:a |an |any |the )?<c>", lambda x, f: kept(filled(_one(x, f), there=True))),
    (rf"{_OUT}(?: all| the| any| those)*(?: <R>)?(?: where| whose)(?: the)? <c> (?:is|was|are) (?:empty|missing|blank|not (?:given|filled(?: in)?|set|known))", lambda x, f: kept(filled(_one(x, f), there=True))),
    (r"without (?:a |an |any |the )<c>", lambda x, f: kept(filled(_one(x, f), there=False))),
    (rf"{_WHO}(?:the |their |its )?<c>(?: column| field)? (?:is|was|are)(?: still)? (?:empty|missing|blank|not (?:given|filled(?: in)?|set|known))", lambda x, f: kept(filled(_one(x, f), there=False))),
    (rf"{_WHO}(?:the |their |its )?<c>(?: column| field)? (?:is|was|are) (?:not empty|not missing|not blank|filled(?: in)?|given|known|set)", lambda x, f: kept(filled(_one(x, f), there=True))),
    (r"(?:only |just )?(?:the )?<R> (?:that|which|who) (?:have|has) (?:a |an |the )?<c>(?: filled in)?", lambda x, f: kept(filled(_one(x, f), there=True))),
    (r"(?:with|that have|which have|who have) an? <c>(?: filled in| given)", lambda x, f: kept(filled(_one(x, f), there=True))),
    # yes and no
    (rf"{_WHO}?(?:the )?<c>(?: column)? ?(?:==?|is(?: set to)?|are|:|of)? ?(?P<t>1|0|true|false|yes|no)", _truth),
    (r"(?:that|which|who)(?: are| were| is| was| have been| has been| have| has)?(?P<no>(?: not|n['’]t)(?: yet)?(?: been)?)?(?: already| been)? <c>", _flag),
    (r"(?:are|is|were|have been) (?P<no>not (?:yet )?)?<c>", _flag),
    # dates
    (rf"(?:{_WHO}|{_VERBS} )?(?:the |their |its )?(?:<c> )?<when>", lambda x, f: kept(timed(x, _one(x, f), f["when"]))),
    (rf"(?:(?:that|which|who) )?(?:were |was |are |is |have been )?(?:{_VERBS} )<when>", lambda x, f: kept(timed(x, None, f["when"]))),
    (rf"(?:(?:that|which|who) )?(?:were |was |are |is )?(?:{_VERBS} )?(?:in|for|of|during|from) <month>", lambda x, f: kept(in_month(x, f["month"]))),
    (r"of (?P<when>(?:(?:January|February|March|April|May|June|July|August|September|October|November|December) )?(?:19|20)\d\d)", lambda x, f: kept(timed(x, None, f"in {f['when']}"))),
)  # fmt: skip
