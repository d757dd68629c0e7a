"""The colorizers' numbers: `python -m models.colorizer.evaluate [--data FILE.npz] [--json]`."""

import warnings
from collections.abc import Callable
from pathlib import Path

import torch
from torch.nn import functional as F

from models.backbone import shipped as backbone
from models.backbone.network import Backbone
from models.colorizer import hints, lab, measures
from models.colorizer.colorize import paint, stretched
from models.colorizer.network import Colorizer
from models.colorizer.shipped import WEIGHTS
from models.core import checkpoint, device
from models.core.archive import Dataset
from models.core.errors import InputError
from models.core.images import shrunk
from models.core.metrics import decibels
from models.training.card import About
from models.training.distances import frechet_distance
from models.training.evaluation import Rows, main

BATCH = 100
HINTS = 8
SMALLEST_SEEN = 64
"""Pixels along the pictures that the backbone knows; smaller ones are stretched for it."""
DATA = ("cifar10", "flickr8k")
ABOUT = About(
    title="Colorizers",
    text=(
        "U-Nets that paint grey pictures. `cifar_l1` learned from the distance to the true "
        "colours alone; `cifar_gan` also from a discriminator of patches (in the folder "
        "`discriminator`), which saw lightness and colours; `photo`, the one for people's own "
        "photos, first from the one and then from both, and takes colour hints. `photo` has the "
        "backbone as it was after 2,500,096 pictures as its guide: a classifier that looks at the "
        "grey picture too, and whose maps are added to its own. It joined at 750,016 of the "
        "pictures seen; from 870,016 on the discriminator's word weighed 0.08 beside the distance "
        "instead of 0.01, from 980,032 on 0.05, from 1,064,000 on 0.07, and from there two fifths "
        "of what it saw were cut from larger photos, a quarter before. Its last layer was "
        "multiplied by 1.04 at 1,064,000 and by 1.05 in the end, chosen on pictures held back: the "
        "distance leaves colours a little dull."
    ),
    data=(
        "`cifar_l1` and `cifar_gan`: CIFAR-10 (no licence stated; free for research). `photo`: "
        "Tiny ImageNet (ImageNet's terms: non-commercial research), and besides the pictures "
        "counted above photos of Flickr8k (their Flickr authors', research only)."
    ),
    limits=(
        "Colours are a guess that fits the lightness: not what was there, and no evidence of it. "
        "Where many colours fit, distance alone settles on brown or grey, and the discriminator on "
        "one that may be wrong."
    ),
    metrics=(
        "`psnr_mean` in dB, the mean over pictures, at most 120 each; `psnr_pooled` of the error "
        "of all pixels together; `ssim` with its Gaussian window of 11 pixels; `ab_mae`, mean "
        "absolute error of a and b in Lab units; `ciede2000`, mean colour difference of pixels "
        "(Sharma et al. 2005); `colourfulness` by Hasler and Süsstrunk (2003); "
        "`frechet_distance` in the features of the shipped backbone (`photo` is guided by an "
        "earlier state of it, that sees no colour there), comparable with each other only. Rows: "
        "`grey`, lightness alone; "
        "`mean_colour`, the same mean ab for every pixel; `truth`, the true ab put together with "
        "the lightness again; `_8_hints`, told up to eight random squares of the true colours."
    ),
)

