"""What this tab opens with, by the shipped captioner: `python -m demos.captioning.openings`.

To be called when weights were published; `models.ship` does.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from demos.captioning import away, beam, inside, side, where, words, wrong
from demos.kit import openings
from models.captioning import shipped

NAME = "captioner"
SCENES: dict[str, Callable[[], Any]] = {
    words.OPENING: words.opening,
    beam.OPENING: beam.opening,
    side.OPENING: side.opening,
    where.OPENING: where.opening,
    inside.OPENING: inside.opening,
    away.OPENING: away.opening,
    wrong.OPENING: wrong.opening,
}


def draw(weights: Path, folder: Path = openings.FOLDER) -> list[str]:
    """Caption and save what scenes open with, by the captioner in a folder of weights.

    Returns:
        The scenes whose openings were written.

    Raises:
        InputError: a file is missing or damaged, or cannot be written.
    """
    before = shipped.WEIGHTS
    try:
        shipped.WEIGHTS = weights
        shipped.captioner.cache_clear()
        for name, opening in SCENES.items():
            openings.write(name, opening(), folder)
    finally:
        shipped.WEIGHTS = before
        shipped.captioner.cache_clear()
    return list(SCENES)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    openings.command(
        lambda names, weights, folder: draw(weights, folder),
        __doc__,
        argv,
        (NAME,),
        shipped.WEIGHTS,
    )


if __name__ == "__main__":
    main()
