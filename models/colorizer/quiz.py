"""Which is real? Questions by seed: a square of a picture and its painting, in either order."""

from dataclasses import dataclass

import torch

from models.core.checks import whole
from models.core.seeds import mixed_seed

MOST_SEED = 9999
MOST_NUMBER = 999
CLOSEST = 2.0
"""Of the squares' zooms: nearer there is too little to tell what one sees."""


@dataclass(frozen=True)
class Question:
    """What is asked: a square of one of some pictures, and which of the two comes first."""

    picture: int
    """From 0."""
    zoom: float
    x: float
    y: float
    real_first: bool


def question(seed: int, number: int, pictures: int) -> Question:
    """Question `number` of the quiz `seed`; the same ones whenever they are asked for.

    Every picture comes once before one comes again, each time another square of it.

    Args:
        seed: 0 to 9999.
        number: of the question, 1 to 999.
        pictures: how many there are to ask about.

    Raises:
        InputError: a number is out of its range.
    """
    whole("The seed", seed, 0, MOST_SEED)
    whole("The question's number", number, 1, MOST_NUMBER)
    round_, place = divmod(number - 1, pictures)
    order = torch.randperm(pictures, generator=_generator(seed, round_, 0))
    x, y, zoom, coin = torch.rand(4, generator=_generator(seed, number, 1)).tolist()
    return Question(
        picture=int(order[place]),
        zoom=1 + (CLOSEST - 1) * zoom,
        x=x,
        y=y,
        real_first=coin < 0.5,
    )


def _generator(*numbers: int) -> torch.Generator:
    return torch.Generator().manual_seed(mixed_seed(*numbers))
