"""The training of the character classifier, whose features the samples are judged in."""

import torch
from torch.nn import functional as F

from models.backbone.evaluate import accuracy
from models.backbone.network import Backbone, BackboneConfig
from models.core import data
from models.training.augment import random_resized_crop
from models.training.command_line import Options
from models.training.experiment import Batch, Experiment, Networks
from models.training.recipe import Recipe

SIZE = 32
WIDTHS, BLOCKS, STEM = (16, 32, 64, 128), (1, 1, 1, 1), 5
LABEL_SMOOTHING = 0.1

CPU = Recipe(
    examples=300_000,
    batch_size=64,
    learning_rate=2e-3,
    warmup=10_000,
    decay=290_000,
    weight_decay=0.05,
    ema=0.999,
    validate_every=20_000,
)
GPU = CPU


class CharacterTraining(Experiment):
    """A small `Backbone` that tells the characters apart."""

    name = "character_classifier"
    resident = ("training",)

    def __init__(self, options: Options, config: BackboneConfig | None = None):
        torch.manual_seed(options.seed)
        self.recipe = options.choose(CPU, GPU)
        training, validation = options.parts("simpsons")
        self.training = data.resized(training, SIZE)
        self.validation = data.resized(validation, SIZE)
        config = config or BackboneConfig(training.label_names, WIDTHS, BLOCKS, STEM)
        self.networks = {"classifier": Backbone(config)}
        self.size = len(self.training)

    def batch(self, indices: torch.Tensor) -> Batch:
        """Faces (uint8, B 3 H W) and their characters (int64, B)."""
        return self.training.images[indices], self.training.labels[indices]

    def losses(self, player: str, networks: Networks, batch: Batch) -> dict[str, torch.Tensor]:
        """Cross-entropy with smoothed labels on mild crops."""
        images, labels = batch
        crops = random_resized_crop(images / 255, SIZE, scale=(0.6, 1.0))
        logits = networks[player](crops)
        return {"loss": F.cross_entropy(logits, labels, label_smoothing=LABEL_SMOOTHING)}

    def validate(self, networks: Networks) -> dict[str, float]:
        """Cross-entropy and accuracy on held-back faces."""
        return accuracy(networks["classifier"], self.validation)
