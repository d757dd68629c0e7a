"""A caption by whichever way of decoding was chosen, word by word."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from models.captioning.beam import best
from models.captioning.caption import Word, greedy, read
from models.captioning.decoding import check_search
from models.captioning.defaults import LENGTH_PENALTY, NO_REPEAT, WIDTH
from models.captioning.network import Writer
from models.captioning.sample import check_sampling, sample
from models.core.checks import one_of, whole

METHODS = ("greedy", "beam", "sample")
MOST_SEED = 2**31 - 1


@dataclass(frozen=True)
class Settings:
    """How a caption is decoded; what a method does not use is checked all the same.

    Raises:
        InputError: the method is unknown, or a number is none, infinite or out of its range.
    """

    method: str = "beam"
    """One of `METHODS`."""
    width: int = WIDTH
    length_penalty: float = LENGTH_PENALTY
    no_repeat_ngram_size: int = NO_REPEAT
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 0

    def __post_init__(self):
        one_of("Method", self.method, METHODS)
        check_search(self.width, self.length_penalty, self.no_repeat_ngram_size)
        check_sampling(self.temperature, self.top_k, self.top_p)
        whole("The seed", self.seed, 0, MOST_SEED)


@torch.no_grad()
def write(
    decoder: Writer, annotations: torch.Tensor, settings: Settings, prefix: Sequence[int] = ()
) -> Iterator[Word]:
    """Put a picture into words.

    Args:
        decoder: in `eval` mode.
        annotations: of a picture, 1 L D.
        settings: how.
        prefix: the caption's first words, by number.

    Yields:
        A `Word` for each word, those of the prefix too, and for the end; a beam's when it is over.

    Raises:
        InputError: the prefix is too long.
    """
    if settings.method == "greedy":
        yield from greedy(decoder, annotations, settings.no_repeat_ngram_size, prefix)
    elif settings.method == "sample":
        yield from sample(
            decoder,
            annotations,
            torch.Generator().manual_seed(settings.seed),
            settings.temperature,
            settings.top_k,
            settings.top_p,
            settings.no_repeat_ngram_size,
            prefix,
        )
    else:
        numbers = best(
            decoder,
            annotations,
            settings.width,
            settings.length_penalty,
            settings.no_repeat_ngram_size,
            prefix,
        )
        yield from read(decoder, annotations, numbers, len(prefix), settings.no_repeat_ngram_size)
