"""From one latent point to another, step by step, and sums of points."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from models.core.errors import InputError
from models.vae.decode import decode
from models.vae.network import Autoencoder

KINDS = ("linear", "slerp")
FEWEST, MOST = 2, 60
PARALLEL = 1e-4  # radians: below this the two points lie in one direction


@dataclass(frozen=True)
class PathStep:
    """One stop on the way: how far along, the point (1 D), its norm, and its picture (1 C H W)."""

    step: int
    share: float
    latent: torch.Tensor
    norm: float
    image: torch.Tensor


def lerp(start: torch.Tensor, end: torch.Tensor, share: float) -> torch.Tensor:
    """The point a `share` of the straight way from `start` to `end`, both B D."""
    return (1 - share) * start + share * end


def slerp(start: torch.Tensor, end: torch.Tensor, share: float) -> torch.Tensor:
    """The point a `share` of the way along the arc from `start` to `end`, both B D.

    With omega the angle between the two, sin((1-t) omega)/sin(omega) start + sin(t omega)/
    sin(omega) end (Shoemake 1985; for latent spaces White 2016, section 2). Linear where the two
    point the same way, where the arc is a straight line; where they point opposite ways every arc
    is as short, and one through a direction at right angles is taken. Either point at the origin
    has no direction: linear too.
    """
    lengths = start.norm(dim=1, keepdim=True) * end.norm(dim=1, keepdim=True)
    cosine = (start * end).sum(1, keepdim=True) / lengths.clamp_min(1e-12)
    omega = cosine.clamp(-1, 1).acos()  # B 1
    flat = (omega < PARALLEL) | (lengths < 1e-12)
    opposite = ~flat & (omega > torch.pi - PARALLEL)
    sine = omega.sin().masked_fill(flat | opposite, 1.0)
    arc = ((1 - share) * omega).sin() / sine * start + (share * omega).sin() / sine * end
    turned = lerp(start.norm(dim=1, keepdim=True), end.norm(dim=1, keepdim=True), share)
    angle = torch.tensor(share * torch.pi)
    round_about = turned * (angle.cos() * _unit(start) + angle.sin() * _perpendicular(start))
    return torch.where(flat, lerp(start, end, share), torch.where(opposite, round_about, arc))


def _unit(point: torch.Tensor) -> torch.Tensor:
    return point / point.norm(dim=1, keepdim=True).clamp_min(1e-12)


def _perpendicular(point: torch.Tensor) -> torch.Tensor:
    """A unit vector at right angles to each point (B D, D at least 2): always the same one."""
    unit = _unit(point)
    axis = torch.zeros_like(unit).scatter_(1, unit.abs().argmin(1, keepdim=True), 1.0)
    return _unit(axis - (axis * unit).sum(1, keepdim=True) * unit)


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
