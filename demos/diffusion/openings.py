"""What this tab opens with, drawn by the shipped networks: `python -m demos.diffusion.openings`.

To be called when weights were published; `models.ship` does.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from demos.diffusion import edit, generate, objectives, race
from demos.kit import openings
from models.core import checkpoint
from models.diffusion.network import FaceDenoiser
from models.diffusion.next_state import NextState
from models.diffusion.shipped import WEIGHTS

DENOISER, NEXT_STATE = "denoiser", "next_state"


def draw(network: str, weights: Path, folder: Path = openings.FOLDER) -> list[str]:
    """Draw and save what depends on a network that was published.

    Args:
        network: `denoiser` or `next_state`; of others the scenes show nothing when they open.
        weights: the folder of the weight files; without a denoiser nothing can be drawn.
        folder: where to.

    Returns:
        The scenes whose openings were written.

    Raises:
        InputError: a file is damaged, or cannot be written.
    """
    if network not in (DENOISER, NEXT_STATE) or not (weights / f"{DENOISER}.safetensors").is_file():
        return []
    denoiser = checkpoint.load(FaceDenoiser, weights / f"{DENOISER}.safetensors")
    simple = None
    if (weights / f"{NEXT_STATE}.safetensors").is_file():
        simple = checkpoint.load(NextState, weights / f"{NEXT_STATE}.safetensors")
    scenes: dict[str, Callable[[], Any]] = {
        objectives.OPENING: lambda: objectives.opening(denoiser, simple)
    }
    if network == DENOISER:
        scenes |= {
            generate.OPENING: lambda: generate.opening(denoiser),
            edit.OPENING: lambda: edit.opening(denoiser),
            race.OPENING: lambda: race.opening(denoiser),
        }
    for name, opening in scenes.items():
        openings.write(name, opening(), folder)
    return list(scenes)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line: everything, or what depends on the networks that are named."""

    def drawn(names: Sequence[str], weights: Path, folder: Path) -> list[str]:
        named = names or (DENOISER,)  # everything hangs on it
        return [scene for name in named for scene in draw(name, weights, folder)]

    openings.command(drawn, __doc__, argv, (DENOISER, NEXT_STATE), WEIGHTS)


if __name__ == "__main__":
    main()
