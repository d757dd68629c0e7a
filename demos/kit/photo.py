"""Photos from the user: upload, webcam, clipboard, or one of the examples that ship."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import gradio as gr
from gradio import processing_utils
from PIL import Image

from demos.kit.controls import Unchecked
from demos.kit.handlers import handler, warn
from demos.kit.scene import Scene
from demos.kit.view import ASSETS
from models.core import images
from models.core.errors import InputError, MissingInputError

PREFIX = "glassbox-"  # tells our files from a user's own, in links
EXAMPLES = {
    path.stem.removeprefix(PREFIX): str(path)
    for path in sorted((ASSETS / "examples").glob(f"{PREFIX}*.webp"))
}
MOST_PHOTOS = 24  # at once
THUMBNAIL = 240  # pixels of the longest side: they are shown at 80, phones have three for one
INKS = ("#141a26", "#0b7a94", "#e08214", "#b3261e")
CREDITS = (
    "Photos from scikit-image, public domain or CC0: astronaut and rocket (NASA, SpaceX), brick "
    "(CC0Textures), camera (L. Varshney), cat (S. van der Walt), coffee (R. Michetti)."
)


def a_file(name: str = "photo.jpg") -> dict:
    """A file of the user's, as the API page writes it; Gradio's own examples are on other hosts."""
    return {"path": name, "url": None, "meta": {"_type": "gradio.FileData"}, "orig_name": name}


class Upload(Unchecked, gr.Image):
    """A picture of the user's: `gr.Image` that hands over the file itself, unopened.

    Gradio's own opens the file before a handler can say what is wrong with it; here the handler
    calls `open_photo`, whose errors are sentences. It has no place in a link.
    """

    holds_files = True

    def __init__(self, value: str | None = None, **arguments):
        super().__init__(
            value,
            type="filepath",
            sources=["upload", "webcam", "clipboard"],
            webcam_options=gr.WebcamOptions(mirror=False),
            **arguments,
        )

    def preprocess(self, payload) -> str | None:
        """The path of the uploaded file, or None where there is none."""
        return payload.path if payload else None

    def example_payload(self) -> dict:
        """What the API page sends."""
        return a_file()


class Uploads(Unchecked, gr.File):
    """Several pictures of the user's, as their files, unopened; `open_photos` opens them."""

    holds_files = True

    def __init__(self, **arguments):
        kinds = ["image", ".heic", ".heif"]  # the last two Python knows as pictures only from 3.13
        super().__init__(file_count="multiple", file_types=kinds, type="filepath", **arguments)

    def preprocess(self, payload) -> list[str]:
        """The paths of the uploaded files, in their order."""
        return [one.path for one in payload.root] if payload else []

    def example_payload(self) -> list[dict]:
        """What the API page sends."""
        return [a_file()]


class Pad(gr.Sketchpad):
    """A sheet to draw on; its value is a picture of all layers, `composite`, and each of them."""

    def get_block_name(self) -> str:
        """What the page knows it by: as it does the sketchpad, which is a kind of this."""
        return gr.ImageEditor.__name__.lower()

    def example_payload(self) -> dict:
        """What the API page sends."""
        return {"background": None, "layers": [], "composite": a_file("drawing.png")}


class PhotoInput(Upload):
    """An `Upload` that begins with an example photo; in a link it is the example's name."""

    examples = EXAMPLES
    credits = CREDITS

    def __init__(self, example: str, **arguments):
        self.link_value, self.path = example, self.examples[example]
        super().__init__(self.path, **arguments)

    def process_example(self, value: str):
        """What the page shows of an example photo: a small one, a fifth of the bytes."""
        return self.postprocess(_thumbnail(value, self.GRADIO_CACHE))

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
        gr.Markdown(self.credits, elem_classes=["gb-credits"])
        with gr.Accordion("Draw instead", open=False):
            pad = Pad(
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


def photo_row(
    scene: Scene, sketch: str, kind: type[PhotoInput] = PhotoInput, example: str = "astronaut"
) -> PhotoInput:
    """Lay out a scene's photo; beside it examples, and a sketchpad with the endpoint `sketch`.

    Args:
        scene: the scene.
        sketch: the endpoint's name.
        kind: which examples there are to choose from.
        example: the one that it begins with.
    """
    with gr.Row(elem_classes=["gb-photo"]):
        with gr.Column(scale=2, min_width=220):
            photo = scene.control("photo", kind(example, label="Your photo", height=180))
        with gr.Column(scale=3, min_width=260):
            photo.with_sources(sketch)
    return photo


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


@dataclass(frozen=True)
class NamedPhoto:
    """One of several photos: what its file is called, and the picture as RGB, upright."""

    name: str
    picture: Image.Image


def open_photos(
    paths: Sequence[str] | None, longest_side: int, most: int = MOST_PHOTOS
) -> list[NamedPhoto]:
    """Several photos in their order. One that cannot be read costs none of the others.

    The page says which were left out and why.

    Args:
        paths: the files.
        longest_side: pixels; see `models.core.images.open_image`.
        most: how many there may be.

    Raises:
        MissingInputError: there are none.
        InputError: there are too many, or none of them can be read.
    """
    paths = list(paths or ())
    if not paths:
        raise MissingInputError("There are no photos yet: choose some first.")
    if len(paths) > most:
        raise InputError(f"These are {len(paths)} photos; at most {most} can be used at once.")
    opened, troubles = [], []
    for path in paths:
        name = Path(path).name
        try:
            opened.append(NamedPhoto(name, images.open_image(path, longest_side)))
        except InputError as error:
            troubles.append(f"{name}: {error}")
    if not opened:
        raise InputError("\n".join(troubles))
    warn("Left out", troubles)
    return opened


def photo_uri(path: str | None, longest_side: int) -> str:
    """The photo as a data URI, as `open_photo` reads it, kept like that."""
    return _uri(path, _written(path), longest_side)


def _written(path: str | None) -> int:
    try:
        return os.stat(path or "").st_mtime_ns
    except OSError:
        return 0


@lru_cache
def _thumbnail(path: str, folder: str) -> str:
    """The photo of the file, at most `THUMBNAIL` pixels wide and high, in a file by that name."""
    small = images.open_image(path, THUMBNAIL)
    return processing_utils.save_pil_to_cache(small, folder, name=Path(path).stem)


@lru_cache(maxsize=8)
def _open(path: str | None, written: int, longest_side: int) -> Image.Image:
    return images.open_image(path, longest_side)


@lru_cache(maxsize=8)
def _uri(path: str | None, written: int, longest_side: int) -> str:
    return images.to_data_uri(_open(path, written, longest_side))
