"""The few MNIST digits that travel with the app: some to train on live, some to show."""

from functools import cache

from models.core import archive
from models.core.archive import Dataset
from models.core.errors import InputError
from models.core.shipped import REPOSITORY, how_to_get_back

FOLDER = REPOSITORY / "assets" / "digits"
TRAINING = FOLDER / "mnist_train.npz"
"""4,000 digits, 400 of each class, of what the shipped networks were trained on."""
HELD_BACK = FOLDER / "mnist_held_back.npz"
"""1,000 digits, about 100 of each class, that no shipped network was trained on."""


@cache
def _read(path: str) -> Dataset:
    return archive.read(FOLDER / path)


def training() -> Dataset:
    """The digits that a live training learns from: uint8 N 1 28 28, with labels."""
    return _digits(TRAINING.name)


def held_back() -> Dataset:
    """The digits that are shown on planes and picked as examples: uint8 N 1 28 28, with labels."""
    return _digits(HELD_BACK.name)


def _digits(name: str) -> Dataset:
    try:
        return _read(name)
    except InputError as error:
        raise InputError(f"{error} {how_to_get_back(FOLDER / name)}") from error
