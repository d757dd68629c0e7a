"""Iterative α-(de)blending by the DDPM: its answer is the displacement, its walk goes along it."""

import math

import pytest
import torch
from torch import nn

from models.diffusion import shipped
from models.diffusion.deblending import deblended, displacement
from models.diffusion.draw import begin
from models.diffusion.network import DenoiserConfig, FaceDenoiser
from models.diffusion.sample import sample
from models.diffusion.samplers import Settings
from models.diffusion.trajectory import Start

TINY = DenoiserConfig(("a", "b", "other"), 16, (16, 32), norm_groups=8, head_channels=16)


class Knowing(FaceDenoiser):
    """Knows the face and the noise, and answers with their v at the timestep it is asked at."""

    def __init__(self, x0, noise):
        super().__init__(TINY)
        self.x0, self.noise, self.asked = x0, noise, []

    def forward(self, noisy, timestep, label):
        self.asked.append((noisy, float(timestep[0])))
        log_alpha_bars = self.noise_schedule().alphas_cumprod.double().log()
        t = float(timestep[0])
        below = int(t)
        log = torch.lerp(
            log_alpha_bars[below],
            log_alpha_bars[min(below + 1, 999)],
            torch.tensor(t - below, dtype=torch.float64),
        )
        alpha_bar = log.exp().float()
        return alpha_bar.sqrt() * self.noise - (1 - alpha_bar).sqrt() * self.x0


@pytest.fixture
def knowing():
    torch.manual_seed(0)
    x0 = torch.rand(2, 3, 16, 16) * 2 - 1
    return Knowing(x0, torch.randn(2, 3, 16, 16))


def start_of(network):
    return Start(network.noise, torch.tensor([0, 1]), (0, 0))


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5, 0.9])
def test_it_asks_at_the_noise_that_the_blend_has(knowing, share):
    blend = share * knowing.x0 + (1 - share) * knowing.noise
    found = displacement(knowing, blend, share, torch.tensor([0, 1]))
    torch.testing.assert_close(found, knowing.x0 - knowing.noise, atol=0.01, rtol=0.01)
    (asked, t), *_ = knowing.asked
    torch.testing.assert_close(asked * math.hypot(share, 1 - share), blend)
    alpha_bar = knowing.noise_schedule().alphas_cumprod[round(t)].item()
    assert (alpha_bar / (1 - alpha_bar)) ** 0.5 == pytest.approx(share / (1 - share), rel=0.05)


def test_pure_noise_is_the_last_timestep(knowing):
    for share in (0.0, 0.05, 0.5, 0.95):
        displacement(knowing, knowing.noise, share, torch.tensor([0, 1]))
    first, *times = [t for _, t in knowing.asked]
    assert first == 999
    assert times == sorted(times, reverse=True)
    assert 999 > times[0] > times[-1] > 0


def test_who_knows_the_displacement_walks_straight_to_the_face(knowing):
    steps = list(deblended(knowing, start_of(knowing), 8))
    assert [step.step for step in steps] == list(range(1, 9))
    for step in steps:
        blend = knowing.noise + step.step / 8 * (knowing.x0 - knowing.noise)
        torch.testing.assert_close(step.x, blend, atol=0.02, rtol=0.02)
    assert len(knowing.asked) == 8


def test_labels_are_asked_for():
    torch.manual_seed(0)
    network = FaceDenoiser(TINY).eval()
    nn.init.normal_(network.unet.class_embedding.weight, std=5.0)
    noise = torch.randn(1, 3, 16, 16)
    one, other = (
        displacement(network, noise, 0.5, torch.tensor([label])).detach() for label in (0, 1)
    )
    assert (one - other).abs().max() > 1e-3


def test_it_ends_near_the_face_that_the_probability_flow_leads_to():
    """The shipped network's walk follows the same curve as UniPC's, in other coordinates."""
    network = shipped.denoiser()
    start = begin(network, 2, "one of each", 3)
    *_, straight = deblended(network, start, 40)
    *_, curved = sample(network, Settings("unipc", 20), start)
    distance = (straight.x - curved.x).square().mean().sqrt().item()
    strangers = (curved.x[0] - curved.x[1]).square().mean().sqrt().item()
    assert distance < 0.1 * strangers
