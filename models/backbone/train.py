"""Train the backbone on Tiny ImageNet: `python -m models.backbone.train`."""

import torch
from accelerate.utils import extract_model_from_parallel
from torch.nn import functional as F
from torch.optim.swa_utils import update_bn

from models.backbone import shipped
from models.backbone.evaluate import BATCH, accuracy
from models.backbone.network import Backbone, BackboneConfig
from models.core.images import squeezed
from models.training.augment import random_resized_crop
from models.training.command_line import Options, Training, main
from models.training.experiment import Batch, Experiment, Networks
from models.training.recipe import Recipe

LABEL_SMOOTHING = 0.1
SMOOTHNESS = {"cpu": 0.03, "gpu": 0.0}
"""Weight of the term that keeps the first layer's filters, which people look at, smooth. With
0.03 and SGD on a GPU (5.3 million pictures, top-1 59.2 %) they became blobs of colour without one
edge, so that was not shipped; whether this term made them so was not tried: hence none there."""
SIDES = {"cpu": ((0.7, 48), (0.9, 64), (1.0, 80)), "gpu": ((0.5, 64), (1.0, 96))}
"""Smaller pictures teach nearly as much in half the time: until what share of a run, pixels."""
SCALES = {"cpu": ((0.85, 0.35), (1.0, 0.6)), "gpu": ((1.0, 0.35),)}
"""The smallest crops, in shares of a picture: until what share of a run. Towards the end of few
epochs they are larger, nearer to the whole pictures that it is asked about."""
SIZE = {"cpu": None, "gpu": 112}
"""Pixels at which pictures are shown to it afterwards; None for `shipped.SIZE`."""
NORM_PICTURES = 2_000
"""Whole pictures of those it learns from, at the size at which it is asked afterwards, by which the
norms' means and variances are taken anew before each validation: crops, at other sizes, have
others (Wu and Johnson 2021, "Rethinking 'Batch' in BatchNorm")."""
CUTMIX = 0.5
"""Share of the batches of a GPU's many epochs in which pictures get a piece of another one."""

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
    examples=10_000_000,
    batch_size=1024,
    learning_rate=0.5,
    warmup=400_000,
    decay=9_600_000,
    weight_decay=5e-4,
    momentum=0.9,
    clip=5.0,
    ema=0.999,
    validate_every=500_000,
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
    resident = ("training",)

    def __init__(self, options: Options, config: BackboneConfig | None = None):
        torch.manual_seed(options.seed)
        self.recipe = options.choose(CPU, GPU)
        self.training, self.validation = options.parts("tiny_imagenet")
        size = SIZE[options.recipe]
        config = config or BackboneConfig(self.training.label_names, size=size)
        self.sides = SIDES[options.recipe]
        self.scales = SCALES[options.recipe]
        self.smoothness = SMOOTHNESS[options.recipe]
        self.mixes = options.recipe == "gpu"
        self.classes = len(config.classes)
        self.networks = {"backbone": Backbone(config)}
        self.size = len(self.training)

    @property
    def side(self) -> int:
        """Pixels of the pictures' sides by now (progressive resizing, Howard 2018)."""
        return int(self.by_now(self.sides))

    def by_now(self, plan: tuple[tuple[float, float], ...]) -> float:
        """What a plan (until what share of the run, a value) says at this point of it."""
        share = self.seen / self.recipe.examples
        return next((value for until, value in plan if share < until), plan[-1][1])

    def batch(self, indices: torch.Tensor) -> Batch:
        """Pictures (uint8, B 3 H W) and their classes (int64, B)."""
        return self.training.images[indices], self.training.labels[indices]

    def losses(self, player: str, networks: Networks, batch: Batch) -> dict[str, torch.Tensor]:
        """Cross-entropy towards labels that are a tenth evenly spread (Szegedy et al. 2016), and
        the first layer's roughness. On a GPU, where pictures are seen often, some are mixed (Yun
        et al. 2019, "CutMix").
        """
        from torchvision.transforms.v2 import CutMix

        images, labels = batch
        crops = random_resized_crop(  # B 3 side side
            images / 255, self.side, scale=(self.by_now(self.scales), 1.0)
        )
        if self.mixes and torch.rand(()) < CUTMIX:
            crops, labels = CutMix(num_classes=self.classes)(crops, labels)  # labels: B K
        logits = networks[player](crops)
        loss = F.cross_entropy(logits, labels, label_smoothing=LABEL_SMOOTHING)
        rough = roughness(extract_model_from_parallel(networks[player]).stem.weight)
        return {"objective": loss + self.smoothness * rough, "loss": loss, "roughness": rough}

    def validate(self, networks: Networks) -> dict[str, float]:
        """Cross-entropy and accuracy on whole pictures that were held back.

        Before that, the network's norms take their statistics from whole pictures, too.
        """
        network = networks["backbone"]
        size = shipped.side(network)
        where = next(network.parameters()).device
        chosen = torch.randperm(self.size, generator=torch.Generator().manual_seed(0))
        parts = chosen[:NORM_PICTURES].split(BATCH)
        whole = (squeezed(self.training.images[part].to(where) / 255, size) for part in parts)
        update_bn(whole, network)
        return accuracy(network, self.validation, size)


RUNS = {"backbone": Training(BackboneTraining, CPU, GPU)}

if __name__ == "__main__":
    main(__doc__, RUNS)
