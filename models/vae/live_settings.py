"""What a live training may be asked for, and how that is refused."""

from dataclasses import dataclass
from typing import Any

from models.core.checks import is_number
from models.core.errors import InputError
from models.vae import points

MOST_BETA, MOST_SECONDS, MOST_EXAMPLES = 1000.0, 180.0, 1_000_000
FEWEST_DIGITS, MOST_DIGITS = 10, 4000


@dataclass(frozen=True)
class LiveSettings:
    """What a live training is asked for.

    Attributes:
        beta: weight of the KL term, 0 (nearly a plain autoencoder) to 1000.
        seed: of the first weights, the order of the digits and the latent noise.
        seconds: of training after which it ends, 1 to 180; a pause costs none of them.
        digits: how many to learn from, 10 to 4000; the same ones every time.
        examples: digits seen after which it ends, at most 1,000,000.
    """

    beta: float = 1.0
    seed: int = 0
    seconds: float = 60.0
    digits: int = MOST_DIGITS
    examples: int = MOST_EXAMPLES

    def __post_init__(self) -> None:
        """Raises InputError: a setting is no number, or out of its range."""
        _number("The weight of the KL term, β,", self.beta, 0, MOST_BETA)
        points.seeded(self.seed)
        _number("The time to train, in seconds,", self.seconds, 1, MOST_SECONDS)
        _number("The number of digits to learn from", self.digits, FEWEST_DIGITS, MOST_DIGITS, True)
        _number("The number of examples to see", self.examples, 1, MOST_EXAMPLES, True)


def _number(name: str, value: Any, low: float, high: float, whole: bool = False) -> None:
    fits = is_number(value) and low <= value <= high  # NaN does not
    if not fits or (whole and value != int(value)):
        kind = "whole number" if whole else "number"
        raise InputError(f"{name} must be a {kind} from {low:g} to {high:g}, got {str(value)[:40]}")
