"""The discriminator's opinion on the page: three pictures under one grid, and the terms."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from demos.kit import View
from demos.kit.overlay import overlay, seen
from models.colorizer.game import MOST_SATURATION, Game, Judged
from models.core.checks import between
from models.core.images import to_data_uri

SATURATIONS = tuple(step / 4 for step in range(int(4 * MOST_SATURATION) + 1))
"""Of the curve."""
DIGITS = 3  # of an answer
PIXELS_COUNT = 64  # up to this side pictures are sent without loss; a drag sends three


class Judge(View):
    """Truth, painting and grey, each under the discriminator's answers, with the objective.

    Dragging in its chart raises `select` with the saturation there.
    """

    script = "colorizer/judge"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "overlays": {"type": "object", "description": "of truth, painted and grey"},
            "means": {"type": "object"},
            "believed": {"type": "object"},
            "terms": {"type": "object"},
            "curve": {
                "type": "array",
                "items": {"type": "array", "items": {"type": "number"}},
                "description": "saturation, mean answer for the painting, and for the truth",
            },
            "patch": {"type": "integer"},
            "size": {"type": "array", "items": {"type": "integer"}},
            "saturation": {"type": "number"},
        },
    }


def judged(game: Game, saturation: float, curve: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """A game as the view and the endpoint hold it."""
    parts = {"truth": game.truth, "painted": game.painted, "grey": game.grey}
    opinion = game.truth.opinion
    return {
        "overlays": {name: _overlaid(part) for name, part in parts.items()},
        "means": {name: round(part.mean, 4) for name, part in parts.items()},
        "believed": {name: round(part.believed, 4) for name, part in parts.items()},
        "terms": {
            "log_real": game.log_real,
            "log_made": game.log_made,
            "value": game.value,
            "distance": game.distance,
            "fooling": game.fooling,
            "weight": game.weight,
            "generator_loss": game.generator_loss,
        },
        "curve": [
            [at, *(round(one, 4) for one in means)]
            for at, means in zip(SATURATIONS, curve, strict=True)
        ],
        "patch": opinion.patch,
        "size": [opinion.height, opinion.width],
        "saturation": saturation,
    }


def _overlaid(part: Judged) -> dict[str, Any]:
    opinion = part.opinion
    grid = [[round(one, DIGITS) for one in row] for row in opinion.real.tolist()]
    field = seen(opinion.start, opinion.apart, opinion.patch, opinion.height, opinion.width)
    return overlay(
        to_data_uri(part.image, lossless=max(part.image.shape[-2:]) <= PIXELS_COUNT),
        grid,
        name="D of a patch",
        paint="diverging",
        limits=(0.0, 1.0),
        digits=2,
        sees=field,
    )


def saturation_of(event: gr.EventData) -> float:
    """The saturation that a drag in the chart came to.

    Raises:
        InputError: it is none.
    """
    value = getattr(event, "saturation", None)
    between("The saturation", value, 0, MOST_SATURATION)
    return round(value, 2)
