"""Drawing from a variational autoencoder: points of the prior, decoded."""

import torch

from models.vae.network import Autoencoder


@torch.no_grad()
def draw(network: Autoencoder, count: int, generator: torch.Generator) -> torch.Tensor:
    """Pictures (N C H W in [0, 1]) at points drawn from N(0, 1) on the CPU."""
    latent = torch.randn(count, network.config.latent, generator=generator)
    return network.decode(latent.to(next(network.parameters()).device))
