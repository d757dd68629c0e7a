"""One picture by several painters, each with what is measured of it against the true colours."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch

from models.colorizer import measures
from models.colorizer.colorize import colorize
from models.colorizer.network import Colorizer

GREY, TRUTH = "grey", "truth"


@dataclass(frozen=True)
class Painting:
    """A picture, and how far it is from the true one."""

    image: torch.Tensor
    """1 3 H W in [0, 1]."""
    ab_error: float
    """Mean absolute error of a and b, in Lab's units."""
    ciede2000: float
    psnr: float
    """In dB; 120 where there is no error."""
    ssim: float
    colourfulness: float


def measured(image: torch.Tensor, truth: torch.Tensor) -> Painting:
    """What is measured of a picture against the true one, both 1 3 H W in [0, 1]."""
    return Painting(
        image,
        ab_error=measures.ab_error(image, truth).item(),
        ciede2000=measures.mean_ciede2000(image, truth).item(),
        psnr=measures.signal_to_noise(image, truth).item(),
        ssim=measures.structural_similarity(image, truth).item(),
        colourfulness=measures.colourfulness(image).item(),
    )


def compare(networks: Mapping[str, Colorizer], truth: torch.Tensor) -> dict[str, Painting]:
    """A picture in grey, by each of some painters, and in its true colours.

    Args:
        networks: painters by name.
        truth: 1 3 H W in [0, 1], 11 pixels each way at least.
    """
    made = {name: colorize(network, truth) for name, network in networks.items()}
    grey = next(iter(made.values())).grey
    pictures = {GREY: grey, **{name: one.image for name, one in made.items()}}
    pictures = {name: image.to(truth.device) for name, image in pictures.items()}
    return {name: measured(image, truth) for name, image in (*pictures.items(), (TRUTH, truth))}
