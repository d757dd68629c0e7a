"""How far, how fast and in what order a network is trained, as functions of examples seen.

Everything is counted in examples rather than steps, so that a run begun with small batches on a
CPU goes on with large ones on a GPU. Nothing here has a state: the learning rate and the data
order follow from the position alone, and a resumed run needs neither a scheduler nor a sampler.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import torch

from models.core.seeds import mixed_seed


@dataclass(frozen=True)
class Recipe:
    """The settings of one training run; `examples`, `warmup`, `decay` and the rest in examples."""

    examples: int
    batch_size: int = 64
    learning_rate: float = 4e-4
    warmup: int = 0
    decay: int = 0
    """The last so many examples, over which the rate falls to zero along half a cosine."""
    cycle: int | None = None
    """Lower the rate by `cycle_factor` after each so many examples."""
    cycle_factor: float = 1.0
    shares: tuple[tuple[str, float], ...] = ()
    """Parts with a rate of their own: how their parameters' names begin, and their share of it."""
    weight_decay: float = 0.0
    betas: tuple[float, float] = (0.9, 0.999)
    momentum: float | None = None
    """Train by SGD with Nesterov's momentum of so much, instead of by AdamW."""
    clip: float = 1.0
    """The largest gradient norm that passes unscaled."""
    ema: float | None = None
    """Decay of the moving average of the weights, which is then what is validated and shipped."""
    validate_every: int = 10_000
    patience: int | None = None
    """Stop after so many validations without a better one."""
    seed: int = 0


def learning_rate(recipe: Recipe, seen: int, since: int = 0) -> float:
    """The rate after `seen` examples: linear warm-up, constant, then half a cosine to zero.

    With `decay = examples - warmup` this is the usual cosine schedule; with less, "warm-up,
    stable, decay" (Hu et al. 2024, MiniCPM, section 4), which can be prolonged at any time. With
    a `cycle` it falls in steps instead.

    Args:
        recipe: how it is trained.
        seen: examples seen so far.
        since: examples seen when the optimizer began, which is when it has to warm up.
    """
    rate, left = recipe.learning_rate, max(recipe.examples - seen, 0)
    if recipe.cycle:
        rate *= recipe.cycle_factor ** (seen // recipe.cycle)
    elif left < recipe.decay:
        rate *= 0.5 * (1 - math.cos(math.pi * left / recipe.decay))
    return rate * min((seen - since) / recipe.warmup, 1.0) if recipe.warmup else rate


def ema_decay(limit: float, updates: int) -> float:
    """The average's decay after `updates` updates, rising to `limit` so that it starts young."""
    return min(limit, (1 + updates) / (10 + updates))


def batch_indices(size: int, seen: int, batch_size: int, seed: int) -> torch.Tensor:
    """The examples numbered `seen` to `seen + batch_size` of an endless shuffled stream (int64).

    The stream is one permutation of `range(size)` after another, each from (seed, epoch).
    """
    positions = torch.arange(seen, seen + batch_size)
    epochs = positions // size
    indices = torch.empty_like(positions)
    for epoch in epochs.unique().tolist():
        inside = epochs == epoch
        indices[inside] = _permutation(size, mixed_seed(seed, epoch))[positions[inside] % size]
    return indices


@lru_cache(maxsize=2)
def _permutation(size: int, seed: int) -> torch.Tensor:
    return torch.randperm(size, generator=torch.Generator().manual_seed(seed))
