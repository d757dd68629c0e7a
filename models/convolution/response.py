"""An activation's curve over the range that a feature map's numbers have, and where they fall."""

import math
from dataclasses import dataclass

import torch

from models.convolution.activations import curve, maxout_example

BINS = 48
FEW = 150  # numbers that can be shown one by one
BENT = {"ELU": 6.0, "sigmoid": 6.0, "tanh": 4.0}  # half the range in which these are not straight
STEPS = (1, 2, 4, 5, 8, 10)


@dataclass(frozen=True)
class Response:
    """What an activation did to a feature map.

    x, y: the curve, from `low` to `high`. counts: how many of the map's numbers lie in each of
    `BINS` equal parts of that range; those beyond it are counted in the outermost. points: (before,
    after) of every number where there are few. negative: the share of numbers below 0. partial:
    whether the curve is that of maxout's first kernel alone, since the second is none of its kin.
    """

    low: float
    high: float
    x: tuple[float, ...]
    y: tuple[float, ...]
    counts: tuple[int, ...]
    points: tuple[tuple[float, float], ...]
    negative: float
    partial: bool


def response(name: str, before: torch.Tensor, after: torch.Tensor) -> Response:
    """The curve of the activation `name`, and the numbers `before` and `after` it on that curve.

    Raises:
        InputError: an unknown name.
    """
    partial = name == "maxout" and not torch.allclose(after, maxout_example(before), atol=1e-5)
    most = after if partial else before
    low, high = _range(name, float(before.min()), float(most.max()))
    x, y = curve("identity" if partial else name, low, high, 161)
    flat = before.flatten()
    parts = ((flat - low) / (high - low) * BINS).long().clamp(0, BINS - 1)
    few = flat.numel() <= FEW
    pairs = zip(flat.tolist(), after.flatten().tolist(), strict=True) if few else ()
    return Response(
        low=low,
        high=high,
        x=tuple(x.round(6).tolist()),
        y=tuple(y.round(6).tolist()),
        counts=tuple(torch.bincount(parts, minlength=BINS).tolist()),
        points=tuple(pairs),
        negative=float((flat < 0).float().mean()),
        partial=partial,
    )


def _range(name: str, low: float, high: float) -> tuple[float, float]:
    """A range with 0 in it that shows the numbers and, where the curve bends, the bend."""
    if name in BENT:
        return -BENT[name], BENT[name]
    low, high = round_up(max(-low, 0.0)), round_up(max(high, 0.0))
    most = max(low, high) or 1.0
    return -max(low, most / 4), max(high, most / 4)


def round_up(value: float) -> float:
    """The next number up that looks well at an axis: 1, 2, 4, 5 or 8 times a power of ten."""
    if value <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in STEPS if value <= step * power * (1 + 1e-6))
