"""A variational autoencoder that learns while one looks on: small, on a few thousand digits."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import torch

from models.core import initial_weights, one_thread
from models.core.errors import InputError
from models.core.once import once
from models.vae import digits, points
from models.vae.decode import sheet
from models.vae.encode import encode
from models.vae.live_settings import LiveSettings
from models.vae.network import Autoencoder, AutoencoderConfig, reparameterise
from models.vae.objective import active_dimensions, bernoulli_loss, kl_divergence

CONFIG = AutoencoderConfig(2, channels=(16, 32), squeezed=16, hidden=128)
"""Half the channels of the shipped networks: on two cores thousands of digits a second."""
BATCH = 32
LEARNING_RATE = 4e-3
WARMUP, HOLD = 20, 1000  # steps: the rate rises over the first, and falls from the second on
LARGEST_GRADIENT = 100.0
SHOWN = 500  # held-back digits on the plane, which also validate
SHEET = 15  # pictures along a side
FRAME_SECONDS = 0.3  # of training from one frame to the next
EXTENTS = (4.0, 6.0, 8.0, 12.0, 16.0, points.FARTHEST)


@dataclass(frozen=True)
class LiveFrame:
    """How the plane looks at one moment, by held-back digits that are always the same.

    Attributes:
        validation: mean `reconstruction` and `kl` in nats a picture, always with the same noise.
        means: where the digits lie, N 2.
        labels: their classes, N.
        deviation: the posteriors' mean standard deviation along each axis, 2.
        active: axes that say anything (see `objective.active_dimensions`).
        sheet: the decoded plane, 1 1 H W in [0, 1].
        extent: half the plane's side; grows where the digits wander off.
    """

    validation: dict[str, float]
    means: torch.Tensor
    labels: torch.Tensor
    deviation: torch.Tensor
    active: int
    sheet: torch.Tensor
    extent: float


@dataclass(frozen=True)
class LiveStep:
    """One step: what has been seen in how many seconds of training, and its batch's losses.

    `losses` are the mean `reconstruction` and `kl` in nats a picture (empty before the first step);
    `frame` is there a few times a second, first and last.
    """

    step: int
    seen: int
    seconds: float
    beta: float
    losses: dict[str, float]
    frame: LiveFrame | None
    finished: bool


class LiveTraining:
    """A training that can rest: the network, its optimizer, and how far it has come."""

    def __init__(self, settings: LiveSettings):
        self.settings, self.beta = settings, settings.beta
        self.step = self.seen = 0
        self.seconds, self.framed = 0.0, -math.inf
        self.extent = EXTENTS[0]
        self.generator = points.seeded(settings.seed)
        first = points.seeded(settings.seed)
        self.network = initial_weights.drawn(lambda: Autoencoder(CONFIG), first)
        self.shown, self.labels, self.noise = _shown()
        self.pictures = digits.training().images
        self.chosen = _some(len(self.pictures), int(settings.digits))
        self.order = torch.empty(0, dtype=torch.long)

    @cached_property
    def optimizer(self) -> torch.optim.Adam:
        """Made at the first step: its import takes a second, which an opening page has not."""
        return torch.optim.Adam(self.network.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.99))

    @property
    def finished(self) -> bool:
        """Whether the time, or the number of examples, is used up."""
        return self.seconds >= self.settings.seconds or self.seen >= self.settings.examples

    def advance(self) -> LiveStep:
        """One step of the optimizer, and a frame where one is due; both count as training."""
        start = time.perf_counter()
        losses = one_thread.workers().submit(self._learn).result()
        self.seconds += time.perf_counter() - start
        due = self.seconds - self.framed >= FRAME_SECONDS or self.finished
        return self.look(losses) if due else self._told(losses, None)

    def look(self, losses: dict[str, float] | None = None) -> LiveStep:
        """Where the training stands, with a frame; nothing is learned."""
        start = time.perf_counter()
        frame = one_thread.workers().submit(self._frame).result()
        self.seconds += time.perf_counter() - start
        self.framed = self.seconds
        return self._told(losses or {}, frame)

    def _told(self, losses: dict[str, float], frame: LiveFrame | None) -> LiveStep:
        return LiveStep(self.step, self.seen, self.seconds, self.beta, losses, frame, self.finished)

    def _batch(self) -> torch.Tensor:
        """The next pictures of a shuffled order, begun anew when it is used up: B 1 28 28."""
        while len(self.order) < BATCH:
            again = torch.randperm(len(self.chosen), generator=self.generator)
            self.order = torch.cat([self.order, self.chosen[again]])
        indices, self.order = self.order[:BATCH], self.order[BATCH:]
        return self.pictures[indices] / 255

    @torch.enable_grad()
    def _learn(self) -> dict[str, float]:
        images = self._batch()
        noise = torch.randn(BATCH, CONFIG.latent, generator=self.generator)
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.step)
        logits, mean, log_variance = self.network(images, noise)
        reconstruction = bernoulli_loss(logits, images).mean()
        kl = kl_divergence(mean, log_variance).sum(1).mean()
        self.optimizer.zero_grad()
        (reconstruction + self.beta * kl).backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), LARGEST_GRADIENT)
        self.optimizer.step()
        self.step, self.seen = self.step + 1, self.seen + BATCH
        return {"reconstruction": _finite(reconstruction), "kl": _finite(kl)}

    @torch.no_grad()
    def _frame(self) -> LiveFrame:
        found = encode(self.network, self.shown)
        latent = reparameterise(found.mean, found.log_variance, self.noise)
        reconstruction = bernoulli_loss(self.network.decoder(latent), self.shown).mean().item()
        kl = kl_divergence(found.mean, found.log_variance).sum(1).mean().item()
        self.extent = fitting_extent(found.mean, self.extent)
        return LiveFrame(
            validation={"reconstruction": reconstruction, "kl": kl},
            means=found.mean,
            labels=self.labels,
            deviation=found.deviation.mean(0),
            active=active_dimensions(found.mean),
            sheet=sheet(self.network, SHEET, self.extent),
            extent=self.extent,
        )


def train_live(training: LiveTraining) -> Iterator[LiveStep]:
    """Train to the end of what the settings allow; also on from where it was left.

    Closing the generator leaves the training where it is. No grad mode is held around a `yield`:
    each step sets its own, since a server may resume one generator on several threads.

    Yields:
        Where it stands before anything is learned, then every step; the last is `finished`.
    """
    yield training.look()
    while not training.finished:
        yield training.advance()


def _finite(loss: torch.Tensor) -> float:
    if not torch.isfinite(loss):
        raise InputError("The loss is no longer a number: start over, with another seed or β.")
    return loss.item()


def learning_rate(step: int) -> float:
    """Up in a straight line, then level, then down with the root of the steps (from 0)."""
    return LEARNING_RATE * min(1.0, (step + 1) / WARMUP, math.sqrt(HOLD / (step + 1)))


def fitting_extent(means: torch.Tensor, before: float) -> float:
    """Half the side of a plane that holds 95 % of the points (N 2): one of `EXTENTS`.

    A plane that is too large shrinks only when it is so by a quarter, lest it flicker.
    """
    reach = torch.quantile(means.abs().amax(1), 0.95).item()
    wanted = next((extent for extent in EXTENTS if reach <= extent), EXTENTS[-1])
    roomy = next((extent for extent in EXTENTS if reach <= 0.75 * extent), EXTENTS[-1])
    return wanted if wanted > before else min(before, roomy)


@once
def _shown() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The held-back digits that everybody is shown, N 1 28 28, their classes, and their noise."""
    held_back = digits.held_back()
    chosen = _some(len(held_back), SHOWN)
    noise = torch.randn(SHOWN, CONFIG.latent, generator=torch.Generator().manual_seed(0))
    return held_back.images[chosen] / 255, held_back.labels[chosen], noise


def _some(of: int, count: int) -> torch.Tensor:
    """`count` of so many digits: the same ones whatever the seed of a training is."""
    return torch.randperm(of, generator=torch.Generator().manual_seed(0))[:count]
