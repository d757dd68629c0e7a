"""Captions on the page: words with what led to each, as JSON."""

import itertools
from collections.abc import Iterable
from typing import Any

import torch

from models.captioning.caption import Word
from models.captioning.vocabulary import END

DIGITS = 5  # of a map's numbers
RUNS = itertools.count(1)
"""Numbers that tell one run from another."""


def grid(attention: torch.Tensor) -> list[list[float]]:
    """A map, G G, as rows of numbers."""
    return [[round(one, DIGITS) for one in row] for row in attention.tolist()]


def word_value(word: Word) -> dict[str, Any]:
    """One word: what it is, how probable it was, what else could have come, where it looked."""
    return {
        "word": "" if word.number == END else word.word,
        "end": word.number == END,
        "given": word.given,
        "probability": word.probability,
        "log_probability": word.log_probability,
        "alternatives": [
            {"word": name, "probability": share, "struck": name in word.struck}
            for name, share in word.alternatives
        ],
        "map": grid(word.attention),
    }


def words_value(words: Iterable[Word]) -> list[dict[str, Any]]:
    """Several words; see `word_value`."""
    return [word_value(word) for word in words]
