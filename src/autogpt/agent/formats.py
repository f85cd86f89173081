"""How a model says what to do: the request for each format, and the actions read from the reply."""

import re
from pathlib import PurePosixPath

from autogpt.agent.programs.mending import mended
from autogpt.core.action import Action
from autogpt.core.errors import UsageError
from autogpt.core.message import Reply, ToolSpec
from autogpt.core.schema import JsonValue, read_json

_INFO = {
    ".py": "python",
    ".js": "javascript",
    ".ts": "typescript",
    ".sh": "bash",
    ".html": "html",
    ".htm": "html",
    ".css": "css",
    ".json": "json",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".toml": "toml",
    ".md": "markdown",
    ".csv": "csv",
    ".sql": "sql",
    ".xml": "xml",
}


def opening(path: str) -> str:
    """How an answer that is this file begins: its fence, and a name line where the language has comments."""
    ending = PurePosixPath(path).suffix.lower()
    info = _INFO.get(ending, "text")
    first = f"# {path}\n" if ending in (".py", ".sh", ".yaml", ".yml", ".toml") else ""
    if ending == ".sh":
        first = "#!/bin/bash\n"
    if ending in (".html", ".htm"):
        first = "<!DOCTYPE html>\n"
    return f"```{info}\n{first}"


def closes(path: str, *, library: bool = False) -> tuple[str, ...]:
    """Texts that end the answer. Markdown may hold fences of its own, so there only the end of the answer does.

    library: a module that is only imported; what small models put below it (calls to show it off, tests of their own)
    costs as many tokens as the module, and prints when somebody imports it.
    """
    if PurePosixPath(path).suffix.lower() in (".md", ".rst"):
        return ()
    return ("\n```", *_SHOWING_OFF) if library and path.endswith(".py") else ("\n```",)


# No bare "# Test", "# Check" or "# Example": such a comment may stand above a function ("# Check if n is prime").
_SHOWING_OFF = (
    "\n# Example usage",
    "\n# Example Usage",
    "\n# Test cases",
    "\n# test_",
    "\ndef test_",
    "\ndef run_test",
    "\ndef check_solution",
    "\ndef check_function",
    "\ndef main(",
    "\nimport pytest",
    "\nprint(",
    "\nassert ",
    "\nif __name__",
)


_MODULES = (
    ("csv", r"\.[ct]sv\b"),
    ("html", r"(?s)\.json.*\.html?\b|\.html?\b.*\.(?:json|csv)"),
    ("json", r"\.json"),
    ("sqlite3", r"\.(?:db|sqlite3?)\b"),
)


def imports(text: str) -> str:
    """The imports that a program begins with whose goal and files are these.

    Begun so, a small model stays with the standard library; else it reaches for pandas, told not to or not.
    """
    return "".join(f"import {module}\n" for module, sign in _MODULES if re.search(sign, text))


_DATES = re.compile(r"\b\d{4}-\d{2}-\d{2}\b|\bYYYY-MM-DD\b|\bdatetime\b", re.I)


def dates(goal: str, path: str) -> str:
    """The import that a new module about days begins with: else a small model counts them by hand, and wrongly."""
    return "from datetime import date, timedelta\n" if path.endswith(".py") and _DATES.search(goal) else ""


def file_actions(reply: Reply, path: str, step: int) -> tuple[Action, ...]:
    """The file a reply holds, as a write_file action; nothing if it holds no text."""
    body = block(reply.text)
    if not body.strip():
        return ()
    name = f"# {path}"
    if body.startswith(name + "\n"):
        body = body[len(name) + 1 :].lstrip("\n")
    body = _BEGUN_ANEW.sub("", body, count=1)
    if closes(path) and _FENCE.match(body.lstrip().split("\n", 1)[0]):
        body = block(body)  # the fence that the answer had been begun with was opened once more
    if path.endswith(".py"):
        # So, too, the function that the answer had been begun with.
        body = mended(re.sub(r"^def (\w+)\((?=def \1\()", "", body, flags=re.M))
    return (Action(id=f"a{step}", tool="write_file", args={"path": path, "content": body.rstrip("\n") + "\n"}),)


_BEGUN_ANEW = re.compile(r"^def (\w+)\([^\n]*:\n(?=\s*(?:[`~]{3}|(?:#[^\n]*\n\s*)*def \1\())", re.M)
"""The first line of a function that the answer had been begun with, where the answer begins anew right after it."""


def program_actions(reply: Reply, step: int) -> tuple[Action, ...]:
    """The program a reply holds, as a run_python action; nothing if it holds none."""
    body = block(reply.text)
    # The block that the answer had been begun with may have been begun once more, after some lines of it.
    lines = body.split("\n")
    anew = next((at for at, line in enumerate(lines) if line.startswith(("```python", "~~~python"))), None)
    if anew is not None:
        body = block("\n".join(lines[anew:]))
    if not body.strip():
        return ()
    return (Action(id=f"a{step}", tool="run_python", args={"code": mended(body), "keep_state": False}),)


def native_actions(reply: Reply, step: int) -> tuple[Action, ...]:
    """The tool calls of a reply. Words without a call are how hosted models say that they are done: a handing in."""
    words = reply.text.strip()
    if reply.actions or not words or reply.stopped != "end":
        return reply.actions
    return (Action(id=f"h{step}", tool="hand_in", args={"summary": words[:1_000]}),)


_FENCE = re.compile(r"^(`{3,}|~{3,})(.*)$")


def block(text: str) -> str:
    """The body of the first markdown block in the text, or the whole text if it has none.

    A block inside the block (a fence with a language name, up to its own closing fence) belongs to the body.
    """
    lines = text.split("\n")
    start = next((at for at, line in enumerate(lines) if _FENCE.match(line.strip())), None)
    if start is None:
        return text
    bars = _fence_of(lines[start])
    body: list[str] = []
    inner = False
    for line in lines[start + 1 :]:
        found = _FENCE.match(line.strip())
        if found and not inner and not found[2].strip() and len(found[1]) >= len(bars) and found[1][0] == bars[0]:
            break
        if found and found[1][0] == bars[0]:
            inner = bool(found[2].strip()) or not inner
        body.append(line)
    return "\n".join(body)


def _fence_of(line: str) -> str:
    found = _FENCE.match(line.strip())
    return found[1] if found else "```"


# Schema-constrained actions --------------------------------------------------------------------------------------


def action_schema(tools: tuple[ToolSpec, ...]) -> dict[str, JsonValue]:
    """JSON Schema of one action: a short thought and exactly one of the tools with its arguments."""
    options: list[JsonValue] = [
        {
            "type": "object",
            "properties": {
                "thought": {"type": "string", "maxLength": 160},
                "tool": {"const": tool.name},
                "args": {key: value for key, value in tool.parameters.items() if key != "title"},
            },
            "required": ["thought", "tool", "args"],
            "additionalProperties": False,
        }
        for tool in tools
    ]
    return {"anyOf": options}


def schema_actions(reply: Reply, step: int) -> tuple[Action, ...]:
    """The action a schema-constrained reply holds; nothing if it was cut off before it closed."""
    try:
        value = read_json(reply.text)
    except UsageError:
        return ()
    if not isinstance(value, dict):
        return ()
    tool, args = value.get("tool"), value.get("args")
    if not isinstance(tool, str) or not isinstance(args, dict):
        return ()
    return (Action(id=f"a{step}", tool=tool, args=args),)
