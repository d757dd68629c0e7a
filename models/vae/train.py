"""Train the autoencoders on digits and faces: `python -m models.vae.train [run ...]`."""

from dataclasses import dataclass, replace
from functools import partial

import torch

from models.core import data
from models.training.augment import random_flip
from models.training.command_line import Options, Training, main
from models.training.experiment import Batch, Experiment, Networks
from models.training.recipe import Recipe
from models.vae.denoise import noised
from models.vae.evaluate import terms
from models.vae.network import Autoencoder, AutoencoderConfig
from models.vae.objective import bernoulli_loss, edge_loss, kl_divergence
from models.vae.shipped import BETA, FACES

DIGITS_CPU = Recipe(
    examples=1_000_000,
    batch_size=128,
    learning_rate=2e-3,
    warmup=10_000,
    decay=950_000,
    ema=0.999,
    validate_every=50_000,
)
DIGITS_GPU = replace(DIGITS_CPU, examples=6_000_000, decay=5_950_000, batch_size=256)
FACES_CPU = replace(DIGITS_CPU, examples=1_200_000, decay=1_000_000)
FACES_GPU = replace(FACES_CPU, examples=6_000_000, decay=5_000_000, batch_size=256)


@dataclass(frozen=True)
class Variant:
    """One of the autoencoders: what it is and how much its KL term weighs."""

    config: AutoencoderConfig
    beta: float = 1.0


FACE_CONFIG = AutoencoderConfig(
    latent=96, size=32, colours=3, channels=(48, 96, 160), squeezed=64, hidden=384
)
VARIANTS = {
    "digits_2d_autoencoder": Variant(AutoencoderConfig(2, variational=False), beta=0.0),
    "digits_2d_beta_tenth": Variant(AutoencoderConfig(2), beta=BETA["digits_2d_beta_tenth"]),
    "digits_2d": Variant(AutoencoderConfig(2)),
    "digits_2d_beta_four": Variant(AutoencoderConfig(2), beta=BETA["digits_2d_beta_four"]),
    "digits_16d": Variant(AutoencoderConfig(16)),
    "digits_denoising": Variant(AutoencoderConfig(32, variational=False, noise=0.5), beta=0.0),
    FACES: Variant(FACE_CONFIG),
}


def recipes(config: AutoencoderConfig) -> tuple[Recipe, Recipe]:
    """For the CPU and for the GPU, by what the pictures are."""
    return (FACES_CPU, FACES_GPU) if config.colours == 3 else (DIGITS_CPU, DIGITS_GPU)


class AutoencoderTraining(Experiment):
    """Reconstruction + beta * KL (Higgins et al. 2017, equation 4)."""

    resident = ("training",)

    def __init__(self, options: Options, name: str, variant: Variant | None = None):
        torch.manual_seed(options.seed)
        self.name = name
        self.variant = variant or VARIANTS[name]
        config = self.variant.config
        self.faces = config.colours == 3
        self.recipe = options.choose(*recipes(config))
        training, validation = options.parts("simpsons" if self.faces else "mnist")
        self.training = data.resized(training, config.size)
        self.validation = data.resized(validation, config.size)
        self.networks = {"autoencoder": Autoencoder(config)}
        self.size = len(self.training)

    def batch(self, indices: torch.Tensor) -> Batch:
        """Pictures, uint8, B C H W."""
        return (self.training.images[indices],)

    def losses(self, player: str, networks: Networks, batch: Batch) -> dict[str, torch.Tensor]:
        """The objective and its two terms, in nats a picture."""
        images = batch[0] / 255
        if self.faces:
            images = random_flip(images)
        config = self.variant.config
        noise = torch.randn(len(images), config.latent, device=images.device)
        seen = noised(images, config.noise)
        logits, mean, log_variance = networks[player](seen, noise)
        if self.faces:
            reconstruction = edge_loss(logits.float().sigmoid(), images).mean()
        else:
            reconstruction = bernoulli_loss(logits.float(), images).mean()
        if not config.variational:
            return {"loss": reconstruction}
        kl = kl_divergence(mean.float(), log_variance.float()).sum(1).mean()
        loss = reconstruction + self.variant.beta * kl
        return {"loss": loss, "reconstruction": reconstruction, "kl": kl}

    def validate(self, networks: Networks) -> dict[str, float]:
        """The objective and its terms on held-back pictures, with the same noise each time."""
        found = terms(networks["autoencoder"], self.validation.images, draws=1)
        loss = found["reconstruction"] + self.variant.beta * found.get("kl", 0.0)
        return {"loss": loss, **found}

    def samples(self, networks: Networks) -> torch.Tensor:
        """Five held-back pictures and what becomes of each, side by side."""
        network = networks["autoencoder"]
        images = (self.validation.images[:5] / 255).to(next(network.parameters()).device)
        seen = noised(images, network.config.noise, torch.Generator().manual_seed(0))
        restored = network.decode(network.encode(seen)[0])
        return torch.stack([seen, restored], 1).flatten(0, 1)  # 2*5 C H W


RUNS = {
    name: Training(partial(AutoencoderTraining, name=name), *recipes(variant.config))
    for name, variant in VARIANTS.items()
}

if __name__ == "__main__":
    main(__doc__, RUNS)
