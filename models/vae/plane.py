"""The planes of the 2-D autoencoders: where held-back digits lie, how far, and what is near."""

import math
from dataclasses import dataclass

import torch

from models.core.checks import one_of
from models.core.once import once
from models.vae import digits, points
from models.vae.decode import decode
from models.vae.encode import encode
from models.vae.shipped import PLANES, autoencoder

SEEN = 0.98
"""The share of the digits that a plane as wide as its digits holds."""


@dataclass(frozen=True)
class Landmarks:
    """The held-back digits on a plane: their means (N 2) and their classes (N)."""

    means: torch.Tensor
    labels: torch.Tensor


@dataclass(frozen=True)
class Spot:
    """What is at one point of a plane.

    Attributes:
        latent: the point, 1 2.
        image: what is decoded there, 1 1 28 28 in [0, 1].
        nearest: which of the held-back digits lies nearest, its place among them.
        label: that digit's class.
        distance: from the point to that digit's mean, in units of z.
    """

    latent: torch.Tensor
    image: torch.Tensor
    nearest: int
    label: int
    distance: float


def check(name: str) -> str:
    """The name of a shipped autoencoder whose latent space is a plane.

    Raises:
        InputError: it is none; the message says which are.
    """
    one_of("Plane", name, PLANES)
    return name


def landmarks(name: str) -> Landmarks:
    """Where the 1,000 held-back digits lie on a shipped plane.

    Raises:
        InputError: there is no such plane, or a file is missing or damaged.
    """
    return _landmarks(check(name))


@once
def _landmarks(name: str) -> Landmarks:
    held_back = digits.held_back()
    posterior = encode(autoencoder(name), held_back.images / 255)
    return Landmarks(posterior.mean, held_back.labels)


def within(means: torch.Tensor, extent: float) -> float:
    """The share of points (N 2) that lie in [-extent, extent]²."""
    return (means.abs().amax(1) <= extent).float().mean().item()


def reach(means: torch.Tensor, share: float = SEEN) -> int:
    """Half the side, a whole number, of the smallest square around 0 with `share` of the points."""
    return math.ceil(torch.quantile(means.abs().amax(1), share, interpolation="higher").item())


def spot(name: str, point: object) -> Spot:
    """Decode one point of a shipped plane, and find the held-back digit nearest to it.

    Args:
        name: one of `shipped.PLANES`.
        point: two numbers within ±20; within ±100 for a plain autoencoder.

    Raises:
        InputError: there is no such plane, or the point is no point of it.
    """
    network = autoencoder(check(name))
    latent = points.parse(point, 2, farthest=points.farthest(network))
    known = landmarks(name)
    distances = (known.means - latent).norm(dim=1)
    nearest = int(distances.argmin())
    return Spot(
        latent,
        decode(network, latent),
        nearest,
        int(known.labels[nearest]),
        distances[nearest].item(),
    )
