"""The forward process: a picture drowned in noise, little by little, and the schedules of that.

Symbols of Ho et al. 2020 and names here: beta_t `beta`, the product of (1 - beta) up to t
`alpha_bar`, its square root `signal_rate`, sqrt(1 - alpha_bar_t) `noise_rate`. t counts from 0, as
diffusers counts; the papers count from 1.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch

from models.core.checks import whole
from models.diffusion.network import FaceDenoiser
from models.diffusion.samplers import MOST_STEPS, Settings, scheduler
from models.diffusion.trajectory import Start

TIMESTEPS = 1000
OFFSET = 0.008
"""s in Nichol and Dhariwal 2021, equation 17: it keeps beta from vanishing at t = 0."""
LARGEST_BETA = 0.999  # the same paper, section 3.2: no singularity at the end
FIRST_BETA, LAST_BETA = 1e-4, 0.02  # Ho et al. 2020, section 4


@dataclass(frozen=True)
class NoiseSchedule:
    """How much of the picture is left after each of T steps: float64 of T each.

    Attributes:
        beta: variance of the noise that a step adds, in (0, 1).
    """

    beta: torch.Tensor

    @property
    def alpha_bar(self) -> torch.Tensor:
        """The share of the picture's variance that is left (Ho et al. 2020, below equation 4)."""
        return (1 - self.beta).cumprod(0)

    @property
    def signal_rate(self) -> torch.Tensor:
        """What the picture is multiplied by: sqrt(alpha_bar)."""
        return self.alpha_bar.sqrt()

    @property
    def noise_rate(self) -> torch.Tensor:
        """What the noise is multiplied by: sqrt(1 - alpha_bar)."""
        return (1 - self.alpha_bar).sqrt()

    @property
    def log_snr(self) -> torch.Tensor:
        """The natural logarithm of alpha_bar / (1 - alpha_bar), signal to noise in variance (Kingma
        et al. 2021, equation 4).
        """
        return self.alpha_bar.log() - (1 - self.alpha_bar).log()

    def at(self, t: int) -> dict[str, float]:
        """`beta`, `signal_rate`, `noise_rate` and `log_snr` at t.

        Raises:
            InputError: t is no whole number from 0 to T - 1.
        """
        check(t, len(self.beta))
        return {name: float(getattr(self, name)[t]) for name in CURVES}


CURVES = ("signal_rate", "noise_rate", "log_snr", "beta")


def check(t: int, timesteps: int = TIMESTEPS) -> None:
    """Refuse what is no timestep.

    Raises:
        InputError: t is no whole number from 0 to `timesteps` - 1.
    """
    whole("The timestep t", t, 0, timesteps - 1)


def cosine(timesteps: int = TIMESTEPS) -> NoiseSchedule:
    """The cosine schedule, which the denoiser was trained with.

    alpha_bar_t = f(t) / f(0) with f(t) = cos^2((t / T + s) / (1 + s) pi / 2) and s = 0.008, and no
    beta above 0.999 (Nichol and Dhariwal 2021, equation 17).
    """
    share = torch.arange(timesteps + 1, dtype=torch.float64) / timesteps
    left = ((share + OFFSET) / (1 + OFFSET) * math.pi / 2).cos() ** 2
    return NoiseSchedule((1 - left[1:] / left[:-1]).clamp(max=LARGEST_BETA))


def linear(timesteps: int = TIMESTEPS) -> NoiseSchedule:
    """The first schedule of DDPMs: beta grows evenly from 0.0001 to 0.02 (Ho et al. 2020, sec. 4).

    Those ends belong to 1000 steps.
    """
    return NoiseSchedule(torch.linspace(FIRST_BETA, LAST_BETA, timesteps, dtype=torch.float64))


SCHEDULES: dict[str, Callable[..., NoiseSchedule]] = {
    "squaredcos_cap_v2": cosine,
    "linear": linear,
}
"""By diffusers' names, as `FaceDenoiser.config.noise_schedule` has them."""


def noised(x0: torch.Tensor, noise: torch.Tensor, schedule: NoiseSchedule, t: int) -> torch.Tensor:
    """A sample of q(x_t | x_0) = N(sqrt(alpha_bar_t) x_0, (1 - alpha_bar_t) I) in one go.

    x_t = sqrt(alpha_bar_t) x_0 + sqrt(1 - alpha_bar_t) noise (Ho et al. 2020, equation 4).

    Args:
        x0: pictures in [-1, 1], B 3 H W.
        noise: standard normal, of the same shape.
        schedule: `cosine()` or `linear()`.
        t: from 0 (hardly any noise) to T - 1.

    Raises:
        InputError: t is no whole number from 0 to T - 1.
    """
    now = schedule.at(t)
    return now["signal_rate"] * x0 + now["noise_rate"] * noise


def back(
    network: FaceDenoiser, x0: torch.Tensor, noise: torch.Tensor, t: int, steps: int, label: int
) -> tuple[Settings, Start]:
    """The way back from x_t by DDIM without fresh noise, to be given to `sample`.

    It begins at that timestep of DDIM's which is nearest to t, from `noised` at that one.

    Args:
        network: the denoiser.
        x0: one picture in [-1, 1], 1 3 H W.
        noise: standard normal, of the same shape.
        t: where to turn, 0 to 999.
        steps: how many lead from pure noise to a face, 1 to 100; from t there are fewer.
        label: whom the network is told to draw.

    Raises:
        InputError: t or the number of steps is out of range.
    """
    check(t, network.config.timesteps)
    whole("The number of steps", steps, 1, MOST_STEPS)
    settings = Settings("ddim", steps)
    timesteps = scheduler(network, settings).timesteps
    left = steps - int((timesteps - t).abs().argmin())
    where = next(network.parameters()).device
    labels = torch.tensor([label], device=where)
    start = Start(noise.to(where), labels, (0,), x0.to(where), strength=left / steps)
    return settings, start
