"""Filters beside the one that a person edits: a small bank, as a trained first layer might hold.

Each filter is a pattern of K x K weights times one factor per channel: C x K x K weights.
"""

import math
from dataclasses import dataclass

import torch

from models.convolution.kernels import Kernel
from models.core.checks import whole

MOST = 8
GREY, RED_GREEN, BLUE_YELLOW = (1.0, 1.0, 1.0), (2.0, -1.0, -1.0), (-1.0, -1.0, 2.0)


@dataclass(frozen=True)
class Filter:
    """A filter over a volume: weight (c, i, j) is `channels[c] * kernel.scaled[i][j]`."""

    name: str
    kernel: Kernel
    channels: tuple[float, ...] = GREY

    def tinted(self, image: torch.Tensor) -> torch.Tensor:
        """`image` (1 C H W, C 1 or 3), each channel times this filter's factor for it.

        Sliding the kernel over this, channels added up, is sliding the whole filter over `image`.
        One channel is grey, and taken as it is.
        """
        if image.shape[1] == 1:
            return image
        return image * torch.tensor(self.channels)[None, :, None, None]


def bank(first: Kernel, count: int) -> tuple[Filter, ...]:
    """`first` and then drawn filters of its size, `count` in all (1 to 8).

    Raises:
        InputError: a count out of range.
    """
    whole("Filters", count, 1, MOST)
    drawn = (
        ("level edges", lambda x, y: y, GREY),
        ("red against green", lambda x, y: 1.0, RED_GREEN),
        ("spots", lambda x, y: 1 - x * x - y * y, GREY),
        ("rising edges", lambda x, y: x + y, GREY),
        ("blue against yellow", lambda x, y: 1.0, BLUE_YELLOW),
        ("falling edges", lambda x, y: x - y, GREY),
        ("brightness", lambda x, y: 1.0, GREY),
    )
    others = [
        Filter(name, _pattern(first.height, shape, name), channels)
        for name, shape, channels in drawn[: count - 1]
    ]
    return (Filter("yours", first), *others)


def _pattern(size: int, shape, name: str) -> Kernel:
    """`shape(x, y)` under a bell, its positive weights summing to 1; in hundredths."""
    spread = max(size / 4, 0.5)
    offsets = [(i - (size - 1) / 2) / spread for i in range(size)]
    rows = [[shape(x, y) * math.exp(-(x * x + y * y) / 2) for x in offsets] for y in offsets]
    if name == "spots" and size > 1:
        mean = sum(map(sum, rows)) / size**2
        rows = [[weight - mean for weight in row] for row in rows]
    positive = sum(weight for row in rows for weight in row if weight > 0)
    if positive == 0:  # a single weight sees no edge
        return Kernel(((1,),), name=name)
    return Kernel(
        tuple(tuple(round(weight / positive, 2) + 0.0 for weight in row) for row in rows), name=name
    )
