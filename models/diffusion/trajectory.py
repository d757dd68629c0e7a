"""One run from noise to faces, taken apart: what it asks of the network, and what it makes of the
answer. So many runs can be asked together (see `models.diffusion.sample`).
"""

from dataclasses import dataclass

import torch

from models.core.errors import InputError
from models.core.seeds import mixed_seed
from models.diffusion.ddim import ddim_step
from models.diffusion.network import FaceDenoiser
from models.diffusion.samplers import Settings, scheduler

ON_THE_WAY = 1  # tells the noise that is drawn on the way from the noise at the start


@dataclass(frozen=True)
class Query:
    """What a run asks of the network: x_t (B 3 H W), t (B, float), labels (B), guidance."""

    x: torch.Tensor
    timestep: torch.Tensor
    labels: torch.Tensor
    guidance: float


@dataclass(frozen=True)
class DenoisingStep:
    """One step, all pictures B 3 H W with faces in [-1, 1].

    Attributes:
        step: its number, from 0.
        timestep: t, in [0, timesteps): how noisy x_t was.
        noisy: x_t, as the network saw it.
        predicted_x0: the network's guess of the face in it.
        predicted_noise: its guess of the noise in it.
        x: the pictures after the step; after the last one, the faces.
        signal_rate: sqrt(alpha_bar), the share of the face in x_t.
        noise_rate: sqrt(1 - alpha_bar), the share of the noise.
        evaluations: of the network so far, for each face.
        seconds: since the run began.
    """

    step: int
    timestep: float
    noisy: torch.Tensor
    predicted_x0: torch.Tensor
    predicted_noise: torch.Tensor
    x: torch.Tensor
    signal_rate: float
    noise_rate: float
    evaluations: int
    seconds: float


@dataclass(frozen=True)
class Start:
    """Where a run begins, on the network's device.

    Attributes:
        noise: B 3 H W, standard normal.
        labels: int64 B, a character each, or the network's `nobody`.
        seeds: B whole numbers, for the noise that some samplers draw on the way.
        image: B 3 H W in [-1, 1], to start from instead of from nothing (SDEdit, Meng et al.
            2022) or to keep in part.
        strength: of the noise that is laid on `image`, above 0 (hardly any) to 1 (all noise).
        mask: B 1 H W (or 1 1 H W), 1 where it is to be painted anew, 0 where `image` stays.
    """

    noise: torch.Tensor
    labels: torch.Tensor
    seeds: tuple[int, ...]
    image: torch.Tensor | None = None
    strength: float = 1.0
    mask: torch.Tensor | None = None

    def __post_init__(self):
        if not 0 < self.strength <= 1:
            raise InputError(f"The strength must be above 0 and at most 1, got {self.strength}.")
        if self.image is None and (self.mask is not None or self.strength < 1):
            raise InputError("To keep some of a picture, there must be one.")
        if not len(self.noise) == len(self.labels) == len(self.seeds):
            raise InputError("There must be as many labels and seeds as faces.")


