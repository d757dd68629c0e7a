"""Autoencoders, plain and variational, small enough to decode a sheet while a point is dragged."""

from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class AutoencoderConfig:
    """An `Autoencoder`: the pictures it is for, its latent space and its layers."""

    latent: int
    variational: bool = True
    size: int = 28
    colours: int = 1
    channels: tuple[int, ...] = (32, 64)
    """Of each halving of the picture, from large to small."""
    squeezed: int = 16
    """Channels of the smallest map where it meets the dense layers."""
    hidden: int = 128
    noise: float = 0.0
    """Standard deviation of the noise that a denoising autoencoder was trained to take away."""


class Autoencoder(nn.Module):
    """Encoder to a latent point, or to a Gaussian around one, and decoder back to a picture."""

    def __init__(self, config: AutoencoderConfig):
        super().__init__()
        self.config = config
        side = config.size >> len(config.channels)
        flat = config.squeezed * side * side
        last = config.channels[-1]

        layers: list[nn.Module] = []
        before = config.colours
        for channels in config.channels:
            layers += [nn.Conv2d(before, channels, 3, 2, 1), nn.SiLU()]  # halves H and W
            before = channels
        layers += [nn.Conv2d(last, last, 3, 1, 1), nn.SiLU(), nn.Conv2d(last, config.squeezed, 1)]
        layers += [nn.Flatten(), nn.Linear(flat, config.hidden), nn.SiLU()]  # B hidden
        outputs = 2 * config.latent if config.variational else config.latent
        self.encoder = nn.Sequential(*layers, nn.Linear(config.hidden, outputs))

        layers = [nn.Linear(config.latent, config.hidden), nn.SiLU()]
        layers += [nn.Linear(config.hidden, config.hidden), nn.SiLU()]
        layers += [nn.Linear(config.hidden, flat), nn.SiLU()]
        layers += [nn.Unflatten(1, (config.squeezed, side, side))]  # B squeezed side side
        layers += [nn.Conv2d(config.squeezed, last, 3, 1, 1), nn.SiLU()]
        for channels in config.channels[-2::-1]:
            layers += [nn.ConvTranspose2d(before, channels, 4, 2, 1), nn.SiLU()]  # doubles H, W
            before = channels
        # The last doubling is by far the dearest as a layer of its own (Shi et al. 2016).
        layers += [nn.Conv2d(before, 4 * config.colours, 3, 1, 1), nn.PixelShuffle(2)]
        self.decoder = nn.Sequential(*layers)

    def encode(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The Gaussian q(z|x) of each picture.

        Args:
            images: B C H W in [0, 1].

        Returns:
            Mean and log variance, each B latent; a plain autoencoder's log variance is minus
            infinity: all of q is in the one point.
        """
        encoded = self.encoder(images)
        if self.config.variational:
            mean, log_variance = encoded.chunk(2, dim=1)
            return mean, log_variance
        return encoded, torch.full_like(encoded, -torch.inf)

    def decode(self, latent: torch.Tensor) -> torch.Tensor:
        """Pictures (B C H W in [0, 1]) at latent points (B latent)."""
        return self.decoder(latent).sigmoid()

    def forward(
        self, images: torch.Tensor, noise: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Encode, draw a latent point for each picture, decode.

        Args:
            images: B C H W in [0, 1].
            noise: epsilon, B latent, standard normal.

        Returns:
            The decoder's logits (B C H W; their sigmoid is the picture), mean and log variance.
        """
        mean, log_variance = self.encode(images)
        return self.decoder(reparameterise(mean, log_variance, noise)), mean, log_variance


def reparameterise(
    mean: torch.Tensor, log_variance: torch.Tensor, noise: torch.Tensor
) -> torch.Tensor:
    """z = mu + sigma * eps (Kingma and Welling 2014, section 2.4); all B latent."""
    return mean + (0.5 * log_variance).exp() * noise
