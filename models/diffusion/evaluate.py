"""The face networks' numbers: `python -m models.diffusion.evaluate [--data FILE.npz] [--json]`."""

import warnings
from pathlib import Path

import torch

from models.backbone.evaluate import accuracy
from models.backbone.network import Backbone
from models.core import archive, checkpoint, data
from models.core.archive import Dataset
from models.core.errors import InputError
from models.diffusion.deblending import deblended
from models.diffusion.features import BATCH, PATH
from models.diffusion.features import features_of as features
from models.diffusion.features import load as load_features
from models.diffusion.network import FaceDenoiser
from models.diffusion.next_state import NextState, next_states
from models.diffusion.sample import initial_noise, sample
from models.diffusion.samplers import CONSISTENCY, DENOISER, Lane, Settings
from models.diffusion.shipped import FACE_VAE_SAMPLES, WEIGHTS
from models.diffusion.trajectory import Start
from models.training.card import About
from models.training.distances import frechet_distance, kernel_distance, memorised_share
from models.training.evaluation import Rows, main

MOST_SAMPLES = 500
STEPS = 25
GUIDANCE = 2.0
DDIM, GUIDED = Settings("ddim", STEPS), Settings("ddim", STEPS, GUIDANCE)
BLENDS = 16
"""Steps along the displacement: as many as the simple variant has levels."""
DRAWN_BY: dict[str, tuple[str, Settings | int]] = {
    "denoiser": (DENOISER, DDIM),
    "denoiser_2_steps": (DENOISER, Settings("ddim", 2)),
    "consistency_2_steps": (CONSISTENCY, Lane(CONSISTENCY, 2)),
    "consistency_1_step": (CONSISTENCY, Lane(CONSISTENCY, 1)),
    "deblending": (DENOISER, BLENDS),
}
"""Rows of the `FaceDenoiser`s: whose they are, and how it draws."""
DATA = ("simpsons",)
ABOUT = About(
    title="Diffusion on faces",
    text=(
        "`denoiser` draws faces of 32x32 pixels out of noise: diffusers' `UNet2DModel` that "
        "predicts v under the cosine schedule, conditioned on the character, with some labels "
        "dropped for classifier-free guidance. `consistency` is the denoiser, taught where its "
        "own ways from noise to face end, so that it arrives in one or two steps (a consistency "
        "function, Song et al. 2023, by distillation). `next_state` is the simple variant with "
        "sixteen levels of noise, which predicts the next level. `deblending` is the denoiser "
        "asked for the displacement between noise and face, in as many equal steps (iterative "
        "α-(de)blending, Heitz et al. 2023). `character_classifier` only judges them."
    ),
    data=(
        "Face crops from stills of The Simpsons, a copyrighted show: research and teaching only. "
        "Neighbouring frames of a scene are on both sides of the split."
    ),
    limits=(
        "For showing how diffusion works. Small pictures of one show's characters, some of whom "
        "the data has few pictures of; nothing else can be asked for."
    ),
    metrics=(
        "In the classifier's features, so comparable with each other only: `kid` (unbiased "
        "squared MMD, 0 is equal) and `frechet_distance` of `samples` made pictures to real ones; "
        "`real_half` compares real pictures with other real ones, `face_vae` what the VAE draws. "
        f"The denoiser takes {STEPS} steps of DDIM, where not said, with labels as in the data. "
        f"`asked_share`: of samples at guidance {GUIDANCE:g}, how many the classifier takes for "
        "the character asked for. `memorised_share`: of the samples, how many are closer to a "
        "training picture than 99 % of real new pictures are; where nothing is copied, about 0.01."
    ),
)