class Trajectory:
    """A run under way. `query()` and `advance(answer)` take turns until it is `finished`."""

    def __init__(self, network: FaceDenoiser, settings: Settings, start: Start):
        self.settings, self.start, self.nobody = settings, start, network.nobody
        self.schedule = scheduler(network, settings)
        self.alpha_bars = self.schedule.alphas_cumprod
        self.step = self.first = settings.steps - max(1, round(settings.steps * start.strength))
        self.call = self.first * settings.kind.stages
        guided = settings.guidance != 1 and bool((start.labels != network.nobody).any())
        self.cost, self.evaluations = 2 if guided else 1, 0
        self.generators = [
            torch.Generator().manual_seed(mixed_seed(seed, ON_THE_WAY)) for seed in start.seeds
        ]
        if hasattr(self.schedule, "set_begin_index"):
            self.schedule.set_begin_index(self.call)
        noisy = self._noised(*self.rates(self.step)) if start.image is not None else start.noise
        self.x = noisy * self._scale(self.call)
        self._first_stage: tuple[torch.Tensor, ...] = ()
        self._asked: Query | None = None

    @property
    def finished(self) -> bool:
        """Whether all steps are done."""
        return self.step >= self.settings.steps

    @property
    def rows(self) -> int:
        """Rows of the network's batch that one answer takes: guided faces are in it twice."""
        twice = self.settings.guidance != 1
        return len(self.x) + (twice and int((self.start.labels != self.nobody).sum()))

    @property
    def answers_left(self) -> int:
        """How often the network is still to be asked; the last step of Heun's asks once."""
        stages = self.settings.kind.stages
        return max(0, self.settings.steps * stages - (stages - 1) - self.call)

    def rates(self, step: int) -> tuple[float, float]:
        """Signal rate sqrt(alpha_bar) and noise rate sqrt(1 - alpha_bar) before a step.

        After the last one there is no noise.
        """
        if step >= self.settings.steps:
            return 1.0, 0.0
        call = step * self.settings.kind.stages
        if self.settings.kind.by_sigma:
            sigma = float(self.schedule.sigmas[call])
            alpha_bar = 1 / (1 + sigma**2)
            return alpha_bar**0.5, sigma * alpha_bar**0.5
        alpha_bar = float(self.alpha_bars[int(self.schedule.timesteps[call])])
        return alpha_bar**0.5, (1 - alpha_bar) ** 0.5

    def query(self) -> Query:
        """What the network is to be asked next."""
        timestep = self.schedule.timesteps[self.call].float()
        self._asked = Query(
            self.x / self._scale(self.call),
            timestep.expand(len(self.x)).to(self.x.device),
            self.start.labels,
            self.settings.guidance,
        )
        return self._asked

    def advance(self, v: torch.Tensor, seconds: float) -> DenoisingStep | None:
        """Go on by the network's answer, guidance included (B 3 H W).

        Args:
            v: the answer to the last `query()`.
            seconds: since the run began, to be told.

        Returns:
            The step, or None in the middle of one (Heun's takes two answers).
        """
        asked = self._asked
        self.evaluations += self.cost
        self.x = self._next(v)
        self.call += 1
        if not self._first_stage:
            self._first_stage = (asked.x, v)
        two_stages = self.settings.kind.stages == 2 and self.step < self.settings.steps - 1
        if two_stages and self.call % 2:
            return None
        noisy, v = self._first_stage
        self._first_stage = ()
        signal_rate, noise_rate = self.rates(self.step)
        timestep = float(self.schedule.timesteps[self.step * self.settings.kind.stages])
        self.step += 1
        self._keep()
        return DenoisingStep(
            self.step - 1 - self.first,
            timestep,
            noisy,
            (signal_rate * noisy - noise_rate * v).clamp(-1, 1),
            noise_rate * noisy + signal_rate * v,
            self.x / (1.0 if self.finished else self._scale(self.call)),
            signal_rate,
            noise_rate,
            self.evaluations,
            seconds,
        )

    def _next(self, v: torch.Tensor) -> torch.Tensor:
        if self.settings.kind.takes_eta:
            rates, next_rates = self.rates(self.step), self.rates(self.step + 1)
            return ddim_step(self.x, v, rates, next_rates, self.settings.eta, self.generators)
        more = {"generator": self.generators} if self.settings.kind.draws_noise else {}
        return self.schedule.step(v, self.schedule.timesteps[self.call], self.x, **more).prev_sample

    def _scale(self, call: int) -> float:
        """What x_t is multiplied by in the family that counts in sigma."""
        if not self.settings.kind.by_sigma:
            return 1.0
        return float(1 + self.schedule.sigmas[call] ** 2) ** 0.5

    def _noised(self, signal_rate: float, noise_rate: float) -> torch.Tensor:
        """q(x_t | x_0) of the picture, with the noise of the start (Ho et al. 2020, eq. 4)."""
        return signal_rate * self.start.image + noise_rate * self.start.noise

    def _keep(self) -> None:
        """Put the part that is not masked back, as noisy as the rest is (Lugmayr et al. 2022)."""
        if self.start.mask is None:
            return
        scale = 1.0 if self.finished else self._scale(self.call)
        known = self._noised(*self.rates(self.step)) * scale
        self.x = self.start.mask * self.x + (1 - self.start.mask) * known
