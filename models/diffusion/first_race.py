"""The race that the page opens with, and its curves: run when the denoiser was published."""

from functools import partial
from pathlib import Path
from typing import Any

from models.core import checkpoint
from models.diffusion import first_run
from models.diffusion.draw import ONE_EACH, begin
from models.diffusion.network import FaceDenoiser
from models.diffusion.quality import steps_and_quality
from models.diffusion.race import lanes_from, race

PATH = first_run.OPENINGS / "first_race.json"
LANES = (("ddpm", 50), ("ddim", 20), ("heun", 10), ("unipc", 6))
COUNT, CHARACTER, SEED, GUIDANCE = 4, ONE_EACH, 0, 1.0


def draw(network: FaceDenoiser) -> dict[str, Any]:
    """`race`: its last value (see `models.diffusion.race.race`); `quality`: the curves' last."""
    start = begin(network, COUNT, CHARACTER, SEED)
    *_, whole = race(network, lanes_from(LANES, GUIDANCE), start)
    *_, curves = steps_and_quality(network, start, GUIDANCE)
    return {"race": {**whole, "run": 0}, "quality": curves}


def write(network: FaceDenoiser, path: Path = PATH) -> None:
    """Run it and save it.

    Raises:
        InputError: the file cannot be written.
    """
    checkpoint.write_json(path, draw(network))


read = partial(first_run.read, PATH)
"""What `draw` made; raises `InputError` where the file is missing or damaged."""
