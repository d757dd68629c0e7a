"""How near a picture is to another, and how sharp it is."""

import torch

from models.core.images import luminance


def decibels(squared_error: torch.Tensor) -> torch.Tensor:
    """PSNR in dB of mean squared errors of values in [0, 1], any shape: 10 log10(1 / MSE)."""
    return -10 * squared_error.log10()


def psnr(made: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Peak signal-to-noise ratio of pictures (B C H W in [0, 1]) in dB, B.

    Infinite where the two are equal.
    """
    return decibels((made - target).square().flatten(1).mean(1))


def edge_strength(pictures: torch.Tensor) -> torch.Tensor:
    """How much neighbouring pixels of pictures (B 3 H W in [0, 1]) differ, in grey levels, B.

    The mean absolute difference of the luminance of pixels that lie beside or above each other,
    times 255: what blur takes away first.
    """
    grey = luminance(pictures)  # B 1 H W
    across = grey.diff(dim=-1).abs().flatten(1)
    down = grey.diff(dim=-2).abs().flatten(1)
    return 255 * torch.cat([across, down], dim=1).mean(1)
