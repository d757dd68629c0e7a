"""Beam search: the most probable captions, a few at a time, for many pictures at once."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from models.captioning.decoder import Decoder
from models.captioning.vocabulary import END, PAD, START, UNKNOWN


@dataclass(frozen=True)
class Beams:
    """Where a search stands after a step: for each of B pictures, K captions, best first.

    A caption that is not there has a log-probability, or score, of minus infinity.
    """

    alive: torch.Tensor
    """Captions that can grow, int64 B K step+2, the first word `START`."""
    log_probability: torch.Tensor
    """Theirs, B K."""
    finished: torch.Tensor
    """Captions that came to an end, int64 B K longest+1, filled up with `PAD`."""
    score: torch.Tensor
    """Theirs, B K: log-probability / words ** length_penalty."""


def log_probabilities(logits: torch.Tensor) -> torch.Tensor:
    """Of the word that comes next (... V), when it can be no special one but the end."""
    logits = logits.float().clone()
    logits[..., [PAD, START, UNKNOWN]] = -torch.inf
    return logits.log_softmax(-1)


@torch.no_grad()
def beam_search(
    decoder: Decoder, annotations: torch.Tensor, width: int = 3, length_penalty: float = 1.0
) -> Iterator[Beams]:
    """The search of transformers' `generate()`: those that end leave the beam, others move up.

    Args:
        decoder: in `eval` mode.
        annotations: of B pictures, B L D.
        width: K, how many captions grow side by side.
        length_penalty: 0 compares captions by their probability, 1 by its mean over the words.

    Yields:
        `Beams` after each word, until no caption that can still grow could score best.
    """
    longest, size = decoder.config.longest, len(decoder.config.words)
    where, pictures = annotations.device, len(annotations)
    memory, state = decoder.begin(annotations, width)
    first_rows = torch.arange(0, pictures * width, width, device=where)[:, None]  # B 1
    alive = torch.full((pictures, width, 1), START, device=where)
    total = torch.full((pictures, width), -torch.inf, device=where)
    total[:, 0] = 0.0  # all K begin equal: let one of them go ahead
    finished = torch.full((pictures, width, longest + 1), PAD, device=where)
    score = torch.full((pictures, width), -torch.inf, device=where)
    for length in range(1, longest + 1):
        decoded = decoder.decode(alive[:, :, -1].reshape(-1, 1), memory, state)
        grown = log_probabilities(decoded.logits[:, 0]).unflatten(0, (pictures, width))  # B K V
        grown = (total[..., None] + grown).flatten(1)  # B K*V
        best, place = grown.topk(2 * width)  # at most K of these end, so K can go on
        parent, word = place // size, place % size  # B 2K
        captions = torch.cat([_rows(alive, parent), word[..., None]], 2)  # B 2K length+1

        ends = (word == END) | (length == longest)
        ends_well = ends.clone()
        ends_well[:, width:] = False  # only those that would have had a place in the beam
        new = (best / length**length_penalty).masked_fill(~ends_well, -torch.inf)
        padded = F.pad(captions, (0, longest - length), value=PAD)
        score, kept = torch.cat([score, new], 1).topk(width)
        finished = _rows(torch.cat([finished, padded], 1), kept)

        total, kept = best.masked_fill(ends, -torch.inf).topk(width)
        alive = _rows(captions, kept)
        rows = (first_rows + parent.gather(1, kept)).flatten()
        state = tuple(part[rows] for part in decoded.state)
        yield Beams(alive, total, finished, score)
        attainable = total[:, 0] / longest**length_penalty
        if (score[:, 0] >= attainable).all():
            return


def _rows(captions: torch.Tensor, chosen: torch.Tensor) -> torch.Tensor:
    """The captions chosen of each picture: B K T at B K' to B K' T."""
    return captions.gather(1, chosen[..., None].expand(-1, -1, captions.shape[2]))
