"""Distances between sets of features, against formulas with a known answer."""

import pytest
import torch

from models.training import distances


def gaussian(count, dimensions, mean, scale, seed):
    generator = torch.Generator().manual_seed(seed)
    return mean + scale * torch.randn(count, dimensions, generator=generator)


def test_the_frechet_distance_of_two_known_gaussians():
    """Between N(0, 1) and N(m, s^2) in D dimensions it is D (m^2 + (1 - s)^2)."""
    real, made = gaussian(20_000, 4, 0.0, 1.0, 0), gaussian(20_000, 4, 1.0, 2.0, 1)
    assert distances.frechet_distance(real, made) == pytest.approx(8, rel=0.05)
    assert distances.frechet_distance(real, real) == pytest.approx(0, abs=1e-6)


def test_the_kernel_distance_is_unbiased_and_grows():
    real = gaussian(500, 8, 0.0, 1.0, 0)
    same = [distances.kernel_distance(real, gaussian(500, 8, 0.0, 1.0, s)) for s in range(1, 9)]
    near, far = (distances.kernel_distance(real, gaussian(500, 8, m, 1.0, 9)) for m in (0.5, 1.0))
    assert min(same) < 0 < max(same)
    assert max(same) < near < far


def test_copies_are_found_and_new_ones_are_not():
    training, held_back = gaussian(1000, 8, 0, 1, 0), gaussian(300, 8, 0, 1, 1)
    new = gaussian(300, 8, 0, 1, 2)
    assert distances.memorised_share(training[:50] + 1e-3, training, held_back) == 1.0
    assert distances.memorised_share(new, training, held_back) < 0.05


class ElsewhereTensor(torch.Tensor):
    """Features on a device that has no float64, as Apple's GPUs are."""

    def double(self):
        raise TypeError("Cannot convert a MPS Tensor to float64 dtype")

    def cpu(self):
        return self.as_subclass(torch.Tensor)


@pytest.mark.parametrize("distance", [distances.frechet_distance, distances.kernel_distance])
def test_features_may_be_on_any_device(distance):
    real, made = gaussian(50, 4, 0, 1, 0), gaussian(40, 4, 1, 2, 1)
    elsewhere = (features.as_subclass(ElsewhereTensor) for features in (real, made))
    assert distance(*elsewhere) == distance(real, made)
