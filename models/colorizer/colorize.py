"""Painting a picture of any size, with a person's hints, and asking what the judge makes of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from models.colorizer import lab
from models.colorizer.hints import Hint, place
from models.colorizer.network import Colorizer, PatchDiscriminator
from models.core.errors import InputError

SMALLEST = 12
"""Pixels each way that leave the discriminator one answer."""


@dataclass(frozen=True)
class Colorized:
    """A picture in grey, its colours alone, and both together."""

    grey: torch.Tensor
    """1 3 H W in [0, 1]: its lightness, all that the network saw."""
    colours: torch.Tensor
    """1 3 H W in [0, 1]: what was painted, at an even middle lightness."""
    image: torch.Tensor
    """1 3 H W in [0, 1]."""


@dataclass(frozen=True)
class Opinion:
    """A discriminator's opinion of a picture, patch by patch.

    Row i and column j of `real` speak of the pixels from `start + apart * i` (and j), `patch` of
    them each way, of the picture as the discriminator saw it: `height` x `width`.
    """

    real: torch.Tensor
    """h w in [0, 1]: how likely the patch's colours are real."""
    patch: int
    apart: int
    start: int
    height: int
    width: int


@torch.no_grad()
def colorize(network: Colorizer, image: torch.Tensor, hints: Sequence[Hint] = ()) -> Colorized:
    """Paint a picture.

    The network works on at most as many pixels as it was trained on; its colours are then
    stretched under the lightness of the full picture (as in Zhang et al. 2017).

    Args:
        network: the trained colorizer.
        image: 1 3 H W in [0, 1], of any size, grey or in colours, which are not looked at.
        hints: known colours; a network that takes none ignores them.
    """
    where = next(network.parameters()).device
    lightness, _ = lab.split(image.to(where))
    size = lightness.shape[-2:]
    small = _shrunk(lightness, network.config.sides[1])  # 1 1 h w
    planes = place(hints, *small.shape[-2:]).to(where)
    ab = F.interpolate(paint(network, small, planes), size, mode="bilinear")  # 1 2 H W
    grey = lab.join(lightness, torch.zeros_like(ab))
    return Colorized(grey, lab.join(torch.zeros_like(lightness), ab), lab.join(lightness, ab))


def paint(
    network: Colorizer, lightness: torch.Tensor, hints: torch.Tensor | None = None
) -> torch.Tensor:
    """The network's ab (B 2 H W) of lightness and hints of any size; see `Colorizer.forward`.

    It works on whole multiples, to which the right and the lower edge are repeated.
    """
    height, width = lightness.shape[-2:]
    padded = [
        planes if planes is None else _padded(planes, network.multiple)
        for planes in (lightness, hints)
    ]
    return network(*padded)[..., :height, :width]


@torch.no_grad()
def judge(network: PatchDiscriminator, image: torch.Tensor) -> Opinion:
    """A discriminator's opinion of a picture in colours.

    Args:
        network: the trained discriminator.
        image: 1 3 H W in [0, 1]; shrunk to what the network was trained on.

    Raises:
        InputError: there is less than one patch's answer in it.
    """
    image = _shrunk(image.to(next(network.parameters()).device), network.config.sides[1])
    if min(image.shape[-2:]) < SMALLEST:
        height, width = image.shape[-2:]
        raise InputError(
            f"The picture is {width} x {height} pixels to the discriminator, "
            f"which needs at least {SMALLEST} each way."
        )
    real = network(*lab.split(image)).sigmoid()[0, 0]
    return Opinion(real, network.patch, network.apart, network.start, *image.shape[-2:])


def _shrunk(planes: torch.Tensor, side: int) -> torch.Tensor:
    """Planes (1 C H W) made smaller until no side is longer than `side`."""
    height, width = planes.shape[-2:]
    if max(height, width) <= side:
        return planes
    share = side / max(height, width)
    size = max(1, round(height * share)), max(1, round(width * share))
    return F.interpolate(planes, size, mode="bilinear", antialias=True)


def _padded(planes: torch.Tensor, multiple: int) -> torch.Tensor:
    """Planes (B C H W) with their right and lower edges repeated up to a multiple."""
    height, width = planes.shape[-2:]
    return F.pad(planes, (0, -width % multiple, 0, -height % multiple), mode="replicate")
