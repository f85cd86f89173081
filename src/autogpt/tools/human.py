"""Tools that concern the run itself: ask a person, hand the work in. The loop deals with their calls."""

from autogpt.core.effect import Effects
from autogpt.core.errors import ToolError
from autogpt.tools.here import Here
from autogpt.tools.tool import tool

NOTHING = Effects(reads="none", untrusted_output=False, effect="none", idempotent="key")


@tool(effects=NOTHING, for_loop=True)
async def ask_person(here: Here, question: str) -> str:
    """Ask the person who gave the task, only if something essential is missing.

    question: one precise question
    """
    if not question.strip():
        raise ToolError("the question is empty: ask for exactly what is missing")
    if here.ask is None:
        raise ToolError("nobody can answer now; choose what is most likely meant, and say so in the result")
    return await here.ask(question)


@tool(effects=NOTHING, for_loop=True)
async def hand_in(here: Here, summary: str) -> str:
    """Hand the work in to be checked.

    summary: what was made, in one or two sentences
    """
    if not summary.strip():
        raise ToolError("the summary is empty: say in a sentence what was made")
    return "handed in; the checks decide"
