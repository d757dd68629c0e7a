"""Beam search told in steps, and the captions of many pictures that it finds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from models.captioning.caption import BATCH
from models.captioning.defaults import LENGTH_PENALTY, NO_REPEAT, WIDTH
from models.captioning.network import Captioner, Writer
from models.captioning.search import beam_search
from models.captioning.vocabulary import PAD


@dataclass(frozen=True)
class Hypothesis:
    """A caption in a beam: its words so far, and their log-probability in nats."""

    words: tuple[str, ...]
    """Those of the prefix among them."""
    numbers: tuple[int, ...]
    """The same, by their places in the vocabulary."""
    log_probability: float
    """Of the words after the prefix."""
    parent: int
    """The one it grew from by its last word: its place among those that were `growing` when they
    had a word less. Captions of one word after the prefix grew from the prefix, 0."""

    def score(self, length_penalty: float, given: int = 0) -> float:
        """Its log-probability by the number of its words after `given` ones of a prefix."""
        return self.log_probability / (len(self.words) - given) ** length_penalty


@dataclass(frozen=True)
class BeamStep:
    """One step of a beam search: the captions that still grow and those that ended, best first.

    Those that ended are ordered by score, `log_probability / length ** length_penalty`, where the
    length counts the words after the prefix; the first of the last step is the result. Captions cut
    off at the longest length are among them only where none ended.
    """

    step: int
    growing: tuple[Hypothesis, ...]
    ended: tuple[Hypothesis, ...]
    ending: tuple[Hypothesis, ...]
    """All that came to an end in this step, the most probable first."""
    struck: tuple[Hypothesis, ...]
    """Those that would have been among the best, had they not said an n-gram twice."""


def winner(ended: Sequence[Hypothesis], length_penalty: float, given: int = 0) -> Hypothesis | None:
    """The caption that a search of this width would choose at a penalty; None where none ended.

    Args:
        ended: all that came to an end, of a search that went on for that penalty; the first of
            equals wins, as it does there.
        length_penalty: the penalty.
        given: words of the prefix.
    """
    return max(ended, key=lambda each: each.score(length_penalty, given), default=None)


@torch.no_grad()
def beam(
    decoder: Writer,
    annotations: torch.Tensor,
    width: int = WIDTH,
    length_penalty: float = LENGTH_PENALTY,
    no_repeat_ngram_size: int = NO_REPEAT,
    prefix: Sequence[int] = (),
    penalties: Sequence[float] = (),
) -> Iterator[BeamStep]:
    """Beam search on one picture; what it looked at for each word, `caption.read` tells afterwards.

    Args:
        decoder: in `eval` mode.
        annotations: of a picture, 1 L D.
        width: how many captions grow side by side.
        length_penalty: see `beam_search`, and for the others too.
        no_repeat_ngram_size: likewise.
        prefix: likewise.
        penalties: likewise.

    Yields:
        A `BeamStep` after each word.

    Raises:
        InputError: a number is out of its range, or the prefix is too long.
    """
    given = len(prefix)
    search = beam_search(
        decoder, annotations, width, length_penalty, no_repeat_ngram_size, prefix, penalties
    )
    for step, beams in enumerate(search):
        lists = (
            (beams.alive, beams.log_probability, beams.parents),
            (beams.finished, beams.score, beams.finished_parents),
            (beams.ended, beams.ended_log_probability, beams.ended_parents),
            (beams.struck, beams.struck_log_probability, beams.struck_parents),
        )
        growing, ended, ending, struck = (
            _hypotheses(decoder, *columns, given, penalty)
            for columns, penalty in zip(lists, (0.0, length_penalty, 0.0, 0.0), strict=True)
        )
        yield BeamStep(step, growing, ended, ending, struck)


def _hypotheses(
    decoder: Writer,
    captions: torch.Tensor,
    scores: torch.Tensor,
    parents: torch.Tensor,
    given: int,
    length_penalty: float,
) -> tuple[Hypothesis, ...]:
    """The captions that are there of the one picture: 1 K T, 1 K and 1 K."""
    found = []
    columns = (captions[0].tolist(), scores[0].tolist(), parents[0].tolist())
    for row, value, parent in zip(*columns, strict=True):
        if value > float("-inf"):
            numbers = tuple(number for number in row[1:] if number != PAD)
            words = tuple(decoder.config.words[number] for number in numbers)
            total = value * (len(words) - given) ** length_penalty
            found.append(Hypothesis(words, numbers, total, parent))
    return tuple(found)


@torch.no_grad()
def best(
    decoder: Writer,
    annotations: torch.Tensor,
    width: int = WIDTH,
    length_penalty: float = LENGTH_PENALTY,
    no_repeat_ngram_size: int = NO_REPEAT,
    prefix: Sequence[int] = (),
) -> tuple[int, ...]:
    """The caption that `beam`, which has the same arguments, comes to.

    Returns:
        Its words by number, those of the prefix and the end among them.
    """
    *_, last = beam_search(
        decoder, annotations, width, length_penalty, no_repeat_ngram_size, prefix
    )
    return tuple(number for number in last.finished[0, 0, 1:].tolist() if number != PAD)


@torch.no_grad()
def captions(
    captioner: Captioner,
    annotations: torch.Tensor,
    width: int = WIDTH,
    length_penalty: float = LENGTH_PENALTY,
    no_repeat_ngram_size: int = NO_REPEAT,
    writers: Sequence[str] = ("lstm", "transformer"),
) -> dict[str, list[str]]:
    """The best captions of annotated pictures, B L D, by beam search, of each of `WRITERS`."""
    found: dict[str, list[str]] = {}
    for name in writers:
        decoder = captioner.writer(name)
        found[name] = []
        for part in annotations.split(BATCH):
            *_, last = beam_search(decoder, part, width, length_penalty, no_repeat_ngram_size)
            best = last.finished[:, 0].tolist()
            found[name] += [decoder.vocabulary.sentence(numbers) for numbers in best]
    return found
