"""Faces to ask about, and the answer: how near each is to the nearest that was trained on."""

from dataclasses import dataclass
from typing import Any

import torch

from models.core import archive, data
from models.core.checks import one_of, whole
from models.core.errors import InputError
from models.core.once import once
from models.diffusion import faces, features, shipped
from models.diffusion.draw import MOST_SEED, title
from models.diffusion.features import SIZE, TrainingFeatures, features_of, nearest
from models.diffusion.shipped import FACE_VAE_SAMPLES, WEIGHTS

SOURCES = ("ddpm", "vae", "real", "training")
"""Drawn by the DDPM, drawn by the face VAE, real but held back, and trained on."""
MOST_NUMBER = MOST_SEED - 25
NEIGHBOURS = 5


@dataclass(frozen=True)
class AskedFace:
    """A face to ask about: 1 3 32 32 in [0, 1], and what it is called."""

    picture: torch.Tensor
    title: str


def face(source: str, number: int) -> AskedFace:
    """Face number n of a source; where a source has fewer, they begin anew.

    Raises:
        InputError: there is no such source or number, or its faces are not on this machine.
    """
    one_of("The kind of faces", source, SOURCES)
    whole("The number of the face", number, 1, MOST_NUMBER)
    if source == "ddpm":
        names = [name for name in features.load().characters if name != data.NOBODY]
        return AskedFace(faces.own_face(number), title(names[(number - 1) % len(names)]))
    if source == "vae":
        pictures = archive.read(WEIGHTS / FACE_VAE_SAMPLES).images
        place = (number - 1) % len(pictures)
        return AskedFace(pictures[place : place + 1] / 255, f"Drawn by the VAE, {place + 1}")
    part = training_part() if source == "training" else held_back_part()
    place = (number - 1) % len(part)
    name = title(part.label_names[part.labels[place]])
    return AskedFace(part.images[place : place + 1] / 255, f"{name}, real")


@once
def _parts() -> tuple[archive.Dataset, archive.Dataset]:
    training, held_back = data.parts("simpsons", lambda name: data.load(name, data.root()))
    return data.resized(training, SIZE), data.resized(held_back, SIZE)


def training_part() -> archive.Dataset:
    """The faces that were trained on, 32 x 32, in the order of the features' rows.

    Raises:
        InputError: the data set is not on this machine.
    """
    return _parts()[0]


def held_back_part() -> archive.Dataset:
    """The real faces that were not.

    Raises:
        InputError: the data set is not on this machine.
    """
    return _parts()[1]


def thumbnails(found: TrainingFeatures, indices: list[int]) -> torch.Tensor:
    """Training faces by their numbers: N 3 32 32 in [0, 1].

    Raises:
        InputError: no such numbers; or the data set is not on this machine, or is another one.
    """
    for index in indices:
        whole("The number of a training face", index, 0, len(found.labels) - 1)
    part = training_part()
    if part.labels is None or not torch.equal(part.labels, found.labels):
        raise InputError("The faces on this machine are not those that the features are of.")
    return part.images[torch.tensor(indices)] / 255


def answer(found: TrainingFeatures, pictures: torch.Tensor) -> list[dict[str, Any]]:
    """How near faces are to the nearest that were trained on.

    Args:
        found: the training faces' features.
        pictures: N 3 32 32 in [0, 1].

    Returns:
        Of each: `distance` to the nearest training face in the classifier's features, `closer`, the
        share of real new faces that are closer to one than that, `copied`, whether it is closer
        than 99 % of those, and `nearest`, a few training faces (`index`, `character`, `distance`).
    """
    classifier = shipped.character_classifier()
    where = next(classifier.parameters()).device
    neighbours = nearest(found, features_of(classifier, pictures.to(where)), NEIGHBOURS)
    return [
        {
            "distance": round(its[0].distance, 4),
            "closer": round(found.share_closer(its[0].distance), 4),
            "copied": its[0].distance < found.threshold(),
            "nearest": [
                {
                    "index": one.index,
                    "character": title(one.character),
                    "distance": round(one.distance, 4),
                }
                for one in its
            ],
        }
        for its in neighbours
    ]
