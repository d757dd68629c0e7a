"""The LSTM from inside, against torch's own cell and the decoder's own loop."""

import pytest
import torch
from torch import nn

from models.captioning.caption import annotate, greedy
from models.captioning.gates import ticks
from models.core.errors import InputError
from tests.models.captioning.tiny import captioner


def annotated(seed):
    generator = torch.Generator().manual_seed(seed)
    return annotate(captioner(), torch.rand(1, 3, 48, 48, generator=generator))


@pytest.fixture
def decoder():
    return captioner().decoders["lstm"]


def told(steps):
    return [(tick.word, pytest.approx(tick.probability, rel=1e-4)) for tick in steps]


@pytest.mark.parametrize("repeat", [0, 2])
@pytest.mark.parametrize("seed", range(6))
def test_the_sentence_is_the_greedy_one(decoder, seed, repeat):
    words = list(greedy(decoder, annotated(seed), repeat))
    steps = list(ticks(decoder, annotated(seed), no_repeat_ngram_size=repeat))
    assert told(steps) == [(word.word, word.probability) for word in words]
    assert [tick.read for tick in steps] == ["<start>", *(word.word for word in words[:-1])]
    for tick, word in zip(steps, words, strict=True):
        torch.testing.assert_close(tick.attention, word.attention)
        readings = {name: getattr(tick, name).mean().item() for name in decoder.GATES}
        norms = {name: getattr(tick, name).norm().item() for name in ("hidden", "cell")}
        assert readings | norms | {"selector": tick.selector} == pytest.approx(word.readings)


def torch_s_cell(decoder):
    """`nn.LSTMCell` with the decoder's weights."""
    size = decoder.config.hidden
    inputs = decoder.gates.in_features - size
    cell = nn.LSTMCell(inputs, size)
    weights = decoder.gates.weight.detach()
    cell.weight_ih.data, cell.weight_hh.data = weights[:, :inputs], weights[:, inputs:]
    cell.bias_ih.data, cell.bias_hh.data = decoder.gates.bias.detach(), torch.zeros(4 * size)
    return cell


@pytest.mark.parametrize("wipe_at", [None, 2])
def test_gates_and_state_are_those_of_torch_s_lstm_cell(decoder, wipe_at):
    """Its documented equations, with its weights, from what the decoder feeds it."""
    cell = torch_s_cell(decoder)
    annotations = annotated(1)
    memory, _ = decoder.begin(annotations)
    for tick in ticks(decoder, annotations, wipe_at):
        hidden, state = tick.hidden_before[None], tick.cell_before[None]
        number = decoder.config.words.index(tick.read)
        context, attention, selector = decoder.attend(hidden, memory)
        x = torch.cat([decoder.embedding(torch.tensor([number])), context], 1)
        raw = nn.functional.linear(x, cell.weight_ih, cell.bias_ih) + nn.functional.linear(
            hidden, cell.weight_hh, cell.bias_hh
        )
        entry, forget, candidate, out = raw[0].chunk(4)  # torch's order: i, f, g, o
        torch.testing.assert_close(tick.input, entry.sigmoid())
        torch.testing.assert_close(tick.forget, forget.sigmoid())
        torch.testing.assert_close(tick.candidate, candidate.tanh())
        torch.testing.assert_close(tick.output, out.sigmoid())
        theirs = cell(x, (hidden, state))
        torch.testing.assert_close(tick.hidden, theirs[0][0])
        torch.testing.assert_close(tick.cell, theirs[1][0])
        torch.testing.assert_close(
            tick.cell, tick.forget * tick.cell_before + tick.input * tick.candidate
        )
        torch.testing.assert_close(tick.attention.flatten(), attention[0])
        assert tick.selector == pytest.approx(selector.item())


@pytest.mark.parametrize(
    ("part", "gone", "kept"),
    [
        ("both", ("cell", "hidden"), ()),
        ("cell", ("cell",), ("hidden",)),
        ("hidden", ("hidden",), ("cell",)),
    ],
)
def test_a_state_that_is_wiped_is_zero_and_all_before_is_as_it_was(decoder, part, gone, kept):
    whole = list(ticks(decoder, annotated(3)))
    wiped = list(ticks(decoder, annotated(3), 2, part))
    assert told(wiped[:2]) == [(tick.word, tick.probability) for tick in whole[:2]]
    assert [tick.wiped for tick in wiped] == [step == 2 for step in range(len(wiped))]
    for name in gone:
        assert getattr(wiped[2], f"{name}_before").abs().max() == 0
        assert getattr(whole[2], f"{name}_before").abs().max() > 0
    for name in kept:
        torch.testing.assert_close(getattr(wiped[2], f"{name}_before"), getattr(wiped[1], name))
    assert wiped[2].probability != pytest.approx(whole[2].probability, rel=1e-3)


def test_what_cannot_be_wiped_is_refused(decoder):
    for step in (-1, 7, 1.5, True):
        with pytest.raises(InputError, match="state is set to zero is"):
            next(ticks(decoder, annotated(0), step))
    with pytest.raises(InputError, match="part of the state"):
        next(ticks(decoder, annotated(0), 1, "gates"))
