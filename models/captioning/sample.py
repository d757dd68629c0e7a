"""Captions drawn by their words' probabilities."""

from collections.abc import Iterator, Sequence

import torch

from models.captioning.caption import Word, grow
from models.captioning.defaults import NO_REPEAT
from models.captioning.network import Writer
from models.core.checks import between, whole

LEAST_TEMPERATURE, MOST_TEMPERATURE = 0.01, 10.0
MOST_TOP_K = 1_000
LEAST_TOP_P = 0.01


@torch.no_grad()
def sample(
    decoder: Writer,
    annotations: torch.Tensor,
    generator: torch.Generator,
    temperature: float = 1.0,
    top_k: int = 0,
    top_p: float = 1.0,
    no_repeat_ngram_size: int = NO_REPEAT,
    prefix: Sequence[int] = (),
) -> Iterator[Word]:
    """Draw each word by its probability, as `greedy` otherwise.

    Args:
        decoder: in `eval` mode.
        annotations: of a picture, 1 L D.
        generator: on the CPU.
        temperature: small ones come close to `greedy`, 1 is the network's own mind. The
            probabilities that a `Word` tells are always those at 1.
        top_k: draw from so many of the most probable words; 0: from all.
        top_p: draw from the fewest words whose probabilities sum to this (nucleus sampling,
            Holtzman et al. 2020); 1: from all.
        no_repeat_ngram_size: as in `greedy`.
        prefix: as in `greedy`.

    Raises:
        InputError: a number is none, infinite or out of its range, or the prefix is too long.
    """
    check_sampling(temperature, top_k, top_p)

    def draw(log_p: torch.Tensor) -> torch.Tensor:
        shares = narrowed(log_p.cpu(), temperature, top_k, top_p)
        if decoder.order is None:
            return torch.multinomial(shares, 1, generator=generator)
        return decoder.order[torch.multinomial(shares[decoder.order], 1, generator=generator)]

    yield from grow(decoder, annotations, draw, no_repeat_ngram_size, prefix)


def check_sampling(temperature: float, top_k: int, top_p: float) -> None:
    """Refuse what cannot be drawn by.

    Raises:
        InputError: a number is none, infinite or out of its range.
    """
    between("The temperature", temperature, LEAST_TEMPERATURE, MOST_TEMPERATURE)
    whole("Top-k", top_k, 0, MOST_TOP_K)
    between("Top-p", top_p, LEAST_TOP_P, 1)


def narrowed(log_p: torch.Tensor, temperature: float, top_k: int, top_p: float) -> torch.Tensor:
    """The probabilities that words are drawn by, V, from their log-probabilities, V.

    Temperature, top-k and nucleus one after the other, as `generate()` has them.
    """
    scores = log_p / temperature
    if top_k:
        least = scores.topk(min(top_k, len(scores))).values[-1]
        scores = scores.masked_fill(scores < least, -torch.inf)
    if top_p < 1:
        ordered, places = scores.sort()
        drop = ordered.softmax(-1).cumsum(-1) <= 1 - top_p
        drop[-1] = False
        scores = scores.masked_fill(torch.zeros_like(drop).scatter(0, places, drop), -torch.inf)
    return scores.softmax(-1)
