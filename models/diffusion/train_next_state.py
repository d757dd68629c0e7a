"""The training of the simple variant: mean absolute error of the next level."""

import torch
from torch.nn import functional as F

from models.core import data
from models.diffusion.next_state import NextState, NextStateConfig, mix, next_states
from models.training.augment import random_flip
from models.training.command_line import Options
from models.training.experiment import Batch, Experiment, Networks
from models.training.recipe import Recipe

CPU = Recipe(
    examples=600_000,
    batch_size=64,
    learning_rate=8e-4,
    cycle=40_000,
    cycle_factor=0.85,
    ema=0.999,
    validate_every=40_000,
)
GPU = Recipe(
    examples=6_000_000,
    batch_size=128,
    learning_rate=8e-4,
    cycle=300_000,
    cycle_factor=0.85,
    ema=0.999,
    validate_every=300_000,
)


class NextStateTraining(Experiment):
    """As a popular article teaches it: cycles, after each a lower rate and a look at samples."""

    name = "next_state"
    resident = ("training",)

    def __init__(self, options: Options, config: NextStateConfig | None = None):
        torch.manual_seed(options.seed)
        self.recipe = options.choose(CPU, GPU)
        self.config = config or NextStateConfig()
        training, validation = options.parts("simpsons")
        self.training = data.resized(training, self.config.size)
        self.validation = data.resized(validation, self.config.size)
        self.networks = {"next_state": NextState(self.config)}
        self.size = len(self.training)

    def batch(self, indices: torch.Tensor) -> Batch:
        """Faces, uint8, B 3 H W."""
        return (self.training.images[indices],)

    def losses(self, player: str, networks: Networks, batch: Batch) -> dict[str, torch.Tensor]:
        """Mean absolute error at random levels."""
        x0 = random_flip(batch[0] / 127.5 - 1)
        level = torch.randint(self.config.levels, (len(x0),), device=x0.device)
        return {"loss": self._error(networks[player], x0, torch.randn_like(x0), level)}

    def _error(
        self, network: torch.nn.Module, x0: torch.Tensor, noise: torch.Tensor, level: torch.Tensor
    ) -> torch.Tensor:
        predicted = network(mix(x0, noise, level, self.config), level)
        return F.l1_loss(predicted, mix(x0, noise, level + 1, self.config))

    def validate(self, networks: Networks) -> dict[str, float]:
        """The same error on held-back faces, at the same noise and evenly spread levels."""
        network = networks["next_state"]
        where = next(network.parameters()).device
        x0 = self.validation.images / 127.5 - 1
        noise = torch.randn(x0.shape, generator=torch.Generator().manual_seed(0))
        level = torch.arange(len(x0)) % self.config.levels
        error = self._error(network, x0.to(where), noise.to(where), level.to(where))
        return {"loss": error.item()}

    def samples(self, networks: Networks) -> torch.Tensor:
        """Eight faces out of the same noise each time."""
        network = networks["next_state"]
        size = (8, 3, self.config.size, self.config.size)
        noise = torch.randn(size, generator=torch.Generator().manual_seed(0))
        *_, last = next_states(network, noise.to(next(network.parameters()).device))
        return (last.x + 1) / 2
