"""From a picture to its caption, word by word, with everything that led to each word."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import torch

from models.captioning.decoder import Decoded
from models.captioning.decoding import check_no_repeat, check_prefix, repeating
from models.captioning.defaults import NO_REPEAT
from models.captioning.network import Captioner, Writer
from models.captioning.search import log_probabilities
from models.captioning.vocabulary import END
from models.core.errors import InputError
from models.core.images import squeezed

ALTERNATIVES = 8
BATCH = 50


@dataclass(frozen=True)
class Word:
    """One step of a caption. The grids are G x G places of the picture, row by row."""

    step: int
    word: str
    """As in the vocabulary; `<end>` at the end of a caption."""
    number: int
    """Its place in the vocabulary."""
    given: bool
    """Whether it is one of the prefix, which nobody chose."""
    probability: float
    log_probability: float
    """Of the caption up to here, this word included, in nats."""
    alternatives: tuple[tuple[str, float], ...]
    """The most probable words here with their probabilities, best first."""
    struck: tuple[str, ...]
    """Those of them that were out of the question: they would have said an n-gram twice."""
    attention: torch.Tensor
    """Where it looked, G G, the mean over all views; sums to 1."""
    views: torch.Tensor
    """The same for each, layers heads G G; the LSTM has one."""
    readings: dict[str, float]
    """The LSTM's means of gates in [0, 1] and norms of its state; empty for the transformer."""


@torch.no_grad()
def annotate(captioner: Captioner, image: torch.Tensor) -> torch.Tensor:
    """What both decoders are given of pictures of any size (B 3 H W in [0, 1]): B L D."""
    where = captioner.encoder.mean.device
    return captioner.annotate(squeezed(image.to(where), captioner.config.size))


def annotate_all(captioner: Captioner, images: torch.Tensor) -> torch.Tensor:
    """The same of many pictures (uint8 N 3 H W), a few at a time: N L D."""
    return torch.cat([annotate(captioner, part / 255) for part in images.split(BATCH)])


@torch.no_grad()
def greedy(
    decoder: Writer,
    annotations: torch.Tensor,
    no_repeat_ngram_size: int = NO_REPEAT,
    prefix: Sequence[int] = (),
) -> Iterator[Word]:
    """Take the most probable word each time.

    Args:
        decoder: in `eval` mode.
        annotations: of a picture, 1 L D.
        no_repeat_ngram_size: the caption says no so many words in a row twice; 0: as it likes.
        prefix: the caption's first words, by number.

    Yields:
        A `Word` for each word, those of the prefix too, and for the end.

    Raises:
        InputError: the number is out of its range, or the prefix is too long.
    """
    choose = torch.Tensor.argmax
    yield from grow(decoder, annotations, choose, no_repeat_ngram_size, prefix)


def grow(
    decoder: Writer,
    annotations: torch.Tensor,
    choose: Callable[[torch.Tensor], torch.Tensor],
    no_repeat_ngram_size: int,
    prefix: Sequence[int],
) -> Iterator[Word]:
    """Write a caption, each word by `choose`: given log-probabilities, V, its number."""
    check_no_repeat(no_repeat_ngram_size)
    check_prefix(prefix, decoder.config.longest)
    memory, state = decoder.begin(annotations)
    numbers, unread, total = [decoder.start], [decoder.start, *prefix], 0.0
    while len(numbers) <= decoder.config.longest:
        decoded = decoder.decode(torch.tensor([unread], device=memory[0].device), memory, state)
        state = decoded.state
        log_p = log_probabilities(decoded.logits[0])  # T V
        places = range(len(unread) - 1)
        for place, number in zip(places, prefix, strict=False):  # in the first round
            word = _word(decoder, decoded, place, place, log_p[place], number, total, given=True)
            total = word.log_probability
            numbers.append(number)
            yield word
        told = torch.tensor([numbers], device=log_p.device)
        banned = repeating(told, no_repeat_ngram_size, log_p.shape[-1])[0]
        number = int(choose(log_p[-1].masked_fill(banned, -torch.inf)))
        word = _word(
            decoder, decoded, -1, len(numbers) - 1, log_p[-1], number, total, banned=banned
        )
        total = word.log_probability
        numbers.append(number)
        yield word
        if number == END:
            return
        unread = [number]


