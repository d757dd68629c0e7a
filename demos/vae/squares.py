"""Several small pictures as one."""

import math

import torch
from PIL import Image

from models.core import images


def square(pictures: torch.Tensor, columns: int | None = None) -> str:
    """Pictures (N C H W in [0, 1]) side by side as a data URI, transparent where there are none.

    Args:
        pictures: row after row.
        columns: of the sheet; as many as rows, where nothing is said.
    """
    height, width = pictures.shape[-2:]
    columns = columns or math.ceil(math.sqrt(len(pictures)))
    rows = math.ceil(len(pictures) / columns)
    square = Image.new("RGBA", (columns * (width + 1) - 1, rows * (height + 1) - 1))
    for number, picture in enumerate(pictures):
        row, column = divmod(number, columns)
        square.paste(images.to_pil(picture[None]), (column * (width + 1), row * (height + 1)))
    return images.to_data_uri(square, lossless=True)
