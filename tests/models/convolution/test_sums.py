"""The sum behind one pixel, against the convolution of the whole picture."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.convolution.convolve import Settings, convolve
from models.convolution.kernels import Kernel
from models.convolution.presets import preset
from models.convolution.sums import pixel_sum
from models.core.errors import InputError
from tests.models.convolution.test_convolve import cases, photo

places = st.floats(0, 1)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(cases(), places, places)
def test_a_pixel_is_the_sum_of_its_products(case, x, y):
    image, kernel, config = case
    try:
        result = convolve(image, kernel, config).result
    except InputError:
        with pytest.raises(InputError):
            pixel_sum(image, kernel, x, y, config)
        return
    found = pixel_sum(image, kernel, x, y, config)
    assert (found.rows, found.columns) == tuple(result.shape[-2:])
    assert 0 <= x * found.columns - found.column <= 1
    assert 0 <= y * found.rows - found.row <= 1
    exact = torch.tensor(found.totals, dtype=torch.float64)
    scale = max(1.0, result.abs().max().item())
    assert torch.allclose(
        exact.float(), result[0, :, found.row, found.column], atol=2e-5 * scale, rtol=1e-4
    )
    values, weights = torch.tensor(found.values), torch.tensor(found.weights)
    assert torch.allclose((values * weights).sum((1, 2)) + found.bias, exact.float(), atol=1e-3)


def test_padding_is_told_from_pixels():
    found = pixel_sum(photo(8, 8), preset("Sobel x"), 0, 0, Settings(channels="luminance"))
    assert found.border == ((True, True, True), (True, False, False), (True, False, False))
    assert list(found.values[0][0]) == [0, 0, 0]
    assert (found.window.x, found.window.y) == (-1 / 8, -1 / 8)
    inside = pixel_sum(photo(8, 8), preset("Sobel x"), 0.5, 0.5, Settings(channels="luminance"))
    assert not any(map(any, inside.border))


def test_the_window_lies_where_the_kernel_does():
    sliding = Settings(padding="valid", stride=2, dilation=2)
    found = pixel_sum(photo(20, 40), Kernel(((1.0,) * 3,) * 3), 0.999, 0, sliding)
    assert (found.row, found.column, found.columns) == (0, 17, 18)
    assert (found.window.x, found.window.y) == (34 / 40, 0)
    assert (found.window.width, found.window.height) == (5 / 40, 5 / 20)


@pytest.mark.parametrize("place", [(-0.1, 0), (0, 1.5), (float("nan"), 0), ("x", 0), (True, 0)])
def test_a_place_outside_is_refused(place):
    with pytest.raises(InputError, match=r"The pixel's [xy] is"):
        pixel_sum(photo(8, 8), preset("Sobel x"), *place)
