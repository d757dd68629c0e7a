"""The autoencoders: their terms against torch.distributions, their losses, and their numbers."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import distributions
from torch.nn import functional as F

from models.core import checkpoint
from models.training.command_line import Options
from models.training.loop import make_accelerator, train
from models.vae import evaluate, objective
from models.vae.network import Autoencoder, AutoencoderConfig, reparameterise
from models.vae.train import VARIANTS, AutoencoderTraining, Variant

TINY = AutoencoderConfig(2, channels=(4, 8), squeezed=4, hidden=16)
ENGINE = make_accelerator(torch.device("cpu"))


def test_kl_is_torch_distributions():
    torch.manual_seed(0)
    mean, log_variance = torch.randn(2, 7, 5)
    posterior = distributions.Normal(mean, (0.5 * log_variance).exp())
    expected = distributions.kl_divergence(posterior, distributions.Normal(0.0, 1.0))
    torch.testing.assert_close(objective.kl_divergence(mean, log_variance), expected)


def test_the_likelihood_of_black_and_white_is_torch_distributions():
    torch.manual_seed(0)
    logits = torch.randn(3, 1, 6, 6)
    images = torch.randint(2, logits.shape).float()
    expected = -distributions.Bernoulli(logits=logits).log_prob(images).sum((1, 2, 3))
    torch.testing.assert_close(objective.bernoulli_loss(logits, images), expected)


def test_the_best_loss_of_grey_is_its_entropy():
    grey = torch.full((1, 1, 2, 2), 0.3)
    best = objective.bernoulli_loss(torch.logit(grey), grey)
    torch.testing.assert_close(best, 4 * distributions.Bernoulli(0.3).entropy()[None])


def test_the_edge_loss_prefers_a_shifted_grey_to_a_blurred_edge():
    edge = torch.zeros(1, 1, 8, 8)
    edge[..., 4:] = 1.0
    blurred = F.avg_pool2d(F.pad(edge, (1, 1, 1, 1), mode="replicate"), 3, 1)
    shifted = edge + (blurred - edge).square().mean().sqrt()  # the same error of pixels
    assert objective.edge_loss(edge, edge) == 0
    gaussian = distributions.Normal(edge, objective.PIXEL_DEVIATION)
    likelihood = (gaussian.log_prob(edge) - gaussian.log_prob(shifted)).sum()
    torch.testing.assert_close(objective.edge_loss(shifted, edge), likelihood[None])
    assert objective.edge_loss(shifted, edge) < 0.6 * objective.edge_loss(blurred, edge)


def test_active_dimensions_are_counted():
    means = torch.randn(500, 4, generator=torch.Generator().manual_seed(0))
    assert objective.active_dimensions(means * torch.tensor([1.0, 0.5, 0.05, 0.0])) == 2


def test_reparameterised_points_have_the_posterior_s_moments():
    noise = torch.randn(20_000, 1, generator=torch.Generator().manual_seed(0))
    z = reparameterise(torch.tensor([[3.0]]), torch.tensor([[4.0]]).log(), noise)
    assert z.mean() == pytest.approx(3, abs=0.05)
    assert z.std() == pytest.approx(2, abs=0.05)


def test_a_plain_autoencoder_ignores_the_noise():
    network = Autoencoder(replace(TINY, variational=False)).eval()
    images = torch.rand(2, 1, 28, 28)
    one, two = (network(images, torch.randn(2, 2))[0] for _ in range(2))
    assert torch.equal(one, two)
    torch.testing.assert_close(one.sigmoid(), network.decode(network.encode(images)[0]))


@pytest.mark.parametrize("name", ["digits_2d", "digits_2d_autoencoder", "faces"])
def test_a_few_steps_lower_the_loss(tmp_path, name):
    variant = VARIANTS[name]
    tiny = replace(variant.config, channels=(4, 8), squeezed=4, hidden=16)
    experiment = AutoencoderTraining(Options(dry_run=True), name, replace(variant, config=tiny))
    dark = replace(experiment.training, images=experiment.training.images // 4)
    experiment.training = experiment.validation = dark  # what any network can learn at once
    experiment.recipe = replace(
        experiment.recipe,
        examples=640,
        batch_size=16,
        decay=0,
        validate_every=160,
        ema=0.5,
        learning_rate=1e-2,
    )
    losses = [p.validation["loss"] for p in train(experiment, tmp_path, ENGINE) if p.validation]
    assert losses[-1] < 0.9 * losses[0]
    assert checkpoint.load(Autoencoder, tmp_path / "best.safetensors").config == tiny


def test_the_loss_is_the_sum_of_its_terms():
    experiment = AutoencoderTraining(Options(dry_run=True), "x", Variant(TINY, beta=4.0))
    losses = experiment.losses(
        "autoencoder", experiment.networks, experiment.batch(torch.arange(4))
    )
    torch.testing.assert_close(losses["loss"], losses["reconstruction"] + 4 * losses["kl"])


def test_evaluation_repeats_and_adds_up():
    network = Autoencoder(TINY).eval()
    pictures = torch.randint(256, (20, 1, 28, 28), dtype=torch.uint8)
    terms = evaluate.terms(network, pictures)
    assert terms == evaluate.terms(network, pictures)
    assert terms["negative_elbo"] == pytest.approx(terms["reconstruction"] + terms["kl"])
    posterior = distributions.Normal(*_mean_and_deviation(network, pictures))
    expected = distributions.kl_divergence(posterior, distributions.Normal(0.0, 1.0)).sum(1).mean()
    assert terms["kl"] == pytest.approx(expected.item(), rel=1e-4)


def _mean_and_deviation(network, pictures):
    with torch.no_grad():
        mean, log_variance = network.encode(pictures / 255)
    return mean, (0.5 * log_variance).exp()


def test_fidelity_is_measured_against_the_clean_picture():
    network = Autoencoder(replace(TINY, variational=False, noise=0.5)).eval()
    pictures = torch.full((4, 1, 28, 28), 128, dtype=torch.uint8)
    found = evaluate.fidelity(network, pictures)
    noisy = evaluate.noised(pictures / 255, 0.5, torch.Generator().manual_seed(0))
    expected = -10 * (noisy - 128 / 255).square().mean((1, 2, 3)).log10().mean()
    assert found["psnr_noisy"] == pytest.approx(expected.item(), rel=1e-4)
    assert "psnr" in found


def test_the_program_tells_digits_from_faces(tmp_path, capsys):
    faces = replace(VARIANTS["faces"].config, channels=(4, 8), squeezed=4, hidden=16)
    checkpoint.save(Autoencoder(TINY), tmp_path / "digits_2d.safetensors")
    checkpoint.save(Autoencoder(faces), tmp_path / "faces.safetensors")
    rows = []
    for shape in ((6, 28, 28), (6, 64, 64, 3)):
        images = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
        np.savez(tmp_path / "a.npz", images=images)
        arguments = ["--data", str(tmp_path / "a.npz"), "--weights", str(tmp_path), "--json"]
        evaluate.main("", evaluate.evaluate, evaluate.DATA, tmp_path, arguments)
        rows.append(json.loads(capsys.readouterr().out))
    assert [list(row) for row in rows] == [["digits_2d"], ["faces"]]
    assert {"negative_elbo", "reconstruction", "kl", "active_dimensions"} <= rows[0][
        "digits_2d"
    ].keys()
    assert {"psnr", "psnr_of_mean_image"} <= rows[1]["faces"].keys()
    empty = ["--data", str(tmp_path / "a.npz"), "--weights", str(tmp_path / "none")]
    with pytest.raises(SystemExit):
        evaluate.main("", evaluate.evaluate, evaluate.DATA, tmp_path, empty)
    assert "has no model for these pictures" in capsys.readouterr().err
