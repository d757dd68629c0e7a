"""The training of the denoiser: DDPM on faces, conditioned on the character."""

import torch
from torch.nn import functional as F

from models.core import data
from models.diffusion.network import DenoiserConfig, FaceDenoiser
from models.diffusion.sample import initial_noise, sample
from models.diffusion.samplers import Settings
from models.diffusion.trajectory import Start
from models.training.augment import random_flip
from models.training.command_line import Options
from models.training.experiment import Batch, Experiment, Networks
from models.training.recipe import Recipe

LABEL_DROPOUT = 0.15
STRIP = ("homer_simpson", "bart_simpson", "marge_simpson", "krusty_the_clown")

CPU = Recipe(
    examples=4_000_000,
    batch_size=64,
    learning_rate=4e-4,
    warmup=20_000,
    decay=500_000,
    ema=0.999,
    validate_every=25_000,
)
GPU = Recipe(
    examples=12_000_000,
    batch_size=256,
    learning_rate=8e-4,
    warmup=50_000,
    decay=2_000_000,
    ema=0.999,
    validate_every=100_000,
)


class DenoiserTraining(Experiment):
    """The DDPM loss (Ho et al. 2020, algorithm 1) on v, with flips and dropped labels."""

    name = "denoiser"
    resident = ("training",)
    memory_format = torch.contiguous_format  # a fifth faster on a CPU, for its group norms

    def __init__(self, options: Options, config: DenoiserConfig | None = None):
        torch.manual_seed(options.seed)
        self.recipe = options.choose(CPU, GPU)
        training, validation = options.parts("simpsons")
        network = FaceDenoiser(config or DenoiserConfig(training.label_names))
        self.training = data.resized(training, network.config.size)
        self.validation = data.resized(validation, network.config.size)
        self.networks = {"denoiser": network}
        self.size = len(self.training)
        self.schedule = network.noise_schedule()
        self.strip_steps = 2 if options.dry_run else 25

    def batch(self, indices: torch.Tensor) -> Batch:
        """Faces (uint8, B 3 H W) and their characters (int64, B)."""
        return self.training.images[indices], self.training.labels[indices]

    def losses(self, player: str, networks: Networks, batch: Batch) -> dict[str, torch.Tensor]:
        """Mean squared error of the predicted v at random timesteps."""
        images, labels = batch
        x0 = random_flip(images / 127.5 - 1)  # B 3 H W
        dropped = torch.rand(len(x0), device=x0.device) < LABEL_DROPOUT
        labels = labels.masked_fill(dropped, len(self.training.label_names))
        timesteps = torch.randint(len(self.schedule), (len(x0),), device=x0.device)
        noise = torch.randn_like(x0)
        return {"loss": self._error(networks[player], x0, noise, timesteps, labels)}

    def _error(
        self,
        network: torch.nn.Module,
        x0: torch.Tensor,
        noise: torch.Tensor,
        timesteps: torch.Tensor,
        labels: torch.Tensor,
    ) -> torch.Tensor:
        noisy = self.schedule.add_noise(x0, noise, timesteps)
        target = self.schedule.get_velocity(x0, noise, timesteps)
        return F.mse_loss(network(noisy, timesteps, labels), target)

    def validate(self, networks: Networks) -> dict[str, float]:
        """The same error on held-back faces, at the same noise and evenly spread timesteps."""
        network = networks["denoiser"]
        where = next(network.parameters()).device
        generator = torch.Generator().manual_seed(0)
        count = len(self.validation)
        noise = torch.randn(self.validation.images.shape, generator=generator)
        timesteps = torch.arange(count) * len(self.schedule) // count
        total = 0.0
        for part in torch.arange(count).split(100):
            error = self._error(
                network,
                (self.validation.images[part] / 127.5 - 1).to(where),
                noise[part].to(where),
                timesteps[part].to(where),
                self.validation.labels[part].to(where),
            )
            total += error.item() * len(part)
        return {"loss": total / count}

    def samples(self, networks: Networks) -> torch.Tensor:
        """Eight faces out of the same noise each time: four characters, twice."""
        network = networks["denoiser"]
        where = next(network.parameters()).device
        names = network.config.characters
        wanted = [names.index(name) if name in names else 0 for name in STRIP] * 2
        seeds = tuple(range(len(wanted)))
        noise = initial_noise(network, seeds).to(where)
        start = Start(noise, torch.tensor(wanted, device=where), seeds)
        settings = Settings("ddim", self.strip_steps, guidance=2.0)
        *_, last = sample(network, settings, start)
        return (last.x + 1) / 2
