"""The optimizer of a recipe: which weights it decays, and which have a rate of their own."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from models.training.recipe import Recipe


def make_optimizer(network: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """A recipe's optimizer at its full rate: AdamW (Loshchilov and Hutter 2019), or SGD with
    Nesterov's momentum, as in He et al. 2016.
    """
    groups = parameter_groups(network, recipe.weight_decay, recipe.shares)
    if recipe.momentum is not None:
        return torch.optim.SGD(
            groups, lr=recipe.learning_rate, momentum=recipe.momentum, nesterov=True
        )
    return torch.optim.AdamW(groups, lr=recipe.learning_rate, betas=recipe.betas)


def parameter_groups(
    network: nn.Module, weight_decay: float, shares: Sequence[tuple[str, float]] = ()
) -> list[dict[str, Any]]:
    """Decay for matrices and filters, none for biases and norms (nanoGPT's rule).

    The parts in `shares` (see `Recipe`) get groups of their own, with their `share` of the rate.
    """
    rest = {name: part for name, part in network.named_parameters() if part.requires_grad}
    groups = []
    for beginning, share in shares:
        own = [name for name in rest if name.startswith(beginning)]
        found = _by_decay([rest.pop(name) for name in own], weight_decay)
        groups += [group | {"share": share} for group in found]
    return _by_decay(list(rest.values()), weight_decay) + groups


def _by_decay(weights: list[nn.Parameter], weight_decay: float) -> list[dict[str, Any]]:
    return [
        {"params": [weight for weight in weights if weight.ndim > 1], "weight_decay": weight_decay},
        {"params": [weight for weight in weights if weight.ndim <= 1], "weight_decay": 0.0},
    ]
