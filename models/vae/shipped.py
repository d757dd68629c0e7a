"""The autoencoders that travel with the app, by name."""

from pathlib import Path

from models.core import shipped
from models.core.checks import one_of
from models.vae.network import Autoencoder

WEIGHTS = Path(__file__).with_name("weights")
PLANES = {
    "digits_2d_autoencoder": "Autoencoder",
    "digits_2d_beta_tenth": "VAE, β = 0.1",
    "digits_2d": "VAE, β = 1",
    "digits_2d_beta_four": "VAE, β = 4",
}
"""Those whose latent space is a plane, and what they are called on the page."""
DIGITS = {**PLANES, "digits_16d": "VAE, 16 dimensions"}
"""All that turn digits into points and back."""
BETA = dict.fromkeys(DIGITS, 1.0) | {"digits_2d_beta_tenth": 0.1, "digits_2d_beta_four": 4.0}
"""How much the KL term weighs in what a variational one of them minimised."""
FACES = "faces"
DENOISING = "digits_denoising"
NAMES = (*DIGITS, DENOISING, FACES)


def autoencoder(name: str) -> Autoencoder:
    """A shipped network, on the CPU: these are so small that a GPU would only wait for them.

    Raises:
        InputError: there is none of this name, or its file is missing or damaged.
    """
    one_of("Autoencoder", name, NAMES)
    return shipped.network(Autoencoder, WEIGHTS / f"{name}.safetensors")
