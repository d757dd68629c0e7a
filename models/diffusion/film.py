"""A run as pictures: what the page shows of each step."""

import math
from dataclasses import dataclass

import torch

from models.core.images import tiled
from models.diffusion.trajectory import DenoisingStep

NOISE_SCALE = 1 / 6
"""Standard deviations of noise to shades of grey: three of them reach black or white."""


@dataclass(frozen=True)
class Sheets:
    """One moment of a run, each a sheet of all faces, 1 3 H' W' in [0, 1]."""

    x: torch.Tensor
    x0: torch.Tensor
    noise: torch.Tensor


def columns_of(count: int) -> int:
    """Columns of the sheet of so many faces: as square as can be."""
    return math.ceil(math.sqrt(count))


def faces(x: torch.Tensor) -> torch.Tensor:
    """Pictures in [-1, 1], cut to that, as pictures in [0, 1]."""
    return ((x + 1) / 2).clamp(0, 1).cpu()


def noise(predicted: torch.Tensor) -> torch.Tensor:
    """Noise around 0 as shades around middle grey, cut at three standard deviations."""
    return (0.5 + NOISE_SCALE * predicted).clamp(0, 1).cpu()


def asked(step: DenoisingStep) -> Sheets:
    """What the network saw at a step, and what it predicted."""
    columns = columns_of(len(step.x))
    return Sheets(
        tiled(faces(step.noisy), columns),
        tiled(faces(step.predicted_x0), columns),
        tiled(noise(step.predicted_noise), columns),
    )


def made(step: DenoisingStep) -> Sheets:
    """What came out of a step: the picture twice, and the noise that was found last."""
    columns = columns_of(len(step.x))
    picture = tiled(faces(step.x), columns)
    return Sheets(picture, picture, tiled(noise(step.predicted_noise), columns))


def stacked(moments: list[Sheets]) -> Sheets:
    """Moments one below the other, as one film each."""
    return Sheets(
        *(
            torch.cat([getattr(moment, part) for moment in moments], 2)
            for part in ("x", "x0", "noise")
        )
    )
