"""What the planes scene shows: three planes, the ab plane, and the brush between them."""

from typing import Any

import numpy as np
import torch
from PIL import Image

from demos.kit import View
from models.colorizer.planes import Planes, outline
from models.core.errors import InputError
from models.core.images import to_data_uri

HUNDREDTHS, OFFSET = 100.0, 32768
SIDES = {"picture": (0, 1), "plane": (-110, 110)}
"""What a brush lies on, and between which numbers its corners are."""
CORNERS = ("left", "top", "right", "bottom")
NUMBERS = {"type": "string", "description": "data URI: R * 256 + G - 32768 is hundredths"}


class ThreePlanes(View):
    """L, a and b as pictures, and every pixel as a point of the ab plane: see `/planes`."""

    script = "colorizer/planes"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "width": {"type": "integer"},
            "height": {"type": "integer"},
            "L": NUMBERS,
            "a": NUMBERS,
            "b": NUMBERS,
            "told": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
            "outline": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
            "caption": {"type": "string"},
        },
    }


class PlanesBrush(View):
    """What is chosen: `{"on", "left", "top", "right", "bottom"}`, or null.

    On the `picture` from 0 to 1, from its top left corner; on the `plane` in Lab's units, b going
    upwards.
    """

    script = "colorizer/planes-brush"
    schema = {  # noqa: RUF012
        "type": ["object", "null"],
        "properties": {
            "on": {"type": "string", "enum": list(SIDES)},
            **{name: {"type": "number"} for name in CORNERS},
        },
    }
    example = {"on": "plane", "left": 20, "top": 90, "right": 90, "bottom": 20}  # noqa: RUF012

    def check(self, value: Any) -> dict[str, Any] | None:
        """The brush out of a link, its corners in their order.

        Raises:
            InputError: it is none.
        """
        if value is None:
            return None
        if not isinstance(value, dict) or set(value) != {"on", *CORNERS}:
            raise InputError(f"a brush has the keys on, {', '.join(CORNERS)}")
        if value["on"] not in SIDES:
            raise InputError("a brush lies on the picture or on the plane")
        low, high = SIDES[value["on"]]
        for name in CORNERS:
            number = value[name]
            known = isinstance(number, int | float) and not isinstance(number, bool)
            if not known or not low <= number <= high:
                raise InputError(
                    f"{name} = {str(number)[:20]} is not a number from {low} to {high}"
                )
        left, right = sorted((value["left"], value["right"]))
        top, bottom = sorted((value["top"], value["bottom"]), reverse=value["on"] == "plane")
        return {"on": value["on"], "left": left, "top": top, "right": right, "bottom": bottom}


def planes_value(found: Planes, source: str, told: int | None) -> dict[str, Any]:
    """Planes as the page and the API hold them.

    Args:
        found: the planes.
        source: whose a and b they are.
        told: how many squares of true colours the network was told; None where there are none.
    """
    height, width = found.lightness.shape
    rows, columns = found.told[2].nonzero(as_tuple=True)
    a, b = (found.told[i][rows, columns] for i in range(2))
    known = torch.stack([columns.float(), rows.float(), a, b], 1)
    return {
        "width": width,
        "height": height,
        "source": source,
        "L": _packed(found.lightness),
        "a": _packed(found.ab[0]),
        "b": _packed(found.ab[1]),
        "told": [[round(value, 2) for value in one] for one in known.tolist()],
        "outline": [[round(value, 1) for value in point] for point in outline().tolist()],
        "beyond": found.beyond,
        "caption": _caption(found, source, told),
    }


def _caption(found: Planes, source: str, told: int | None) -> str:
    height, width = found.lightness.shape
    size = f"at {width} × {height} pixels"
    if source == "photo":
        return f"The photo's own L, a and b, {size}"
    if told is None:
        given = "L alone: the file has no colours to tell"
    else:
        given = "L alone" if not told else f"L and {told} square{'s' * (told > 1)} of true colours"
    return f"The network says a and b, {size}; it was given {given}"


def _packed(plane: torch.Tensor) -> str:
    """A plane (H W) as a picture without loss: its numbers in hundredths, 32768 added.

    Red has their higher byte, green the lower one.
    """
    numbers = (plane * HUNDREDTHS).round().to(torch.int32).numpy() + OFFSET
    pixels = np.stack([numbers >> 8, numbers & 255, numbers * 0], 2).astype(np.uint8)
    return to_data_uri(Image.fromarray(pixels, "RGB"), lossless=True)
