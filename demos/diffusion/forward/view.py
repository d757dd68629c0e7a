"""The forward scene's components: x_t at a t to be dragged, levels of noise, schedules."""

import base64
from hashlib import sha256
from typing import Any

import torch

from demos.kit import View
from models.diffusion import forward

NAMES = {"squaredcos_cap_v2": "cosine", "linear": "linear"}
NAME_LENGTH = 16  # of 64 hexadecimal digits: no two of one page are alike by chance


class Timestep(View):
    """The slider over t, and over the way back where there is one; its value is t, 0 to 999."""

    script = "diffusion/forward-timestep"
    schema = {"type": "integer", "description": "t, 0 to 999"}  # noqa: RUF012
    example = 400

    def check(self, value: Any) -> int:
        """A timestep out of a link.

        Raises:
            InputError: it is none.
        """
        forward.check(value)
        return value


class Noising(View):
    """x_0, x_t and epsilon at the scene's t, with the equation between them."""

    script = "diffusion/forward"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "x": {"type": "string", "description": "x_t, lossless data URI"},
            "x0": {"type": "string", "description": "x_0, lossless data URI"},
            "t": {"type": "integer"},
            "signal_rate": {"type": "number"},
            "noise_rate": {"type": "number"},
            "log_snr": {"type": "number"},
            "beta": {"type": "number"},
            "mixed": {"type": "object"},
            "of": {"type": "string", "description": "names x_0 and epsilon"},
        },
    }


class NoiseLevels(View):
    """The picture at levels of noise, and under it the way back at the same levels.

    Its value is a run's, see `demos.diffusion.run_view.streamed`, with one face.
    """

    script = "diffusion/forward-levels"


class Schedules(View):
    """Charts of the schedules over t, with a mark at the scene's t; no value of its own."""

    script = "diffusion/forward-schedules"


def packed(values: torch.Tensor) -> str:
    """Numbers as base64 of little-endian float32, for the page."""
    return base64.b64encode(values.float().numpy().astype("<f4").tobytes()).decode()


def name_of(x0: torch.Tensor, noise: torch.Tensor) -> str:
    """A short name of a picture and its noise: the page shows a way back beside its own alone."""
    return sha256(torch.cat([x0, noise]).numpy()).hexdigest()[:NAME_LENGTH]


def curves(*names: str) -> dict[str, dict[str, str]]:
    """Some curves of each schedule, `packed`, by the schedules' names."""
    made = {NAMES[key]: make() for key, make in forward.SCHEDULES.items()}
    return {
        title: {name: packed(getattr(schedule, name)) for name in names}
        for title, schedule in made.items()
    }
