"""What the network is shown of a photo, and what each of its units answers to it."""

from dataclasses import dataclass

import torch

from models.backbone.network import Backbone
from models.backbone.shipped import SIZE
from models.core.checks import one_of
from models.core.errors import InputError
from models.core.images import resized

STRIDE = 16
"""Pixels that become one step of the last map: sides of pictures are multiples of it."""
SIDES = (64, 80, 96, 128, 160)
LONGEST = 4
"""How many times longer than its short side a picture may be; of longer ones the middle is seen."""
FIRST = "first layer"
LAYERS = (FIRST, "stage 1", "stage 2", "stage 3", "stage 4")
"""The maps of `Backbone.features`, from large to small."""


@dataclass(frozen=True, eq=False)
class Shown:
    """What of a photo the network is shown."""

    part: torch.Tensor
    """The part of the photo that it sees, 1 3 H W in [0, 1], at the photo's own size."""
    picture: torch.Tensor
    """That part as the network gets it, 1 3 h w in [0, 1]; both sides are multiples of 16."""
    cropped: bool
    """Whether the photo was too long, so that its ends are not in it."""

    @property
    def stretch(self) -> float:
        """How much wider it is than it should be, for its height: 1.05 is 5 percent."""
        (height, width), (h, w) = self.part.shape[-2:], self.picture.shape[-2:]
        return (w / h) / (width / height)


@dataclass(frozen=True, eq=False)
class Seen:
    """What the network made of a picture."""

    maps: tuple[torch.Tensor, ...]
    """Of each of `LAYERS`: C H W, none below 0."""
    logits: torch.Tensor
    """Of each class, K."""


def show(photo: torch.Tensor, side: int = SIZE) -> Shown:
    """Bring a photo (1 3 H W in [0, 1]) to a size at which the network names it.

    Its shape is kept as far as multiples of 16 let it; its short side becomes `side` pixels.

    Raises:
        InputError: a side that is not one of `SIDES`.
    """
    one_of("Side", side, SIDES)
    height, width = photo.shape[-2:]
    short = min(height, width)
    rows, columns = min(height, LONGEST * short), min(width, LONGEST * short)
    top, left = (height - rows) // 2, (width - columns) // 2
    part = photo[..., top : top + rows, left : left + columns]
    sides = [side * length / short for length in (rows, columns)]
    h, w = (max(side, STRIDE * round(length / STRIDE)) for length in sides)
    return Shown(part, resized(part, h, w), cropped=(rows, columns) != (height, width))


@torch.no_grad()
def see(network: Backbone, picture: torch.Tensor) -> Seen:
    """Show the network a picture (1 3 h w in [0, 1]), and keep all its maps and the logits."""
    maps = network.features(picture)
    logits = network.head(maps[-1].mean((2, 3)))[0]  # K
    return Seen(tuple(held[0] for held in maps), logits)


def layer_number(layer: str) -> int:
    """Which of the maps a layer's name means.

    Raises:
        InputError: there is none of that name.
    """
    one_of("Layer", layer, LAYERS)
    return LAYERS.index(layer)


def strongest_first(maps: torch.Tensor) -> torch.Tensor:
    """The units of a layer (C H W) in the order of their largest answers: C numbers from 0."""
    return maps.amax((1, 2)).argsort(descending=True, stable=True)


def place(maps: torch.Tensor, unit: int, cell: int = 0) -> tuple[int, int]:
    """Row and column of a cell of one unit's map.

    Args:
        maps: of its layer, C H W.
        unit: from 0.
        cell: from 1, row by row; 0 for the one where the unit answers most.

    Raises:
        InputError: the map has not so many cells.
    """
    height, width = maps.shape[1:]
    if not isinstance(cell, int) or isinstance(cell, bool) or not 0 <= cell <= height * width:
        raise InputError(
            f"The place is {str(cell)[:40]}, but must be a whole number from 0 to "
            f"{height * width}: this map has {height} rows of {width}."
        )
    at = cell - 1 if cell else int(maps[unit].argmax())
    return at // width, at % width
