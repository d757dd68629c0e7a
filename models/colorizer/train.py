"""Train the colorizers: `python -m models.colorizer.train [run ...]`."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import torch
from torch.nn import functional as F
from tqdm import tqdm

from models.backbone import shipped as backbone
from models.backbone.network import Backbone
from models.colorizer import hints, lab
from models.colorizer.measures import colour_layout, colourfulness
from models.colorizer.network import (
    Colorizer,
    ColorizerConfig,
    PatchDiscriminator,
    PatchDiscriminatorConfig,
)
from models.colorizer.objective import fooling, judgement
from models.core import checkpoint
from models.training.augment import random_flip
from models.training.command_line import Options, Training, main
from models.training.distances import frechet_distance
from models.training.experiment import Batch, Experiment, Networks
from models.training.recipe import Recipe

LARGE_BATCHES = 0.4
"""Share of the batches that are large photos, where there are any."""
LARGE_SIDES = (64, 96, 128, 160)
STRIP = 5
BATCH = 100
ADVICE_SHARE = 12.0
"""Of the learning rate: what the guide says begins at zero, and has far to go."""

CIFAR_EPOCH = 45_000
L1_CPU = Recipe(
    examples=20 * CIFAR_EPOCH,
    batch_size=64,
    learning_rate=1e-3,
    warmup=10_000,
    decay=10 * CIFAR_EPOCH,
    ema=0.999,
    validate_every=CIFAR_EPOCH // 2,
    patience=16,
)
L1_GPU = replace(L1_CPU, examples=100 * CIFAR_EPOCH, decay=80 * CIFAR_EPOCH, batch_size=256)
GAN_CPU = replace(
    L1_CPU, examples=40 * CIFAR_EPOCH, learning_rate=4e-4, betas=(0.5, 0.999), patience=24
)
GAN_GPU = replace(GAN_CPU, examples=200 * CIFAR_EPOCH, decay=100 * CIFAR_EPOCH, patience=80)
PHOTO_CPU = replace(
    GAN_CPU,
    examples=1_264_000,
    decay=60_000,
    validate_every=50_000,
    patience=None,
    shares=(("advice.", ADVICE_SHARE),),
)
PHOTO_GPU = replace(
    PHOTO_CPU, examples=6_000_000, decay=2_000_000, batch_size=128, validate_every=250_000
)


@dataclass(frozen=True)
class Variant:
    """One of the colorizers: what it is, what it learns from, and when the game begins."""

    config: ColorizerConfig
    cpu: Recipe
    gpu: Recipe
    data: dict[str, int]
    """Names of its data sets, the main one first, and how many pictures of each validate."""
    adversarial_from: int | None
    """Examples seen until the discriminator joins; None for never."""
    adversarial_weight: float = PatchDiscriminatorConfig.weight
    """Of the game beside the L1."""


CIFAR = {"cifar10": 5000}
VARIANTS = {
    "cifar_l1": Variant(ColorizerConfig(), L1_CPU, L1_GPU, CIFAR, None),
    "cifar_gan": Variant(ColorizerConfig(), GAN_CPU, GAN_GPU, CIFAR, 0),
    "photo": Variant(
        ColorizerConfig(
            (16, 32, 64, 128, 160, 160), hints=True, sides=(64, 160), guide=(32, 64, 160, 320)
        ),
        PHOTO_CPU,
        PHOTO_GPU,
        {"tiny_imagenet": 2000, "flickr8k": 250},
        700_000,
        0.07,
    ),
}


class ColorizerTraining(Experiment):
    """L1 of the colours, and from some point on a game against a discriminator beside it.

    The weights that ship are chosen by the L1 where there is no game. With it they are chosen by
    the Frechet distance of the pictures' colour layouts: any L1 prefers the dull, and the losses
    of the two players are measured against each other.
    """

    # Its spectral norms live in buffers: vectors of unit length, whose averages have none.
    unaveraged = ("discriminator",)
    resident = ("training", "large")

    def __init__(self, options: Options, name: str, variant: Variant | None = None):
        torch.manual_seed(options.seed)
        self.name = name
        self.variant = variant or VARIANTS[name]
        config = self.variant.config
        self.recipe = options.choose(self.variant.cpu, self.variant.gpu)
        self.networks = {"generator": Colorizer(config)}
        self.painted: tuple[torch.Tensor, ...] = ()
        """Lightness, ab and what was painted in this step, for the discriminator."""
        if config.guide:
            self._take_over(self.networks["generator"], backbone.FILE)
        self.adversarial_from = self.variant.adversarial_from
        if self.adversarial_from is not None:
            judge = PatchDiscriminatorConfig(
                sides=config.sides, weight=self.variant.adversarial_weight
            )
            self.networks["discriminator"] = PatchDiscriminator(judge)
            # A run too short for it (a dry one) plays its second half.
            self.adversarial_from = min(self.adversarial_from, self.recipe.examples // 2)
        self.best = "l1" if self.adversarial_from is None else "colour_distance"
        found = {data: options.parts(data) for data in self.variant.data}
        self.training, *large = (training.images for training, _ in found.values())
        self.large = large[0] if large else None
        self.validation = [found[data][1].images[:n] for data, n in self.variant.data.items()]
        self.size = len(self.training)

    def _take_over(self, network: Colorizer, file: Path) -> None:
        """Have the published backbone as guide, which learns no more, but that its batch norms
        get to know grey pictures: to have it learn costs more than all the rest does.
        """
        if not file.is_file():
            tqdm.write(f"There is no {file}, so the guide learns from scratch.")
            return
        network.guide.take_over(checkpoint.load(Backbone, file))
        network.guide.requires_grad_(False)

    @property
    def adversarial(self) -> bool:
        """Whether the game is on."""
        return self.adversarial_from is not None and self.seen >= self.adversarial_from

    def batch(self, indices: torch.Tensor) -> Batch:
        """Pictures, uint8, B 3 H W: all small ones, or all cut at one size from large photos."""
        if self.large is None or torch.rand(()) >= LARGE_BATCHES:
            return (self.training[indices],)
        side = LARGE_SIDES[torch.randint(len(LARGE_SIDES), ())]
        y, x = torch.randint(self.large.shape[-1] - side + 1, (2,)).tolist()
        return (self.large[indices % len(self.large), :, y : y + side, x : x + side],)

    def losses(self, player: str, networks: Networks, batch: Batch) -> dict[str, torch.Tensor]:
        """Of the generator: L1, and what it takes to fool the discriminator. Of that: how wrong
        it is about what the generator has just painted (as Isola et al. 2017 have it). Before the
        game only the generator learns.
        """
        if player == "discriminator" and not self.adversarial:
            return {}
        discriminator = networks.get("discriminator")
        if player == "discriminator":
            lightness, ab, made = self.painted
            logits = discriminator(lightness.repeat(2, 1, 1, 1), torch.cat([ab, made])).float()
            found = judgement(*logits.chunk(2))
            return {"discriminator": found.loss, **found._asdict()}
        lightness, ab = lab.split(random_flip(batch[0] / 255))
        known = hints.draw(ab) if self.variant.config.hints else None
        made = networks["generator"](lightness, known).float()
        self.painted = lightness, ab, made.detach()
        l1 = F.l1_loss(made, ab)
        if not self.adversarial:
            return {"l1": l1}
        game = fooling(discriminator(lightness, made).float())
        weighted = self.variant.adversarial_weight * game
        return {"generator": l1 + weighted, "l1": l1, "adversarial": game}

    def validate(self, networks: Networks) -> dict[str, float]:
        """On held-back pictures without hints: L1, the colours' distance, and both losses."""
        where = next(networks["generator"].parameters()).device
        sums: dict[str, float] = {}
        layouts: list[tuple[torch.Tensor, torch.Tensor]] = []
        for part in (part for images in self.validation for part in images.split(BATCH)):
            lightness, ab = lab.split(part.to(where) / 255)
            made = networks["generator"](lightness)
            layouts.append((colour_layout(ab), colour_layout(made)))
            found = {
                "l1": F.l1_loss(made, ab),
                "colourfulness": colourfulness(lab.join(lightness, made)).mean(),
            }
            if self.adversarial:
                judged = networks["discriminator"](lightness, made)
                game = judgement(networks["discriminator"](lightness, ab), judged)
                found |= {"adversarial": fooling(judged), "discriminator": game.loss}
            for name, value in found.items():
                sums[name] = sums.get(name, 0.0) + value.item() * len(part)
        metrics = {name: total / sum(map(len, self.validation)) for name, total in sums.items()}
        if self.adversarial:
            weight = self.variant.adversarial_weight
            metrics["generator"] = metrics["l1"] + weight * metrics["adversarial"]
        real, made = (torch.cat(each) for each in zip(*layouts, strict=True))
        return {"colour_distance": frechet_distance(real, made), **metrics}

    def samples(self, networks: Networks) -> torch.Tensor:
        """Five held-back pictures: in grey, painted, where it takes them with hints, and true."""
        network = networks["generator"]
        images = self.validation[0][:STRIP].to(next(network.parameters()).device) / 255
        lightness, ab = lab.split(images)
        versions = [torch.zeros_like(ab), network(lightness)]
        if network.config.hints:
            generator = torch.Generator().manual_seed(0)
            known = hints.scatter(ab.cpu(), torch.full((len(ab),), 8), generator)
            versions.append(network(lightness, known.to(ab.device)))
        pictures = [lab.join(lightness, each) for each in (*versions, ab)]
        return torch.stack(pictures, 1).flatten(0, 1)  # 5*3 or 5*4, 3 H W


RUNS = {
    name: Training(partial(ColorizerTraining, name=name), variant.cpu, variant.gpu)
    for name, variant in VARIANTS.items()
}

if __name__ == "__main__":
    main(__doc__, RUNS)
