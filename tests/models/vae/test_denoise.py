"""Denoising: PSNR against torchmetrics, noise by seed, and what the shipped network can do."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torchmetrics.functional.image import peak_signal_noise_ratio

from models.core.errors import InputError
from models.core.metrics import psnr
from models.vae import digits
from models.vae.denoise import LEVELS, denoise, noised
from models.vae.shipped import DENOISING, autoencoder


@given(st.integers(0, 10_000), st.floats(0.01, 1))
def test_psnr_is_torchmetrics(seed, spread):
    generator = torch.Generator().manual_seed(seed)
    target = torch.rand(3, 1, 6, 5, generator=generator)
    made = (target + spread * torch.randn(target.shape, generator=generator)).clamp(0, 1)
    expected = peak_signal_noise_ratio(
        made, target, data_range=1.0, reduction="none", dim=(1, 2, 3)
    )
    torch.testing.assert_close(psnr(made, target), expected, rtol=1e-4, atol=1e-4)


def test_psnr_of_equal_pictures_is_infinite():
    picture = torch.rand(2, 1, 4, 4)
    assert torch.isinf(psnr(picture, picture)).all()


def test_levels_share_their_noise():
    image = torch.full((1, 1, 28, 28), 0.5)
    network = autoencoder(DENOISING)
    faint, double = denoise(network, image, (0.05, 0.1), seed=3)
    eps = torch.randn(image.shape, generator=torch.Generator().manual_seed(3))
    inside = eps.abs() < 4  # at these levels nothing there is cut off
    torch.testing.assert_close((faint.noisy - image)[inside], 0.05 * eps[inside])
    torch.testing.assert_close((double.noisy - image)[inside], 0.1 * eps[inside])


def test_the_same_seed_is_the_same_picture_and_alone_as_together():
    image, network = digits.example(3, 1), autoencoder(DENOISING)
    together = denoise(network, image, LEVELS, seed=5)
    (alone,) = denoise(network, image, (0.5,), seed=5)
    same = together[LEVELS.index(0.5)]
    assert torch.equal(alone.noisy, same.noisy)
    torch.testing.assert_close(alone.clean, same.clean)
    assert torch.equal(alone.noisy, noised(image, 0.5, torch.Generator().manual_seed(5)))
    assert not torch.equal(alone.noisy, denoise(network, image, (0.5,), seed=6)[0].noisy)


def test_it_helps_where_it_was_trained_and_not_where_there_is_hardly_noise():
    network = autoencoder(DENOISING)
    pictures = [digits.example(label, number) for label in range(10) for number in range(5)]
    gains = []
    for level in (0.05, 0.5):
        made = [denoise(network, picture, (level,), seed=0)[0] for picture in pictures]
        gains.append(sum(one.after - one.before for one in made) / len(made))
    assert gains[0] < 0 < 5 < gains[1]


@pytest.mark.parametrize("level", [-0.1, 1.1, float("nan"), "0.5", None, True])
def test_a_level_that_is_none_is_refused(level):
    with pytest.raises(InputError, match=r"noise level .* must be a number from 0 to 1"):
        denoise(autoencoder(DENOISING), digits.example(3, 1), (level,), seed=0)


@pytest.mark.parametrize("seed", [-1, 0.5, 2**31, float("nan"), "x", None])
def test_a_seed_that_is_none_is_refused(seed):
    with pytest.raises(InputError, match="seed"):
        denoise(autoencoder(DENOISING), digits.example(3, 1), (0.5,), seed=seed)
