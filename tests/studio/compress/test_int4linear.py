"""A layer in 4 bits: it answers by its weights, however its inputs lie in memory and whenever they were read."""

import copy

import pytest
import torch
from torch import nn

from autogpt.studio.compress.int4linear import Int4Linear


def layer(seed: int = 0) -> Int4Linear:
    torch.manual_seed(seed)
    return Int4Linear.of(nn.Linear(64, 32))


@pytest.mark.parametrize(
    "inputs",
    [
        torch.randn(6, 64),
        torch.randn(64, 6).T,
        torch.randn(64, 6, dtype=torch.bfloat16).T,
        torch.randn(6, 3, 64)[:, 1],
        torch.randn(3, 64, 2).transpose(1, 2),
        torch.randn(64),
        torch.randn(0, 64),
    ],
)
def test_inputs_may_lie_in_memory_as_they_will(inputs):
    small = layer()
    expected = inputs.float() @ small.weight().T + small.bias
    assert torch.allclose(small(inputs).float(), expected, atol=0.05)


def test_weights_read_after_it_has_answered_are_those_it_answers_by():
    small, other, inputs = layer(0), layer(1), torch.randn(4, 64)
    before = small(inputs)
    small.load_state_dict(other.state_dict())
    assert torch.equal(small(inputs), other(inputs))
    assert not torch.allclose(small(inputs), before, atol=0.05)
    assert torch.equal(copy.deepcopy(small)(inputs), other(inputs))
