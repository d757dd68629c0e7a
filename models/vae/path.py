"""From one latent point to another, step by step, and sums of points."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from models.core import checks
from models.core.errors import InputError
from models.core.interpolation import lerp, slerp
from models.vae.decode import decode
from models.vae.network import Autoencoder

KINDS = {"linear": lerp, "slerp": slerp}
FEWEST, MOST = 2, 60
STRONGEST = 2.0


@dataclass(frozen=True)
class PathStep:
    """One stop on the way: how far along, the point (1 D), its norm, and its picture (1 C H W)."""

    step: int
    share: float
    latent: torch.Tensor
    norm: float
    image: torch.Tensor


def stops(start: torch.Tensor, end: torch.Tensor, steps: int, kind: str) -> torch.Tensor:
    """The points of a path from `start` to `end` (1 D each), both included: N D for N `steps`.

    Raises:
        InputError: `steps` is not from 2 to 60, or `kind` is neither `linear` nor `slerp`.
    """
    checks.one_of("Way", kind, KINDS)
    between = KINDS[kind]
    return torch.cat([between(start, end, share) for share in shares(steps)])


def shares(steps: int) -> list[float]:
    """How far along each of `steps` stops is, from 0 to 1.

    Raises:
        InputError: `steps` is no whole number from 2 to 60.
    """
    if not checks.is_number(steps) or not FEWEST <= steps <= MOST or steps != int(steps):
        raise InputError(f"A path has {FEWEST} to {MOST} whole steps, got {str(steps)[:40]}.")
    return [step / (int(steps) - 1) for step in range(int(steps))]


def walk(
    network: Autoencoder, start: torch.Tensor, end: torch.Tensor, steps: int, kind: str
) -> Iterator[PathStep]:
    """Decode a path of `steps` points from `start` to `end` (1 D each), both included.

    Raises:
        InputError: `steps` is not from 2 to 60, or `kind` is neither `linear` nor `slerp`.
    """
    points = stops(start, end, steps, kind)
    pictures = decode(network, points)  # at once: a third of the time of one after another
    each = zip(shares(steps), points.split(1), pictures.split(1), strict=True)
    for step, (share, latent, image) in enumerate(each):
        yield PathStep(step, share, latent, latent.norm().item(), image)


def crossfade(one: torch.Tensor, other: torch.Tensor, steps: int) -> list[torch.Tensor]:
    """What mixing pixels makes of two pictures (1 C H W each): `steps` pictures, both included.

    Raises:
        InputError: `steps` is no whole number from 2 to 60.
    """
    return [lerp(one, other, share) for share in shares(steps)]


def combine(
    a: torch.Tensor, b: torch.Tensor, c: torch.Tensor, strength: float = 1.0
) -> torch.Tensor:
    """c + strength (a - b): what sets a apart from b, given to c (Larsen et al. 2016, 4.1.1).

    Args:
        a: points, B D; or pictures, B C H W, to see what the same sum does to pixels.
        b: of the same shape.
        c: of the same shape.
        strength: 0 leaves c alone, 1 is a - b + c, 2 the largest.

    Raises:
        InputError: `strength` is no number from 0 to 2.
    """
    checks.between("The strength", strength, 0, STRONGEST)
    return c + strength * (a - b)
