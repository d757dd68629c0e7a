"""Ways through the noise: to another seed's, in a circle, around one, or poked in one place.

Each stop is a face of one batch; a `Start` that `models.diffusion.sample` goes on from.
"""

import math
from dataclasses import dataclass

import torch

from models.core.checks import between, one_of, whole
from models.core.errors import InputError
from models.core.interpolation import slerp
from models.diffusion.draw import MOST_SEED, labels_of
from models.diffusion.network import FaceDenoiser
from models.diffusion.sample import initial_noise
from models.diffusion.trajectory import Start

LINE, CIRCLE, AROUND, POKE = "to another seed", "in a circle", "around it", "poked"
WAYS = (LINE, CIRCLE, AROUND, POKE)
FEWEST_STOPS, MOST_STOPS = 3, 12
AMOUNT = 0.3


@dataclass(frozen=True)
class Region:
    """A part of a picture, in pixels from its upper left corner."""

    x: int
    y: int
    width: int
    height: int


def walked(
    network: FaceDenoiser,
    seed: int,
    other: int,
    stops: int,
    character: str,
    way: str = LINE,
    amount: float = AMOUNT,
) -> Start:
    """Faces from noises near or between those of two seeds, as one batch.

    Every stop's noise has the variance that the network was trained on. Samplers that draw noise on
    the way draw the same for each stop.

    Args:
        network: the denoiser.
        seed: of the first face's noise.
        other: of the noise that is gone to, mixed in or put in its place; around a face, of the
            second one's, whose followers' are the next ones but `seed`.
        stops: faces, 3 to 12.
        character: whom the network is told to draw, or `anyone`.
        way: `to another seed`, along the arc: the straight way would pass through noise of too
            small a norm; `in a circle` through both, cos(a) of the one and sin(a) of the other;
            `around it`, a new noise's `amount` in each; `poked`, where in each stop but the first
            one of the picture's `regions` has the other seed's noise.
        amount: of the other noise around a face, 0 to 1: sqrt(1 - amount^2) stays.

    Raises:
        InputError: a value is out of its range, there is no such character, or the two seeds of a
            circle are one.
    """
    whole("The number of stops", stops, FEWEST_STOPS, MOST_STOPS)
    whole("The first seed", seed, 0, MOST_SEED)
    whole("The last seed", other, 0, MOST_SEED)
    one_of("Way", way, WAYS)
    between("The amount", amount, 0, 1)
    if way == CIRCLE and seed == other:
        raise InputError("A circle needs two different seeds.")
    labels = labels_of(network, character, stops)
    noise = {LINE: _line, CIRCLE: _circle, POKE: _poked}.get(way)
    first = initial_noise(network, [seed])
    if noise is None:
        followers = [each for each in range(other, other + stops) if each != seed]
        mixed = initial_noise(network, followers[: stops - 1])
        made = torch.cat([first, math.sqrt(1 - amount**2) * first + amount * mixed])
    else:
        made = noise(first, initial_noise(network, [other]), stops)
    where = next(network.parameters()).device
    return Start(made.to(where), torch.tensor(labels, device=where), (seed,) * stops)


def _line(first: torch.Tensor, last: torch.Tensor, stops: int) -> torch.Tensor:
    shares = [stop / (stops - 1) for stop in range(stops)]
    noise = torch.cat([slerp(first.flatten(1), last.flatten(1), share) for share in shares])
    return noise.unflatten(1, first.shape[1:])


def _circle(first: torch.Tensor, second: torch.Tensor, stops: int) -> torch.Tensor:
    angles = torch.arange(stops) * 2 * torch.pi / stops
    cosine, sine = (each[:, None, None, None] for each in (angles.cos(), angles.sin()))
    return cosine * first + sine * second


def _poked(first: torch.Tensor, other: torch.Tensor, stops: int) -> torch.Tensor:
    made = first.repeat(stops, 1, 1, 1)
    for stop, region in enumerate(regions(stops - 1, first.shape[-1]), 1):
        rows = slice(region.y, region.y + region.height)
        columns = slice(region.x, region.x + region.width)
        made[stop, :, rows, columns] = other[0, :, rows, columns]
    return made


def regions(count: int, size: int = 32) -> tuple[Region, ...]:
    """A square of `size` pixels in `count` regions, row after row, that cover all of it."""
    rows = max(1, round(math.sqrt(count)))
    found = []
    for row in range(rows):
        top, bottom = (size * edge // rows for edge in (row, row + 1))
        in_row = count * (row + 1) // rows - count * row // rows
        for column in range(in_row):
            left, right = (size * edge // in_row for edge in (column, column + 1))
            found.append(Region(left, top, right - left, bottom - top))
    return tuple(found)
