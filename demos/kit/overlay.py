"""A picture and a grid of numbers over it: attention, patch maps, masks, activation maps, hints."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
import torch

from demos.kit.view import View
from models.core.checks import between, whole

PAINTS = ("alpha", "heat", "diverging")
NUMBER = {"type": "number"}


class Overlay(View):
    """A picture, a grid of numbers over it, and marks; its value is what `overlay` makes.

    A cell is looked at by pointer or arrow keys, and told as its number. A click, a tap or Enter
    raises `select`, whose event `chosen_in` reads.
    """

    script = "overlay"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "src": {"type": "string", "description": "data URI of the picture"},
            "grid": {"type": "array", "items": {"type": "array", "items": NUMBER}},
            "cells": {"type": "array", "items": NUMBER, "description": "rows, columns"},
            "limits": {"type": "object", "properties": {"low": NUMBER, "high": NUMBER}},
            "paint": {"type": "string", "enum": list(PAINTS)},
            "name": {"type": "string", "description": "what the numbers are"},
            "marks": {"type": "array", "items": {"type": "object"}},
            "sees": {"type": "object", "description": "the part of the picture behind a cell"},
            "chosen": {"type": "object", "description": "the cell that is marked: row, column"},
            "caption": {"type": "string"},
        },
    }


def overlay(
    src: str,
    grid: torch.Tensor | Sequence[Sequence[float]] | None = None,
    *,
    name: str = "",
    paint: str = "alpha",
    limits: tuple[float, float] | None = None,
    digits: int = 3,
    numbers: bool = False,
    cells: tuple[int, int] | None = None,
    marks: Iterable[dict] = (),
    chosen: tuple[int, int] | None = None,
    sees: dict | None = None,
    caption: str = "",
    alt: str = "",
) -> dict[str, Any]:
    """The value of an `Overlay`.

    Args:
        src: the picture, a data URI; empty where there is only the grid.
        grid: the numbers, rows from top to bottom: G x H. NaN is a cell without one.
        name: what a number is called: `attention`.
        paint: `alpha` darkens the picture where numbers are small, so that it shows where they are
            large; `heat` colours it where they are large; `diverging` does so by two colours to
            both sides of the limits' middle.
        limits: the numbers that look like nothing and like all; else the grid's least and largest
            (for `diverging`, as far below zero as above). What lies outside looks like them.
        digits: decimals of a number that is told.
        numbers: whether cells with room for it show their number.
        cells: rows and columns to choose from, where there is no grid.
        marks: see `dot` and `box`.
        chosen: row and column of the cell that is marked, from 0.
        sees: which part of the picture the cell that is looked at comes from; see `seen`.
        caption: a sentence below.
        alt: what the picture shows, for those who cannot see it.

    Raises:
        ValueError: the grid is none, is infinite, or what should be in it is not.
    """
    if paint not in PAINTS:
        raise ValueError(f"got paint {paint!r}, expected one of {', '.join(PAINTS)}")
    value = {"src": src, "name": name, "caption": caption, "alt": alt, "marks": list(marks)}
    if grid is not None:
        held = torch.as_tensor(grid, dtype=torch.float64).cpu()
        if held.ndim != 2 or not held.numel() or held.isinf().any():
            raise ValueError(f"got a grid of shape {tuple(held.shape)}, expected finite rows")
        low, high = limits or _limits(held, paint)
        if not (math.isfinite(low) and math.isfinite(high) and low <= high):
            raise ValueError(f"got limits {low}, {high}")
        cells = tuple(held.shape)
        rows = [[None if one != one else one for one in row] for row in held.tolist()]
        value |= {"grid": rows, "limits": {"low": low, "high": high}, "paint": paint}
        value |= {"digits": digits, "numbers": numbers}
    if cells is not None:
        value["cells"] = list(cells)
    if sees is not None:
        value["sees"] = sees
    if chosen is not None:
        row, column = chosen
        if cells is None or not (0 <= row < cells[0] and 0 <= column < cells[1]):
            raise ValueError(f"got the chosen cell {chosen} of {cells} cells")
        value["chosen"] = {"row": row, "column": column}
    return value


def _limits(grid: torch.Tensor, paint: str) -> tuple[float, float]:
    known = grid[~grid.isnan()]
    if not len(known):
        return 0.0, 0.0
    if paint == "diverging":
        most = known.abs().max().item()
        return -most, most
    return known.min().item(), known.max().item()


def dot(x: float, y: float, label: str = "", color: str = "") -> dict:
    """A mark at a point: x and y in [0, 1] of the picture from its upper left; a CSS colour."""
    return {"x": x, "y": y, "label": label, "color": color}


def box(x: float, y: float, width: float, height: float, label: str = "", color: str = "") -> dict:
    """A mark around a part: its upper left corner and its size, in [0, 1] of the picture's."""
    return {**dot(x, y, label, color), "width": width, "height": height}


def seen(start: float, apart: float, extent: float, height: int, width: int) -> dict:
    """Receptive fields of cells: cell i (or j) has seen `extent` pixels from `start + apart * i`.

    Args:
        start: of the first cell's, in pixels; negative where it begins in a padding.
        apart: pixels from one cell's to the next.
        extent: pixels along the side of each.
        height: of the picture, in pixels.
        width: likewise.

    Returns:
        `x`, `y`, `dx`, `dy`, `width` and `height`, as shares of the picture.
    """
    return {
        "x": start / width,
        "y": start / height,
        "dx": apart / width,
        "dy": apart / height,
        "width": extent / width,
        "height": extent / height,
    }


@dataclass(frozen=True)
class Chosen:
    """Where an `Overlay` was clicked: the point in [0, 1] of the picture, and the cell there."""

    x: float
    y: float
    row: int | None
    """From 0, from the top; None where there is no grid."""
    column: int | None


def chosen_in(event: gr.EventData, rows: int | None = None, columns: int | None = None) -> Chosen:
    """Read an `Overlay`'s `select`, which came from a browser and may be anything.

    Args:
        event: of the `select`.
        rows: how many the grid has; None where there is no grid.
        columns: likewise.

    Raises:
        InputError: it names no point of the picture, or no cell of the grid.
    """
    x, y = getattr(event, "x", None), getattr(event, "y", None)
    between("The point's x", x, 0, 1)
    between("The point's y", y, 0, 1)
    if rows is None or columns is None:
        return Chosen(x, y, None, None)
    row, column = getattr(event, "row", None), getattr(event, "column", None)
    whole("The row", row, 0, rows - 1)
    whole("The column", column, 0, columns - 1)
    return Chosen(x, y, row, column)
