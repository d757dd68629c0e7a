"""The choices that several scenes of this tab offer, with their names on the page."""

from functools import cache

import gradio as gr

from demos.kit import Slider, View
from demos.kit.handlers import handler
from models.core import checkpoint
from models.core.checks import whole
from models.core.data import NOBODY
from models.core.errors import InputError
from models.diffusion.draw import ANYONE, ONE_EACH, title
from models.diffusion.evaluate import WEIGHTS
from models.diffusion.samplers import SAMPLERS

HEAVY = {"concurrency_id": "diffusion", "concurrency_limit": 2, "show_progress": "minimal"}
"""Arguments of the events that run the network: two at once, and the status line says who waits."""
SAMPLER_CHOICES = [(sampler.title, name) for name, sampler in SAMPLERS.items()]


@cache
def characters() -> tuple[str, ...]:
    """The characters' names, out of the weight file's head; none where that is missing."""
    try:
        return tuple(checkpoint.describe(WEIGHTS / "denoiser.safetensors")["config"]["characters"])
    except InputError:
        return ()


def face_of(event: gr.EventData, most: int) -> int:
    """The face, from 1 to `most`, that a click in a view hit."""
    number = getattr(event, "face", None)
    whole("The number of the chosen face", number, 1, most)
    return number


def follow_clicks(view: View, face: Slider) -> None:
    """Let a slider of faces, from 1, follow the clicks in a view that tells which face they hit."""

    def chosen(event: gr.EventData) -> int:
        return face_of(event, face.maximum)

    quiet = {"api_visibility": "private", "show_progress": "hidden", "queue": False}
    view.select(handler(chosen, timed=False), None, face, **quiet)


def character_choices(each: bool = True) -> list[tuple[str, str]]:
    """Everybody who can be asked for, as (title, name)."""
    named = [(title(name), name) for name in characters() if name != NOBODY]
    return [*([("One of each", ONE_EACH)] if each else []), ("Anyone", ANYONE), *named]
