"""Faces, the training faces nearest to the chosen one, and how near real new faces are."""

import gradio as gr

from demos.kit import View
from demos.kit.controls import Unchecked


class Novelty(View):
    """Faces to choose from; raises `select` with the number of the one that was clicked."""

    script = "novelty"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "faces": {"type": "string", "description": "sheet of faces, data URI"},
            "found": {"type": "array", "items": {"type": "object"}},
            "held_back": {"type": "array", "items": {"type": "number"}},
            "threshold": {"type": "number"},
        },
    }


class FaceUpload(Unchecked, gr.Image):
    """A picture of the user's as its file, unopened: the models' errors are sentences."""

    def __init__(self, **arguments):
        super().__init__(type="filepath", sources=["upload", "clipboard", "webcam"], **arguments)

    def preprocess(self, payload) -> str | None:
        """The path of the uploaded file, or None where there is none."""
        return payload.path if payload else None
