"""English phrases for where a result goes and what it looks like; words that ask for nothing of their own."""

import re

from autogpt.agent.reading.tables.amounts import number_of
from autogpt.agent.reading.tables.english_rows import ROWS
from autogpt.agent.reading.tables.english_sums import SUMS
from autogpt.agent.reading.tables.lexicon import Lexicon
from autogpt.agent.reading.tables.tiling import Bit, Found, Rule

_PLEASE = r"(?:please |kindly |can you |could you |would you |will you |i need |i want |i['’]d like |i would like |we need |we want |we['’]d like |help me |i have to |i need to |i want to |you to |to |just |then |also |now |first |me |us )*"
_DO = r"(?:write|save|put|store|export|output|create|make|produce|generate|build|give|show|copy|collect|find(?: out)?|get|extract|pick(?: out)?|take(?: out)?|select|choose|compute|calculate|work out|determine|tell|look up|list|read|go through|report|print|prepare|record|note(?: down)?|deliver|keep|want|need|like|have|do|goes|go|filter(?: out)?|look at|open|fill|use|figure out|summari[sz]e|see|display)"
_THING = r"(?:it|them|this|that|these|those|(?:the |this |that |these |those |a |each )?(?:results?|output|outcome|answer|new table|new list|resulting (?:table|list|rows?)|list|table|selection|rest of them|shortlist|overview|summary|ranking|whole thing))"
_KIND = r"(?:(?P<kind>csv|json|markdown|text|plain text|plain|tsv|txt|md)[ -]?)?(?:file|table|list|document|report|object|array|spreadsheet|summary|overview)?"
_FOR = r"for (?:our|my|the|a|his|her|their) (?:(?:new|next|weekly|monthly|annual|yearly|quarterly|school|club|company|sports|local|parents['’]?|team) )?(?:accountant|boss|manager|newsletter|website|web ?site|meeting|presentation|handbook|teacher|parents|report|treasurer|board|spreadsheet|records|archive|landlord|tax office|notice ?board|blog|homepage|office|warehouse|shop|library|bookkeeper|accounting|bookkeeping|tax return|purchasing|marketing|reorder|club|school|class|colleagues?|secretary|printer|poster|flyer|catalogue)"


def _file(lexicon: Lexicon, found: Found) -> list[Bit]:
    bits: list[Bit] = [("file", lexicon.file(found["f"]))]
    if kind := found.get("kind"):
        bits.append(("form", kind.lower()))
    return bits


