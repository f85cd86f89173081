"""Answers from a checkpoint with torch, where ONNX Runtime cannot: quantised by torch, or writing texts."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from autogpt.core.schema import JsonValue
from autogpt.studio.evaluate import predict
from autogpt.studio.kind import Loaded
from autogpt.studio.model import load

if TYPE_CHECKING:
    from autogpt.studio.lm.write import Manner, OnText, Written


class TorchModel:
    """A checkpoint in memory that answers one caller at a time. Safe to use from several threads."""

    def __init__(self, model: Path | Loaded) -> None:
        """model: a checkpoint's folder, or one that is loaded.

        Raises UsageError for a folder that is no checkpoint or cannot be loaded.
        """
        self._loaded = load(model) if isinstance(model, Path) else model
        self._turn = threading.Lock()
        self.checkpoint = self._loaded.checkpoint

    def predict(self, inputs: Sequence[Any], batch: int = 32) -> list[JsonValue]:
        """One answer for each input, as `evaluate.predict` gives it.

        Raises UsageError for an input the task cannot read.
        """
        with self._turn:
            return predict(self._loaded, inputs, batch)

    @property
    def writer(self) -> "TorchWriter | None":
        """What writes texts in the manner asked for, if the model writes texts at all."""
        from autogpt.studio.lm.write import WRITING

        return TorchWriter(self._loaded, self._turn) if self.checkpoint.task in WRITING else None


class TorchWriter:
    """A model that writes texts, piece by piece for whoever listens; a `completions.Writer`."""

    def __init__(self, loaded: Loaded, turn: threading.Lock) -> None:
        self._loaded, self._turn = loaded, turn

    @property
    def chats(self) -> bool:
        return self._loaded.checkpoint.task != "seq2seq" and bool(self._loaded.tokenizer.chat_template)

    def encode(self, asked: Sequence[JsonValue]) -> list[list[int]]:
        from autogpt.studio.lm.write import prompt_of_chat, prompt_of_text

        return [
            prompt_of_text(self._loaded, one)
            if isinstance(one, str)
            else prompt_of_chat(self._loaded, cast(list[dict[str, Any]], one))
            for one in asked
        ]

    def write(self, prompts: Sequence[Sequence[int]], manner: "Manner", on_text: "OnText") -> "list[Written]":
        from autogpt.studio.lm.write import write

        with self._turn:
            return write(self._loaded, prompts, manner, on_text)
