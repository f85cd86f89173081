"""Schemes: the ways to quantise that there are, and which of them the networks of a task can take."""

from typing import Literal, assert_never, cast, get_args

from autogpt.core.errors import UsageError
from autogpt.studio.compress.encoder import TASKS

QuantMethod = Literal["onnx-dynamic", "onnx-static", "torch-dynamic", "weights-int8", "weights-int4"]
"""
onnx-dynamic: ONNX Runtime, int8 weights per channel, activations scaled batch by batch; encoders with labels, where it
is the fastest.
onnx-static: the same with activation ranges fixed beforehand from calibration rows; also convolutions.
torch-dynamic: torch's own dynamic int8 linear layers; the fastest for language models.
weights-int8: torchao; smaller, and faster where one token follows another.
weights-int4: half as large again, multiplied in bfloat16; what does not divide into groups of 32 stays in int8.
"""
Form = Literal["onnx", "torch-int8", "torchao-int8", "torchao-int4", "int4"]
"""How the weights of a quantised checkpoint are kept: `shape["form"]` of its card. "torchao-int4", with a byte for each
weight, is read but no longer written."""

_LINEAR: tuple[QuantMethod, ...] = ("torch-dynamic", "weights-int8", "weights-int4")


def methods_of(task: str) -> tuple[QuantMethod, ...]:
    """The ways to quantise a model for a task, the one that is taken by default first."""
    if task in TASKS:
        return cast("tuple[QuantMethod, ...]", get_args(QuantMethod))
    return ("onnx-static", *_LINEAR) if task == "image-classification" else _LINEAR


def method_for(task: str, wanted: str) -> QuantMethod:
    """The way that is wanted, or the task's own if that is empty.

    Raises UsageError for one that there is not, or that this task's networks cannot take; it says which they can.
    """
    if wanted and wanted not in get_args(QuantMethod):
        raise UsageError(f"{wanted!r} is no way to quantise; {', '.join(get_args(QuantMethod))} are")
    methods = methods_of(task)
    if wanted and wanted not in methods:
        raise UsageError(f"a model for {task!r} cannot be quantised by {wanted!r}; it can by {', '.join(methods)}")
    return wanted or methods[0]


def check_calibration(method: str, *, given: bool) -> None:
    """Raises UsageError for a way to quantise that needs rows to calibrate by, where none are given."""
    if method == "onnx-static" and not given:
        raise UsageError("onnx-static needs calibration rows: give some training rows, 100 are enough")


def form_of(method: QuantMethod) -> Form:
    """How a way to quantise keeps the weights."""
    match method:
        case "onnx-dynamic" | "onnx-static":
            return "onnx"
        case "torch-dynamic":
            return "torch-int8"
        case "weights-int8":
            return "torchao-int8"
        case "weights-int4":
            return "int4"
        case _:
            assert_never(method)
