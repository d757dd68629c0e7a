"""From pictures to latent points: the posterior, a point drawn from it, and what both cost."""

from dataclasses import dataclass

import torch

from models.vae.network import Autoencoder, reparameterise
from models.vae.objective import bernoulli_loss, edge_loss, kl_divergence

BATCH = 100
"""Pictures at once: of a thousand at once the maps alone are 100 MB."""


@dataclass(frozen=True)
class Posterior:
    """q(z|x) of each picture, a Gaussian with independent dimensions: B D each.

    A plain autoencoder's log variance is minus infinity: all of q is in the one point.
    """

    mean: torch.Tensor
    log_variance: torch.Tensor

    @property
    def deviation(self) -> torch.Tensor:
        """Standard deviations, B D; 0 for a plain autoencoder."""
        return (0.5 * self.log_variance).exp()

    def at(self, noise: torch.Tensor) -> torch.Tensor:
        """z = mu + sigma * eps for eps B D (Kingma and Welling 2014, section 2.4)."""
        return reparameterise(self.mean, self.log_variance, noise)


@dataclass(frozen=True)
class Cost:
    """The two terms of the loss of each picture at one latent point, in nats.

    `reconstruction` is B, `kl` B D; both are zero where there is no such term.
    """

    reconstruction: torch.Tensor
    kl: torch.Tensor


@torch.no_grad()
def encode(network: Autoencoder, images: torch.Tensor) -> Posterior:
    """The posteriors of pictures (B C H W in [0, 1])."""
    where = next(network.parameters()).device
    parts = [network.encode(part.to(where)) for part in images.split(BATCH)]
    means, log_variances = zip(*parts, strict=True)
    return Posterior(torch.cat(means).cpu(), torch.cat(log_variances).cpu())


@torch.no_grad()
def cost(
    network: Autoencoder, images: torch.Tensor, posterior: Posterior, latent: torch.Tensor
) -> Cost:
    """What the loss says of pictures (B C H W) when they are decoded from `latent` (B D)."""
    if network.config.colours == 3:
        reconstruction = edge_loss(network.decode(latent), images)
    else:
        reconstruction = bernoulli_loss(network.decoder(latent), images)
    if not network.config.variational:
        return Cost(reconstruction, torch.zeros_like(latent))
    return Cost(reconstruction, kl_divergence(posterior.mean, posterior.log_variance))
