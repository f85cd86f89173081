"""From what a person gives (words, a file, JSON) to a Task. What cannot be used is a UsageError that says why."""

import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from autogpt.agent.reading.given import compile_text
from autogpt.agent.reading.goal import language_of
from autogpt.core.check import Check
from autogpt.core.errors import UsageError
from autogpt.core.schema import Value, read_json
from autogpt.core.task import Language, Limits, Task

MOST = 200_000
"""How many characters a goal may have."""
_MOST_BYTES = 4_000_000
_MOST_ANSWER = 20_000


class Given(Value):
    """A task as JSON: what `--task-file` and the server's intake read."""

    goal: str
    checks: tuple[str | Annotated[Check, Field(discriminator="kind")], ...] = ()
    """Free text, or checks in their JSON form."""
    limits: dict[str, float | int | None] = Field(default_factory=dict[str, float | int | None])
    attachments: tuple[str, ...] = ()
    """Paths of files to hand over, relative to the current folder."""
    language: Language | None = None


_GIVEN = TypeAdapter(Given)


def read_file(path: Path) -> Given:
    """Read a task from a file: a JSON object, or else the goal as plain text. Raises UsageError."""
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"the task file {str(path)!r} cannot be read: {error.strerror}") from None
    return read_bytes(content, str(path))


def read_bytes(content: bytes, name: str) -> Given:
    """As `read_file`, for what is already in memory; `name` is what errors call it."""
    if len(content) > _MOST_BYTES:
        raise UsageError(f"the task in {name!r} has more than {_MOST_BYTES:,} bytes; put long material into a file")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"the task in {name!r} is not UTF-8 text (byte {error.start})") from None
    if not text.lstrip().startswith("{"):
        return Given(goal=text)
    try:
        value = read_json(text)
    except UsageError as error:
        raise UsageError(f"the task in {name!r} cannot be used: {error}") from None
    try:
        return _GIVEN.validate_python(value)
    except ValidationError as error:
        # Of a check the last one: the first says that it is no text either, which is of no help.
        first = error.errors()[-1]
        where = ".".join(str(part) for part in first["loc"] if "tagged-union" not in str(part)) or "it"
        said = first["msg"].replace(
            " found using 'kind' does not match any of the expected tags", " is none of these kinds"
        )
        raise UsageError(f"the task in {name!r} cannot be used: {where}: {said}") from None


def make_task(given: Given, limits: Limits, checks: Sequence[str] = ()) -> Task:
    """The task with its language known and its checks compiled; `checks` are added to its own.

    limits: apply where the task names none. Raises UsageError for a goal or a limit that cannot be used.
    """
    goal = clean_goal(given.goal)
    compiled = (*given.checks, *checks)
    try:
        merged = Limits.model_validate({**limits.model_dump(), **given.limits})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"the limit {where!r} cannot be {first['input']!r}: {first['msg']}") from None
    return Task(
        goal=goal,
        checks=tuple(_check(check) if isinstance(check, str) else check for check in compiled),
        limits=merged,
        attachments=given.attachments,
        language=given.language or language_of(goal),
    )


def clean_goal(text: str) -> str:
    """The goal without white space around it. Raises UsageError if it is empty, too long, or not text."""
    goal = text.strip()
    if not goal:
        raise UsageError('the goal is empty; say what is to be done, for example: autogpt run "write hello to a.txt"')
    if len(goal) > MOST:
        raise UsageError(f"the goal has {len(goal):,} characters, over the limit of {MOST:,}; put material into a file")
    if (odd := _not_text(goal)) is not None:
        raise UsageError(f"the goal holds {odd[0]!r} (character {odd[1]}), which is not text; remove it")
    return goal


def clean_answer(text: str, choices: Sequence[str] = ()) -> str:
    """An answer to a question without white space around it.

    choices: what it may be; anything if empty. Raises UsageError if it is none of them, empty, too long, or not text.
    """
    answer = text.strip()
    if not answer:
        raise UsageError("the answer is empty; say something")
    if choices and answer not in choices:
        raise UsageError(f"the answer must be one of: {', '.join(choices)}")
    if len(answer) > _MOST_ANSWER:
        raise UsageError(
            f"the answer has {len(answer):,} characters, over the limit of {_MOST_ANSWER:,}; put material into a file"
        )
    if (odd := _not_text(answer)) is not None:
        raise UsageError(f"the answer holds {odd[0]!r} (character {odd[1]}), which is not text; remove it")
    return answer


def _check(text: str) -> Check:
    if not text.strip():
        raise UsageError("a check is empty; say what must hold, for example: --check 'out.json contains total'")
    if len(text) > 10_000:
        raise UsageError(f"a check has {len(text):,} characters, over the limit of 10,000")
    if (odd := _not_text(text)) is not None:
        raise UsageError(f"a check holds {odd[0]!r} (character {odd[1]}), which is not text; remove it")
    return compile_text(text)


def _not_text(text: str) -> tuple[str, int] | None:
    """The first control character, or byte that is not UTF-8, and its place, counted from 1."""
    for number, char in enumerate(text, 1):
        kind = unicodedata.category(char)
        if kind == "Cs" or (kind == "Cc" and char not in "\n\r\t"):
            return char, number
    return None
