"""Curves over one axis, losses over training say; read off with a finger or by arrow keys."""

from collections.abc import Iterable, Sequence

from demos.kit.view import View

POINT = {"type": "array", "items": {"type": "number"}, "description": "x and y"}


class Curves(View):
    """One chart, or several beside each other.

    Its value is what `chart` makes, or `{"charts": [chart, ...]}`. JavaScript of other views draws
    the same charts with `glassbox.chart`.
    """

    script = "curves"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "x": {"type": "string", "description": "what the horizontal axis is"},
            "y": {"type": "string", "description": "what the vertical axis is"},
            "log": {"type": "boolean", "description": "whether the vertical axis is logarithmic"},
            "series": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "name": {"type": "string"},
                        "points": {"type": "array", "items": POINT},
                        "dashed": {"type": "boolean"},
                        "color": {"type": "integer", "description": "equal numbers, equal colours"},
                    },
                },
            },
        },
    }


def series(
    name: str, points: Iterable[Sequence[float]], *, dashed: bool = False, color: int | None = None
) -> dict:
    """One curve: its `(x, y)` points in the order of x; a `None` or NaN among the y is left out."""
    held = [[x, y] for x, y in points if y is not None and y == y]
    found = {"name": name, "points": held, "dashed": dashed}
    return found if color is None else {**found, "color": color}


def chart(
    curves: Sequence[dict], *, x: str, y: str = "", title: str = "", log: bool = False
) -> dict:
    """One chart of `series`; with `log` its vertical axis is logarithmic, for what is above 0."""
    return {"title": title, "x": x, "y": y, "log": log, "series": list(curves)}
