"""Runs between processes: their steps and starts as plain arrays, every bit of them kept."""

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import numpy as np
import torch

from models.diffusion.trajectory import DenoisingStep, Start

SEEN = "noisy"
TENSORS = ("noise", "labels", "image", "mask")  # of a start


def moved(start: Start, device: torch.device | str) -> Start:
    """The same start, its tensors on a device."""
    there = {
        name: tensor.to(device) for name in TENSORS if (tensor := getattr(start, name)) is not None
    }
    return replace(start, **there)


class Packer:
    """Makes messages of the steps of one run, in order."""

    def __init__(self):
        self._before: DenoisingStep | None = None

    def packed(self, step: DenoisingStep) -> dict[str, Any]:
        """A step's numbers, and its pictures as float32 arrays, B 3 H W.

        What the network saw is left out where it is what the step before made, bit for bit, as it
        is in all samplers: a quarter of what travels.
        """
        values = {one.name: getattr(step, one.name) for one in fields(step)}
        if self._before is not None and torch.equal(step.noisy, self._before.x):
            del values[SEEN]
        self._before = step
        return {
            name: value.detach().cpu().numpy() if torch.is_tensor(value) else value
            for name, value in values.items()
        }


def unpacked(messages: Iterator[Any]) -> Iterator[Any]:
    """The steps of one run, on the CPU; what is no step of it comes as it is.

    Args:
        messages: what `Packer.packed` made of the steps, all of them in order, others between.
    """
    before = None
    for one in messages:
        if isinstance(one, dict):
            # Copied: an array that came lies in memory that Ray shares, and holds it.
            values = {
                name: torch.tensor(value) if isinstance(value, np.ndarray) else value
                for name, value in one.items()
            }
            one = before = DenoisingStep(**{SEEN: before and before.x, **values})
        yield one
