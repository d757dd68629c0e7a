"""The few MNIST digits that travel with the app: some to train on live, some to show."""

from typing import Any

import torch

from models.core import archive
from models.core.archive import Dataset
from models.core.checks import is_number
from models.core.errors import InputError
from models.core.once import once
from models.core.shipped import REPOSITORY, how_to_get_back

FOLDER = REPOSITORY / "assets" / "digits"
TRAINING = FOLDER / "mnist_train.npz"
"""4,000 digits, 400 of each class, of what the shipped networks were trained on."""
HELD_BACK = FOLDER / "mnist_held_back.npz"
"""1,000 digits, about 100 of each class, that no shipped network was trained on."""


@once
def _read(path: str) -> Dataset:
    return archive.read(FOLDER / path)


def training() -> Dataset:
    """The digits that a live training learns from: uint8 N 1 28 28, with labels."""
    return _digits(TRAINING.name)


def held_back() -> Dataset:
    """The digits that are shown on planes and picked as examples: uint8 N 1 28 28, with labels."""
    return _digits(HELD_BACK.name)


def example(label: Any, number: Any) -> torch.Tensor:
    """One held-back digit by its class (0 to 9) and which of them: 1 1 28 28 in [0, 1].

    Raises:
        InputError: there is no such class, or not so many of it.
    """
    known = held_back()
    classes = len(known.label_names)
    if not _whole(label) or not 0 <= label < classes:
        raise InputError(f"A digit is from 0 to {classes - 1}, got {str(label)[:40]}.")
    own = (known.labels == int(label)).nonzero().flatten()
    if not _whole(number) or not 0 <= number < len(own):
        raise InputError(
            f"There are {len(own)} of the digit {int(label)}, 0 to {len(own) - 1}; "
            f"got {str(number)[:40]}."
        )
    return known.images[own[int(number)]][None] / 255


def _whole(value: Any) -> bool:
    return is_number(value) and value == value // 1


def _digits(name: str) -> Dataset:
    try:
        return _read(name)
    except InputError as error:
        raise InputError(f"{error} {how_to_get_back(FOLDER / name)}") from error
