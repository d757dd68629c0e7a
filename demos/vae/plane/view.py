"""What the plane scene shows: the planes themselves, and the marker that they share."""

from typing import Any

import torch

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
    """A point of a plane as the API holds it."""
    facts = spot_facts(model, found)
    near = {**facts["nearest"], "image": images.to_data_uri(_nearest(found), lossless=True)}
    return {**facts, "image": images.to_data_uri(found.image, lossless=True), "nearest": near}


def spot_facts(model: str, found: Spot) -> dict[str, Any]:
    """A point of a plane without its pictures."""
    return {
        "model": model,
        "z": found.latent[0].tolist(),
        "nearest": {
            "index": found.nearest,
            "label": found.label,
            "distance": found.distance,
        },
    }


def spot_pictures(found: list[Spot]) -> str:
    """What is decoded at points of planes, side by side, and below each the digit nearest to it.

    One lossless data URI of 2 x N pictures: a browser has it ready sooner than 2 N of them.
    """
    pictures = torch.cat([*(spot.image for spot in found), *map(_nearest, found)])  # 2 N 1 28 28
    return images.to_data_uri(images.tiled(pictures, columns=len(found)), lossless=True)


def _nearest(found: Spot) -> torch.Tensor:
    """The held-back digit nearest to a point: 1 1 28 28 in [0, 1]."""
    return digits.held_back().images[found.nearest][None] / 255
