"""Pictures that a page was sent, as arrays."""

import base64
import io

import numpy as np
from PIL import Image


def opened(uri: str) -> Image.Image:
    """The picture in a data URI."""
    return Image.open(io.BytesIO(base64.b64decode(uri.split(",", 1)[1])))


def pixels(uri: str) -> np.ndarray:
    """Its pixels: H W 3, bytes."""
    return np.asarray(opened(uri).convert("RGB"))
