"""SLIDES 9: the maps shift with the input, the answer stays."""

import itertools
from dataclasses import dataclass

import pytest
import torch
from torch.nn import functional as F

from models.convolution import slides
from models.convolution.translation import (
    SHAPES,
    feature_maps,
    filters,
    picture,
    shift,
)
from models.core.errors import InputError


@dataclass(frozen=True, eq=False)
class Translated:
    """The same little network on a picture and on the picture shifted by (dx, dy).

    images: before, after, each 1 1 H W in [0, 1]. maps: 1 5 H W after ReLU, one per shape.
    scores: one number per shape, 5. expected: the first maps, shifted by (dx, dy).
    difference: the largest |maps after - expected|; 0 while the shape stays 2 pixels or more from
    the border, before and after, so that no filter sees the edge cut it.
    """

    images: tuple[torch.Tensor, torch.Tensor]
    maps: tuple[torch.Tensor, torch.Tensor]
    scores: tuple[torch.Tensor, torch.Tensor]
    answers: tuple[str, str]
    expected: torch.Tensor
    difference: float


@torch.no_grad()
def translate(image: torch.Tensor, dx: int, dy: int) -> Translated:
    """Look at `image` (1 1 H W) before and after a shift, in pixels, right and down."""
    moved = shift(image, dx, dy)
    maps = (feature_maps(image), feature_maps(moved))
    scores = tuple(each.amax((2, 3))[0] for each in maps)
    expected = shift(maps[0], dx, dy)
    return Translated(
        images=(image, moved),
        maps=maps,
        scores=scores,
        answers=tuple(SHAPES[int(each.argmax())] for each in scores),
        expected=expected,
        difference=float((maps[1] - expected).abs().max()),
    )


def test_filters_are_centred_and_of_length_one():
    bank = filters().flatten(1)
    assert torch.allclose(bank.sum(1), torch.zeros(5), atol=1e-6)
    assert torch.allclose(bank.norm(dim=1), torch.ones(5), atol=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_known_wherever_it_lies(shape):
    image = picture(shape)
    for dx, dy in itertools.product(range(0, 8, 2), range(0, 8, 3)):
        found = translate(image, dx, dy)
        assert found.answers == (shape, shape)
        assert found.difference < 1e-6
        assert torch.allclose(found.maps[1], found.expected, atol=1e-6)
        assert torch.allclose(*found.scores, atol=1e-6)
    scores = translate(image, 0, 0).scores[0].sort(descending=True).values
    assert scores[0] - scores[1] > 0.3  # by a clear margin


def test_slides_9():
    image = picture(slides.TRANSLATION_SHAPE, slides.TRANSLATION_SIZE)
    found = translate(image, *slides.TRANSLATION_SHIFT)
    assert not torch.equal(*found.images)
    assert not torch.equal(*found.maps)
    assert found.answers == ("plus", "plus")
    assert found.images[1].nonzero().amin(0).tolist() == [0, 0, 5, 6]


def test_feature_maps_are_torchs():
    image = torch.rand(1, 1, 9, 11, generator=torch.Generator().manual_seed(0))
    padded = F.pad(image, (2, 2, 2, 2)).unfold(2, 5, 1).unfold(3, 5, 1)[0, 0]
    expected = torch.einsum("hwij,kij->khw", padded, filters()[:, 0]).clamp(min=0)
    assert torch.allclose(feature_maps(image)[0], expected, atol=1e-5)


def test_shift_brings_zeros_in():
    image = torch.arange(1.0, 10).reshape(1, 1, 3, 3)
    assert shift(image, 1, 0)[0, 0].tolist() == [[0, 1, 2], [0, 4, 5], [0, 7, 8]]
    assert shift(image, 0, -2)[0, 0].tolist() == [[7, 8, 9], [0, 0, 0], [0, 0, 0]]


def test_nonsense_is_refused():
    with pytest.raises(InputError, match="Shift to the right is 16, but must be a whole number"):
        translate(picture("plus"), 16, 0)
    with pytest.raises(InputError, match=r"Shift down is 0\.5"):
        translate(picture("plus"), 0, 0.5)
    with pytest.raises(InputError, match="Shape 'star' is not known; choose one of plus"):
        picture("star")
    with pytest.raises(InputError, match="The shape does not fit at row 12, column 2"):
        picture("plus", 16, 12)
