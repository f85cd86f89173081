"""How a goal shows a program being called, and the argument parser that follows from it.

A small model that is left to itself reads its input from a menu, or takes the arguments apart by hand and wrongly. The
usage lines of the goal say all that a parser needs, so a new program begins with it, and the model writes the rest.
"""

import keyword
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from autogpt.agent.legible import legible

COMMAND = re.compile(
    r"`(?:python3?\s+)(?P<file>[\w./-]+\.py)(?P<rest>(?:\s+[^`\n]{1,120})?)`|"
    r"^[ \t]*(?:\$[ \t]*)?(?:usage:[ \t]*|用法[:：][ \t]*)?python3?[ \t]+(?P<file2>[\w./-]+\.py)(?P<rest2>[ \t][^`\n]{1,160})$",
    re.M | re.I,
)
_TOLD = re.compile(
    r"(?<=\S)(?:[ \t\u3000]{2,}|\u3000)\S.*$|(?<=\S)[ \t]+(?:列出|添加|新增|删除|移除|显示|打印|标记|查看|输出|导出|计算|统计|把|将)\S*.*$|[ \t]+(?:#|->|→|—|–|=>|- )[ \t]*\S.*$"
)
"""What stands behind a usage line to explain it."""
_TOKEN = re.compile(r"\[[^\[\]]*\]|\"[^\"]*\"|'[^']*'|“[^”]*”|<[^<>]*>|\{[^{}]*\}|\S+")
_PLACE = re.compile(r"[A-Z][A-Z0-9_-]*|<[^<>]+>|\{\w+\}|[\u4e00-\u9fff]+")
_VERB = re.compile(r"[a-z][a-z_-]*[a-z]")
HAN_VERB = re.compile(
    r"(?:添加|新增|增加|加入|插入|录入|登记|删除|移除|取消|查询|查找|查看|搜索|列表|列出|显示|打印|统计|汇总|合计|完成|标记|导出|导入|"
    r"修改|更新|编辑|改名|记录|记账|借出|借书|还书|归还|入库|出库|入账|清空|撤销|撤回|排名|报告|帮助|余额|存入|取出|存款|取款|转账|收入|支出)"
)
"""A command in Chinese, where other words in Chinese are placeholders."""
_OPTION = re.compile(r"--?[A-Za-z][\w-]*")
_WHOLE = re.compile(
    r"n|k|num|number|count|index|id|top|limit|width|序号|编号|数量|个数|次数|数字|整数|行数|天数|\w+_(?:id|number|count)",
    re.I,
)
_MONEY = re.compile(r"amount|price|cost|金额|价格|单价", re.I)
_ANY = re.compile(r"num|number|value|数字?|数值", re.I)
_MEASURED = re.compile(
    r"\bany (?:real )?numbers?\b|\bdecimals?\b|\b(?:degrees?|celsius|fahrenheit|kelvin|km|kilomet\w+|miles?|inch(?:es)?|"
    r"kg|kilogram\w*|pounds?|lit(?:er|re)s?|gallons?|met(?:er|re)s?)\b|小数|摄氏|华氏|公里|千米|公斤|千克|英里|任[意何](?:一个)?数",
    re.I,
)
"""Goals whose numbers may have a fraction, though the example has none."""
_REFUSED = re.compile(
    r"\bnot (?:a|an) (?:\w+ ){0,2}(?:number|integer)|\b(?:invalid|bad|wrong|non-?numeric) (?:\w+ )?(?:numbers?|ids?|values?|arguments?)"
    r"|不是[^，。；]{0,6}(?:数|序号)|(?:数字|参数|序号)[^，。；]{0,4}(?:无效|不合法|错误)",
    re.I,
)
"""Goals that say what happens with a number that is none: the parser must not be the one to refuse it."""
IS_FILE = re.compile(
    r"\.(?:txt|md|csv|tsv|jsonl?|db|sqlite3?|log|py|html?|xml|ya?ml|toml|ini|cfg|conf|env|jpe?g|png|gif|svg|pdf|zip|gz|xlsx?|docx?|dat|out|bak|js|css|sql|sh)$",
    re.I,
)
"""A word that ends as the names of files do, which `database.port` does not."""
_ALONE = re.compile(
    r"\.py`?\s*(?:alone|without|with no|on its own)\b|\bwithout (?:an? |any )?(?:arg|name|file|param)|不带参数|没有参数|无参数",
    re.I,
)
_DEFAULT = re.compile(r"\b(?:by )?default(?:s to| is|:)?\s+(\d+)\b|默认(?:为|是|值)?\s*(?:为|是)?\s*(\d+)", re.I)
_LONG = re.compile(r"(?<![\w-])(--[a-z][\w-]*)(?:[ =]([A-Z][A-Z_]*|<\w+>|\d+|[\u4e00-\u9fff]+(?=`)))?")
_ARGUMENT = re.compile(r"<[^<>]+>|\{\w+\}|\[.*\]|[\w-]+(?:\|[\w-]+)+|--[\w-]+=\S+|[^|<>&$;=(){}*]+")
_STATUS = re.compile(r"(?:\bexit\w*|\bstatus|\bcode|退出码?|状态码?|返回码)([^.;。；\n]{0,90})", re.I)
_ENDS = re.compile(r"\bstderr\b|\bexit|\bstatus\b|退出|错误|状态", re.I)
_QUOTED = re.compile(r"“[^”\n]*”|\"[^\"\n]*\"|「[^」\n]*」")
"""A message that is printed may itself speak of errors."""


