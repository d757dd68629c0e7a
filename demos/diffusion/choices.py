"""The choices that several scenes of this tab offer, with their names on the page."""

from pathlib import Path

import gradio as gr

from demos.kit import Slider, View
from demos.kit.handlers import heard
from models.core import checkpoint
from models.core.checks import whole
from models.core.data import NOBODY
from models.core.errors import InputError
from models.core.once import once
from models.diffusion.draw import ANYONE, ONE_EACH, title
from models.diffusion.samplers import SAMPLERS
from models.diffusion.shipped import WEIGHTS

SAMPLER_CHOICES = [(sampler.title, name) for name, sampler in SAMPLERS.items()]


def characters() -> tuple[str, ...]:
    """The characters' names, out of the weight file's head; none while that is missing."""
    try:
        return _characters(WEIGHTS / "denoiser.safetensors")
    except InputError:
        return ()


@once
def _characters(path: Path) -> tuple[str, ...]:
    """The same; that a file is missing is not remembered."""
    return tuple(checkpoint.describe(path)["config"]["characters"])


def face_of(event: gr.EventData, most: int) -> int:
    """The face, from 1 to `most`, that a click in a view hit."""
    number = getattr(event, "face", None)
    whole("The number of the chosen face", number, 1, most)
    return number


def follow_clicks(view: View, face: Slider) -> None:
    """Let a slider of faces, from 1, follow the clicks in a view that tells which face they hit."""

    def chosen(event: gr.EventData) -> int:
        return face_of(event, face.maximum)

    heard(view.select, chosen, None, face)


def character_choices(each: bool = True) -> list[tuple[str, str]]:
    """Everybody who can be asked for, as (title, name)."""
    named = [(title(name), name) for name in characters() if name != NOBODY]
    return [*([("One of each", ONE_EACH)] if each else []), ("Anyone", ANYONE), *named]
