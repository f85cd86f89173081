"""Which operator and which call is most easily taken for which: itself first, then the likeliest in its place."""

COMPARE: dict[str, tuple[str, ...]] = {
    "Lt": ("<", "<=", ">", ">=", "!="), "LtE": ("<=", "<", ">=", ">", "=="), "Gt": (">", ">=", "<", "<=", "!="),
    "GtE": (">=", ">", "<=", "<", "=="), "Eq": ("==", "!=", "<=", ">="), "NotEq": ("!=", "==", ">", "<"),
    "In": ("in", "not in"), "NotIn": ("not in", "in"), "Is": ("is", "is not"), "IsNot": ("is not", "is"),
}  # fmt: skip
BINARY: dict[str, tuple[str, ...]] = {
    "Add": ("+", "-", "*"), "Sub": ("-", "+"), "Mult": ("*", "/", "+", "**", "//"), "Div": ("/", "//", "*"),
    "FloorDiv": ("//", "/", "%"), "Mod": ("%", "//", "/"), "Pow": ("**", "*"),
    "BitAnd": ("&", "|"), "BitOr": ("|", "&"), "BitXor": ("^", "|"),
    "LShift": ("<<", ">>"), "RShift": (">>", "<<"),
}  # fmt: skip
CALLED: dict[str, tuple[str, ...]] = {
    "min": ("max",), "max": ("min",), "any": ("all",), "all": ("any",), "int": ("round", "float"), "float": ("int",),
    "round": ("int",), "ceil": ("floor",), "floor": ("ceil",), "sum": ("max", "len"), "len": ("sum",),
    "set": ("list",), "list": ("set",), "range": ("reversed",),
    "upper": ("lower", "title"), "lower": ("upper", "casefold"), "title": ("capitalize",), "capitalize": ("title",),
    "strip": ("rstrip", "lstrip"), "lstrip": ("rstrip", "strip"), "rstrip": ("lstrip", "strip"),
    "append": ("extend",), "extend": ("append",), "find": ("rfind",), "rfind": ("find",), "split": ("rsplit",),
    "startswith": ("endswith",), "endswith": ("startswith",), "keys": ("values", "items"), "values": ("keys", "items"),
    "union": ("intersection",), "intersection": ("union",), "isdigit": ("isalnum",), "isalpha": ("isalnum",),
    "isalnum": ("isalpha",), "isupper": ("islower",), "islower": ("isupper",), "pop": ("get",), "add": ("discard",),
    "combinations": ("permutations",), "permutations": ("combinations",), "match": ("fullmatch", "search"),
    "search": ("match", "fullmatch"), "popleft": ("pop",), "remove": ("append",),
}  # fmt: skip
