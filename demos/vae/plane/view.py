"""What the plane scene shows: the planes themselves, and the marker that they share."""

from typing import Any

from demos.kit import View
from models.core import images
from models.core.errors import InputError
from models.vae import digits
from models.vae.plane import Spot


class LatentPlane(View):
    """One plane or several, one marker, and what is decoded there: see `/plane`."""

    script = "vae/plane"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "labels": {"type": "array", "items": {"type": "integer"}},
            "planes": {"type": "array", "items": {"type": "object"}},
        },
    }


class MarkerPlace(View):
    """Where the marker stands: `{"x", "y"}`, each -1 to 1, as shares of half a plane's side.

    Shares, so that planes of different size side by side have the marker at one place.
    """

    script = "vae/plane-place"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {"x": {"type": "number"}, "y": {"type": "number"}},
        "required": ["x", "y"],
    }
    example = {"x": 0.2, "y": -0.1}  # noqa: RUF012

    def check(self, value: Any) -> dict[str, float]:
        """The place, if it is one.

        Raises:
            InputError: it is not.
        """
        if not isinstance(value, dict) or set(value) != {"x", "y"}:
            raise InputError('a place is {"x": ..., "y": ...}')
        for name, share in value.items():
            number = isinstance(share, int | float) and not isinstance(share, bool)
            if not number or not -1 <= share <= 1:
                raise InputError(f"{name} = {str(share)[:20]} is not a share from -1 to 1")
        return value


def spot_value(model: str, found: Spot) -> dict[str, Any]:
    """A point of a plane as the page and the API hold it."""
    digit = digits.held_back().images[found.nearest][None] / 255
    return {
        "model": model,
        "z": found.latent[0].tolist(),
        "image": images.to_data_uri(found.image, lossless=True),
        "nearest": {
            "index": found.nearest,
            "label": found.label,
            "distance": found.distance,
            "image": images.to_data_uri(digit, lossless=True),
        },
    }
