"""The forward process is diffusers' own, and the way back begins where it ended."""

import pytest
import torch
from diffusers import DDPMScheduler
from PIL import Image

from models.core import checkpoint
from models.core.errors import InputError
from models.diffusion import display, draw, faces, forward, shipped
from models.diffusion.network import DenoiserConfig, FaceDenoiser
from models.diffusion.sample import sample, standard_normal
from models.diffusion.shipped import WEIGHTS

TINY = DenoiserConfig(("bart", "homer"), 32, (16, 32), norm_groups=8, head_channels=16)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return FaceDenoiser(TINY).eval()


@pytest.mark.parametrize("name", forward.SCHEDULES)
def test_schedules_are_diffusers_own(name):
    theirs = DDPMScheduler(num_train_timesteps=1000, beta_schedule=name)
    ours = forward.SCHEDULES[name]()
    torch.testing.assert_close(ours.beta.float(), theirs.betas, atol=1e-7, rtol=1e-4)
    torch.testing.assert_close(ours.alpha_bar.float(), theirs.alphas_cumprod, atol=1e-6, rtol=1e-3)


@pytest.mark.parametrize("name", forward.SCHEDULES)
@pytest.mark.parametrize("t", [0, 1, 250, 500, 998, 999])
def test_noised_is_what_diffusers_adds(name, t):
    theirs = DDPMScheduler(num_train_timesteps=1000, beta_schedule=name)
    x0, noise = torch.rand(2, 3, 32, 32) * 2 - 1, standard_normal([3, 4], 32)
    expected = theirs.add_noise(x0, noise, torch.tensor([t, t]))
    ours = forward.noised(x0, noise, forward.SCHEDULES[name](), t)
    torch.testing.assert_close(ours.float(), expected, atol=1e-5, rtol=1e-5)


def test_rates_are_a_right_triangle_and_log_snr_falls():
    for make in forward.SCHEDULES.values():
        schedule = make()
        squares = schedule.signal_rate**2 + schedule.noise_rate**2
        torch.testing.assert_close(squares, torch.ones_like(squares))
        assert (schedule.log_snr.diff() < 0).all()
        now = schedule.at(400)
        ratio = torch.tensor(now["signal_rate"] / now["noise_rate"])
        assert now["log_snr"] == pytest.approx(float(2 * ratio.log()), abs=1e-5)


def test_noise_added_in_one_go_has_the_steps_variance():
    """One draw at t is distributed as t single steps, Ho et al. 2020, equations 2 and 4."""
    schedule, x = forward.linear(), torch.full((20_000,), 0.7, dtype=torch.float64)
    generator = torch.Generator().manual_seed(0)
    for beta in schedule.beta[:200]:
        noise = torch.randn(len(x), generator=generator, dtype=torch.float64)
        x = (1 - beta).sqrt() * x + beta.sqrt() * noise
    now = schedule.at(199)
    assert float(x.mean()) == pytest.approx(now["signal_rate"] * 0.7, abs=0.01)
    assert float(x.std()) == pytest.approx(now["noise_rate"], abs=0.01)


@pytest.mark.parametrize("t", [-1, 1000, 3.5, "9", None, float("nan"), True])
def test_what_is_no_timestep_is_refused(t):
    with pytest.raises(InputError, match=r"timestep t is .* from 0 to 999"):
        forward.cosine().at(t)


def test_the_shown_schedule_is_the_denoisers():
    config = checkpoint.describe(WEIGHTS / "denoiser.safetensors")["config"]
    assert forward.SCHEDULES[config["noise_schedule"]] is forward.cosine
    assert config["timesteps"] == forward.TIMESTEPS
    assert config["size"] == faces.SIZE


@pytest.mark.parametrize(("t", "steps", "turns"), [(999, 4, 999), (400, 50, 399), (0, 5, 199)])
def test_the_way_back_begins_with_the_noised_picture(network, t, steps, turns):
    x0, noise = faces.to_x0(torch.rand(1, 3, 32, 32)), standard_normal([1], 32)
    settings, start = forward.back(network, x0, noise, t, steps, network.nobody)
    first = next(iter(sample(network, settings, start)))
    assert first.timestep == turns
    expected = forward.noised(x0, noise, forward.cosine(), turns)
    torch.testing.assert_close(first.noisy, expected.float(), atol=1e-5, rtol=1e-5)


