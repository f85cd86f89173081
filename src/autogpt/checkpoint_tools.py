"""Joins checkpoints that label texts with the agent: each one that the person offers becomes a tool it can call."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import anyio.to_thread
from pydantic import ValidationError

from autogpt.checkpoints import answering_model, checkpoints, folder_of
from autogpt.core.effect import Effects
from autogpt.core.errors import ToolError, UsageError
from autogpt.core.schema import JsonValue, Value, read_json
from autogpt.studio.checkpoint import Checkpoint, read_checkpoint
from autogpt.studio.jobs import write
from autogpt.tools.here import Here
from autogpt.tools.standard import TOOLS
from autogpt.tools.tool import Tool, tool

if TYPE_CHECKING:
    from autogpt.studio.export.onnxmodel import OnnxModel
    from autogpt.studio.torchmodel import TorchModel

_OFFER = "tool.json"
_FITTING = ("text-classification", "multi-label", "text-pair", "token-classification")
_MOST_TEXT = 20_000
"""Characters the tool reads in one call."""
_MOST_LINES = 60
"""Names or labels it tells in one call."""
# It computes; nothing is read but what it is given, and a label says nothing that its text had not said before.
_EFFECTS = Effects(reads="none", untrusted_output=False, effect="none", idempotent="key")


class Offer(Value):
    """How a checkpoint is offered to the agent."""

    tool: str
    """Name of the tool."""
    about: str
    """What the model reads of it: what it tells, of which texts."""


def offer(home: Path, name: str, about: str, tool: str = "") -> Offer:
    """Have every run from now on see the checkpoint as a tool.

    about: one sentence for the agent on what it tells, such as "Says which department a customer's mail is for."
    tool: the tool's name; made from the checkpoint's if not given.
    Raises UsageError for a checkpoint that labels no texts, and a name that is taken or is none.
    """
    folder = folder_of(home, name)
    task = read_checkpoint(folder).task
    if task not in _FITTING:
        raise UsageError(f"the checkpoint {name!r} is for {task}; tools can be made for {', '.join(_FITTING)}")
    called = tool or "label_" + "".join(char if char.isascii() and char.isalnum() else "_" for char in name.lower())
    taken = {one.name for one in TOOLS} | {other.tool for path, _, other in _offered(home) if path != folder}
    if not called.isidentifier() or called in taken:
        raise UsageError(f"a tool cannot be called {called!r}: it is taken, or not one word of letters and digits")
    if not about.strip():
        raise UsageError("say in one sentence what the model tells, for the agent to read")
    made = Offer(tool=called, about=" ".join(about.split()))
    write(folder / _OFFER, made)  # half of it would keep every run from beginning
    return made


def withdraw(home: Path, name: str) -> None:
    """No longer offer the checkpoint. Raises UsageError if it is not offered."""
    path = folder_of(home, name) / _OFFER
    if not path.exists():
        raise UsageError(f"the checkpoint {name!r} is not offered to the agent")
    path.unlink()


def offered_tools(home: Path) -> tuple[Tool, ...]:
    """The tools that checkpoints are offered as, by the checkpoints' names. Nothing is loaded before the first call."""
    return tuple(_tool(home, folder.name, checkpoint, one) for folder, checkpoint, one in _offered(home))


def _offered(home: Path) -> list[tuple[Path, Checkpoint, Offer]]:
    found: list[tuple[Path, Checkpoint, Offer]] = []
    for folder, checkpoint in checkpoints(home):
        path = folder / _OFFER
        if path.exists() and checkpoint.task in _FITTING:
            try:
                found.append((folder, checkpoint, Offer.model_validate(read_json(path.read_text("utf-8")))))
            except (UsageError, ValidationError) as error:
                raise UsageError(
                    f"{str(path)!r} is damaged: {error}; delete it, and offer the checkpoint anew"
                ) from None
    return found


def _tool(home: Path, name: str, checkpoint: Checkpoint, told: Offer) -> Tool:
    asked = _Asked(home, name)

    async def one(here: Here, text: str) -> str:
        return await asked.answer(text, text)

    async def pair(here: Here, text: str, other: str) -> str:
        return await asked.answer({"text": text, "text_pair": other}, text + other)

    function = pair if checkpoint.task == "text-pair" else one
    names = list(dict.fromkeys(label.removeprefix("B-").removeprefix("I-") for label in checkpoint.labels))
    kinds = ", ".join(label for label in names[:20] if label != "O") + (", ..." if len(names) > 20 else "")
    function.__name__ = told.tool
    function.__doc__ = f"{told.about} It can say: {kinds}.\n\ntext: the text itself, at most {_MOST_TEXT:,} characters"
    if checkpoint.task == "text-pair":
        function.__doc__ += "\nother: the text it is compared with"
    return tool(effects=_EFFECTS)(function)


class _Asked:
    """A checkpoint that is loaded when it is first asked."""

    def __init__(self, home: Path, name: str) -> None:
        self._home = home
        self._name = name
        self._model: OnnxModel | TorchModel | None = None
        self._turn = threading.Lock()

    async def answer(self, given: JsonValue, text: str) -> str:
        if len(text) > _MOST_TEXT:
            raise ToolError(f"the text has {len(text):,} characters, at most {_MOST_TEXT:,} are read; give it in parts")
        try:
            return _told(await anyio.to_thread.run_sync(self._predict, given))
        except UsageError as error:
            raise ToolError(f"the model {self._name!r} cannot be asked: {error}") from None

    def _predict(self, given: JsonValue) -> JsonValue:
        with self._turn:
            if self._model is None:
                self._model = answering_model(self._home, self._name)
            return self._model.predict([given])[0]


def _told(answer: JsonValue) -> str:
    """The answer in a line, or one line a name."""
    said = cast(dict[str, Any], answer)
    scores = cast(dict[str, float], said.get("scores", {}))
    if "spans" in said:
        lines = [f"{span['label']}: {span['text']} ({span['score']:.2f})" for span in said["spans"]]
        more = [f"and {len(lines) - _MOST_LINES} more"] if len(lines) > _MOST_LINES else []
        return "\n".join([*lines[:_MOST_LINES], *more]) or "nothing was found"
    if "labels" in said:
        return ", ".join(f"{label} ({scores[label]:.2f})" for label in said["labels"][:_MOST_LINES]) or "no label fits"
    return f"{said['label']} ({said['score']:.2f})"
