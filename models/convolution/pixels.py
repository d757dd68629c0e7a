"""A picture as its numbers: planes of whole numbers from 0 to 255, and a part of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from models.core.checks import is_number, one_of
from models.core.errors import InputError

LOOKS = ("colour", "planes", "grey")
MOST = 64  # rows and columns that are handed out at once


@dataclass(frozen=True)
class Place:
    """A part of a picture, in shares of its width and height, so that it fits any resolution.

    The part is `span` times as wide and as high as the picture; its centre is at (x, y).
    """

    x: float = 0.5
    y: float = 0.5
    span: float = 1.0

    @classmethod
    def from_data(cls, data: Any) -> "Place":
        """The place that JSON describes: `{"x": number, "y": number, "span": number}`.

        Raises:
            InputError: it is no such thing, or a share lies outside [0, 1].
        """
        if not isinstance(data, dict) or set(data) != {"x", "y", "span"}:
            raise InputError('a place is {"x": number, "y": number, "span": number}')
        for name, share in data.items():
            if not is_number(share):
                raise InputError(f"{name} of the place is {str(share)[:20]!r}, not a number")
            if not 0 <= share <= 1:
                raise InputError(f"{name} of the place is {share!s:.20}, not a share from 0 to 1")
        if data["span"] == 0:
            raise InputError("span of the place is 0: a part of no size")
        return cls(**data)

    def window(self, height: int, width: int) -> tuple[slice, slice]:
        """Rows and columns of the part in a picture of this size: at least one, all inside."""
        return _window(self.y, self.span, height), _window(self.x, self.span, width)


def _window(centre: float, span: float, size: int) -> slice:
    count = max(1, round(span * size))
    start = min(max(round(centre * size - count / 2), 0), size - count)
    return slice(start, start + count)


def planes(picture: Image.Image, look: str) -> dict[str, np.ndarray]:
    """The planes of an RGB picture, H W uint8 each: `R`, `G`, `B`, or `grey` alone.

    Grey is Rec. 601 luma, 0.299 R + 0.587 G + 0.114 B, rounded: Pillow's `L`.

    Raises:
        InputError: an unknown look.
    """
    one_of("View", look, LOOKS)
    if look == "grey":
        return {"grey": np.asarray(picture.convert("L"))}
    array = np.asarray(picture)
    return {name: array[..., i] for i, name in enumerate("RGB")}


def numbers(picture: Image.Image, look: str, place: Place) -> dict[str, Any]:
    """The exact numbers of a part of a picture, and facts about the whole of it.

    Returns:
        `rows` and `columns`: first and last of each, counted from 0; `planes`: by name, the rows of
        numbers; `picture`: `width`, `height`, `numbers` (how many in all) and by plane `minimum`,
        `maximum` and `mean`.

    Raises:
        InputError: an unknown look, or a part of more than 64 rows or columns.
    """
    whole = planes(picture, look)
    rows, columns = place.window(picture.height, picture.width)
    high, wide = rows.stop - rows.start, columns.stop - columns.start
    if max(high, wide) > MOST:
        raise InputError(
            f"This part is {wide} × {high} pixels; at most {MOST} × {MOST} can be written out. "
            "Please zoom in first."
        )
    return {
        "rows": [rows.start, rows.stop - 1],
        "columns": [columns.start, columns.stop - 1],
        "planes": {name: plane[rows, columns].tolist() for name, plane in whole.items()},
        "picture": {
            "width": picture.width,
            "height": picture.height,
            "numbers": sum(plane.size for plane in whole.values()),
            "minimum": {name: int(plane.min()) for name, plane in whole.items()},
            "maximum": {name: int(plane.max()) for name, plane in whole.items()},
            "mean": {name: round(float(plane.mean()), 2) for name, plane in whole.items()},
        },
    }
