"""The run that the page opens with, drawn when the denoiser was published: nobody has to wait."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from models.core import checkpoint
from models.core.errors import InputError
from models.core.shipped import REPOSITORY, how_to_get_back
from models.diffusion import film
from models.diffusion.draw import ONE_EACH, begin, described
from models.diffusion.network import FaceDenoiser
from models.diffusion.sample import sample
from models.diffusion.samplers import Settings

OPENINGS = REPOSITORY / "assets" / "openings"
"""Pictures and their numbers, not weights: what the scenes open with."""
PATH = OPENINGS / "first_run.json"
COUNT, CHARACTER, SEED = 9, ONE_EACH, 0
SETTINGS = Settings("ddim", steps=20, guidance=2.0)


def draw(network: FaceDenoiser) -> dict[str, Any]:
    """The run, as `models.diffusion.film.record` has it, and who is drawn."""
    start = begin(network, COUNT, CHARACTER, SEED)
    steps = list(sample(network, SETTINGS, start))
    moments = [film.asked(step) for step in steps]
    whole = film.record(moments, [film.numbers(step) for step in steps], steps[-1])
    return {**whole, **described(network, start), "run": 0, "total": SETTINGS.steps}


def write(network: FaceDenoiser, path: Path = PATH) -> None:
    """Draw the run and save it.

    Raises:
        InputError: the file cannot be written.
    """
    checkpoint.write_json(path, draw(network))


@cache
def read(path: Path = PATH) -> dict[str, Any]:
    """The run that travels with the app.

    Raises:
        InputError: the file is missing or damaged; says which, where, and how to get it back.
    """
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"The first run {path} is missing or damaged ({error}). {how_to_get_back(path)}"
        ) from error
