"""A picture as its three planes L, a and b: the true ones, or what a network says of the first."""

from dataclasses import dataclass

import torch

from models.colorizer import hints, lab
from models.colorizer.colorize import paint
from models.colorizer.network import Colorizer
from models.core.checks import one_of, whole
from models.core.images import shrunk, shrunk_to

SOURCES = ("network", "photo")
MOST_TOLD = hints.MOST_POINTS
MOST_SEED = 2**31 - 1
HUES = 180


@dataclass(frozen=True)
class Planes:
    """What a network was given and what it says, at the size that it works at, in Lab's units."""

    lightness: torch.Tensor
    """H W in [0, 100]: all that every network is given."""
    ab: torch.Tensor
    """2 H W: what it says; or the true ones."""
    told: torch.Tensor
    """3 H W: a and b where it was told them, and where that is, by ones."""
    beyond: float
    """Share of the pixels whose colour no screen can show at that lightness."""


@torch.no_grad()
def planes(
    network: Colorizer,
    lightness: torch.Tensor,
    ab: torch.Tensor | None,
    source: str = "network",
    count: int = 0,
    seed: int = 0,
) -> Planes:
    """Take a picture apart.

    Args:
        network: the trained colorizer.
        lightness: 1 1 H W, scaled; shrunk to what the network was trained on.
        ab: 1 2 H W, scaled, the true colours; None where there are none, and none can be told.
        source: `network`, what it says; or `photo`, the true colours.
        count: how many squares of the true colours the network is told, 0 to 32.
        seed: of where these are.

    Raises:
        InputError: a setting is out of range.
    """
    one_of("What is shown", source, SOURCES)
    whole("The number of hints", count, 0, MOST_TOLD)
    whole("The seed", seed, 0, MOST_SEED)
    count = count if ab is not None else 0
    longest = network.config.sides[1]
    where = next(network.parameters()).device
    small = shrunk(lightness, longest)
    size = small.shape[2:]
    true = small.new_zeros(1, 2, *size) if ab is None else shrunk_to(ab, *size)
    generator = torch.Generator().manual_seed(seed)
    told = hints.scatter(true, torch.full((1,), count), generator, within=True)
    said = true if source == "photo" else paint(network, small.to(where), told.to(where)).cpu()
    fits = (lab.fitted(small, said) == said).all(1)
    return Planes(
        (small[0, 0] + 1) * lab.LIGHTNESS_SCALE,
        said[0] * lab.AB_SCALE,
        torch.cat([told[0, :2] * lab.AB_SCALE, told[0, 2:]]),
        1 - fits.float().mean().item(),
    )


def outline() -> torch.Tensor:
    """The furthest a and b of a screen in each hue, at whatever lightness: 180 2, Lab's units."""
    edges = lab.border(torch.arange(101.0), HUES)  # N hues 2
    furthest = edges.norm(dim=-1).argmax(0)
    return edges[furthest, torch.arange(HUES)]
