"""Iterative α-(de)blending (Heitz, Belcour and Chambon 2023), by the DDPM's own network.

A blend of a face and noise, α x0 + (1 - α) ε, is but for its scale what the DDPM is shown at the
timestep where face and noise are as α to 1 - α. What the article trains a network for, the mean of
all displacements x0 - ε that a blend could be of, follows from v there. So none has to learn it.
"""

import math
from collections.abc import Iterator

import torch

from models.diffusion.network import FaceDenoiser
from models.diffusion.next_state import NextStateStep
from models.diffusion.samplers import timesteps_at
from models.diffusion.trajectory import Start

LEAST = 1e-30
"""Pure noise has no face in it, and so no finite ratio of noise to face."""


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
    scale = math.hypot(share, 1 - share)
    signal, noise = share / scale, (1 - share) / scale  # rates: their squares add up to 1
    x = blend / scale
    (t,) = timesteps_at(network.noise_schedule(), [noise / max(signal, LEAST)])
    timestep = torch.full((len(x),), t, device=x.device)
    v = network(x, timestep, labels)
    x0, epsilon = signal * x - noise * v, noise * x + signal * v
    return x0 - epsilon


@torch.no_grad()
def deblended(network: FaceDenoiser, start: Start, steps: int) -> Iterator[NextStateStep]:
    """Walk from pure noise to faces in [-1, 1] in equal steps of α, along the displacement."""
    x = start.noise
    for step in range(steps):
        x = x + displacement(network, x, step / steps, start.labels) / steps
        yield NextStateStep(step + 1, x)