@dataclass(frozen=True)
class Argument:
    """One argument as a usage line shows it; an option has a flag, a switch a flag and no value."""

    name: str
    flag: str = ""
    value: bool = True
    optional: bool = False
    many: bool = False
    kind: Literal["", "int", "float"] = ""
    choices: tuple[str, ...] = ()
    default: str = ""
    made_up: bool = False
    """Its name was not given: the goal shows an example of its value."""


def calls(goal: str, path: str) -> list[str]:
    """What stands behind `python PATH` wherever the goal shows it, explanations cut off."""
    found: list[str] = []
    for match in COMMAND.finditer(legible(goal)):
        if (match["file"] or match["file2"]) == path:
            found.append(arguments_of(match))
    return found


def arguments_of(match: re.Match[str]) -> str:
    """What stands behind the program in a command that was found, without what explains it."""
    return (match["rest"] or _TOLD.sub("", match["rest2"] or "")).strip()


def explained(match: re.Match[str]) -> str:
    """What explains a command on its own line, behind it; '' if nothing does."""
    whole = match["rest2"] or ""
    return whole[len(_TOLD.sub("", whole)) :].strip(" \t#—–-=>→")


def begun(goal: str, path: str) -> str:
    """The beginning of the program at the path: argument parser and `main`; '' where the goal does not show enough."""
    goal = legible(goal)
    shown = calls(goal, path)
    lines = [line for line in shown if line]
    if not lines or ("" in shown and _ALONE.search(goal)):
        return ""  # nothing to take apart, or something else happens where it is not there
    first, rest = _in_common(lines)
    verbs = list(dict.fromkeys(found[0] for line in rest if (found := _COMMANDED.match(line))))
    several = len(verbs) > 1 or (len(verbs) == 1 and all(_leads(line, verbs[0]) for line in rest))
    try:
        return _of_commands(goal, first, rest, verbs) if several else _of_one(goal, lines)
    except _UnclearError:
        return ""


_COMMANDED = re.compile(rf"(?:[a-z][a-z-]*[a-z]|{HAN_VERB.pattern})(?=\s|$)")


def _in_common(lines: Sequence[str]) -> tuple[str, list[str]]:
    """The placeholder before the command in each line, as in `FILE add TEXT`, if there is one; and the lines without it."""
    words = [line.split() for line in lines]
    place = words[0][0]
    if len(lines) > 1 and _PLACE.fullmatch(place) and not HAN_VERB.fullmatch(place):
        rest = [" ".join(line[1:]) for line in words]
        if all(line[0] == place for line in words) and all(map(_COMMANDED.match, rest)):
            return place, rest
    return "", list(lines)


class _UnclearError(Exception):
    """The usage lines say too little, or something else than arguments."""


def _leads(line: str, verb: str) -> bool:
    """Whether the line is the verb with arguments behind it, and not an argument in small letters alone."""
    words = line.split()
    return words[0] == verb and len(words) > 1 and bool(_PLACE.fullmatch(words[1].strip("[]")))


