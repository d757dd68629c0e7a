"""Painting a picture of any size, with a person's hints, and asking what the judge makes of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from models.colorizer import lab
from models.colorizer.hints import Hint, place
from models.colorizer.network import Advice, Colorizer, PatchDiscriminator
from models.core.checks import between
from models.core.errors import InputError
from models.core.images import shrunk

SMALLEST = 12
"""Pixels each way that leave the discriminator one answer."""
MOST_SATURATION = 4.0


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
class Answer:
    """What a network was given and what it says of it, scaled, at the size that it works at."""

    lightness: torch.Tensor
    """1 1 h w."""
    hints: torch.Tensor
    """1 3 h w: a, b and where they are known."""
    ab: torch.Tensor
    """1 2 h w."""


@dataclass(frozen=True)
class Opinion:
    """A discriminator's opinion of a picture, patch by patch.

    Row i and column j of `logits` and of `real` speak of the pixels from `start + apart * i`
    (and j), `patch` of them each way, of the picture as the discriminator saw it: `height` x
    `width`.
    """

    logits: torch.Tensor
    """h w: above 0 where the patch's colours are rather real than made."""
    patch: int
    apart: int
    start: int
    height: int
    width: int

    @property
    def real(self) -> torch.Tensor:
        """h w in [0, 1]: how likely the patch's colours are real."""
        return self.logits.sigmoid()


@torch.no_grad()
def colorize(
    network: Colorizer,
    image: torch.Tensor,
    hints: Sequence[Hint] = (),
    saturation: float = 1.0,
) -> Colorized:
    """Paint a picture.

    The network works on at most as many pixels as it was trained on; its colours are then
    stretched under the lightness of the full picture (as in Zhang et al. 2017). Colours that RGB
    cannot show are made less strong until it can: see `lab.join`.

    Args:
        network: the trained colorizer.
        image: 1 3 H W in [0, 1], of any size, grey or in colours, which are not looked at.
        hints: known colours; a network that takes none ignores them.
        saturation: what a and b are multiplied by, 0 to 4.

    Raises:
        InputError: too many hints, or a saturation out of range.
    """
    between("The saturation", saturation, 0, MOST_SATURATION)
    lightness, _ = lab.split(image.to(next(network.parameters()).device))
    ab = stretched(ask(network, lightness, hints).ab, lightness.shape[-2:], saturation)
    grey = lab.join(lightness, torch.zeros_like(ab))
    return Colorized(grey, lab.join(torch.zeros_like(lightness), ab), lab.join(lightness, ab))


@torch.no_grad()
def ask(
    network: Colorizer,
    lightness: torch.Tensor,
    hints: Sequence[Hint] = (),
    advice: Advice | None = None,
) -> Answer:
    """What a network says of a picture's lightness (1 1 H W, scaled), at the size it works at.

    With `advice`, what `advise` gave for this picture, other hints cost half as much.

    Raises:
        InputError: too many hints.
    """
    small = shrunk(lightness, network.config.sides[1])  # 1 1 h w
    planes = place(hints, *small.shape[-2:]).to(small.device)
    return Answer(small, planes, paint(network, small, planes, advice))


@torch.no_grad()
def advise(network: Colorizer, lightness: torch.Tensor) -> Advice:
    """What a network's guide says of a picture's lightness (1 1 H W, scaled): for `ask`."""
    small = shrunk(lightness, network.config.sides[1])  # 1 1 h w
    return network.advise(_padded(small, network.multiple))


