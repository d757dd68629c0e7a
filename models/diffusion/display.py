"""What can be seen of a run's tensors: faces and noise as pictures in [0, 1]."""

import math

import torch

NOISE_SCALE = 1 / 6
"""Standard deviations of noise to shades of grey: three of them reach black or white."""


def columns_of(count: int) -> int:
    """Columns of the sheet of so many faces: as square as can be."""
    return math.ceil(math.sqrt(count))


def faces(x: torch.Tensor) -> torch.Tensor:
    """Pictures in [-1, 1], cut to that, as pictures in [0, 1]."""
    return ((x + 1) / 2).clamp(0, 1).cpu()


def noise(predicted: torch.Tensor) -> torch.Tensor:
    """Noise around 0 as shades around middle grey, cut at three standard deviations."""
    return (0.5 + NOISE_SCALE * predicted).clamp(0, 1).cpu()
