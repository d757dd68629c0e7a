"""The directions in which a network's codes vary most, and steps along them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from models.core.errors import InputError
from models.core.once import once
from models.vae import codes, digits, points
from models.vae.decode import decode
from models.vae.encode import encode
from models.vae.shipped import FACES, autoencoder

SHOWN = 6
FARTHEST = 3.0
"""Standard deviations: further out there are hardly any codes."""
STOPS = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0)
"""Deviations at which a row shows its direction."""


@dataclass(frozen=True)
class Directions:
    """Principal components of codes: K unit vectors (K D) and the codes' deviation on each (K)."""

    vectors: torch.Tensor
    deviations: torch.Tensor


@once
def directions(model: str) -> Directions:
    """The first principal components of a shipped network's codes, strongest first.

    Of the held-back digits' means, or as stored of the training faces. Each points the way in which
    its largest coordinate is positive, so that the sign is no accident.

    Raises:
        InputError: there is no such network, or its file is missing.
    """
    if model == FACES:
        known = codes.load()
        found = Directions(known.directions, known.deviations)
    else:
        means = encode(autoencoder(model), digits.held_back().images / 255).mean  # N D
        _, scales, vectors = torch.linalg.svd(means - means.mean(0), full_matrices=False)
        found = Directions(vectors, scales / (len(means) - 1) ** 0.5)
    largest = found.vectors.gather(1, found.vectors.abs().argmax(1, keepdim=True))
    count = min(SHOWN, len(largest))
    return Directions((found.vectors * largest.sign())[:count], found.deviations[:count])


def move(latent: torch.Tensor, along: Directions, amounts: Sequence[Any]) -> torch.Tensor:
    """A point (1 D) moved along directions by `amounts` standard deviations each, -3 to 3.

    Fewer amounts than directions leave the others alone.

    Raises:
        InputError: too many amounts, or one is no number within ±3.
    """
    if isinstance(amounts, Sequence) and len(amounts) > len(along.vectors):
        raise InputError(f"There are {len(along.vectors)} directions, got {len(amounts)} amounts.")
    count = len(amounts) if isinstance(amounts, Sequence) else 1
    steps = points.parse(amounts, count, "What to move by")[0]
    if steps.numel() and steps.abs().max() > FARTHEST:
        raise InputError(f"Each direction goes from −3 to 3 deviations, got {str(amounts)[:60]}.")
    return latent + (steps * along.deviations[:count]) @ along.vectors[:count]


def sheet(model: str, latent: torch.Tensor) -> torch.Tensor:
    """What each direction does to a point (1 D): K M C H W in [0, 1], row k at `STOPS` of it."""
    along = directions(model)
    steps = (
        torch.tensor(STOPS)[None, :, None] * (along.deviations[:, None] * along.vectors)[:, None]
    )
    pictures = decode(autoencoder(model), (latent + steps).flatten(0, 1))  # K*M C H W
    return pictures.unflatten(0, (len(along.vectors), len(STOPS)))
