"""Two objectives, one aim: the DDPM beside the network that predicts the next state.

Both walk from the same noise; what differs is what they were trained to predict.
"""

from collections.abc import Callable, Iterator
from typing import Any

import torch

from models.core.images import tiled, to_data_uri
from models.diffusion import film
from models.diffusion.draw import described
from models.diffusion.film import Sheets
from models.diffusion.network import FaceDenoiser
from models.diffusion.next_state import NextState, next_states
from models.diffusion.race import LaneFilm
from models.diffusion.sample import sample
from models.diffusion.samplers import Settings
from models.diffusion.trajectory import Start

DDPM, NEXT_STATE = "denoiser", "next_state"


def compare(
    network: FaceDenoiser,
    settings: Settings,
    start: Start,
    simple: NextState | None,
    wanted: Callable[[], bool] = lambda: True,
) -> Iterator[dict[str, Any]]:
    """Walk from the same noise by both networks, whichever is behind going next.

    Args:
        network: the DDPM.
        settings: how it is sampled.
        start: pure noise.
        simple: the other network, whose steps are its levels; None where there is none.
        wanted: asked between two steps; both walks end where it says no.

    Yields:
        Who is drawn (see `models.diffusion.draw.described`), `steps` of each network, by the names
        `denoiser` and `next_state`, and `films`: what is new of them. A film's frame k is the state
        after k steps (`first`, `frames`, `film` with sheets of `x` as data URIs). The last value
        has all of both with `faces`, without loss, and `done`, and `stopped`, whether some are
        missing.
    """
    walks = {DDPM: _denoiser_frames(network, settings, start, wanted)}
    steps = {DDPM: settings.steps}
    if simple is not None:
        walks[NEXT_STATE] = _next_state_frames(simple, start.noise, wanted)
        steps[NEXT_STATE] = simple.config.levels
    about = {**described(network, start), "steps": steps}
    share, whole = dict.fromkeys(walks, 0.0), {}
    while walks:
        name = min(walks, key=share.__getitem__)
        value = next(walks[name])
        if "faces" in value:
            whole[name] = value
            del walks[name]
        else:
            share[name] = value["first"] / steps[name]
            yield {**about, "films": {name: value}}
    stopped = any(len(value["frames"]) <= steps[name] for name, value in whole.items())
    yield {**about, "films": whole, "done": True, "stopped": stopped}


def _denoiser_frames(
    network: FaceDenoiser, settings: Settings, start: Start, wanted: Callable[[], bool]
) -> Iterator[dict[str, Any]]:
    lane = LaneFilm(network, settings, start)
    yield lane.since(0)
    for step in sample(network, settings, start):
        lane.add(step)
        yield lane.since(len(lane.frames) - 1)
        if not wanted():
            break
    yield lane.whole()


def _next_state_frames(
    network: NextState, noise: torch.Tensor, wanted: Callable[[], bool]
) -> Iterator[dict[str, Any]]:
    columns = film.columns_of(len(noise))
    states, frames = [_sheet(noise, columns)], [{"level": 0}]
    yield {"first": 0, "frames": frames[:], "film": film.uris(states, ("x",))}
    for step in next_states(network, noise):
        states.append(_sheet(step.x, columns))
        frames.append({"level": step.step})
        new = film.uris(states[-1:], ("x",))
        yield {"first": step.step, "frames": frames[-1:], "film": new}
        if not wanted():
            break
    faces = to_data_uri(states[-1].x, lossless=True)
    yield {"first": 0, "frames": frames, "film": film.uris(states, ("x",)), "faces": faces}


def _sheet(x: torch.Tensor, columns: int) -> Sheets:
    picture = tiled(film.faces(x), columns)
    return Sheets(picture, picture, picture)


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
