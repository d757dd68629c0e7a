"""One picture through an autoencoder with nothing hidden: posterior, noise, latent point, costs."""

from dataclasses import dataclass

import torch

from models.core.checks import one_of
from models.core.errors import InputError
from models.core.once import once
from models.vae import digits
from models.vae.decode import decode
from models.vae.encode import Posterior, cost, encode
from models.vae.network import Autoencoder
from models.vae.objective import ACTIVE_VARIANCE
from models.vae.shipped import DIGITS, autoencoder

SPARED = 4  # every fourth digit: enough to tell what varies, and the page opens sooner


@dataclass(frozen=True)
class Inspection:
    """What an autoencoder makes of one picture.

    Attributes:
        mean, deviation: of q(z|x), 1 D each: the encoder's, or those set by hand.
        noise: eps, 1 D.
        latent: z = mean + deviation * noise, 1 D.
        image: what is decoded from z, 1 C H W in [0, 1].
        reconstruction: minus the log likelihood of the picture at z, in nats.
        kl: KL of q(z|x) from the prior in each dimension, D, in nats; None where the model has no
            such term.
    """

    mean: torch.Tensor
    deviation: torch.Tensor
    noise: torch.Tensor
    latent: torch.Tensor
    image: torch.Tensor
    reconstruction: float
    kl: torch.Tensor | None

    def loss(self, beta: float = 1.0) -> float:
        """What is minimised: reconstruction + beta KL (Higgins et al. 2017, equation 4).

        With beta 1 minus the evidence lower bound (Kingma and Welling 2014, equation 3).
        """
        return self.reconstruction + (0.0 if self.kl is None else beta * self.kl.sum().item())


def inspect(
    network: Autoencoder,
    picture: torch.Tensor,
    noise: torch.Tensor,
    mean: torch.Tensor | None = None,
    deviation: torch.Tensor | None = None,
) -> Inspection:
    """Encode a picture, move by eps, decode, and count what that costs.

    Args:
        network: what encodes and decodes.
        picture: 1 C H W in [0, 1].
        noise: eps, 1 D.
        mean, deviation: 1 D each, in place of the encoder's.

    Raises:
        InputError: a deviation below 0; or of 0, where the KL divergence would be infinite.
    """
    own = encode(network, picture)
    mean = own.mean if mean is None else mean
    if deviation is None:
        posterior = Posterior(mean, own.log_variance)
    else:
        if (deviation < 0).any():
            raise InputError("A standard deviation is not below 0.")
        if network.config.variational and (deviation == 0).any():
            raise InputError("A deviation of 0 has an infinite KL divergence; give a little more.")
        posterior = Posterior(mean, 2 * deviation.log())
    latent = posterior.at(noise)
    costs = cost(network, picture, posterior, latent)
    return Inspection(
        mean,
        posterior.deviation,
        noise,
        latent,
        decode(network, latent),
        costs.reconstruction.item(),
        costs.kl[0] if network.config.variational else None,
    )


@once
def active(name: str) -> tuple[bool, ...]:
    """Which dimensions of a shipped digit model say anything about 250 of the held-back digits.

    A dimension whose mean varies by at most 0.01 has collapsed (Burda et al. 2016, section 5.2).

    Raises:
        InputError: there is no such model, or a file is missing or damaged.
    """
    one_of("Model", name, DIGITS)
    means = encode(autoencoder(name), digits.held_back().images[::SPARED] / 255).mean
    return tuple((means.var(0) > ACTIVE_VARIANCE).tolist())