Painter = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""From lightness and true ab, scaled, to painted ab."""


def unaided(network: Colorizer) -> Painter:
    """A painter that is told nothing."""
    longest = network.config.sides[1]
    return lambda lightness, ab: stretched(
        paint(network, shrunk(lightness, longest)), lightness.shape[-2:]
    )


def with_hints(network: Colorizer) -> Painter:
    """A painter told up to eight random squares of the truth, the same ones in every run."""
    generator = torch.Generator().manual_seed(0)

    def told(lightness: torch.Tensor, ab: torch.Tensor) -> torch.Tensor:
        small, truth = (shrunk(planes, network.config.sides[1]) for planes in (lightness, ab))
        known = hints.scatter(truth.cpu(), torch.full((len(ab),), HINTS), generator)
        return stretched(paint(network, small, known.to(ab.device)), lightness.shape[-2:])

    return told


def baselines(pictures: torch.Tensor) -> dict[str, Painter]:
    """What every painter is compared with, on uint8 pictures (N 3 H W)."""
    parts = [lab.split(part / 255)[1] for part in pictures.split(BATCH)]
    mean = sum(part.mean((2, 3)).double().sum(0) for part in parts) / len(pictures)
    return {
        "grey": lambda lightness, ab: torch.zeros_like(ab),
        "mean_colour": lambda lightness, ab: mean.to(ab)[:, None, None].expand_as(ab),
        "truth": lambda lightness, ab: ab,
    }


@torch.no_grad()
def measure(
    painters: dict[str, Painter],
    pictures: torch.Tensor,
    judge: Backbone | None = None,
    where: torch.device | None = None,
) -> Rows:
    """All numbers of several painters, on uint8 pictures (N 3 H W).

    Args:
        painters: by name.
        pictures: the true ones.
        judge: in whose features the Frechet distance is measured; without one it is left out.
        where: the painters and the judge are, the CPU unless told.
    """
    columns: dict[str, dict[str, list[torch.Tensor]]] = {name: {} for name in painters}
    real: list[torch.Tensor] = []
    for part in pictures.split(BATCH):
        images = (part / 255).to(where)
        lightness, ab = lab.split(images)
        if judge:
            real.append(_seen_by(judge, images).cpu())
        for name, painter in painters.items():
            made = lab.join(lightness, painter(lightness, ab))
            found = {
                "psnr_mean": measures.signal_to_noise(made, images),
                "squared_error": (made - images).square().mean((1, 2, 3)),
                "ssim": measures.structural_similarity(made, images),
                "ab_mae": measures.ab_error(made, images),
                "ciede2000": measures.mean_ciede2000(made, images),
                "colourfulness": measures.colourfulness(made),
            }
            if judge:
                found["features"] = _seen_by(judge, made)
            for metric, values in found.items():
                columns[name].setdefault(metric, []).append(values.cpu())
    return {
        name: _row({metric: torch.cat(values) for metric, values in column.items()}, real)
        for name, column in columns.items()
    }


def _row(column: dict[str, torch.Tensor], real: list[torch.Tensor]) -> dict[str, float]:
    """The numbers of one painter, out of those of its pictures."""
    features = column.pop("features", None)
    pooled = decibels(column.pop("squared_error").double().mean())
    pooled = pooled.clamp(max=measures.MOST_DECIBELS)
    means = {metric: values.double().mean().item() for metric, values in column.items()}
    row = {"psnr_mean": means.pop("psnr_mean"), "psnr_pooled": pooled.item(), **means}
    if features is not None:
        row["frechet_distance"] = frechet_distance(torch.cat(real), features)
    return row


def _seen_by(judge: Backbone, images: torch.Tensor) -> torch.Tensor:
    """The backbone's features of pictures (B 3 H W in [0, 1]), B D."""
    if min(images.shape[-2:]) < SMALLEST_SEEN:
        images = F.interpolate(images, (SMALLEST_SEEN, SMALLEST_SEEN), mode="bilinear")
    return judge.embed(images)


def evaluate(pictures: Dataset, weights: Path) -> Rows:
    """Rows of the models that are for pictures of this size, and what they have to beat.

    Those are the ones trained on such sides; where none was, the ones trained on the largest, which
    paint as in the app: larger pictures are made smaller for them, and the colours stretched again.

    Raises:
        InputError: the pictures have no colours.
    """
    images = pictures.images
    if images.shape[1] != 3:
        raise InputError(f"Pictures of {images.shape[1]} channels have no colours to paint.")
    where = device.current().device
    painters: dict[str, Painter] = {}
    for name, network in _fitting(weights, images.shape[-2:]).items():
        network.to(where)
        painters[name] = unaided(network)
        if network.config.hints:
            painters[f"{name}_{HINTS}_hints"] = with_hints(network)
    if not painters:
        return {}
    return measure(baselines(images) | painters, images, _judge(where), where)


def _fitting(weights: Path, size: torch.Size) -> dict[str, Colorizer]:
    """The networks in a folder that are asked about pictures of this height and width."""
    networks = {
        file.stem: checkpoint.load(Colorizer, file)
        for file in sorted(weights.glob("*.safetensors"))
    }
    sides = {name: network.config.sides for name, network in networks.items()}
    fitting = [name for name, (low, high) in sides.items() if low <= min(size) <= max(size) <= high]
    if not fitting:
        largest = max((high for _, high in sides.values()), default=0)
        fitting = [name for name, (_, high) in sides.items() if high == largest]
    return {name: networks[name] for name in fitting}


def _judge(where: torch.device) -> Backbone | None:
    """The shipped backbone, where it has been trained already."""
    if backbone.FILE.is_file():
        return checkpoint.load(Backbone, backbone.FILE).to(where)
    warnings.warn(f"frechet_distance is left out: there is no {backbone.FILE} yet.", stacklevel=2)
    return None


if __name__ == "__main__":
    main(__doc__, evaluate, DATA, WEIGHTS)
