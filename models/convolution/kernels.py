"""Convolution kernels: the dataclass, JSON in and out, and what can be done with one."""

import json
from dataclasses import dataclass, replace

import torch

from models.convolution.grids import LIMIT, Rows, parse_number, parse_rows, resized, times
from models.core.checks import one_of
from models.core.errors import InputError

MAX_SIZE = 11
SIZES = tuple(range(1, MAX_SIZE + 1, 2))  # of a filter for photos: they have a centre
MAX_JSON = 20_000  # characters


@dataclass(frozen=True)
class Kernel:
    """A small grid of weights. What is applied is `weights * factor`; `bias` is added after.

    Weights are dimensionless; pixels lie in [0, 1], and so `bias` 0.5 is half of white.

    Raises:
        InputError: rows of unequal length, more than 11 rows or columns, or a weight, factor or
            bias that is not a finite number of at most ±1,000,000.
    """

    weights: Rows
    factor: float = 1.0
    bias: float = 0.0
    name: str = "Custom"
    note: str = ""

    def __post_init__(self) -> None:
        rows = parse_rows(self.weights)
        if len(rows) > MAX_SIZE or len(rows[0]) > MAX_SIZE:
            raise InputError(
                f"The kernel is {times(len(rows), len(rows[0]))}; "
                f"at most {times(MAX_SIZE, MAX_SIZE)} is allowed."
            )
        object.__setattr__(self, "weights", rows)
        object.__setattr__(self, "factor", parse_number(self.factor, "The kernel's factor"))
        object.__setattr__(self, "bias", parse_number(self.bias, "The kernel's bias"))

    @property
    def height(self) -> int:
        """Number of rows."""
        return len(self.weights)

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.weights[0])

    @property
    def scaled(self) -> Rows:
        """The weights times the factor: the numbers that meet the pixels."""
        return tuple(tuple(weight * self.factor for weight in row) for row in self.weights)

    def tensor(self) -> torch.Tensor:
        """`scaled` as float32, shape H W (rounded once, from double precision)."""
        return torch.tensor(self.scaled, dtype=torch.float64).to(torch.float32)

    def normalised(self) -> "Kernel":
        """The same kernel with the factor that keeps brightness: its scaled weights sum to 1.

        Where the weights sum to 0 (edge kernels), the positive ones sum to 1 instead, so that
        results stay within [-1, 1]. A kernel of zeros comes back as it is.
        """
        flat = [weight for row in self.weights for weight in row]
        total, magnitude = sum(flat), sum(abs(weight) for weight in flat)
        if abs(total) <= 1e-6 * magnitude:
            total = magnitude / 2
        if magnitude == 0 or 1 / abs(total) > LIMIT:
            return self
        return replace(self, factor=1 / total)

    def transposed(self) -> "Kernel":
        """Rows and columns exchanged: of Sobel's x kernel, his y kernel."""
        return replace(self, weights=tuple(zip(*self.weights, strict=True)))

    def flipped(self) -> "Kernel":
        """The kernel turned by 180°: sliding it is true convolution, not cross-correlation."""
        return replace(self, weights=tuple(row[::-1] for row in self.weights[::-1]))

    def resized(self, size: int) -> "Kernel":
        """The kernel on a `size` x `size` grid, centre kept: cropped, or padded with zeros.

        Raises:
            InputError: `size` is not one of `SIZES`.
        """
        check_size(size)
        top, left = (size - self.height) // 2, (size - self.width) // 2
        return replace(self, weights=resized(self.weights, size, size, top, left))

    def to_json(self) -> str:
        """The kernel as JSON, one row of weights a line; `from_json` reads it back exactly."""
        rows = ",\n    ".join(
            "[" + ", ".join(json_number(weight) for weight in row) + "]" for row in self.weights
        )
        return (
            f'{{\n  "name": {json.dumps(self.name, ensure_ascii=False)},\n'
            f'  "note": {json.dumps(self.note, ensure_ascii=False)},\n'
            f'  "weights": [\n    {rows}\n  ],\n'
            f'  "factor": {json_number(self.factor)},\n  "bias": {json_number(self.bias)}\n}}'
        )

    @classmethod
    def from_json(cls, text: str) -> "Kernel":
        """A kernel out of JSON: an object as `to_json` writes it, or just the rows of weights.

        Raises:
            InputError: not JSON, unknown or missing keys, or anything `Kernel` itself refuses.
        """
        if not isinstance(text, str) or not text.strip():
            raise InputError("The kernel's JSON is empty; write rows such as [[0, 1], [1, 0]].")
        if len(text) > MAX_JSON:
            raise InputError(
                f"The kernel's JSON is {len(text):,} characters long; at most {MAX_JSON:,}."
            )
        try:
            data = json.loads(text)
        except json.JSONDecodeError as error:
            raise InputError(
                f"The kernel is not valid JSON: {error.msg} at line {error.lineno}, "
                f"column {error.colno}."
            ) from error
        except (RecursionError, ValueError) as error:
            raise InputError("The kernel is not valid JSON for a grid of numbers.") from error
        return cls.from_data(data)

    @classmethod
    def from_data(cls, data: object) -> "Kernel":
        """A kernel out of decoded JSON; see `from_json`."""
        if isinstance(data, list):
            return cls(data)
        if not isinstance(data, dict):
            raise InputError("The kernel's JSON must be an object or a list of rows.")
        unknown = sorted(set(data) - {"name", "note", "weights", "factor", "bias"})
        if unknown:
            raise InputError(
                f"The kernel's JSON has an unknown key {unknown[0]!r}; "
                "known are name, weights, factor and bias."
            )
        if "weights" not in data:
            raise InputError("The kernel's JSON has no weights.")
        name, note = (str(data.get(key, default))[:200] for key, default in _TEXTS)
        return cls(data["weights"], data.get("factor", 1.0), data.get("bias", 0.0), name, note)


_TEXTS = (("name", "Custom"), ("note", ""))


def for_filter(kernel: Kernel) -> Kernel:
    """`kernel`, if the filter scene can use it: square, with an odd size of at most 11.

    Raises:
        InputError: it is not.
    """
    if kernel.height != kernel.width or kernel.height % 2 == 0:
        raise InputError(
            f"The kernel is {times(kernel.height, kernel.width)}; a filter for photos must be "
            "square, with an odd size (1, 3, 5, 7, 9 or 11), so that it has a centre."
        )
    return kernel


def check_size(size: int) -> None:
    """Refuse a kernel size that is not one of `SIZES`.

    Raises:
        InputError: with the sizes that are.
    """
    one_of("Kernel size", size, SIZES)


def random(size: int, generator: torch.Generator) -> Kernel:
    """Weights drawn evenly from [-1, 1], rounded to two decimals so that they can be read.

    Raises:
        InputError: `size` is not one of `SIZES`.
    """
    check_size(size)
    drawn = torch.rand(size, size, generator=generator, dtype=torch.float64) * 2 - 1
    rows = tuple(tuple(round(value, 2) + 0.0 for value in row) for row in drawn.tolist())
    return Kernel(rows, name="Random", note="Weights drawn evenly from [-1, 1].")


def json_number(value: float) -> str:
    """A number as JSON, whole ones without decimals."""
    return json.dumps(int(value) if value == int(value) else value)
