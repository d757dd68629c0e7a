"""Iterative α-(de)blending (Heitz, Belcour and Chambon 2023), by the DDPM's own network.

A blend of a face and noise, α x0 + (1 - α) ε, is but for its scale what the DDPM is shown at the
timestep where face and noise are as α to 1 - α. What the article trains a network for, the mean of
all displacements x0 - ε that a blend could be of, follows from v there. So none has to learn it.
"""

from collections.abc import Iterator

import numpy as np
import torch

from models.diffusion.network import FaceDenoiser
from models.diffusion.next_state import NextStateStep
from models.diffusion.trajectory import Start


def displacement(
    network: FaceDenoiser, blend: torch.Tensor, share: float, labels: torch.Tensor
) -> torch.Tensor:
    """The mean displacement from noise to face, B 3 H W.

    Args:
        network: the DDPM.
        blend: B 3 H W, `share` of a face in [-1, 1] and the rest standard normal noise.
        share: α, from 0 to below 1.
        labels: int64 B, a character each, or the network's `nobody`.
    """
    scale = float(np.hypot(share, 1 - share))
    signal, noise = share / scale, (1 - share) / scale  # rates: their squares add up to 1
    x = blend / scale
    timestep = torch.full((len(x),), timestep_of(network, signal / noise), device=x.device)
    v = network(x, timestep, labels)
    x0, epsilon = signal * x - noise * v, noise * x + signal * v
    return x0 - epsilon


def timestep_of(network: FaceDenoiser, ratio: float) -> float:
    """The timestep, often between two, where signal and noise rate have this ratio.

    The last one where there is less signal than it has.
    """
    alpha_bars = np.asarray(network.noise_schedule().alphas_cumprod, np.float64)
    rising = np.log(alpha_bars / (1 - alpha_bars))[::-1] / 2  # of timesteps T - 1, ... 0
    falling = np.arange(len(rising))[::-1]
    return float(np.interp(np.log(max(ratio, 1e-30)), rising, falling))


@torch.no_grad()
def deblended(network: FaceDenoiser, start: Start, steps: int) -> Iterator[NextStateStep]:
    """Walk from pure noise to faces in [-1, 1] in equal steps of α, along the displacement."""
    x = start.noise
    for step in range(steps):
        x = x + displacement(network, x, step / steps, start.labels) / steps
        yield NextStateStep(step + 1, x)
