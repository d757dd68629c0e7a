"""A data set as people have it: a folder of pictures, sorted by classes or listed with captions."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from models.core.archive import DAMAGED_PICTURE, Dataset
from models.core.errors import InputError
from models.core.images import squeezed

PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".bmp"}
CAPTIONS = "captions.txt"


def read(folder: Path, size: int) -> Dataset:
    """Pictures of a folder squeezed to size x size: labels by sub-folder, or Flickr8k's captions.

    A folder that holds nothing but one folder of classes or captions, as downloads unpack to, is
    passed over.

    Raises:
        InputError: there are no pictures in it, or a file of it is damaged; the message names it.
    """
    folder = _unwrapped(folder)
    described = _captions(folder / CAPTIONS)
    if described is not None:
        files = [file for file in _pictures(folder) if file.name in described]
        captions = tuple(tuple(described[file.name]) for file in files)
        return Dataset(_squeezed(files, folder, size), captions=captions)
    files, classes = _classes(folder)
    images = _squeezed(files, folder, size)
    names = tuple(sorted(set(classes)))
    labels = torch.tensor([names.index(name) for name in classes])
    return Dataset(images, labels, names)


def _classes(folder: Path) -> tuple[list[Path], list[str]]:
    """The pictures in a folder of classes, however deep, and the class of each, by torchvision."""
    from torchvision.datasets import ImageFolder

    try:
        found = ImageFolder(
            folder, is_valid_file=lambda file: _is_picture(Path(file)), allow_empty=True
        )
    except FileNotFoundError as error:  # there is no folder in it
        raise InputError(f"No pictures in {folder}: {error}") from error
    return [Path(file) for file, _ in found.samples], [found.classes[i] for i in found.targets]


def _squeezed(files: Sequence[Path], folder: Path, size: int) -> torch.Tensor:
    """Picture files squeezed to size x size: uint8 N 3 size size."""
    if not files:
        raise InputError(f"No pictures in {folder}.")
    images = torch.empty(len(files), 3, size, size, dtype=torch.uint8)
    for i, file in enumerate(files):
        try:
            with Image.open(file) as picture:
                pixels = torch.from_numpy(np.array(picture.convert("RGB")))  # H W 3
        except DAMAGED_PICTURE as error:
            raise InputError(f"{file} is damaged or no picture: {error}") from error
        images[i] = squeezed(pixels.permute(2, 0, 1)[None], size)[0]
    return images


def _pictures(folder: Path) -> list[Path]:
    return sorted(filter(_is_picture, folder.rglob("*")))


def _is_picture(file: Path) -> bool:
    return file.suffix.lower() in PICTURES


def _unwrapped(folder: Path) -> Path:
    """The first folder on the way down that has more in it than one folder of folders."""
    inside = list(folder.iterdir())
    folders = [each for each in inside if each.is_dir()]
    if len(folders) != 1 or any(map(_is_picture, inside)) or (folder / CAPTIONS).exists():
        return folder
    if any(map(_is_picture, folders[0].iterdir())):  # it is a class, the only one
        return folder
    return _unwrapped(folders[0])


def _captions(file: Path) -> dict[str, list[str]] | None:
    """The sentences of each picture by its file's name, as Flickr8k lists them; None where not."""
    if not file.is_file():
        return None
    described: dict[str, list[str]] = {}
    try:
        with open(file, newline="", encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                described.setdefault(row["image"], []).append(row["caption"])
    except (OSError, KeyError, ValueError, csv.Error) as error:
        raise InputError(f"{file} is not a list of `image,caption` lines: {error}") from error
    return described
