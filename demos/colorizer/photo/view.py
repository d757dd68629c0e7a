"""What the photo scene shows: grey, painted and true in one frame, and the hints over them."""

from typing import Any

from demos.kit import View
from models.colorizer.hints import MOST_HINTS, from_data

HINT = {
    "type": "object",
    "properties": {
        "x": {"type": "number", "description": "0 to 1 from the left"},
        "y": {"type": "number", "description": "0 to 1 from the top"},
        "colour": {"type": "string", "description": "#rrggbb, of which hue and strength count"},
    },
    "required": ["x", "y", "colour"],
}


class Painting(View):
    """A photo in grey, painted and true, with hints to set: see `/photo`."""

    script = "colorizer/photo"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "grey": {"type": "string", "description": "data URI"},
            "painted": {"type": "string", "description": "data URI"},
            "truth": {"type": "string", "description": "data URI; empty where it has no colours"},
            "caption": {"type": "string"},
        },
    }


class ColourHints(View):
    """The hints that are set, as chips: `[{"x", "y", "colour"}, ...]`."""

    script = "colorizer/photo-hints"
    schema = {"type": "array", "items": HINT, "maxItems": MOST_HINTS}  # noqa: RUF012
    example = [{"x": 0.5, "y": 0.7, "colour": "#e0592a"}]  # noqa: RUF012

    def check(self, value: Any) -> list[dict[str, Any]]:
        """Hints out of a link, their colours as the page's own picker writes them.

        Raises:
            InputError: they are none, or too many.
        """
        return [{"x": hint.x, "y": hint.y, "colour": hint.code} for hint in from_data(value)]
