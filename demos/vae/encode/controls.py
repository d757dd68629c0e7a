"""Controls of the encode scene that say which digit is encoded."""

import gradio as gr

from demos.kit import Radio, Scene, Slider
from demos.kit.photo import Upload
from demos.vae.encode.view import DrawingPad

SOURCES = [("Digit", "digit"), ("Draw", "drawing"), ("Photo", "photo")]
PER_CLASS = 100
START_DIGIT, START_NUMBER = 8, 47  # one that comes back as what it is from every network


def pictures(scene: Scene) -> tuple[gr.components.Component, ...]:
    """Lay out where the digit comes from; what another source needs is hidden."""
    source = scene.control(
        "source", Radio(SOURCES, value="digit", label="The digit", elem_classes=["gb-pills"])
    )
    names = list(range(10))
    digit = Radio(names, value=START_DIGIT, label="Class", elem_classes=["gb-pills", "gb-of-digit"])
    number = Slider(
        0, PER_CLASS - 1, START_NUMBER, step=1, label="Which of 100", elem_classes=["gb-of-digit"]
    )
    strokes = DrawingPad([], label="Draw a digit", elem_classes=["gb-of-drawing"])
    photo = Upload(label="A photo of one digit", height=220, elem_classes=["gb-of-photo"])
    return (
        source,
        scene.control("digit", digit),
        scene.control("number", number),
        scene.control("strokes", strokes),
        photo,
    )
