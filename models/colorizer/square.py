"""A square of a picture, at the size that a network knows: what it was trained on were squares."""

import torch

from models.core.checks import between
from models.core.images import squeezed

MOST_ZOOM = 4.0


def square(
    image: torch.Tensor, side: int, zoom: float = 1.0, x: float = 0.5, y: float = 0.5
) -> torch.Tensor:
    """Cut a square out of a picture and bring it to `side` x `side`, as training's pictures were.

    Args:
        image: 1 3 H W in [0, 1].
        side: pixels.
        zoom: 1 is the largest square that there is, 2 a square of half its side, up to 4.
        x: where it lies, from 0, leftmost, to 1, rightmost.
        y: likewise, from 0, topmost, to 1, lowest.

    Returns:
        1 3 side side in [0, 1].

    Raises:
        InputError: a number is out of its range.
    """
    between("The zoom", zoom, 1, MOST_ZOOM)
    between("The square's x", x, 0, 1)
    between("The square's y", y, 0, 1)
    height, width = image.shape[-2:]
    cut = max(1, round(min(height, width) / zoom))
    top, left = round((height - cut) * y), round((width - cut) * x)
    return squeezed(image[..., top : top + cut, left : left + cut], side)
