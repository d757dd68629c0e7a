"""Choosing places of latent space: a digit, a character, a face, a point drawn from the prior."""

import json
from typing import Any

import gradio as gr

from demos.kit import Radio, Scene, View
from demos.kit.links import decode
from models.core import images
from models.core.errors import InputError
from models.vae import codes
from models.vae.ends import End, spoken
from models.vae.shipped import FACES, autoencoder

MODELS = {FACES: "Faces", "digits_16d": "Digits, 16-D", "digits_2d": "Digits, 2-D"}
DIMENSIONS = {FACES: 96, "digits_16d": 16, "digits_2d": 2}
LONGEST = 2000  # characters of a place; 96 coordinates take half of that
Place = str | int | list[float]


class EndPicker(View):
    """One place: its picture, what it is, which one. The value is `models.vae.ends`' short name."""

    script = "vae/ends"
    schema = {  # noqa: RUF012
        "description": "a place of latent space: `3:12` (a digit, and which), `homer_simpson`, "
        "`homer_simpson:4`, `prior:7`, or a list of coordinates",
    }
    example = "3:12"

    def check(self, value: Any) -> Any:
        """A place's name as it may stand in a link."""
        if not isinstance(value, str) or not 0 < len(value) <= LONGEST:
            raise InputError("a place is a name such as 3:12, homer_simpson or prior:7")
        return value


@decode.register
def _(component: EndPicker, text: str) -> str:
    return component.check(text)


def picker(
    scene: Scene, name: str, value: str, title: str, *, key: str = "", bare: bool = False
) -> EndPicker:
    """Lay out the choice of one place.

    Args:
        scene: whose control it becomes.
        name: the place's name in what the scene's endpoint returns.
        value: the place to begin with.
        title: what the page calls it.
        key: its name in links, where that is another.
        bare: without its picture, where the scene shows that anyway.
    """
    try:
        known = [[character, spoken(character)] for character in codes.load().characters]
    except InputError:  # `model_choice` says so on the page
        known = []
    options = {"title": title, "name": name, "scene": scene.key, "characters": known, "bare": bare}
    return scene.control(key or name, EndPicker(value, label=title, options=options))


def faces_missing() -> str:
    """Why the faces cannot be shown, in a sentence; empty where they can."""
    try:
        autoencoder(FACES)
        codes.load()
    except InputError as error:
        return str(error)
    return ""


def model_choice(first: str = FACES) -> Radio:
    """Lay out the choice of a network: `first` where it is there, else a sentence why not."""
    reason = faces_missing()
    radio = Radio(
        [(title, name) for name, title in MODELS.items()],
        value="digits_16d" if reason else first,
        label="Autoencoder",
        elem_classes=["gb-pills"],
    )
    if reason:
        gr.Markdown(f"Without faces for now. {reason}", elem_classes=["gb-note"])
    return radio


def fitting(
    run: str,
    model: Radio,
    pickers: list[EndPicker],
    starts: dict[str, list[str]],
    amounts: View | None = None,
) -> dict[str, str]:
    """Keep places in step with the network: what is no place of it gives way to `starts`.

    Args:
        run: the endpoint's name.
        model: the choice of a network.
        pickers: the places.
        starts: for `faces` and `digits`, the places to begin with.
        amounts: how far along each direction; a network of few dimensions has few.

    Returns:
        `js` for `Scene.wire` with inputs [model, *pickers, amounts, ...]: no run starts with places
        of the network that was chosen before.
    """
    known = {"starts": starts, "dimensions": DIMENSIONS, "amounts": amounts is not None}
    facts, fitted = json.dumps(known), [*pickers, *([amounts] if amounts else [])]
    model.input(  # a link or a preset sets the places itself
        None,
        [model, *fitted],
        fitted,
        js=f"(...values) => glassbox.ends.fit(values, {facts}).slice(1)",
    )
    newest = f"await glassbox.newest({run!r}, values)"
    return {"js": f"async (...values) => glassbox.ends.fit({newest}, {facts})"}


def end_value(end: End) -> dict[str, Any]:
    """A place as the page and the API hold it."""
    return {"text": end.text, "label": end.label, "src": uri(end.image), "z": numbers(end.latent)}


def uri(image) -> str:
    """A picture (1 C H W) as a lossless data URI."""
    return images.to_data_uri(image, lossless=True)


def numbers(latent) -> list[float]:
    """A point (1 D) as numbers, to six decimals."""
    return [round(value, 6) for value in latent[0].tolist()]
