"""Noise on a digit and off again, by the autoencoder that was trained for it."""

from dataclasses import dataclass

import torch

from models.core import checks
from models.vae import points
from models.vae.decode import decode
from models.vae.encode import encode
from models.vae.evaluate import noised
from models.vae.measures import psnr
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


def denoise(network: Autoencoder, image: torch.Tensor, level: float, seed: int) -> Denoised:
    """Put noise on a picture (1 C H W in [0, 1]) and let a network restore it.

    With one seed every level has the same noise, only stronger (Vincent et al. 2008, with Gaussian
    noise in place of their masks).

    Args:
        network: encodes what is noisy, and decodes its code's mean.
        image: the clean picture.
        level: standard deviation of the noise, 0 to 1.
        seed: of the noise, a whole number from 0 on.

    Raises:
        InputError: the level or the seed is out of range.
    """
    checks.between("The noise level", level, 0, 1)
    noisy = noised(image, float(level), points.seeded(seed))
    clean = decode(network, encode(network, noisy).mean)
    return Denoised(
        float(level), noisy, clean, psnr(noisy, image).item(), psnr(clean, image).item()
    )
