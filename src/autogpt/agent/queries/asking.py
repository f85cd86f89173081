"""How a small model is asked for a query, and the program that asks it of the tables."""

import re
from collections.abc import Sequence

from autogpt.agent.formats import block
from autogpt.agent.programs.shipping import shipped
from autogpt.agent.queries.forms import decimals_of, form_of
from autogpt.agent.queries.relations import DATABASES, Relation, relations
from autogpt.agent.queries.words import BEGINS, COUNTED, RUNNING
from autogpt.agent.reading.columns import listed
from autogpt.core.action import Action
from autogpt.core.check import path_of
from autogpt.core.contracts import FileHead, Survey
from autogpt.core.message import Message, Reply
from autogpt.core.plan import Item
from autogpt.core.run import Run
from autogpt.core.schema import JsonValue
from autogpt.core.task import Language
from autogpt.core.verdict import Verdict

_SYSTEM: dict[Language, str] = {
    "en": "You write SQLite queries.",
    "zh": "你编写 SQLite 查询。",
}
_ASK: dict[Language, str] = {
    "en": "{tables}\n\nTask: {goal}\n\nWrite one SQLite SELECT whose result is exactly the rows of {path}{what}.{hints} Write the statement only.",
    "zh": "{tables}\n\n任务：{goal}\n\n写一条 SQLite 的 SELECT 语句，结果就是 {path} 的各行{what}。{hints}只写这条语句。",
}
_CHANGE: dict[Language, str] = {
    "en": "{tables}\n\nTask: {goal}\n\nWrite the SQLite statements that do this in {path}. Write the statements only.",
    "zh": "{tables}\n\n任务：{goal}\n\n写出在 {path} 中完成任务的 SQLite 语句。只写语句。",
}
_WHAT: dict[Language, dict[str, str]] = {
    "en": {
        "lines": ", as one column",
        "object": ": the key in the first column, the value in the second",
        "": ", in their order, with the columns that the task wants",
    },
    "zh": {"lines": "，只有一列", "object": "：第一列是键，第二列是值", "": "，顺序和列名都与任务要求一致"},
}
_HINTS: tuple[tuple[re.Pattern[str], dict[Language, str]], ...] = (
    (
        re.compile(r"\b(?:percent\w*|share of|proportion)\b|%|占比|百分比|比例", re.I),
        {
            "en": " A share is x * 100.0 / (SELECT SUM(x) FROM t).",
            "zh": "占比写作 x * 100.0 / (SELECT SUM(x) FROM t)。",
        },
    ),
    (
        re.compile(
            r"\b(?:without|with no|no|even if|also those|zero)\b[^.;\n]{0,40}\b(?:0|zero|empty|blank|gets?|count\w*)\b|(?:没有|无)[^，。；\n]{0,12}(?:记为|写|填|为|算)",
            re.I,
        ),
        {
            "en": " Rows without a match are kept by LEFT JOIN; {none} gives 0 for them.",
            "zh": "没有对应记录的行用 LEFT JOIN 保留，用 {none} 计为 0。",
        },
    ),
    (
        RUNNING,
        {
            "en": " A running total is SUM(x) OVER (ORDER BY rowid).",
            "zh": "逐行累计写作 SUM(x) OVER (ORDER BY rowid)。",
        },
    ),
    (
        re.compile(
            r"\b(?:since|than|from|compared (?:with|to)|over|against|and) (?:the |its |their |that of the )?(?:(?:row|day|month|week|year|reading|entry|value|line|one)s? (?:before|above)|(?:previous|last|preceding) (?:row|day|month|week|year|reading|entry|value|line|one))\b|"
            r"(?:较|比|与|和|同)(?:前|上)(?:一)?(?:天|日|月|周|年|次|行|条|个月|期)",
            re.I,
        ),
        {
            "en": " The value of the row before is LAG(x) OVER (ORDER BY rowid).",
            "zh": "上一行的值写作 LAG(x) OVER (ORDER BY rowid)。",
        },
    ),
)
"""Said only where it is wanted: a small model writes what it is told of, wanted or not."""


def opening(item: Item) -> tuple[str, tuple[str, ...]]:
    """How the answer begins, and what ends it: one SELECT, or the statements that change a database."""
    return ("```sql\n", ("```",)) if _changes(item) else ("```sql\nSELECT", ("```", ";"))


def _changes(item: Item) -> bool:
    return item.delivers[0].lower().endswith(DATABASES)


_AGAIN: dict[Language, str] = {
    "en": "\n\nBeware, an earlier statement failed: {error}",
    "zh": "\n\n注意，之前的语句失败了：{error}",
}
"""Without the statement itself, which a small model would copy."""


_LIBRARY = ("values", "sources", "queryfunctions", "querywork")
_ERROR = re.compile(r"^(?:[\w.]+\.)?(\w+(?:Error|Exception)?: .+)$", re.M)
"""What a program says last that breaks off."""


_OF_FILES = re.compile(
    r"\bsubfolders?\b|\bsame content\b|\bfiles? (?:sizes?|names?)\b|\b(?:all|every|each|the|which) files? (?:in|under|of|inside) (?:the )?(?:folder|directory)\b|"
    r"子文件夹|子目录|文件名|(?:所有|每个|哪些)文件",
    re.I,
)
"""Words of goals about files, in which texts that are named are examples."""


