"""Three objectives, one aim: the DDPM by its v, the DDPM by its displacement, and the network that
predicts the next state.

All walk from the same noise; what differs is what is asked for at each step.
"""

from collections.abc import Callable, Iterator
from typing import Any

import torch

from models.diffusion.network import FaceDenoiser
from models.diffusion.next_state import NextState
from models.diffusion.samplers import Settings
from models.diffusion.states import (
    State,
    deblending_states,
    denoiser_states,
    next_state_states,
)
from models.diffusion.trajectory import Start

DDPM, NEXT_STATE, DEBLENDING = "denoiser", "next_state", "deblending"


def compare(
    network: FaceDenoiser,
    settings: Settings,
    start: Start,
    simple: NextState | None,
    wanted: Callable[[], bool] = lambda: True,
) -> Iterator[tuple[str, State]]:
    """Walk from the same noise in all three ways, whichever is furthest behind going next.

    Args:
        network: the DDPM.
        settings: how it is sampled; along the displacement it takes as many steps.
        start: pure noise.
        simple: the other network, whose steps are its levels; None where there is none.
        wanted: asked after each step; where it says no, the walk ends that made it.

    Yields:
        Who has moved, `denoiser`, `next_state` or `deblending`, and where it now stands; first all
        at the noise.
    """
    walks = {DDPM: denoiser_states(network, settings, start)}
    if simple is not None:
        walks[NEXT_STATE] = next_state_states(simple, start.noise)
    walks[DEBLENDING] = deblending_states(network, start, settings.steps)
    steps, share = steps_of(settings, simple), dict.fromkeys(walks, 0.0)
    while walks:
        name = min(walks, key=share.__getitem__)
        state = next(walks[name], None)
        if state is not None:
            share[name] = state.step / steps[name]
            yield name, state
        if state is None or (state.step and not wanted()):
            del walks[name]


def steps_of(settings: Settings, simple: NextState | None) -> dict[str, int]:
    """How many steps each walk takes, by its name; only of those that there are."""
    steps = {DDPM: settings.steps, DEBLENDING: settings.steps}
    return steps if simple is None else {**steps, NEXT_STATE: simple.config.levels}


def blocks(network: NextState) -> list[dict[str, Any]]:
    """The simple network as a table, from its config and its modules.

    Returns:
        A row for each part, in the order of the data: `part`, `shape` (channels, height, width of
        what comes out; of the time its numbers) and `weights`, how many.
    """
    config = network.config
    sides = [config.size >> halving for halving in range(config.halvings + 1)]
    hidden, channels = config.middle

    def row(part: str, module: torch.nn.Module, width: int, side: int) -> dict[str, Any]:
        return {"part": part, "shape": [width, side, side], "weights": _count(module)}

    time = {
        "part": "the time: dense layer, layer norm",
        "shape": [config.time_channels],
        "weights": _count(network.time),
    }

    body = "convolutions × time, layer norm"
    down = [
        row(f"pooled; {body}" if number else body, block, config.channels, side)
        for number, (block, side) in enumerate(zip(network.down, sides, strict=True))
    ]
    middle = row(
        f"dense layers with {hidden} hidden units, layer norm", network.middle, channels, sides[-1]
    )
    up = [
        row(f"{'enlarged, ' if number else ''}with its skip; {body}", block, config.channels, side)
        for number, (block, side) in enumerate(zip(network.up, reversed(sides), strict=True))
    ]
    end = row("1 × 1 convolution", network.out, network.out.out_channels, config.size)
    return [time, *down, middle, *up, end]


def _count(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())