@torch.no_grad()
def score(decoder: Writer, annotations: torch.Tensor, caption: str) -> tuple[Word, ...]:
    """How probable the network finds a given caption, word by word, the end included.

    Args:
        decoder: in `eval` mode.
        annotations: of a picture, 1 L D.
        caption: of known words; capitals and punctuation do not matter.

    Raises:
        InputError: there are no words, unknown ones, or too many.
    """
    numbers = [*decoder.vocabulary.known_numbers(caption), END]
    if len(numbers) > decoder.config.longest:
        raise InputError(
            f"The caption has {len(numbers) - 1} words, "
            f"at most {decoder.config.longest - 1} can be read."
        )
    return read(decoder, annotations, numbers)


@torch.no_grad()
def read(
    decoder: Writer,
    annotations: torch.Tensor,
    numbers: Sequence[int],
    given: int = 0,
    no_repeat_ngram_size: int = 0,
) -> tuple[Word, ...]:
    """What there is to tell of a caption, word by word.

    Args:
        decoder: in `eval` mode.
        annotations: of a picture, 1 L D.
        numbers: its words, at most `longest`.
        given: how many of them were the prefix.
        no_repeat_ngram_size: by which the words after it were chosen.
    """
    memory, state = decoder.begin(annotations)
    words = torch.tensor([[decoder.start, *numbers[:-1]]], device=memory[0].device)
    decoded = decoder.decode(words, memory, state)
    log_p = log_probabilities(decoded.logits[0])  # T V
    found: list[Word] = []
    total = 0.0
    for step, number in enumerate(numbers):
        banned = repeating(words[:, : step + 1], no_repeat_ngram_size, log_p.shape[-1])[0]
        chosen = None if step < given else banned
        word = _word(decoder, decoded, step, step, log_p[step], number, total, step < given, chosen)
        found.append(word)
        total = word.log_probability
    return tuple(found)


def _word(
    decoder: Writer,
    decoded: Decoded,
    place: int,
    step: int,
    log_p: torch.Tensor,
    number: int,
    before: float,
    given: bool = False,
    banned: torch.Tensor | None = None,
) -> Word:
    """What to tell of the word `number` at `place` of what was decoded."""
    names, grid = decoder.config.words, decoder.config.grid
    best, which = log_p.topk(min(ALTERNATIVES, len(names) - 3))
    views = decoded.attention[0, place].unflatten(0, decoder.views).unflatten(-1, (grid, grid))
    log_probability = log_p[number].item()
    struck = which[banned[which]].tolist() if banned is not None else []
    return Word(
        step=step,
        word=names[number],
        number=number,
        given=given,
        probability=math.exp(log_probability),
        log_probability=before + log_probability,
        alternatives=tuple(
            (names[i], p) for i, p in zip(which.tolist(), best.exp().tolist(), strict=True)
        ),
        struck=tuple(names[i] for i in struck),
        attention=views.mean((0, 1)).cpu(),
        views=views.cpu(),
        readings=_at(decoded.readings, place),
    )


def _at(readings: dict[str, torch.Tensor], place: int) -> dict[str, float]:
    """What can be read (each 1 T) at one place, fetched from a device in one go."""
    if not readings:
        return {}
    values = torch.stack([of[0, place] for of in readings.values()]).tolist()
    return dict(zip(readings, values, strict=True))


def written(words: Iterable[Word]) -> str:
    """The caption that these words make, in one line."""
    return " ".join(word.word for word in words if word.number != END).replace(" 's", "'s")
