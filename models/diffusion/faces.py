"""Faces to begin with: those that the app drew itself, by number, and a user's picture."""

import base64
import threading
from functools import cache, lru_cache

import torch
from PIL import Image, ImageOps

from models.core.checks import whole
from models.core.images import open_image, to_array, to_tensor
from models.diffusion import film, first_run, shipped
from models.diffusion.draw import MOST_SEED, labels_of
from models.diffusion.network import FaceDenoiser
from models.diffusion.sample import initial_noise, sample
from models.diffusion.trajectory import Start

SIZE = 32
_DRAWING = threading.Lock()  # one at a time, whoever asks: they come at each keystroke
READY = first_run.COUNT
"""The faces from 1 to this one are ready; the others are drawn when they are asked for."""


def own_face(number: int) -> torch.Tensor:
    """Face number n of our own making, 1 3 32 32 in [0, 1], of whole 255ths.

    Number n is drawn by the seed n - 1 and the settings of `first_run`, the characters in turn. The
    first nine lie in the first run; the others take the network a second or two.

    Raises:
        InputError: no whole number from 1 to 2**31 - 26, or files are missing.
    """
    whole("The number of the face", number, 1, MOST_SEED + 1)
    if number <= READY:
        return _ready()[number - 1 : number].clone()
    with _DRAWING:
        return _drawn(number).clone()


@cache
def _ready() -> torch.Tensor:
    """The first run's faces, B 3 32 32."""
    run = first_run.read()
    content = base64.b64decode(run["faces"].split(",", 1)[1])
    sheet = to_tensor(open_image(content, None))
    cells = sheet.unfold(2, SIZE, SIZE).unfold(3, SIZE, SIZE)  # 1 3 R K 32 32
    return cells.permute(0, 2, 3, 1, 4, 5).flatten(0, 2).contiguous()[: len(run["seeds"])]


@lru_cache(maxsize=64)
def _drawn(number: int) -> torch.Tensor:
    return drawn(shipped.denoiser(), number)


def drawn(network: FaceDenoiser, number: int) -> torch.Tensor:
    """Face number n by any network, 1 3 32 32 in [0, 1], of whole 255ths; see `own_face`."""
    where = next(network.parameters()).device
    names = len(network.config.characters)
    known = list(dict.fromkeys(labels_of(network, first_run.CHARACTER, names)))
    label = torch.tensor([known[(number - 1) % len(known)]], device=where)
    start = Start(initial_noise(network, [number - 1]).to(where), label, (number - 1,))
    *_, last = sample(network, first_run.SETTINGS, start)
    return to_tensor(Image.fromarray(to_array(film.faces(last.x))))


def small_square(picture: Image.Image) -> torch.Tensor:
    """The middle square of a picture (RGB), shrunk or enlarged to 32 x 32: 1 3 32 32 in [0, 1]."""
    return to_tensor(ImageOps.fit(picture, (SIZE, SIZE), Image.Resampling.LANCZOS))


def to_x0(picture: torch.Tensor) -> torch.Tensor:
    """A picture in [0, 1] as the networks hold it, in [-1, 1]; `film.faces` is its inverse."""
    return 2 * picture - 1
