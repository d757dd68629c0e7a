"""Our loops are diffusers' own from equal noise, and many runs together are each run alone."""

import diffusers
import numpy as np
import pytest
import torch

from models.core.errors import InputError
from models.diffusion.network import DenoiserConfig, FaceDenoiser
from models.diffusion.sample import initial_noise, predict, sample, sample_together
from models.diffusion.samplers import SAMPLERS, Settings, karras_timesteps, scheduler
from models.diffusion.trajectory import Query, Start, Trajectory

TINY = DenoiserConfig(
    tuple(f"class {i}" for i in range(20)), 16, (16, 32), norm_groups=8, head_channels=16
)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return FaceDenoiser(TINY).eval()


def start(network, *seeds, label=3, **more):
    labels = torch.full((len(seeds),), network.nobody if label is None else label)
    return Start(initial_noise(network, seeds), labels, seeds, **more)


def last(network, settings, begin):
    *_, step = sample(network, settings, begin)
    return step


@torch.no_grad()
def plain_loop(network, name, steps, begin, eta=0.0):
    """What a pipeline of diffusers does, with its scheduler's own names and defaults."""
    scheduler = getattr(diffusers, SAMPLERS[name].scheduler)(
        beta_schedule="squaredcos_cap_v2",
        prediction_type="v_prediction",
        timestep_spacing="trailing",
        num_train_timesteps=1000,
    )
    if name == "heun":
        scheduler.set_timesteps(timesteps=karras_timesteps(scheduler, steps))
    else:
        scheduler.set_timesteps(steps)
    x = begin.noise * scheduler.init_noise_sigma
    more = {}
    if name in ("ddpm", "ddim"):
        more["generator"] = Trajectory(network, Settings("ddpm", steps), begin).generators
    if name == "ddim":
        more["eta"] = eta
    for t in scheduler.timesteps:
        inputs = scheduler.scale_model_input(x, t)
        v = network(inputs, t.expand(len(x)), begin.labels)
        x = scheduler.step(v, t, x, **more).prev_sample
    return x


@pytest.mark.parametrize(
    ("name", "steps"),
    # diffusers' DDIM ends short of the faces where the steps do not divide the schedule's 1000
    [(name, steps) for name in SAMPLERS for steps in (1, 2, 8 if name == "ddim" else 7, 20)],
)
def test_each_sampler_is_diffusers_own_loop(network, name, steps):
    begin = start(network, 4, 9)
    ours = last(network, Settings(name, steps), begin).x
    near = 5e-3 if name == "heun" else 1e-4  # Heun's correction makes rounding a hundredfold
    torch.testing.assert_close(ours, plain_loop(network, name, steps, begin), atol=near, rtol=near)


@pytest.mark.parametrize("name", SAMPLERS)
def test_each_number_of_steps_has_as_many_timesteps(network, name):
    """diffusers has 62 trailing ones in 61 steps, of which the last is -1: the noisiest."""
    for steps in range(1, 101):
        schedule = scheduler(network, Settings(name, steps))
        timesteps = schedule.timesteps.tolist()
        calls = 2 * steps - 1 if name == "heun" else steps
        assert len(timesteps) == calls, steps
        assert timesteps == sorted(timesteps, reverse=True)
        assert timesteps[-1] >= 0
        if hasattr(schedule, "sigmas"):
            assert len(schedule.sigmas) == calls + 1
            assert schedule.sigmas[-1] == 0


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_scheduler_is_its_caller_s_own_though_each_kind_is_made_once(network, name):
    settings = Settings(name, 4, guidance=3.0)
    used, begin = scheduler(network, settings), start(network, 1)
    expected = last(network, settings, begin).x
    for timestep in used.timesteps:
        used.step(begin.noise, timestep, begin.noise)
    used.timesteps.zero_()
    assert torch.equal(last(network, settings, begin).x, expected)


@pytest.mark.parametrize("name", [name for name in SAMPLERS if name != "ddpm"])
def test_sixty_one_steps_end_beside_sixty(network, name):
    known, begin = ideal(network), start(network, 0)
    ends = [last(known, Settings(name, steps), begin).x for steps in (60, 61)]
    torch.testing.assert_close(*ends, atol=0.01, rtol=0)