def draw(network: FaceDenoiser, labels: torch.Tensor, how: Settings | int) -> torch.Tensor:
    """One face for each label (int64 N), by the seeds 0 to N-1: N 3 H W in [0, 1], on the CPU.

    Args:
        network: on any device.
        labels: whom to draw.
        how: a sampler's settings, or how many equal steps along the displacement.
    """
    where = next(network.parameters()).device
    faces = []
    for seeds in torch.arange(len(labels)).split(BATCH):
        numbers = tuple(seeds.tolist())
        start = Start(initial_noise(network, numbers).to(where), labels[seeds].to(where), numbers)
        walk = (
            deblended(network, start, how) if isinstance(how, int) else sample(network, how, start)
        )
        *_, last = walk
        faces.append(last.x.cpu())
    return ((torch.cat(faces) + 1) / 2).clamp(0, 1)


def draw_next_states(network: NextState, count: int) -> torch.Tensor:
    """Faces of the simple variant by a fixed seed: N 3 H W in [0, 1]."""
    size = (count, 3, network.config.size, network.config.size)
    noise = torch.randn(size, generator=torch.Generator().manual_seed(0))
    *_, last = next_states(network, noise)
    return ((last.x + 1) / 2).clamp(0, 1)


def evaluate(pictures: Dataset, weights: Path) -> Rows:
    """Rows of the networks found in `weights`, against real faces, with their baselines.

    Raises:
        InputError: `weights` has no classifier, or the faces are not labelled as its are.
    """
    classifier = checkpoint.load(Backbone, weights / "character_classifier.safetensors")
    characters = classifier.config.classes
    if pictures.labels is None or pictures.label_names != characters:
        raise InputError("The pictures are not labelled with the classifier's characters.")
    pictures = data.resized(pictures, 32)
    count = min(len(pictures), MOST_SAMPLES)
    real = features(classifier, pictures.images / 255)
    drawn = _drawn(pictures.labels[:count], weights)
    rows: Rows = {"character_classifier": accuracy(classifier, pictures)}
    training = _training_features(weights)
    for name, faces in drawn.items():
        made = features(classifier, faces)
        rows[name] = _distances(real, made)
        if training is not None:
            rows[name]["memorised_share"] = memorised_share(made, training, real)
    rows["real_half"] = _distances(real[::2], real[1::2])
    if "denoiser" in drawn:
        denoiser = checkpoint.load(FaceDenoiser, weights / "denoiser.safetensors")
        asked = torch.arange(min(count, 10 * len(characters))) % len(characters)
        with torch.no_grad():
            seen_as = classifier(draw(denoiser, asked, GUIDED)).argmax(1)
        rows["denoiser"]["asked_share"] = (seen_as == asked).float().mean().item()
    return rows


def _drawn(labels: torch.Tensor, weights: Path) -> dict[str, torch.Tensor]:
    """As many faces as labels (N 3 32 32 in [0, 1]) from everything in `weights` that draws."""
    drawn = {}
    for row, (name, how) in DRAWN_BY.items():
        if (path := weights / f"{name}.safetensors").is_file():
            drawn[row] = draw(checkpoint.load(FaceDenoiser, path), labels, how)
    if (path := weights / "next_state.safetensors").is_file():
        drawn["next_state"] = draw_next_states(checkpoint.load(NextState, path), len(labels))
    if (path := weights / FACE_VAE_SAMPLES).is_file():
        drawn["face_vae"] = archive.read(path).images[: len(labels)] / 255
    return drawn


def _training_features(weights: Path) -> torch.Tensor | None:
    """Features of the training faces, as they lie beside the classifier that they are of."""
    path = weights / PATH.name
    if path.is_file():
        return load_features(path).features
    warnings.warn(f"memorised_share is left out: there is no {path} yet.", stacklevel=2)
    return None


def _distances(real: torch.Tensor, made: torch.Tensor) -> dict[str, float]:
    return {
        "kid": kernel_distance(real, made),
        "frechet_distance": frechet_distance(real, made),
        "samples": len(made),
    }


if __name__ == "__main__":
    main(__doc__, evaluate, DATA, WEIGHTS)
