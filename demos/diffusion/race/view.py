"""The race on the page: which samplers run, and their lanes in step."""

from typing import Any

from demos.kit import View
from models.diffusion.race import FEWEST_LANES, MOST_LANES, lanes_from
from models.diffusion.samplers import MOST_STEPS, RACERS

LANE = {
    "type": "array",
    "prefixItems": [{"type": "string"}, {"type": "integer"}],
    "description": "a sampler's name and its number of steps",
}


class Lanes(View):
    """Who races: pairs of a sampler's name and its number of steps, to choose and to edit."""

    script = "diffusion/race-lanes"
    schema = {"type": "array", "items": LANE}  # noqa: RUF012
    example = [["ddpm", 20], ["ddim", 5]]  # noqa: RUF012

    def __init__(self, value: list | None = None, **arguments):
        choices = {
            "samplers": [[name, racer.title] for name, racer in RACERS.items()],
            "fewest": FEWEST_LANES,
            "most": MOST_LANES,
            "steps": MOST_STEPS,
        }
        super().__init__(value, options=choices, **arguments)

    def check(self, value: Any) -> list:
        """The pairs, if they are some that can race.

        Raises:
            InputError: they are not.
        """
        return [[lane.sampler, lane.steps] for lane in lanes_from(value)]


class RaceView(View):
    """The lanes side by side, and a player that counts evaluations of the network."""

    script = "diffusion/race"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "lanes": {"type": "array", "items": {"type": "object"}},
            "films": {"type": "object", "description": "what is new of each lane, by its number"},
            "done": {"type": "boolean"},
        },
    }
