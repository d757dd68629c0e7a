"""Pictures changed by the denoiser: drawn anew from some noise, or filled in.

Each function gives a `Start` that `models.diffusion.sample` goes on from.
"""

from collections.abc import Sequence

import torch

from models.core.checks import between, whole
from models.core.errors import InputError, MissingInputError
from models.diffusion.draw import labels_of, seeds_from
from models.diffusion.faces import to_x0
from models.diffusion.network import FaceDenoiser
from models.diffusion.sample import initial_noise
from models.diffusion.trajectory import Start

LEAST_STRENGTH = 0.05
MOST_VARIANTS = 6


def redrawn(
    network: FaceDenoiser, picture: torch.Tensor, strength: float, character: str, seed: int
) -> Start:
    """Any picture as a face: noised, though not all the way, and denoised as a face (SDEdit, Meng
    et al. 2022, algorithm 1).

    Args:
        network: the denoiser.
        picture: 1 3 H W in [0, 1].
        strength: 0.05 (nearly the picture) to 1 (nothing of it).
        character: whom the network is told to draw, or `anyone`.
        seed: of the noise.

    Raises:
        InputError: a value is out of its range, or there is no such character.
    """
    between("The strength", strength, LEAST_STRENGTH, 1)
    return _start(network, seeds_from(seed, 1), character, picture, strength=strength)


def filled(
    network: FaceDenoiser,
    picture: torch.Tensor,
    mask: torch.Tensor,
    character: str,
    seed: int,
    variants: int,
) -> Start:
    """A picture whose masked part is drawn anew, several times; the rest stays to the last shade.

    At each step the rest is put back, as noisy as x_t is (Lugmayr et al. 2022, equation 8, without
    its resampling).

    Args:
        network: the denoiser.
        picture: 1 3 H W in [0, 1].
        mask: 1 1 H W, 1 where it is to be drawn anew.
        character: whom the network is told to draw, or `anyone`.
        seed: of the first variant's noise; the others' follow.
        variants: how many, 1 to 6.

    Raises:
        InputError: a value is out of its range, or there is no such character.
    """
    whole("The number of variants", variants, 1, MOST_VARIANTS)
    return _start(network, seeds_from(seed, variants), character, picture, mask=mask)


def mask_of(rows: Sequence, size: int = 32) -> torch.Tensor:
    """A painted mask, 1 1 `size` `size` of 0 and 1.

    Args:
        rows: from top to bottom, each a text of `0` and `1`, or a list of such numbers; 1 is to be
            drawn anew.
        size: rows, and cells in each.

    Raises:
        MissingInputError: nothing is painted.
        InputError: the rows are not such.
    """
    if not isinstance(rows, list | tuple) or len(rows) != size:
        count = len(rows) if isinstance(rows, list | tuple) else "none"
        raise InputError(f"The mask must be a list of {size} rows, got {count}.")
    mask = torch.tensor([_row(row, number, size) for number, row in enumerate(rows)])
    if not mask.any():
        raise MissingInputError("Nothing is painted yet: paint something first.")
    return mask[None, None]  # 1 1 H W


def _row(row: object, number: int, size: int) -> list[float]:
    """A row of a mask as numbers."""
    cells = list(row) if isinstance(row, str | list | tuple) else []
    if len(cells) != size:
        raise InputError(f"Row {number} of the mask must have {size} cells, got {len(cells)}.")
    for cell in cells:
        if isinstance(cell, bool) or cell not in ("0", "1", 0, 1):
            raise InputError(
                f"Row {number} of the mask holds {str(cell)[:20]!r}; cells are 0 (stays) or 1."
            )
    return [float(cell) for cell in cells]


def _start(
    network: FaceDenoiser,
    seeds: tuple[int, ...],
    character: str,
    picture: torch.Tensor,
    strength: float = 1.0,
    mask: torch.Tensor | None = None,
) -> Start:
    """Noise for each seed over a picture, on the network's device."""
    where = next(network.parameters()).device
    return Start(
        initial_noise(network, seeds).to(where),
        torch.tensor(labels_of(network, character, len(seeds)), device=where),
        seeds,
        to_x0(picture).to(where),
        strength,
        None if mask is None else mask.to(where),
    )
