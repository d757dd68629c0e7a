"""The autoencoders' numbers: `python -m models.vae.evaluate [--data FILE.npz] [--json]`."""

from pathlib import Path

import torch

from models.core import checkpoint, data
from models.core.archive import Dataset
from models.core.metrics import psnr
from models.training.card import About
from models.training.evaluation import Rows, main
from models.vae.denoise import noised
from models.vae.network import Autoencoder, reparameterise
from models.vae.objective import active_dimensions, bernoulli_loss, edge_loss, kl_divergence
from models.vae.shipped import WEIGHTS

BATCH = 500
DRAWS = 8
DATA = ("mnist", "simpsons")
ABOUT = About(
    title="Autoencoders",
    text=(
        "Convolutional autoencoders that turn a picture into a few numbers and back: on digits a "
        "plain one and variational ones in two dimensions at three weights of the KL term (0.1, "
        "1 and 4), a variational one in sixteen, and one that takes noise away; on faces a "
        "variational one in 96 dimensions, whose loss also asks for the right edges."
    ),
    data=(
        "Digits: MNIST's training set (Y. LeCun and C. Cortes, CC BY-SA 3.0). Faces: crops from "
        "stills of The Simpsons, a copyrighted show: research and teaching only."
    ),
    limits=(
        "For showing how autoencoders work. Samples are blurred, as those of VAEs are; the faces' "
        "far more than a diffusion model's."
    ),
    metrics=(
        "In nats a picture, the mean over 8 draws of the latent noise: `negative_elbo` = "
        "`reconstruction` + `kl`, with Bernoulli pixels on grey targets for digits; for faces, "
        "`reconstruction` is a squared error of pixels and edges, and their sum no bound. "
        "`active_dimensions`: latent dimensions whose mean varies by more than 0.01 (Burda et "
        "al. 2016). `psnr` in dB: of what is decoded from the mean, against the clean picture; "
        "`psnr_of_mean_image` and `psnr_noisy`: of the data's mean picture, and of the noised "
        "input."
    ),
)


@torch.no_grad()
def terms(network: Autoencoder, pictures: torch.Tensor, draws: int = DRAWS) -> dict[str, float]:
    """What a network's objective is made of, on uint8 pictures (N C H W), by a fixed seed.

    Returns:
        `reconstruction` in nats a picture and, where it is variational, `kl`, their sum
        `negative_elbo` and `active_dimensions`.
    """
    where = next(network.parameters()).device
    generator = torch.Generator().manual_seed(0)
    draws = draws if network.config.variational else 1
    reconstruction = kl = 0.0
    means = []
    for part in pictures.split(BATCH):
        images = (part / 255).to(where)
        seen = noised(images, network.config.noise, generator)
        mean, log_variance = network.encode(seen)
        means.append(mean)
        kl += kl_divergence(mean, log_variance).sum().item()
        for _ in range(draws):
            noise = torch.randn(mean.shape, generator=generator).to(where)
            logits = network.decoder(reparameterise(mean, log_variance, noise))
            if network.config.colours == 3:
                loss = edge_loss(logits.sigmoid(), images)
            else:
                loss = bernoulli_loss(logits, images)
            reconstruction += loss.sum().item() / draws
    count = len(pictures)
    if not network.config.variational:
        return {"reconstruction": reconstruction / count}
    return {
        "negative_elbo": (reconstruction + kl) / count,
        "reconstruction": reconstruction / count,
        "kl": kl / count,
        "active_dimensions": active_dimensions(torch.cat(means)),
    }


@torch.no_grad()
def fidelity(network: Autoencoder, pictures: torch.Tensor) -> dict[str, float]:
    """PSNR in dB of what is made of uint8 pictures (N C H W), and of what that has to beat."""
    images = pictures / 255
    seen = noised(images, network.config.noise, torch.Generator().manual_seed(0))
    restored = torch.cat([network.decode(network.encode(part)[0]) for part in seen.split(BATCH)])
    others = {"psnr_of_mean_image": images.mean(0, keepdim=True)}
    if network.config.noise:
        others = {"psnr_noisy": seen}
    made = {"psnr": restored, **others}
    return {name: psnr(each, images).mean().item() for name, each in made.items()}


def evaluate(pictures: Dataset, weights: Path) -> Rows:
    """Rows of the models in `weights` for such pictures: digits are grey, faces are coloured."""
    colours = pictures.images.shape[1]
    rows: Rows = {}
    for file in sorted(weights.glob("*.safetensors")):
        network = checkpoint.load(Autoencoder, file)
        if network.config.colours != colours:
            continue
        images = data.resized(pictures, network.config.size).images
        rows[file.stem] = terms(network, images)
        if colours == 3 or network.config.noise:
            rows[file.stem] |= fidelity(network, images)
    return rows


if __name__ == "__main__":
    main(__doc__, evaluate, DATA, WEIGHTS)
