"""A linear layer whose weights are held in 4 bits, two to a byte, in memory and on the disk."""

from typing import Any, cast

import torch
from torch import nn

GROUP = 32
"""Inputs that share a scale."""
_OUTPUTS = 16
"""What the kernel counts outputs in."""


def fits(linear: nn.Linear) -> bool:
    """Whether the layer divides into groups and into the kernel's blocks."""
    return linear.in_features % GROUP == 0 and linear.out_features % _OUTPUTS == 0


class Int4Linear(nn.Module):
    """Weights from -8 to 7 as torchao chooses them, with a scale for every 32 inputs; they are multiplied in bfloat16.

    torchao holds such weights in a byte each and spreads them to floats at every call (0.18; measured 1.6 times slower
    than float32). torch's own kernel reads two to a byte: 1.7 times faster, one row or many. What that kernel wants
    depends on the processor, so the file holds them row by row, and they are arranged when they are first used: from
    then on they are in memory twice, once to be saved.
    """

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.in_features, self.out_features = linear.in_features, linear.out_features
        # (outputs, inputs / 2): the even input in the lower half of the byte, the odd one in the upper.
        self.register_buffer("codes", torch.zeros(self.out_features, self.in_features // 2, dtype=torch.uint8))
        self.register_buffer("scale", torch.zeros(self.out_features, self.in_features // GROUP, dtype=torch.bfloat16))
        self.bias = cast("nn.Parameter | None", linear.bias)
        self._arranged: tuple[torch.Tensor, torch.Tensor] | None = None
        self.register_load_state_dict_post_hook(Int4Linear._forget)

    @classmethod
    def of(cls, linear: nn.Linear) -> "Int4Linear":
        """The layer in 4 bits."""
        from torchao.quantization import IntxUnpackedToInt8Tensor  # late: torchao takes seconds to import

        small = cls(linear)
        found: Any = IntxUnpackedToInt8Tensor.from_hp(
            linear.weight.detach().float(), cast(Any, (1, GROUP)), cast(Any, torch).int4
        )
        codes = (found.qdata + 8).to(torch.uint8)  # 0 to 15
        small.codes = codes[:, 0::2] | codes[:, 1::2] << 4
        small.scale = found.scale.to(torch.bfloat16)
        return small

    def weight(self) -> torch.Tensor:
        """The weights as floats (outputs, inputs). A method, as that of torch's own int8 layers is."""
        groups = (self._codes().float() - 8).view(self.out_features, -1, GROUP)
        return (groups * cast(torch.Tensor, self.scale).float()[..., None]).flatten(1)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """(..., inputs) to (..., outputs)."""
        if self._arranged is None:
            self._arranged = self._arrange()
        rows = input.reshape(-1, self.in_features).to(torch.bfloat16).contiguous()
        ops: Any = torch.ops.aten
        product = ops._weight_int4pack_mm_for_cpu(rows, self._arranged[0], GROUP, self._arranged[1])
        said = cast(torch.Tensor, product).to(input.dtype).view(*input.shape[:-1], self.out_features)
        return said if self.bias is None else said + self.bias

    def _arrange(self) -> tuple[torch.Tensor, torch.Tensor]:
        ops: Any = torch.ops.aten
        packed = ops._convert_weight_to_int4pack_for_cpu(self._codes().int(), 1)
        scale = cast(torch.Tensor, self.scale).T.contiguous()  # (groups, outputs)
        # The kernel takes a code c as (c - 8) * scale + zero.
        return packed, torch.stack([scale, torch.zeros_like(scale)], -1)

    @staticmethod
    def _forget(layer: nn.Module, _: object) -> None:
        """Other weights were read, so those arranged before are no longer its own."""
        cast(Int4Linear, layer)._arranged = None

    def _codes(self) -> torch.Tensor:
        codes = cast(torch.Tensor, self.codes)
        return torch.stack([codes & 15, codes >> 4], -1).flatten(1)
