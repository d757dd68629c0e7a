"""Where a walk from noise to faces stands between two of its steps, whichever network walks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from models.diffusion.deblending import deblended
from models.diffusion.network import FaceDenoiser
from models.diffusion.next_state import NextState, NextStateStep, next_states
from models.diffusion.sample import sample
from models.diffusion.samplers import Settings, scheduler
from models.diffusion.trajectory import DenoisingStep, Start


@dataclass(frozen=True)
class State:
    """After some steps; all pictures B 3 H W, with faces in [-1, 1].

    Attributes:
        step: how many have been taken; 0 is the noise alone.
        x: the pictures; after the last step, the faces.
        predicted_x0: the network's last guess of the faces in them, if it made one.
        timestep: t, how noisy `x` is for the DDPM; None of a network that knows no such t.
        evaluations: of the network so far, for each face.
        seconds: since the walk began.
    """

    step: int
    x: torch.Tensor
    predicted_x0: torch.Tensor | None = None
    timestep: float | None = None
    evaluations: int = 0
    seconds: float = 0.0


def timesteps(network: FaceDenoiser, settings: Settings) -> list[float]:
    """How noisy the pictures are before each step of a sampler, and 0 after the last."""
    times = scheduler(network, settings).timesteps[:: settings.kind.stages]
    return [*times[: settings.steps].tolist(), 0.0]


def at_start(times: Sequence[float], start: Start) -> State:
    """Before the first step from pure noise; `times` as `timesteps` gives them."""
    return State(0, start.noise, timestep=times[0])


def after(times: Sequence[float], step: DenoisingStep) -> State:
    """What came out of a step from pure noise; `times` as `timesteps` gives them."""
    return State(
        step.step + 1,
        step.x,
        step.predicted_x0,
        times[step.step + 1],
        step.evaluations,
        step.seconds,
    )


def denoiser_states(network: FaceDenoiser, settings: Settings, start: Start) -> Iterator[State]:
    """The DDPM's walk from pure noise."""
    times = timesteps(network, settings)
    yield at_start(times, start)
    for step in sample(network, settings, start):
        yield after(times, step)


def deblending_states(network: FaceDenoiser, start: Start, steps: int) -> Iterator[State]:
    """The DDPM's walk along its displacements, from pure noise."""
    return _plain(start.noise, deblended(network, start, steps))


def next_state_states(network: NextState, noise: torch.Tensor) -> Iterator[State]:
    """The simple variant's walk from noise, B 3 H W: each of its levels is a step."""
    return _plain(noise, next_states(network, noise))


def _plain(noise: torch.Tensor, steps: Iterator[NextStateStep]) -> Iterator[State]:
    """A walk from noise that knows no t and guesses no face: an evaluation a step."""
    yield State(0, noise)
    for step in steps:
        yield State(step.step, step.x, evaluations=step.step)
