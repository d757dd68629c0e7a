"""What the filter scene shows: before and after in one frame, and the sum behind one pixel."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import torch

from demos.convolution.kernel_grid import ROWS, rows
from demos.kit import View
from demos.kit.pictures import Compare
from models.convolution.convolve import Settings
from models.convolution.kernels import Kernel
from models.convolution.sums import PixelSum, pixel_sum
from models.core.checks import between
from models.core.errors import InputError

PLACE = {"type": "array", "items": {"type": "number"}, "maxItems": 2}
SUM = {
    "type": "object",
    "description": "of one pixel of the result; empty where none is chosen",
    "properties": {
        "pixel": PLACE,
        "row": {"type": "integer", "description": "in the result, from 0"},
        "column": {"type": "integer"},
        "rows": {"type": "integer", "description": "of the result"},
        "columns": {"type": "integer"},
        "names": {"type": "array", "items": {"type": "string"}, "description": "of the channels"},
        "window": {"type": "object", "description": "what the kernel spans, in shares"},
        "border": {
            "type": "array",
            "items": {"type": "array", "items": {"type": "boolean"}},
            "description": "which pixels under the kernel are padding",
        },
        "bias": {"type": "number"},
        "sums": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "weights": ROWS,
                    "values": {"type": "array", "items": ROWS, "description": "one for a channel"},
                    "totals": {"type": "array", "items": {"type": "number"}},
                },
            },
        },
        "magnitudes": {
            "type": "array",
            "items": {"type": "number"},
            "description": "of a gradient, one for a channel",
        },
    },
}


class Filtered(Compare):
    """A photo before and after; a click on it chooses the pixel whose sum is shown."""

    script = "convolution/filter"
    schema = {  # noqa: RUF012
        **Compare.schema,
        "properties": {**Compare.schema["properties"], "sum": SUM},
    }


class Pixel(View):
    """The pixel whose sum is shown: `[x, y]`, 0 to 1 from the upper left corner, or nothing."""

    script = "convolution/filter-pixel"
    schema = PLACE
    example = [0.5, 0.4]  # noqa: RUF012

    def check(self, value: Any) -> list[float]:
        """A place out of a link.

        Raises:
            InputError: it is none.
        """
        return list(place(value) or ())


class Sum(View):
    """The sum behind a pixel, laid over the picture that it is a pixel of."""

    script = "convolution/filter-sum"
    schema = SUM


def place(pixel: Any) -> tuple[float, float] | None:
    """The place that somebody chose, or None.

    Raises:
        InputError: it is none.
    """
    if pixel is None or (isinstance(pixel, Sequence) and not len(pixel)):
        return None
    if isinstance(pixel, str) or not isinstance(pixel, Sequence) or len(pixel) != 2:
        raise InputError("A pixel is two numbers, x and y, each from 0 to 1.")
    between("The pixel's x", pixel[0], 0, 1)
    between("The pixel's y", pixel[1], 0, 1)
    return float(pixel[0]), float(pixel[1])


def sum_value(
    image: torch.Tensor, kernel: Kernel, settings: Settings, pixel: Any, gradient: bool
) -> dict[str, Any]:
    """The sum behind a pixel as the page holds it; empty where none is chosen.

    Raises:
        InputError: it is no place, or the kernel does not fit.
    """
    where = place(pixel)
    if where is None:
        return {}
    kernels = {"Gₓ": kernel, "Gᵧ": kernel.transposed()} if gradient else {"": kernel}
    found = {name: pixel_sum(image, one, *where, settings) for name, one in kernels.items()}
    first = next(iter(found.values()))
    lengths = torch.tensor([each.totals for each in found.values()], dtype=torch.float64).norm(
        dim=0
    )
    return {
        "pixel": list(where),
        "row": first.row,
        "column": first.column,
        "rows": first.rows,
        "columns": first.columns,
        "names": list(first.names),
        "window": asdict(first.window),
        "border": rows(first.border),
        "bias": first.bias,
        "repeats": settings.repeats,
        "sums": [_sum(name, each) for name, each in found.items()],
        "magnitudes": lengths.tolist() if gradient else [],
    }


def _sum(name: str, found: PixelSum) -> dict[str, Any]:
    return {
        "name": name,
        "weights": rows(found.weights),
        "values": [rows(channel) for channel in found.values],
        "totals": list(found.totals),
    }
