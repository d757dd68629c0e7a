"""What the page opens with, computed once from the weights: `python -m models.diffusion.openings`.

Written when weights are published, so that nobody has to wait for a run when the page opens.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from models.backbone.network import Backbone
from models.core import checkpoint, data
from models.core.archive import Dataset
from models.core.errors import InputError
from models.diffusion import features, first_edits, first_objectives, first_race, first_run
from models.diffusion.evaluate import WEIGHTS
from models.diffusion.network import FaceDenoiser
from models.diffusion.next_state import NextState

CLASSIFIER, DENOISER, NEXT_STATE = "character_classifier", "denoiser", "next_state"
Parts = Callable[[], tuple[Dataset, Dataset]]


def write(name: str, weights: Path, parts: Parts, runs: Path | None = first_run.OPENINGS) -> None:
    """Compute anew what depends on the network `name`, from the weights in a folder.

    Args:
        name: a weight file that was published; nothing is done for others than ours.
        weights: the folder; the features of the training faces go there too.
        parts: gives the faces, those trained on and those held back.
        runs: the folder for the runs, where the page reads them. They take minutes: None leaves
            them out, for dry runs, whose networks know nothing.

    Raises:
        InputError: a file cannot be written, or the faces cannot be had.
    """
    if name in (CLASSIFIER, DENOISER) and _is_here(CLASSIFIER, weights):
        classifier = checkpoint.load(Backbone, weights / f"{CLASSIFIER}.safetensors")
        features.write(classifier, parts(), weights / features.PATH.name)
    if name in (DENOISER, NEXT_STATE) and _is_here(DENOISER, weights) and runs:
        network = checkpoint.load(FaceDenoiser, weights / f"{DENOISER}.safetensors")
        simple = None
        if _is_here(NEXT_STATE, weights):
            simple = checkpoint.load(NextState, weights / f"{NEXT_STATE}.safetensors")
        first_objectives.write(network, simple, runs / first_objectives.PATH.name)
        if name == DENOISER:
            first_run.write(network, runs / first_run.PATH.name)
            first_edits.write(network, runs / first_edits.PATH.name)
            first_race.write(network, runs / first_race.PATH.name)


def _is_here(name: str, weights: Path) -> bool:
    return (weights / f"{name}.safetensors").is_file()


def main(argv: Sequence[str] | None = None) -> None:
    """The command line: everything, or what depends on the networks that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    names = (CLASSIFIER, DENOISER, NEXT_STATE)
    parser.add_argument("names", nargs="*", help=f"any of {', '.join(names)}; all if none is named")
    parser.add_argument("--data", help="the folder of the training data")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--runs", type=Path, default=first_run.OPENINGS, help="where the runs go")
    arguments = parser.parse_args(argv)
    if unknown := set(arguments.names) - set(names):
        parser.error(f"there is no network {', '.join(sorted(unknown))}")
    folder = data.root(arguments.data)
    try:
        for name in arguments.names or (DENOISER,):  # everything hangs on it
            write(
                name,
                arguments.weights,
                lambda: data.parts("simpsons", lambda one: data.load(one, folder)),
                arguments.runs,
            )
    except InputError as error:
        parser.exit(2, f"{parser.prog}: {error}\n")
    sys.stdout.write(f"{arguments.runs}: what the page opens with is written\n")


if __name__ == "__main__":
    main()
