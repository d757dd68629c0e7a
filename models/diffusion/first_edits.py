"""The edits that the page opens with, made when the denoiser was published: nobody has to wait."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from models.core import checkpoint
from models.core.images import open_image
from models.core.shipped import REPOSITORY
from models.diffusion import edit, film, first_run
from models.diffusion.draw import ANYONE
from models.diffusion.faces import drawn, small_square
from models.diffusion.network import FaceDenoiser
from models.diffusion.sample import sample
from models.diffusion.samplers import Settings
from models.diffusion.trajectory import Start

PATH = first_run.OPENINGS / "first_edits.json"
PHOTO = REPOSITORY / "assets" / "examples" / "glassbox-astronaut.webp"
SAMPLER, STEPS, GUIDANCE = "ddim", 20, 2.0
CHARACTER, SEED = "homer_simpson", 0
STRENGTH = 0.6
FACE, VARIANTS = 2, 4
OTHER_SEED, STOPS = 3, 7


def eyes() -> list[str]:
    """The mask that the page opens with: a band where the faces have their eyes."""
    return ["".join("01"[9 <= i < 18 and 4 <= j < 28] for j in range(32)) for i in range(32)]


def draw(network: FaceDenoiser) -> dict[str, Any]:
    """`redrawn`, `filled` and `walked`: a run each, as `models.diffusion.film.record` has it (of
    the films those that the page shows), with what `edit.about` tells.
    """
    settings = Settings(SAMPLER, STEPS, GUIDANCE)
    photo = small_square(open_image(PHOTO))
    face = drawn(network, FACE)
    whom = CHARACTER if CHARACTER in network.config.characters else ANYONE
    starts = {
        "redrawn": edit.redrawn(network, photo, STRENGTH, whom, SEED),
        "filled": edit.filled(network, face, edit.mask_of(eyes()), whom, SEED, VARIANTS),
        "walked": edit.walked(network, SEED, OTHER_SEED, STOPS, whom),
    }
    shown = {"redrawn": ("x", "x0"), "filled": ("x",), "walked": ("x",)}
    return {name: _record(network, settings, start, shown[name]) for name, start in starts.items()}


def _record(
    network: FaceDenoiser, settings: Settings, start: Start, shown: Sequence[str]
) -> dict[str, Any]:
    """A whole run: what `demos.diffusion.run_view.streamed` yields last, of films the `shown`."""
    steps = list(sample(network, settings, start))
    moments = [film.asked(step) for step in steps]
    whole = film.record(moments, [film.numbers(step) for step in steps], steps[-1])
    whole["film"] = {name: whole["film"][name] for name in shown}
    return {**whole, **edit.about(network, start), "run": 0, "total": len(steps), "stopped": False}


def write(network: FaceDenoiser, path: Path = PATH) -> None:
    """Make the edits and save them.

    Raises:
        InputError: the file cannot be written.
    """
    checkpoint.write_json(path, draw(network))


read = partial(first_run.read, PATH)
"""What `draw` made; raises `InputError` where the file is missing or damaged."""
