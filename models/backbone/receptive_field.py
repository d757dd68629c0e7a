"""Which pixels a unit of the network can see, and which of them it heeds."""

from dataclasses import dataclass

import torch
from torch import nn

from models.backbone.network import Backbone


@dataclass(frozen=True)
class Field:
    """A part of the picture in pixels, from its upper left; it may reach beyond the border."""

    top: int
    left: int
    height: int
    width: int

    def inside(self, height: int, width: int) -> "Field":
        """What of it lies inside a picture of that size."""
        top, left = max(self.top, 0), max(self.left, 0)
        bottom, right = min(self.top + self.height, height), min(self.left + self.width, width)
        return Field(top, left, bottom - top, right - left)


def receptive_field(network: Backbone, layer: int, row: int, column: int) -> Field:
    """The receptive field of one unit at one place, by geometry.

    From the unit back to the picture: a convolution of size k, stride s and padding p makes of the
    cells a to b the cells s a - p to s b - p + k - 1 before it. A block's shortcut sees less than
    its two convolutions, and lies inside of what they see.

    Args:
        network: whose convolutions count.
        layer: of `see.LAYERS`, from 0.
        row: of the layer's map.
        column: likewise.
    """
    top, bottom, left, right = row, row, column, column
    for convolution in reversed(_convolutions(network, layer)):
        (size, _), (stride, _) = convolution.kernel_size, convolution.stride
        padding = convolution.padding[0]
        top, left = stride * top - padding, stride * left - padding
        bottom = stride * bottom - padding + size - 1
        right = stride * right - padding + size - 1
    return Field(top, left, bottom - top + 1, right - left + 1)


def _convolutions(network: Backbone, layer: int) -> list[nn.Conv2d]:
    """Those on the way to a layer, in their order; of each block the two of its longer way."""
    blocks = [block for stage in network.stages[:layer] for block in stage]
    return [network.stem, *(each for block in blocks for each in (block.conv1, block.conv2))]


def heeded(
    network: Backbone, picture: torch.Tensor, layer: int, unit: int, row: int, column: int
) -> torch.Tensor:
    """How much a unit's answer at one place changes with each pixel: its gradient's size.

    The effective receptive field (Luo et al. 2016) for this picture. Where the unit does not
    answer, its ReLU being at 0, all of it is 0.

    Args:
        network: in `eval` mode.
        picture: 1 3 h w in [0, 1].
        layer: of `see.LAYERS`, from 0.
        unit: from 0.
        row: of the layer's map.
        column: likewise.

    Returns:
        h w: the length of the gradient of the three colours.
    """
    with torch.enable_grad():
        pixels = picture.detach().clone().requires_grad_()
        answer = network.features(pixels)[layer][0, unit, row, column]
        (gradient,) = torch.autograd.grad(answer, pixels)
    return gradient[0].norm(dim=0)
