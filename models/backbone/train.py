"""Train the backbone on Tiny ImageNet: `python -m models.backbone.train`."""

import torch
from accelerate.utils import extract_model_from_parallel
from torch.nn import functional as F

from models.backbone.evaluate import accuracy
from models.backbone.network import Backbone, BackboneConfig
from models.core.augment import random_resized_crop
from models.core.experiment import Batch, Experiment, Networks
from models.core.options import Options, Training, main
from models.core.recipe import Recipe

LABEL_SMOOTHING = 0.1
SMOOTHNESS = 0.03
"""Weight of the term that keeps the first layer's filters, which people look at, smooth."""
SMALL_SIDE, SMALL_UNTIL = 48, 0.7
"""Smaller pictures teach nearly as much in half the time: so many pixels, for so much of a run."""

CPU = Recipe(
    examples=4_000_000,
    batch_size=128,
    learning_rate=1e-3,
    warmup=50_000,
    decay=1_000_000,
    weight_decay=0.05,
    ema=0.999,
    validate_every=50_000,
)
GPU = Recipe(
    examples=15_000_000,
    batch_size=512,
    learning_rate=2e-3,
    warmup=200_000,
    decay=10_000_000,
    weight_decay=0.05,
    ema=0.999,
    validate_every=200_000,
)


def roughness(filters: torch.Tensor) -> torch.Tensor:
    """How much neighbouring weights of filters differ: the sum of squares, a scalar.

    AdamW steps as far for a weight that hardly matters as for one that does, so that filters keep
    the noise that they began with. A Gaussian prior by which neighbouring weights go together
    takes it away, as in Feinman and Lake 2019, "Learning a smooth kernel regularizer for
    convolutional neural networks"; here it is fixed, not learned.

    Args:
        filters: C' C h w; beyond their border lie zeros.
    """
    padded = F.pad(filters, (1, 1, 1, 1))  # C' C h+2 w+2
    return padded.diff(dim=-1).square().sum() + padded.diff(dim=-2).square().sum()


class BackboneTraining(Experiment):
    """Cross-entropy with smoothed labels on random crops and flips; a smooth first layer."""

    name = "backbone"

    def __init__(self, options: Options, config: BackboneConfig | None = None):
        torch.manual_seed(options.seed)
        self.recipe = options.choose(CPU, GPU)
        self.training, self.validation = options.parts("tiny_imagenet")
        config = config or BackboneConfig(self.training.label_names)
        self.networks = {"backbone": Backbone(config)}
        self.size = len(self.training)

    @property
    def side(self) -> int:
        """Pixels of the pictures' sides by now (progressive resizing, Howard 2018)."""
        full = self.training.images.shape[-1]
        early = self.seen < SMALL_UNTIL * self.recipe.examples
        return min(SMALL_SIDE, full) if early else full

    def batch(self, indices: torch.Tensor) -> Batch:
        """Pictures (uint8, B 3 H W) and their classes (int64, B)."""
        return self.training.images[indices], self.training.labels[indices]

    def losses(self, player: str, networks: Networks, batch: Batch) -> dict[str, torch.Tensor]:
        """Cross-entropy towards labels that are a tenth evenly spread (Szegedy et al. 2016), and
        the first layer's roughness.
        """
        images, labels = batch
        crops = random_resized_crop(images / 255, self.side)  # B 3 side side
        logits = networks[player](crops)
        loss = F.cross_entropy(logits, labels, label_smoothing=LABEL_SMOOTHING)
        rough = roughness(extract_model_from_parallel(networks[player]).stem.weight)
        return {"objective": loss + SMOOTHNESS * rough, "loss": loss, "roughness": rough}

    def validate(self, networks: Networks) -> dict[str, float]:
        """Cross-entropy and accuracy on whole pictures that were held back."""
        return accuracy(networks["backbone"], self.validation)


RUNS = {"backbone": Training(BackboneTraining, CPU, GPU)}

if __name__ == "__main__":
    main(__doc__, RUNS)
