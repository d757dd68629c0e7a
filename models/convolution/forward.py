"""A whole layer: a picture through a bank of filters, with all that the page tells about it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import torch

from models.convolution.bank import Filter, bank
from models.convolution.cost import Cost, cost
from models.convolution.geometry import pad
from models.convolution.kernels import Kernel
from models.convolution.layer import LayerSettings, Stage, stages
from models.convolution.response import Response, response

BESIDE = 4  # a scale of its own from here on: below, maps share the feature map's colours


@dataclass(frozen=True)
class Window:
    """Which cells of the stage before a cell sees: those from `stride * cell - offset` on.

    size: rows and columns; offset likewise. stride, dilation: cells, along both axes.
    """

    size: tuple[int, int] = (1, 1)
    stride: int = 1
    dilation: int = 1
    offset: tuple[int, int] = (0, 0)


@dataclass(frozen=True, eq=False)
class Station:
    """One stage of all filters together, and how it is to be shown.

    stage: its channels are the picture's for "input" and "padded", else one map per filter.
    limit: the magnitude that has full colour; None for the picture, which has colours of its own.
    """

    stage: Stage
    window: Window = field(default_factory=Window)
    limit: float | None = None


@dataclass(frozen=True, eq=False)
class Forward:
    """A forward pass: the filters, the stations in order, the activation's doing, the cost."""

    settings: LayerSettings
    filters: tuple[Filter, ...]
    stations: tuple[Station, ...]
    response: Response
    cost: Cost


def forward(
    image: torch.Tensor,
    first: Kernel,
    count: int,
    settings: LayerSettings,
    second: Kernel | None = None,
) -> Forward:
    """`image` (1 C H W, C 1 or 3) through a layer of `count` filters, `first` among them.

    `second` is the other kernel of maxout, the same for every filter.

    Raises:
        InputError: a count outside of 1 to 8, or as `stages`.
    """
    filters = bank(first, count)
    runs = [list(stages(each.tinted(image), each.kernel, settings, second)) for each in filters]
    joined = _joined(image, first, settings, runs)
    seen, limits = windows(first, settings), colour_limits(joined[2:])
    named = {stage.name: stage.tensor for stage in joined}
    return Forward(
        settings=settings,
        filters=filters,
        stations=tuple(
            Station(stage, seen.get(stage.name, Window()), limits.get(stage.name))
            for stage in joined
        ),
        response=response(settings.activation, named["feature map"], named["activation"]),
        cost=cost(*image.shape[1:], first.height, count * settings.kernels_per_filter, settings),
    )


def windows(kernel: Kernel, settings: LayerSettings) -> dict[str, Window]:
    """What a cell of each stage sees of the stage before, by the stage's name."""
    size = (kernel.height, kernel.width)
    slid = Window(size, settings.stride, settings.dilation)
    return {
        "padded": Window(offset=settings.pads(*size)),
        "feature map": slid,
        "second feature map": slid,
        "pooled": Window((settings.pool_size, settings.pool_size), settings.pool_stride),
    }


def colour_limits(maps: Iterable[Stage]) -> dict[str, float]:
    """The value of full colour per stage: one for all, unless some are far smaller or larger.

    Feature maps keep one limit, what follows the activation another, and where the two are within
    a factor of `BESIDE` the larger serves all: then colours can be compared along the layer.
    """
    most = {stage.name: max(abs(stage.minimum), abs(stage.maximum)) for stage in maps}
    before = max((most[name] for name in most if "map" in name), default=0.0)
    after = max((most[name] for name in most if "map" not in name), default=0.0)
    if before / BESIDE <= after <= before * BESIDE:
        before = after = max(before, after)
    return {name: before if "map" in name else after for name in most}


def _joined(
    image: torch.Tensor, first: Kernel, settings: LayerSettings, runs: list[list[Stage]]
) -> list[Stage]:
    """The runs of all filters, stage by stage; the first two stages are the picture, untinted."""
    pads = settings.pads(first.height, first.width)
    pictures = (image, pad(image, *pads, settings.padding_mode))
    maps = (
        torch.cat([each.tensor for each in same], 1) for same in list(zip(*runs, strict=True))[2:]
    )
    return [
        Stage(one.name, tensor, float(tensor.min()), float(tensor.max()), one.axes)
        for one, tensor in zip(runs[0], (*pictures, *maps), strict=True)
    ]
