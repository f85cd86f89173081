"""Optimisers and schedulers of the Python door, and how weights that are made later join them."""

from collections.abc import Iterable
from typing import Any, Literal, cast

from torch import nn
from torch.optim import AdamW, Optimizer
from torch.optim.lr_scheduler import CyclicLR, LRScheduler

from autogpt.core.errors import UsageError

_MODES = ("triangular", "triangular2", "exp_range")


class AutoGptAdam(AdamW):
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101)."""

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-4,
        weight_decay: float = 0.01,
        betas: tuple[float, float] = (0.9, 0.999),
    ) -> None:
        super().__init__(params, lr=lr, weight_decay=weight_decay, betas=betas)


class AutoGptCyclicScheduler(CyclicLR):
    """A learning rate that rises and falls between two bounds (Smith 2017, arXiv:1506.01186).

    mode: 'triangular' (equal peaks), 'triangular2' (each half as high) or 'exp_range' (falling by gamma each step).
    max_lr: the optimiser's own rate if not given. base_lr: a tenth of it.
    step_size_up: steps from low to high; if not given, two whole cycles fit into the training.
    Raises UsageError for another mode.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: Literal["triangular", "triangular2", "exp_range"] = "triangular",
        *,
        base_lr: float | None = None,
        max_lr: float | None = None,
        step_size_up: int | None = None,
        gamma: float = 1.0,
    ) -> None:
        if mode not in _MODES:
            raise UsageError(f"{mode!r} is no mode of a cyclic rate; {', '.join(_MODES)} are")
        peaks = [max_lr if max_lr is not None else float(group["lr"]) for group in optimizer.param_groups]
        lows = [base_lr if base_lr is not None else peak / 10 for peak in peaks]
        self._fits = step_size_up is None
        super().__init__(
            optimizer, lows, peaks, step_size_up=step_size_up or 100, mode=mode, gamma=gamma, cycle_momentum=False
        )

    def fit(self, steps: int) -> None:
        """Let two cycles fill a training of so many steps, unless the length was chosen."""
        if self._fits:
            self.total_size, self.step_ratio = max(2.0, steps / 2), 0.5


def adopt(network: Any, body: nn.Module) -> None:
    """Put the body's weights, as the same objects, into the network where it has them under the same name."""
    known = dict(body.named_parameters())
    prefix = f"{network.base_model_prefix}."
    for name, _ in list(network.named_parameters()):
        old = known.get(name, known.get(name.removeprefix(prefix)))
        if old is not None and old.shape == network.get_parameter(name).shape:
            module, _, last = name.rpartition(".")
            network.get_submodule(module).register_parameter(last, old)


def join(network: nn.Module, optimizer: Optimizer, scheduler: LRScheduler | None, faster: float) -> None:
    """Give the optimiser the weights it does not know yet, with so many times the rate of the others."""
    known = {id(weights) for group in optimizer.param_groups for weights in group["params"]}
    fresh = [weights for weights in network.parameters() if weights.requires_grad and id(weights) not in known]
    if not fresh:
        return
    first = optimizer.param_groups[0]
    group = {name: value for name, value in first.items() if name != "params"}
    rate = float(group.get("initial_lr", group["lr"])) * faster
    group |= {"params": fresh, "lr": float(group["lr"]) * faster, "initial_lr": rate}
    optimizer.add_param_group(group)
    if scheduler is None:
        return
    for name in ("base_lrs", "max_lrs"):
        if isinstance(rates := getattr(scheduler, name, None), list):
            rates.append(rates[0] * faster)
    if isinstance(shapes := getattr(scheduler, "lr_lambdas", None), list):  # LambdaLR has one for each group
        shapes.append(shapes[0])
    # What the scheduler answers when asked for the current rates, before its next step.
    cast(Any, scheduler)._last_lr = [float(one["lr"]) for one in optimizer.param_groups]
