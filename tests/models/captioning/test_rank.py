"""Scores of given captions against `score`, one by one."""

import math
from dataclasses import replace

import pytest
import torch

from models.captioning.caption import annotate, score
from models.captioning.rank import ranked
from models.core.errors import InputError
from tests.models.captioning.tiny import BOTH, LSTM, captioner

CAPTIONS = ("a black dog runs", "Sand!", "a dog runs on a dog", "sand")


@pytest.fixture
def annotations():
    generator = torch.Generator().manual_seed(4)
    return annotate(captioner(), torch.rand(1, 3, 48, 48, generator=generator))


@BOTH
def test_captions_are_scored_together_as_one_by_one(decoder, annotations):
    found = ranked(decoder, annotations, CAPTIONS)
    for caption, made in zip(CAPTIONS, found, strict=True):
        words = score(decoder, annotations, caption)
        assert made.words == tuple(word.word for word in words)
        assert made.log_probability == pytest.approx(words[-1].log_probability, abs=1e-4)
        for log_p, likeliest, word in zip(
            made.log_probabilities, made.likeliest, words, strict=True
        ):
            assert math.exp(log_p) == pytest.approx(word.probability, rel=1e-4)
            assert likeliest == (
                word.alternatives[0][0],
                pytest.approx(word.alternatives[0][1], rel=1e-4),
            )
        mean = sum(made.log_probabilities) / len(words)
        assert made.perplexity == pytest.approx(math.exp(-mean))
    order = sorted(found, key=lambda one: one.rank)
    assert [one.log_probability for one in order] == sorted(
        (one.log_probability for one in found), reverse=True
    )
    assert found[1].caption == found[3].caption == "sand"
    assert found[1].rank == found[3].rank
    assert sorted(one.rank for one in found) in ([1, 1, 3, 4], [1, 2, 2, 4], [1, 2, 3, 3])


@BOTH
def test_the_same_words_are_as_probable_in_any_row_of_a_batch(decoder, annotations, monkeypatch):
    """Rows of a batch differ by noise, here by much of it."""
    decode = decoder.decode

    def noisy(words, memory, state):
        decoded = decode(words, memory, state)
        rows, _, size = decoded.logits.shape
        noise = torch.arange(rows)[:, None, None] * torch.arange(size)
        return replace(decoded, logits=decoded.logits + 0.01 * noise)

    monkeypatch.setattr(decoder, "decode", noisy)
    _, one, two, other = ranked(decoder, annotations, ("a dog", "sand", "Sand!", "a dog runs"))
    assert one == two
    assert other.caption == "a dog runs"
    assert other.log_probability != one.log_probability


@LSTM
def test_what_cannot_be_scored_is_refused(decoder, annotations):
    for captions, words in [
        ((), "no caption"),
        (("a dog", " "), "no words"),
        (("a zebra",), "'zebra'"),
        (("a dog " * 4,), "has 8 words"),
    ]:
        with pytest.raises(InputError, match=words):
            ranked(decoder, annotations, captions)