@torch.no_grad()
def colorize_pixels(
    network: Colorizer,
    pixels: torch.Tensor,
    hints: Sequence[Hint] = (),
    saturation: float = 1.0,
) -> torch.Tensor:
    """Paint a picture of many pixels, a few rows at a time: `colorize` in little memory.

    Args:
        network: the trained colorizer.
        pixels: 1 3 H W, uint8.
        hints: as `colorize` takes them.
        saturation: likewise.

    Returns:
        The painted picture, 1 3 H W uint8, its pixels in the order of R, G, B in memory.

    Raises:
        InputError: as `colorize`.
    """
    between("The saturation", saturation, 0, MOST_SATURATION)
    where = next(network.parameters()).device
    height, width = pixels.shape[-2:]
    rows = max(1, lab.PIXELS_AT_ONCE // width)
    lightness = torch.empty(1, 1, height, width, device=where)
    parts = lightness.split(rows, 2)  # of the same memory
    for part, colours in zip(parts, pixels.split(rows, 2), strict=True):
        part.copy_(lab.lightness_of(colours.to(where) / 255))
    ab = ask(network, lightness, hints).ab  # 1 2 h w
    wide = stretched(ab, (ab.shape[2], width), saturation)  # 1 2 h W
    painted = torch.empty(1, height, width, 3, dtype=torch.uint8)
    for i, part in enumerate(parts):
        made = lab.join(part, _rows(wide, height, i * rows, (i + 1) * rows))
        made = made.mul_(255).round_().to(torch.uint8)
        painted[:, i * rows : (i + 1) * rows] = made.permute(0, 2, 3, 1)
    return painted.permute(0, 3, 1, 2)


def stretched(
    ab: torch.Tensor, size: tuple[int, int] | torch.Size, saturation: float = 1.0
) -> torch.Tensor:
    """A network's ab (1 2 h w) at the size of the picture, 1 2 H W, times the saturation."""
    return F.interpolate(ab * saturation, tuple(size), mode="bilinear")


def _rows(planes: torch.Tensor, height: int, first: int, end: int) -> torch.Tensor:
    """Some rows of planes (B C h W) as `stretched` to a height would give them, without the rest.

    Bilinear interpolation goes along rows and along columns by turns.
    """
    rows = torch.arange(first, min(end, height), device=planes.device)
    last = planes.shape[2] - 1
    places = ((rows + 0.5) * (planes.shape[2] / height) - 0.5).clamp(0, last)  # between rows of h
    above = places.long()
    below = (above + 1).clamp(max=last)
    share = (places - above)[:, None]  # R 1
    return torch.lerp(planes[:, :, above], planes[:, :, below], share)  # B C R W


def paint(
    network: Colorizer,
    lightness: torch.Tensor,
    hints: torch.Tensor | None = None,
    advice: Advice | None = None,
) -> torch.Tensor:
    """The network's ab (B 2 H W) of lightness and hints of any size; see `Colorizer.forward`.

    It works on whole multiples, to which the right and the lower edge are repeated.
    """
    height, width = lightness.shape[-2:]
    padded = [
        planes if planes is None else _padded(planes, network.multiple)
        for planes in (lightness, hints)
    ]
    return network(*padded, advice)[..., :height, :width]


@torch.no_grad()
def judge(network: PatchDiscriminator, image: torch.Tensor) -> Opinion:
    """A discriminator's opinion of a picture in colours.

    Args:
        network: the trained discriminator.
        image: 1 3 H W in [0, 1]; shrunk to what the network was trained on.

    Raises:
        InputError: there is less than one patch's answer in it.
    """
    image = shrunk(image.to(next(network.parameters()).device), network.config.sides[1])
    if min(image.shape[-2:]) < SMALLEST:
        height, width = image.shape[-2:]
        raise InputError(
            f"The picture is {width} x {height} pixels to the discriminator, "
            f"which needs at least {SMALLEST} each way."
        )
    logits = network(*lab.split(image))[0, 0]
    return Opinion(logits, network.patch, network.apart, network.start, *image.shape[-2:])


def _padded(planes: torch.Tensor, multiple: int) -> torch.Tensor:
    """Planes (B C H W) with their right and lower edges repeated up to a multiple."""
    height, width = planes.shape[-2:]
    return F.pad(planes, (0, -width % multiple, 0, -height % multiple), mode="replicate")
