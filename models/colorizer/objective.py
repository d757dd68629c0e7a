"""The two sides of the game, in nats a patch.

min over G, max over D of  E[log D(L, ab)] + E[log(1 - D(L, G(L)))]
(Goodfellow et al. 2014, equation 1; given L as in Isola et al. 2017, equation 1).
"""

from typing import NamedTuple

import torch
from torch.nn import functional as F


class Judgement(NamedTuple):
    """How far the discriminator is from right, -log D(L, ab) and -log(1 - D(L, G(L)))."""

    on_real: torch.Tensor
    on_made: torch.Tensor

    @property
    def loss(self) -> torch.Tensor:
        """What the discriminator minimises: ln 2 when it cannot tell."""
        return (self.on_real + self.on_made) / 2


def judgement(real: torch.Tensor, made: torch.Tensor) -> Judgement:
    """Of the discriminator's logits (any shape) for real and for made colours."""
    return Judgement(F.softplus(-real).mean(), F.softplus(made).mean())


def fooling(made: torch.Tensor) -> torch.Tensor:
    """What the generator minimises of the game: -log D(L, G(L)), from the discriminator's logits.

    In place of log(1 - D), which has no slope where the discriminator is sure (Goodfellow et al.
    2014, section 3).
    """
    return F.softplus(-made).mean()
