"""Who draws faces for everybody: this process, or workers of Ray Serve. All that callers know."""

import os
from collections.abc import Iterator
from typing import Protocol

from models.core.checks import one_of
from models.core.once import once
from models.diffusion import shipped
from models.diffusion.engine import Engine, Waiting
from models.diffusion.samplers import Settings
from models.diffusion.trajectory import DenoisingStep, Start

LOCAL, RAY = "local", "ray"
CHOICES = (LOCAL, RAY)
ENVIRONMENT_VARIABLE = "GLASSBOX_ENGINE"


class Drawing(Protocol):
    """What draws: the same run from the same settings and start, whoever it is."""

    def follow(self, settings: Settings, start: Start) -> Iterator[DenoisingStep | Waiting]:
        """Draw a batch of faces step by step, and say twice a second where it stands in line.

        A generator that is closed ends its run, unless somebody else follows the same.

        Raises:
            FullError: too many are in line.
            InputError: the run failed, which is told of it alone.
        """


def engine() -> Drawing:
    """The one that `GLASSBOX_ENGINE` names, `local` where it is not set; always the same one.

    Raises:
        InputError: the denoiser's file is missing or damaged; there is no such engine; Ray is not
            installed, or its workers do not come up.
    """
    return _made(os.environ.get(ENVIRONMENT_VARIABLE, LOCAL))


def begin() -> None:
    """Begin what other processes do before there are visitors; the local one begins with a run.

    Raises:
        InputError: as `engine`.
    """
    if os.environ.get(ENVIRONMENT_VARIABLE, LOCAL) != LOCAL:
        engine()


@once
def _made(name: str) -> Drawing:
    one_of("Engine", name, CHOICES)
    if name == LOCAL:
        return Engine(shipped.denoiser())
    from models.diffusion.ray_engine import RayEngine

    return RayEngine.started()
