"""The ways from noise to face: diffusers' schedulers, set up alike, under the field's names; but
DDIM's step is our own, see `models.diffusion.ddim`.

All take the network's own noise schedule and steps spaced "trailing" (Lin et al. 2024, table 2):
the first one always starts at pure noise. Two families: those that hold x_t at constant variance
(DDPM, DDIM, DPM-Solver++, UniPC), and those that hold x_t / sqrt(alpha_bar), whose noise has the
deviation sigma = sqrt((1 - alpha_bar) / alpha_bar) (Euler, Heun; Karras et al. 2022).

Heun's takes Karras' steps instead: its correction needs neighbouring sigmas of one order of size,
and the cosine schedule's go from 20,000 down to 1 within a few trailing steps.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
import torch

from models.core.checks import between, one_of, whole
from models.diffusion.network import FaceDenoiser, from_diffusers

DENOISER, CONSISTENCY = "denoiser", "consistency"
"""The networks that samplers ask."""
MOST_STEPS = 100
MOST_GUIDANCE = 10.0
LARGEST_SIGMA, RHO = 80.0, 7.0  # Karras et al. 2022, table 1


@dataclass(frozen=True)
class Sampler:
    """One of them: its title, diffusers' class, and what is known of it."""

    title: str
    scheduler: str
    stages: int = 1
    """Evaluations of the network a step (the last step of Heun's takes one)."""
    by_sigma: bool = False
    """Whether it holds x_t / sqrt(alpha_bar)."""
    takes_eta: bool = False
    draws_noise: bool = False
    """Whether it lays fresh noise on the pictures after each step but the last."""
    network: str = DENOISER
    """Which network it asks: those of others were not taught to answer it."""
    paper: str = ""


SAMPLERS = {
    "ddpm": Sampler("DDPM", "DDPMScheduler", draws_noise=True, paper="Ho et al. 2020"),
    "ddim": Sampler("DDIM", "DDIMScheduler", takes_eta=True, paper="Song et al. 2021"),
    "dpm": Sampler("DPM-Solver++", "DPMSolverMultistepScheduler", paper="Lu et al. 2022"),
    "unipc": Sampler("UniPC", "UniPCMultistepScheduler", paper="Zhao et al. 2023"),
    "euler": Sampler("Euler", "EulerDiscreteScheduler", by_sigma=True, paper="Karras et al. 2022"),
    "heun": Sampler(
        "Heun", "HeunDiscreteScheduler", stages=2, by_sigma=True, paper="Karras et al. 2022"
    ),
}
RACERS = {
    **SAMPLERS,
    CONSISTENCY: Sampler(
        "Consistency",
        "LCMScheduler",
        draws_noise=True,
        network=CONSISTENCY,
        paper="Song et al. 2023",
    ),
}
"""What can run in a race: also ways that another network has to be asked for."""


@dataclass(frozen=True)
class Settings:
    """How faces are drawn; checked when made.

    Attributes:
        sampler: a key of `SAMPLERS`.
        steps: of the schedule's timesteps, 1 to 100.
        guidance: w in Ho and Salimans 2022, equation 6, counted so that 1 is no guidance; 0 to 10.
        eta: how much fresh noise DDIM adds, 0 (none) to 1 (as much as DDPM); Song et al. 2021,
            equation 16. Others ignore it.

    Raises:
        InputError: one of them is out of its range, or no number.
    """

    sampler: str = "ddim"
    steps: int = 20
    guidance: float = 1.0
    eta: float = 0.0
    most_steps: ClassVar[int] = MOST_STEPS
    samplers: ClassVar[dict[str, Sampler]] = SAMPLERS

    def __post_init__(self):
        one_of("Sampler", self.sampler, self.samplers)
        whole("The number of steps", self.steps, 1, self.most_steps)
        between("The guidance scale", self.guidance, 0, MOST_GUIDANCE)
        between("Eta", self.eta, 0, 1)

    @property
    def kind(self) -> Sampler:
        """What is known of its sampler."""
        return self.samplers[self.sampler]


@dataclass(frozen=True)
class Lane(Settings):
    """How faces are drawn in a lane of a race; `sampler` is a key of `RACERS`."""

    samplers: ClassVar[dict[str, Sampler]] = RACERS


def scheduler(network: FaceDenoiser, settings: Settings) -> Any:
    """diffusers' scheduler for a network, its timesteps set, on the CPU; the caller's own."""
    alike = replace(settings, guidance=1.0, eta=0.0)  # which it knows nothing of
    return copy.deepcopy(_scheduler(tuple(network.schedule_config().items()), alike))


@lru_cache(maxsize=64)  # diffusers takes longer to make one than for one of its steps
def _scheduler(schedule: tuple[tuple[str, Any], ...], settings: Settings) -> Any:
    """A scheduler that is never used itself."""
    kind, more = from_diffusers(settings.kind.scheduler), {}
    if settings.sampler == CONSISTENCY:  # of so many timesteps it takes evenly spread ones
        more = {"original_inference_steps": MOST_STEPS, "clip_sample": True}
    found = kind(**dict(schedule), timestep_spacing="trailing", **more)
    if settings.sampler == "heun":
        found.set_timesteps(timesteps=karras_timesteps(found, settings.steps))
    else:
        found.set_timesteps(settings.steps)
        _end_at_the_last(found, settings.steps)
    found.is_scale_input_called = True  # `Trajectory` scales; no need to be warned of it
    return found


def _end_at_the_last(schedule: Any, steps: int) -> None:
    """Leave out what diffusers adds to 61 trailing steps: by its sums of 1000 / 61 there is one
    timestep more, -1, whose noise it takes from the other end of the schedule.
    """
    schedule.timesteps = schedule.timesteps[:steps]
    schedule.num_inference_steps = steps
    if hasattr(schedule, "sigmas"):
        schedule.sigmas = torch.cat([schedule.sigmas[:steps], schedule.sigmas[-1:]])


def karras_timesteps(schedule: Any, steps: int) -> list[float]:
    """Timesteps of the sigmas of Karras et al. 2022, equation 5, from 80 down.

    The smallest is where "trailing" steps end too; zero comes after it.

    Args:
        schedule: a scheduler of diffusers, for its noise.
        steps: how many.

    Returns:
        As many timesteps, falling, between those of the schedule.
    """
    log_sigmas = _log_sigmas(schedule)
    last = np.interp(len(log_sigmas) / steps - 1, np.arange(len(log_sigmas)), log_sigmas)
    high, low = LARGEST_SIGMA ** (1 / RHO), np.exp(min(last, np.log(LARGEST_SIGMA)) / RHO)
    return timesteps_at(schedule, np.linspace(high, low, steps) ** RHO)


def timesteps_at(schedule: Any, sigmas: Sequence[float]) -> list[float]:
    """The timesteps, often between two of a schedule's, where the noise has these deviations.

    Its last one where there is more noise than it has.
    """
    log_sigmas = _log_sigmas(schedule)
    return np.interp(np.log(sigmas), log_sigmas, np.arange(len(log_sigmas))).tolist()


def _log_sigmas(schedule: Any) -> np.ndarray:
    """Of all timesteps of a schedule, from 0 on: they rise."""
    alpha_bars = np.asarray(schedule.alphas_cumprod, np.float64)
    return np.log((1 - alpha_bars) / alpha_bars) / 2
