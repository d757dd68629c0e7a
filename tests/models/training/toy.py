"""The smallest experiment: a network that learns to reproduce noisy constants, with dropout."""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from models.training.experiment import Experiment
from models.training.recipe import Recipe


@dataclass(frozen=True)
class ToyConfig:
    width: int = 4


class Toy(nn.Module):
    def __init__(self, config: ToyConfig):
        super().__init__()
        self.config = config
        self.layers = nn.Sequential(
            nn.Linear(3, config.width), nn.BatchNorm1d(config.width), nn.Dropout(0.2), nn.ReLU()
        )
        self.head = nn.Linear(config.width, 1)

    def forward(self, x):
        return self.head(self.layers(x))


class ToyTraining(Experiment):
    def __init__(self, recipe=None, width=4, players=("toy",), name="toy"):
        torch.manual_seed(0)
        self.name = name
        self.recipe = recipe or Recipe(
            examples=160,
            batch_size=8,
            learning_rate=0.05,
            warmup=16,
            decay=80,
            weight_decay=0.1,
            ema=0.9,
            validate_every=40,
        )
        self.networks = {player: Toy(ToyConfig(width)) for player in players}
        self.x = torch.randn(48, 3)
        self.y = self.x.sum(1, keepdim=True)
        self.size = len(self.x)
        self.poison_from = None

    def batch(self, indices):
        return self.x[indices], self.y[indices]

    def losses(self, player, networks, batch):
        x, y = batch
        loss = F.mse_loss(networks[player](x + 0.1 * torch.randn_like(x)), y)
        self.poison_from = None if self.poison_from is None else self.poison_from - 1
        if self.poison_from is not None and self.poison_from < 0:
            loss = loss * float("nan")
        return {f"{player}_loss": loss}

    def validate(self, networks):
        return {"loss": F.mse_loss(next(iter(networks.values()))(self.x), self.y).item()}

    def samples(self, networks):
        return torch.linspace(0, 1, 2 * 3 * 4 * 4).reshape(2, 3, 4, 4)
