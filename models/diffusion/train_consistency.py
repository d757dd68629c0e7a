"""The training of the network for few steps: a consistency function, distilled from the denoiser.

Wherever on one way from noise to face it is asked, it is to answer with the face at that way's end
(Song et al. 2023, "Consistency models", definition 1). There it is told that end by the denoiser,
which goes the whole way (Luhman and Luhman 2021, "Knowledge distillation"): comparing neighbours,
as the article does and as consistency tuning does from real faces, has what is wrong at one of them
taught to the next, and needs more pictures than a CPU sees.
"""

from pathlib import Path

import torch
from accelerate import PartialState

from models.backbone.network import Backbone
from models.core import checkpoint, data
from models.core.errors import InputError
from models.core.seeds import mixed_seed
from models.diffusion.evaluate import draw
from models.diffusion.features import features_of
from models.diffusion.network import DenoiserConfig, FaceDenoiser
from models.diffusion.sample import sample
from models.diffusion.samplers import CONSISTENCY, Lane, Settings
from models.diffusion.shipped import WEIGHTS
from models.diffusion.train_denoiser import LABEL_DROPOUT, STRIP
from models.diffusion.trajectory import Start
from models.training.command_line import Options
from models.training.distances import kernel_distance
from models.training.experiment import Batch, Experiment, Networks
from models.training.recipe import Recipe

TAUGHT_BY = Settings("unipc", 4)
"""How the denoiser goes; each of its steps begins at a place that the network is asked at. In
KID it is at 0.010 by then; in three steps at 0.041 (200 faces)."""
HUBER = 0.03
"""c of the pseudo-Huber loss of Song and Dhariwal 2024, section 3.3, in shares of sqrt(d); theirs
is 0.00054, of networks that see a thousand times as many pictures."""
LOOKED_AT = 250
"""Faces drawn at each validation."""
VALIDATED_BY = Lane(CONSISTENCY, 2)

CPU = Recipe(
    examples=400_000,
    batch_size=64,
    learning_rate=2e-4,
    warmup=3_000,
    decay=400_000,
    ema=0.998,
    validate_every=10_000,
)
GPU = Recipe(
    examples=4_000_000,
    batch_size=256,
    learning_rate=2e-4,
    warmup=30_000,
    decay=4_000_000,
    ema=0.999,
    validate_every=100_000,
)


