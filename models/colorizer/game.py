"""The game on one picture: what the judge makes of its patches, and every term of the objective.

min over G, max over D of  E[log D(L, ab)] + E[log(1 - D(L, G(L)))], where the means are over the
patches of this picture (Goodfellow et al. 2014, equation 1; `objective`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from models.colorizer import lab
from models.colorizer.colorize import Opinion, judge, paint
from models.colorizer.network import Colorizer, PatchDiscriminator
from models.colorizer.objective import fooling, judgement
from models.core.checks import between
from models.core.images import shrunk

MOST_SATURATION = 2.0


@dataclass(frozen=True)
class Painted:
    """A picture at the size that the networks know, and what was painted."""

    image: torch.Tensor
    """1 3 H W in [0, 1], in its true colours."""
    lightness: torch.Tensor
    """1 1 H W, scaled; see `lab`."""
    true_ab: torch.Tensor
    """1 2 H W, scaled."""
    ab: torch.Tensor
    """1 2 H W, scaled: what G says."""


@dataclass(frozen=True)
class Judged:
    """A picture as the discriminator saw it, and its opinion."""

    image: torch.Tensor
    """1 3 H W in [0, 1]."""
    opinion: Opinion

    @property
    def mean(self) -> float:
        """How likely its colours are real, the mean over patches, in [0, 1]."""
        return self.opinion.real.mean().item()

    @property
    def believed(self) -> float:
        """The share of patches that are rather taken for real than for made, in [0, 1]."""
        return (self.opinion.real > 0.5).float().mean().item()


@dataclass(frozen=True)
class Game:
    """One picture in true colours, painted and in grey, and the terms of both players."""

    truth: Judged
    painted: Judged
    grey: Judged
    log_real: float
    """E[log D(L, ab)], in nats: 0 where D is sure that the truth is real."""
    log_made: float
    """E[log(1 - D(L, G(L)))], in nats: 0 where D is sure that the painting is made."""
    distance: float
    """The mean of |ab - G(L)|, at the networks' scale: 1 is 110 of Lab's units."""
    fooling: float
    """E[-log D(L, G(L))], what G minimises in place of the term of `log_made`."""
    weight: float
    """Of that beside the distance, when G was trained."""

    @property
    def value(self) -> float:
        """What D makes large and G small; -2 log 2 where D cannot tell."""
        return self.log_real + self.log_made

    @property
    def generator_loss(self) -> float:
        """What G was trained to make small: the distance, and a little of the game."""
        return self.distance + self.weight * self.fooling


@torch.no_grad()
def painted(painter: Colorizer, image: torch.Tensor) -> Painted:
    """Let G paint a picture, which the judge can then be shown in several ways.

    Args:
        painter: G.
        image: 1 3 H W in [0, 1], in its true colours; shrunk to what G was trained on.
    """
    where = next(painter.parameters()).device
    image = shrunk(image.to(where), painter.config.sides[1])
    lightness, true_ab = lab.split(image)
    return Painted(image, lightness, true_ab, paint(painter, lightness))


@torch.no_grad()
def play(judging: PatchDiscriminator, picture: Painted, saturation: float = 1.0) -> Game:
    """Have a painting judged, beside the true picture and the grey one.

    Args:
        judging: D, on the painter's device.
        picture: what G made of it.
        saturation: what the painted a and b are multiplied with, 0 to 2.

    Raises:
        InputError: the saturation is out of its range, or the picture is too small to be judged.
    """
    between("The saturation", saturation, 0, MOST_SATURATION)
    made_ab = picture.ab * saturation
    grey_ab = torch.zeros_like(made_ab)
    made, grey = (lab.join(picture.lightness, ab) for ab in (made_ab, grey_ab))
    judged = [Judged(one, judge(judging, one)) for one in (picture.image, made, grey)]
    on_real, on_made = (one.opinion.logits for one in judged[:2])
    terms = judgement(on_real, on_made)
    return Game(
        *judged,
        log_real=-terms.on_real.item(),
        log_made=-terms.on_made.item(),
        distance=(lab.split(made)[1] - picture.true_ab).abs().mean().item(),
        fooling=fooling(on_made).item(),
        weight=judging.config.weight,
    )


@torch.no_grad()
def by_saturation(
    judging: PatchDiscriminator, picture: Painted, saturations: Sequence[float]
) -> list[tuple[float, float]]:
    """The discriminator's mean opinion of the painting and of the truth, made duller or stronger.

    Args:
        judging: D, on the painter's device.
        picture: what G made of it.
        saturations: what a and b of both are multiplied with, 0 to 2 each.

    Returns:
        For each of them, of the painting and of the truth, in [0, 1].

    Raises:
        InputError: as `play`.
    """
    for saturation in saturations:
        between("The saturation", saturation, 0, MOST_SATURATION)

    def mean(ab: torch.Tensor) -> float:
        return judge(judging, lab.join(picture.lightness, ab)).real.mean().item()

    return [(mean(picture.ab * one), mean(picture.true_ab * one)) for one in saturations]
