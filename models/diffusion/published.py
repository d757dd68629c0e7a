"""What else is shipped that comes out of a face network: `python -m models.diffusion.published`.

Made when weights are published. What the page opens with follows: `demos.diffusion.openings`.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from models.backbone.network import Backbone
from models.core import checkpoint, data
from models.core.archive import Dataset
from models.core.errors import InputError
from models.diffusion import characters, faces, features
from models.diffusion.network import FaceDenoiser
from models.diffusion.objectives import NEXT_STATE
from models.diffusion.samplers import CONSISTENCY, DENOISER
from models.diffusion.shipped import WEIGHTS

CLASSIFIER = "character_classifier"
NAMES = (CLASSIFIER, DENOISER, CONSISTENCY, NEXT_STATE)
Parts = Callable[[], tuple[Dataset, Dataset]]


def write(name: str, weights: Path, parts: Parts, ready: Path | None = faces.PATH) -> None:
    """Compute anew what depends on the network `name`, from the weights in a folder.

    Args:
        name: a weight file that was published; nothing is done for others than ours.
        weights: the folder; the features of the training faces go there too.
        parts: gives the faces, those trained on and those held back.
        ready: the file of the faces that the app has at hand, beside which those of each character
            go; None leaves both as they are, for dry runs, whose networks know nothing.

    Raises:
        InputError: a file cannot be written, or the faces cannot be had.
    """
    if name in (CLASSIFIER, DENOISER) and (weights / f"{CLASSIFIER}.safetensors").is_file():
        classifier = checkpoint.load(Backbone, weights / f"{CLASSIFIER}.safetensors")
        features.write(classifier, parts(), weights / features.PATH.name)
    if name == DENOISER and ready:
        network = checkpoint.load(FaceDenoiser, weights / f"{DENOISER}.safetensors")
        faces.write(network, ready)
        training, _ = parts()
        characters.write(network, training, ready.with_name(characters.PATH.name))


def main(argv: Sequence[str] | None = None) -> None:
    """The command line: everything, or what depends on the networks that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"any of {', '.join(NAMES)}; all if none is named")
    parser.add_argument("--data", help="the folder of the training data")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--faces", type=Path, default=faces.PATH, help="the file of ready faces")
    arguments = parser.parse_args(argv)
    if unknown := set(arguments.names) - set(NAMES):
        parser.error(f"there is no network {', '.join(sorted(unknown))}")
    folder = data.root(arguments.data)
    try:
        for name in arguments.names or (DENOISER,):  # everything hangs on it
            write(
                name,
                arguments.weights,
                lambda: data.parts("simpsons", lambda one: data.load(one, folder)),
                arguments.faces,
            )
    except InputError as error:
        parser.exit(2, f"{parser.prog}: {error}\n")
    sys.stdout.write(f"{arguments.weights}: what comes out of them is written\n")


if __name__ == "__main__":
    main()