def test_ddim_with_eta_is_diffusers_too(network):
    begin = start(network, 1, 2)
    ours = last(network, Settings("ddim", 8, eta=0.7), begin).x
    torch.testing.assert_close(
        ours, plain_loop(network, "ddim", 8, begin, eta=0.7), atol=1e-4, rtol=1e-4
    )
    assert not torch.allclose(ours, last(network, Settings("ddim", 8), begin).x, atol=1e-2)


def ideal(network):
    """A network that knows its data, pixels of N(0.2, 0.1²): its ODE ends at 0.2 + 0.1 noise."""
    ideal = FaceDenoiser(TINY).eval()
    alpha_bars = network.noise_schedule().alphas_cumprod.double().numpy()
    log_sigmas = np.log((1 - alpha_bars) / alpha_bars) / 2

    def forward(noisy, timestep, labels):
        sigma = np.exp(np.interp(timestep.numpy(), np.arange(len(log_sigmas)), log_sigmas))
        sigma = torch.tensor(sigma, dtype=torch.float32)[:, None, None, None]
        signal = (1 + sigma**2) ** -0.5
        mean = 0.2 + 0.01 * (noisy / signal - 0.2) / (0.01 + sigma**2)  # of x0, given x_t
        predicted_noise = (noisy / signal - mean) / sigma
        return signal * predicted_noise - sigma * signal * mean

    ideal.forward = forward
    return ideal


@pytest.mark.parametrize("name", [name for name in SAMPLERS if name != "ddpm"])
def test_samplers_without_fresh_noise_end_where_the_ode_does(network, name):
    known, begin = ideal(network), start(network, 0)
    truth = 0.2 + 0.1 * begin.noise
    few, many = (
        (last(known, Settings(name, steps), begin).x - truth).square().mean().item()
        for steps in (5, 40)
    )
    assert many < few
    assert many < 4e-4


@torch.no_grad()
def ended(known, name, steps, begin, **more):
    """Where a scheduler of diffusers ends that knows of any number of steps where to go next."""
    config = known.schedule_config()
    scheduler = getattr(diffusers, name)(**config, timestep_spacing="trailing", **more)
    scheduler.set_timesteps(steps)
    generators = Trajectory(known, Settings("ddpm", steps), begin).generators
    fresh = {"generator": generators} if name == "DDPMScheduler" else {}
    x = begin.noise
    for t in scheduler.timesteps:
        x = scheduler.step(known(x, t.expand(len(x)), begin.labels), t, x, **fresh).prev_sample
    return x


