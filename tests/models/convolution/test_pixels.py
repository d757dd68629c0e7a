import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from models.convolution.pixels import MOST, Place, numbers, planes
from models.core.errors import InputError

SHARE = st.floats(0, 1)
SIZE = st.integers(1, 500)


def noise(width: int = 20, height: int = 10) -> Image.Image:
    generator = np.random.default_rng(0)
    return Image.fromarray(generator.integers(0, 256, (height, width, 3), np.uint8))


@given(SHARE, SHARE, st.floats(0, 1, exclude_min=True), SIZE, SIZE)
def test_a_window_is_never_empty_and_always_inside(x, y, span, height, width):
    for window, size in zip(Place(x, y, span).window(height, width), (height, width), strict=True):
        assert 0 <= window.start < window.stop <= size
        assert window.stop - window.start == max(1, round(span * size))


def test_numbers_are_the_pictures_own():
    picture = noise()
    part = numbers(picture, "colour", Place(0.5, 0.5, 0.2))
    rows = slice(part["rows"][0], part["rows"][1] + 1)
    columns = slice(part["columns"][0], part["columns"][1] + 1)
    for i, name in enumerate("RGB"):
        assert part["planes"][name] == np.asarray(picture)[rows, columns, i].tolist()
    assert part["picture"]["numbers"] == 20 * 10 * 3


def test_grey_is_pillows_luma_within_half_a_step_of_rec_601():
    picture = noise(64, 64)
    exact = np.asarray(picture) @ (0.299, 0.587, 0.114)
    assert np.abs(planes(picture, "grey")["grey"] - exact).max() <= 0.51


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "a place is"),
        ({"x": 0, "y": 0}, "a place is"),
        ({"x": "a", "y": 0, "span": 1}, "x of the place is 'a'"),
        ({"x": True, "y": 0, "span": 1}, "x of the place"),
        ({"x": float("nan"), "y": 0, "span": 1}, "not a share"),
        ({"x": 2, "y": 0, "span": 1}, "not a share"),
        ({"x": 10**400, "y": 0, "span": 1}, "x of the place is 10{19}, not a share"),
        ({"x": 0, "y": -(10**400), "span": 1}, "not a share"),
        ({"x": 0, "y": 0, "span": float("inf")}, "not a share"),
        ({"x": 0, "y": 0, "span": 0}, "no size"),
    ],
)
def test_what_is_no_place_is_refused(data, words):
    with pytest.raises(InputError, match=words):
        Place.from_data(data)


def test_too_large_a_part_and_an_unknown_look_are_refused():
    with pytest.raises(InputError, match=f"at most {MOST} × {MOST}"):
        numbers(noise(MOST + 1, 3), "grey", Place())
    with pytest.raises(InputError, match=r"'sepia' is not known; .* colour, planes, grey"):
        numbers(noise(), "sepia", Place())
