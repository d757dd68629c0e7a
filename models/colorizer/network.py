"""The painter, a U-Net from lightness to colour, and its judge, a discriminator of patches."""

from dataclasses import dataclass
from math import prod

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

from models.backbone.network import Backbone, BackboneConfig

Advice = list[torch.Tensor | None]


@dataclass(frozen=True)
class ColorizerConfig:
    """A `Colorizer`: its channels, whether it takes hints, and the pictures it was trained on."""

    channels: tuple[int, ...] = (32, 64, 96, 96)
    """Of each resolution, from full size down; each is half of the one before."""
    hints: bool = False
    sides: tuple[int, int] = (32, 32)
    """Pixels along the smallest and the largest pictures of the training."""
    guide: tuple[int, ...] = ()
    """Widths of the `Backbone` that looks at the grey picture as well; empty for none."""


class Colorizer(nn.Module):
    """A U-Net (Ronneberger et al. 2015) whose shortcuts bring the edges of the grey picture.

    With a guide, a classifier's maps of what is to be seen are added to its own of the same
    resolution, and their mean to the smallest (the "global features" of Iizuka et al. 2016).
    """

    def __init__(self, config: ColorizerConfig):
        super().__init__()
        self.config = config
        first, *rest = config.channels
        self.stem = _layer(4 if config.hints else 1, first)
        self.downs, self.ups = nn.ModuleList(), nn.ModuleList()
        before = first
        for channels in rest:
            self.downs.append(
                nn.Sequential(_layer(before, channels, stride=2), _layer(channels, channels))
            )
            before = channels
        for channels in config.channels[-2::-1]:
            self.ups.append(_layer(before + channels, channels))
            before = channels
        self.head = nn.Conv2d(before, 2, 1)
        self.guide: Backbone | None = None
        if config.guide:
            self.guide = Backbone(BackboneConfig((), config.guide))
            *maps, last = config.guide[1:]
            heard = zip((*maps, last, last), config.channels[2:], strict=True)
            self.advice = nn.ModuleList(nn.Conv2d(here, there, 1) for here, there in heard)
            for convolution in self.advice:  # at first nothing is said: as ControlNet begins
                nn.init.zeros_(convolution.weight)
                nn.init.zeros_(convolution.bias)

    @property
    def multiple(self) -> int:
        """What both sides of a picture have to be divisible by."""
        return 2 ** len(self.downs)

    def forward(
        self,
        lightness: torch.Tensor,
        hints: torch.Tensor | None = None,
        advice: Advice | None = None,
    ) -> torch.Tensor:
        """Paint.

        Args:
            lightness: B 1 H W in [-1, 1]; H and W divisible by `multiple`.
            hints: ab where it is known, zero elsewhere, and a third plane that says where, by
                ones: B 3 H W. None knows nothing. A network without hints ignores them.
            advice: what `advise` gave for this lightness, where that is at hand.

        Returns:
            ab, B 2 H W in [-1, 1]; `lab.join` makes a picture of both.
        """
        x = lightness  # B 1 H W
        if self.config.hints:
            hints = lightness.new_zeros(1, 3, 1, 1) if hints is None else hints
            x = torch.cat([x, hints.expand(len(x), 3, *x.shape[2:])], 1)  # B 4 H W
        maps = [self.stem(x)]  # B C H W
        advice = self.advise(lightness) if advice is None else advice
        for down, said in zip(self.downs, advice, strict=True):
            x = down(maps[-1])  # B C' H/2 W/2, and so on
            maps.append(x if said is None else x + said)
        x = maps.pop()
        for up in self.ups:
            x = F.interpolate(x, scale_factor=2.0)  # B C' H W
            x = up(torch.cat([x, maps.pop()], 1))  # B C H W
        return self.head(x).tanh()  # B 2 H W

    def advise(self, lightness: torch.Tensor) -> Advice:
        """What the guide adds to the map of each resolution but the first, whatever the hints; None
        is nothing.

        Args:
            lightness: as for `forward`.
        """
        if self.guide is None:
            return [None] * len(self.downs)
        grey = ((lightness + 1) / 2).expand(-1, 3, -1, -1)  # B 3 H W in [0, 1]
        *_, quarter, eighth, last = self.guide.features(grey)  # B D H/4 W/4, and so on
        seen = (quarter, eighth, last, last.mean((2, 3), keepdim=True))
        return [None, *(say(x) for say, x in zip(self.advice, seen, strict=True))]


def _layer(channels_in: int, channels_out: int, stride: int = 1) -> nn.Sequential:
    """3x3 convolution, batch norm, SiLU."""
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, 3, stride, 1, bias=False),
        nn.BatchNorm2d(channels_out),
        nn.SiLU(),
    )


@dataclass(frozen=True)
class PatchDiscriminatorConfig:
    """A `PatchDiscriminator`: its channels, and the pictures it was trained on."""

    channels: tuple[int, ...] = (32, 64, 128)
    """Of each layer but the last. All but two layers halve the map."""
    sides: tuple[int, int] = (32, 32)
    """Pixels along the smallest and the largest pictures of the training."""
    weight: float = 0.01
    """Of what it says in the painter's loss, beside an L1 of weight 1: the 1 to 100 of Isola et al.
    2017, section 3.3."""


class PatchDiscriminator(nn.Module):
    """Says of each patch of a picture whether its colours are real (Isola et al. 2017, section
    3.2.2), by the grey picture and the colours together.

    Weights are divided by their spectral norm (Miyato et al. 2018) in place of batch norm: each
    picture is then judged by itself.
    """

    def __init__(self, config: PatchDiscriminatorConfig):
        super().__init__()
        self.config = config
        layers: list[nn.Module] = []
        before = 3
        for stride, channels in zip(self.strides, (*config.channels, 1), strict=True):
            layers += [spectral_norm(nn.Conv2d(before, channels, 4, stride, 1)), nn.LeakyReLU(0.2)]
            before = channels
        self.layers = nn.Sequential(*layers[:-1])

    @property
    def strides(self) -> tuple[int, ...]:
        """Of each layer."""
        return (2,) * (len(self.config.channels) - 1) + (1, 1)

    @property
    def patch(self) -> int:
        """Pixels along the side of what one answer has seen: 34 with two halvings."""
        seen = 1
        for stride in reversed(self.strides):
            seen = (seen - 1) * stride + 4
        return seen

    @property
    def apart(self) -> int:
        """Pixels from one answer's patch to the next."""
        return prod(self.strides)

    @property
    def start(self) -> int:
        """Where the first patch begins, in pixels: outside of the picture, in the padding."""
        return -sum(prod(self.strides[:layer]) for layer in range(len(self.strides)))

    def forward(self, lightness: torch.Tensor, ab: torch.Tensor) -> torch.Tensor:
        """Lightness (B 1 H W) and ab (B 2 H W), scaled, to logits of being real, one a patch.

        B 1 h w; with two halvings h is H / 4 - 2, 6 for 32 pixels.
        """
        return self.layers(torch.cat([lightness, ab], 1))
