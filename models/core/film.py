"""Pictures, one after another, as one file: a film (GIF) or a strip (PNG)."""

import io
from collections.abc import Sequence

import torch
from PIL import Image

from models.core.images import tiled, to_pil

SIDE = 256
"""Pixels along a film's side, about: small pictures are enlarged a whole number of times."""
STRIP_SCALE = 4
LONGER = 5
"""How many times longer the ends of a film are shown."""


def enlarged(image: torch.Tensor, scale: int) -> Image.Image:
    """A picture (1 C H W), every pixel of it a square of `scale` x `scale`."""
    small = to_pil(image)
    size = (small.width * scale, small.height * scale)
    return small.resize(size, Image.Resampling.NEAREST)


def gif(pictures: Sequence[torch.Tensor], milliseconds: int = 120) -> bytes:
    """An endless film of at least two pictures (1 C H W), one frame each; same pictures, same file.

    Neighbours that are equal to the last pixel become one frame that is shown as long.
    """
    scale = max(1, SIDE // pictures[0].shape[-1])
    frames = [enlarged(picture, scale).quantize(256, dither=Image.Dither.NONE)
              for picture in pictures]  # fmt: skip
    durations = [milliseconds] * len(frames)
    durations[0] = durations[-1] = LONGER * milliseconds
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=durations, loop=0)
    return file.getvalue()


def strip(rows: Sequence[Sequence[torch.Tensor]]) -> bytes:
    """Rows of equally many pictures (1 C H W each), one below the other, as a PNG."""
    pictures = torch.cat([picture for row in rows for picture in row])
    file = io.BytesIO()
    enlarged(tiled(pictures, len(rows[0])), STRIP_SCALE).save(file, "PNG")
    return file.getvalue()
