"""Translation: shift the input and the feature maps shift; the answer stays (SLIDES 9).

A network without training, small enough to check by hand. Its five filters are the five shapes it
knows, each 5x5, made to sum to zero and to have length 1. Convolution, ReLU, then the maximum of
each map over all positions (global max pooling): five scores; the answer is the largest.

Why the right one wins: wherever a filter lies, its result is at most the length of the (zero-mean)
window beneath it (Cauchy-Schwarz), with equality only where the window is the filter's own shape.
A window with part of a shape is shorter than one with all of it while no shape fills half of the
5x5 window, which none does.
"""

import torch
from torch.nn import functional as F

from models.core.checks import one_of, whole
from models.core.errors import InputError

_DRAWN = {
    "plus": "..#.. ..#.. ##### ..#.. ..#..",
    "cross": "#...# .#.#. ..#.. .#.#. #...#",
    "corner": "#.... #.... #.... #.... #####",
    "tee": "##### ..#.. ..#.. ..#.. ..#..",
    "diamond": "..#.. .#.#. #...# .#.#. ..#..",
}
SHAPES = tuple(_DRAWN)
SIZE = 5
MIN_PICTURE, MAX_PICTURE = 9, 64


def shift(image: torch.Tensor, dx: int, dy: int) -> torch.Tensor:
    """`image` (B C H W) moved `dx` pixels right and `dy` down; zeros come in, the rest is lost.

    Raises:
        InputError: a shift that is not whole, or as large as the picture.
    """
    height, width = image.shape[-2:]
    whole("Shift to the right", dx, 1 - width, width - 1)
    whole("Shift down", dy, 1 - height, height - 1)
    return F.pad(image, (dx, -dx, dy, -dy))  # a negative border cuts


def feature_maps(image: torch.Tensor) -> torch.Tensor:
    """The five filters over `image` (1 1 H W), same padding, ReLU: 1 5 H W."""
    return F.relu(F.conv2d(image, filters().to(image), padding=SIZE // 2))


def filters() -> torch.Tensor:
    """The five shapes as filters, 5 1 5 5: each sums to 0 and has length 1."""
    drawn = torch.stack([_drawing(name) for name in SHAPES])[:, None]
    centred = drawn - drawn.mean((2, 3), keepdim=True)
    return centred / centred.flatten(1).norm(dim=1)[:, None, None, None]


def picture(shape: str, size: int = 16, row: int = 2, column: int = 2) -> torch.Tensor:
    """`shape` in white on black, 1 1 size size, its upper left corner at (row, column).

    Raises:
        InputError: an unknown shape, a size outside 9 to 64, or a place where it does not fit.
    """
    one_of("Shape", shape, SHAPES)
    whole("Picture size", size, MIN_PICTURE, MAX_PICTURE)
    if not (0 <= row <= size - SIZE and 0 <= column <= size - SIZE):
        raise InputError(f"The shape does not fit at row {row}, column {column}.")
    image = torch.zeros(1, 1, size, size)
    image[0, 0, row : row + SIZE, column : column + SIZE] = _drawing(shape)
    return image


def _drawing(shape: str) -> torch.Tensor:
    return torch.tensor([[float(c == "#") for c in row] for row in _DRAWN[shape].split()])
