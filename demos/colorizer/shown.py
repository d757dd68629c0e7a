"""The photos that scenes have at hand: each by a key, so that a page need not send it again."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from PIL import Image

from demos.kit.photo import EXAMPLES, PREFIX, open_photo
from models.colorizer import lab
from models.colorizer.colorize import Answer, advise, ask
from models.colorizer.hints import Hint
from models.colorizer.measures import colourfulness
from models.colorizer.network import Advice, Colorizer
from models.core.images import shrunk, shrunk_to, to_data_uri, to_tensor

SIDE = 640
"""Pixels along the longest side: what a hint answers at once, and a projector shows well."""
AB_SIDE = 256
"""Pixels along it of the true colours, which are compared at the network's own size."""
MOST = 72
"""Photos at hand at a time, of 3 MB at most: of sixty visitors one each, and the examples."""
EXAMPLE = "example-"
GREY_BELOW = 1.0
"""Mean distance from grey, in Lab's units, below which a photo counts as grey,"""
COLOUR_FROM, ANY = 10.0, 0.001
"""but where so large a share of its pixels lies so far from grey: one red coat in the snow."""


@dataclass(frozen=True)
class Shown:
    """A photo as scenes show it, its longest side at most `SIDE` pixels."""

    key: str
    lightness: torch.Tensor
    """1 1 H W, scaled: with a and b zero it is the photo in grey."""
    ab: torch.Tensor | None
    """1 2 h w, scaled, no side longer than `AB_SIDE`: the true colours; None where it has none."""
    truth: str
    """The photo itself, a data URI; empty where it has no colours."""
    colourfulness: float | None
    """Of the true colours; see `models.colorizer.measures`."""
    _advice: dict[Colorizer, Advice] = field(default_factory=dict, compare=False, repr=False)

    def ask(self, network: Colorizer, hints: Sequence[Hint]) -> Answer:
        """What a network says of it; its guide is asked once, whatever the hints.

        Raises:
            InputError: too many hints.
        """
        lightness = self.lightness.to(next(network.parameters()).device)
        if network not in self._advice:
            self._advice[network] = advise(network, lightness)
        return ask(network, lightness, hints, self._advice[network])

    @property
    def grey(self) -> torch.Tensor:
        """The photo in grey, 1 3 H W in [0, 1]."""
        return lab.join(self.lightness, self.lightness.new_zeros(1, 2, *self.lightness.shape[2:]))

    def error(self, lightness: torch.Tensor, ab: torch.Tensor) -> float | None:
        """How far painted colours lie from the true ones: the mean error of a and b, Lab's units.

        None where there are no true ones.

        Args:
            lightness: 1 1 h w, scaled, at the network's own size.
            ab: 1 2 h w, likewise.
        """
        if self.ab is None:
            return None
        truth = shrunk_to(self.ab, *ab.shape[-2:])
        return (lab.fitted(lightness, ab) - truth).abs().mean().item() * lab.AB_SCALE


class Shelf:
    """The newest photos by their keys."""

    def __init__(self, most: int = MOST):
        self._most, self._photos, self._lock = most, OrderedDict(), threading.Lock()

    def take(self, path: str | None) -> Shown:
        """The photo of a file, from now on at hand.

        Raises:
            InputError: no photo, or none that can be read.
        """
        picture = open_photo(path, SIDE)
        key = _key(path, picture)
        return self._kept(key) or self._keep(key, picture)

    def find(self, key: str) -> Shown | None:
        """The photo of this key; examples always, others while they are at hand."""
        if not isinstance(key, str):
            return None
        path = EXAMPLES.get(key.removeprefix(EXAMPLE)) if key.startswith(EXAMPLE) else None
        return self.take(path) if path else self._kept(key)

    def _kept(self, key: str) -> Shown | None:
        with self._lock:
            if key in self._photos:
                self._photos.move_to_end(key)
            return self._photos.get(key)

    def _keep(self, key: str, picture: Image.Image) -> Shown:
        image = to_tensor(picture)
        lightness, ab = lab.split(image)
        if _coloured(ab):
            truth, colours = to_data_uri(picture), colourfulness(image).item()
            photo = Shown(key, lightness, shrunk(ab, AB_SIDE), truth, colours)
        else:
            photo = Shown(key, lightness, None, "", None)
        with self._lock:
            self._photos[key] = photo
            while len(self._photos) > self._most:
                self._photos.popitem(last=False)
        return photo


SHELF = Shelf()


def _coloured(ab: torch.Tensor) -> bool:
    """Whether a photo has colours; ab: 1 2 H W, scaled."""
    strength = ab.norm(dim=1) * lab.AB_SCALE
    some = (strength >= COLOUR_FROM).float().mean() >= ANY
    return bool(some or strength.mean() >= GREY_BELOW)


def _key(path: str, picture: Image.Image) -> str:
    """An example's name, or what only this picture has.

    Gradio hands on copies of our files, under their names.
    """
    file = Path(path)
    name = file.stem.removeprefix(PREFIX)
    if name in EXAMPLES and file.read_bytes() == Path(EXAMPLES[name]).read_bytes():
        return EXAMPLE + name
    content = hashlib.blake2b(picture.tobytes(), digest_size=12)
    content.update(repr(picture.size).encode())
    return content.hexdigest()
