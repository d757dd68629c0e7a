"""How many workers Ray Serve may have (see `models.diffusion.ray_engine`)."""

import os
import re
from dataclasses import dataclass
from typing import Any

from models.core.errors import InputError

ENVIRONMENT_VARIABLE = "GLASSBOX_REPLICAS"
DEFAULT = "2"  # one goes on where the other dies
MOST = 1000


@dataclass(frozen=True)
class Replicas:
    """From the least to the most, as there is work."""

    least: int
    most: int

    @classmethod
    def asked(cls) -> "Replicas":
        """What `GLASSBOX_REPLICAS` says.

        Raises:
            InputError: it is neither a number nor a range such as `1-4`.
        """
        text = os.environ.get(ENVIRONMENT_VARIABLE, DEFAULT)
        found = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", text.strip())
        least, most = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if not 1 <= least <= most <= MOST:
            raise InputError(f"Replicas must be a number such as 2, or a range such as 1-4: {text}")
        return cls(least, most)

    def options(self, runs: int) -> dict[str, Any]:
        """As Ray's deployments take it: a fixed number, or scaled by how many runs each draws."""
        if self.least == self.most:
            return {"num_replicas": self.least}
        scaling = {
            "min_replicas": self.least,
            "max_replicas": self.most,
            "target_ongoing_requests": runs,
        }
        return {"autoscaling_config": scaling}
