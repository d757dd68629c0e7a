"""Faces of one character out of the face VAE: drawn around the mean of its codes."""

import torch

from models.core.checks import between, whole
from models.vae.codes import FaceCodes
from models.vae.network import Autoencoder

MOST_SPREAD = 1.5
MOST = 25


@torch.no_grad()
def draw(
    network: Autoencoder,
    known: FaceCodes,
    character: str,
    count: int,
    generator: torch.Generator,
    spread: float = 1.0,
) -> torch.Tensor:
    """Faces at points drawn from a Gaussian that fits one character's codes, N 3 H W in [0, 1].

    Mean and deviation of each latent number are those of the character's faces that travel with
    the app; a code says only where in latent space it lies, so the decoder answers with the mean
    of all faces that lie there.

    Args:
        network: the VAE of faces.
        known: its training faces' codes.
        character: whose.
        count: 1 to 25 faces.
        generator: on the CPU.
        spread: what the deviations are multiplied by, 0 to 1.5; with 0 all are the mean's face.

    Raises:
        InputError: there is no such character, or a number out of range.
    """
    whole("The number of faces", count, 1, MOST)
    between("The spread", spread, 0, MOST_SPREAD)
    own = known.faces[known.index(character)]  # F D
    noise = torch.randn(count, own.shape[1], generator=generator)
    latent = own.mean(0) + spread * own.std(0) * noise
    return network.decode(latent.to(next(network.parameters()).device)).cpu()
