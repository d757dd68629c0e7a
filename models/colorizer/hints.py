"""Colour hints: small squares of known colour, drawn at random to train by, or set by a person.

After Zhang et al. 2017 ("Real-time user-guided image colorization with learned deep priors"),
section 3.2, for pictures of a quarter of their size.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from models.colorizer import lab

MOST_POINTS = 32
FEWER_POINTS = 1 / 8
"""How likely the points are to end after each one (a geometric distribution, as in the paper)."""
NO_POINTS = 0.5
"""Share of pictures without any, more than the paper's eighth: most people set none at first."""
ALL_POINTS = 0.01
"""Share of pictures of which everything is told, so that the network learns to copy."""
LARGEST_REACH = 3
"""Squares reach 0 to so many pixels from their middle: sides of 1 to 7."""
REACH = 2
"""Of a person's hints."""


@dataclass(frozen=True)
class Hint:
    """One colour at one place: x and y in [0, 1] from the top left corner, RGB in [0, 1].

    Only the colour's hue and strength count; its lightness is the picture's.
    """

    x: float
    y: float
    colour: tuple[float, float, float]


def place(hints: Sequence[Hint], height: int, width: int) -> torch.Tensor:
    """A person's hints as the planes that a network takes: 1 3 H W (a, b, where)."""
    planes = torch.zeros(1, 3, height, width)
    for hint in hints:
        x = min(max(int(hint.x * width), 0), width - 1)
        y = min(max(int(hint.y * height), 0), height - 1)
        _, ab = lab.split(torch.tensor(hint.colour).reshape(1, 3, 1, 1))
        square = planes[0, :, max(y - REACH, 0) : y + REACH + 1, max(x - REACH, 0) : x + REACH + 1]
        square[:2] = ab[0]
        square[2] = 1.0
    return planes


def draw(ab: torch.Tensor) -> torch.Tensor:
    """Random hints out of true colours, as training takes them, from torch's own generator.

    Half of the pictures get none; the others seven points on average, normally distributed around
    the middle, each with the mean colour of a small square.

    Args:
        ab: true colours, B 2 H W.

    Returns:
        B 3 H W (a, b, where).
    """
    count, device = len(ab), ab.device
    chance = torch.rand(count, device=device)
    points = torch.empty(count, device=device).geometric_(FEWER_POINTS) - 1
    points = points.masked_fill(chance < NO_POINTS, 0).clamp(max=MOST_POINTS)
    planes = scatter(ab, points)
    everything = torch.cat([ab, torch.ones_like(ab[:, :1])], 1)
    told = chance > 1 - ALL_POINTS
    return torch.where(told[:, None, None, None], everything, planes)


def scatter(
    ab: torch.Tensor, points: torch.Tensor, generator: torch.Generator | None = None
) -> torch.Tensor:
    """So many random hints for each picture.

    Args:
        ab: true colours, B 2 H W.
        points: how many, B, at most `MOST_POINTS`.
        generator: of the tensors' device; torch's own where None.

    Returns:
        B 3 H W (a, b, where).
    """
    count, _, height, width = ab.shape
    device, most = ab.device, MOST_POINTS
    size = torch.tensor([height, width], device=device)
    middle = torch.randn(count, most, 2, device=device, generator=generator)
    middle = (middle * 0.25 + 0.5) * size  # B P 2
    reach = torch.randint(LARGEST_REACH + 1, (count, most, 1), device=device, generator=generator)

    offsets = torch.arange(-LARGEST_REACH, LARGEST_REACH + 1, device=device)
    offsets = torch.cartesian_prod(offsets, offsets)  # S 2: the largest square's pixels
    pixels = middle.floor().long()[:, :, None] + offsets  # B P S 2
    inside = (offsets.abs().amax(1) <= reach) & ((pixels >= 0) & (pixels < size)).all(-1)
    inside &= (torch.arange(most, device=device) < points[:, None])[:, :, None]  # B P S
    nowhere = height * width  # a pixel behind the last, for what lies outside
    flat = (pixels[..., 0] * width + pixels[..., 1]).masked_fill(~inside, nowhere).flatten(1)

    canvas = torch.cat([ab.flatten(2), ab.new_zeros(count, 2, 1)], 2)  # B 2 HW+1
    colours = canvas.gather(2, flat[:, None].expand(-1, 2, -1)).unflatten(2, inside.shape[1:])
    share = inside / inside.sum(-1, keepdim=True).clamp(min=1)  # B P S
    colours = (colours * share[:, None]).sum(-1, keepdim=True)  # B 2 P 1, means of the squares
    colours = colours.expand(-1, -1, -1, len(offsets)).flatten(2)  # B 2 PS
    told = torch.cat([colours, torch.ones_like(colours[:, :1])], 1)  # B 3 PS

    planes = ab.new_zeros(count, 3, nowhere + 1)
    planes.scatter_(2, flat[:, None].expand(-1, 3, -1), told)
    return planes[..., :nowhere].unflatten(2, (height, width))
