"""Faces to begin with: those that the app drew itself, by number, and a user's picture."""

import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import torch
from PIL import Image, ImageOps

from models.core import checkpoint
from models.core.checks import whole
from models.core.errors import InputError
from models.core.images import cut_apart, open_image, tiled, to_array, to_pil, to_tensor
from models.core.once import once
from models.core.shipped import REPOSITORY, how_to_get_back
from models.diffusion import display, shipped
from models.diffusion.defaults import SETTINGS, WHOM
from models.diffusion.draw import MOST_SEED, begin, labels_of
from models.diffusion.network import FaceDenoiser
from models.diffusion.sample import initial_noise, sample
from models.diffusion.trajectory import Start

SIZE = 32
LEAST_FRAME = 10  # percent
_DRAWING = threading.Lock()  # one at a time, whoever asks: they come at each keystroke
READY = 9
"""The faces from 1 to this one are ready; the others are drawn when they are asked for."""
PATH = REPOSITORY / "assets" / "faces.webp"
"""The ready ones, three in a row: the other tabs look at them too."""


def own_face(number: int) -> torch.Tensor:
    """Face number n of our own making, 1 3 32 32 in [0, 1], of whole 255ths.

    Number n is drawn by the seed n - 1 and `SETTINGS`, the characters in turn. The first nine were
    drawn when the denoiser was published; the others take it a second or two.

    Raises:
        InputError: no whole number from 1 to 2**31 - 26, or files are missing.
    """
    whole("The number of the face", number, 1, MOST_SEED + 1)
    if number <= READY:
        return _ready()[number - 1 : number].clone()
    with _DRAWING:
        return _drawn(number).clone()


@once
def _ready() -> torch.Tensor:
    """The ready faces, 9 3 32 32."""
    try:
        sheet = to_tensor(open_image(PATH, None))
    except InputError as error:
        raise InputError(f"{error} {how_to_get_back(PATH)}") from error
    return cut_apart(sheet, SIZE)


def write(network: FaceDenoiser, path: Path = PATH) -> None:
    """Draw the ready faces, all at once, and save them without loss.

    Raises:
        InputError: the file cannot be written.
    """
    *_, last = sample(network, SETTINGS, begin(network, READY, WHOM, 0))
    sheet = to_pil(tiled(display.faces(last.x), display.columns_of(READY)))
    checkpoint.write_atomically(
        path, lambda file: sheet.save(file, "WEBP", lossless=True, quality=100, method=6)
    )


@lru_cache(maxsize=64)
def _drawn(number: int) -> torch.Tensor:
    return drawn(shipped.denoiser(), number)


def drawn(network: FaceDenoiser, number: int) -> torch.Tensor:
    """Face number n by any network, 1 3 32 32 in [0, 1], of whole 255ths; see `own_face`."""
    where = next(network.parameters()).device
    names = len(network.config.characters)
    known = list(dict.fromkeys(labels_of(network, WHOM, names)))
    label = torch.tensor([known[(number - 1) % len(known)]], device=where)
    start = Start(initial_noise(network, [number - 1]).to(where), label, (number - 1,))
    *_, last = sample(network, SETTINGS, start)
    return to_tensor(Image.fromarray(to_array(display.faces(last.x))))


def small_square(picture: Image.Image) -> torch.Tensor:
    """The middle square of a picture (RGB), shrunk or enlarged to 32 x 32: 1 3 32 32 in [0, 1]."""
    return to_tensor(ImageOps.fit(picture, (SIZE, SIZE), Image.Resampling.LANCZOS))


def framed(picture: Image.Image, frame: Sequence[int]) -> Image.Image:
    """The square of a picture that a frame holds.

    Args:
        picture: any.
        frame: left and top in percent of its width and height, and the side in percent of the
            shorter of these, 10 to 100; where it would stick out, the square is moved inside.

    Raises:
        InputError: it is no such frame.
    """
    if not isinstance(frame, list | tuple) or len(frame) != 3:
        raise InputError("A frame is a list of left, top and side, in percent of the picture.")
    left, top, side = frame
    whole("The frame's left edge", left, 0, 100)
    whole("The frame's top edge", top, 0, 100)
    whole("The frame's side", side, LEAST_FRAME, 100)
    width, height = picture.size
    pixels = max(1, round(side * min(width, height) / 100))
    x = min(round(left * width / 100), width - pixels)
    y = min(round(top * height / 100), height - pixels)
    return picture.crop((x, y, x + pixels, y + pixels))


def to_x0(picture: torch.Tensor) -> torch.Tensor:
    """A picture in [0, 1] as the networks hold it, in [-1, 1]; `display.faces` is its inverse."""
    return 2 * picture - 1