def askable(item: Item, files: Sequence[FileHead], looked: str = "") -> bool:
    """Whether what the item makes may be the rows of one query: one new file in a form that has rows, from tables.

    looked: what a look into databases printed.
    """
    if item.recipe != "program" or len(item.delivers) != 1 or item.then:
        return False
    path = item.delivers[0]
    if _changes(item):
        there = any(file.path == path and file.size for file in files)
        return there and {table.path for table in relations(item.goal, files, looked)} == {path}
    made = [check for check in item.checks if check.kind != "file_unchanged" and path_of(check) not in ("", path)]
    changed = any(check.kind == "python_holds" and check.label.endswith(" has changed") for check in item.checks)
    if made or changed or any(file.path == path for file in files):
        return False
    tables = relations(item.goal, files, looked)
    if all(table.source["kind"] == "lines" for table in tables) and _OF_FILES.search(item.goal):
        return False
    return bool(tables) and bool(form_of(item.goal, path, all(table.pairs for table in tables)))


def asks_query(
    run: Run, item: Item, survey: Survey, stands: Verdict | None = None, broke: str = ""
) -> tuple[Message, ...]:
    """What asks for the query.

    stands: the verdict on what the last query made; broke: what was said where it could not be asked.
    """
    language = run.task.language
    tables = _tables(run, item, survey.files)
    path = item.delivers[0]
    form = form_of(item.goal, path, all(table.pairs for table in tables))
    what = _WHAT[language].get(form, _WHAT[language][""])
    hints = _hints(item.goal, language)
    shown = "\n\n".join(table.told for table in tables)
    goal = "\n".join([item.goal.strip(), *(f"{question}\n{answer}" for question, answer in run.answers)])
    ask = _CHANGE if _changes(item) else _ASK
    text = ask[language].format(tables=shown, goal=goal, path=path, what=what, hints=hints)
    last = run.steps[-1] if run.steps else None
    if last and last.item == item.name and last.strategy.format == "query" and last.reply:
        failing = "" if broke or not stands else "\n".join(r.evidence[:300] for r in stands.failing[:2])
        errors = _ERROR.findall(broke)
        error = errors[-1] if errors else failing or broke[-200:]
        text += _AGAIN[language].format(error=error)
    return (Message(role="system", content=_SYSTEM[language]), Message(role="user", content=text))


def _hints(goal: str, language: Language) -> str:
    said = "".join(hint[language] for when, hint in _HINTS if when.search(goal))
    right = {"en": "right.column", "zh": "右表.列"}[language]
    said = said.replace("{none}", f"COUNT({right})" if COUNTED.search(goal) else f"COALESCE({right}, 0)")
    begins = BEGINS.search(goal)
    return said.replace("SUM(x) OVER", f"{begins['number']} + SUM(x) OVER") if begins else said


def _tables(run: Run, item: Item, files: Sequence[FileHead]) -> tuple[Relation, ...]:
    looked = "\n".join(one.content for one in run.looked if one.ok)
    given = [file for file in files if _changes(item) or file.path not in item.delivers]
    return relations(item.goal, given, looked)


def statements_of(reply: str) -> str:
    """The statements that a reply holds."""
    return block(reply).strip()


def change_of(text: str, goal: str, path: str) -> str:
    """The program that changes a database by statements; '' where they change nothing, or do anything else."""
    from autogpt.agent.queries.statement import changes  # late: the parser takes a tenth of a second

    made = changes(text, decimals_of(goal))
    if made is None:
        return shipped(_LIBRARY, f"change({path!r}, {[text]!r})")
    return shipped(_LIBRARY, f"change({path!r}, {made!r})") if made else ""


def statement_of(reply: str) -> str:
    """The statement that a reply holds; '' where it holds none."""
    text = block(reply).strip().partition(";")[0].strip()
    text = re.sub(r"^SELECT\s*(?=SELECT\b)", "", text, flags=re.I)  # begun, and begun once more
    return text if not text or re.match(r"(?:SELECT|WITH)\b", text, re.I) else f"SELECT {text}"


def query_actions(run: Run, item: Item, reply: Reply, files: Sequence[FileHead]) -> tuple[Action, ...]:
    """The program that asks the query of a reply and writes its rows, as a run_python action; nothing if it has none."""
    text = statements_of(reply.text) if _changes(item) else statement_of(reply.text)
    if not text:
        return ()
    if _changes(item):
        program = change_of(text, item.goal, item.delivers[0])
    else:
        program = program_of(text, item.goal, _tables(run, item, files), item.delivers[0], files)
    if not program:
        return ()
    args: dict[str, JsonValue] = {"code": program, "keep_state": False}
    return (Action(id=f"a{run.steps[-1].number}", tool="run_python", args=args),)


def program_of(text: str, goal: str, tables: Sequence[Relation], path: str, files: Sequence[FileHead]) -> str:
    """The program that asks a query of the tables, and writes what comes of it to the path."""
    from autogpt.agent.queries.statement import put_right  # late: the parser takes a tenth of a second

    statement = put_right(text, goal, tables, listed(goal, path, files))
    query, columns = (statement.query, list(statement.columns)) if statement else (text, [])
    form = form_of(goal, path, all(table.pairs for table in tables))
    sources = [table.source for table in tables]
    call = ", ".join(map(repr, (sources, query, path, form, columns, decimals_of(goal))))
    return shipped(_LIBRARY, f"main({call})")
