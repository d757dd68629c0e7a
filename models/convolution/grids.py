"""Numbers as people type them and as the board shows them: grids in, short decimals out."""

import math
from collections.abc import Iterable, Sequence
from numbers import Real

from models.core.errors import InputError

LIMIT = 1e6  # largest magnitude of a cell: far beyond any kernel, far below float32's overflow

Rows = tuple[tuple[float, ...], ...]


def show(value: float, decimals: int = 4) -> str:
    """A number as written on a board: whole ones without decimals, the rest cut to `decimals`."""
    if not math.isfinite(value):
        return str(value)
    if value == 0:
        return "0"
    if abs(value) < 10**-decimals:
        return f"{value:.3g}"
    text = f"{value:.{decimals}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def hundredths(value: float) -> str:
    """A number with two decimals and a real minus sign; what rounds to 0 has none."""
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")


def adds_up(addends: Iterable[float], total: float) -> bool:
    """Whether these still sum to `total` once all are written as `hundredths`.

    As `glassbox.equals` in assets/kit/words.js tells it of what a page writes.
    """
    return sum(round(100 * round(one, 2)) for one in addends) == round(100 * round(total, 2))


def times(*sizes: int) -> str:
    """Sizes as `3×3`."""
    return "×".join(str(size) for size in sizes)


def parse_number(value: object, where: str, limit: float = LIMIT) -> float:
    """One number out of a cell: a number, or text such as `-1`, `0.5`, `1e-3` or `1/9`.

    Raises:
        InputError: the cell is empty, text, NaN, infinite or above `limit` in magnitude; the
            sentence begins with `where`.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        raise InputError(f"{where} is empty; write a number, such as 0.")
    number = _read(value)
    if number is None:
        raise InputError(f"{where} holds {_quote(value)}, which is not a number.")
    if math.isnan(number):
        raise InputError(f"{where} is NaN (not a number); write a finite number.")
    if math.isinf(number):
        raise InputError(f"{where} is infinite; write a finite number.")
    if abs(number) > limit:
        raise InputError(f"{where} is {number:.3g}, but at most ±{limit:,.0f} is allowed.")
    return number


def parse_rows(rows: object, what: str = "kernel", limit: float = LIMIT) -> Rows:
    """A rectangular grid of finite numbers out of rows of cells.

    Raises:
        InputError: no grid, ragged rows, or a bad cell (named by row and column, from 1).
    """
    if not _is_sequence(rows) or len(rows) == 0:
        raise InputError(f"The {what} must be a list of rows of numbers, with at least one row.")
    for index, row in enumerate(rows, 1):
        if not _is_sequence(row) or len(row) == 0:
            raise InputError(f"Row {index} of the {what} must be a list of numbers.")
        if len(row) != len(rows[0]):
            raise InputError(
                f"Row {index} of the {what} has {len(row)} numbers, but row 1 has "
                f"{len(rows[0])}: all rows must be equally long."
            )
    return tuple(
        tuple(
            parse_number(cell, f"Row {i}, column {j} of the {what}", limit)
            for j, cell in enumerate(row, 1)
        )
        for i, row in enumerate(rows, 1)
    )


def resized(rows: Rows, height: int, width: int, top: int = 0, left: int = 0) -> Rows:
    """The grid on `height` x `width` cells: cropped, or filled up with zeros.

    Its upper left cell comes to lie at (top, left); negative numbers crop there.
    """
    return tuple(
        tuple(
            rows[i - top][j - left]
            if 0 <= i - top < len(rows) and 0 <= j - left < len(rows[0])
            else 0.0
            for j in range(width)
        )
        for i in range(height)
    )


def _is_sequence(value: object) -> bool:
    if isinstance(value, (str, bytes)):
        return False
    return isinstance(value, Sequence) or getattr(value, "ndim", 0) >= 1


def _read(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        if isinstance(value, str):
            text = value.strip().replace("−", "-")
            numerator, slash, denominator = text.partition("/")
            return float(numerator) / float(denominator) if slash else float(text)
        if isinstance(value, Real) or getattr(value, "ndim", None) == 0:
            return float(value)
    except OverflowError:
        return math.inf
    except (ValueError, TypeError, ZeroDivisionError):
        return None
    return None


def _quote(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."
