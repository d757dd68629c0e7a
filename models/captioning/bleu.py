"""BLEU of one sentence, written out (Papineni et al. 2002, equations 1 to 3)."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from models.captioning.cider import LONGEST, Words, ngrams
from models.core.errors import InputError


@dataclass(frozen=True)
class Match:
    """One n-gram of the candidate."""

    gram: tuple
    said: int
    """How often the candidate says it."""
    most: int
    """How often the reference that says it most does."""

    @property
    def clipped(self) -> int:
        """What counts: no more often than a reference says it."""
        return min(self.said, self.most)


@dataclass(frozen=True)
class Bleu:
    """BLEU of a candidate against its references, and what it comes out of."""

    matches: tuple[tuple[Match, ...], ...]
    """For each n from 1, the candidate's n-grams in their order."""
    length: int
    """Words of the candidate."""
    closest: int
    """Words of the reference whose length is closest, of two equally close ones the shorter."""

    @property
    def precisions(self) -> tuple[tuple[int, int], ...]:
        """For each n, what counts and what there is."""
        return tuple(
            (sum(one.clipped for one in grams), sum(one.said for one in grams))
            for grams in self.matches
        )

    @property
    def brevity(self) -> float:
        """The penalty for being shorter than the references, 0 to 1."""
        return math.exp(min(0.0, 1 - self.closest / self.length))

    def score(self, order: int = LONGEST) -> float:
        """BLEU up to n-grams of `order` words, 0 to 1; 0 where some n has nothing in common."""
        parts = self.precisions[:order]
        if not all(right for right, _ in parts):
            return 0.0
        logs = sum(math.log(right / total) for right, total in parts)
        return self.brevity * math.exp(logs / order)


def bleu(candidate: Words, references: Sequence[Words]) -> Bleu:
    """Compare a candidate with what several people say.

    Args:
        candidate: its words.
        references: the words of each reference.

    Raises:
        InputError: the candidate has no words, or there is no reference.
    """
    if not len(candidate) or not any(len(words) for words in references):
        raise InputError("BLEU compares a sentence with at least one other, both with words.")
    counted = [ngrams(words) for words in references if len(words)]
    most: Counter = Counter()
    for counts in counted:
        most |= counts
    said = ngrams(candidate)
    matches = tuple(
        tuple(Match(gram, count, most[gram]) for gram, count in said.items() if len(gram) == n)
        for n in range(1, LONGEST + 1)
    )
    lengths = [len(words) for words in references if len(words)]
    closest = min(lengths, key=lambda length: (abs(length - len(candidate)), length))
    return Bleu(matches, len(candidate), closest)
