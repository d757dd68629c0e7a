"""SLIDES 9, at length: with global pooling the answer never changes, with less of it it does."""

import pytest
import torch
from torch.nn import functional as F

from models.convolution.journey import MOST, POOLINGS, START, journey, pool, scores, templates
from models.convolution.translation import SHAPES, feature_maps, picture, shift
from models.core.errors import InputError


@pytest.mark.parametrize("shape", SHAPES)
def test_the_answer_stays_with_global_pooling(shape):
    stops = list(journey(shape, MOST, MOST, "global"))
    assert [stop.answer for stop in stops] == [shape] * (MOST + 1)
    inside = stops[: MOST - 1]  # two pixels from the border, where no filter is cut
    assert all(torch.allclose(stop.scores, stops[0].scores, atol=1e-6) for stop in inside)
    assert all(stop.difference < 1e-6 for stop in stops)


def test_the_more_pooling_the_longer_the_answer_stays():
    def kept(pooling):
        answers = [stop.answer for stop in journey("corner", 4, 3, pooling)]
        return next((at for at, answer in enumerate(answers) if answer != "corner"), 5)

    assert [kept(pooling) for pooling in POOLINGS] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("pooling", POOLINGS[:-1])
def test_every_shape_is_known_at_the_start(pooling):
    for shape in SHAPES:
        first = next(journey(shape, 1, 0, pooling))
        assert first.answer == shape
        assert float(first.scores.max()) == pytest.approx(1, abs=1e-5)


def test_scores_are_torchs_cosine():
    pooled = pool(feature_maps(shift(picture("tee", 16, START, START), 2, 1)), "2x2")
    learned = templates("2x2")
    expected = F.cosine_similarity(pooled.flatten()[None], learned)
    assert torch.allclose(scores(pooled, "2x2"), expected, atol=1e-6)


def test_nothing_in_common_is_no_answer():
    *_, last = journey("plus", MOST, MOST, "none")
    assert (last.answer, float(last.scores.max())) == ("", 0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("plus", 0, 0), "does not move"),
        (("plus", 10, 0), "Move to the right is 10"),
        (("heart", 1, 0), "Shape 'heart'"),
        (("plus", 1, 0, "3x3"), "Pooling '3x3'"),
    ],
)
def test_what_cannot_be(arguments, words):
    with pytest.raises(InputError, match=words):
        next(journey(*arguments))
