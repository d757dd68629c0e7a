"""Steps against quality: how far samplers get from noise to face in so many evaluations.

Samplers that draw no noise on the way follow the same curve from a noise to its face, the
probability flow ODE (Song et al. 2021, "Score-based generative modeling", equation 13). What
differs is how well they follow it in few steps; so each is compared with one that took many.
"""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

from models.diffusion import film
from models.diffusion.network import FaceDenoiser
from models.diffusion.sample import sample, sample_together
from models.diffusion.samplers import SAMPLERS, Settings
from models.diffusion.trajectory import Start

STEPS = (1, 2, 3, 5, 7, 10, 15, 20, 30)
"""Of a sampler that asks the network twice a step, those up to half of the last."""
REFERENCE, REFERENCE_STEPS = "unipc", 100
"""What the others are measured by."""
DETERMINISTIC = tuple(name for name in SAMPLERS if name != "ddpm")
"""DDPM draws noise on the way, and so has no face that it should arrive at."""
MOST_FACES = 4


def first_faces(start: Start, count: int) -> Start:
    """The first few faces of a start, each as it is in any company."""
    return dataclasses.replace(
        start,
        noise=start.noise[:count],
        labels=start.labels[:count],
        seeds=start.seeds[:count],
    )


def steps_and_quality(
    network: FaceDenoiser,
    start: Start,
    guidance: float = 1.0,
    wanted: Callable[[], bool] = lambda: True,
) -> Iterator[dict[str, Any]]:
    """Run every deterministic sampler with few and with many steps, all from the same noise.

    Args:
        network: the DDPM.
        start: pure noise; of its faces the first four count.
        guidance: of all runs.
        wanted: asked now and then; the measurement ends where it says no.

    Yields:
        `points`: of each sampler, by its name, `[evaluations of the network for each face, mean
        squared error of the finished faces, in [0, 1], to those of the reference]`, with as many
        steps as are measured by then; `faces`, how many; `reference`, its title and steps;
        `working`, what is under way, and `done`, whether that is all. Where it is not wanted any
        more, no further value comes.
    """
    start = first_faces(start, MOST_FACES)
    points: dict[str, list[list[float]]] = {name: [] for name in DETERMINISTIC}
    title = f"{SAMPLERS[REFERENCE].title}, {REFERENCE_STEPS} steps"
    about = {"faces": len(start.seeds), "reference": title}
    yield {**about, "points": points, "working": title, "done": False}
    for step in sample(network, Settings(REFERENCE, REFERENCE_STEPS, guidance), start):
        truth = film.faces(step.x)
        if not wanted():
            return
    for number, steps in enumerate(STEPS):
        ends = {}
        lanes = [Settings(name, steps, guidance) for name in DETERMINISTIC]
        lanes = [lane for lane in lanes if lane.steps * lane.kind.stages <= STEPS[-1]]
        for run, step in sample_together(network, [(lane, start) for lane in lanes]):
            ends[run] = step
            if not wanted():
                return
        for run, name in enumerate(lane.sampler for lane in lanes):
            error = (film.faces(ends[run].x) - truth).square().mean().item()
            points = {**points, name: [*points[name], [ends[run].evaluations, error]]}
        more = STEPS[number + 1 :]
        working = f"{more[0]} steps each" if more else ""
        yield {**about, "points": points, "working": working, "done": not more}
