"""What a scene of this tab begins with: a face of our own making, or the user's photo."""

from collections.abc import Sequence

import gradio as gr
import torch

from demos.kit import Number, PhotoInput, Radio, Scene
from demos.kit.photo import open_photo, photo_row
from models.core.checks import one_of
from models.core.images import LONGEST_SIDE
from models.diffusion.faces import READY, framed, own_face, small_square

SOURCES = [("A face", "face"), ("A photo", "photo")]


def picture_of(
    source: str, number: int, photo: str | None, frame: Sequence[int] = ()
) -> torch.Tensor:
    """The picture that is meant, 1 3 32 32 in [0, 1], of whole 255ths.

    Args:
        source: `face` or `photo`: which of the following counts.
        number: of the face, from 1; see `models.diffusion.faces.own_face`.
        photo: a picture file; its middle square is shrunk to 32 x 32.
        frame: another square of it, see `models.diffusion.faces.framed`; none: the middle one.

    Raises:
        InputError: there is no such source, face or picture; see `models.core.images`.
    """
    one_of("Source", source, (value for _, value in SOURCES))
    if source == "face":
        return own_face(number)
    picture = open_photo(photo, LONGEST_SIDE)
    return small_square(framed(picture, frame) if frame else picture)


def source_control(scene: Scene, name: str, value: str) -> Radio:
    """Lay out the choice between our faces and a photo."""
    radio = Radio(SOURCES, value=value, label="Picture", elem_classes=["gb-pills"])
    return scene.control(name, radio)


def number_control(scene: Scene, name: str, value: int) -> Number:
    """Lay out the choice of a face by its number."""
    label = f"Face number (1–{READY}: at once)"
    return scene.control(name, Number(value, label=label, precision=0, minimum=1))


def photo_below(
    scene: Scene, sketch: str, part: str = "The middle square of the photo"
) -> PhotoInput:
    """Lay out a photo with its other sources, and say what becomes of which part of it."""
    with gr.Accordion("Photo: upload, camera, examples, drawing", open=False):
        note = f"{part} is squeezed to 32 × 32 pixels, as the faces are."
        gr.Markdown(note, elem_classes=["gb-credits"])
        return photo_row(scene, sketch)
