"""A photo from the user: upload, webcam, clipboard, or one of the examples that ship."""

import os
from functools import lru_cache

import gradio as gr
from PIL import Image

from demos.kit.controls import Unchecked
from demos.kit.handlers import handler
from demos.kit.view import ASSETS
from models.core import images
from models.core.errors import MissingInputError

PREFIX = "glassbox-"  # tells our files from a user's own, in links
EXAMPLES = {
    path.stem.removeprefix(PREFIX): str(path)
    for path in sorted((ASSETS / "examples").glob(f"{PREFIX}*.webp"))
}
INKS = ("#141a26", "#0b7a94", "#e08214", "#b3261e")
CREDITS = (
    "Photos from scikit-image, public domain or CC0: astronaut and rocket (NASA, SpaceX), brick "
    "(CC0Textures), camera (L. Varshney), cat (S. van der Walt), coffee (R. Michetti)."
)


class PhotoInput(Unchecked, gr.Image):
    """`gr.Image` that hands over the file itself, unopened.

    Gradio's own opens the file before a handler can say what is wrong with it; here the handler
    calls `models.core.images`, whose errors are sentences. In a link it is the example's name;
    a photo of the user's has no place in a link.
    """

    examples = EXAMPLES

    def __init__(self, example: str, **arguments):
        self.link_value, self.path = example, EXAMPLES[example]
        super().__init__(
            self.path,
            type="filepath",
            sources=["upload", "webcam", "clipboard"],
            webcam_options=gr.WebcamOptions(mirror=False),
            **arguments,
        )

    def with_sources(self, api_name: str) -> "PhotoInput":
        """Lay out, below: example photos to choose by a click, their credits, and a sketchpad.

        Args:
            api_name: the name of the sketchpad's endpoint.
        """
        gr.Examples(
            [[path] for path in self.examples.values()],
            self,
            label="Example photos",
            examples_per_page=len(self.examples),
            api_visibility="private",
        )
        gr.Markdown(CREDITS, elem_classes=["gb-credits"])
        with gr.Accordion("Draw instead", open=False):
            pad = gr.Sketchpad(
                label="Sketch",
                type="pil",
                image_mode="RGB",
                canvas_size=(512, 512),
                layers=False,
                transforms=(),
                brush=gr.Brush(default_size=14, colors=list(INKS)),
            )
            use = gr.Button("Use the drawing", size="sm")
        use.click(
            handler(sketched, timed=False), pad, self, api_name=api_name, show_progress="hidden"
        )
        return self

    def preprocess(self, payload) -> str | None:
        """The path of the uploaded file, or None where there is none."""
        return payload.path if payload else None


def sketched(drawing: dict | None) -> Image.Image:
    """Make a photo of a drawing: its layers over a white ground.

    Raises:
        MissingInputError: nothing was drawn.
    """
    if not drawing or drawing.get("composite") is None:
        raise MissingInputError("The sketchpad is empty: draw something first.")
    return images.to_rgb(drawing["composite"])


def open_photo(path: str | None, longest_side: int) -> Image.Image:
    """The photo as RGB, upright, its longest side at most `longest_side` pixels.

    Edits of a kernel ask for the same photo again and again, so the last few stay decoded.

    Raises:
        InputError: no photo, or not one that can be read; see `models.core.images`.
    """
    return _open(path, _written(path), longest_side)


def photo_uri(path: str | None, longest_side: int) -> str:
    """The photo as a data URI, as `open_photo` reads it, kept like that."""
    return _uri(path, _written(path), longest_side)


def _written(path: str | None) -> int:
    try:
        return os.stat(path or "").st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=8)
def _open(path: str | None, written: int, longest_side: int) -> Image.Image:
    return images.open_image(path, longest_side)


@lru_cache(maxsize=8)
def _uri(path: str | None, written: int, longest_side: int) -> str:
    return images.to_data_uri(_open(path, written, longest_side))