class ConsistencyTraining(Experiment):
    """The shipped denoiser, taught to say at once where its ways end."""

    name = "consistency"
    best = "kid"
    memory_format = torch.contiguous_format

    def __init__(
        self, options: Options, config: DenoiserConfig | None = None, weights: Path = WEIGHTS
    ):
        """`config`: of an untrained network to begin with, instead of the one in `weights`; in a
        dry run there is always one.

        Raises:
            InputError: there is no denoiser or no classifier in `weights`.
        """
        torch.manual_seed(options.seed)
        self.recipe = options.choose(CPU, GPU)
        training, validation = options.parts("simpsons")
        file = weights / "denoiser.safetensors"
        if config is None and options.dry_run:
            config = DenoiserConfig(training.label_names)
        denoiser = FaceDenoiser(config) if config else checkpoint.load(FaceDenoiser, file)
        self.classifier = checkpoint.load(Backbone, weights / "character_classifier.safetensors")
        if training.label_names != denoiser.config.characters:
            raise InputError(f"{file} draws other characters than those that the faces are of.")
        self.labels = training.labels.cpu()  # whom to draw; the faces themselves are not looked at
        self.validation = data.resized(validation, denoiser.config.size)
        network = FaceDenoiser(denoiser.config)
        network.load_state_dict(denoiser.state_dict())
        self.networks = {"consistency": network}
        self.denoiser = denoiser.requires_grad_(False).eval()
        self.denoiser.to(memory_format=torch.channels_last)
        self.size = len(self.labels)
        self.schedule = network.noise_schedule()
        self.looked_at = 8 if options.dry_run else LOOKED_AT
        self._walk: tuple[tuple[int, int], Batch] | None = None

    def place(self, device: torch.device) -> None:
        """Move the denoiser too."""
        super().place(device)
        self.denoiser.to(device)

    def batch(self, indices: torch.Tensor) -> Batch:
        """A part of a walk, which follows from `seen` alone: noisy faces (B 3 H W), their timesteps
        (int64 B), labels (int64 B), and the faces at their ways' ends (B 3 H W).
        """
        walk, part = divmod(self.seen // self.recipe.batch_size, TAUGHT_BY.steps)
        which = (walk, len(indices))
        if self._walk is None or self._walk[0] != which:
            self._walk = which, self.walk(*which)
        rows = slice(part * len(indices), (part + 1) * len(indices))
        return tuple(part[rows] for part in self._walk[1])

    def walk(self, number: int, count: int) -> Batch:
        """What the denoiser meets on `count` ways from noise to face, and where they end.

        Returns:
            As `batch` does, for every step of every way, in no order.
        """
        where = next(self.denoiser.parameters()).device
        seed = mixed_seed(self.recipe.seed, number, PartialState().process_index)
        generator = torch.Generator().manual_seed(seed)
        nobody = self.denoiser.nobody
        labels = self.labels[torch.randint(self.size, (count,), generator=generator)]
        labels = labels.masked_fill(
            torch.rand(count, generator=generator) < LABEL_DROPOUT, nobody
        ).to(where)
        size = (count, 3, self.denoiser.config.size, self.denoiser.config.size)
        noise = torch.randn(size, generator=generator).to(where)
        steps = list(sample(self.denoiser, TAUGHT_BY, Start(noise, labels, (0,) * count)))
        end = steps[-1].x.clamp(-1, 1)
        order = torch.randperm(count * len(steps), generator=generator)
        noisy = torch.cat([step.noisy for step in steps])[order]
        timesteps = torch.tensor([int(step.timestep) for step in steps])
        timesteps = timesteps.repeat_interleave(count)[order].to(where)
        return (
            noisy,
            timesteps,
            labels.repeat(len(steps))[order],
            end.repeat(len(steps), 1, 1, 1)[order],
        )

    def losses(self, player: str, networks: Networks, batch: Batch) -> dict[str, torch.Tensor]:
        """Pseudo-Huber distance of the network's face to the one at the way's end."""
        noisy, timesteps, labels, end = batch
        face = self.guess(networks[player], noisy, timesteps, labels)
        distance = (face - end).square().mean((1, 2, 3))
        return {"loss": ((distance + HUBER**2).sqrt() - HUBER).mean()}

    def guess(
        self, network: torch.nn.Module, noisy: torch.Tensor, t: torch.Tensor, labels: torch.Tensor
    ) -> torch.Tensor:
        """The face that a network sees in noisy ones, B 3 H W; t: int64 B."""
        alpha_bar = self.schedule.alphas_cumprod.to(t.device)[t][:, None, None, None]
        return alpha_bar.sqrt() * noisy - (1 - alpha_bar).sqrt() * network(noisy, t, labels)

    def validate(self, networks: Networks) -> dict[str, float]:
        """KID of faces in two steps, and in one, in the character classifier's features."""
        network = networks["consistency"]
        real = features_of(self.classifier, self.validation.images / 255)
        labels = self.validation.labels[: self.looked_at].cpu()
        found = {}
        for name, steps in (("kid", VALIDATED_BY.steps), ("kid_in_one_step", 1)):
            faces = draw(network, labels, Lane(CONSISTENCY, steps))
            found[name] = kernel_distance(real, features_of(self.classifier, faces))
        return found

    def samples(self, networks: Networks) -> torch.Tensor:
        """Eight faces out of the same noise each time: four characters, twice."""
        network = networks["consistency"]
        names = network.config.characters
        wanted = [names.index(name) if name in names else 0 for name in STRIP] * 2
        return draw(network, torch.tensor(wanted), VALIDATED_BY)
