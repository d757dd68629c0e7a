"""The choices that several scenes of this tab offer, with their names on the page."""

from functools import cache

from models.core import checkpoint
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


def character_choices(each: bool = True) -> list[tuple[str, str]]:
    """Everybody who can be asked for, as (title, name)."""
    named = [(title(name), name) for name in characters() if name != "other"]
    return [*([("One of each", ONE_EACH)] if each else []), ("Anyone", ANYONE), *named]
