"""A linear layer whose frozen weights are held in 8 bits, for training adapters beside it."""

from typing import Any, cast

import torch
from torch import nn


class Int8Linear(nn.Linear):
    """Weights as int8 with a float scale for each output row; bias as it was. Not trainable itself.

    torchao's int8 weights give the same numbers but keep the dequantised copy of every layer until the backward pass,
    which is the memory that was to be saved; here it is made anew.
    """

    def __init__(self, linear: nn.Linear) -> None:
        nn.Module.__init__(self)
        self.in_features, self.out_features = linear.in_features, linear.out_features
        weight = linear.weight.detach().float()
        scale = weight.abs().amax(1, keepdim=True).clamp(min=1e-12) / 127  # (out, 1)
        self.register_buffer("codes", (weight / scale).round().to(torch.int8))  # (out, in)
        self.register_buffer("scale", scale)
        bias = cast("nn.Parameter | None", linear.bias)
        self.bias = None if bias is None else nn.Parameter(bias.detach().clone(), requires_grad=False)

    @property
    def weight(self) -> torch.Tensor:  # type: ignore[override] - a parameter in nn.Linear, computed here
        return cast(torch.Tensor, self.codes).float() * cast(torch.Tensor, self.scale)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        product = cast(torch.Tensor, _Product.apply(input, self.codes, self.scale))
        return product if self.bias is None else product + self.bias

    def as_float(self) -> nn.Linear:
        """An ordinary layer with the same weights."""
        linear = nn.Linear(self.in_features, self.out_features, bias=self.bias is not None)
        with torch.no_grad():
            linear.weight.copy_(self.weight)
            if self.bias is not None:
                linear.bias.copy_(self.bias)
        return linear


class _Product(torch.autograd.Function):
    """input @ weight.T, with the weight dequantised once forwards and once backwards."""

    @staticmethod
    def forward(ctx: Any, input: torch.Tensor, codes: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(codes, scale)
        return input @ (codes.to(input.dtype) * scale.to(input.dtype)).T

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        codes, scale = ctx.saved_tensors
        (gradient,) = gradients
        return gradient @ (codes.to(gradient.dtype) * scale.to(gradient.dtype)), None, None


def hold_in_int8(network: nn.Module, names: set[str]) -> None:
    """Replace the linear layers of these names."""
    for name in names:
        parent, _, last = name.rpartition(".")
        place = network.get_submodule(parent)
        setattr(place, last, Int8Linear(cast(nn.Linear, getattr(place, last))))


def hold_in_float(network: nn.Module) -> None:
    """Turn every such layer back into an ordinary one."""
    for module in list(network.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, Int8Linear):
                setattr(module, name, child.as_float())
