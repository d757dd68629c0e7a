"""What a person asks for, as a start that `models.diffusion.sample` goes on from."""

from collections.abc import Callable, Iterator
from typing import TypeVar

import torch

from models.core.checks import one_of, whole
from models.core.data import NOBODY
from models.diffusion.network import FaceDenoiser
from models.diffusion.sample import initial_noise
from models.diffusion.trajectory import Start

ANYONE = "anyone"
"""Asks for no character in particular."""
ONE_EACH = "one of each"
"""Asks for the characters in turn."""
MOST_FACES = 25
MOST_SEED = 2**31 - 1 - MOST_FACES
Step = TypeVar("Step")


def title(character: str) -> str:
    """A character's name as people write it: `homer_simpson` becomes `Homer Simpson`."""
    return character.replace("_", " ").title()


def seeds_from(seed: int, count: int) -> tuple[int, ...]:
    """The seed of each of `count` faces: `seed`, `seed` + 1 and so on.

    Raises:
        InputError: not 1 to 25 faces, or not a seed.
    """
    whole("The number of faces", count, 1, MOST_FACES)
    whole("The seed", seed, 0, MOST_SEED)
    return tuple(range(seed, seed + count))


def labels_of(network: FaceDenoiser, character: str, count: int) -> list[int]:
    """The label of each of `count` faces, by a character's name, `ANYONE` or `ONE_EACH`.

    Raises:
        InputError: there is no such character.
    """
    names = network.config.characters
    if character == ANYONE:
        return [network.nobody] * count
    if character == ONE_EACH:
        known = [i for i, name in enumerate(names) if name != NOBODY]
        return [known[i % len(known)] for i in range(count)]
    one_of("Character", character, (ANYONE, ONE_EACH, *names))
    return [names.index(character)] * count


def begin(network: FaceDenoiser, count: int, character: str, seed: int) -> Start:
    """Pure noise for `count` faces of a character, on the network's device.

    Raises:
        InputError: not 1 to 25 faces, no such character, or not a seed.
    """
    seeds = seeds_from(seed, count)
    where = next(network.parameters()).device
    labels = torch.tensor(labels_of(network, character, count), device=where)
    return Start(initial_noise(network, seeds).to(where), labels, seeds)


def while_wanted(steps: Iterator[Step], wanted: Callable[[], bool]) -> Iterator[Step]:
    """Steps, as long as somebody wants the next one; it is asked before each but the first."""
    for step in steps:
        yield step
        if not wanted():
            return
