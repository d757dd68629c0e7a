"""A kernel over a photo: what the filter scene calls."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import torch
from torch.nn import functional as F

from models.convolution import opencv
from models.convolution.axis import Axis
from models.convolution.geometry import Sliding, check_padding, output_axes, window
from models.convolution.grids import times
from models.convolution.kernels import Kernel
from models.core.checks import one_of, whole
from models.core.errors import InputError
from models.core.images import luminance

CHANNELS = ("per channel", "sum over RGB", "luminance")
MAX_REPEATS = 20


@dataclass(frozen=True)
class Settings(Sliding):
    """How a photo is convolved: how the kernel slides, over what, and how often.

    channels: "per channel" gives R, G and B each its own result; "sum over RGB" adds the three,
    as one filter of a CNN does; "luminance" convolves the grey picture. repeats: 1 to 20; each
    repeat takes the last one's result, values outside [0, 1] included.

    Raises:
        InputError: a value outside of its range.
    """

    padding: str | int = "same"
    channels: str = "per channel"
    repeats: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("Channels", self.channels, CHANNELS)
        whole("Repeats", self.repeats, 1, MAX_REPEATS)


@dataclass(frozen=True, eq=False)
class Convolved:
    """The picture after `repeat` convolutions: 1 C H W float32 (C is 3, or 1), any range."""

    repeat: int
    result: torch.Tensor
    minimum: float
    maximum: float

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height, width."""
        return tuple(self.result.shape[1:])


def convolve(image: torch.Tensor, kernel: Kernel, settings: Settings | None = None) -> Convolved:
    """`image` (1 3 H W, in [0, 1]) convolved `settings.repeats` times: the last of `repeats`.

    Raises:
        InputError: the kernel does not fit, or values grew out of float32's range.
    """
    for step in repeats(image, kernel, settings):
        last = step
    return last


@torch.no_grad()
def repeats(
    image: torch.Tensor, kernel: Kernel, settings: Settings | None = None
) -> Iterator[Convolved]:
    """Convolve `image` (1 3 H W, in [0, 1]) again and again, yielding each repeat's picture.

    Raises:
        InputError: as `convolve`.
    """
    settings = settings or Settings()
    image = entering(image, settings)
    for repeat in range(1, settings.repeats + 1):
        try:
            image = slide(image, kernel, settings)
        except InputError as error:
            raise InputError(_after(repeat, settings.repeats, image) + str(error)) from error
        yield _convolved(repeat, image)


def entering(image: torch.Tensor, settings: Settings) -> torch.Tensor:
    """What the kernel slides over: `image` (1 3 H W) itself, or its one channel."""
    if settings.channels == "luminance":
        return luminance(image)
    if settings.channels == "sum over RGB":
        # One kernel for all three channels: adding first is the same sum, at a third of the work.
        return image.sum(1, keepdim=True)
    return image


@dataclass(frozen=True, eq=False)
class Gradient:
    """What a kernel finds, what its transpose finds, and the two together as a length."""

    kernel: Convolved
    transposed: Convolved
    magnitude: Convolved


@torch.no_grad()
def gradient(image: torch.Tensor, kernel: Kernel, settings: Settings | None = None) -> Gradient:
    """`image` (1 3 H W, in [0, 1]) by a square kernel and by its transpose: √(Gₓ² + Gᵧ²).

    Raises:
        InputError: as `convolve`.
    """
    across = convolve(image, kernel, settings)
    down = convolve(image, kernel.transposed(), settings)
    length = torch.hypot(across.result, down.result)
    return Gradient(across, down, _convolved(across.repeat, length))


def slide(image: torch.Tensor, kernel: Kernel, sliding: Sliding) -> torch.Tensor:
    """One kernel over every channel of `image` (1 C H W), each channel for itself: 1 C H' W'.

    Equal to `F.conv2d` with `groups=C` (`kernel.bias` is added to every channel). On a CPU OpenCV
    computes most of it, in a third of PyTorch's time.

    Raises:
        InputError: the kernel is larger than the padded image, or the padding is impossible.
    """
    channels, height, width = image.shape[1:]
    axes = output_axes(height, width, kernel.height, kernel.width, sliding)
    pads = sliding.pads(kernel.height, kernel.width)
    check_padding(height, width, *pads, sliding.padding_mode)
    weights = (kernel.flipped() if sliding.flip else kernel).tensor().to(image.device)
    if image.device.type == "cpu" and opencv.serves(weights, pads, sliding):
        return opencv.filtered(image, weights, kernel.bias, pads, sliding.padding_mode)
    convolved = partial(
        F.conv2d,
        weight=weights.expand(channels, 1, *weights.shape).contiguous(),
        bias=torch.full((channels,), kernel.bias, device=image.device) if kernel.bias else None,
        stride=sliding.stride,
        dilation=sliding.dilation,
        groups=channels,
    )
    made = convolved(channels_last(image), padding=pads)
    if sliding.padding_mode != "zeros":
        # Only what takes in some of the border is done again: a whole padded copy costs more than
        # the convolution.
        for rows, columns in _strips(*axes):
            covered = [axis.covered(one) for axis, one in zip(axes, (rows, columns), strict=True)]
            part = convolved(channels_last(window(image, *covered, sliding.padding_mode)))
            made[..., rows.start : rows.stop, columns.start : columns.stop] = part
    return made


def _strips(rows: Axis, columns: Axis) -> Iterator[tuple[range, range]]:
    """What lies around the outputs that take in nothing of the padding: rows, columns of each."""
    across, down = range(columns.output), rows.inside
    strips = [
        (range(down.start), across),
        (range(down.stop, rows.output), across),
        (down, range(columns.inside.start)),
        (down, range(columns.inside.stop, columns.output)),
    ]
    return (strip for strip in strips if all(strip))


def channels_last(image: torch.Tensor) -> torch.Tensor:
    """`image` (1 C H W) with its numbers in memory as H W C: no copy where they already are.

    On a CPU, depthwise convolution is ten times as fast in this layout. oneDNN takes that path
    only if the strides of axes of size 1 say channels-last too, which they don't always do;
    `contiguous(memory_format=...)` leaves them, and so they are spelled out here.
    """
    _, channels, height, width = image.shape
    rows = image.permute(0, 2, 3, 1).contiguous()  # 1 H W C
    strides = (height * width * channels, 1, width * channels, channels)
    return rows.as_strided((1, channels, height, width), strides, rows.storage_offset())


def extremes(tensor: torch.Tensor) -> tuple[float, float]:
    """The smallest and the largest number of `tensor` (1 C H W).

    Reduced along the order in memory, which is five times as fast for channels-last.
    """
    low, high = torch.aminmax(tensor.permute(0, 2, 3, 1))
    return float(low), float(high)


def _convolved(repeat: int, image: torch.Tensor) -> Convolved:
    """The picture after `repeat` convolutions, unless values of it are infinite."""
    low, high = extremes(image)
    if not (abs(low) < float("inf") and abs(high) < float("inf")):
        raise InputError(
            f"After repeat {repeat} the values are too large to be stored; repeat less often, "
            "or normalise the kernel."
        )
    return Convolved(repeat, image, low, high)


def _after(repeat: int, total: int, image: torch.Tensor) -> str:
    if repeat == 1:
        return ""
    size = times(image.shape[-1], image.shape[-2])
    return f"After {repeat - 1} of {total} repeats the picture has shrunk to {size}. "
