"""What this tab opens with, computed when it was published: `python -m demos.convolution.openings`.

To be called when weights of the backbone were published; `models.ship` does.
"""

from collections.abc import Sequence
from pathlib import Path

from demos.convolution import learn, learned
from demos.kit import openings
from models.backbone.network import Backbone
from models.backbone.shipped import WEIGHTS
from models.core import checkpoint

BACKBONE = "backbone"


def draw(weights: Path, folder: Path = openings.FOLDER) -> list[str]:
    """Compute and save what the tab's scenes open with.

    Args:
        weights: the folder of the backbone's weights.
        folder: where to.

    Returns:
        The scenes whose openings were written.

    Raises:
        InputError: a file is damaged, or cannot be written.
    """
    network = checkpoint.load(Backbone, weights / f"{BACKBONE}.safetensors").requires_grad_(False)
    openings.write(learned.OPENING, learned.opening(network), folder)
    openings.write(learn.OPENING, learn.opening(), folder)
    return [learned.OPENING, learn.OPENING]


def main(argv: Sequence[str] | None = None) -> None:
    """The command line, which `models.ship` calls with the network that was published."""
    openings.command(
        lambda names, weights, folder: draw(weights, folder), __doc__, argv, (BACKBONE,), WEIGHTS
    )


if __name__ == "__main__":
    main()
