"""Samplers side by side: from the same noise, in step, each with as many steps as it is given."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch

from models.core.errors import InputError
from models.core.images import tiled, to_data_uri
from models.diffusion import film
from models.diffusion.draw import described
from models.diffusion.film import Sheets
from models.diffusion.network import FaceDenoiser
from models.diffusion.sample import rounds
from models.diffusion.samplers import Settings, scheduler
from models.diffusion.trajectory import DenoisingStep, Start

FEWEST_LANES, MOST_LANES = 2, 4
MOST_FACES = 9
"""In a race, of each lane."""
SHOWN = ("x", "x0")


def lanes_from(asked: Any, guidance: float = 1.0) -> tuple[Settings, ...]:
    """The lanes of a race as people ask for them.

    Args:
        asked: 2 to 4 pairs of a sampler's name and its number of steps.
        guidance: of all of them.

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
    return tuple(Settings(sampler, steps, guidance) for sampler, steps in asked)


class LaneFilm:
    """What one lane has shown so far: the noise that it starts from, and each step's outcome."""

    def __init__(self, network: FaceDenoiser, settings: Settings, start: Start):
        times = scheduler(network, settings).timesteps[:: settings.kind.stages]
        self.times = [*times[: settings.steps].tolist(), 0.0]
        self.columns = film.columns_of(len(start.seeds))
        noise = start.noise.cpu()
        no_guess = torch.full_like(noise, 0.5)
        self.moments = [self._sheets(film.faces(noise), no_guess)]
        self.frames = [self._frame(0, 0.0)]

    def add(self, step: DenoisingStep) -> None:
        """Take in what came out of the lane's next step."""
        self.moments.append(self._sheets(film.faces(step.x), film.faces(step.predicted_x0)))
        self.frames.append(self._frame(step.evaluations, step.seconds))

    def since(self, first: int) -> dict[str, Any]:
        """What was added from frame number `first` on; frame k is the state after k steps.

        Returns:
            `first`, `frames` (`t`: how noisy the picture is by then; `evaluations` of the network
            for each face and `seconds` so far) and `film` (sheets of `x` and of the last guess
            `x0`, one below the other, as data URIs).
        """
        return {
            "first": first,
            "frames": self.frames[first:],
            "film": film.uris(self.moments[first:], SHOWN),
        }

    def whole(self) -> dict[str, Any]:
        """All of it, and `faces`: the last picture without loss."""
        return {**self.since(0), "faces": to_data_uri(self.moments[-1].x, lossless=True)}

    def _sheets(self, x: torch.Tensor, x0: torch.Tensor) -> Sheets:
        x, x0 = tiled(x, self.columns), tiled(x0, self.columns)
        return Sheets(x, x0, x0)

    def _frame(self, evaluations: int, seconds: float) -> dict[str, float]:
        t = self.times[len(self.moments) - 1]
        return {"t": round(t, 2), "evaluations": evaluations, "seconds": round(seconds, 3)}


def race(
    network: FaceDenoiser,
    lanes: Sequence[Settings],
    start: Start,
    wanted: Callable[[], bool] = lambda: True,
) -> Iterator[dict[str, Any]]:
    """Let samplers run from the same noise; every evaluation of the network serves all of them.

    Args:
        network: the DDPM.
        lanes: a sampler and its number of steps each.
        start: where all of them begin.
        wanted: asked between two evaluations; the race ends where it says no.

    Yields:
        Who is drawn (see `models.diffusion.draw.described`), `lanes` (`sampler`, `title`, `steps`)
        and `films`: what is new of each lane, by its number, see `LaneFilm.since`. The last value
        has all of each, `done`, and `stopped`, whether some lane did not get through.
    """
    films = [LaneFilm(network, lane, start) for lane in lanes]
    about = {
        **described(network, start),
        "lanes": [
            {"sampler": lane.sampler, "title": lane.kind.title, "steps": lane.steps}
            for lane in lanes
        ],
    }
    yield {**about, "films": {str(number): one.since(0) for number, one in enumerate(films)}}
    for steps in rounds(network, [(lane, start) for lane in lanes]):
        for number, step in steps.items():
            films[number].add(step)
        if steps:
            new = {str(n): films[n].since(len(films[n].frames) - 1) for n in steps}
            yield {**about, "films": new}
        if not wanted():
            break
    stopped = any(len(one.frames) <= lane.steps for one, lane in zip(films, lanes, strict=True))
    whole = {str(number): one.whole() for number, one in enumerate(films)}
    yield {**about, "films": whole, "done": True, "stopped": stopped}
