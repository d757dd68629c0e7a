"""Hiding parts of a picture, and what that does to words (Zeiler and Fergus 2014, section 4.2).

What is hidden becomes one grey: the mean colour of the pictures that the encoder was trained on,
which it takes for nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from models.captioning.attend import check_step
from models.captioning.decoder import Decoder
from models.captioning.network import Captioner
from models.captioning.search import log_probabilities
from models.captioning.vocabulary import START
from models.core.checks import whole
from models.core.errors import InputError
from models.core.images import squeezed

MASK_SIDE = 20
"""Cells of a painted mask, each way."""
BATCH = 20
SMALLEST, LARGEST = 1, 5


def hidden(captioner: Captioner, picture: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """A picture as the captioner sees it, the masked part grey: 1 3 S S, or one for each mask.

    Args:
        captioner: whose size and grey.
        picture: 1 3 H W in [0, 1].
        mask: bool B h w over the whole picture, True where it is hidden.
    """
    size = captioner.config.size
    seen = squeezed(picture, size)
    cover = F.interpolate(mask[:, None].float(), (size, size), mode="nearest-exact") > 0  # B 1 S S
    grey = captioner.encoder.mean.detach().cpu().reshape(1, 3, 1, 1)
    return torch.where(cover, grey, seen.cpu())


def mask_of(rows: object) -> torch.Tensor:
    """A painted mask, from one number a row whose bits say what is hidden, the first cell highest.

    Args:
        rows: `MASK_SIDE` whole numbers below 2 ** `MASK_SIDE`.

    Returns:
        bool 1 h w.

    Raises:
        InputError: it is something else.
    """
    if not isinstance(rows, list) or len(rows) != MASK_SIDE:
        raise InputError(f"A mask has {MASK_SIDE} rows, each a whole number.")
    for row in rows:
        whole("A row of the mask", row, 0, 2**MASK_SIDE - 1)
    bits = [[row >> (MASK_SIDE - 1 - x) & 1 for x in range(MASK_SIDE)] for row in rows]
    return torch.tensor(bits, dtype=torch.bool)[None]


@dataclass(frozen=True)
class Occlusion:
    """How much each place matters to one word, as far as it has been tried."""

    drop: torch.Tensor
    """G G: the word's log-probability before the whole picture, less that with a square around this
    place hidden, in nats; above 0 where the place speaks for the word. NaN where not tried yet."""
    done: int
    """How many places were tried."""
    log_probability: float
    """Of the word before the whole picture, in nats."""


@torch.no_grad()
def occlusion(
    captioner: Captioner,
    decoder: Decoder,
    picture: torch.Tensor,
    numbers: Sequence[int],
    step: int,
    cells: int = 3,
) -> Iterator[Occlusion]:
    """Hide a square around each place in turn and ask for the same word, its words before given.

    Args:
        captioner: in `eval` mode.
        decoder: one of its decoders.
        picture: 1 3 H W in [0, 1].
        numbers: the sentence.
        step: the word, from 0.
        cells: the square's side in places, odd, so that it lies around one; cut off at the border.

    Yields:
        An `Occlusion` after each batch of places, the last one complete.

    Raises:
        InputError: there is no such word, or no such square.
    """
    check_step(numbers, step)
    whole("The square's side", cells, SMALLEST, LARGEST)
    if cells % 2 == 0:
        raise InputError(f"The square's side is {cells} places, but must be odd.")
    grid = captioner.config.grid
    masks = squares(grid, cells)
    before = _log_p(captioner, decoder, squeezed(picture, captioner.config.size), numbers, step)[0]
    drop = torch.full((grid * grid,), torch.nan)
    for start in range(0, len(masks), BATCH):
        part = masks[start : start + BATCH]
        found = _log_p(captioner, decoder, hidden(captioner, picture, part), numbers, step)
        drop[start : start + len(part)] = before - found
        done = start + len(part)
        yield Occlusion(drop.view(grid, grid).clone(), done, before.item())


def squares(grid: int, cells: int) -> torch.Tensor:
    """A square around each place, row by row: bool G*G G G."""
    at = torch.arange(grid)
    near = (at[:, None] - at).abs() <= cells // 2  # G G
    return (near[:, None, :, None] & near[None, :, None, :]).flatten(0, 1)


def _log_p(
    captioner: Captioner,
    decoder: Decoder,
    pictures: torch.Tensor,
    numbers: Sequence[int],
    step: int,
) -> torch.Tensor:
    """The log-probability of one word before each of B pictures of the captioner's size, B."""
    annotations = captioner.annotate(pictures.to(captioner.encoder.mean.device))
    memory, state = decoder.begin(annotations)
    words = torch.tensor([[START, *numbers[:step]]], device=annotations.device)
    decoded = decoder.decode(words.repeat(len(annotations), 1), memory, state)
    return log_probabilities(decoded.logits[:, -1])[:, numbers[step]].cpu()
