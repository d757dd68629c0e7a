"""From a picture to its caption, word by word, with everything that led to each word."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn import functional as F

from models.captioning.lstm import LSTMCaptioner
from models.captioning.network import Captioner, Decoded
from models.captioning.search import beam_search, log_probabilities
from models.captioning.transformer import TransformerCaptioner
from models.captioning.vocabulary import END, START
from models.core import checkpoint
from models.core.errors import InputError

KINDS = {kind.__name__: kind for kind in (LSTMCaptioner, TransformerCaptioner)}
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


def load(path: Path) -> Captioner:
    """A captioner, of either kind, from its weight file.

    Raises:
        InputError: the file is missing or damaged, or holds another network.
    """
    name = checkpoint.describe(path)["network"]
    if name not in KINDS:
        raise InputError(f"{path} holds a {name}, not one of {', '.join(KINDS)}.")
    return checkpoint.load(KINDS[name], path)


def squeezed(image: torch.Tensor, size: int) -> torch.Tensor:
    """Pictures (B 3 H W in [0, 1]) at size x size, as the training pictures were squeezed."""
    if image.shape[-2:] == (size, size):
        return image
    return F.interpolate(image, (size, size), mode="bicubic", antialias=True).clamp(0, 1)


def annotate(network: Captioner, image: torch.Tensor) -> torch.Tensor:
    """The annotations (1 L D) of a picture of any size, 1 3 H W in [0, 1]."""
    where = network.embedding.weight.device
    return network.annotate(squeezed(image.to(where), network.config.size))


@torch.no_grad()
def greedy(network: Captioner, image: torch.Tensor) -> Iterator[Word]:
    """Take the most probable word each time.

    Args:
        network: in `eval` mode.
        image: 1 3 H W in [0, 1], of any size.

    Yields:
        A `Word` for each word, and for the end.
    """
    yield from _grow(network, image, lambda log_p: int(log_p.argmax()))


@torch.no_grad()
def sample(
    network: Captioner, image: torch.Tensor, generator: torch.Generator, temperature: float = 1.0
) -> Iterator[Word]:
    """Draw each word by its probability, as `greedy` otherwise.

    Args:
        network: in `eval` mode.
        image: 1 3 H W in [0, 1], of any size.
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

    yield from _grow(network, image, draw)


def _grow(
    network: Captioner, image: torch.Tensor, choose: Callable[[torch.Tensor], int]
) -> Iterator[Word]:
    memory, state = network.begin(annotate(network, image))
    number, total = START, 0.0
    for step in range(network.config.longest):
        words = torch.tensor([[number]], device=memory[0].device)
        decoded = network.decode(words, memory, state)
        log_p = log_probabilities(decoded.logits[0, 0])  # V
        number, state = choose(log_p), decoded.state
        word = _word(network, decoded, 0, step, log_p, number, total)
        total = word.log_probability
        yield word
        if number == END:
            return


@torch.no_grad()
def score(network: Captioner, image: torch.Tensor, caption: str) -> tuple[Word, ...]:
    """How probable the network finds a given caption, word by word, the end included.

    Args:
        network: in `eval` mode.
        image: 1 3 H W in [0, 1], of any size.
        caption: of known words; capitals and punctuation do not matter.

    Raises:
        InputError: there are no words, unknown ones, or too many.
    """
    numbers = [*network.vocabulary.known_numbers(caption), END]
    if len(numbers) > network.config.longest:
        raise InputError(
            f"The caption has {len(numbers) - 1} words, "
            f"at most {network.config.longest - 1} can be read."
        )
    memory, state = network.begin(annotate(network, image))
    words = torch.tensor([[START, *numbers[:-1]]], device=memory[0].device)
    decoded = network.decode(words, memory, state)
    log_p = log_probabilities(decoded.logits[0])  # T V
    found: list[Word] = []
    total = 0.0
    for step, number in enumerate(numbers):
        found.append(_word(network, decoded, step, step, log_p[step], number, total))
        total = found[-1].log_probability
    return tuple(found)


def _word(
    network: Captioner,
    decoded: Decoded,
    place: int,
    step: int,
    log_p: torch.Tensor,
    number: int,
    before: float,
) -> Word:
    """What to tell of the word `number` at `place` of what was decoded."""
    names, grid = network.config.words, network.config.grid
    best, which = log_p.topk(min(ALTERNATIVES, len(names) - 3))
    views = decoded.attention[0, place].unflatten(0, network.views).unflatten(-1, (grid, grid))
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
    network: Captioner, image: torch.Tensor, width: int = 3, length_penalty: float = 1.0
) -> Iterator[BeamStep]:
    """Beam search on one picture; what it looked at for each word, `score` tells afterwards.

    Args:
        network: in `eval` mode.
        image: 1 3 H W in [0, 1], of any size.
        width: how many captions grow side by side.
        length_penalty: see `beam_search`.

    Yields:
        A `BeamStep` after each word.
    """
    steps = beam_search(network, annotate(network, image), width, length_penalty)
    for step, beams in enumerate(steps):
        growing = _hypotheses(network, beams.alive[0], beams.log_probability[0], 0.0)
        ended = _hypotheses(network, beams.finished[0], beams.score[0], length_penalty)
        yield BeamStep(step, growing, ended)


def _hypotheses(
    network: Captioner, captions: torch.Tensor, scores: torch.Tensor, length_penalty: float
) -> tuple[Hypothesis, ...]:
    found = []
    for numbers, value in zip(captions.tolist(), scores.tolist(), strict=True):
        if value > float("-inf"):
            words = tuple(network.config.words[number] for number in numbers if number > START)
            found.append(Hypothesis(words, value * len(words) ** length_penalty))
    return tuple(found)


@torch.no_grad()
def captions(network: Captioner, images: torch.Tensor, width: int = 3) -> list[str]:
    """The best caption of each picture (uint8 N 3 H W) by beam search; greedy at width 1."""
    found = []
    for part in images.split(BATCH):
        *_, last = beam_search(network, annotate(network, part / 255), width)
        found += [network.vocabulary.sentence(numbers) for numbers in last.finished[:, 0].tolist()]
    return found
