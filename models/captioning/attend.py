"""Where a decoder looked for each word of a sentence, in several ways, and what the word needs.

Rollout (Abnar and Zuidema 2020, "Quantifying Attention Flow in Transformers") follows attention
through all layers, half of each being the residual connection. They roll out self-attention, from
tokens to tokens. Here a decoder's words attend to words and then to places, in each layer, and the
places, which an encoder made once, attend to nothing. So every word's vector is followed as a
mixture of places and of words (A: share of each word before, C: of each place):

    words'  = (words + A words) / 2             the layer's self-attention
    places' = (places + A places) / 2
    words''  = words' / 2                       its cross-attention
    places'' = (places' + C) / 2

Heads are averaged, as there. What remains with words after n layers is 2^-n whatever A and C are,
and is left out: the map is what came from places, scaled to sum to 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from models.captioning.decoder import Decoder
from models.captioning.network import Captioner
from models.captioning.search import log_probabilities
from models.captioning.vocabulary import END, START
from models.core.checks import whole
from models.core.errors import InputError
from models.core.images import squeezed


@dataclass(frozen=True)
class Looks:
    """Where a decoder looked for each of T words of one sentence, the end among them."""

    probabilities: torch.Tensor
    """Of each word given those before, T."""
    views: torch.Tensor
    """T layers heads G G; each map sums to 1."""
    mean: torch.Tensor
    """Over layers and heads, T G G."""
    rollout: torch.Tensor | None
    """T G G; None where words do not attend to words: its one map is all that there is."""


def numbers_of(decoder: Decoder, sentence: str) -> list[int]:
    """A sentence by its words' numbers, the end among them.

    Raises:
        InputError: it has no words, unknown ones, or too many.
    """
    numbers = [*decoder.vocabulary.known_numbers(sentence), END]
    if len(numbers) > decoder.config.longest:
        raise InputError(
            f"The caption has {len(numbers) - 1} words, "
            f"at most {decoder.config.longest - 1} can be read."
        )
    return numbers


@torch.no_grad()
def looks(decoder: Decoder, annotations: torch.Tensor, numbers: Sequence[int]) -> Looks:
    """Read a whole sentence and tell where the decoder looked for each word.

    Args:
        decoder: in `eval` mode.
        annotations: of a picture, 1 L D.
        numbers: the sentence, see `numbers_of`.
    """
    memory, state = decoder.begin(annotations)
    words = torch.tensor([[START, *numbers[:-1]]], device=annotations.device)
    decoded = decoder.decode(words, memory, state)
    log_p = log_probabilities(decoded.logits[0])  # T V
    layers, heads = decoder.views
    grid = decoder.config.grid
    views = decoded.attention[0].float()  # T N L
    folded = views.unflatten(1, (layers, heads))  # T layers heads L
    rolled = None
    if decoded.between_words is not None:
        between = decoded.between_words[0].float().mean(1)  # layers T T
        rolled = rollout(folded.mean(2).transpose(0, 1), between)  # T L
        rolled = rolled.unflatten(-1, (grid, grid)).cpu()
    maps = folded.unflatten(-1, (grid, grid)).cpu()
    chosen = torch.tensor(list(numbers), device=log_p.device)[:, None]
    return Looks(log_p.gather(1, chosen)[:, 0].exp().cpu(), maps, maps.mean((1, 2)), rolled)


def rollout(places: torch.Tensor, between: torch.Tensor) -> torch.Tensor:
    """Attention rolled out through all layers, as this file's first lines say.

    Args:
        places: each word's attention to the places, layers T L, the mean over heads.
        between: to the words, layers T T, likewise.

    Returns:
        T L, each row sums to 1.
    """
    held = torch.zeros_like(places[0])  # T L
    for cross, own in zip(places, between, strict=True):
        held = (held + own @ held) / 2
        held = (held + cross) / 2
    return held / held.sum(-1, keepdim=True)


def saliency(
    captioner: Captioner, decoder: Decoder, image: torch.Tensor, numbers: Sequence[int], step: int
) -> torch.Tensor:
    """How much the log-probability of one word changes with each place's pixels.

    The gradient at the picture (Simonyan et al. 2014, "Deep Inside Convolutional Networks"): the
    absolute value, the largest of the three colours, added up in each cell of the grid.

    Args:
        captioner: in `eval` mode.
        decoder: one of its decoders.
        image: 1 3 H W in [0, 1].
        numbers: the sentence.
        step: the word, from 0.

    Returns:
        G G, sums to 1; all equal where nothing changes it.

    Raises:
        InputError: there is no such word.
    """
    check_step(numbers, step)
    device = captioner.encoder.mean.device
    with torch.enable_grad():
        seen = squeezed(image.to(device), captioner.config.size).detach().requires_grad_(True)
        log_p = _word(decoder, captioner.annotate(seen), numbers, step)
        (gradient,) = torch.autograd.grad(log_p, seen)
    pixels = gradient[0].abs().amax(0)  # S S
    grid = captioner.config.grid
    cells = torch.nn.functional.adaptive_avg_pool2d(pixels[None, None], grid)[0, 0].cpu()
    total = cells.sum()
    return cells / total if total > 0 else torch.full_like(cells, 1 / cells.numel())


def check_step(numbers: Sequence[int], step: int) -> None:
    """Refuse a word that the sentence has not.

    Raises:
        InputError: with how many words there are.
    """
    whole("The word", step, 0, len(numbers) - 1)


def _word(
    decoder: Decoder, annotations: torch.Tensor, numbers: Sequence[int], step: int
) -> torch.Tensor:
    """The log-probability of one word, a scalar with its gradient."""
    memory, state = decoder.begin(annotations)
    words = torch.tensor([[START, *numbers[:step]]], device=annotations.device)
    decoded = decoder.decode(words, memory, state)
    return log_probabilities(decoded.logits[0, -1])[numbers[step]]


@dataclass(frozen=True)
class Survival:
    """What becomes of one word, the words before it given, with a part of the picture hidden."""

    probability: float
    """Of the word now."""
    first: str
    """The word that is the likeliest now."""
    first_probability: float


@torch.no_grad()
def survival(
    captioner: Captioner,
    decoder: Decoder,
    pictures: torch.Tensor,
    numbers: Sequence[int],
    step: int,
) -> tuple[Survival, ...]:
    """Ask for one word of a sentence before each of several pictures.

    Args:
        captioner: in `eval` mode.
        decoder: one of its decoders.
        pictures: B 3 H W in [0, 1], parts of them hidden.
        numbers: the sentence.
        step: the word, from 0.

    Raises:
        InputError: there is no such word.
    """
    check_step(numbers, step)
    device = captioner.encoder.mean.device
    annotations = captioner.annotate(squeezed(pictures.to(device), captioner.config.size))
    memory, state = decoder.begin(annotations)
    words = torch.tensor([[START, *numbers[:step]]], device=device).repeat(len(annotations), 1)
    decoded = decoder.decode(words, memory, state)
    shares = log_probabilities(decoded.logits[:, -1]).exp().cpu()  # B V
    names = decoder.config.words
    return tuple(
        Survival(row[numbers[step]].item(), names[int(row.argmax())], row.max().item())
        for row in shares
    )
