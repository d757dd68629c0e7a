"""The quiz on the page: two pictures, and, once answered, which was real and what was measured."""

from collections.abc import Mapping
from typing import Any

import gradio as gr
import torch

from demos.kit import View
from models.colorizer.compare import Painting
from models.colorizer.quiz import Question
from models.core.checks import one_of
from models.core.images import to_data_uri

LETTERS = ("A", "B")
PIXELS_COUNT = 64  # up to this side pictures are sent without loss
MEASURES = ("ab_error", "ciede2000", "psnr", "ssim", "colourfulness")


class Quiz(View):
    """Two pictures to choose from; raises `select` with `choice` and the question's own
    `painter`, `seed` and `number`.

    The tally is the browser's alone.
    """

    script = "colorizer/quiz"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "pictures": {"type": "object", "description": "A and B, data URIs"},
            "seed": {"type": "integer"},
            "number": {"type": "integer"},
            "painter": {"type": "string"},
            "answer": {"type": "object", "description": "only once it was given"},
        },
    }


def asked(
    question: Question, truth: torch.Tensor, made: torch.Tensor, about: Mapping[str, Any]
) -> dict[str, Any]:
    """A question as the view and the endpoint hold it: nothing in it tells which one is real."""
    side = truth.shape[-1]
    pair = (truth, made) if question.real_first else (made, truth)
    uris = (to_data_uri(one, lossless=side <= PIXELS_COUNT) for one in pair)
    return {"pictures": dict(zip(LETTERS, uris, strict=True)), "side": side, **about}


def answered(
    question: Question, chosen: str, name: str, truth: Painting, made: Painting
) -> dict[str, Any]:
    """What is told after an answer."""
    real = LETTERS[0 if question.real_first else 1]
    numbers = {
        which: {measure: round(getattr(one, measure), 4) for measure in MEASURES}
        for which, one in (("real", truth), ("painted", made))
    }
    return {
        "chosen": chosen, "real": real, "right": chosen == real, "name": name, "numbers": numbers
    }  # fmt: skip


def choice_of(event: gr.EventData) -> tuple[str, list]:
    """The letter that was chosen, and the painter, seed and number of the question in view.

    Raises:
        InputError: it is no letter.
    """
    choice = getattr(event, "choice", None)
    one_of("Choice", choice, LETTERS)
    return choice, [getattr(event, name, None) for name in ("painter", "seed", "number")]
