"""Samplers side by side: from the same noise, in step, each with as many steps as it is given."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from torch import nn

from models.core.errors import InputError
from models.diffusion.sample import rounds
from models.diffusion.samplers import DENOISER, Lane
from models.diffusion.states import State, after, at_start, timesteps
from models.diffusion.trajectory import Start

FEWEST_LANES, MOST_LANES = 2, 4
MOST_FACES = 9
"""In a race, of each lane."""


def lanes_from(asked: Any, guidance: float = 1.0) -> tuple[Lane, ...]:
    """The lanes of a race as people ask for them.

    Args:
        asked: 2 to 4 pairs of a sampler's name and its number of steps.
        guidance: of all lanes of the DDPM; another network learned its way without.

    Raises:
        InputError: they are not such pairs, or one of them cannot be sampled by.
    """
    pairs = isinstance(asked, list | tuple) and all(
        isinstance(lane, list | tuple) and len(lane) == 2 for lane in asked
    )
    if not pairs:
        raise InputError(
            "A race is a list of pairs of a sampler and its number of steps, such as "
            '[["ddpm", 50], ["ddim", 10]].'
        )
    if not FEWEST_LANES <= len(asked) <= MOST_LANES:
        raise InputError(
            f"A race has {FEWEST_LANES} to {MOST_LANES} lanes, but {len(asked)} were asked for."
        )
    if not all(isinstance(sampler, str) for sampler, _ in asked):
        raise InputError("A sampler is asked for by its name.")
    lanes = [Lane(sampler, steps, guidance) for sampler, steps in asked]
    return tuple(
        lane if lane.kind.network == DENOISER else replace(lane, guidance=1.0) for lane in lanes
    )


def race(
    networks: nn.ModuleDict,
    lanes: Sequence[Lane],
    start: Start,
    wanted: Callable[[], bool] = lambda: True,
) -> Iterator[dict[int, State]]:
    """Let samplers run from the same noise; every evaluation of a network serves all its lanes.

    Args:
        networks: a `FaceDenoiser` for each name that the lanes' samplers ask for.
        lanes: a sampler and its number of steps each.
        start: where all of them begin.
        wanted: asked between two evaluations; the race ends where it says no.

    Yields:
        The lanes that have moved, by their numbers, and where each now stands: first all of them,
        at the noise that they start from.
    """
    asked = [networks[lane.kind.network] for lane in lanes]
    runs = [(network, lane, start) for network, lane in zip(asked, lanes, strict=True)]
    times = [timesteps(network, lane) for network, lane, _ in runs]
    yield {number: at_start(times[number], start) for number in range(len(lanes))}
    for steps in rounds(runs):
        if steps:
            yield {n: after(times[n], step) for n, step in steps.items()}
        if not wanted():
            return
