"""The face denoiser: its loss falls, it resumes exactly, and its sampler is diffusers' own."""

from dataclasses import replace

import pytest
import torch
from diffusers import DDIMPipeline
from torch.nn import functional as F

from models.core import checkpoint
from models.core.loop import make_accelerator, train
from models.core.options import Options
from models.diffusion.network import DenoiserConfig, FaceDenoiser
from models.diffusion.sample import ddim, guided, initial_noise
from models.diffusion.train_denoiser import DenoiserTraining

TINY = DenoiserConfig(
    tuple(f"class {i}" for i in range(20)), 16, (16, 32), norm_groups=8, head_channels=16
)
ENGINE = make_accelerator(torch.device("cpu"))


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return FaceDenoiser(TINY).eval()


def tiny_training(**changes):
    experiment = DenoiserTraining(Options(dry_run=True), TINY)
    experiment.recipe = replace(experiment.recipe, learning_rate=2e-3, ema=None, **changes)
    experiment.samples = lambda networks: None
    return experiment


def test_a_few_steps_lower_the_loss(tmp_path):
    experiment = tiny_training(examples=1280, batch_size=16, decay=0, validate_every=160)
    losses = [p.validation["loss"] for p in train(experiment, tmp_path, ENGINE) if p.validation]
    assert losses[-1] < 0.8 * losses[0]


def test_resumed_equals_never_stopped(tmp_path):
    straight = list(train(tiny_training(examples=24), tmp_path / "a", ENGINE))
    left = iter(range(2))
    parts = [
        *train(
            tiny_training(examples=24), tmp_path / "b", ENGINE, lambda: next(left, None) is None
        ),
        *train(tiny_training(examples=24), tmp_path / "b", ENGINE),
    ]
    assert parts == straight


def test_v_is_what_its_definition_says():
    """Salimans and Ho 2022: v = alpha eps - sigma x0, from which x0 = alpha x_t - sigma v."""
    experiment = tiny_training()
    x0, noise = torch.randn(2, 4, 3, 16, 16)
    timesteps = torch.tensor([0, 300, 700, 999])
    alpha_bar = experiment.schedule.alphas_cumprod[timesteps].reshape(-1, 1, 1, 1)
    noisy = experiment.schedule.add_noise(x0, noise, timesteps)
    v = experiment.schedule.get_velocity(x0, noise, timesteps)
    torch.testing.assert_close(v, alpha_bar.sqrt() * noise - (1 - alpha_bar).sqrt() * x0)
    torch.testing.assert_close(alpha_bar.sqrt() * noisy - (1 - alpha_bar).sqrt() * v, x0)


def test_labels_are_dropped_and_faces_flipped(monkeypatch):
    experiment = tiny_training()
    seen = []
    monkeypatch.setattr(
        experiment, "_error", lambda n, x0, noise, t, labels: seen.append((x0, labels)) or x0.sum()
    )
    batch = experiment.batch(torch.zeros(2000, dtype=torch.long))
    experiment.losses("denoiser", experiment.networks, batch)
    x0, labels = seen[0]
    assert 0.1 < (labels == 20).float().mean() < 0.2
    plain = (x0 == x0[0]).flatten(1).all(1).float().mean()
    assert 0.4 < plain < 0.6


def test_our_ddim_is_diffusers_pipeline_from_equal_noise(network):
    class Unconditional(torch.nn.Module):
        """The network as the pipeline calls it."""

        config = network.unet.config
        dtype, device = torch.float32, torch.device("cpu")

        def forward(self, x, t):
            labels = torch.full((len(x),), network.nobody)
            out = network(x, t.expand(len(x)), labels)
            return type("Output", (), {"sample": out})

    noise = initial_noise(network, 2, torch.Generator().manual_seed(5))
    pipeline = DDIMPipeline(network.unet, network.ddim_schedule())
    pipeline.unet = Unconditional()
    pipeline.set_progress_bar_config(disable=True)
    expected = pipeline(
        batch_size=2,
        generator=torch.Generator().manual_seed(5),
        num_inference_steps=5,
        output_type="np",
    ).images
    *_, last = ddim(network, noise, torch.full((2,), network.nobody), steps=5)
    ours = ((last.x + 1) / 2).clamp(0, 1).permute(0, 2, 3, 1).numpy()
    assert abs(ours - expected).max() < 1e-5


def test_what_a_step_reports_fits_together(network):
    noise = initial_noise(network, 2, torch.Generator().manual_seed(0))
    steps = list(ddim(network, noise, torch.tensor([1, 2]), steps=4, guidance=2.0))
    assert [step.timestep for step in steps] == [999, 749, 499, 249]
    x = noise
    for step in steps:  # x_t = sqrt(alpha_bar) x0 + sqrt(1 - alpha_bar) noise
        alpha_bar = network.ddim_schedule().alphas_cumprod[step.timestep]
        v = guided(network, x, torch.full((2,), step.timestep), torch.tensor([1, 2]), 2.0)
        x0 = alpha_bar.sqrt() * x - (1 - alpha_bar).sqrt() * v
        torch.testing.assert_close(
            step.predicted_noise, alpha_bar.sqrt() * v + (1 - alpha_bar).sqrt() * x.double().float()
        )
        torch.testing.assert_close(step.predicted_x0, x0.clamp(-1, 1), atol=1e-4, rtol=1e-4)
        x = step.x


def test_guidance_of_one_is_the_conditional_prediction(network):
    x = torch.randn(2, 3, 16, 16)
    t, labels = torch.tensor([10, 900]), torch.tensor([3, 4])
    with torch.no_grad():
        assert torch.equal(guided(network, x, t, labels, 1.0), network(x, t, labels))
        nobody = network(x, t, torch.full_like(labels, network.nobody))
        torch.testing.assert_close(guided(network, x, t, labels, 0.0), nobody)


def test_saved_and_loaded_gives_equal_output(network, tmp_path):
    checkpoint.save(network, tmp_path / "a.safetensors")
    once = checkpoint.load(FaceDenoiser, tmp_path / "a.safetensors")
    checkpoint.save(once, tmp_path / "b.safetensors")
    twice = checkpoint.load(FaceDenoiser, tmp_path / "b.safetensors")
    assert once.config == TINY
    x, t, label = torch.randn(1, 3, 16, 16), torch.tensor([5]), torch.tensor([0])
    with torch.no_grad():
        assert torch.equal(once(x, t, label), twice(x, t, label))
        assert F.mse_loss(once(x, t, label), network(x, t, label)) < 1e-5
