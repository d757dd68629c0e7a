"""How near a picture is to another."""

import torch


def decibels(squared_error: torch.Tensor) -> torch.Tensor:
    """PSNR in dB of mean squared errors of values in [0, 1], any shape: 10 log10(1 / MSE)."""
    return -10 * squared_error.log10()


def psnr(made: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Peak signal-to-noise ratio of pictures (B C H W in [0, 1]) in dB, B.

    Infinite where the two are equal.
    """
    return decibels((made - target).square().flatten(1).mean(1))
