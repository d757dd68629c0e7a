"""The simple variant: sixteen noise levels, and a network that predicts the next, cleaner level."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F


@dataclass(frozen=True)
class NextStateConfig:
    """A `NextState`: its pictures, its levels of noise and its width."""

    size: int = 32
    levels: int = 16
    channels: int = 64
    halvings: int = 3
    time_channels: int = 192
    middle: tuple[int, int] = (128, 32)
    """Of the dense layers between encoder and decoder: hidden units, channels of what comes out."""


class TimeBlock(nn.Module):
    """Convolved features, modulated by a dense layer of the time, normalised over channels."""

    def __init__(self, channels_in: int, channels_out: int, time_channels: int):
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels_out, 3, padding=1)
        self.modulated_conv = nn.Conv2d(channels_in, channels_out, 3, padding=1)
        self.time = nn.Linear(time_channels, channels_out)
        self.norm = nn.LayerNorm(channels_out)

    def forward(self, x: torch.Tensor, time: torch.Tensor) -> torch.Tensor:
        """B C H W and the time's features (B T) to B C' H W."""
        scale = F.relu(self.time(time))[:, :, None, None]  # B C' 1 1
        x = self.conv(x) + F.relu(self.modulated_conv(x)) * scale  # B C' H W
        x = self.norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)  # layer norm of each pixel
        return F.relu(x)


class NextState(nn.Module):
    """Encoder 32 -> 16 -> 8 -> 4, dense layers in the middle, decoder back, with skips."""

    def __init__(self, config: NextStateConfig):
        super().__init__()
        self.config = config
        width, time = config.channels, config.time_channels
        hidden, channels = config.middle
        self.side = config.size >> config.halvings
        self.time = nn.Sequential(nn.Linear(1, time), nn.LayerNorm(time), nn.ReLU())
        stages = range(config.halvings + 1)
        self.down = nn.ModuleList(TimeBlock(width if i else 3, width, time) for i in stages)
        self.middle = nn.Sequential(
            nn.Linear(width * self.side**2 + time, hidden),
            nn.LayerNorm(hidden),
            nn.ReLU(),
            nn.Linear(hidden, channels * self.side**2),
            nn.LayerNorm(channels * self.side**2),
            nn.ReLU(),
            nn.Unflatten(1, (channels, self.side, self.side)),
        )
        self.up = nn.ModuleList(
            TimeBlock(width + (width if i else channels), width, time) for i in stages
        )
        self.out = nn.Conv2d(width, 3, 1)

    def forward(self, x: torch.Tensor, level: torch.Tensor) -> torch.Tensor:
        """Predict pictures one level cleaner.

        Args:
            x: B 3 H W, faces in [-1, 1] mixed with noise as by `mix`.
            level: int64 B, steps done: 0 for pure noise, `levels` - 1 before the last step.

        Returns:
            B 3 H W, the same mixture at `level` + 1.
        """
        time = self.time(level[:, None].to(x.dtype) / self.config.levels)  # B T
        skips = []
        for block in self.down:
            x = F.max_pool2d(x, 2) if skips else x
            x = block(x, time)  # B C H/2^i W/2^i
            skips.append(x)
        x = self.middle(torch.cat([x.flatten(1), time], 1))  # B C' 4 4
        for block, skip in zip(self.up, reversed(skips), strict=True):
            x = F.interpolate(x, skip.shape[-2:])  # twice the side, but for the first
            x = block(torch.cat([x, skip], 1), time)  # B C H W of the skip
        return self.out(x)


def mix(
    x0: torch.Tensor, noise: torch.Tensor, level: torch.Tensor, config: NextStateConfig
) -> torch.Tensor:
    """The state at a level (int64 B, 0 to `levels`): level / levels picture, the rest noise."""
    signal_rate = (level / config.levels)[:, None, None, None]
    return signal_rate * x0 + (1 - signal_rate) * noise


@dataclass(frozen=True)
class NextStateStep:
    """One step: how many were done with it, and the pictures after it (B 3 H W)."""

    step: int
    x: torch.Tensor


@torch.no_grad()
def next_states(network: NextState, noise: torch.Tensor) -> Iterator[NextStateStep]:
    """Walk from noise (B 3 H W, standard normal) to faces in [-1, 1], level by level."""
    x = noise
    for level in range(network.config.levels):
        x = network(x, torch.full((len(x),), level, device=x.device))
        yield NextStateStep(level + 1, x)
