"""Which square of a photo the networks are shown that learned from small squares."""

import gradio as gr

from demos.kit import Scene, Slider
from demos.kit.photo import open_photo
from models.colorizer.square import MOST_ZOOM, square
from models.core import images

LONGEST_SIDE = 1024  # pixels, of the photo that the square is cut from


def square_controls(scene: Scene) -> list[gr.Slider]:
    """Lay out where the square lies: zoom, x and y."""
    return [
        scene.control("zoom", Slider(1, MOST_ZOOM, 1, step=0.1, label="Closer")),
        scene.control("x", Slider(0, 1, 0.5, step=0.01, label="From left to right")),
        scene.control("y", Slider(0, 1, 0.5, step=0.01, label="From top to bottom")),
    ]


def square_of(photo: str | None, side: int, zoom: float, x: float, y: float):
    """The square of a photo file, 1 3 side side in [0, 1].

    Raises:
        InputError: no photo, one that cannot be read, or a number is out of its range.
    """
    return square(images.to_tensor(open_photo(photo, LONGEST_SIDE)), side, zoom, x, y)
