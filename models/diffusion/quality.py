"""Steps against quality: how far samplers get from noise to face in so many evaluations.

Samplers that draw no noise on the way follow the same curve from a noise to its face, the
probability flow ODE (Song et al. 2021, "Score-based generative modeling", equation 13). What
differs is how well they follow it in few steps; so each is compared with one that took many.
"""

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from models.diffusion import display
from models.diffusion.network import FaceDenoiser
from models.diffusion.sample import sample, sample_together
from models.diffusion.samplers import SAMPLERS, Settings
from models.diffusion.trajectory import Start

STEPS = (1, 2, 3, 5, 7, 10, 15, 20, 30)
"""Of a sampler that asks the network twice a step, those up to half of the last."""
REFERENCE, REFERENCE_STEPS = "euler", 500
"""What the others are measured by: the plainest way down in so many steps that it favours none of
those that are measured. On the page's first faces it ends 7e-6 from UniPC's 100 steps; what UniPC
itself leaves in 30 is 2e-5, what Euler leaves is 1e-3."""
EVERY = 25  # steps of the reference from one value to the next
DETERMINISTIC = tuple(name for name in SAMPLERS if name != "ddpm")
"""DDPM draws noise on the way, and so has no face that it should arrive at."""
MOST_FACES = 4


@dataclass(frozen=True)
class Reference(Settings):
    """How the reference is drawn: in more steps than anybody may ask for."""

    most_steps: ClassVar[int] = 1000


@dataclass(frozen=True)
class Quality:
    """What is measured by now.

    Attributes:
        points: of each sampler, by its name, as often as it was run: evaluations of the network
            for each face, and the mean squared error of the finished faces, in [0, 1], to those of
            the reference.
        faces: how many were drawn.
        reference: how the faces were drawn that the others are measured by.
        under_way: steps of the samplers that run now; None while the reference does.
        reference_steps: how many of the reference are done.
        done: whether that is all.
    """

    points: dict[str, tuple[tuple[int, float], ...]]
    faces: int
    reference: Settings
    under_way: int | None = None
    reference_steps: int = 0
    done: bool = False


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
) -> Iterator[Quality]:
    """Run every deterministic sampler with few and with many steps, all from the same noise.

    Args:
        network: the DDPM.
        start: pure noise; of its faces the first four count.
        guidance: of all runs.
        wanted: asked now and then; the measurement ends where it says no.

    Yields:
        What is measured by then. Where it is not wanted any more, no further value comes.
    """
    start = first_faces(start, MOST_FACES)
    settings = Reference(REFERENCE, REFERENCE_STEPS, guidance)
    found = Quality(dict.fromkeys(DETERMINISTIC, ()), len(start.seeds), settings)
    yield found
    for step in sample(network, settings, start):
        truth = display.faces(step.x)
        if (step.step + 1) % EVERY == 0:
            found = dataclasses.replace(found, reference_steps=step.step + 1)
            yield found
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
        points = dict(found.points)
        for run, name in enumerate(lane.sampler for lane in lanes):
            error = (display.faces(ends[run].x) - truth).square().mean().item()
            points[name] = (*points[name], (ends[run].evaluations, error))
        more = STEPS[number + 1 :]
        under_way = more[0] if more else None
        found = dataclasses.replace(found, points=points, under_way=under_way, done=not more)
        yield found
