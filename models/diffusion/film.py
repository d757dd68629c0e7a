"""A run as pictures and numbers: what the page shows of each step, and what a program gets."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from models.core.images import tiled, to_data_uri
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


def numbers(step: DenoisingStep) -> dict[str, float]:
    """A step's numbers, rounded to what can be read."""
    return {
        "t": round(step.timestep, 2),
        "signal_rate": round(step.signal_rate, 5),
        "noise_rate": round(step.noise_rate, 5),
        "evaluations": step.evaluations,
        "seconds": round(step.seconds, 3),
    }


def uris(moments: Sequence[Sheets], names: Sequence[str] = ("x", "x0", "noise")) -> dict[str, str]:
    """Moments one below the other, as one data URI for each of these sheets."""
    return {
        name: to_data_uri(torch.cat([getattr(moment, name) for moment in moments], 2))
        for name in names
    }


def record(
    moments: Sequence[Sheets], frames: Sequence[dict[str, float]], last: DenoisingStep
) -> dict[str, Any]:
    """The whole of a run, with one frame more than steps: what came out of the last one.

    Returns:
        `first` (0), `frames` (each step's `numbers`), `film` (see `uris`), `faces` (the finished
        ones, a data URI without loss) and `done`.
    """
    end = made(last)
    after = {**numbers(last), "t": 0, "signal_rate": 1, "noise_rate": 0}
    return {
        "first": 0,
        "frames": [*frames, after],
        "film": uris([*moments, end]),
        "faces": to_data_uri(end.x, lossless=True),
        "done": True,
    }
