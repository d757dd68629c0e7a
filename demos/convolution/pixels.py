"""Scene: an image is numbers; zoom into a photo until they show."""

from typing import Any

import gradio as gr
import numpy as np

from demos.kit import Preset, Radio, Scene, SceneInfo, Step, View
from demos.kit.photo import open_photo, photo_row
from models.convolution import pixels as numbers_of
from models.convolution.pixels import Place
from models.core import images
from models.core.checks import one_of

LONGEST_SIDE = 768  # pixels: the picture is sent lossless, once
SIDES = [("all pixels", 768), ("256", 256), ("128", 128), ("64", 64), ("32", 32)]
LOOKS = [("Colour", "colour"), ("R, G, B", "planes"), ("Grey", "grey")]
WHOLE = {"x": 0.5, "y": 0.5, "span": 1}
FACE = {"x": 0.437, "y": 0.2, "span": 0.2}
EYE = {"x": 0.405, "y": 0.197, "span": 0.022}

INFO = SceneInfo(
    slug="pixels",
    title="Pixels",
    lead="To a network, a photo is a table of whole numbers from 0 (dark) to 255 (bright): one "
    "table for grey, three for colour. Zoom in with the wheel, two fingers or the **+** key until "
    "the numbers show.",
    presets=(
        Preset("photo", "The photo"),
        Preset(
            "face",
            "A face as its numbers",
            {"view": "grey", "side": 128, "place": FACE},
            slide="8",
        ),
        Preset("rgb", "Red, green, blue", {"view": "planes"}, slide="8"),
        Preset("eye", "An eye in three planes", {"view": "planes", "place": EYE}, slide="8"),
        Preset("colours", "Three numbers a pixel", {"place": EYE}, slide="8"),
        Preset(
            "edge",
            "An edge is a jump",
            {
                "photo": "camera",
                "view": "grey",
                "place": {"x": 0.145, "y": 0.285, "span": 0.045},
            },
        ),
    ),
    walk=(
        Step("A photo, as people see it.", "photo"),
        Step("Closer: an eye. Every square is one pixel, and each holds three numbers.", "colours"),
        Step("One number for red, one for green, one for blue: three planes.", "eye"),
        Step("Without colour one number is enough. Can you still see the face in them?", "face"),
        Step("Where numbers jump between neighbours, we see an edge.", "edge"),
    ),
)


class PixelMap(View):
    """A picture to zoom into: `{"src": lossless data URI, "width", "height", "sums"}`."""

    script = "convolution/pixels"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "src": {"type": "string", "description": "data URI of the picture, lossless"},
            "width": {"type": "integer"},
            "height": {"type": "integer"},
            "sums": {
                "type": "array",
                "items": {"type": "integer"},
                "description": "sum of all numbers of R, G and B: a browser checks itself by it",
            },
        },
    }


class PlaceMap(View):
    """The part of the picture in view: `{"x", "y", "span"}`, as shares of width and height."""

    script = "convolution/pixels-place"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {name: {"type": "number"} for name in WHOLE},
        "required": list(WHOLE),
    }
    example = FACE

    def check(self, value: Any) -> dict[str, float]:
        """The place, if it is one.

        Raises:
            InputError: it is not.
        """
        Place.from_data(value)
        return value


def _open(photo: str | None, side: int):
    one_of("Longest side", side, (value for _, value in SIDES))
    return open_photo(photo, side)


def picture(photo: str | None, side: int = LONGEST_SIDE) -> dict:
    """Turn a photo into a picture to zoom into.

    Args:
        photo: the picture.
        side: its longest side is brought to at most this: 768, 256, 128, 64 or 32 pixels.

    Returns:
        `src`, a lossless data URI; `width` and `height`; `sums` of all R, G and B.
    """
    opened = _open(photo, side)
    sums = np.asarray(opened).sum(axis=(0, 1), dtype=np.int64)
    return {
        "src": images.to_data_uri(opened, lossless=True),
        "width": opened.width,
        "height": opened.height,
        "sums": sums.tolist(),
    }


def pixels(
    photo: str | None, side: int = LONGEST_SIDE, view: str = "colour", place: dict | None = None
) -> dict:
    """Read the exact numbers of a part of a photo.

    Args:
        photo: the picture.
        side: its longest side is brought to at most this: 768, 256, 128, 64 or 32 pixels.
        view: `colour` or `planes` (R, G and B), or `grey` (0.299 R + 0.587 G + 0.114 B, rounded).
        place: the part: `{"x", "y"}` its centre and `{"span"}` its size, as shares of width and
            height; at most 64 x 64 pixels.

    Returns:
        `rows` and `columns` (first and last, from 0), `planes` (by name, rows of numbers), and
        `picture` (`width`, `height`, `numbers`, and by plane `minimum`, `maximum`, `mean`).
    """
    return numbers_of.numbers(_open(photo, side), view, Place.from_data(place or WHOLE))


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage():
        canvas = PixelMap(None, label="The photo's pixels")
    with scene.desk():
        view = scene.control(
            "view", Radio(LOOKS, value="colour", label="View", elem_classes=["gb-pills"])
        )
        side = scene.control(
            "side",
            Radio(
                SIDES,
                value=LONGEST_SIDE,
                label="Pixels on the longest side",
                elem_classes=["gb-pills"],
            ),
        )
        place = scene.control("place", PlaceMap(WHOLE, label="Where you are"))
        with gr.Accordion("More: the numbers to copy", open=False):
            read = gr.Button("Write out this part", size="sm")
            table = gr.JSON(label="Exact numbers", max_height=320, elem_classes=["gb-once-written"])
        photo = photo_row(scene, "pixels_sketch")

    scene.wire(picture, [photo, side], [canvas], api_name="pixels_picture")
    scene.edit(pixels, read.click, [photo, side, view, place], [table], api_name="pixels")
    view.change(None, view, js="(view) => glassbox.pixels.look(view)")
