"""One number of a filtered photo, taken apart: the pixels under the kernel, and their sum."""

from dataclasses import dataclass, replace

import torch

from models.convolution.convolve import Settings, channels_last, convolve, entering
from models.convolution.geometry import output_axes, pad
from models.convolution.grids import Rows
from models.convolution.kernels import Kernel
from models.core.checks import between

NAMES = {
    "per channel": ("R", "G", "B"),
    "sum over RGB": ("R + G + B",),
    "luminance": ("luminance",),
}


@dataclass(frozen=True)
class Box:
    """A part of a picture, in shares of its width and height; it may reach beyond its border."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class PixelSum:
    """One number of a result for each of its channels, and what it was added up from.

    row, column: in the result, which has `rows` and `columns`. names: of the channels. values: the
    pixels under the kernel, K rows of K for each channel, as the last repeat found them. weights:
    as they were applied, scaled and turned. totals: the sums with the bias. border: which of the
    K x K pixels are padding. window: what the kernel spans of the picture.
    """

    row: int
    column: int
    rows: int
    columns: int
    names: tuple[str, ...]
    values: tuple[Rows, ...]
    weights: Rows
    bias: float
    totals: tuple[float, ...]
    border: tuple[tuple[bool, ...], ...]
    window: Box


@torch.no_grad()
def pixel_sum(
    image: torch.Tensor, kernel: Kernel, x: float, y: float, settings: Settings | None = None
) -> PixelSum:
    """The sum behind one pixel of what `convolve` makes of `image` (1 3 H W, in [0, 1]).

    Totals are added up in double precision: they differ from `convolve`'s by float32's rounding.

    Args:
        image: the picture.
        kernel: what slides over it.
        x: where in the result, 0 to 1 from the left.
        y: likewise, from the top.
        settings: how it slides.

    Raises:
        InputError: a place outside the picture, or as `convolve`.
    """
    between("The pixel's x", x, 0, 1)
    between("The pixel's y", y, 0, 1)
    settings = settings or Settings()
    if settings.repeats > 1:
        once_less = replace(settings, repeats=settings.repeats - 1)
        before = convolve(image, kernel, once_less).result
    else:
        before = entering(image, settings)
    height, width = before.shape[-2:]
    rows, columns = output_axes(height, width, kernel.height, kernel.width, settings)
    row, column = _cell(y, rows.output), _cell(x, columns.output)
    above, left = settings.pads(kernel.height, kernel.width)
    bordered = pad(channels_last(before), above, left, settings.padding_mode)
    top, start = row * settings.stride, column * settings.stride
    down = torch.arange(kernel.height) * settings.dilation + top
    along = torch.arange(kernel.width) * settings.dilation + start
    seen = bordered[0][:, down][:, :, along].double().cpu()  # C K K
    weights = (kernel.flipped() if settings.flip else kernel).scaled
    totals = (seen * torch.tensor(weights, dtype=torch.float64)).sum((1, 2)) + kernel.bias
    inside_rows = (down >= above) & (down < above + height)
    inside_columns = (along >= left) & (along < left + width)
    return PixelSum(
        row,
        column,
        rows.output,
        columns.output,
        NAMES[settings.channels],
        tuple(tuple(map(tuple, channel)) for channel in seen.tolist()),
        weights,
        kernel.bias,
        tuple(totals.tolist()),
        tuple(map(tuple, (~(inside_rows[:, None] & inside_columns)).tolist())),
        Box(
            (start - left) / width,
            (top - above) / height,
            columns.effective_kernel / width,
            rows.effective_kernel / height,
        ),
    )


def _cell(share: float, count: int) -> int:
    return min(count - 1, int(share * count))
