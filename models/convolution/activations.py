"""Activation functions, under the names that the slides use (SLIDES 5), and their curves."""

from collections.abc import Callable

import numpy as np
import torch
from torch.nn import functional as F

from models.core.checks import one_of
from models.core.errors import InputError

LEAKY_SLOPE = 0.1
MAXOUT_SLOPES = (1.0, -0.5)  # the two straight pieces of maxout's example curve

_FUNCTIONS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "identity": lambda x: x,
    "ReLU": F.relu,
    "leaky ReLU": lambda x: F.leaky_relu(x, LEAKY_SLOPE),
    "ELU": F.elu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
}
ACTIVATIONS = (*_FUNCTIONS, "maxout")

FORMULAS = {
    "identity": "f(x) = x",
    "ReLU": "f(x) = max(0, x)",
    "leaky ReLU": f"f(x) = x if x > 0, else {LEAKY_SLOPE} x",
    "ELU": "f(x) = x if x > 0, else eˣ − 1",
    "sigmoid": "f(x) = 1 / (1 + e⁻ˣ)",
    "tanh": "f(x) = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)",
    "maxout": "f = max(z₁, z₂), of two kernels",
}


def activate(name: str, x: torch.Tensor, other: torch.Tensor | None = None) -> torch.Tensor:
    """The activation `name` of every number in `x`; maxout takes the larger of `x` and `other`.

    ELU has alpha 1, leaky ReLU slope 0.1. Maxout: Goodfellow et al. 2013, section 2, with two
    pieces.

    Raises:
        InputError: an unknown name, or maxout without a second map of the same shape.
    """
    one_of("Activation", name, ACTIVATIONS)
    if name != "maxout":
        return _FUNCTIONS[name](x)
    if other is None or other.shape != x.shape:
        raise InputError("Maxout takes the larger of two kernels' results: give a second kernel.")
    return torch.maximum(x, other)


def curve(
    name: str, low: float = -5.0, high: float = 5.0, points: int = 201
) -> tuple[np.ndarray, np.ndarray]:
    """x and f(x) for a plot, `points` values from `low` to `high`.

    Maxout has no curve of its own; shown is the larger of two straight lines through 0, with
    slopes `MAXOUT_SLOPES`.

    Raises:
        InputError: an unknown name, or a range that is not one.
    """
    if not low < high or not 2 <= points <= 10_000:
        raise InputError(f"A curve needs low < high and 2 to 10,000 points, not {low}, {high}.")
    x = torch.linspace(low, high, points, dtype=torch.float64)
    y = maxout_example(x) if name == "maxout" else activate(name, x)
    return x.numpy(), y.numpy()


def maxout_example(x: torch.Tensor) -> torch.Tensor:
    """The larger of two straight lines through 0, with slopes `MAXOUT_SLOPES`, at every number."""
    return activate("maxout", *(slope * x for slope in MAXOUT_SLOPES))
