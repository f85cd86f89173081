"""Finds every text a person may see in the sources of the doors: `say("...")` and the messages of errors."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import autogpt
from autogpt.cli.help import WORDS

PACKAGE = Path(autogpt.__file__).parent
OURS = ("cli", "runs", "app.py", "studio_app.py", "api.py", "settings.py", "parts.py", "doctor.py")
OURS += ("studio", "checkpoints.py", "checkpoint_tools.py")
OURS += ("store", "models", "sandbox", "exam", "core", "policy", "tools", "brief.py", "examine.py", "tidy.py")
_ERRORS = {
    "UsageError",
    "RunNotFound",
    "JournalError",
    "AutoGPTError",
    "MissingExtra",
    "Diverged",
    "TrainingDiverged",
    "TryAgain",
    "SandboxUnavailable",
    "ModelError",
    "ModelBusy",
    "ContextFull",
    "UnusableAnswer",
}
_ADVICE = {"_hint", "reason", "_last_words", "_ways_out", "_BY_HAND", "refusal_of"}

TYPED_WRONG = {
    "No such option: {}",
    "No such option: {} (Possible options: {})",
    "No such command {}.",
    "No such command {}. Did you mean {}?",
    "Missing argument {}.",
    "Missing option {}.",
    "Option {} requires an argument.",
    "Option {} does not take a value.",
    "Got unexpected extra argument(s) ({})",
    "Invalid value for {}: {}",
    "Invalid value for {}: Input should be greater than or equal to {}",
    "Invalid value for {}: Input should be less than or equal to {}",
    "Input should be a valid integer, unable to parse string as an integer",
    "Input should be a valid number, unable to parse string as a number",
}
"""What Typer, and pydantic for it, say of arguments; `main` translates it."""

OF_THE_SYSTEM = {
    "No such file or directory",
    "Permission denied",
    "Is a directory",
    "Not a directory",
    "No space left on device",
    "Read-only file system",
    "File name too long",
    "Operation not permitted",
    "[Errno {}] {}: {}",
}
"""What the system says of files, often, at the end of our messages."""


def sources() -> Iterator[Path]:
    for name in OURS:
        path = PACKAGE / name
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]


def template(node: ast.expr) -> str | None:
    """The text of a literal, with `{}` for every value an f-string fills in."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in values)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            # A part that may be missing is told as a hole.
            first, second = template(left), template(right)
            return f"{first or '{}'}{second or '{}'}"
        case _:
            return None


def visible(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == "say_count":
            yield from texts(node.args[1:3])
        elif name == "say" or name in _ERRORS:
            yield from texts(node.args[:1])
        elif name == "Finding":
            for keyword in node.keywords:
                if keyword.arg in ("what", "mend") and (text := template(keyword.value)) and text.strip("{}"):
                    yield text


def advice() -> Iterator[str]:
    """What to do, which ends the message of an error; chosen by a function of its own, or by name."""
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.FunctionDef(name=name) if name in _ADVICE:
                    for one in ast.walk(node):
                        match one:
                            case ast.Return(value=ast.expr() as value):
                                yield from sentences(value.values[-1] if isinstance(value, ast.BoolOp) else value)
                            case ast.Tuple(elts=[ast.Constant(), ast.Constant() as told]):
                                yield from sentences(told)
                            case _:
                                pass
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in _ADVICE:
                    yield from sentences(value)
                case ast.Call(func=ast.Attribute(value=ast.Name(id="reasons"), attr="append"), args=[told]):
                    yield from sentences(told)
                case _:
                    pass


def texts(told: Iterable[ast.expr]) -> Iterator[str]:
    """The sentences among the expressions; of a choice, both sides."""
    for one in told:
        for side in (one.body, one.orelse) if isinstance(one, ast.IfExp) else (one,):
            if (text := template(side)) and re.search(r"[^\W\d_]", re.sub(r"\{\w*\}", "", text)):
                yield text


def _names(call: ast.Call) -> list[ast.expr]:
    """What a strategy or an item of a plan is called."""
    match call:
        case ast.Call(func=ast.Name(id="Strategy" | "Item")):
            return [keyword.value for keyword in call.keywords if keyword.arg == "name"]
        case ast.Call(func=ast.Name(id="make_item"), args=[name, *_]):
            return [name]
        case ast.Call(func=ast.Attribute(attr="model_copy")):
            updates = [keyword.value for keyword in call.keywords if keyword.arg == "update"]
            pairs = [
                pair for one in updates if isinstance(one, ast.Dict) for pair in zip(one.keys, one.values, strict=True)
            ]
            return [value for key, value in pairs if isinstance(key, ast.Constant) and key.value == "name"]
        case _:
            return []


def decided() -> Iterator[str]:
    """What the loop says of its moves and demands, which is told in the person's language: reasons, labels, checks."""
    for path in sorted((PACKAGE / "agent").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                told = [keyword.value for keyword in node.keywords if keyword.arg in ("reason", "label")]
                yield from texts(told)
                yield from texts(_names(node))
            elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "label":
                yield from texts([node.value])
    for node in ast.walk(ast.parse((PACKAGE / "core" / "check.py").read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name == "describe":
            yield from texts(one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value)


def found() -> Iterator[str]:
    """What the studio says in English and a door translates: why a row or a job failed, checks, what a base is."""
    studio = PACKAGE / "studio"
    told = {"Rejected": "reason", "Finding": "said", "Ending": "message", "Base": "about"}
    for path in sorted(studio.rglob("*.py")):
        speaks = path.parent.name == "data" or path.name in ("work.py", "jobs.py", "verify.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id=name), keywords=keywords) if name in told:
                    yield from texts(keyword.value for keyword in keywords if keyword.arg == told[name])
                case ast.Return(value=ast.expr() as value) if speaks:
                    yield from sentences(value)
                case ast.Assign(targets=[ast.Name(id="told" | "why" | "said" | "fault")], value=value) if speaks:
                    yield from sentences(value)
                case _:
                    pass


def evidence() -> Iterator[str]:
    """What checks found, which is told to the model in English and to a person in the language of the messages."""
    for name in ("files", "checks", "language"):
        for node in ast.walk(ast.parse((PACKAGE / "exam" / f"{name}.py").read_text("utf-8"))):
            if isinstance(node, ast.Return) and node.value is not None:
                yield from texts(node.value.elts[1:] if isinstance(node.value, ast.Tuple) else [node.value])


def noted() -> Iterator[str]:
    """What is told while one waits: of a model that is fetched or busy."""
    for name in ("parts.py", "models/shelf.py"):
        for node in ast.walk(ast.parse((PACKAGE / name).read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="notify"), args=told):
                    yield from texts(told)
                case ast.FunctionDef(name="__str__"):
                    yield from texts(one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value)
                case _:
                    pass


def sentences(value: ast.expr) -> Iterator[str]:
    """The texts of several words among what a function returns or a name stands for."""
    value = value.value if isinstance(value, ast.Subscript) else value
    yield from (text for text in texts([value]) if len(re.findall(r"[a-z]{2,}", text)) >= 2 and text[0] != "<")


def all_visible() -> set[str]:
    ours = (
        {text for path in sources() for text in visible(path)}
        | set(decided())
        | set(found())
        | set(advice())
        | set(noted())
        | set(evidence())
    )
    return ours | {*WORDS} | TYPED_WRONG | OF_THE_SYSTEM


if __name__ == "__main__":
    for found in sorted(all_visible()):
        print(repr(found))
