"""Scene: a photo painted, with hints of colour by a person."""

from contextlib import suppress
from typing import Any

import gradio as gr

from demos.colorizer.photo.files import named, photo_full, photo_several
from demos.colorizer.photo.presets import ASTRONAUT, INFO
from demos.colorizer.photo.view import ColourHints, Painting
from demos.colorizer.shown import SHELF, Shown
from demos.kit import Radio, Scene, Slider
from demos.kit.handlers import answer, heard
from demos.kit.photo import EXAMPLES, Uploads, photo_row
from demos.kit.run import LARGE
from models.colorizer import hints as known
from models.colorizer import lab
from models.colorizer.colorize import MOST_SATURATION, stretched
from models.colorizer.measures import colourfulness
from models.colorizer.network import Colorizer
from models.colorizer.shipped import colorizer
from models.core.checks import between
from models.core.errors import InputError
from models.core.images import to_data_uri

__all__ = ["INFO", "build", "photo", "warm_up"]

EXAMPLE = "astronaut"
LOOKS = [("One frame", "one frame"), ("Side by side", "side by side")]


def photo(photo: str | None, hints: list | None = None, saturation: float = 1.0) -> dict:
    """Paint a photo; its own colours, where it has any, are not looked at.

    Args:
        photo: the picture; its longest side is brought to at most 640 pixels.
        hints: at most 64 places of known colour, `{"x", "y", "colour"}`: x and y from 0 to 1 from
            the top left corner, the colour as `#rrggbb`, of which hue and strength count.
        saturation: what a and b are multiplied by, 0 to 4.

    Returns:
        `grey`, `painted` and `truth` (empty where the photo has no colours) as data URIs;
        `colourfulness` of `painted` and `truth` (Hasler and Süsstrunk 2003); `ab_error`,
        the mean error of a and b in Lab's units, and `ab_error_of_grey`, both at the size that
        the network works at; `caption` and `key`.
    """
    shown = SHELF.take(photo)
    return _value(colorizer(), shown, hints, saturation)


def repaint(asked: dict) -> dict:
    """What the page asks for when hints or saturation change: a photo that it was given before.

    Args:
        asked: `key`, `hints` and `saturation`.

    Returns:
        What `/photo` returns that has changed; `forgotten`, where the photo is no longer at hand;
        or `error`, a sentence.
    """
    return answer(_repainted, asked)


def _repainted(key: str, hints: list, saturation: float) -> dict:
    shown = SHELF.find(key)
    if shown is None:
        return {"forgotten": True}
    return _painted(colorizer(), shown, hints, saturation)


def chosen(photos: list[str], event: gr.SelectData) -> str:
    """The file of the painted photo that was clicked, of several."""
    name = (event.value or {}).get("caption") if isinstance(event.value, dict) else None
    found = named(photos or ()).get(name)
    if found is None:
        raise InputError("That photo is no longer among those that were chosen.")
    return found


def _value(network: Colorizer, shown: Shown, hints: Any, saturation: Any) -> dict:
    return {
        "grey": to_data_uri(shown.grey),
        "truth": shown.truth,
        **_painted(network, shown, hints, saturation),
    }


def _painted(network: Colorizer, shown: Shown, hints: Any, saturation: Any) -> dict:
    """A photo painted, and what is said of it."""
    between("The saturation", saturation, 0, MOST_SATURATION)
    asked = shown.ask(network, known.from_data(hints))
    ab = stretched(asked.ab, shown.lightness.shape[-2:], saturation).cpu()
    painted = lab.join(shown.lightness, ab)
    small = asked.lightness.cpu(), asked.ab.cpu()
    about = {
        "key": shown.key,
        "width": shown.lightness.shape[3],
        "height": shown.lightness.shape[2],
        "hints": hints or [],
        "saturation": saturation,
        "colourfulness": colourfulness(painted).item(),
        "colourfulness_of_truth": shown.colourfulness,
        "ab_error": shown.error(small[0], small[1] * saturation),
        "ab_error_of_grey": shown.error(small[0], small[1] * 0),
    }
    return {"painted": to_data_uri(painted), **about, "caption": _caption(about)}


def _caption(about: dict) -> str:
    """What the numbers are, in a sentence."""
    count = len(about["hints"])
    hints = f"{count or 'No'} hint{'' if count == 1 else 's'}"
    if about["ab_error"] is None:
        return f"{hints}; the file has no colours, so there is no truth to compare with"
    error, grey = about["ab_error"], about["ab_error_of_grey"]
    made, true = about["colourfulness"], about["colourfulness_of_truth"]
    return (
        f"{hints}; mean error of a and b {error:.1f} (left grey {grey:.1f}); "
        f"colourfulness {made:.0f} (in truth {true:.0f})"
    )


def warm_up() -> None:
    """Load the network and ask it once, so that the first hint is answered at once."""
    with suppress(InputError):  # a missing file is told to whoever paints
        _painted(colorizer(), SHELF.take(EXAMPLES[EXAMPLE]), [], 1.0)


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage():
        view = Painting(
            None, label="The photo in grey, painted and true", server_functions=[repaint]
        )
    with scene.desk():
        hints = scene.control("hints", ColourHints(ASTRONAUT, label="Hints of colour"))
        saturation = Slider(0, 3, 1, step=0.05, label="Saturation")
        scene.control("saturation", saturation)
        look = scene.control(
            "look",
            Radio(LOOKS, value="one frame", label="Pictures", elem_classes=["gb-pills"]),
        )
        save = gr.Button("Download at full size", size="sm")
        full = gr.File(label="At full size", visible="hidden")
        with gr.Accordion("More: several photos at once", open=False):
            several = Uploads(label="Photos", height=140)
            paint_all = gr.Button("Paint them all", size="sm")
            gallery = gr.Gallery(label="Painted: choose one to give it hints", columns=3)
            archive = gr.File(label="All of them at full size")
        picture = photo_row(scene, "photo_sketch")

    scene.wire(
        photo,
        [picture, hints, saturation],
        [view],
        api_name="photo",
        triggers=[picture.change, view.select],
        kept=True,
    )
    edit = scene.edit
    edit(
        photo_full, save.click, [picture, hints, saturation], [full], api_name="photo_full", **LARGE
    )
    edit(
        photo_several, paint_all.click, [several, saturation], [gallery, archive],
        api_name="photo_several", **LARGE,
    )  # fmt: skip
    heard(gallery.select, chosen, several, picture)
    full.change(None, full, None, js="(file) => glassbox.painting.save(file)")
    for name, control in (("saturate", saturation), ("look", look)):
        control.change(None, control, None, js=f"(value) => glassbox.painting.{name}(value)")
