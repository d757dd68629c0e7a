"""From a picture to its caption, word by word, with everything that led to each word."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from models.captioning.decoder import Decoded, Decoder
from models.captioning.network import Captioner
from models.captioning.search import beam_search, log_probabilities
from models.captioning.vocabulary import END, START
from models.core.errors import InputError

ALTERNATIVES = 5
BATCH = 50


@dataclass(frozen=True)
class Word:
    """One step of a caption. The grids are G x G places of the picture, row by row."""

    step: int
    word: str
    """As in the vocabulary; `<end>` at the end of a caption."""
    probability: float
    log_probability: float
    """Of the caption up to here, this word included, in nats."""
    alternatives: tuple[tuple[str, float], ...]
    """The most probable words here with their probabilities, best first."""
    attention: torch.Tensor
    """Where it looked, G G, the mean over all views; sums to 1."""
    views: torch.Tensor
    """The same for each, layers heads G G; the LSTM has one."""
    readings: dict[str, float]
    """The LSTM's means of gates in [0, 1] and norms of its state; empty for the transformer."""


@dataclass(frozen=True)
class Hypothesis:
    """A caption in a beam: its words so far, and their log-probability in nats."""

    words: tuple[str, ...]
    log_probability: float


@dataclass(frozen=True)
class BeamStep:
    """One step of a beam search: the captions that still grow and those that ended, best first.

    Those that ended are ordered by score, `log_probability / len(words) ** length_penalty`; the
    first of the last step is the result.
    """

    step: int
    growing: tuple[Hypothesis, ...]
    ended: tuple[Hypothesis, ...]


def squeezed(image: torch.Tensor, size: int) -> torch.Tensor:
    """Pictures (B 3 H W in [0, 1]) at size x size, as the training pictures were squeezed."""
    if image.shape[-2:] == (size, size):
        return image
    return F.interpolate(image, (size, size), mode="bicubic", antialias=True).clamp(0, 1)


@torch.no_grad()
def annotate(captioner: Captioner, image: torch.Tensor) -> torch.Tensor:
    """What both decoders are given of pictures of any size (B 3 H W in [0, 1]): B L D."""
    where = captioner.encoder.mean.device
    return captioner.annotate(squeezed(image.to(where), captioner.config.size))


def annotate_all(captioner: Captioner, images: torch.Tensor) -> torch.Tensor:
    """The same of many pictures (uint8 N 3 H W), a few at a time: N L D."""
    return torch.cat([annotate(captioner, part / 255) for part in images.split(BATCH)])


@torch.no_grad()
def greedy(decoder: Decoder, annotations: torch.Tensor) -> Iterator[Word]:
    """Take the most probable word each time.

    Args:
        decoder: in `eval` mode.
        annotations: of a picture, 1 L D.

    Yields:
        A `Word` for each word, and for the end.
    """
    yield from _grow(decoder, annotations, lambda log_p: int(log_p.argmax()))


@torch.no_grad()
def sample(
    decoder: Decoder,
    annotations: torch.Tensor,
    generator: torch.Generator,
    temperature: float = 1.0,
) -> Iterator[Word]:
    """Draw each word by its probability, as `greedy` otherwise.

    Args:
        decoder: in `eval` mode.
        annotations: of a picture, 1 L D.
        generator: on the CPU.
        temperature: above 0; small ones come close to `greedy`, 1 is the network's own mind.
            The probabilities that a `Word` tells are always those at 1.

    Raises:
        InputError: a temperature that is not above 0.
    """
    if not temperature > 0:
        raise InputError(f"The temperature is {temperature}, it has to be above 0.")

    def draw(log_p: torch.Tensor) -> int:
        shares = (log_p / temperature).softmax(-1).cpu()
        return int(torch.multinomial(shares, 1, generator=generator))

    yield from _grow(decoder, annotations, draw)


