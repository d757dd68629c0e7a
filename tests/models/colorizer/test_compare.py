"""Painters compared on one picture, squares of a photo, and the quiz's questions."""

import math
from collections import Counter

import pytest
import torch

from models.colorizer import measures, quiz, shipped
from models.colorizer.colorize import colorize
from models.colorizer.compare import compare
from models.colorizer.square import square
from models.core.errors import InputError
from models.core.images import squeezed


def test_each_painting_is_measured_against_the_truth():
    truth = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    networks = {name: shipped.colorizer(name) for name in ("cifar_l1", "cifar_gan")}
    found = compare(networks, truth)
    assert list(found) == ["grey", "cifar_l1", "cifar_gan", "truth"]
    for name, network in networks.items():
        made = colorize(network, truth)
        torch.testing.assert_close(found[name].image, made.image)
        torch.testing.assert_close(found["grey"].image, made.grey)
    for one in found.values():
        assert one.ab_error == pytest.approx(measures.ab_error(one.image, truth).item())
        assert one.psnr == pytest.approx(measures.signal_to_noise(one.image, truth).item())
        assert one.ciede2000 == measures.mean_ciede2000(one.image, truth).item()
        assert one.colourfulness == measures.colourfulness(one.image).item()
    assert found["grey"].colourfulness < 0.1
    perfect = found["truth"]
    assert (perfect.psnr, perfect.ab_error, perfect.ciede2000) == (120, 0, 0)
    assert perfect.ssim == pytest.approx(1, abs=1e-6)


def test_a_square_is_the_part_of_the_photo_that_it_says():
    image = torch.rand(1, 3, 60, 100)
    assert torch.equal(square(image, 60), image[..., 20:80])
    assert torch.equal(square(image, 32), squeezed(image[..., 20:80], 32))
    assert torch.equal(square(image, 30, 2, 0, 0), image[..., :30, :30])
    assert torch.equal(square(image, 30, 2, 1, 1), image[..., 30:, 70:])
    assert square(torch.rand(1, 3, 1, 5000), 32).shape == (1, 3, 32, 32)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ((0.5, 0.5, 0.5), "zoom is 0.5"),
        ((math.nan, 0.5, 0.5), "zoom is nan"),
        ((1, 1.5, 0.5), "x is 1.5"),
        ((1, 0.5, -1), "y is -1"),
        ((1, "left", 0.5), "x is left"),
    ],
)
def test_a_square_outside_is_refused(place, words):
    with pytest.raises(InputError, match=words):
        square(torch.rand(1, 3, 40, 40), 32, *place)


def test_questions_are_the_same_whenever_they_are_asked_for():
    first = [quiz.question(5, number, 4) for number in range(1, 41)]
    again = [quiz.question(5, number, 4) for number in range(40, 0, -1)][::-1]
    assert first == again
    assert first != [quiz.question(6, number, 4) for number in range(1, 41)]
    assert len({(one.zoom, one.x, one.y) for one in first}) == 40


def test_every_picture_comes_once_before_one_comes_again():
    for start in (1, 5, 997 - 12):
        found = [quiz.question(3, start // 4 * 4 + number, 4).picture for number in range(1, 5)]
        assert sorted(found) == [0, 1, 2, 3]


def test_the_order_is_a_fair_coin_and_squares_lie_inside():
    found = [quiz.question(seed, number, 3) for seed in range(40) for number in range(1, 26)]
    heads = Counter(one.real_first for one in found)[True]
    assert heads / len(found) == pytest.approx(0.5, abs=0.05)
    for one in found:
        assert 1 <= one.zoom <= quiz.CLOSEST
        assert 0 <= one.x <= 1
        assert 0 <= one.y <= 1
        assert 0 <= one.picture < 3


@pytest.mark.parametrize(
    ("seed", "number", "words"),
    [(-1, 1, "seed is -1"), (0, 0, "number is 0"), (0.5, 1, "seed is 0.5"), (0, 1000, "1000")],
)
def test_questions_that_there_are_not_are_refused(seed, number, words):
    with pytest.raises(InputError, match=words):
        quiz.question(seed, number, 3)
