"""Painted photos at full size, as files to keep: one, or several as a zip."""

import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from gradio.processing_utils import hash_file
from gradio.utils import get_upload_folder
from PIL import Image

from demos.kit.handlers import warn
from demos.kit.photo import MOST_PHOTOS, PREFIX
from models.colorizer import hints as known
from models.colorizer.colorize import MOST_SATURATION, colorize_pixels
from models.colorizer.hints import Hint
from models.colorizer.shipped import colorizer
from models.core.checks import between
from models.core.errors import InputError, MissingInputError
from models.core.images import limited, open_image

PNG = {"format": "PNG", "compress_level": 1, "compress_type": 2}
"""Without loss, so that the lightness stays; written fast, at the price of some size."""
THUMBNAIL = 320  # pixels


def photo_full(photo: str | None, hints: list | None = None, saturation: float = 1.0) -> str:
    """Paint a photo at its own size, without loss.

    Args:
        photo: the picture, of at most 40 megapixels.
        hints: as `/photo` takes them.
        saturation: likewise.

    Returns:
        A PNG file.
    """
    told = known.from_data(hints)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{_stem(photo)}-painted.png"
        painted(photo, told, saturation).save(path, **PNG)
        return _handed_out(path)


def photo_several(photos: list[str] | None, saturation: float = 1.0) -> tuple[list, str]:
    """Paint several photos at their own sizes; one that cannot be read costs none of the others.

    Args:
        photos: at most 24 pictures.
        saturation: as `/photo` takes it.

    Returns:
        The painted photos, small, each with its name; and a zip of all of them at full size.
    """
    photos = list(photos or ())
    if not photos:
        raise MissingInputError("There are no photos yet: choose some first.")
    if len(photos) > MOST_PHOTOS:
        raise InputError(f"These are {len(photos)} photos; at most {MOST_PHOTOS} at once.")
    between("The saturation", saturation, 0, MOST_SATURATION)
    small, troubles = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "painted-photos.zip"
        with zipfile.ZipFile(path, "w") as archive:  # PNG is compressed already
            for number, (name, photo) in enumerate(named(photos).items(), 1):
                try:
                    picture = painted(photo, (), saturation)
                except InputError as error:
                    troubles.append(f"{name}: {error}")
                    continue
                with archive.open(f"{number:02}-{_stem(photo)}-painted.png", "w") as file:
                    picture.save(file, **PNG)
                small.append((limited(picture, THUMBNAIL), name))
        if not small:
            raise InputError("\n".join(troubles))
        warn("Left out", troubles)
        return small, _handed_out(path)


def named(photos: Sequence[str]) -> dict[str, str]:
    """Photos by what they are called; phones call each shot the same, and the second is (2)."""
    found: dict[str, str] = {}
    for photo in photos:
        name, number = Path(photo).name, 1
        while name in found:
            number += 1
            name = f"{Path(photo).stem} ({number}){Path(photo).suffix}"
        found[name] = photo
    return found


def painted(photo: str | None, hints: Sequence[Hint], saturation: float) -> Image.Image:
    """A photo of any size, painted at that size.

    Raises:
        InputError: no photo, none that can be read, or a saturation out of range.
    """
    pixels = torch.from_numpy(np.array(open_image(photo, None)))[None].permute(0, 3, 1, 2)
    made = colorize_pixels(colorizer(), pixels, hints, saturation)
    return Image.fromarray(made[0].permute(1, 2, 0).numpy(), "RGB")


def _stem(path: str | None) -> str:
    """What a file is called, without the end of its name."""
    return Path(path or "photo").stem.removeprefix(PREFIX)


def _handed_out(path: Path) -> str:
    """A file where Gradio's server hands it out from, and deletes it a day later.

    Gradio would copy it to this very place.
    """
    folder = Path(get_upload_folder()) / hash_file(path)
    folder.mkdir(parents=True, exist_ok=True)
    return str(shutil.move(path, folder / path.name))
