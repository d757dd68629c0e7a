"""From latent points to pictures: one, many, or a whole sheet of the plane."""

import torch

from models.core.errors import InputError
from models.core.images import tiled
from models.vae.network import Autoencoder

MOST_STEPS = 40
EXTENT = 3.0
"""Half the side of the plane that is shown: three of the prior's standard deviations."""


@torch.no_grad()
def decode(network: Autoencoder, latent: torch.Tensor) -> torch.Tensor:
    """Pictures (B C H W in [0, 1]) at latent points (B D)."""
    return network.decode(latent.to(next(network.parameters()).device)).cpu()


def lattice(steps: int, extent: float = EXTENT) -> torch.Tensor:
    """Points of the plane at the centres of `steps` x `steps` cells of [-extent, extent]².

    Rows from top (largest second coordinate) to bottom, columns from left to right.

    Returns:
        steps*steps 2.

    Raises:
        InputError: `steps` is not from 1 to 40.
    """
    if not 1 <= steps <= MOST_STEPS:
        raise InputError(f"A sheet has 1 to {MOST_STEPS} pictures a side, got {steps}.")
    along = (torch.arange(steps) + 0.5) / steps * 2 * extent - extent
    y, x = torch.meshgrid(along.flip(0), along, indexing="ij")
    return torch.stack([x, y], -1).flatten(0, 1)


def sheet(network: Autoencoder, steps: int = 20, extent: float = EXTENT) -> torch.Tensor:
    """The decoded plane as one picture, 1 C steps*H steps*W in [0, 1]: see `lattice`.

    Raises:
        InputError: the network's latent space is no plane, or `steps` is not from 1 to 40.
    """
    if network.config.latent != 2:
        raise InputError(f"Only a plane has a sheet; this one has {network.config.latent} axes.")
    return tiled(decode(network, lattice(steps, extent)), steps)
