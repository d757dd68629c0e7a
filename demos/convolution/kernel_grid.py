"""Editable grids of numbers: a kernel with its factor and bias, or plain rows."""

from collections.abc import Iterable
from typing import Any

from demos.kit.view import View
from models.convolution.display import DIVERGING
from models.convolution.grids import parse_rows
from models.convolution.kernels import Kernel, json_number

MINUS, PAPER, PLUS = DIVERGING[1], DIVERGING[5], DIVERGING[8]
ROWS = {"type": "array", "items": {"type": "array", "items": {"type": "number"}}}
SMALL_SIZES = (1, 3, 5, 7)  # of kernels that are looked at number by number


def rows(values: Iterable[Iterable[float]]) -> list[list[float]]:
    """Rows of numbers as the page and the API hold them."""
    return [list(row) for row in values]


def kernel_value(kernel: Kernel) -> dict[str, Any]:
    """A kernel as the page and the API hold it."""
    return {
        "weights": rows(kernel.weights),
        "factor": kernel.factor,
        "bias": kernel.bias,
    }


def kernel_text(kernel: Kernel) -> str:
    """A kernel as JSON, in the words of `glassbox.kernelFacts`, which writes it on the page."""
    lines = ",\n".join(f"    [{','.join(map(json_number, row))}]" for row in kernel.weights)
    factor, bias = json_number(kernel.factor), json_number(kernel.bias)
    return f'{{\n  "weights": [\n{lines}\n  ],\n  "factor": {factor},\n  "bias": {bias}\n}}'


class KernelGrid(View):
    """A kernel to edit: `{"weights": rows of numbers, "factor": number, "bias": number}`."""

    script = "convolution/kernel-grid"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "weights": ROWS,
            "factor": {"type": "number"},
            "bias": {"type": "number"},
        },
        "required": ["weights"],
    }
    example = {"weights": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]], "factor": 1, "bias": 0}  # noqa: RUF012

    def __init__(self, value: Kernel | None = None, **arguments):
        super().__init__(value and kernel_value(value), options={"kernel": True}, **arguments)

    def check(self, value: Any) -> dict[str, Any]:
        """The kernel, if it is one.

        Raises:
            InputError: it is not.
        """
        return kernel_value(Kernel.from_data(value))


class NumberGrid(View):
    """Rows of numbers to edit."""

    script = "convolution/kernel-grid"
    schema = ROWS
    example = [[1, 0], [0, 1]]  # noqa: RUF012

    def __init__(self, value: list | None = None, signed: bool = True, **arguments):
        self.signed = signed
        super().__init__(value, options={"signed": signed}, **arguments)

    def check(self, value: Any) -> list[list[float]]:
        """The rows, if they are rows of numbers of one length.

        Raises:
            InputError: they are not.
        """
        return rows(parse_rows(value))


def kernel_icon(kernel: Kernel) -> str:
    """A small SVG of a kernel's weights, in the diverging colours."""
    limit = max(abs(weight) for row in kernel.weights for weight in row) or 1.0
    cells = "".join(
        f'<rect x="{x}" y="{y}" width="1" height="1" fill="{PLUS if weight > 0 else MINUS}" '
        f'fill-opacity="{abs(weight) / limit:.2f}"/>'
        for y, row in enumerate(kernel.weights)
        for x, weight in enumerate(row)
    )
    box = f"0 0 {kernel.width} {kernel.height}"
    paper = f'<rect width="100%" height="100%" fill="{PAPER}"/>'
    return f'<svg viewBox="{box}" aria-hidden="true">{paper}{cells}</svg>'
