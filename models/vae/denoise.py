"""Noise on a digit and off again, by the autoencoder that was trained for it."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from models.core import checks
from models.core.metrics import psnr
from models.vae import points
from models.vae.decode import decode
from models.vae.encode import encode
from models.vae.network import Autoencoder

LEVELS = tuple(round(0.1 * tenths, 1) for tenths in range(1, 10))
"""What is shown side by side."""


@dataclass(frozen=True)
class Denoised:
    """A picture (1 C H W in [0, 1]) under noise, and what is made of it.

    Attributes:
        level: standard deviation of the noise, in units of black to white.
        noisy: under Gaussian noise, cut to [0, 1].
        clean: what the network makes of it.
        before, after: PSNR in dB of the two, against the picture; infinite where they are equal.
    """

    level: float
    noisy: torch.Tensor
    clean: torch.Tensor
    before: float
    after: float


def noised(
    images: torch.Tensor, deviation: float, generator: torch.Generator | None = None
) -> torch.Tensor:
    """Pictures (B C H W in [0, 1]) under Gaussian noise of this deviation, cut to [0, 1]."""
    if deviation == 0:
        return images
    noise = torch.randn(
        images.shape,
        generator=generator,
        device=images.device if generator is None else generator.device,
    ).to(images.device)
    return (images + deviation * noise).clamp(0, 1)


def denoise(
    network: Autoencoder, image: torch.Tensor, levels: Sequence[float], seed: int
) -> list[Denoised]:
    """Put noise on a picture (1 C H W in [0, 1]) at some levels, and let a network restore each.

    Every level has the same noise, only stronger or weaker (Vincent et al. 2008, with Gaussian
    noise in place of their masks).

    Args:
        network: encodes what is noisy, and decodes its code's mean.
        image: the clean picture.
        levels: standard deviations of the noise, 0 to 1.
        seed: of the noise, a whole number from 0 on.

    Raises:
        InputError: a level or the seed is out of range.
    """
    for level in levels:
        checks.between("The noise level", level, 0, 1)
    noisy = torch.cat([noised(image, float(level), points.seeded(seed)) for level in levels])
    clean = decode(network, encode(network, noisy).mean)
    before, after = psnr(noisy, image).tolist(), psnr(clean, image).tolist()
    return [
        Denoised(float(level), noisy[i : i + 1], clean[i : i + 1], before[i], after[i])
        for i, level in enumerate(levels)
    ]
