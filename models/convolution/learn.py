"""A kernel that is learned: gradient descent on the difference to what an unknown kernel makes."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from models.convolution.kernels import Kernel
from models.core.checks import between, one_of, whole
from models.core.errors import InputError
from models.core.images import luminance
from models.core.seeds import mixed_seed

SIDE = 96
"""Pixels along the picture that is learned from."""
SIZES = (3, 5, 7)
MOST_STEPS = 1000
MOST_RATE = 10.0
MOST_MOMENTUM = 0.99
MOST_SEED = 2**31 - 1
HOPELESS = 1e6
"""How many times its first value a loss may become until the run is stopped."""


@dataclass(frozen=True)
class Settings:
    """How a kernel is learned.

    size: 3, 5 or 7. rate: the learning rate, above 0 to 10. momentum: 0 to 0.99. steps: 1 to 1000.
    seed: of the kernel that it begins with.

    Raises:
        InputError: a value outside of its range.
    """

    size: int = 3
    rate: float = 0.1
    momentum: float = 0.9
    steps: int = 200
    seed: int = 0

    def __post_init__(self) -> None:
        one_of("Kernel size", self.size, SIZES)
        between("The learning rate", self.rate, 1e-6, MOST_RATE)
        between("Momentum", self.momentum, 0, MOST_MOMENTUM)
        whole("The number of steps", self.steps, 1, MOST_STEPS)
        whole("The seed", self.seed, 0, MOST_SEED)


@dataclass(frozen=True, eq=False)
class Picture:
    """What is learned from: a grey picture, and the numbers that the kernels meet."""

    pixels: torch.Tensor
    """1 1 H W, whole numbers from 0 to 255."""
    mean: float
    deviation: float
    """Standard deviation of the pixels."""

    @property
    def numbers(self) -> torch.Tensor:
        """1 1 H W, of mean 0 and variance 1: on such inputs gradient descent is fastest."""
        return (self.pixels - self.mean) / self.deviation


@dataclass(frozen=True, eq=False)
class Lesson:
    """An input, and what a kernel of unknown weights made of it."""

    seen: torch.Tensor
    """1 1 H W: the numbers whose neighbourhoods the learned kernel meets."""
    answer: torch.Tensor
    """1 1 H' W': what the unknown kernel made, without padding."""
    unknown: torch.Tensor
    """Its weights, K' K'."""
    size: int
    """Of the kernel that learns: K."""


@dataclass(frozen=True, eq=False)
class LearningStep:
    """The kernel after `step` steps of gradient descent, and how far its prediction is off."""

    step: int
    weights: torch.Tensor
    """K K."""
    loss: float
    """The mean squared difference to what the unknown kernel made."""
    hopeless: bool = False
    """Whether the loss has become so large that there is no way back: the run ends here."""


def of_photo(photo: torch.Tensor) -> Picture:
    """A photo (1 3 H W in [0, 1]) as something to learn from.

    Raises:
        InputError: it is of one grey all over.
    """
    return _picture((luminance(photo) * 255).round().clamp(0, 255))


def of_noise(seed: int) -> Picture:
    """Noise to learn from: every pixel drawn evenly from 0 to 255."""
    whole("The seed", seed, 0, MOST_SEED)
    generator = torch.Generator().manual_seed(mixed_seed(seed, 1))
    return _picture(torch.randint(256, (1, 1, SIDE, SIDE), generator=generator).float())


def _picture(pixels: torch.Tensor) -> Picture:
    exact = pixels.double()
    deviation = exact.std(correction=0).item()
    if deviation < 0.5:  # of a grey level
        raise InputError(
            "This photo is of one grey all over: every kernel makes one number of it, so there is "
            "nothing to learn a kernel from. Please choose another one."
        )
    return Picture(pixels, exact.mean().item(), deviation)


def lesson(picture: Picture, unknown: Kernel, size: int) -> Lesson:
    """What an unknown kernel made of a picture, for a kernel of `size` to learn from.

    Both kernels' centres lie on the same pixels: the border that the larger one needs is left out.

    Raises:
        InputError: the size is not one of `SIZES`, or the picture is too small.
    """
    one_of("Kernel size", size, SIZES)
    numbers, weights = picture.numbers, unknown.tensor()
    border = max(size, *weights.shape) // 2
    if min(numbers.shape[-2:]) <= 2 * border:
        raise InputError(f"The picture must have more than {2 * border} pixels a side.")
    answer = F.conv2d(_cut(numbers, border - weights.shape[0] // 2), weights[None, None])
    return Lesson(_cut(numbers, border - size // 2), answer, weights, size)


def _cut(numbers: torch.Tensor, border: int) -> torch.Tensor:
    height, width = numbers.shape[-2:]
    return numbers[..., border : height - border, border : width - border]


def first_weights(size: int, seed: int) -> torch.Tensor:
    """The kernel to begin with, K K: drawn as `nn.Conv2d` draws one, evenly from ±1/K."""
    generator = torch.Generator().manual_seed(mixed_seed(seed, 0))
    return (2 * torch.rand(size, size, generator=generator) - 1) / size


def predicted(lesson: Lesson, weights: torch.Tensor) -> torch.Tensor:
    """What a kernel (K K) makes of the input, 1 1 H' W'."""
    return F.conv2d(lesson.seen, weights[None, None])


def gradient(lesson: Lesson, difference: torch.Tensor) -> torch.Tensor:
    """How the loss, the mean of squared differences, changes with each weight: K K.

    It is a cross-correlation again, of the input with the difference (1 1 H' W', prediction less
    answer): each weight is told the sum of what it met times what came out wrong there.
    """
    return 2 / difference.numel() * F.conv2d(lesson.seen, difference)[0, 0]


@torch.no_grad()
def learn(
    lesson: Lesson, settings: Settings, wanted: Callable[[], bool] = lambda: True
) -> Iterator[LearningStep]:
    """Find the kernel by gradient descent with momentum, as `torch.optim.SGD` does it.

    Args:
        lesson: of the settings' size.
        settings: see there.
        wanted: asked between two steps whether to go on.

    Yields:
        The kernel to begin with as step 0, then what each step made of it; the last one is
        `hopeless` where the loss grew out of all measure.
    """
    weights = first_weights(settings.size, settings.seed)
    velocity = torch.zeros_like(weights)
    most = math.inf
    for step in range(settings.steps + 1):
        if not wanted():
            return
        difference = predicted(lesson, weights) - lesson.answer
        loss = difference.square().mean().item()
        if step == 0:
            most = HOPELESS * max(loss, 1e-6)
        hopeless = not loss <= most  # so is what is not a number
        yield LearningStep(step, weights.clone(), loss, hopeless)
        if hopeless:
            return
        velocity = settings.momentum * velocity + gradient(lesson, difference)
        weights = weights - settings.rate * velocity


def largest_rate(lesson: Lesson, momentum: float) -> float:
    """The learning rate above which the kernel cannot be found: the loss grows without end.

    The loss is a quadratic function of the weights. Along the direction in which it is bent most,
    by the largest eigenvalue of its Hessian, descent with momentum m overshoots by more at every
    step where the rate is above 2 (1 + m) / eigenvalue (Goh 2017, "Why momentum really works").
    """
    met = F.unfold(lesson.seen, lesson.size)[0].double()  # K K, H' W'
    hessian = 2 * met @ met.T / met.shape[1]
    return 2 * (1 + momentum) / torch.linalg.eigvalsh(hessian)[-1].item()


def distance(lesson: Lesson, weights: torch.Tensor) -> float:
    """The largest difference of a weight (K K) to the unknown kernel's, centre on centre.

    Where one of the two is smaller, it has zeros beyond its border.
    """
    side = max(lesson.size, lesson.unknown.shape[0])

    def widened(kernel: torch.Tensor) -> torch.Tensor:
        border = (side - kernel.shape[0]) // 2
        return F.pad(kernel, (border,) * 4)

    return (widened(weights) - widened(lesson.unknown)).abs().max().item()