def _of_commands(goal: str, first: str, lines: Sequence[str], verbs: Sequence[str]) -> str:
    before = _read(goal, first)
    told: dict[str, tuple[Argument, ...]] = {}
    for line in lines:
        verb, _, rest = line.partition(" ")
        if verb not in verbs:
            raise _UnclearError
        told[verb] = _better(told.get(verb), _read(goal, rest))
    shown = "\n".join(lines)
    if any(flag not in shown for flag in re.findall(r"(?<![\w-])--[a-z][\w-]*", goal)):
        raise _UnclearError  # an option of which command?
    body = [
        "def arguments():",
        "    parser = argparse.ArgumentParser()",
        *(f"    parser.{_added(argument)}" for argument in before),
        '    commands = parser.add_subparsers(dest="command", required=True)',
    ]
    for verb, arguments in told.items():
        body.append(f'    {"command = " if arguments else ""}commands.add_parser("{verb}")')
        body += [f"    command.{_added(argument)}" for argument in arguments]
    body += ["    return parser.parse_args()", "", "", "def main():", "    args = arguments()"]
    for at, (verb, arguments) in enumerate(told.items()):
        body.append(f'    {"elif" if at else "if"} args.command == "{verb}":')
        body.append(
            f"        do_{verb.replace('-', '_')}({', '.join(f'args.{a.name}' for a in (*before, *arguments))})"
        )
    kept = _kept(goal)
    return _headed(goal, body, kept) + "\n\n" + kept


def _kept(goal: str) -> str:
    """Functions that read and write what the commands keep, where the goal names one file for it."""
    lists, bases = (set(re.findall(rf"[\w./-]+\.{ending}(?!\w)", goal)) for ending in ("json", "(?:db|sqlite3?)"))
    if len(lists) == 1 and not bases:
        return _LIST.format(path=lists.pop())
    return _BASE.format(path=bases.pop()) if len(bases) == 1 and not lists else ""


_LIST = """\
def load():
    if not os.path.exists("{path}"):
        return []
    with open("{path}", encoding="utf-8") as file:
        return json.load(file)


def save(data):
    with open("{path}", "w", encoding="utf-8") as file:
        json.dump(data, file, ensure_ascii=False, indent=2)


"""
# The model goes on with the columns.
_BASE = """\
def connect():
    connection = sqlite3.connect("{path}")
    connection.execute("CREATE TABLE IF NOT EXISTS"""


def _of_one(goal: str, lines: Sequence[str]) -> str:
    told: tuple[Argument, ...] | None = None
    for line in lines:
        told = _better(told, _read(goal, line))
    told = told or ()
    for flag, value in _LONG.findall(goal):
        if all(argument.flag != flag for argument in told):
            told = (*told, _option(goal, flag, value, optional=True))
    if not told:
        raise _UnclearError
    defaults = [one or other for one, other in _DEFAULT.findall(goal)]
    numbers = [argument for argument in told if argument.kind == "int" and argument.optional]
    if len(defaults) == len(numbers) == 1:
        told = tuple(replace(a, default=defaults[0]) if a == numbers[0] else a for a in told)
    body = ["def main():", "    parser = argparse.ArgumentParser()", *(f"    parser.{_added(a)}" for a in told)]
    return _headed(goal, [*body, "    args = parser.parse_args()"])


def _headed(goal: str, body: Sequence[str], kept: str = "") -> str:
    modules = ["argparse", *(["sys"] if _ENDS.search(_QUOTED.sub(" ", goal)) else [])]
    modules += ["os"] if "def load(" in kept else []
    modules += ["json"] if re.search(r"\.json\b", goal) else []
    modules += ["csv"] if re.search(r"\bcsv\b", goal, re.I) else []
    modules += ["sqlite3"] if re.search(r"\.(?:db|sqlite3?)\b", goal) else []
    ends = statuses(goal)
    # Of several, the model has to say each time which one it is.
    status = "status" if len(ends) > 1 else f"status={ends.pop() if ends else 1}"
    fail = [f"def fail(message, {status}):", "    print(message, file=sys.stderr)", "    sys.exit(status)", "", ""]
    head = [*(f"import {module}" for module in sorted(modules)), "", "", *(fail if "sys" in modules else [])]
    return "\n".join([*head, *body]) + "\n"


def _better(one: tuple[Argument, ...] | None, other: tuple[Argument, ...]) -> tuple[Argument, ...]:
    """Of two ways of calling the same, the one that says more; options of both."""
    if one is None:
        return other
    first, second = ([a for a in told if not a.flag] for told in (one, other))
    named = [told for told in (first, second) if not any(a.made_up for a in told)]
    if len(named) != 1 and len(first) != len(second):
        raise _UnclearError
    words = named[0] if named else first
    options = {a.flag: replace(a, optional=True) for a in (*one, *other) if a.flag}
    return (*words, *options.values())


