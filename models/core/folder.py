"""A data set as people have it: a folder of pictures, sorted by classes or listed with captions."""

import csv
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from models.core.archive import DAMAGED_PICTURE, Dataset
from models.core.errors import InputError

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
    files = sorted(filter(_is_picture, folder.rglob("*")))
    described = _captions(folder / CAPTIONS)
    if described is not None:
        files = [file for file in files if file.name in described]
    if not files:
        raise InputError(f"No pictures in {folder}.")
    images = torch.empty(len(files), 3, size, size, dtype=torch.uint8)
    for i, file in enumerate(files):
        try:
            with Image.open(file) as picture:
                small = picture.convert("RGB").resize((size, size), Image.Resampling.LANCZOS)
        except DAMAGED_PICTURE as error:
            raise InputError(f"{file} is damaged or no picture: {error}") from error
        images[i] = torch.from_numpy(np.array(small)).permute(2, 0, 1)
    if described is not None:
        return Dataset(images, captions=tuple(tuple(described[file.name]) for file in files))
    classes = [file.relative_to(folder).parts[0] for file in files]
    names = tuple(sorted(set(classes)))
    labels = torch.tensor([names.index(name) for name in classes])
    return Dataset(images, labels, names)


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
