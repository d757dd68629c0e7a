"""What the network takes a picture for, and what each part of the picture gave to that."""

from dataclasses import dataclass

import torch

from models.backbone.network import Backbone
from models.core.checks import whole


@dataclass(frozen=True)
class Guess:
    """A class that the network considers."""

    number: int
    """Of the network's classes, from 0."""
    name: str
    logit: float
    probability: float
    """In [0, 1], by softmax over all classes."""


def best(network: Backbone, logits: torch.Tensor, count: int = 5) -> tuple[Guess, ...]:
    """The most probable classes, the first one first.

    Args:
        network: whose classes they are.
        logits: K.
        count: how many, 1 to K.

    Raises:
        InputError: a count out of range.
    """
    whole("The number of classes", count, 1, len(logits))
    shares = logits.softmax(0)
    return tuple(
        Guess(number, network.config.classes[number], logits[number].item(), shares[number].item())
        for number in logits.topk(count).indices.tolist()
    )


def class_activation(network: Backbone, maps: torch.Tensor, number: int) -> torch.Tensor:
    """What each part of a picture gave to a class's logit (Zhou et al. 2016, equation 2).

    The logit is w . mean(maps) + b, a sum over places: each gave w . maps there, over the number
    of places. All of them and the class's bias (`bias`) add up to the logit.

    Args:
        network: whose classes they are.
        maps: of its last stage, C H W.
        number: the class, from 0.

    Returns:
        H W, of any sign.
    """
    weights = network.head.weight[number]  # C
    return torch.einsum("c,chw->hw", weights, maps) / maps[0].numel()


def bias(network: Backbone, number: int) -> float:
    """What a class's logit is where no unit answers."""
    return network.head.bias[number].item()