def test_the_way_back_has_as_many_steps_as_are_left(network):
    x0, noise = torch.zeros(1, 3, 32, 32), standard_normal([1], 32)
    steps = list(sample(network, *forward.back(network, x0, noise, 499, 10, 0)))
    assert [step.timestep for step in steps] == [499, 399, 299, 199, 99]


@pytest.mark.parametrize(("t", "steps"), [(1000, 10), (5, 0), (5, 101), (5, "x")])
def test_a_way_back_that_is_none_is_refused(network, t, steps):
    with pytest.raises(InputError, match="must be a whole number"):
        forward.back(network, torch.zeros(1, 3, 32, 32), standard_normal([0], 32), t, steps, 0)


def test_the_ready_faces_are_what_the_network_draws():
    """Drawn by the shipped weights when they were published; here once more."""
    start = draw.begin(shipped.denoiser(), faces.READY, faces.WHOM, 0)
    *_, last = sample(shipped.denoiser(), faces.SETTINGS, start)
    ready = torch.cat([faces.own_face(number + 1) for number in range(faces.READY)])
    assert (ready - display.faces(last.x)).abs().mean() < 1 / 255  # another machine's rounding


def test_ready_faces_that_are_missing_are_named(monkeypatch, tmp_path):
    monkeypatch.setattr(faces, "PATH", tmp_path / "faces.webp")
    faces._ready.cache_clear()
    with pytest.raises(InputError, match=r"'faces\.webp' could not be found.*Put the file back"):
        faces.own_face(1)
    faces.write(shipped.denoiser(), faces.PATH)  # and a failure is not remembered
    assert faces.own_face(1).shape == (1, 3, 32, 32)
    faces._ready.cache_clear()


def test_the_ready_faces_are_cut_out_of_their_sheet():
    assert len(faces._ready()) == faces.READY
    sheet = torch.cat([faces.own_face(number) for number in (1, 2, 3)], 3)
    assert sheet.shape == (1, 3, 32, 96)
    assert 0 <= float(sheet.min()) < float(sheet.max()) <= 1
    shades = 255 * sheet
    assert (shades - shades.round()).abs().max() < 1e-3


def test_a_face_beyond_the_ready_ones_is_drawn_alike(monkeypatch, network):
    """Number n is what `generate` draws by the seed n - 1 for the n-th character."""
    monkeypatch.setattr(shipped, "denoiser", lambda: network)
    monkeypatch.setattr(faces, "SETTINGS", forward.Settings("ddim", 2))
    faces._drawn.cache_clear()
    start = draw.begin(network, 10, faces.WHOM, 0)
    *_, last = sample(network, faces.SETTINGS, start)
    expected = display.faces(last.x)[9:]
    assert (faces.own_face(10) - expected).abs().max() < 1.01 / 255
    faces._drawn.cache_clear()


@pytest.mark.parametrize("number", [0, -1, 2**31, "1", 1.5, None])
def test_a_face_without_a_number_is_refused(number):
    with pytest.raises(InputError, match="number of the face is"):
        faces.own_face(number)


@pytest.mark.parametrize("size", [(1, 1), (7, 500), (64, 32), (32, 32)])
def test_pictures_of_any_shape_become_32_by_32(size):
    picture = Image.new("RGB", size, (200, 100, 50))
    small = faces.small_square(picture)
    assert small.shape == (1, 3, 32, 32)
    assert (small[0, :, 5, 5] * 255).round().tolist() == [200, 100, 50]


def test_the_middle_of_a_wide_picture_is_kept():
    picture = Image.new("RGB", (96, 32), "blue")
    picture.paste("red", (32, 0, 64, 32))
    assert faces.small_square(picture)[0, 0, 16].min() == 1
