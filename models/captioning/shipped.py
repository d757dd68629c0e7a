"""The captioner that travels with the app, with its pictures' resize and the words it knows."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch

from models.captioning.network import Captioner
from models.captioning.vocabulary import Vocabulary
from models.core import device, shipped
from models.core.images import squeezed
from models.core.once import once

WEIGHTS = Path(__file__).with_name("weights")


@dataclass(frozen=True)
class Shipped:
    """A captioner with what belongs to it."""

    network: Captioner
    transform: Callable[[torch.Tensor], torch.Tensor]
    """Pictures (B 3 H W in [0, 1]) of any size to those that it sees."""
    vocabulary: Vocabulary
    """What both its decoders speak."""


@once
def captioner() -> Shipped:
    """The trained captioner, on the app's device.

    Raises:
        InputError: its file is missing or damaged.
    """
    path = WEIGHTS / "captioner.safetensors"
    network = shipped.network_on(Captioner, path, device.current().device)
    transform = partial(squeezed, size=network.config.size)
    return Shipped(network, transform, Vocabulary(network.config.words))
