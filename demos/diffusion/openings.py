"""What this tab opens with, drawn by the shipped networks: `python -m demos.diffusion.openings`.

To be called when weights were published; `models.ship` does.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from demos.diffusion import edit, generate, new, objectives, race
from demos.kit import openings
from models.core import checkpoint
from models.diffusion.network import FaceDenoiser
from models.diffusion.next_state import NextState
from models.diffusion.samplers import CONSISTENCY, DENOISER
from models.diffusion.shipped import WEIGHTS

NEXT_STATE, CLASSIFIER = "next_state", "character_classifier"


def draw(network: str, weights: Path, folder: Path = openings.FOLDER) -> list[str]:
    """Draw and save what depends on a network that was published.

    Args:
        network: `denoiser`, `next_state` or `character_classifier`; of others the scenes show
            nothing when they open.
        weights: the folder of the weight files; without a denoiser no face can be drawn. *Is it
            new?* asks about the faces and features at hand, which are those of the shipped ones.
        folder: where to.

    Returns:
        The scenes whose openings were written.

    Raises:
        InputError: a file is damaged, or cannot be written.
    """
    scenes: dict[str, Callable[[], Any]] = {}
    if network in (DENOISER, CLASSIFIER) and weights.resolve() == WEIGHTS.resolve():
        scenes[new.OPENING] = new.opening
    if network in (DENOISER, NEXT_STATE) and (weights / f"{DENOISER}.safetensors").is_file():
        scenes |= _drawn(network, weights)
    for name, opening in scenes.items():
        openings.write(name, opening(), folder)
    return list(scenes)


def _drawn(network: str, weights: Path) -> dict[str, Callable[[], Any]]:
    """The openings that these networks draw."""
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
    return scenes


def main(argv: Sequence[str] | None = None) -> None:
    """The command line: everything, or what depends on the networks that are named."""

    def drawn(names: Sequence[str], weights: Path, folder: Path) -> list[str]:
        named = names or (DENOISER,)  # everything hangs on it
        return [scene for name in named for scene in draw(name, weights, folder)]

    openings.command(drawn, __doc__, argv, (DENOISER, CONSISTENCY, NEXT_STATE, CLASSIFIER), WEIGHTS)


if __name__ == "__main__":
    main()
