"""Where faces are drawn: by the engine on the app's device, or on a GPU that a Space lends."""

from collections.abc import Iterator, Sequence

from torch import nn

from demos.kit.gpu import lent
from demos.kit.run import Wanted
from models.diffusion import shipped
from models.diffusion.draw import while_wanted
from models.diffusion.engine import Waiting
from models.diffusion.engines import engine
from models.diffusion.job import finite
from models.diffusion.network import FaceDenoiser
from models.diffusion.race import race
from models.diffusion.sample import sample
from models.diffusion.samplers import Lane, Settings
from models.diffusion.states import State
from models.diffusion.trajectory import DenoisingStep, Start

EVALUATION = 0.05
"""Seconds of a GPU that an evaluation of the network may take: five times what an H200 takes for
16 faces (`python -m tests.benchmarks.gpu --only step`)."""


def steps_of(
    settings: Settings, start: Start, gpu: bool = False
) -> Iterator[DenoisingStep | Waiting]:
    """A run's steps, and its place while it is in line.

    Args:
        settings: how it is drawn.
        start: from where, on the app's device.
        gpu: whether its visitor asks for the lent GPU; else the engine draws it with all others'.

    Raises:
        InputError: no GPU is lent here, or the run left the range of numbers.
    """
    return map(finite, _drawn(settings, start)) if gpu else engine().follow(settings, start)


def raced(lanes: Sequence[Lane], start: Start, wanted: Wanted) -> Iterator[dict[int, State]]:
    """`models.diffusion.race.race` on the lent GPU.

    Raises:
        InputError: no GPU is lent here.
    """
    return while_wanted(_raced(tuple(lanes), start), wanted)


def _evaluations(settings: Settings, start: Start) -> float:
    return EVALUATION * settings.steps * settings.kind.stages


def _of_all(lanes: Sequence[Lane], start: Start) -> float:
    return max(_evaluations(lane, start) for lane in lanes)  # they are asked together


@lent(_evaluations, shipped.denoiser)
def _drawn(network: FaceDenoiser, settings: Settings, start: Start) -> Iterator[DenoisingStep]:
    yield from sample(network, settings, start)


@lent(_of_all, shipped.racers)
def _raced(
    networks: nn.ModuleDict, lanes: Sequence[Lane], start: Start
) -> Iterator[dict[int, State]]:
    yield from race(networks, lanes, start)