@pytest.mark.parametrize("steps", [7, 16, 60, 91])
def test_ddim_goes_to_its_own_next_timestep_in_any_number_of_steps(network, steps):
    """It is DPM-Solver++ of the first order (Lu et al. 2022), and with all fresh noise DDPM."""
    known, begin = ideal(network), start(network, 0, 5)
    first = ended(known, "DPMSolverMultistepScheduler", steps, begin, solver_order=1)
    none, all_fresh = (last(known, Settings("ddim", steps, eta=eta), begin).x for eta in (0.0, 1.0))
    torch.testing.assert_close(none, first, atol=1e-5, rtol=1e-5)
    ddpm = ended(known, "DDPMScheduler", steps, begin)
    torch.testing.assert_close(all_fresh, ddpm, atol=1e-4, rtol=1e-4)
    alone = last(known, Settings("ddim", steps, eta=1.0), start(network, 5)).x
    torch.testing.assert_close(alone, all_fresh[1:], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("steps", [3, 7, 30, 60, 61, 91, 99])
@pytest.mark.parametrize("eta", [0.0, 1.0])
def test_ddim_leaves_no_noise_on_the_faces(network, steps, eta):
    """At alpha_bar 1 what is left is the last guess of the faces."""
    step = last(ideal(network), Settings("ddim", steps, eta=eta), start(network, 0))
    assert torch.equal(step.x, step.predicted_x0)


@pytest.mark.parametrize(("steps", "near"), [(60, 4e-3), (91, 1e-3)])
def test_ddim_in_many_steps_arrives_where_a_hundred_do(network, steps, near):
    known, begin = ideal(network), start(network, 0)
    found, hundred = (last(known, Settings("ddim", n), begin).x for n in (steps, 100))
    assert (found - hundred).abs().mean() < near  # 3.5e-3 and 5e-4; with noise left 5e-3 and 2e-2


def test_heuns_steps_are_those_of_karras(network):
    schedule = network.noise_schedule()
    alpha_bars = schedule.alphas_cumprod.double().numpy()
    log_sigmas = np.log((1 - alpha_bars) / alpha_bars) / 2
    times = karras_timesteps(schedule, 5)
    sigmas = np.exp(np.interp(times, np.arange(len(log_sigmas)), log_sigmas))
    low = np.exp(log_sigmas[199])  # where five trailing steps end
    i = np.arange(5)
    expected = (80 ** (1 / 7) + i / 4 * (low ** (1 / 7) - 80 ** (1 / 7))) ** 7  # equation 5
    np.testing.assert_allclose(sigmas, expected, rtol=1e-6)
    assert karras_timesteps(schedule, 1)[0] == pytest.approx(times[0])


def test_our_ddim_is_diffusers_pipeline(network):
    class Unconditional(torch.nn.Module):
        """The network as the pipeline calls it."""

        config = network.unet.config
        dtype, device = torch.float32, torch.device("cpu")

        def forward(self, x, t):
            out = network(x, t.expand(len(x)), torch.full((len(x),), network.nobody))
            return type("Output", (), {"sample": out})

    scheduler = diffusers.DDIMScheduler(**network.schedule_config(), timestep_spacing="trailing")
    pipeline = diffusers.DDIMPipeline(network.unet, scheduler)
    pipeline.unet = Unconditional()
    pipeline.set_progress_bar_config(disable=True)
    expected = pipeline(
        batch_size=1,
        generator=torch.Generator().manual_seed(5),
        num_inference_steps=5,
        output_type="np",
    ).images
    ours = last(network, Settings("ddim", 5), start(network, 5, label=None)).x
    ours = ((ours + 1) / 2).clamp(0, 1).permute(0, 2, 3, 1).numpy()
    assert abs(ours - expected).max() < 1e-5


def test_a_mixed_batch_equals_its_members_alone(network):
    runs = [
        (Settings(name, 3 + 2 * i, guidance=1 + i % 3), start(network, i, 10 + i, label=i))
        for i, name in enumerate(SAMPLERS)
    ]
    together = {}
    for number, step in sample_together(network, runs):
        together.setdefault(number, []).append(step)
    for number, (settings, begin) in enumerate(runs):
        alone = list(sample(network, settings, begin))
        assert len(together[number]) == len(alone) == settings.steps
        for ours, expected in zip(together[number], alone, strict=True):
            assert ours.evaluations == expected.evaluations
            torch.testing.assert_close(ours.x, expected.x, atol=1e-4, rtol=1e-4)
            torch.testing.assert_close(ours.noisy, expected.noisy, atol=1e-4, rtol=1e-4)


def test_one_evaluation_serves_all(network, monkeypatch):
    calls = []
    forward = network.forward
    monkeypatch.setattr(network, "forward", lambda *a: calls.append(len(a[0])) or forward(*a))
    runs = [(Settings("heun", 2), start(network, 0)), (Settings("ddim", 4, 2.0), start(network, 1))]
    steps = list(sample_together(network, runs))
    assert calls == [3, 3, 3, 2]  # Heun asks 3 times; a guided face counts twice
    assert [s.evaluations for number, s in steps if number == 0] == [2, 3]
    assert [s.evaluations for number, s in steps if number == 1] == [2, 4, 6, 8]


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_face_is_its_seeds_in_any_company(network, name):
    settings = Settings(name, 4, eta=1.0)
    both = last(network, settings, start(network, 7, 8)).x
    # Euler begins at sigma 20,000, of which float32 keeps two thousandths.
    near = 5e-3 if SAMPLERS[name].by_sigma else 1e-5
    alone = last(network, settings, start(network, 8)).x
    torch.testing.assert_close(alone, both[1:], atol=near, rtol=near)


@pytest.mark.parametrize("name", SAMPLERS)
def test_what_a_step_reports_fits_together(network, name):
    for step in sample(network, Settings(name, 5, guidance=2.0), start(network, 0, 1)):
        if name in ("ddpm", "ddim", "dpm", "unipc"):
            alpha_bar = network.noise_schedule().alphas_cumprod[int(step.timestep)]
            rebuilt = alpha_bar.sqrt() * step.predicted_x0
            rebuilt = rebuilt + (1 - alpha_bar).sqrt() * step.predicted_noise
            inside = step.predicted_x0.abs() < 1  # elsewhere it was cut to the range of pictures
            torch.testing.assert_close(rebuilt[inside], step.noisy[inside], atol=1e-3, rtol=1e-3)
        assert step.noisy.shape == step.x.shape == (2, 3, 16, 16)
        assert step.predicted_x0.abs().max() <= 1
    assert torch.isfinite(step.x).all()


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_picture_hardly_noised_hardly_changes(network, name):
    """SDEdit: it starts at the last of many steps, where there is next to no noise."""
    image = torch.rand(1, 3, 16, 16) * 2 - 1
    begin = start(network, 0, image=image, strength=0.01)
    steps = list(sample(network, Settings(name, 100), begin))
    assert len(steps) == 1
    assert (steps[0].x - image).abs().mean() < 0.2
    whole = start(network, 0, image=image, strength=1.0)
    assert len(list(sample(network, Settings(name, 10), whole))) == 10


@pytest.mark.parametrize("name", SAMPLERS)
def test_what_is_not_masked_stays_exactly(network, name):
    image = torch.rand(1, 3, 16, 16) * 2 - 1
    mask = torch.zeros(1, 1, 16, 16)
    mask[..., :8] = 1
    made = last(network, Settings(name, 5), start(network, 0, image=image, mask=mask)).x
    assert torch.equal(made[..., 8:], image[..., 8:])
    assert (made[..., :8] - image[..., :8]).abs().mean() > 0.05


def test_a_mask_of_nothing_gives_the_picture_back(network):
    image = torch.rand(1, 3, 16, 16) * 2 - 1
    begin = start(network, 0, image=image, mask=torch.zeros(1, 1, 16, 16))
    assert torch.equal(last(network, Settings("ddim", 3), begin).x, image)


def test_a_mask_of_everything_is_a_free_run(network):
    image = torch.zeros(1, 3, 16, 16)
    begin = start(network, 6, image=image, mask=torch.ones(1, 1, 16, 16))
    alone = last(network, Settings("dpm", 4), start(network, 6)).x
    torch.testing.assert_close(
        last(network, Settings("dpm", 4), begin).x, alone, atol=1e-3, rtol=1e-3
    )


def test_guidance_of_one_is_the_conditional_prediction(network):
    x, t, labels = torch.randn(2, 3, 16, 16), torch.tensor([10.0, 900.0]), torch.tensor([3, 4])
    with torch.no_grad():
        torch.testing.assert_close(
            predict(network, [Query(x, t, labels, 1.0)])[0], network(x, t, labels)
        )
        nobody = network(x, t, torch.full_like(labels, network.nobody))
    torch.testing.assert_close(predict(network, [Query(x, t, labels, 0.0)])[0], nobody)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"sampler": "plms"}, "Sampler 'plms'"),
        ({"steps": 0}, "number of steps is 0, but must be a whole number from 1 to 100"),
        ({"steps": 10_000}, "is 10000, but must be a whole number from 1 to 100"),
        ({"steps": 2.5}, "is 2.5, but must be a whole"),
        ({"steps": "many"}, "is 'many', but"),
        ({"guidance": float("nan")}, "guidance scale is nan, but must be a number from 0 to 10"),
        ({"eta": -0.1}, "Eta is -0.1, but must be a number from 0 to 1"),
    ],
)
def test_settings_out_of_range_are_named(wrong, words):
    with pytest.raises(InputError, match=words):
        Settings(**wrong)


def test_a_start_must_fit_together(network):
    with pytest.raises(InputError, match="there must be one"):
        start(network, 0, strength=0.5)
    with pytest.raises(InputError, match="above 0 and at most 1"):
        start(network, 0, image=torch.zeros(1, 3, 16, 16), strength=0.0)
    with pytest.raises(InputError, match="as many labels"):
        Start(torch.zeros(2, 3, 16, 16), torch.zeros(1, dtype=torch.long), (0, 1))
