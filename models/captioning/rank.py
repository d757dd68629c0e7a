"""Given captions of a given picture: how probable a decoder finds each, which it prefers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from models.captioning.attend import numbers_of
from models.captioning.decoder import Decoder
from models.captioning.search import log_probabilities
from models.captioning.vocabulary import PAD, START
from models.core.errors import InputError


@dataclass(frozen=True)
class Scored:
    """A caption as a decoder finds it. Logarithms are natural ones."""

    caption: str
    """Its words, as the vocabulary writes them."""
    words: tuple[str, ...]
    """Those, and `<end>`."""
    log_probabilities: tuple[float, ...]
    """Of each of them, given the picture and the words before, in nats."""
    likeliest: tuple[tuple[str, float], ...]
    """The word that the decoder would have said there, and its probability."""
    rank: int
    """1 for the caption with the highest probability; equal ones share theirs."""

    @property
    def log_probability(self) -> float:
        """Of the whole caption, its end included, in nats."""
        return sum(self.log_probabilities)

    @property
    def perplexity(self) -> float:
        """Between how many equally likely words it would have chosen each time, in the mean."""
        return math.exp(-self.log_probability / len(self.words))


@torch.no_grad()
def ranked(
    decoder: Decoder, annotations: torch.Tensor, captions: Sequence[str]
) -> tuple[Scored, ...]:
    """Score several captions of one picture, in the order in which they come.

    Args:
        decoder: in `eval` mode.
        annotations: of a picture, 1 L D.
        captions: sentences; capitals and punctuation do not matter.

    Raises:
        InputError: there are none, or one has no words, unknown ones, or too many.
    """
    if not captions:
        raise InputError("There is no caption to score.")
    vocabulary = decoder.vocabulary
    numbers = [tuple(numbers_of(decoder, caption)) for caption in captions]
    # Rows of a batch differ by noise: said twice but scored once, a sentence has one rank.
    distinct = list(dict.fromkeys(numbers))
    longest = max(map(len, distinct))
    rows = [[START, *row, *[PAD] * (longest - len(row))] for row in distinct]
    words = torch.tensor(rows, device=annotations.device)  # K T+1
    memory, state = decoder.begin(annotations, len(rows))
    decoded = decoder.decode(words[:, :-1], memory, state)
    log_p = log_probabilities(decoded.logits)  # K T V
    best, which = log_p.max(-1)
    own = log_p.gather(2, words[:, 1:, None])[..., 0]  # K T
    names = decoder.config.words
    totals = {held: row[: len(held)].sum().item() for held, row in zip(distinct, own, strict=True)}
    scored = {
        held: Scored(
            caption=vocabulary.sentence(held),
            words=tuple(names[number] for number in held),
            log_probabilities=tuple(own[i, : len(held)].tolist()),
            likeliest=tuple(
                (names[number], share)
                for number, share in zip(
                    which[i, : len(held)].tolist(), best[i, : len(held)].exp().tolist(), strict=True
                )
            ),
            rank=1 + sum(totals[other] > totals[held] for other in numbers),
        )
        for i, held in enumerate(distinct)
    }
    return tuple(scored[held] for held in numbers)
