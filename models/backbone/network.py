"""A residual network with a first layer that is worth looking at: few but large filters."""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet's pictures, per channel


@dataclass(frozen=True)
class BackboneConfig:
    """A `Backbone`: the classes it tells apart, and its width and depth in four stages.

    Without classes it has no head: then it is only looked through.
    """

    classes: tuple[str, ...]
    widths: tuple[int, ...] = (32, 64, 160, 320)
    blocks: tuple[int, ...] = (2, 2, 2, 2)
    stem: int = 7
    """Side of the first layer's filters, of which there are `widths[0]`."""
    size: int | None = None
    """Pixels of the sides at which pictures are best shown to it; None for as they come."""


class Block(nn.Module):
    """Two 3x3 convolutions around a shortcut (He et al. 2016, figure 2)."""

    def __init__(self, channels_in: int, channels_out: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels_out, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels_out)
        self.conv2 = nn.Conv2d(channels_out, channels_out, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels_out)
        nn.init.zeros_(self.norm2.weight)  # each block begins as its shortcut (Goyal et al. 2017)
        self.shortcut: nn.Module = nn.Identity()
        if stride > 1 or channels_in != channels_out:
            self.shortcut = nn.Sequential(
                nn.AvgPool2d(stride, ceil_mode=True) if stride > 1 else nn.Identity(),
                nn.Conv2d(channels_in, channels_out, 1, bias=False),
                nn.BatchNorm2d(channels_out),
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """B C H W to B C' H/stride W/stride."""
        y = F.relu(self.norm1(self.conv1(x)))
        y = self.norm2(self.conv2(y))
        return F.relu(y + self.shortcut(x))


class Backbone(nn.Module):
    """A ResNet-18 (He et al. 2016) without the first pooling, for pictures of 64 to 160 pixels.

    Its first layer halves the picture, and so does each stage but the first: the last map of a
    64x64 picture is 4x4, that of a 160x160 one 10x10.
    """

    def __init__(self, config: BackboneConfig):
        super().__init__()
        self.config = config
        first = config.widths[0]
        self.stem = nn.Conv2d(3, first, config.stem, 2, config.stem // 2, bias=False)
        self.norm = nn.BatchNorm2d(first)
        stages, channels = [], first
        for number, (width, depth) in enumerate(zip(config.widths, config.blocks, strict=True)):
            strides = [1 if number == 0 else 2] + [1] * (depth - 1)
            blocks = []
            for stride in strides:
                blocks.append(Block(channels, width, stride))
                channels = width
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.ModuleList(stages)
        self.head = nn.Linear(channels, len(config.classes)) if config.classes else nn.Identity()
        self.register_buffer("mean", torch.tensor(MEAN).reshape(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(STD).reshape(1, 3, 1, 1), persistent=False)

    def take_over(self, trained: "Backbone") -> None:
        """Begin with the weights of a trained one, all but its head's, and hand it this head."""
        trained.head = self.head
        self.load_state_dict(trained.state_dict())

    def features(self, images: torch.Tensor) -> list[torch.Tensor]:
        """The feature maps after the first layer and after each stage, from large to small.

        Args:
            images: B 3 H W in [0, 1].

        Returns:
            Five maps: B C H/2 W/2 of the first layer and the first stage, then H/4, H/8, H/16.
        """
        x = (images - self.mean) / self.std  # B 3 H W
        maps = [F.relu(self.norm(self.stem(x)))]  # B C H/2 W/2
        for stage in self.stages:
            maps.append(stage(maps[-1]))
        return maps

    def embed(self, images: torch.Tensor) -> torch.Tensor:
        """B 3 H W in [0, 1] to B D: the last map's mean, which the classes are read from."""
        return self.features(images)[-1].mean((2, 3))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """B 3 H W in [0, 1] to the classes' logits, B K."""
        return self.head(self.embed(images))
