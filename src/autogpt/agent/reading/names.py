"""The functions and classes that a goal wants a module to define."""

import builtins
import re

_FUNCTION = re.compile(
    r"\b(?<!neither )(?<!either )(?<!each )(?<!every )(?<!both )(?<!these )(?<!all )(?:functions?|def)\s+(?:called\s+|named\s+)?[`\"']?([A-Za-z_]\w*)[`\"']?\s*(?=\(|[`\"'\s,.:;]|$)|"
    r"[`]([A-Za-z_]\w*)\([^`\n]*\)[`]|函数\s*[`\"'“]?([A-Za-z_]\w*)|[`\"'“]?([A-Za-z_]\w*)[`\"'”]?\s*函数",
    re.I,
)
_CLASS = re.compile(
    r"\bclass\s+(?:called\s+|named\s+)?[`\"']?([A-Z]\w*)|[`\"'“]?\b([A-Z]\w*)[`\"'”]?\s*类|类\s*[`\"'“]?([A-Z]\w*)"
)
_NOT_NAMES = frozenset(
    "that which to of the a an in for with and or is it this takes take returns return should must will can called "
    "do does did are was were need needs work works named using from as on by be has have so then when where called def name names function functions calls "
    "python javascript typescript java bash shell sql lambda".split()
)
_SIGNATURE = re.compile(r"(?<![\w.])([a-z_]\w+)\((?:[a-z_]\w*(?:\s*[:=]\s*[\w.'\"-]+)?(?:,\s*)?)+\)")


_HEADED = re.compile(r"^[`*]*[A-Z][a-z]\w*\([^()\n]*\)[`*]*[ \t]*(?:[:：—-]|$)", re.M)
"""A class by its constructor, on a line of its own: what is listed below it are its methods."""


def _listed(goal: str, match: re.Match[str]) -> bool:
    return re.search(r"(?:^|\n)[ \t]*[-*•·][ \t]*[`*]*$", goal[: match.start()]) is not None


_NOT_MADE = re.compile(
    r"(?:\b(?:rename|remove|delete|drop|replace|inline|uses?|using|calls?|imports?|unused|table|methods?)\b|删除|删掉|去掉|"
    r"移除|重命名|改名|把|将|使用|调用|表|方法)[^.;。；，,\n]{0,20}$",
    re.I,
)
"""Words before the name of a function that is there already, is to go, or is none of the module's own."""


def classes_of(goal: str) -> tuple[str, ...]:
    """The classes that the module is to have."""
    named = [next(group for group in match.groups() if group) for match in _CLASS.finditer(goal)]
    headed = [re.sub(r"\W.*", "", match[0].lstrip("`*"), flags=re.S) for match in _HEADED.finditer(goal)]
    return tuple(dict.fromkeys([*named, *headed]))


def functions_of(goal: str) -> tuple[str, ...]:
    """The functions that the module is to have."""
    told = [match for match in _FUNCTION.finditer(goal)]
    if not _CLASS.search(goal):  # else a call may be that of a method
        headed = _HEADED.search(goal)
        told += [m for m in _SIGNATURE.finditer(goal) if not (headed and m.start() > headed.end() and _listed(goal, m))]
    names = [
        next(group for group in match.groups() if group)
        for match in told
        if not _NOT_MADE.search(goal[max(0, match.start() - 40) : match.start()])
        and not re.match(r"[`\"'”]?\s*(?:删|移除|去掉|重命名|改名|改)", goal[match.end() :])
    ]
    return tuple(
        name
        for name in dict.fromkeys(names)
        if name.lower() not in _NOT_NAMES and len(name) > 1 and not hasattr(builtins, name)
    )
