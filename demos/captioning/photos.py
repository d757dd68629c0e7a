"""Photos of this tab: its examples, and what the networks are given of one."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch

from demos.kit.photo import EXAMPLES, PREFIX, PhotoInput, open_photo
from demos.kit.view import ASSETS
from models.captioning import shipped
from models.captioning.caption import annotate
from models.captioning.network import Captioner
from models.core import images

LONGEST_SIDE = 640  # pixels, on the page
FOLDER = ASSETS / "examples" / "captioning"
OWN = {path.stem.removeprefix(PREFIX): str(path) for path in sorted(FOLDER.glob(f"{PREFIX}*.webp"))}
SHARED = ("camera", "astronaut", "cat")
"""Examples of the other tabs that are worth a caption."""
CREDITS = (
    "Photos in the public domain or under CC0: astronaut, also as “smile” (NASA), camera (L. "
    "Varshney), cat (S. van der Walt), hopper (U.S. Navy), raccoon (public-domain-image.com)."
)
FIRST = "camera"


class CaptionPhoto(PhotoInput):
    """A photo to be put into words."""

    examples = {**{name: EXAMPLES[name] for name in SHARED}, **OWN}  # noqa: RUF012
    credits = CREDITS


@dataclass(frozen=True)
class Seen:
    """A photo as the page shows it, and as the decoders are given it."""

    src: str
    """A data URI, of the photo's own shape."""
    annotations: torch.Tensor
    """1 L D, of the photo squeezed to a square: the grid that the page lays over it."""


def seen(path: str | None) -> Seen:
    """What there is to know of a photo; the last few stay.

    Raises:
        InputError: no photo, or not one that can be read; see `models.core.images`.
    """
    open_photo(path, LONGEST_SIDE)  # raises what is wrong with it
    return _seen(path, Path(path).stat().st_mtime_ns, shipped.captioner().network)


@lru_cache(maxsize=16)
def _seen(path: str, written: int, network: Captioner) -> Seen:
    picture = open_photo(path, LONGEST_SIDE)
    return Seen(images.to_data_uri(picture), annotate(network, images.to_tensor(picture)))
