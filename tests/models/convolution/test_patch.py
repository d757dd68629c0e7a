"""A patch of a photo: Pillow's own greys, from where it was asked for."""

import numpy as np
import pytest
from PIL import Image

from models.convolution.patch import Patch
from models.core.errors import InputError


def picture(width: int = 40, height: int = 30) -> Image.Image:
    noise = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(noise)


@pytest.mark.parametrize(
    ("x", "y", "left", "top"), [(0, 0, 0, 0), (100, 100, 32, 22), (50, 25, 16, 6)]
)
def test_the_numbers_are_the_photos(x: int, y: int, left: int, top: int):
    grey = np.asarray(picture().convert("L"))
    found = Patch(x, y, 8).values(picture())
    assert np.array_equal(found, grey[top : top + 8, left : left + 8])


def test_a_small_photo_gives_what_it_has():
    found = Patch(70, 70, 12).values(picture(5, 4))
    assert np.array_equal(found, np.asarray(picture(5, 4).convert("L")))


def test_a_click_puts_the_patch_around_it():
    assert Patch.around((200, 150), (400, 300), (40, 30), 8) == Patch(50, 50, 8)
    assert Patch.around((0, 299), (400, 300), (40, 30), 8) == Patch(0, 100, 8)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((0, 0, 2), "Patch size is 2, but must be a whole number from 3 to 12"),
        ((101, 0, 5), "X is 101, but must be a number from 0 to 100"),
        ((0, "top", 5), "Y is top"),
        ((True, 0, 5), "X is True"),
    ],
)
def test_a_patch_that_cannot_be_is_refused(values: tuple, words: str):
    with pytest.raises(InputError, match=words):
        Patch(*values)
