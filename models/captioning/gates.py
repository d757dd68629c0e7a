"""The LSTM decoder from inside: gates, candidate and state at each word; and a memory wiped out.

Xu et al. 2015, equations 1 to 3, and what is called here:

    i, f, o   input, forget, output       g   candidate       c, h   cell, hidden
    E y       the word read, embedded     z   context         beta   selector
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from models.captioning.decoding import check_no_repeat, repeating
from models.captioning.defaults import NO_REPEAT
from models.captioning.lstm import LSTMDecoder
from models.captioning.search import log_probabilities
from models.captioning.vocabulary import END, START
from models.core.checks import one_of, whole

PARTS = ("both", "cell", "hidden")
"""What can be set to zero: the whole state, or one half of it."""


@dataclass(frozen=True)
class Tick:
    """One step of the LSTM: a word is read, the state changes, the next word is chosen."""

    step: int
    read: str
    """The word that came in; `<start>` first."""
    word: str
    """The word that came out; `<end>` at the end."""
    probability: float
    """Of that word."""
    input: torch.Tensor
    """i, in (0, 1), H as all that follow."""
    forget: torch.Tensor
    output: torch.Tensor
    candidate: torch.Tensor
    """g, in (-1, 1)."""
    cell_before: torch.Tensor
    hidden_before: torch.Tensor
    cell: torch.Tensor
    hidden: torch.Tensor
    selector: float
    """beta, in (0, 1): how much of what it looks at comes in."""
    attention: torch.Tensor
    """G G, sums to 1."""
    wiped: bool
    """Whether the state was set to zero just before."""


@torch.no_grad()
def ticks(
    decoder: LSTMDecoder,
    annotations: torch.Tensor,
    wipe_at: int | None = None,
    part: str = "both",
    no_repeat_ngram_size: int = NO_REPEAT,
) -> Iterator[Tick]:
    """Write a caption greedily and tell what happens inside at each word.

    Args:
        decoder: in `eval` mode.
        annotations: of a picture, 1 L D.
        wipe_at: the step before which the state becomes zero, from 0; None: never. The word that
            is read then, and the picture, are all that is left to go by.
        part: of the state, one of `PARTS`.
        no_repeat_ngram_size: as in `greedy`.

    Yields:
        A `Tick` for each word, and for the end.

    Raises:
        InputError: there can be no such step, or no such part.
    """
    one_of("The part of the state", part, PARTS)
    if wipe_at is not None:
        whole("The word at which the state is set to zero", wipe_at, 0, decoder.config.longest - 1)
    check_no_repeat(no_repeat_ngram_size)
    memory, (hidden, cell) = decoder.begin(annotations)
    grid, names, numbers = decoder.config.grid, decoder.config.words, [START]
    for step in range(decoder.config.longest):
        wiped = step == wipe_at
        if wiped and part in ("both", "hidden"):
            hidden = torch.zeros_like(hidden)
        if wiped and part in ("both", "cell"):
            cell = torch.zeros_like(cell)
        word = torch.tensor([[numbers[-1]]], device=annotations.device)
        embedded = decoder.embedding(word)[:, 0]  # 1 E
        context, attention, selector = decoder.attend(hidden, memory)
        before = hidden, cell
        hidden, cell, entry, forget, out, candidate = decoder.tick(
            torch.cat([embedded, context], 1), hidden, cell
        )
        deep = embedded + decoder.hidden_out(hidden) + decoder.context_out(context)
        log_p = log_probabilities(decoder.logits(deep))[0]  # V
        told = torch.tensor([numbers], device=log_p.device)
        banned = repeating(told, no_repeat_ngram_size, len(names))[0]
        number = int(log_p.masked_fill(banned, -torch.inf).argmax())
        read = names[numbers[-1]]
        numbers.append(number)
        yield Tick(
            step=step,
            read=read,
            word=names[number],
            probability=log_p[number].exp().item(),
            input=entry[0].cpu(),
            forget=forget[0].cpu(),
            output=out[0].cpu(),
            candidate=candidate[0].cpu(),
            cell_before=before[1][0].cpu(),
            hidden_before=before[0][0].cpu(),
            cell=cell[0].cpu(),
            hidden=hidden[0].cpu(),
            selector=selector.item(),
            attention=attention[0].unflatten(0, (grid, grid)).cpu(),
            wiped=wiped,
        )
        if number == END:
            return
