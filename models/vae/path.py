"""From one latent point to another, step by step, and sums of points."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from models.core.errors import InputError
from models.core.interpolation import lerp, slerp
from models.vae.decode import decode
from models.vae.network import Autoencoder

KINDS = ("linear", "slerp")
FEWEST, MOST = 2, 60


@dataclass(frozen=True)
class PathStep:
    """One stop on the way: how far along, the point (1 D), its norm, and its picture (1 C H W)."""

    step: int
    share: float
    latent: torch.Tensor
    norm: float
    image: torch.Tensor


def walk(
    network: Autoencoder, start: torch.Tensor, end: torch.Tensor, steps: int, kind: str
) -> Iterator[PathStep]:
    """Decode a path of `steps` points from `start` to `end` (1 D each), both included.

    Raises:
        InputError: `steps` is not from 2 to 60, or `kind` is neither `linear` nor `slerp`.
    """
    if kind not in KINDS:
        raise InputError(f"The way {str(kind)[:40]!r} is not one of {', '.join(KINDS)}.")
    if not isinstance(steps, int | float) or not FEWEST <= steps <= MOST or steps != int(steps):
        raise InputError(f"A path has {FEWEST} to {MOST} whole steps, got {str(steps)[:40]}.")
    between = lerp if kind == "linear" else slerp
    for step in range(int(steps)):
        share = step / (steps - 1)
        latent = between(start, end, share)
        yield PathStep(step, share, latent, latent.norm().item(), decode(network, latent))


def combine(a: torch.Tensor, b: torch.Tensor, c: torch.Tensor) -> torch.Tensor:
    """a - b + c: what sets a apart from b, given to c (Larsen et al. 2016, section 4.1.1)."""
    return a - b + c
