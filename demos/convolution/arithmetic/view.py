"""What the arithmetic scene shows: a worked convolution as the page and the API hold it."""

from typing import Any

from demos.convolution.kernel_grid import rows
from demos.kit import View
from models.convolution.arithmetic import Cell, Worked
from models.convolution.axis import Axis
from models.convolution.grids import show


class SlidingWindow(View):
    """Input, kernel and output as numbers, and the window that slides from sum to sum."""

    script = "convolution/arithmetic"


def worked_value(result: Worked) -> dict[str, Any]:
    """Every sum of a convolution, its grids, and how the output's size came about."""
    axes = {"row": result.rows, "column": result.columns}
    return {
        "padded": rows(result.padded),
        "kernel": rows(result.kernel),
        "output": rows(result.output),
        "taps": rows(result.taps),
        "span": list(result.span),
        "cells": [_cell(cell) for cell in result.cells],
        "rows": _axis(result.rows),
        "columns": _axis(result.columns),
        "notes": [_note(axis, name) for name, axis in axes.items() if axis.dropped],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "row": cell.row,
        "column": cell.column,
        "corner": list(cell.corner),
        "text": cell.text.replace("-", "−"),
        "ascii": cell.ascii,
        "products": list(cell.products),
        "total": cell.total,
    }


def _axis(axis: Axis) -> dict[str, Any]:
    return {
        "formula": axis.formula,
        "steps": list(axis.steps),
        "text": axis.derivation,
        "size": axis.size,
        "pad": axis.padding,
        "output": axis.output,
        "dropped": list(axis.dropped),
    }


def _note(axis: Axis, name: str) -> str:
    """What the floor drops along one axis, in words."""
    count = len(axis.dropped)
    lost = f"last {name} (hatched) is" if count == 1 else f"last {count} {name}s (hatched) are"
    reached = f"{axis.output - 1} of {show(axis.quotient, 2)}"
    return f"The floor makes {reached}: the {lost} never reached."
