"""The backbone that travels with the app, with the resize of its pictures."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch

from models.backbone.network import Backbone
from models.core import shipped
from models.core.images import squeezed
from models.core.once import once

WEIGHTS = Path(__file__).with_name("weights")
FILE = WEIGHTS / "backbone.safetensors"
SIZE = 80
"""Pixels along the pictures that it is asked about, unless its config says otherwise. It learned
from pieces of pictures of 64, most of them enlarged to 64 and the last ones to 80, and knows things
larger than they are there (Touvron et al. 2019, "Fixing the train-test resolution discrepancy").
Of 5,000 it names 48.3 % rightly at 64 pixels, 51.6 % at 80, at which its norms saw whole pictures
last, and 51.2 % at 96; at 72 and 88, which its strides do not divide, 48.7 and 50.1 %."""


def side(network: Backbone) -> int:
    """Pixels along the pictures that a network is asked about."""
    return network.config.size or SIZE


@dataclass(frozen=True)
class Shipped:
    """A backbone with what belongs to it."""

    network: Backbone
    transform: Callable[[torch.Tensor], torch.Tensor]
    """Pictures (B 3 H W in [0, 1]) of any size to those that it names; it can be looked through
    at any."""


@once
def backbone() -> Shipped:
    """The trained network, on the CPU, where the convolution tab looks into it.

    Raises:
        InputError: its file is missing or damaged.
    """
    network = shipped.network(Backbone, FILE)
    return Shipped(network, partial(squeezed, size=side(network)))
