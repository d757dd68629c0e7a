"""A shape's journey across the picture, and why pooling lets the answer stay (SLIDES 9).

The five filters of `translation`, their maps pooled, and two kinds of classifier on top. After
*global* pooling there is one number a map, and no place left in it: the scores are those numbers.
After smaller pooling, or none, the classifier has a weight for every place. It learned the five
shapes where the journey starts, and scores how well the pooled maps match each of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from models.convolution.translation import SHAPES, SIZE, feature_maps, picture, shift
from models.core.checks import one_of, whole
from models.core.errors import InputError

WINDOWS = {"none": 1, "2x2": 2, "4x4": 4, "8x8": 8}
POOLINGS = (*WINDOWS, "global")
PICTURE, START = 16, 2  # pixels: the picture's side, and where the shape's corner starts
MOST = PICTURE - SIZE - START  # pixels from the start until the shape touches the far border
TINY = 1e-9


@dataclass(frozen=True, eq=False)
class Stop:
    """One stop of the journey: the shape (dx, dy) pixels right and down from its start.

    image: 1 1 H W in [0, 1]. maps: 1 5 H W after ReLU, one per shape. pooled: 1 5 H' W'.
    scores: 5 numbers; the answer is the largest's shape, empty where all are 0. difference: the
    largest |maps - first maps moved by (dx, dy)|; 0 unless the border cuts off what a filter sees.
    """

    step: int
    dx: int
    dy: int
    image: torch.Tensor
    maps: torch.Tensor
    pooled: torch.Tensor
    scores: torch.Tensor
    answer: str
    difference: float


@torch.no_grad()
def journey(shape: str, dx: int, dy: int, pooling: str = "global") -> Iterator[Stop]:
    """Move `shape` from its start by (dx, dy), a pixel a stop along the longer way.

    Raises:
        InputError: an unknown shape or pooling, or a move that leaves the picture.
    """
    one_of("Shape", shape, SHAPES)
    one_of("Pooling", pooling, POOLINGS)
    whole("Move to the right", dx, 0, MOST)
    whole("Move down", dy, 0, MOST)
    if dx == dy == 0:
        raise InputError("The shape does not move: choose how far to the right, or down.")
    start = picture(shape, PICTURE, START, START)
    first, steps = feature_maps(start), max(dx, dy)
    for step in range(steps + 1):
        right, down = round(dx * step / steps), round(dy * step / steps)
        image = shift(start, right, down)
        maps = feature_maps(image)  # 1 5 H W
        pooled = pool(maps, pooling)
        answers = scores(pooled, pooling)
        yield Stop(
            step=step,
            dx=right,
            dy=down,
            image=image,
            maps=maps,
            pooled=pooled,
            scores=answers,
            answer=SHAPES[int(answers.argmax())] if float(answers.max()) > TINY else "",
            difference=float((maps - shift(first, right, down)).abs().max()),
        )


def pool(maps: torch.Tensor, pooling: str) -> torch.Tensor:
    """Max pooling of maps (1 5 H W): over everything (1 5 1 1), in windows, or not at all."""
    if pooling == "global":
        return maps.amax((2, 3), keepdim=True)
    return F.max_pool2d(maps, WINDOWS[pooling])


def scores(pooled: torch.Tensor, pooling: str) -> torch.Tensor:
    """One score per shape, 5: the pooled number itself, or the match with what was learned.

    The match is the cosine of pooled maps and template, from 0 (nothing in common) to 1 (equal).
    """
    if pooling == "global":
        return pooled[0, :, 0, 0]
    learned = templates(pooling)
    length = pooled.norm() * learned.norm(dim=1)
    return learned @ pooled.flatten() / length.clamp(min=TINY)


def templates(pooling: str) -> torch.Tensor:
    """What the classifier with a weight for every place learned: the pooled maps at the start.

    One row per shape: 5 x (5 H' W').
    """
    seen = [feature_maps(picture(shape, PICTURE, START, START)) for shape in SHAPES]
    return torch.cat([pool(maps, pooling).flatten(1) for maps in seen])