def _names(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    """Names of columns for the result, as they are written."""
    text = re.sub(
        r"\s*(?:,?\s*\band\b|,|、|和|与|及|以及|，|\bas\s+well\s+as\b)\s*(?:the\s+|their\s+)?", "\n", found["names"]
    )
    names = tuple(lexicon.plain(name) for name in text.split("\n") if name.strip())
    return [("names", *names)] if names and all(names) else None


def _header(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    names = [name.strip() for name in re.split(r"[,;，]", lexicon.plain(found["q"]))]
    return [("names", *names)] if len(names) > 1 and all(names) else None


def _shape(lexicon: Lexicon, found: Found) -> list[Bit]:
    return [("shape", lexicon.shape(found["s"]))]


def _like(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    return [("like", lexicon.plain(found["q"]))]


def _added(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    return [("new", lexicon.plain(found["name"]))]


_OP = {"times": "times", "multiplied by": "times", "x": "times", "*": "times", "×": "times", "minus": "minus", "-": "minus", "–": "minus", "plus": "plus", "+": "plus", "divided by": "over", "/": "over"}  # fmt: skip


def _computed(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    columns = [lexicon.column(found["c"]), lexicon.column(found["c2"])]
    if any(column.kind != "number" for column in columns):
        return None
    op = found.get("op", "")
    return [("compute", _OP[re.sub(r"\s+", " ", op.lower())], *(column.name for column in columns))]


def _sum_of(op: str, lexicon: Lexicon, found: Found) -> list[Bit] | None:
    names = lexicon.columns(found["cs"])
    if len(names) < 2 or any(lexicon.source.column(name).kind != "number" for name in names):
        return None
    return [("compute", op, *names)]


def _clean(how: str, lexicon: Lexicon, found: Found) -> list[Bit] | None:
    return [("clean", lexicon.column(found["c"]).name, how)]


def _shifted(lexicon: Lexicon, found: Found) -> list[Bit] | None:
    column = lexicon.column(found["c"])
    value = number_of(found["n"])
    if column.kind != "number" or value is None:
        return None
    down = found["way"].lower() in ("lower", "reduce", "decrease", "cut")
    file: list[Bit] = [("file", lexicon.file(found["f"]))] if "f" in found else []
    return [("change", column.name, "percent" if "per" in found else "add", f"-{value}" if down else value), *file]


WORDS: tuple[Rule, ...] = (
    (rf"{_PLEASE}{_DO}(?: me| us| out| down| only)?", lambda x, f: []),
    (r"(?:and|then|also|but|so|please|now|finally|afterwards|i need|i want|we need|i['’]d like|namely|that is|i\.e\.|each|with|again|altogether|in total|in all|there|here|overall)", lambda x, f: []),
    (_THING, lambda x, f: []),
    (r"(?:the |these |those |this |that |a |each )?(?P<w>figure|value|sum|total|count|average|number)s?", lambda x, f: [("spoken", f["w"].lower())]),
    (r"(?:containing|with|holding|that (?:has|contains|holds)|of) (?:only |just |all )*(?=(?:the |all |those )*(?:rows|<R>|<v> <R>))", lambda x, f: []),
    (r"(?:what(?:['’]s| is| are| was| were)?|which(?: of the)?|who(?: is| are)?) ?", lambda x, f: []),
    (_FOR, lambda x, f: []),
    (rf"(?:in|into|to|as|under|called|named|as a|in a|into a|to a)? ?(?:a |an |the |one )?(?:new |separate |second |single |small )?{_KIND} ?(?:called |named |with the name )?<f>", _file),
    (r"(?:in|from|of|out of|based on|using|with|inside|on|from the file|in the file|of the file|with the data (?:of|in|from)|at|through) <f>", _file),
    (r"(?:a |an |one )(?:new )?(?P<kind>csv|json|markdown|text|plain text)(?: file| table| list| document)?(?: called| named)?", lambda x, f: [("form", f["kind"].lower())]),
    (r"(?:as |in )?(?:a |an )(?:new )?(?:file|table|list)(?: of)?(?: called| named)?", lambda x, f: []),
    (r"<f>", _file),
    (r"(?:in |from |of |based on )?(?:the |our )?(?:table <R>|<R> table)(?: (?:in|of|from) (?:the )?(?:database )?<f>)?", lambda x, f: [("file", x.file(f["f"]))] if "f" in f else [] if "table" in x.source.load else None),
    (r"(?:the )?(?:table <R>|<R> table|<f>|<R>)(?: (?:in|of) <f>)? (?:has|with|holds|contains)(?: a| the| one| our)?(?: table| columns?)? ?(?:<R> )?(?:with )?(?:the )?(?:columns? )?<cs>", lambda x, f: [("file", x.file(f["f"]))] if "f" in f else [] if "table" in x.source.load else None),
    (r"(?:the|all|our|my)(?: the)? (?:<R>|data|numbers|list|table) (?:is|are|stands?|lies?|can be found|comes?)(?: all)? (?:in|from) <f>", _file),
    (r"(?:tidy|clean)(?: up)? <f>", _file),
    # forms
    (r"(?:with )?(?:(?:each|one|every|a)(?: <R>| name| of them| value| entry| item| address| word| <c>)? (?:per|on each|in each|on every|to a|a|on a|on its own|on a separate) line(?: of its own)?|line by line|each on (?:a|its own) (?:new )?line(?: of (?:its|their) own)?)", lambda x, f: [("form", "lines")]),
    (r"(?:as |in )?(?:a |an )?(?:simple |plain |flat |sorted )?json (?:list|array)(?: of (?:texts|strings|names|numbers))?", lambda x, f: [("form", "json list")]),
    (r"(?:as |in )?(?:a |an )?(?:json )?(?:list|array) (?:of|with)(?: one)? (?:json )?objects?(?: per (?:row|<R>))?", lambda x, f: [("form", "json rows")]),
    (r"(?:as )?(?:a |an )(?:single |flat |json |one )*(?:object|dictionary)(?: with| from)?", lambda x, f: [("form", "json map")]),
    (r"(?:as |into )?(?:a )markdown table(?: with)?", lambda x, f: [("form", "md table")]),
    (r"(?:as )?(?:a |an )?(?:bullet(?:ed)?(?:[ -]points?)?|unordered|markdown bullet)(?: point)? list|(?:as )?bullet points", lambda x, f: [("form", "md list")]),
    (r"(?:as )?(?:a )?numbered list", lambda x, f: [("form", "numbered")]),
    (r"(?:write |with )?(?:only |just )(?:the |that |this |a )?(?:plain |bare )?(?:numbers?|figure|value|total|sum|result|amount)(?: itself)?(?: in (?:it|there))?(?:, nothing else)?", lambda x, f: [("bare",)]),
    (r"(?:and )?(?:with )?nothing (?:else|more)(?: in it)?|no other (?:text|words|columns)|without (?:any )?(?:other |further )?(?:text|words|unit|units|currency|comment|comments)", lambda x, f: [("bare",)]),
    (r"(?:(?:in|of|with) (?:the |this )?(?:form|format|style|way)|like(?: this)?|such as|as in|e\.g\.|for example|for instance|so|looking like|formatted (?:as|like)|in the form of)? ?<s>", _shape),
    (r"(?:in (?:the |this )?(?:form|format|style)|like(?: this)?|such as|e\.g\.|for example|for instance|formatted (?:as|like)|each line like|as)(?: of)? <q>", _like),
    # second files
    (r"(?:with )?(?:just |only )?(?:how many|the number of)(?: of them)?(?: (?:rows|lines|entries|records|<R>|ones))?(?: you| were| have been| that| that were| i| it| there)* (?P<w>removed|deleted|dropped|left out|skipped|excluded|changed|updated|raised|marked)(?: that way)?", lambda x, f: [("counted", "changed" if f["w"] in ("changed", "updated", "raised", "marked") else "left")]),
    (r"(?:with )?(?:just |only )?(?:how many|the number of)(?: (?:rows|lines|entries|records|<R>|ones))? (?:you |that )?(?:were |was |are |have )?(?:left|remain(?:ing)?|kept|are left)", lambda x, f: [("counted", "kept")]),
    # changes
    (r"(?:please )?(?:remove|delete|drop|throw out|take out|get rid of|clear|purge)(?: all| any| every| the| those| of)*(?: <R>)?(?: (?:from|in|of) (?:the )?(?:table <R>|<R> table|<f>|<R>))?(?: of <f>)?", lambda x, f: [("remove",), *([("file", x.file(f["f"]))] if "f" in f else [])]),
    (r"(?:set|change|put|mark) (?:the |their |its )?<c>(?: column)?(?: of| for)?(?: the| all| every| each| those)*(?: <R>)?(?: in <f>)? (?:to|as) <q>", lambda x, f: [("change", x.column(f["c"]).name, "set", x.plain(f["q"])), *([("file", x.file(f["f"]))] if "f" in f else [])]),
    (r"(?P<way>raise|increase|lower|reduce|decrease|cut) (?:the |all |all the |every |their )?<c>(?: of| for)?(?: the| all| all the| every| each| those)*(?: <R>)?(?: in <f>)? by <n>(?P<per> ?%| percent)?(?: (?:euros?|dollars?|each))?", lambda x, f: _shifted(x, f)),
    (r"(?P<way>raise|increase|lower|reduce|decrease|cut) (?:the |all |all the |every |their )?<c>(?: of| for)(?: the| all| all the| every| each| those)* <vs>(?: <R>)? by <n>(?P<per> ?%| percent)?", lambda x, f: None),
    # columns
    (r"(?:with |has |have |having |containing |keep |keeping |and |it should have |it has )?(?:only |just )?(?:the |these |its |their |a |as )?(?:two |three |four |five )?(?:only |new )?(?:columns?|fields?|keys|headers?|header (?:row|line)|heading)(?: only| names| are| being| called)?[:,]? <names>(?: only)?", _names),
    (r"(?:with )?(?:only |just )?(?:the )?(?:two |three )?columns <names> only", _names),
    (r"(?:with |and )?(?:the |a )?(?:header|head|first|heading|title)(?: line| row)?(?: is| of)?:? <q>", _header),
    (r"(?=<names>(?:\)| $|$))(?P<names2>[a-z_]+,[a-z_,]+)(?=\s*\)|$)", lambda x, f: [("names", *f["names2"].split(","))]),
    (r"(?:columns? )?<q>", _header),
    (r"(?:both |only |just |all )*(?:the |their |his or her |its |every )?(?:full )?<cs>(?: columns?)?(?: of| for| from)?(?= (?:of|for|from|all|the|each|every|to|in|as|into|only|where|whose|with|that|who|which|sorted|one)|$|[\s,;:.()]| )", lambda x, f: [("cols", *x.columns(f["cs"]))]),
    (r"(?:for|of|from) (?:all |the |only |those )*(?=<R>|<v> <R>|(?:all |the |only |those )*<v> <R>)", lambda x, f: []),
    (r"(?:with |and |keep(?:ing)? |in |of |has |having |leave |but )?(?:only )?(?:all |all of )?(?:the )?(?:(?:the )?same (?:columns?|header|headers|format|layout|structure|fields|header line|header row)|all (?:the )?(?:columns|fields)|whole (?:rows?|lines|table)|full rows?|complete (?:rows?|table)|entire rows?|header(?: line| row)?(?=[.,;)]|$| (?:and|as|in|to) )|columns unchanged|same table|every column|all their (?:fields|columns)|all fields of every <R>|all details|columns as (?:they|it) (?:are|is))(?: as(?: in)?(?: the)?(?: original| <f>)?)?(?: of (?:each|every|the) <R>)?(?: unchanged)?", lambda x, f: [("whole",), *([("file", x.file(f["f"]))] if "f" in f else [])]),
    (r"(?:in|and) (?:that|this) order|(?:everything|all) else (?:stays|remains|unchanged|is unchanged)?(?: as it is| the same| unchanged)?", lambda x, f: [("rest",)] if "else" in f else []),
    (r"(?:the )?(?:columns|header)(?: line| row)?(?: (?:stay|stays|remain|remains|should stay))(?: the same| as (?:it is|they are)| unchanged)?", lambda x, f: [("whole",)]),
    (r"(?:and )?(?:keep|keeping|leave)(?: only)? the first(?: row| one| entry| occurrence)?(?: of each| of every| of them)?(?: <c>)?", lambda x, f: [("firsts",)]),
    (r"(?:remove|drop|delete|without|no|skip|leave out)(?: any| all| the)? (?:duplicate|duplicated|repeated|double)s? ?(?:rows|lines|entries|<R>|ones)?|(?:without|no) (?:duplicates|repetitions|repeats)", lambda x, f: [("unique",)]),
    (r"(?:each|every) (?:one |of them |line |name |entry |row )?(?:only |just )?once(?: only)?", lambda x, f: [("unique",)]),
    # computed columns
    (r"(?:add|with|and|plus|insert|append)(?: it)? (?:a |an |one |the )?(?:new |last |further |fourth |third |fifth |extra |additional )*(?:column|field) (?:called |named |with the name )?<name>(?: to(?: the end of)? <f>)?(?: at the end)?", lambda x, f: [*(_added(x, f) or []), *([("file", x.file(f["f"]))] if "f" in f else [])]),
    (r"(?:namely |which is |that is |with |= ?|containing |as |, |i\.e\. |it is |being |the product of |that holds |holding )?(?:the )?<c> ?(?P<op>times|multiplied by|x|\*|×|minus|-|–|plus|\+|divided by|/) ?(?:the )?<c2>", _computed),
    (r"(?:namely |which is |that is |with |containing |as )?(?:the )?product of (?:the )?<cs>", lambda x, f: _sum_of("times", x, f)),
    (r"(?:namely |which is |that is |with |containing |as )?(?:the )?sum of (?:the )?<cs>", lambda x, f: _sum_of("plus", x, f)),
    (r"(?:namely |which is |that is |with |containing |as )?(?:the )?difference (?:between|of) (?:the )?<c> (?:and|minus) (?:the )?<c2>", lambda x, f: None),
    (r"(?:where |and )?(?:the )?(?P<name>percent(?:age)?|share)(?: column)?(?: is| means| being)? (?:each|every|the) <c>(?:['’]s)? share of (?:all |the total (?:number )?of (?:all )?|the total )<c2>(?: in percent)?", lambda x, f: [("share", x.column(f["c2"]).name, f["name"])]),
    (r"(?:each|every) <c>(?:['’]s)? share(?: of (?:all |the total )<c2>)?(?: in percent)?|(?:the |its |their )?(?:percentage|share)(?: of all (?:<R>|<c3>))?(?: in percent)?", lambda x, f: None),
    # cells put right
    (r"(?:call|rename)(?: the)?(?: columns?)? <c> (?:to |as |into )?<name>(?:(?:, | and |, and )<c2> (?:to |as |into )?<name2>)?(?:(?:, | and |, and )<c3> (?:to |as |into )?<name3>)?(?:(?:, | and |, and )<c4> (?:to |as |into )?<name4>)?", lambda x, f: [*(("rename", x.column(f[f"c{n}"]).name, x.plain(f[f"name{n}"])) for n in ("", "2", "3", "4") if f"c{n}" in f), ("whole",)]),
    (r"in (?:the )?column <c>|in (?:the )?<c> column", lambda x, f: [("context", x.column(f["c"]).name)]),
    (r"(?:remove|strip|trim|delete|cut)(?: off)?(?: all| any)?(?: the)? (?:spaces|white ?space|blanks) (?:at both ends|around it|before and after(?: it)?|at the beginning and (?:the )?end|at the ends)", lambda x, f: [("clean", "", "trim"), ("whole",)]),
    (r"(?:write|put|turn|make|change|convert)(?: all| the| its)*(?: letters| text| values| it)?(?: (?:in(?:to)?|to))?(?: all)? (?P<case>upper|lower)[- ]?case(?: letters)?", lambda x, f: [("clean", "", f["case"].lower()), ("whole",)]),
    (r"keep(?:ing)? only the digits(?: of it)?", lambda x, f: [("clean", "", "digits"), ("whole",)]),
    (r"(?:and )?(?:do not|don['’]t) (?:touch|change|alter) (?:the |any )?(?:other|rest of the) (?:columns|fields|cells)|(?:and )?(?:leave|keep) (?:all |the )*(?:rows|other columns|rest|rest of the table)(?: untouched| alone| as (?:they|it) (?:are|is)| unchanged)", lambda x, f: [("rest",)]),
    (r"(?:the )?(?:renamed|cleaned|corrected|changed|new|whole|sorted|filtered) (?:table|list|file)", lambda x, f: []),
    (r"showing|altogether|in it|and tell me|look(?:ing)? at|one on each line", lambda x, f: []),
    (r"(?:clean|tidy)(?: up)? the <c>(?: column)?(?: of <f>)?: keep only the digits, and the \+ in front if there is one", lambda x, f: [*(_clean("plus digits", x, f) or []), ("whole",), *([("file", x.file(f["f"]))] if "f" in f else [])]),
    (r"(?:write|put|turn|change|convert|make)(?: all)?(?: the)? <c>(?: column)?(?: of <f>)?(?: all)? (?:in(?:to)?|to) (?:all )?(?P<case>upper|lower)[- ]?case(?: letters)?", lambda x, f: [*(_clean(f["case"].lower(), x, f) or []), ("whole",), *([("file", x.file(f["f"]))] if "f" in f else [])]),
    (r"(?:remove|strip|trim|delete)(?: all)?(?: the)? (?:leading and trailing |surrounding |extra )?(?:spaces|white ?space|blanks)(?: around| before and after| from| at the ends of| in)? (?:the |all )?<c>(?: column)?", lambda x, f: [*(_clean("trim", x, f) or []), ("whole",)]),
    (r"(?:number|give numbers to) (?:the )?<R>(?: (?:of|in) <f>)?:? ?(?:in |with )?a new first column (?:called |named )(?P<name>\w+),? (?:counting|starting|beginning) (?:from|at|with) 1", lambda x, f: [("rank", x.plain(f["name"])), ("whole",), *([("file", x.file(f["f"]))] if "f" in f else [])]),
)  # fmt: skip
ENGLISH: tuple[Rule, ...] = (*ROWS, *SUMS, *WORDS)
