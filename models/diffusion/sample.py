"""Drawing faces: from noise to picture, one step at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from models.diffusion.network import FaceDenoiser


@dataclass(frozen=True)
class DenoisingStep:
    """One step: the timestep it left, the pictures after it, and what the network predicted.

    All pictures are B 3 H W, faces in [-1, 1].
    """

    step: int
    timestep: int
    x: torch.Tensor
    predicted_x0: torch.Tensor
    predicted_noise: torch.Tensor


def initial_noise(network: FaceDenoiser, count: int, generator: torch.Generator) -> torch.Tensor:
    """x_T: standard normal, B 3 H W, drawn on the CPU so that every device starts equal."""
    size = network.config.size
    return torch.randn(count, 3, size, size, generator=generator)


@torch.no_grad()
def ddim(
    network: FaceDenoiser,
    noise: torch.Tensor,
    labels: torch.Tensor,
    steps: int = 50,
    guidance: float = 1.0,
) -> Iterator[DenoisingStep]:
    """DDIM without fresh noise (Song et al. 2021, equation 12 with sigma = 0).

    Args:
        network: the trained denoiser.
        noise: x_T, B 3 H W, standard normal, on the network's device.
        labels: int64 B, a character each, or `network.nobody`.
        steps: of the schedule's timesteps, evenly spaced.
        guidance: w in Ho and Salimans 2022, equation 6, counted so that 1 is no guidance.

    Yields:
        A `DenoisingStep` for each of the steps.
    """
    schedule = network.ddim_schedule()
    schedule.set_timesteps(steps, device=noise.device)
    x = noise
    for step, timestep in enumerate(schedule.timesteps):
        v = guided(network, x, timestep.expand(len(x)), labels, guidance)
        alpha_bar = schedule.alphas_cumprod[timestep.item()]
        signal_rate, noise_rate = alpha_bar.sqrt(), (1 - alpha_bar).sqrt()
        predicted_noise = signal_rate * v + noise_rate * x
        result = schedule.step(v, timestep, x)
        x = result.prev_sample
        yield DenoisingStep(step, int(timestep), x, result.pred_original_sample, predicted_noise)


def guided(
    network: FaceDenoiser,
    x: torch.Tensor,
    timestep: torch.Tensor,
    labels: torch.Tensor,
    guidance: float,
) -> torch.Tensor:
    """The network's prediction, driven away from what it would say of nobody in particular."""
    conditional = network(x, timestep, labels)
    if guidance == 1.0:
        return conditional
    unconditional = network(x, timestep, torch.full_like(labels, network.nobody))
    return unconditional + guidance * (conditional - unconditional)
