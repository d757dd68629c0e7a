"""DDIM's step (Song et al. 2021) from any timestep to any other one.

diffusers' own goes on by a whole number of timesteps: where the number of steps does not divide
that of the schedule it ends short of the faces, and leaves noise on them.
"""

import math
from collections.abc import Sequence

import torch


def ddim_step(
    x: torch.Tensor,
    v: torch.Tensor,
    rates: tuple[float, float],
    next_rates: tuple[float, float],
    eta: float,
    generators: Sequence[torch.Generator],
) -> torch.Tensor:
    """x_t at the next timestep, B 3 H W (Song et al. 2021, equation 12).

    Args:
        x: x_t, B 3 H W.
        v: the network's answer, B 3 H W.
        rates: signal rate sqrt(alpha_bar) and noise rate sqrt(1 - alpha_bar) of x_t.
        next_rates: those of the timestep that is gone to; 1 and 0 after the last one.
        eta: how much of the noise is fresh, 0 (none) to 1 (as much as DDPM).
        generators: B of them, on the CPU, of the fresh noise.
    """
    (signal_rate, noise_rate), (next_signal, next_noise) = rates, next_rates
    predicted_x0 = (signal_rate * x - noise_rate * v).clamp(-1, 1)
    predicted_noise = noise_rate * x + signal_rate * v
    fresh = (
        eta * next_noise / noise_rate * math.sqrt(1 - (signal_rate / next_signal) ** 2)
    )  # eq. 16
    made = next_signal * predicted_x0 + math.sqrt(next_noise**2 - fresh**2) * predicted_noise
    if fresh:
        size = (1, *x.shape[1:])
        noise = [torch.randn(size, generator=one, dtype=x.dtype) for one in generators]
        made = made + fresh * torch.cat(noise).to(x.device)
    return made
