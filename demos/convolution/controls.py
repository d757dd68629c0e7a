"""Controls that several scenes of this tab have: how a kernel slides, and the photo under it."""

from collections.abc import Sequence

import gradio as gr

from demos.kit import Dropdown, PhotoInput, Radio, Scene, Slider
from models.convolution import geometry


def sliding(scene: Scene, paddings: Sequence[str]) -> tuple[Slider, Slider, Dropdown, Dropdown]:
    """Lay out stride, dilation, padding and what the border is made of.

    Args:
        scene: whose controls they become.
        paddings: the ones to choose from; others can be typed.
    """
    return (
        scene.control("stride", Slider(1, geometry.MAX_STRIDE, 1, step=1, label="Stride")),
        scene.control("dilation", Slider(1, geometry.MAX_DILATION, 1, step=1, label="Dilation")),
        scene.control(
            "padding",
            Dropdown(
                paddings,
                value="same",
                label="Padding",
                info="valid, same, or pixels",
                allow_custom_value=True,
            ),
        ),
        scene.control(
            "mode", Dropdown(geometry.PADDING_MODES, value="zeros", label="Padding made of")
        ),
    )


def operation(scene: Scene) -> Radio:
    """Lay out the choice between cross-correlation and true convolution."""
    return scene.control(
        "operation",
        Radio(geometry.OPERATIONS, value=geometry.OPERATIONS[0], label="Operation"),
    )


def photo_row(scene: Scene, sketch: str) -> PhotoInput:
    """Lay out a photo; beside it examples, and a sketchpad with the endpoint `sketch`."""
    with gr.Row(elem_classes=["gb-photo"]):
        with gr.Column(scale=2, min_width=220):
            photo = scene.control("photo", PhotoInput("astronaut", label="Your photo", height=180))
        with gr.Column(scale=3, min_width=260):
            photo.with_sources(sketch)
    return photo
