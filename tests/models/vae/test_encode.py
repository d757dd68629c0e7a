"""Encoding with nothing hidden: posterior, noise and costs against torch.distributions."""

import pytest
import torch
from torch import distributions

from models.core.errors import InputError
from models.vae import digits, points
from models.vae.encode import cost, encode
from models.vae.inspection import active, inspect
from models.vae.network import reparameterise
from models.vae.shipped import DIGITS, PLANES, autoencoder

VARIATIONAL = [name for name in DIGITS if name != "digits_2d_autoencoder"]


@pytest.fixture(scope="module")
def pictures() -> torch.Tensor:
    return digits.held_back().images[:20] / 255


def test_many_pictures_are_encoded_in_parts_and_to_the_same_place():
    network, pictures = autoencoder("digits_2d"), digits.held_back().images[:230] / 255
    with torch.no_grad():
        mean, log_variance = network.encode(pictures)
    found = encode(network, pictures)
    torch.testing.assert_close(found.mean, mean)
    torch.testing.assert_close(found.log_variance, log_variance)


@pytest.mark.parametrize("name", VARIATIONAL)
def test_kl_of_a_shipped_posterior_is_torch_distributions(name, pictures):
    network = autoencoder(name)
    posterior = encode(network, pictures)
    gaussian = distributions.Normal(posterior.mean, posterior.deviation)
    expected = distributions.kl_divergence(gaussian, distributions.Normal(0.0, 1.0))
    found = cost(network, pictures, posterior, posterior.mean).kl
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", DIGITS)
def test_an_inspection_is_the_network_s_own_pass(name, pictures):
    network, picture = autoencoder(name), pictures[3:4]
    noise = points.drawn(network.config.latent, 1, 5)
    found = inspect(network, picture, noise)
    with torch.no_grad():
        logits, mean, log_variance = network(picture, noise)
    torch.testing.assert_close(found.latent, reparameterise(mean, log_variance, noise))
    torch.testing.assert_close(found.image, logits.sigmoid())
    likelihood = distributions.ContinuousBernoulli(logits=logits)
    bernoulli = likelihood.log_prob(picture) - likelihood._cont_bern_log_norm()
    assert found.reconstruction == pytest.approx(-bernoulli.sum().item(), rel=1e-4)
    terms = found.reconstruction + (0 if found.kl is None else found.kl.sum().item())
    assert found.loss() == pytest.approx(terms)
    weighed = found.reconstruction + (0 if found.kl is None else 4 * found.kl.sum().item())
    assert found.loss(4.0) == pytest.approx(weighed)


def test_the_plain_autoencoder_s_gaussian_is_a_point(pictures):
    found = inspect(autoencoder("digits_2d_autoencoder"), pictures[:1], torch.ones(1, 2))
    assert found.deviation.tolist() == [[0, 0]]
    assert torch.equal(found.latent, found.mean)
    assert found.kl is None
    assert found.loss(4.0) == found.reconstruction


def test_noise_is_held_while_mean_and_deviation_move(pictures):
    network, noise = autoencoder("digits_2d"), torch.tensor([[1.5, -0.5]])
    mean, deviation = torch.tensor([[0.2, 1.0]]), torch.tensor([[0.5, 2.0]])
    found = inspect(network, pictures[:1], noise, mean, deviation)
    torch.testing.assert_close(found.latent, torch.tensor([[0.95, 0.0]]))
    expected = distributions.kl_divergence(
        distributions.Normal(mean, deviation), distributions.Normal(0.0, 1.0)
    )
    torch.testing.assert_close(found.kl, expected[0])
    wider = inspect(network, pictures[:1], noise, None, deviation)
    assert torch.equal(wider.mean, encode(network, pictures[:1]).mean)


@pytest.mark.parametrize(
    ("deviation", "words"), [([[-0.1, 1.0]], "not below 0"), ([[0.0, 1.0]], "infinite KL")]
)
def test_impossible_deviations_are_refused(deviation, words, pictures):
    with pytest.raises(InputError, match=words):
        inspect(
            autoencoder("digits_2d"), pictures[:1], torch.zeros(1, 2), None, torch.tensor(deviation)
        )


def test_three_of_sixteen_dimensions_have_collapsed():
    assert sum(active("digits_16d")) == 13
    assert all(all(active(name)) for name in PLANES)
    network = autoencoder("digits_16d")
    held_back = digits.held_back().images / 255
    posterior = encode(network, held_back)
    kl = cost(network, held_back, posterior, posterior.mean).kl.mean(0)
    gone = ~torch.tensor(active("digits_16d"))
    assert kl[gone].max() < 0.05 < kl[~gone].min()


def test_deviations_grow_with_beta():
    held_back = digits.held_back().images / 255
    names = ("digits_2d_autoencoder", "digits_2d_beta_tenth", "digits_2d", "digits_2d_beta_four")
    means = [encode(autoencoder(name), held_back).deviation.mean().item() for name in names]
    assert means[0] == 0
    assert means == sorted(means)


def test_an_example_is_one_of_the_held_back():
    known = digits.held_back()
    for label, number in ((0, 0), (7, 99)):
        found = digits.example(label, number)
        where = (known.images / 255 == found).flatten(1).all(1).nonzero().flatten()
        assert label in known.labels[where].tolist()


@pytest.mark.parametrize(
    ("label", "number", "words"),
    [
        (10, 0, "from 0 to 9"), (-1, 0, "from 0 to 9"), ("3", 0, "from 0 to 9"),
        (3, 100, "100 of the digit 3"), (3, 0.5, "0 to 99"), (3, float("nan"), "0 to 99"),
    ],
)  # fmt: skip
def test_examples_that_are_none_are_refused(label, number, words):
    with pytest.raises(InputError, match=words):
        digits.example(label, number)
