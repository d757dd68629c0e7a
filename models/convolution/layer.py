"""What a convolutional layer does, stage by stage: pad, convolve, activate, pool."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from models.convolution.activations import ACTIVATIONS, activate
from models.convolution.axis import Axis, output_size
from models.convolution.convolve import extremes, slide
from models.convolution.geometry import Sliding, output_axes, pad
from models.convolution.grids import times
from models.convolution.kernels import Kernel
from models.core.checks import one_of, whole
from models.core.errors import InputError

POOLINGS = ("max", "average", "none")
MAX_POOL = 8


@dataclass(frozen=True)
class LayerSettings(Sliding):
    """How a layer slides, activates and pools.

    activation: one of `ACTIVATIONS`. pooling: "max", "average" or "none"; pool_size and
    pool_stride: 1 to 8 pixels, no padding.

    Raises:
        InputError: a value outside of these.
    """

    activation: str = "ReLU"
    pooling: str = "max"
    pool_size: int = 2
    pool_stride: int = 2

    @property
    def kernels_per_filter(self) -> int:
        """How many kernels each filter has: maxout takes the larger result of two."""
        return 2 if self.activation == "maxout" else 1

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("Activation", self.activation, ACTIVATIONS)
        one_of("Pooling", self.pooling, POOLINGS)
        whole("Pooling size", self.pool_size, 1, MAX_POOL)
        whole("Pooling stride", self.pool_stride, 1, MAX_POOL)


@dataclass(frozen=True, eq=False)
class Stage:
    """One stage: `tensor` 1 C H W float32, any range; `axes` where the size was computed."""

    name: str
    tensor: torch.Tensor
    minimum: float
    maximum: float
    axes: tuple[Axis, Axis] | None = None

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height, width."""
        return tuple(self.tensor.shape[1:])


@torch.no_grad()
def stages(
    image: torch.Tensor,
    kernel: Kernel,
    settings: LayerSettings | None = None,
    second: Kernel | None = None,
) -> Iterator[Stage]:
    """One filter over `image` (1 C H W): input, padded, feature map(s), activation, pooled.

    As in a CNN, the filter's results for the C channels are added up, the bias once: one map.
    `second` is the other kernel of maxout, of the same size as the first, and gives the stage
    "second feature map". Without pooling there is no stage "pooled".

    Raises:
        InputError: a kernel or pooling window that does not fit, or maxout without `second`.
    """
    settings = settings or LayerSettings()
    maxout = settings.activation == "maxout"
    if maxout and second is None:
        raise InputError("Maxout takes the larger of two kernels' results: give a second kernel.")
    if maxout and (second.height, second.width) != (kernel.height, kernel.width):
        raise InputError("The two kernels of maxout must have the same size.")
    yield _stage("input", image)
    bordered = pad(image, *settings.pads(kernel.height, kernel.width), settings.padding_mode)
    yield _stage("padded", bordered)
    axes = _axes(image, kernel, settings)
    first_map = feature_map(bordered, kernel, settings)
    yield _stage("feature map", first_map, axes)
    second_map = feature_map(bordered, second, settings) if maxout else None
    if maxout:
        yield _stage("second feature map", second_map, axes)
    activated = activate(settings.activation, first_map, second_map)
    yield _stage("activation", activated)
    if settings.pooling != "none":
        pooled, axes = pool(activated, settings.pooling, settings.pool_size, settings.pool_stride)
        yield _stage("pooled", pooled, axes)


def feature_map(bordered: torch.Tensor, kernel: Kernel, sliding: Sliding) -> torch.Tensor:
    """One filter over an already padded image (1 C H W), channels added up: 1 1 H' W'.

    Raises:
        InputError: the kernel is larger than the padded image.
    """
    valid = Sliding(sliding.stride, sliding.dilation, "valid", "zeros", sliding.flip)
    return slide(bordered.sum(1, keepdim=True), kernel, valid)


def pool(
    x: torch.Tensor, kind: str, size: int, stride: int
) -> tuple[torch.Tensor, tuple[Axis, Axis]]:
    """Max or average pooling of `x` (1 C H W), and what its floor drops, in rows and columns.

    Raises:
        InputError: an unknown kind, or a window larger than the map.
    """
    one_of("Pooling", kind, POOLINGS[:2])
    height, width = x.shape[-2:]
    rows = output_size(height, size, stride=stride, symbol="H")
    columns = output_size(width, size, stride=stride, symbol="W")
    if rows.too_large_by or columns.too_large_by:
        raise InputError(
            f"A {times(size, size)} pooling window does not fit on a feature map of "
            f"{times(width, height)}; use a smaller one."
        )
    function = F.max_pool2d if kind == "max" else F.avg_pool2d
    return function(x, size, stride), (rows, columns)


def _axes(image: torch.Tensor, kernel: Kernel, sliding: Sliding) -> tuple[Axis, Axis]:
    return output_axes(*image.shape[-2:], kernel.height, kernel.width, sliding)


def _stage(name: str, tensor: torch.Tensor, axes: tuple[Axis, Axis] | None = None) -> Stage:
    return Stage(name, tensor, *extremes(tensor), axes)
