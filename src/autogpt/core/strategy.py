"""A named way of working; chosen by what worked, changed when stuck."""

from typing import Annotated, Literal

from pydantic import Field

from autogpt.core.schema import Value

Format = Literal["files", "function", "answers", "script", "query", "schema", "native"]
"""How the model says what to do. files: whole file bodies as tagged blocks; function: one function of a file; answers:
the answer to one question; script: one Python program that does the work; query: one
SELECT over the tables of the folder, whose rows are the result; schema: a JSON action enforced by grammar;
native: the provider's tool calls."""


class Strategy(Value):
    name: str
    format: Format
    samples: Annotated[int, Field(ge=1, le=16)] = 1
    """How many answers are tried; the checks select."""
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.0
    repairs: Annotated[int, Field(ge=0, le=3)] = 2
    """How many rounds of repair with execution feedback before the next strategy."""
    decompose: bool = False
    stronger: bool = False
    """Whether the configured stronger model answers."""
