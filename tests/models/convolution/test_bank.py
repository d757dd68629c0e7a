"""The bank of filters, and an activation's response, against torch."""

import pytest
import torch
from torch.nn import functional as F

from models.convolution.activations import ACTIVATIONS, activate
from models.convolution.bank import bank
from models.convolution.kernels import Kernel
from models.convolution.layer import LayerSettings, stages
from models.convolution.response import BINS, response
from models.core.errors import InputError


@pytest.mark.parametrize("size", [1, 3, 5, 7])
def test_a_tinted_picture_under_a_kernel_is_conv2d(size):
    image = torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(size))
    first = Kernel(tuple((1.0,) * size for _ in range(size)), bias=0.5)
    chosen = bank(first, 8)
    weights = torch.stack(
        [torch.tensor(f.channels)[:, None, None] * f.kernel.tensor() for f in chosen]
    )  # 8 3 K K
    expected = F.conv2d(image, weights, torch.tensor([f.kernel.bias for f in chosen]))
    settings = LayerSettings(activation="identity", pooling="none")
    got = [list(stages(f.tinted(image), f.kernel, settings))[2].tensor for f in chosen]
    assert torch.allclose(torch.cat(got, 1), expected, atol=1e-5)
    assert len({f.name for f in chosen}) == 8


def test_a_bank_has_one_to_eight_filters():
    for count in (0, 9):
        with pytest.raises(InputError, match=f"Filters is {count}"):
            bank(Kernel(((1,),)), count)


@pytest.mark.parametrize("name", ACTIVATIONS[:-1])
def test_every_number_is_counted_once_and_lies_on_the_curve(name):
    before = torch.linspace(-20, 80, 101)[None, None, None]
    after = activate(name, before)
    found = response(name, before, after)
    assert sum(found.counts) == 101
    assert len(found.counts) == BINS
    assert found.low < 0 < found.high
    assert found.points[0] == (-20, pytest.approx(float(after.flatten()[0])))
    x = torch.tensor(found.x)
    assert torch.allclose(torch.tensor(found.y), activate(name, x), atol=1e-4)
    assert found.negative == pytest.approx(20 / 101)


def test_the_numbers_of_maxout_lie_on_its_curve_or_above_that_of_its_first_kernel():
    before = torch.linspace(-20, 80, 101)[None, None, None]
    example = response("maxout", before, activate("maxout", before, -0.5 * before))
    assert not example.partial
    assert torch.allclose(
        torch.tensor(example.y),
        torch.tensor(example.x).clamp(min=0) - 0.5 * torch.tensor(example.x).clamp(max=0),
        atol=1e-4,
    )
    found = response("maxout", before, activate("maxout", before, before.flip(-1) + 30))
    assert found.partial
    assert found.x == found.y
    assert all(after >= first for first, after in found.points)
    assert found.high >= max(after for _, after in found.points)


def test_a_map_of_zeros_has_a_curve_too():
    zeros = torch.zeros(1, 1, 2, 2)
    found = response("ReLU", zeros, zeros)
    assert (found.low, found.high) == (-0.25, 0.25)
