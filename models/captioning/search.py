"""Beam search: the most probable captions, a few at a time, for many pictures at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from models.captioning.decoder import Decoder
from models.captioning.decoding import check_prefix, check_search, repeating
from models.captioning.defaults import LENGTH_PENALTY, NO_REPEAT, WIDTH
from models.captioning.vocabulary import END, PAD, START, UNKNOWN
from models.core.checks import one_of


@dataclass(frozen=True)
class Beams:
    """Where a search stands after a step: for each of B pictures, K captions, best first.

    A caption that is not there has a log-probability, or score, of minus infinity. Parents are
    places, 0 to K-1, in what was `alive` when a caption was one word shorter: after the step before
    for the alive ones, after an earlier one for those that came to an end then. Captions of one
    word grew from 0.
    """

    alive: torch.Tensor
    """Captions that can grow, int64 B K step+2, the first word `START`."""
    log_probability: torch.Tensor
    """Theirs, B K."""
    parents: torch.Tensor
    """Theirs, int64 B K."""
    finished: torch.Tensor
    """Captions that came to an end, int64 B K longest+1, filled up with `PAD`; the longest ones,
    cut off before their end, only where no caption of the picture came to one."""
    score: torch.Tensor
    """Theirs, B K: log-probability / words ** length_penalty."""
    finished_parents: torch.Tensor
    """Theirs, int64 B K."""
    ended: torch.Tensor
    """Captions that came to their end in this very step, whatever their score: int64 B K step+2."""
    ended_log_probability: torch.Tensor
    """Theirs, B K."""
    ended_parents: torch.Tensor
    """Theirs, int64 B K."""
    struck: torch.Tensor
    """Captions that would have been among the 2K best of this step, had they not said an n-gram for
    a second time: int64 B 2K step+2."""
    struck_log_probability: torch.Tensor
    """Theirs, B 2K."""
    struck_parents: torch.Tensor
    """Theirs, int64 B 2K."""


def log_probabilities(logits: torch.Tensor) -> torch.Tensor:
    """Of the word that comes next (... V), when it can be no special one but the end."""
    logits = logits.float().clone()
    for special in (PAD, START, UNKNOWN):  # one by one: a list of them would be sent to the device
        logits[..., special] = -torch.inf
    return logits.log_softmax(-1)


@torch.no_grad()
def beam_search(
    decoder: Decoder,
    annotations: torch.Tensor,
    width: int = WIDTH,
    length_penalty: float = LENGTH_PENALTY,
    no_repeat_ngram_size: int = NO_REPEAT,
    prefix: Sequence[int] = (),
    penalties: Sequence[float] = (),
    early_stopping: bool | str = "never",
) -> Iterator[Beams]:
    """The search of transformers' `generate()`: those that end leave the beam, others move up.

    Of captions that reach the longest length without an end `generate()` makes rivals of those that
    ended; here one of them can win only where none ended.

    Args:
        decoder: in `eval` mode.
        annotations: of B pictures, B L D.
        width: K, how many captions grow side by side.
        length_penalty: 0 compares captions by their probability, 1 by its mean over the words.
        no_repeat_ngram_size: no caption says so many words in a row twice; 0: as it likes.
        prefix: the first words of every caption, by number. They count neither in its
            log-probability nor in its length.
        penalties: go on until no caption could win at any of these either.
        early_stopping: as `generate()` has it. "never" goes on until no caption that can still grow
            could score best; True until K captions ended; False until K ended and the best of those
            that grow, were it over now, would not be among them.

    Yields:
        `Beams` after each word.

    Raises:
        InputError: a number is out of its range, or the prefix is too long.
    """
    check_search(width, length_penalty, no_repeat_ngram_size)
    one_of("Early stopping", str(early_stopping), ("True", "False", "never"))
    longest, size = decoder.config.longest, len(decoder.config.words)
    check_prefix(prefix, longest)
    where, pictures, given = annotations.device, len(annotations), len(prefix)
    memory, state = decoder.begin(annotations, width)
    first_rows = torch.arange(0, pictures * width, width, device=where)[:, None]  # B 1
    alive = torch.tensor([decoder.start, *prefix], device=where).repeat(pictures, width, 1)
    total = torch.full((pictures, width), -torch.inf, device=where)
    total[:, 0] = 0.0  # all K begin equal: let one of them go ahead
    finished = torch.full((pictures, width, longest + 1), PAD, device=where)
    score = torch.full((pictures, width), -torch.inf, device=where)
    finished_parents = torch.zeros((pictures, width), dtype=torch.int64, device=where)
    highest = torch.full((pictures, len(penalties)), -torch.inf, device=where)
    unread = alive.flatten(0, 1)
    over = torch.zeros(pictures, 1, dtype=torch.bool, device=where)  # nothing more may win
    for length in range(1, longest - given + 1):
        decoded = decoder.decode(unread, memory, state)
        grown = log_probabilities(decoded.logits[:, -1]).unflatten(0, (pictures, width))  # B K V
        grown = (total[..., None] + grown).flatten(1)  # B K*V
        banned = repeating(alive.flatten(0, 1), no_repeat_ngram_size, size)  # B*K V
        banned = banned.view(pictures, -1)
        wished, place = grown.topk(2 * width)
        struck_log_p = wished.masked_fill(~banned.gather(1, place), -torch.inf)
        struck_parents = place // size
        struck = torch.cat([_rows(alive, struck_parents), (place % size)[..., None]], 2)

        best, place = grown.masked_fill(banned, -torch.inf).topk(2 * width)  # at most K of these
        parent, word = place // size, place % size  # B 2K                     end: K can go on
        captions = torch.cat([_rows(alive, parent), word[..., None]], 2)  # B 2K given+length+1

        last = given + length == longest
        ends = (word == END) | last
        ends_well = ends.clone()
        ends_well[:, width:] = False  # only those that would have had a place in the beam
        new = (best / length**length_penalty).masked_fill(~ends_well | over, -torch.inf)
        if last:
            any_ended = torch.cat([score, new.masked_fill(word != END, -torch.inf)], 1) > -torch.inf
            cut_off = (word != END) & any_ended.any(1, keepdim=True)
            new = new.masked_fill(cut_off, -torch.inf)
        padded = F.pad(captions, (0, longest - given - length), value=PAD)
        score, kept = torch.cat([score, new], 1).topk(width)
        finished = _rows(torch.cat([finished, padded], 1), kept)
        finished_parents = torch.cat([finished_parents, parent], 1).gather(1, kept)
        ended_now = best[:, :width].masked_fill(new[:, :width] == -torch.inf, -torch.inf)

        total, kept = best.masked_fill(ends, -torch.inf).topk(width)
        alive, parents = _rows(captions, kept), parent.gather(1, kept)
        yield Beams(
            alive,
            total,
            parents,
            finished,
            score,
            finished_parents,
            captions[:, :width],
            ended_now,
            parent[:, :width],
            struck,
            struck_log_p,
            struck_parents,
        )
        state = tuple(part[(first_rows + parents).flatten()] for part in decoded.state)
        unread = alive[:, :, -1].reshape(-1, 1)

        if early_stopping == "never":
            done = score[:, 0] >= _attainable(total[:, 0], length, longest - given, length_penalty)
        else:
            done = score[:, -1] > -torch.inf
            if not early_stopping:
                done = done & (score[:, -1] >= total[:, 0] / length**length_penalty)
            over = over | done[:, None]
            done = over[:, 0]
        for i, penalty in enumerate(penalties):
            scores = (ended_now / length**penalty).amax(1)
            highest[:, i] = torch.maximum(highest[:, i], scores)
            reach = _attainable(total[:, 0], length, longest - given, penalty)
            done = done & (highest[:, i] >= reach)
        if done.all():
            return


def _attainable(
    total: torch.Tensor, length: int, longest: int, length_penalty: float
) -> torch.Tensor:
    """The best score that captions of this log-probability could still come to.

    A positive penalty is kindest to the longest caption, a negative one to the next word.
    """
    return total / (longest if length_penalty > 0 else length + 1) ** length_penalty


def _rows(captions: torch.Tensor, chosen: torch.Tensor) -> torch.Tensor:
    """The captions chosen of each picture: B K T at B K' to B K' T."""
    return captions.gather(1, chosen[..., None].expand(-1, -1, captions.shape[2]))
