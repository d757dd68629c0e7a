"""Is a face a new one? The training faces in the character classifier's features, to compare with.

The faces are stills of a copyrighted show and do not travel with the app. What the classifier
makes of each does: enough to tell how near a face is to the nearest of them, and whose it is.
Written anew by `python -m models.diffusion.features [--data FOLDER]`.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from models.backbone.network import Backbone
from models.core import archive, checkpoint, data
from models.core.archive import Dataset
from models.core.errors import InputError
from models.core.once import once
from models.core.shipped import how_to_get_back
from models.diffusion.shipped import WEIGHTS

BATCH = 100
SIZE = 32
LEVELS = 255
PATH = WEIGHTS / "training_features.npz"


@torch.no_grad()
def features_of(classifier: Backbone, images: torch.Tensor) -> torch.Tensor:
    """The classifier's features (N D) of pictures, N 3 H W in [0, 1] at 32x32."""
    return torch.cat([classifier.embed(part) for part in images.split(BATCH)])


@dataclass(frozen=True)
class TrainingFeatures:
    """N training faces in D features, with those of real faces that were held back from training.

    Attributes:
        codes: uint8 N D, the features in steps of `scale`.
        scale: float32 D.
        labels: int64 N, the training faces' characters.
        held_back: float32 M, each held-back face's distance to its nearest training face, in order.
        characters: the labels' names.
    """

    codes: torch.Tensor
    scale: torch.Tensor
    labels: torch.Tensor
    held_back: torch.Tensor
    characters: tuple[str, ...]

    @property
    def features(self) -> torch.Tensor:
        """Of the training faces, N D, rounded to their steps."""
        return self.codes * self.scale

    def distances(self, features: torch.Tensor) -> torch.Tensor:
        """Euclidean distances of faces (features, Q D) to all training faces: Q N."""
        return torch.cdist(features.cpu(), self.features)

    def threshold(self, quantile: float = 0.01) -> float:
        """What only that share of real new faces comes closer than."""
        return self.held_back.quantile(quantile).item()

    def share_closer(self, distance: float) -> float:
        """The share of real new faces that are closer to a training face than `distance`."""
        return (self.held_back < distance).float().mean().item()


@dataclass(frozen=True)
class Neighbour:
    """A training face near another: its number, its character's name and the distance."""

    index: int
    character: str
    distance: float


def nearest(
    found: TrainingFeatures, features: torch.Tensor, count: int = 5
) -> list[list[Neighbour]]:
    """The training faces nearest to each of some faces (features, Q D), nearest first."""
    distances, indices = found.distances(features).topk(count, largest=False)
    return [
        [
            Neighbour(index, found.characters[found.labels[index]], distance)
            for index, distance in zip(its.tolist(), far.tolist(), strict=True)
        ]
        for its, far in zip(indices, distances, strict=True)
    ]


def measure(classifier: Backbone, training: Dataset, held_back: Dataset) -> TrainingFeatures:
    """The features of labelled faces, and the distances of others to them.

    Raises:
        InputError: the faces are not labelled with the classifier's characters.
    """
    names = classifier.config.classes
    if training.labels is None or training.label_names != names:
        raise InputError("The pictures are not labelled with the classifier's characters.")
    seen, new = (
        features_of(classifier, data.resized(part, SIZE).images / 255).cpu()
        for part in (training, held_back)
    )
    scale = seen.amax(0).clamp_min(1e-6) / LEVELS  # features are means of what a ReLU lets through
    codes = (seen / scale).round().to(torch.uint8)
    found = TrainingFeatures(codes, scale, training.labels, torch.zeros(0), names)
    closest = found.distances(new).amin(1).sort().values
    return TrainingFeatures(codes, scale, training.labels, closest, names)


def save(found: TrainingFeatures, path: Path = PATH) -> None:
    """Write the features, a byte each.

    Raises:
        InputError: the file cannot be written.
    """
    columns = {
        "codes": found.codes.numpy(),
        "scale": found.scale.numpy(),
        "labels": found.labels.to(torch.uint8).numpy(),
        "held_back": found.held_back.numpy(),
        "characters": np.array(found.characters),
    }
    archive.write_columns(path, np.savez_compressed, **columns)
    load.cache_clear()


@once
def load(path: Path = PATH) -> TrainingFeatures:
    """The features that travel with the app.

    Raises:
        InputError: the file is missing or damaged; says which, where, and how to get it back.
    """
    try:
        columns = archive.read_columns(path)
        names = tuple(str(name) for name in columns.pop("characters"))
        tensors = {name: torch.from_numpy(column) for name, column in columns.items()}
        tensors["labels"] = tensors["labels"].long()
        return TrainingFeatures(**tensors, characters=names)
    except (InputError, TypeError, KeyError) as error:
        raise InputError(
            f"The training faces' features {path} are missing or damaged ({error}). "
            f"{how_to_get_back(path)}"
        ) from error


def write(classifier: Backbone, parts: tuple[Dataset, Dataset], path: Path = PATH) -> None:
    """Measure the training and the held-back part of the faces, and save what is found."""
    save(measure(classifier, *parts), path)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", help="the folder of the training data")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    arguments = parser.parse_args(argv)
    try:
        folder = data.root(arguments.data)
        parts = data.parts("simpsons", lambda name: data.load(name, folder))
        classifier = checkpoint.load(
            Backbone, arguments.weights / "character_classifier.safetensors"
        )
        path = arguments.weights / PATH.name
        write(classifier, parts, path)
    except InputError as error:
        parser.exit(2, f"{parser.prog}: {error}\n")
    sys.stdout.write(f"{path}: {path.stat().st_size:,} bytes, {len(parts[0])} training faces\n")


if __name__ == "__main__":
    main()
