"""Both networks from one noise, as the page opens with them: run when one was published."""

from functools import partial
from pathlib import Path
from typing import Any

from models.core import checkpoint
from models.diffusion import first_run
from models.diffusion.draw import ANYONE, begin
from models.diffusion.network import FaceDenoiser
from models.diffusion.next_state import NextState
from models.diffusion.objectives import compare
from models.diffusion.samplers import Settings

PATH = first_run.OPENINGS / "first_objectives.json"
COUNT, SEED = 9, 0
SETTINGS = Settings("ddim", steps=16)
"""As many steps as the other network has levels; nobody is asked for, since that one cannot be."""


def draw(network: FaceDenoiser, simple: NextState | None) -> dict[str, Any]:
    """The last value of `models.diffusion.objectives.compare`."""
    *_, whole = compare(network, SETTINGS, begin(network, COUNT, ANYONE, SEED), simple)
    return {**whole, "run": 0}


def write(network: FaceDenoiser, simple: NextState | None, path: Path = PATH) -> None:
    """Run it and save it.

    Raises:
        InputError: the file cannot be written.
    """
    checkpoint.write_json(path, draw(network, simple))


read = partial(first_run.read, PATH)
"""What `draw` made; raises `InputError` where the file is missing or damaged."""
