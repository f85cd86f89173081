"""Which strategies are tried, in which order, for a model's profile and a recipe. Measured: see benchmarks/."""

from autogpt.agent.functions import has_tests
from autogpt.agent.small import CHANGES, SLIPS, can_change
from autogpt.core.message import Profile
from autogpt.core.plan import Item, Recipe
from autogpt.core.strategy import Strategy

WRITE = Strategy(name="write", format="files", repairs=1)
MEND = Strategy(name="write", format="files", repairs=1)
FUNCTIONS = Strategy(name="functions", format="function", samples=12, temperature=0.0, repairs=0)
# Of 19 modules corrected in the conversation none held, for a quarter of all tokens, and of 9 faulty files written anew
# again and again after their functions none either.
ONCE = Strategy(name="write", format="files", repairs=0)
QUESTIONS = Strategy(name="questions", format="answers", repairs=0)
REWRITE = Strategy(name="samples", format="files", samples=2, temperature=0.8, repairs=0)
QUERY = Strategy(name="query", format="query", samples=2, repairs=0)
# Of 97 goals on tables one query asked for at once did what was wanted in 67, at 200 tokens each;
# where programs were drawn, too, a query took about half of their tokens.
PROGRAM = Strategy(name="program", format="script", repairs=0)
# Another program, drawn afresh, succeeded in 12 of 54 cases, the same one corrected in 4 of 27, for twice the tokens: a
# small model copies what it has before its eyes. What broke the last one is told the next.
PROGRAMS = Strategy(name="programs", format="script", samples=3, temperature=0.7, repairs=0)
TOOLS = Strategy(name="tools", format="native", repairs=3)
SCHEMA = Strategy(name="actions", format="schema", repairs=2)

READY = Strategy(name="known recipe", format="script", repairs=0)
ON = FUNCTIONS.model_copy(update={"name": "functions again"})
"""What small changes made easier: fewer tests fail, and the functions that those blame are fewer."""
OURS = (READY.name, SLIPS.name, CHANGES.name)
"""Strategies whose program is ours and not a model's."""

SECOND_FILES = Strategy(name="second opinion", format="files", samples=2, temperature=0.8, repairs=0)
SECOND_SCRIPT = Strategy(name="second opinion", format="script", samples=2, temperature=0.7, repairs=0)
SECOND_QUERY = Strategy(name="second opinion", format="query", samples=1, temperature=0.7, repairs=0)


def ladder(profile: Profile, item: Item, *, stronger: bool) -> tuple[Strategy, ...]:
    """The strategies for an item, first to last; the stronger model's comes at the end if there is one."""
    recipe = item.recipe
    match profile.format:
        case "native":
            steps = (TOOLS, SCHEMA)
        case "schema":
            steps = (SCHEMA, WRITE if recipe in ("code", "fix", "prose") else PROGRAM)
        case "block":
            steps = _BLOCKS[recipe]
    if steps == _BLOCKS["code"] and len(item.delivers) == 1:
        steps = _ONE_MODULE
    if profile.format == "block" and recipe == "fix" and profile.small and has_tests(item):
        # A fault may lie outside of functions.
        steps = (SLIPS, FUNCTIONS, CHANGES, ON, ONCE) if can_change(item) else (FUNCTIONS, ONCE)
    elif profile.format == "block" and profile.small and can_change(item):
        steps = (*steps, CHANGES)
    if profile.format == "block" and profile.small and item.questions:
        steps = (QUESTIONS, *steps)
    if profile.format == "block" and profile.queries and item.query:
        steps = (QUERY, *steps)
    if item.program:
        steps = (READY, *steps)
    if stronger:
        steps = (*steps, Strategy(name="stronger model", format="native", repairs=3, stronger=True))
    return steps


_ONE_MODULE = (ONCE, REWRITE.model_copy(update={"samples": 5}))
_BLOCKS: dict[Recipe, tuple[Strategy, ...]] = {
    "code": (WRITE, REWRITE, Strategy(name="one by one", format="files", decompose=True, repairs=1)),
    "fix": (MEND, REWRITE),
    "prose": (WRITE, Strategy(name="samples", format="files", samples=2, temperature=0.8, repairs=0)),
    "program": (PROGRAM, PROGRAMS),
    "tools": (PROGRAM, PROGRAMS, SCHEMA),
}


def second_opinion(strategy: Strategy, began: str = "") -> Strategy | None:
    """The strategy whose answers are compared with this one's, where comparing makes sense.

    began: the format of the first answer. Where a program differs from a query, another query decides: half the tokens
    of another program.
    """
    if strategy.format == "script" and strategy.name == SECOND_SCRIPT.name and began == "query":
        return SECOND_QUERY
    return {"files": SECOND_FILES, "script": SECOND_SCRIPT, "query": SECOND_SCRIPT}.get(strategy.format)
