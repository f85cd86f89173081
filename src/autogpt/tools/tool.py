"""A tool: a typed async function whose docstring the model reads, with a declaration of what it does to the world."""

import difflib
import hashlib
import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast, get_type_hints, overload

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, create_model
from pydantic.fields import FieldInfo

from autogpt.core.effect import Effects
from autogpt.core.errors import ToolError
from autogpt.core.message import ToolSpec
from autogpt.core.schema import canonical_json

Function = Callable[..., Awaitable[str]]
"""`async (here: Here, ...arguments) -> str`; raises ToolError for what the agent can mend."""

Destinations = Callable[[Mapping[str, JsonValue]], tuple[str, ...]]
"""Reads off the arguments where a call reaches: hosts, addresses, paths outside the workspace."""

_FORM = ConfigDict(
    extra="forbid", frozen=True, coerce_numbers_to_str=True, allow_inf_nan=False, protected_namespaces=()
)


@dataclass(frozen=True)
class Tool:
    """A function with all that the model and the policy are told of it."""

    name: str
    description: str
    parameters: dict[str, JsonValue]
    """JSON Schema (2020-12) of the arguments."""
    effects: Effects
    declared: bool
    """Whether the effects were declared; if not, they are the worst case."""
    version: str
    """Digest of name, description and parameters: an approval of an older tool does not count for a newer one."""
    function: Function
    form: type[BaseModel]
    """Validates the arguments."""
    for_loop: bool = False
    """Whether the loop deals with the call itself, because a person or the end of the run is concerned."""
    exact: bool = False
    """Whether repeated lines of its result stay as they are."""
    destinations: Destinations | None = None

    @property
    def spec(self) -> ToolSpec:
        """What the model is told."""
        return ToolSpec(name=self.name, description=self.description, parameters=self.parameters)

    @property
    def usage(self) -> str:
        """The call with its arguments on one line."""
        told = [_argument(name, info) for name, info in self.form.model_fields.items()]
        return f"{self.name}({', '.join(told)})"

    def fit(self, args: Mapping[str, JsonValue]) -> BaseModel:
        """The arguments, validated, defaults filled in.

        Numbers and truth values given as text are read; null for an argument that has a default means the default.
        Raises ToolError that lists the right arguments.
        """
        fields = self.form.model_fields
        given = {
            name: value
            for name, value in args.items()
            if not (value is None and name in fields and not fields[name].is_required())
        }
        try:
            form = self.form.model_validate(given)
        except ValidationError as error:
            raise ToolError(self._explain(error)) from None
        try:
            canonical_json(form.model_dump()).encode()
        except UnicodeEncodeError:
            raise ToolError("an argument holds half a surrogate pair, which is not text; give the character") from None
        return form

    def _explain(self, error: ValidationError) -> str:
        problems: list[str] = []
        for problem in error.errors(include_url=False, include_context=False, include_input=False)[:5]:
            name = ".".join(str(part) for part in problem["loc"])[:60]
            match problem["type"]:
                case "extra_forbidden":
                    close = difflib.get_close_matches(name, self.form.model_fields, n=1)
                    hint = f" (did you mean {close[0]!r}?)" if close else ""
                    problems.append(f"there is no argument {_plain(name)}{hint}")
                case "missing":
                    problems.append(f"argument {_plain(name)} is missing")
                case _:
                    problems.append(f"argument {_plain(name)}: {problem['msg'][:200]}")
        return f"{'; '.join(problems)}. Usage: {self.usage}"


@overload
def tool(function: Function, /) -> Tool: ...
@overload
def tool(
    *,
    effects: Effects | None = None,
    for_loop: bool = False,
    exact: bool = False,
    destinations: Destinations | None = None,
) -> Callable[[Function], Tool]: ...
def tool(
    function: Function | None = None,
    /,
    *,
    effects: Effects | None = None,
    for_loop: bool = False,
    exact: bool = False,
    destinations: Destinations | None = None,
) -> Tool | Callable[[Function], Tool]:
    """Make a tool of an async function; its docstring is what the model reads.

    The first paragraph describes it; lines `name: text` describe arguments. Without `effects` the worst case is
    assumed, and the policy lets nothing through. Raises TypeError for a function that cannot be a tool.
    """

    def make(function: Function) -> Tool:
        name = function.__name__
        description, about = _read_docstring(function)
        form = _form(function, about)
        parameters = _parameters(form)
        digest = hashlib.sha256(canonical_json([name, description, parameters]).encode()).hexdigest()
        return Tool(
            name=name,
            description=description,
            parameters=parameters,
            effects=effects or Effects(),
            declared=effects is not None,
            version=digest[:12],
            function=function,
            form=form,
            for_loop=for_loop,
            exact=exact,
            destinations=destinations,
        )

    return make(function) if function is not None else make


def _read_docstring(function: Function) -> tuple[str, dict[str, str]]:
    """The first paragraph, and what is said of each argument."""
    text = inspect.getdoc(function)
    if not text:
        raise TypeError(f"{function.__name__} has no docstring: the model would not know what it does")
    first, _, rest = text.partition("\n\n")
    names = list(inspect.signature(function).parameters)[1:]
    about: dict[str, str] = {}
    current = ""
    for line in rest.split("\n"):
        match = re.match(r"(\w+): (.+)", line)
        if match and match[1] in names:
            current = match[1]
            about[current] = match[2].strip()
        elif line.startswith(" ") and current:
            about[current] += " " + line.strip()
        else:
            current = ""
    return " ".join(first.split()), about


def _form(function: Function, about: Mapping[str, str]) -> type[BaseModel]:
    if not inspect.iscoroutinefunction(function):
        raise TypeError(f"{function.__name__} must be an async function")
    hints = get_type_hints(function, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())
    if not parameters or parameters[0].name != "here":
        raise TypeError(f"the first argument of {function.__name__} must be `here`")
    fields: dict[str, Any] = {}  # create_model is typed with Any; what goes in is checked by the lines below
    for parameter in parameters[1:]:
        if parameter.name not in hints or parameter.kind not in (
            parameter.POSITIONAL_OR_KEYWORD,
            parameter.KEYWORD_ONLY,
        ):
            raise TypeError(f"argument {parameter.name!r} of {function.__name__} needs a type, and no stars")
        default = ... if parameter.default is parameter.empty else parameter.default
        fields[parameter.name] = (hints[parameter.name], Field(default, description=about.get(parameter.name)))
    return create_model(function.__name__, __config__=_FORM, **fields)


def _parameters(form: type[BaseModel]) -> dict[str, JsonValue]:
    return cast(dict[str, JsonValue], _without_titles(cast(JsonValue, form.model_json_schema())))


def _without_titles(schema: JsonValue, *, names: bool = False) -> JsonValue:
    """Leave out the titles pydantic makes up, which cost tokens. names: the keys are the author's, not the schema's."""
    if isinstance(schema, dict):
        return {
            key: _without_titles(value, names=not names and key in ("properties", "$defs"))
            for key, value in schema.items()
            if names or key != "title"
        }
    if isinstance(schema, list):
        return [_without_titles(value) for value in schema]
    return schema


def _argument(name: str, info: FieldInfo) -> str:
    words: dict[object, str] = {str: "text", int: "whole number", float: "number", bool: "true or false"}
    kind = words.get(info.annotation, "value")
    return f"{name}: {kind}" if info.is_required() else f"{name}: {kind} = {info.default!r}"


def _plain(name: str) -> str:
    """A name the model made up, safe to print."""
    return repr(name)
