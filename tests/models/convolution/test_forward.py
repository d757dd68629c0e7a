"""A layer of several filters against `F.conv2d`, and what the page needs to show it."""

import pytest
import torch
from torch.nn import functional as F

from models.convolution.activations import ACTIVATIONS
from models.convolution.forward import BESIDE, Window, colour_limits, forward, windows
from models.convolution.kernels import Kernel
from models.convolution.layer import LayerSettings, Stage
from models.convolution.presets import preset
from models.core.errors import InputError

SOBEL = preset("Sobel x")


def photo(channels: int = 3) -> torch.Tensor:
    return torch.rand(1, channels, 12, 10, generator=torch.Generator().manual_seed(0))


def stage(name: str, magnitude: float) -> Stage:
    return Stage(name, torch.zeros(1, 1, 1, 1), -magnitude, 0.0)


@pytest.mark.parametrize("channels", [1, 3])
def test_the_maps_of_all_filters_are_conv2ds(channels: int):
    settings = LayerSettings(padding="same", activation="ReLU", pooling="max")
    image = photo(channels)
    run = forward(image, SOBEL, 4, settings)
    found = {station.stage.name: station.stage for station in run.stations}
    weights = torch.stack(
        [
            torch.tensor(each.channels if channels == 3 else (1.0,))[:, None, None]
            * each.kernel.tensor()
            for each in run.filters
        ]
    )  # 4 C 3 3
    maps = F.conv2d(image, weights, padding=1)
    assert torch.allclose(found["feature map"].tensor, maps, atol=1e-5)
    assert torch.allclose(found["pooled"].tensor, F.max_pool2d(F.relu(maps), 2), atol=1e-5)
    assert found["feature map"].minimum == float(found["feature map"].tensor.min())


def test_the_first_two_stations_are_the_picture_untinted():
    image = photo()
    run = forward(image, SOBEL, 5, LayerSettings(padding=2, padding_mode="reflect"))
    first, second = (station.stage.tensor for station in run.stations[:2])
    assert torch.equal(first, image)
    assert torch.equal(second, F.pad(image, (2, 2, 2, 2), mode="reflect"))
    assert [station.limit for station in run.stations[:2]] == [None, None]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_cost_counts_both_kernels_of_maxout(name: str):
    settings = LayerSettings(activation=name, pooling="none")
    run = forward(photo(), SOBEL, 2, settings, second=SOBEL)
    kernels = 2 if name == "maxout" else 1
    assert settings.kernels_per_filter == kernels
    assert run.cost.convolution == kernels * 2 * (3 * 3 * 3 + 1)
    assert ("second feature map" in [each.stage.name for each in run.stations]) == (kernels == 2)
    assert sum(run.response.counts) == run.stations[-1].stage.tensor.numel()


def test_windows_say_where_a_cell_looks():
    kernel = Kernel(((1,) * 5,) * 5)
    settings = LayerSettings(stride=2, dilation=3, padding="same", pool_size=3, pool_stride=1)
    seen = windows(kernel, settings)
    assert seen["padded"] == Window(offset=(6, 6))
    assert seen["feature map"] == seen["second feature map"] == Window((5, 5), 2, 3)
    assert seen["pooled"] == Window((3, 3), 1)
    run = forward(torch.ones(1, 1, 13, 13), kernel, 1, settings)
    activation = next(each for each in run.stations if each.stage.name == "activation")
    assert activation.window == Window()  # a number sees the one in its place


def test_a_window_holds_exactly_the_numbers_that_reach_a_cell():
    settings = LayerSettings(stride=2, dilation=2, pooling="none", activation="identity")
    kernel = Kernel(((1,) * 3,) * 3)
    image = torch.zeros(1, 1, 11, 11, requires_grad=True)
    window = windows(kernel, settings)["feature map"]
    F.conv2d(image, kernel.tensor()[None, None], stride=2, dilation=2)[0, 0, 1, 2].backward()
    rows, columns = (
        [at * window.stride + i * window.dilation - window.offset[axis] for i in range(size)]
        for axis, (at, size) in enumerate(zip((1, 2), window.size, strict=True))
    )
    expected = {(row, column) for row in rows for column in columns}
    assert {tuple(at) for at in image.grad[0, 0].nonzero().tolist()} == expected


def test_near_magnitudes_share_their_colours_and_far_ones_do_not():
    near = [stage("feature map", 2.0), stage("activation", 1.0), stage("pooled", 0.6)]
    assert colour_limits(near) == {"feature map": 2.0, "activation": 2.0, "pooled": 2.0}
    far = [stage("feature map", 2.0), stage("activation", 0.9 * 2.0 / BESIDE)]
    assert colour_limits(far) == {"feature map": 2.0, "activation": 0.45}


def test_what_no_layer_can_have_is_refused():
    with pytest.raises(InputError, match="Filters is 9"):
        forward(photo(), SOBEL, 9, LayerSettings())
    with pytest.raises(InputError, match="give a second kernel"):
        forward(photo(), SOBEL, 1, LayerSettings(activation="maxout"))
