"""CIDEr-D: how much a caption says what several people say, and what few say of other pictures.

Vedantam et al. 2015, "CIDEr: Consensus-based Image Description Evaluation", equations 3 to 6 with
the changes of section 6.2 ("CIDEr-D"), as the COCO evaluation computes it.
"""

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property

LONGEST = 4
"""Words of the longest n-grams."""
SIGMA = 6.0
"""Of the Gaussian that punishes another length, in words."""
SCALE = 10.0

Words = Sequence[Hashable]
"""The words of a sentence, as strings or as numbers."""


@dataclass(frozen=True)
class Weighted:
    """A sentence's n-grams: for each n, how much each one weighs, and the length of that vector."""

    length: int
    """Words."""
    weights: tuple[dict[tuple, float], ...]
    norms: tuple[float, ...]


@dataclass(frozen=True)
class Rarity:
    """Of how many of some pictures a caption has an n-gram: the training pictures', say."""

    pictures: int
    frequencies: Counter
    """By n-gram; 0 for those that none has, or too few to be kept."""


class Cider:
    """What a set of pictures' captions says of how telling an n-gram is, and scores by it.

    Args:
        references: the captions of each of N pictures, split into words.
        rarity: how rare n-grams are among other pictures' captions; else among these.
    """

    def __init__(self, references: Sequence[Sequence[Words]], rarity: "Rarity | None" = None):
        self.references = references
        self.rarity = rarity
        self._weighted: dict[int, tuple[Weighted, ...]] = {}

    @cached_property
    def frequencies(self) -> Counter:
        """Of how many pictures some caption has the n-gram."""
        if self.rarity is not None:
            return self.rarity.frequencies
        return Counter(
            gram
            for captions in self.references
            for gram in {gram for words in captions for gram in ngrams(words)}
        )

    @property
    def pictures(self) -> int:
        """Of how many pictures the frequencies are."""
        return len(self.references) if self.rarity is None else self.rarity.pictures

    def inverse_frequency(self, gram: tuple) -> float:
        """The logarithm of the share of pictures with this n-gram, turned over; of one that no
        picture has as if one had it.
        """
        return math.log(self.pictures) - math.log(max(self.frequencies[gram], 1))

    def weigh(self, words: Words) -> Weighted:
        """A sentence's n-grams, each as often as it occurs times the logarithm of its rarity."""
        weights: tuple[dict[tuple, float], ...] = tuple({} for _ in range(LONGEST))
        for gram, count in ngrams(words).items():
            weights[len(gram) - 1][gram] = count * self.inverse_frequency(gram)
        norms = tuple(math.sqrt(sum(w * w for w in of.values())) for of in weights)
        return Weighted(len(words), weights, norms)

    def weighed(self, picture: int) -> tuple[Weighted, ...]:
        """The references of a picture, weighed once."""
        if picture not in self._weighted:
            captions = [words for words in self.references[picture] if len(words)]
            self._weighted[picture] = tuple(map(self.weigh, captions))
        return self._weighted[picture]

    def score(self, words: Words, picture: int) -> float:
        """CIDEr-D of a caption of the picture with this number, from 0 to 10.

        Equation 5 for each n, the candidate's weights cut to the reference's and the Gaussian of
        their lengths before it; then the mean over references and n, times ten.
        """
        made, references = self.weigh(words), self.weighed(picture)
        return SCALE * sum(likeness(made, other) for other in references) / len(references)

    def contributions(self, words: Words, picture: int) -> dict[tuple, float]:
        """What each n-gram of a caption brings to its score: they sum to `score`."""
        made, references = self.weigh(words), self.weighed(picture)
        found = dict.fromkeys(ngrams(words), 0.0)
        for reference in references:
            share = SCALE / LONGEST / len(references) * length_penalty(made, reference)
            for ours, theirs, a, b in zip(
                made.weights, reference.weights, made.norms, reference.norms, strict=True
            ):
                for gram, weight in ours.items():
                    if gram in theirs and a and b:
                        found[gram] += share * min(weight, theirs[gram]) * theirs[gram] / (a * b)
        return found


def ngrams(words: Words) -> Counter:
    """How often each run of one to `LONGEST` words occurs."""
    words = tuple(words)
    return Counter(
        words[start : start + n]
        for n in range(1, LONGEST + 1)
        for start in range(len(words) - n + 1)
    )


def likeness(made: Weighted, reference: Weighted) -> float:
    """The mean over n of the clipped cosines, by the Gaussian of the difference in length."""
    return sum(clipped_cosines(made, reference)) / LONGEST * length_penalty(made, reference)


def clipped_cosines(made: Weighted, reference: Weighted) -> tuple[float, ...]:
    """Of each n: the cosine of the two vectors, the made one's weights cut to the reference's."""
    found = []
    for ours, theirs, a, b in zip(
        made.weights, reference.weights, made.norms, reference.norms, strict=True
    ):
        common = sum(
            min(weight, theirs[gram]) * theirs[gram]
            for gram, weight in ours.items()
            if gram in theirs
        )
        found.append(common / (a * b) if a and b else 0.0)
    return tuple(found)


def length_penalty(made: Weighted, reference: Weighted) -> float:
    """The Gaussian of the difference in length."""
    apart = made.length - reference.length
    return math.exp(-(apart**2) / (2 * SIGMA**2))
