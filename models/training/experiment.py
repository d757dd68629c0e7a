"""What a topic supplies to be trained: networks, data, losses and a validation."""

import torch
from torch import nn

from models.training.recipe import Recipe

Networks = dict[str, nn.Module]
Batch = tuple[torch.Tensor, ...]


class DivergedError(RuntimeError):
    """A loss or gradient is no longer finite; names the step and the last good checkpoint."""


class Experiment:
    """What a topic supplies for one training run: networks, data and losses.

    Attributes:
        name: of the run and of its weight file.
        recipe: how it is trained.
        networks: those that learn, each with a `config`. Every step updates them in this order,
            each by its own loss and optimizer; the first is the one that ships, the others
            travel in folders of their names.
        size: how many training examples there are.
        best: the validation metric to choose by; lower is better.
        seen: examples seen before this step, told by the loop: for losses that change on the way.
        unaveraged: names of networks whose weights are validated and shipped as they are, though
            the recipe averages the others': where an average of buffers makes no sense.
        resident: names of attributes that hold the training data (tensors, or what has a `to` like
            theirs): they are moved to where the networks learn, once, as bytes.
        memory_format: of the networks. Convolutions like their channels last; group norm, whose
            backward pass is the slower for it, does not.
    """

    name: str
    recipe: Recipe
    networks: Networks
    size: int
    best: str = "loss"
    seen: int = 0
    unaveraged: tuple[str, ...] = ()
    resident: tuple[str, ...] = ()
    memory_format: torch.memory_format = torch.channels_last

    def place(self, device: torch.device) -> None:
        """Move the training data to the networks' device, so that no step waits for a copy."""
        for name in self.resident:
            data = getattr(self, name)
            setattr(self, name, data if data is None else data.to(device))

    def batch(self, indices: torch.Tensor) -> Batch:
        """The training examples at `indices` (int64, on the networks' device), on any device."""
        raise NotImplementedError

    def losses(self, player: str, networks: Networks, batch: Batch) -> dict[str, torch.Tensor]:
        """The losses of the network named `player`, each a scalar; the first is minimised.

        Empty where it does not learn in this step. Which ones there are may change on the way: the
        history keeps the mean of each over the steps that had it.
        """
        raise NotImplementedError

    def validate(self, networks: Networks) -> dict[str, float]:
        """Metrics on the validation part, among them `self.best`; same numbers on every call."""
        raise NotImplementedError

    def samples(self, networks: Networks) -> torch.Tensor | None:
        """A row of pictures for the history (N C H W in [0, 1]), or None."""
        return None

    def texts(self, networks: Networks) -> list[str]:
        """Sentences for the history, where there are any to show."""
        return []