def _grow(
    decoder: Decoder, annotations: torch.Tensor, choose: Callable[[torch.Tensor], int]
) -> Iterator[Word]:
    memory, state = decoder.begin(annotations)
    number, total = START, 0.0
    for step in range(decoder.config.longest):
        words = torch.tensor([[number]], device=memory[0].device)
        decoded = decoder.decode(words, memory, state)
        log_p = log_probabilities(decoded.logits[0, 0])  # V
        number, state = choose(log_p), decoded.state
        word = _word(decoder, decoded, 0, step, log_p, number, total)
        total = word.log_probability
        yield word
        if number == END:
            return


@torch.no_grad()
def score(decoder: Decoder, annotations: torch.Tensor, caption: str) -> tuple[Word, ...]:
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
    memory, state = decoder.begin(annotations)
    words = torch.tensor([[START, *numbers[:-1]]], device=memory[0].device)
    decoded = decoder.decode(words, memory, state)
    log_p = log_probabilities(decoded.logits[0])  # T V
    found: list[Word] = []
    total = 0.0
    for step, number in enumerate(numbers):
        found.append(_word(decoder, decoded, step, step, log_p[step], number, total))
        total = found[-1].log_probability
    return tuple(found)


def _word(
    decoder: Decoder,
    decoded: Decoded,
    place: int,
    step: int,
    log_p: torch.Tensor,
    number: int,
    before: float,
) -> Word:
    """What to tell of the word `number` at `place` of what was decoded."""
    names, grid = decoder.config.words, decoder.config.grid
    best, which = log_p.topk(min(ALTERNATIVES, len(names) - 3))
    views = decoded.attention[0, place].unflatten(0, decoder.views).unflatten(-1, (grid, grid))
    chosen = log_p[number]
    return Word(
        step=step,
        word=names[number],
        probability=chosen.exp().item(),
        log_probability=before + chosen.item(),
        alternatives=tuple(
            (names[i], p) for i, p in zip(which.tolist(), best.exp().tolist(), strict=True)
        ),
        attention=views.mean((0, 1)).cpu(),
        views=views.cpu(),
        readings={name: of[0, place].item() for name, of in decoded.readings.items()},
    )


@torch.no_grad()
def beam(
    decoder: Decoder, annotations: torch.Tensor, width: int = 3, length_penalty: float = 1.0
) -> Iterator[BeamStep]:
    """Beam search on one picture; what it looked at for each word, `score` tells afterwards.

    Args:
        decoder: in `eval` mode.
        annotations: of a picture, 1 L D.
        width: how many captions grow side by side.
        length_penalty: see `beam_search`.

    Yields:
        A `BeamStep` after each word.
    """
    steps = beam_search(decoder, annotations, width, length_penalty)
    for step, beams in enumerate(steps):
        growing = _hypotheses(decoder, beams.alive[0], beams.log_probability[0], 0.0)
        ended = _hypotheses(decoder, beams.finished[0], beams.score[0], length_penalty)
        yield BeamStep(step, growing, ended)


def _hypotheses(
    decoder: Decoder, captions: torch.Tensor, scores: torch.Tensor, length_penalty: float
) -> tuple[Hypothesis, ...]:
    found = []
    for numbers, value in zip(captions.tolist(), scores.tolist(), strict=True):
        if value > float("-inf"):
            words = tuple(decoder.config.words[number] for number in numbers if number > START)
            found.append(Hypothesis(words, value * len(words) ** length_penalty))
    return tuple(found)


@torch.no_grad()
def captions(
    captioner: Captioner, annotations: torch.Tensor, width: int = 3
) -> dict[str, list[str]]:
    """Each decoder's best captions of annotated pictures, B L D, by beam search of this width."""
    found: dict[str, list[str]] = {}
    for name, decoder in captioner.decoders.items():
        found[name] = []
        for part in annotations.split(BATCH):
            *_, last = beam_search(decoder, part, width)
            best = last.finished[:, 0].tolist()
            found[name] += [decoder.vocabulary.sentence(numbers) for numbers in best]
    return found
