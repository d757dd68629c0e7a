"""Training data: found once, decoded once, then kept in memory as uint8 tensors.

A data set comes from the packed archives in a folder (`--data`, or `GLASSBOX_DATA`), from a
folder of pictures in there, or, for MNIST and CIFAR-10, from torchvision's download.
"""

import dataclasses
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn import functional as F

from models.core import archive, images
from models.core import folder as folder_of_pictures
from models.core.archive import Dataset
from models.core.errors import InputError
from models.core.once import once
from models.core.seeds import mixed_seed

ENVIRONMENT_VARIABLE = "GLASSBOX_DATA"
DEFAULT_FOLDER = Path(".data")
NOBODY = "other"
"""The faces' label for whoever is none of their named characters."""


class NoDataError(InputError):
    """A data set is not in the folder; the message says where to get it."""


@dataclass(frozen=True)
class Source:
    """Where one data set can be had, and what a stand-in for it looks like."""

    archives: tuple[str, ...]
    size: int
    classes: int
    where: str
    held_back: int
    """Pictures to validate by; of Flickr8k only where its own part for that is not here."""
    channels: int = 3
    torchvision: str | None = None


SOURCES = {
    "mnist": Source(("mnist_train.npz",), 28, 10, "torchvision downloads it", 5000, 1, "MNIST"),
    "cifar10": Source(
        ("cifar10_train.npz",), 32, 10, "torchvision downloads it", 5000, 3, "CIFAR10"
    ),
    "tiny_imagenet": Source(
        tuple(f"tiny_imagenet_train_{part}.npz" for part in range(4)),
        64,
        202,
        "cs231n.stanford.edu/tiny-imagenet-200.zip; put its `train` folder there",
        5000,
    ),
    "simpsons": Source(
        ("simpsons_faces.npz",),
        64,
        20,
        "kaggle.com/datasets/alexattia/the-simpsons-characters-dataset; one folder a character",
        500,
    ),
    "flickr8k": Source(
        ("flickr8k_train.npz",),
        160,
        0,
        "kaggle.com/datasets/adityajn105/flickr8k; put `Images` and `captions.txt` there",
        1000,
    ),
    "flickr8k_dev": Source(("flickr8k_dev.npz",), 160, 0, "see flickr8k", 0),
}


def root(folder: str | Path | None = None) -> Path:
    """The data folder: `folder`, else what `GLASSBOX_DATA` names, else `.data`."""
    return Path(folder or os.environ.get(ENVIRONMENT_VARIABLE) or DEFAULT_FOLDER)


def is_here(name: str, folder: Path) -> bool:
    """Whether `folder` has the data set `name`, packed or as a folder of pictures."""
    packed = all((folder / file).is_file() for file in SOURCES[name].archives)
    return packed or (folder / name).is_dir()


@once
def load(name: str, folder: Path) -> Dataset:
    """The training data set `name` (a key of `SOURCES`) out of `folder`.

    Raises:
        NoDataError: it is not there.
        InputError: it is damaged, or could not be downloaded.
    """
    source = SOURCES[name]
    files = [folder / file for file in source.archives]
    if all(file.is_file() for file in files):
        return archive.concatenate([archive.read(file) for file in files])
    if (folder / name).is_dir():
        return folder_of_pictures.read(folder / name, source.size)
    if source.torchvision:
        return _from_torchvision(source.torchvision, folder)
    raise NoDataError(
        f"No data set {name!r} in {folder}: it has neither {', '.join(source.archives)} nor a "
        f"folder {name!r} (from {source.where}). Name another folder with --data or "
        f"{ENVIRONMENT_VARIABLE}."
    )


def _from_torchvision(kind: str, folder: Path) -> Dataset:
    """MNIST or CIFAR-10 through torchvision, downloaded into `folder` where it is not there yet."""
    from torchvision import datasets

    try:
        found = getattr(datasets, kind)(folder, train=True, download=True)
    except (OSError, RuntimeError) as error:
        raise InputError(f"torchvision could not download {kind} to {folder}: {error}") from error
    images = torch.as_tensor(found.data)
    images = images[:, None] if images.ndim == 3 else images.permute(0, 3, 1, 2).contiguous()
    return Dataset(images, torch.as_tensor(found.targets), tuple(found.classes))


def synthetic(name: str, count: int = 24, seed: int = 0) -> Dataset:
    """A stand-in for the data set `name`: smooth random pictures, for dry runs and tests."""
    source = SOURCES[name]
    generator = torch.Generator().manual_seed(mixed_seed(seed, len(name)))
    coarse = torch.rand(count, source.channels, 4, 4, generator=generator)
    images = F.interpolate(coarse, size=(source.size, source.size), mode="bicubic").clamp(0, 1)
    labels = names = None
    captions: tuple[tuple[str, ...], ...] = ()
    if source.classes:
        labels = torch.randint(source.classes, (count,), generator=generator)
        names = tuple(f"class {number}" for number in range(source.classes))
    else:
        captions = tuple((f"a dog runs over field {i % 7} .",) * 5 for i in range(count))
    clean = torch.ones(count, dtype=torch.bool) if name == "simpsons" else None
    return Dataset((images * 255).byte(), labels, names or (), captions, clean=clean)


def parts(name: str, load_one: Callable[[str], Dataset]) -> tuple[Dataset, Dataset]:
    """What of the data set `name` is trained on, and what is held back to validate by.

    Of faces only the clean ones. Flickr8k's official part to validate by counts, if it is here; a
    download of all of Flickr8k in one folder is split like the others. Stand-ins of a few pictures
    hold back a quarter.
    """
    pictures = load_one(name)
    if name == "flickr8k":
        with suppress(NoDataError):
            return pictures, load_one("flickr8k_dev")
    if pictures.clean is not None:
        pictures = pictures.take(pictures.clean)
    return split(pictures, min(SOURCES[name].held_back, len(pictures) // 4))


def split(dataset: Dataset, validation: int, seed: int = 0) -> tuple[Dataset, Dataset]:
    """Training and validation part: `validation` pictures chosen by the seed alone.

    Raises:
        InputError: fewer pictures than that, plus one to train on.
    """
    if not 0 < validation < len(dataset):
        raise InputError(f"Cannot hold back {validation} of {len(dataset)} pictures.")
    order = torch.randperm(len(dataset), generator=torch.Generator().manual_seed(seed))
    return dataset.take(order[validation:].sort().values), dataset.take(
        order[:validation].sort().values
    )


def resized(dataset: Dataset, size: int) -> Dataset:
    """The same pictures at size x size pixels, smoothed before they are made smaller."""
    if dataset.images.shape[-2:] == (size, size):
        return dataset
    parts = [images.squeezed(part, size) for part in dataset.images.split(1024)]
    return dataclasses.replace(dataset, images=torch.cat(parts))
