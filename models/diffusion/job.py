"""One run in the engine (see `models.diffusion.engine`): its steps so far, and who follows it."""

import hashlib
import time

import torch

from models.core.errors import InputError
from models.diffusion.network import FaceDenoiser
from models.diffusion.samplers import Settings
from models.diffusion.trajectory import DenoisingStep, Start, Trajectory

PICTURES = ("noisy", "predicted_x0", "predicted_noise", "x")


def finite(step: DenoisingStep) -> DenoisingStep:
    """The step itself, where its pictures are numbers.

    Raises:
        InputError: they left the range of numbers.
    """
    if not torch.isfinite(step.x).all():
        raise InputError(
            "This run left the range of numbers; ask for less guidance, or for more steps."
        )
    return step


class Job:
    """A run that is computed once for all who asked for the same.

    The engine's lock is held wherever more than one thread may look: whoever follows takes steps,
    the engine's thread adds them.
    """

    def __init__(self, network: FaceDenoiser, settings: Settings, start: Start, name: str):
        self.name = name
        self.trajectory = Trajectory(network, settings, start)
        self.rows = self.trajectory.rows
        self.served = 0
        """Rows that it had in its turn in the batch."""
        self.error: Exception | None = None
        self.finished, self.shared = False, True
        self.quick = False
        """Whether any of its answers was computed in half precision."""
        self.steps: list[DenoisingStep | None] = []
        """None for those that all who follow have seen, once nobody else can join."""
        self._began = 0.0
        self._seen: dict[object, int] = {}

    @property
    def work(self) -> int:
        """Rows of the network that it will still take."""
        return 0 if self.finished else self.rows * self.trajectory.answers_left

    @property
    def followed(self) -> bool:
        """Whether anybody is there for its steps."""
        return bool(self._seen)

    def join(self) -> object:
        """Follow it from its first step on; gives what `take` and `leave` know the follower by."""
        follower = object()
        self._seen[follower] = 0
        return follower

    def leave(self, follower: object) -> None:
        """Follow it no longer."""
        self._seen.pop(follower, None)

    def take(self, follower: object) -> DenoisingStep | None:
        """The follower's next step, if it is there."""
        number = self._seen[follower]
        if number >= len(self.steps):
            return None
        step = self.steps[number]
        self._seen[follower] = number + 1
        self._forget()
        return step

    def has_news(self, follower: object) -> bool:
        """Whether the follower has not seen all, or has but it is the end."""
        return self.finished or self._seen[follower] < len(self.steps)

    def begin(self) -> None:
        """Have a turn in the batch; its seconds count from the first one."""
        self.served = 0
        self._began = self._began or time.perf_counter()

    @torch.no_grad()
    def advance(self, v: torch.Tensor) -> DenoisingStep | None:
        """Go on by the network's answer; see `Trajectory.advance`.

        Raises:
            InputError: the pictures left the range of numbers.
        """
        step = self.trajectory.advance(v, time.perf_counter() - self._began)
        return None if step is None else finite(step)

    def add(self, step: DenoisingStep) -> None:
        """Put its next step there for all who follow."""
        self.steps.append(step)
        self.finished = self.trajectory.finished

    def fail(self, error: Exception) -> None:
        """End it for all who follow."""
        self.error, self.finished = error, True

    def unshare(self) -> None:
        """Let nobody else join, and keep only what somebody has yet to see."""
        self.shared = False
        self._forget()

    def bytes(self) -> int:
        """What its steps take."""
        kept = [step for step in self.steps if step is not None]
        return sum(getattr(step, name).nbytes for step in kept for name in PICTURES)

    def _forget(self) -> None:
        if self.shared:
            return
        first = min(self._seen.values(), default=0)
        self.steps[:first] = [None] * first


def key(settings: Settings, start: Start) -> str:
    """What runs have in common that are equal: all that they are asked for, by value."""
    told = hashlib.sha256(repr((settings, start.seeds, start.strength)).encode())
    for tensor in (start.noise, start.labels, start.image, start.mask):
        told.update(repr(None if tensor is None else tuple(tensor.shape)).encode())
        if tensor is not None:
            told.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return told.hexdigest()