def _read(goal: str, rest: str) -> tuple[Argument, ...]:
    """The arguments of a usage line. Raises _UnclearError for redirections, pipes and what else is no argument."""
    found: list[Argument] = []
    tokens = [token.rstrip(",;.。，；") or token for token in _TOKEN.findall(rest)]
    at = 0
    while at < len(tokens):
        token = tokens[at]
        at += 1
        optional = token.startswith("[")
        inner = token[1:-1].split() if optional else [token]
        if not inner or not _ARGUMENT.fullmatch(token):
            raise _UnclearError
        if _OPTION.fullmatch(inner[0].partition("=")[0]):
            flag, _, value = inner[0].partition("=")
            value = value or (inner[1] if len(inner) > 1 else "")
            if not value and not optional and at < len(tokens) and not tokens[at].startswith(("-", "[")):
                value, at = tokens[at], at + 1
            found.append(_option(goal, flag, value, optional=optional))
        elif inner[-1] in ("...", "…") or inner[0].endswith(("...", "…")):
            name = inner[0].rstrip(".…")
            if found and (not name or found[-1].name == _name(name)):
                found[-1] = replace(found[-1], many=True)
            else:
                found.append(replace(_word(goal, name, found), many=True, optional=optional))
        elif len(inner) == 1:
            found.append(replace(_word(goal, inner[0], found), optional=optional))
        else:
            raise _UnclearError
    if sum(a.many for a in found if not a.flag) > 1 or len({a.name for a in found}) != len(found):
        raise _UnclearError
    return tuple(found)


def _option(goal: str, flag: str, value: str, *, optional: bool) -> Argument:
    name = _name(flag.lstrip("-"))
    if not value:
        return Argument(name, flag=flag, value=False, optional=True)
    choices = tuple(value.split("|")) if "|" in value else ()
    return Argument(name, flag=flag, optional=optional, choices=choices, kind=_kind(goal, value.strip("<>{}")))


def _word(goal: str, token: str, before: Sequence[Argument]) -> Argument:
    if re.fullmatch(r"[\w-]+(?:\|[\w-]+)+", token):
        return Argument("kind", choices=tuple(token.split("|")))
    if _PLACE.fullmatch(token) or _VERB.fullmatch(token):
        name = _name(token.strip("<>{}"))
        return Argument(name, kind=_kind(goal, name))
    if re.fullmatch(r"-?\d+(?:\.\d+)?", token):
        kind = "number"
    elif IS_FILE.search(token) and re.fullmatch(r"[\w./-]+", token):
        kind = "file"
    else:
        kind = "text"
    taken = {argument.name for argument in before}
    name = next(n for n in (kind, *(f"{kind}{i}" for i in range(2, 20))) if n not in taken)
    return Argument(name, kind=_kind(goal, token), made_up=True)


def _kind(goal: str, shown: str) -> Literal["", "int", "float"]:
    """What a number is read as; a text where the goal wants a number that is none refused in another way than parsers do.

    shown: the name of the placeholder, or an example.
    """
    if _REFUSED.search(goal) and statuses(goal) - {"2"}:
        return ""
    example = re.fullmatch(r"-?\d+(\.\d+)?", shown)
    if (example and (example[1] or _MEASURED.search(goal))) or (_ANY.fullmatch(shown) and _MEASURED.search(goal)):
        return "float"
    if example or _WHOLE.fullmatch(shown):
        return "int"
    return "float" if _MONEY.fullmatch(shown) else ""


def statuses(goal: str) -> set[str]:
    """The exit statuses other than 0 that the goal speaks of."""
    return {status for told in _STATUS.findall(goal) for status in re.findall(r"(?<![\w.])[1-9](?![\w.%])", told)}


def _name(token: str) -> str:
    """The placeholder as a name in Python. Raises _UnclearError where it makes none."""
    name = token.lower().replace("-", "_").replace(" ", "_")
    if keyword.iskeyword(name):
        name += "_"
    if not name.isidentifier():
        raise _UnclearError
    return name


def _added(argument: Argument) -> str:
    """The call that adds the argument to a parser."""
    given = [f'"{argument.flag or argument.name}"']
    if not argument.value:
        return f'add_argument({given[0]}, action="store_true")'
    if argument.flag and argument.flag.lstrip("-").replace("-", "_") != argument.name:
        given.append(f'dest="{argument.name}"')
    if argument.choices:
        given.append(f"choices={list(argument.choices)!r}".replace("'", '"'))
    if argument.kind:
        given.append(f"type={argument.kind}")
    if argument.many:
        given.append('nargs="*"' if argument.optional else 'nargs="+"')
    elif argument.optional and not argument.flag:
        given.append('nargs="?"' if argument.kind else 'nargs="?", default=""')
    elif argument.flag and not argument.optional:
        given.append("required=True")
    if argument.default:
        given.append(f"default={argument.default}")
    return f"add_argument({', '.join(given)})"
