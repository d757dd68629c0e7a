"""The face denoiser: its loss falls, it resumes exactly, and its sampler is diffusers' own."""

import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from models.core import checkpoint
from models.diffusion.network import DenoiserConfig, FaceDenoiser
from models.diffusion.train_denoiser import DenoiserTraining
from models.training.command_line import Options
from models.training.loop import make_accelerator, train

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


TOGETHER = """
import threading
from models.diffusion.network import from_diffusers
names = ["UNet2DModel", "DDPMScheduler", "HeunDiscreteScheduler", "UNet2DModel"]
found = []
threads = [threading.Thread(target=lambda n=n: found.append(from_diffusers(n))) for n in names]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(*sorted(kind.__name__ for kind in found))
"""


def test_two_threads_may_ask_for_diffusers_first():
    """A visitor's run beside the warming up, say: without a lock one of them finds it half made."""
    done = subprocess.run([sys.executable, "-c", TOGETHER], capture_output=True, text=True)
    assert done.stdout.split() == [
        "DDPMScheduler", "HeunDiscreteScheduler", "UNet2DModel", "UNet2DModel",
    ], done.stderr  # fmt: skip
