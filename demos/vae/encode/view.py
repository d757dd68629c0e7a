"""What the encode scene shows: a picture's Gaussian, and its state where people set it by hand."""

import base64
from typing import Any

import torch

from demos.kit import View
from models.core import images
from models.core.checks import is_number
from models.core.errors import InputError
from models.vae import drawing
from models.vae.inspection import Inspection

BY_HAND = ("mean", "deviation", "noise")
MOST_DIMENSIONS = 16
LARGEST = 1e6
"""Of the numbers that a link may hold; what can be decoded is bounded by `models.vae`."""
SIDE = drawing.SIZE


class PosteriorView(View):
    """A picture, its Gaussian on the plane, what is decoded, and what that costs: see `/encode`."""

    script = "vae/encode"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "x": {"type": "string", "description": "data URI of the digit, 28 x 28"},
            "now": {"type": "object"},
            "models": {"type": "array", "items": {"type": "object"}},
            "missing": {"type": "string", "description": "why there is no digit, in a sentence"},
        },
    }


class PosteriorCosts(View):
    """The same digit in every model: drawn from `PosteriorView`'s value."""

    script = "vae/encode-costs"


class DrawingPad(View):
    """A drawing as its strokes: lists x, y, x, y, ... on a pad of 280 x 280."""

    script = "vae/encode-pad"
    schema = {  # noqa: RUF012
        "type": "array",
        "items": {"type": "array", "items": {"type": "number"}},
    }
    example = [[100, 60, 180, 60, 120, 220]]  # noqa: RUF012

    def check(self, value: Any) -> Any:
        """The strokes, if they are some; none is a drawing too.

        Raises:
            InputError: they are not.
        """
        drawing.parse(value)
        return value


class ByHand(View):
    """What of a Gaussian is set by hand: `mean`, `deviation` and `noise`, lists of numbers.

    `of` says for which model and picture; for others it does not count. Empty: the encoder's own.
    """

    script = "vae/encode-hand"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {"of": {"type": "string"}}
        | {name: {"type": "array", "items": {"type": "number"}} for name in BY_HAND},
    }

    def check(self, value: Any) -> dict[str, Any]:
        """The state, if it is one.

        Raises:
            InputError: it is not.
        """
        if not isinstance(value, dict) or set(value) - {"of", *BY_HAND}:
            raise InputError("it holds mean, deviation and noise, and what they are of")
        if not isinstance(value.get("of", ""), str):
            raise InputError("“of” is no text")
        for name in BY_HAND:
            numbers = value.get(name, [])
            if not isinstance(numbers, list) or len(numbers) > MOST_DIMENSIONS:
                raise InputError(f"{name} is no list of up to {MOST_DIMENSIONS} numbers")
            if not all(is_number(n) and abs(n) <= LARGEST for n in numbers):
                raise InputError(f"{name} holds something that is no number up to {LARGEST:,.0f}")
        return value


def inspection_value(found: Inspection, beta: float) -> dict[str, Any]:
    """An inspection as the page and the API hold it; `beta` weighs KL in that model's loss."""
    return {
        "mean": found.mean[0].tolist(),
        "deviation": found.deviation[0].tolist(),
        "noise": found.noise[0].tolist(),
        "z": found.latent[0].tolist(),
        "image": images.to_data_uri(found.image, lossless=True),
        "reconstruction": found.reconstruction,
        "kl": None if found.kl is None else found.kl.tolist(),
        "loss": found.loss(beta),
    }


def packed(picture: torch.Tensor) -> str:
    """A digit (1 1 28 28 in [0, 1]) as base64 of its 784 bytes; `unpacked` is its inverse."""
    pixels = picture.mul(255).round().to(torch.uint8)
    return base64.b64encode(pixels.numpy().tobytes()).decode()


def unpacked(text: Any) -> torch.Tensor:
    """A digit from the base64 of its 784 bytes.

    Raises:
        InputError: the text is no such thing.
    """
    try:
        content = base64.b64decode(text, validate=True)
    except (TypeError, ValueError) as error:
        raise InputError("A digit's pixels must be given as base64.") from error
    if len(content) != SIDE * SIDE:
        raise InputError(f"A digit has {SIDE * SIDE} pixels, got {len(content)} bytes.")
    pixels = torch.frombuffer(bytearray(content), dtype=torch.uint8)
    return pixels.reshape(1, 1, SIDE, SIDE) / 255
