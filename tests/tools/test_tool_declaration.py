import pytest

from autogpt.core.effect import Effects
from autogpt.core.errors import ToolError
from autogpt.tools.here import Here
from autogpt.tools.standard import TOOLS
from autogpt.tools.tool import tool


@tool(effects=Effects(reads="none", untrusted_output=False, effect="none", idempotent="key"))
async def weigh(here: Here, what: str, times: int = 1, exactly: float = 0.5, loud: bool = False) -> str:
    """Weigh a thing
    on the scales.

    what: the thing,
      by name
    times: how often
    Nobody reads this line.
    """
    return f"{what} {times} {exactly} {loud}"


def test_the_model_reads_the_first_paragraph_and_a_line_for_each_argument():
    assert weigh.spec.model_dump() == {
        "name": "weigh",
        "description": "Weigh a thing on the scales.",
        "parameters": {
            "type": "object",
            "additionalProperties": False,
            "required": ["what"],
            "properties": {
                "what": {"type": "string", "description": "the thing, by name"},
                "times": {"type": "integer", "default": 1, "description": "how often"},
                "exactly": {"type": "number", "default": 0.5},
                "loud": {"type": "boolean", "default": False},
            },
        },
    }


@pytest.mark.parametrize("ours", TOOLS, ids=lambda ours: ours.name)
def test_each_of_our_tools_declares_its_effects_and_says_what_it_does(ours):
    assert ours.declared
    assert len(ours.description) > 20
    assert ours.effects.idempotent == "key"


def test_a_tool_that_declares_nothing_is_taken_for_the_worst():
    @tool
    async def silent(here: Here) -> str:
        """Do something nobody knows."""
        return ""

    assert not silent.declared
    assert silent.effects == Effects(
        reads="private", untrusted_output=True, effect="irreversible", idempotent="no", runs_code=False
    )


def test_only_tools_that_run_code_are_said_to():
    assert {ours.name for ours in TOOLS if ours.effects.runs_code} == {
        "run_python",
        "run_command",
        "start_process",
        "process_log",
        "stop_process",
        "http_get",
    }


def test_all_our_tools_together_take_few_tokens_of_a_prompt():
    letters = sum(len(ours.spec.model_dump_json()) for ours in TOOLS)
    assert letters < 5_600  # about 1,300 tokens; a run is shown fewer


def test_the_version_changes_with_what_the_model_is_told_and_only_with_that():
    def made(words: str, default: int):
        async def same(here: Here, count: int = default) -> str:
            return ""

        same.__doc__ = words
        return tool(same).version

    assert made("One.", 1) == made("One.", 1)
    assert len({made("One.", 1), made("Two.", 1), made("One.", 2)}) == 3


@pytest.mark.parametrize(
    ("args", "fitted"),
    [
        ({"what": "pear"}, {"what": "pear", "times": 1, "exactly": 0.5, "loud": False}),
        (
            {"what": 7, "times": "3", "exactly": "2.5", "loud": "true"},
            {"what": "7", "times": 3, "exactly": 2.5, "loud": True},
        ),
        (
            {"what": "x", "times": None, "loud": None},
            {"what": "x", "times": 1, "exactly": 0.5, "loud": False},
        ),
    ],
)
def test_numbers_given_as_text_are_read_and_null_means_the_default(args, fitted):
    assert weigh.fit(args).model_dump() == fitted


USAGE = "Usage: weigh(what: text, times: whole number = 1, exactly: number = 0.5, loud: true or false = False)"


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ({}, f"argument 'what' is missing. {USAGE}"),
        ({"what": None}, f"argument 'what': Input should be a valid string. {USAGE}"),
        ({"what": "x", "time": 1}, f"there is no argument 'time' (did you mean 'times'?). {USAGE}"),
        ({"what": "x", "\x1b[31m": 1}, f"there is no argument '\\x1b[31m'. {USAGE}"),
        ({"what": {"a": 1}}, f"argument 'what': Input should be a valid string. {USAGE}"),
        (
            {"what": "x", "times": "many"},
            "argument 'times': Input should be a valid integer, unable to parse string as an integer. " + USAGE,
        ),
        (
            {"what": "x", "times": 1.5},
            "argument 'times': Input should be a valid integer, got a number with a fractional part. " + USAGE,
        ),
        ({"what": "x", "exactly": float("nan")}, f"argument 'exactly': Input should be a finite number. {USAGE}"),
        ({"what": "\ud800"}, "an argument holds half a surrogate pair, which is not text; give the character"),
    ],
)
def test_arguments_that_do_not_fit_are_answered_with_the_right_ones(args, told):
    with pytest.raises(ToolError) as error:
        weigh.fit(args)
    assert str(error.value) == told


def test_a_function_the_model_could_not_use_is_refused_when_it_is_written():
    def sync(here: Here) -> str:
        """Not async."""
        return ""

    async def mute(here: Here) -> str:
        return ""

    async def homeless(path: str) -> str:
        """Has no here."""
        return ""

    async def untyped(here: Here, path) -> str:
        """Has an argument without a type."""
        return ""

    async def starred(here: Here, **more: str) -> str:
        """Takes anything."""
        return ""

    for function in (sync, mute, homeless, untyped, starred):
        with pytest.raises(TypeError, match=r"here|docstring|async|type"):
            tool(function)
