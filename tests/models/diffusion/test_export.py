"""Exported weights are what diffusers' own `from_pretrained` reads."""

import json

import pytest
import torch
from diffusers import DDIMScheduler, UNet2DModel

from models.core.errors import InputError
from models.diffusion.export import export
from models.diffusion.network import DenoiserConfig, FaceDenoiser
from models.diffusion.sample import sample
from models.diffusion.samplers import Settings
from tests.models.diffusion.test_sample import start

TINY = DenoiserConfig(("ann", "bob", "eve"), 16, (16, 32), norm_groups=8, head_channels=16)


@torch.no_grad()
def test_from_pretrained_draws_the_same_faces(tmp_path):
    torch.manual_seed(0)
    network = FaceDenoiser(TINY).eval()
    export(network, tmp_path)
    unet = UNet2DModel.from_pretrained(tmp_path, subfolder="unet")
    scheduler = DDIMScheduler.from_pretrained(tmp_path, subfolder="scheduler")
    begin = start(network, 3, 4, label=1)
    *_, last = sample(network, Settings("ddim", 5), begin)
    scheduler.set_timesteps(5)
    x = begin.noise
    for t in scheduler.timesteps:
        x = scheduler.step(unet(x, t, class_labels=begin.labels).sample, t, x).prev_sample
    torch.testing.assert_close(last.x, x, atol=1e-4, rtol=1e-4)
    assert json.loads((tmp_path / "characters.json").read_text()) == ["ann", "bob", "eve"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "unet").write_text("in the way")
    with pytest.raises(InputError, match="Could not write"):
        export(FaceDenoiser(TINY), tmp_path)
