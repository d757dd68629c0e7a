"""A convolution written out: every output cell of a small grid with its whole sum."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from models.convolution.axis import Axis, output_size
from models.convolution.geometry import Sliding, output_axes, pad
from models.convolution.grids import Rows, parse_rows, show, times
from models.convolution.kernels import Kernel
from models.core.errors import InputError

__all__ = ["MAX_GRID", "MAX_KERNEL", "Cell", "Worked", "output_size", "padded", "trace", "worked"]

MAX_GRID = 16
MAX_KERNEL = 7
DECIMALS = 10  # of a product: hides what binary fractions add to 0.1 × 3


@dataclass(frozen=True)
class Cell:
    """One output cell: where its window lies and the sum that fills it.

    row, column: in the output. positions: the window's cells, (row, column) in the padded input,
    row by row; terms: (weight, value) in the same order. total = sum of products + bias.
    """

    row: int
    column: int
    positions: tuple[tuple[int, int], ...]
    terms: tuple[tuple[float, float], ...]
    bias: float
    total: float

    @property
    def corner(self) -> tuple[int, int]:
        """The window's upper left cell in the padded input."""
        return self.positions[0]

    @property
    def products(self) -> tuple[float, ...]:
        """Weight times value of each term, as one would write it down."""
        return tuple(round(weight * value, DECIMALS) for weight, value in self.terms)

    def written(self, sign: str = "×") -> str:
        """The sum as on the slides: `(-1×2)+(0×2)+ ... +(1×4) = 5`."""
        sum_ = "+".join(f"({show(weight)}{sign}{show(value)})" for weight, value in self.terms)
        if self.bias:
            sum_ += f"{'+' if self.bias > 0 else '-'}{show(abs(self.bias))}"
        return f"{sum_} = {show(self.total)}"

    @property
    def text(self) -> str:
        """`written` with the sign ×, for the page."""
        return self.written()

    @property
    def ascii(self) -> str:
        """`written` with the letter x: character for character what SLIDES 2 shows."""
        return self.written("x")


@dataclass(frozen=True)
class Worked:
    """A whole convolution of a small grid, as the page plays it.

    padded: the padded input. kernel: the weights as applied (scaled, flipped if asked for).
    rows, columns: the output size along both axes. output: the totals of `cells`, row by row.
    """

    padded: Rows
    kernel: Rows
    rows: Axis
    columns: Axis
    cells: tuple[Cell, ...]
    output: Rows

    @property
    def taps(self) -> tuple[tuple[int, int], ...]:
        """The cells that a window covers, counted from its corner."""
        return self.cells[0].positions

    @property
    def span(self) -> tuple[int, int]:
        """Rows and columns from a window's first cell to its last."""
        return self.rows.effective_kernel, self.columns.effective_kernel


def worked(grid: object, kernel: Kernel, sliding: Sliding | None = None) -> Worked:
    """Everything about `kernel` sliding over `grid` (rows of numbers, up to 16x16).

    Raises:
        InputError: as `trace`.
    """
    sliding = sliding or Sliding()
    cells = tuple(trace(grid, kernel, sliding))
    rows, columns = output_axes(len(grid), len(grid[0]), kernel.height, kernel.width, sliding)
    output = tuple(
        tuple(cell.total for cell in cells[start : start + columns.output])
        for start in range(0, len(cells), columns.output)
    )
    applied = (kernel.flipped() if sliding.flip else kernel).scaled
    return Worked(padded(grid, kernel, sliding), applied, rows, columns, cells, output)


def padded(grid: object, kernel: Kernel, sliding: Sliding) -> Rows:
    """`grid` with the border that `sliding` puts around it for `kernel`.

    Raises:
        InputError: a bad grid, or padding that is not possible.
    """
    values = torch.tensor(_checked(grid), dtype=torch.float64)[None, None]
    rows, columns = sliding.pads(kernel.height, kernel.width)
    bordered = pad(values, rows, columns, sliding.padding_mode)[0, 0]
    return tuple(tuple(row) for row in bordered.tolist())


def trace(grid: object, kernel: Kernel, sliding: Sliding | None = None) -> Iterator[Cell]:
    """Slide `kernel` over `grid` (rows of numbers, up to 16x16; kernel up to 7x7), cell by cell.

    The kernel may be even or rectangular. Totals equal `F.conv2d`'s, in double precision.

    Raises:
        InputError: a bad cell (named by row and column), too large a grid or kernel, a kernel
            that does not fit (says by how much), or padding that is not possible.
    """
    sliding = sliding or Sliding()
    if kernel.height > MAX_KERNEL or kernel.width > MAX_KERNEL:
        raise InputError(
            f"The kernel is {times(kernel.height, kernel.width)}; to be written out it may be "
            f"at most {times(MAX_KERNEL, MAX_KERNEL)}."
        )
    values = _checked(grid)
    rows, columns = output_axes(len(values), len(values[0]), kernel.height, kernel.width, sliding)
    values = padded(values, kernel, sliding)
    weights = (kernel.flipped() if sliding.flip else kernel).scaled
    for row in range(rows.output):
        for column in range(columns.output):
            yield _cell(row, column, values, weights, kernel.bias, sliding)


def _cell(
    row: int, column: int, values: Rows, weights: Rows, bias: float, sliding: Sliding
) -> Cell:
    top, left = row * sliding.stride, column * sliding.stride
    positions = tuple(
        (top + i * sliding.dilation, left + j * sliding.dilation)
        for i in range(len(weights))
        for j in range(len(weights[0]))
    )
    flat = (weight for line in weights for weight in line)
    terms = tuple((weight, values[i][j]) for weight, (i, j) in zip(flat, positions, strict=True))
    total = sum(weight * value for weight, value in terms) + bias
    return Cell(row, column, positions, terms, bias, total)


def _checked(grid: object) -> Rows:
    rows = parse_rows(grid, "input")
    if len(rows) > MAX_GRID or len(rows[0]) > MAX_GRID:
        raise InputError(
            f"The input is {times(len(rows), len(rows[0]))}; to be written out it may be at most "
            f"{times(MAX_GRID, MAX_GRID)}."
        )
    return rows
