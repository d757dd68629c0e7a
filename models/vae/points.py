"""Points of latent space as they come from a page or a program: checked here, once."""

import math
from collections.abc import Sequence
from typing import Any

import torch

from models.core.checks import is_number
from models.core.errors import InputError
from models.vae.network import Autoencoder

FARTHEST = 20.0
"""Coordinates beyond this are no place on any plane: a prior's point is nearly never beyond 5."""
FARTHEST_PLAIN = 100.0
"""The same for a plain autoencoder: no prior holds its points, and digits lie up to 75 away."""


def farthest(network: Autoencoder) -> float:
    """How far from 0 a coordinate of this network's latent space may lie."""
    return FARTHEST if network.config.variational else FARTHEST_PLAIN


def parse(
    point: Any, dimensions: int, name: str = "The point", farthest: float = FARTHEST
) -> torch.Tensor:
    """Numbers (JSON, or a tensor) as one latent point, 1 D float32.

    Raises:
        InputError: not a list of `dimensions` finite numbers, or one is beyond ±`farthest`.
    """
    values = point.flatten().tolist() if isinstance(point, torch.Tensor) else point
    if not isinstance(values, Sequence) or isinstance(values, str) or len(values) != dimensions:
        raise InputError(f"{name} must be a list of {dimensions} numbers, got {str(point)[:60]}.")
    if not all(is_number(value) for value in values):
        raise InputError(f"{name} must hold numbers only, got {str(point)[:60]}.")
    for value in values:
        if isinstance(value, float) and not math.isfinite(value):
            raise InputError(f"{name} has {value} among its coordinates; each must be finite.")
        if abs(value) > farthest:
            raise InputError(
                f"{name} has a coordinate {str(value)[:12]}; "
                f"latent space is shown up to ±{farthest:g}."
            )
    return torch.tensor([values], dtype=torch.float32)


def drawn(dimensions: int, count: int, seed: int) -> torch.Tensor:
    """Points of the prior N(0, 1), N D, drawn on the CPU by a seed.

    Raises:
        InputError: the seed is no whole number from 0 to 2**31 - 1.
    """
    generator = seeded(seed)
    return torch.randn(count, dimensions, generator=generator)


def seeded(seed: Any) -> torch.Generator:
    """The generator that every random choice of one run is drawn from.

    Raises:
        InputError: the seed is no whole number from 0 to 2**31 - 1.
    """
    if not is_number(seed) or seed != seed // 1:  # NaN equals nothing, infinity has no floor
        raise InputError(f"The seed must be a whole number, got {str(seed)[:40]}.")
    if not 0 <= seed < 2**31:
        raise InputError(f"The seed must be from 0 to {2**31 - 1}, got {str(seed)[:40]}.")
    return torch.Generator().manual_seed(int(seed))
