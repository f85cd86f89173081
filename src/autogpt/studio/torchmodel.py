"""Answers from a checkpoint with torch, where ONNX Runtime cannot: quantised by torch, or writing texts."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autogpt.core.schema import JsonValue
from autogpt.studio.evaluate import predict
from autogpt.studio.model import load


class TorchModel:
    """A checkpoint in memory that answers one caller at a time. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Raises UsageError for a folder that is no checkpoint or cannot be loaded."""
        self._loaded = load(folder)
        self._turn = threading.Lock()
        self.checkpoint = self._loaded.checkpoint

    def predict(self, inputs: Sequence[Any], batch: int = 32) -> list[JsonValue]:
        """One answer for each input, as `evaluate.predict` gives it.

        Raises UsageError for an input the task cannot read.
        """
        with self._turn:
            return predict(self._loaded, inputs, batch)
