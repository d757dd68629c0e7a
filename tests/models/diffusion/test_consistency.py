"""The network for few steps: its sampler is diffusers' own, and it learns what it is to learn."""

from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from torch import nn

from models.core import checkpoint, data
from models.core.errors import InputError
from models.core.seeds import mixed_seed
from models.diffusion.draw import begin
from models.diffusion.network import DenoiserConfig, FaceDenoiser
from models.diffusion.race import lanes_from, race
from models.diffusion.sample import sample
from models.diffusion.samplers import SAMPLERS, Lane, Settings, scheduler
from models.diffusion.train_consistency import HUBER, TAUGHT_BY, ConsistencyTraining
from models.diffusion.trajectory import ON_THE_WAY, Start
from models.training.command_line import Options
from models.training.loop import make_accelerator, train

NAMES = data.synthetic("simpsons", 1).label_names
TINY = DenoiserConfig(NAMES, 32, (8, 16), norm_groups=4, head_channels=8)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return FaceDenoiser(TINY).eval()


def answer(network, x, t, start):
    """A network's face in x at t, as the training counts it."""
    timestep = torch.full((len(x),), t)
    alpha_bar = network.noise_schedule().alphas_cumprod[t]
    with torch.no_grad():
        v = network(x, timestep, start.labels)
    return (alpha_bar.sqrt() * x - (1 - alpha_bar).sqrt() * v).clamp(-1, 1)


def test_one_step_is_the_guess_out_of_pure_noise(network):
    start = begin(network, 3, "one of each", 5)
    (step,) = sample(network, Lane("consistency", 1), start)
    expected = answer(network, start.noise, 999, start)
    torch.testing.assert_close(step.x, expected, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(step.predicted_x0, expected, atol=1e-5, rtol=1e-5)


def test_two_steps_lay_fresh_noise_on_the_first_guess_by_each_faces_seed(network):
    start = begin(network, 2, "anyone", 5)
    first, second = sample(network, Lane("consistency", 2), start)
    assert (first.timestep, second.timestep) == (999, 499)
    fresh = torch.cat(
        [
            torch.randn(
                1, 3, 32, 32, generator=torch.Generator().manual_seed(mixed_seed(seed, ON_THE_WAY))
            )
            for seed in start.seeds
        ]
    )
    alpha_bar = network.noise_schedule().alphas_cumprod[499]
    noised = alpha_bar.sqrt() * answer(network, start.noise, 999, start)
    noised = noised + (1 - alpha_bar).sqrt() * fresh
    torch.testing.assert_close(second.noisy, noised, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(second.x, answer(network, noised, 499, start), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("steps", [1, 2, 3, 50, 100])
def test_any_number_of_steps_falls_from_pure_noise(network, steps):
    times = scheduler(network, Lane("consistency", steps)).timesteps.tolist()
    assert len(times) == steps
    assert times[0] == 999
    assert all(before > after >= 0 for before, after in pairwise(times))


def test_only_a_lane_can_be_of_it():
    assert "consistency" not in SAMPLERS
    with pytest.raises(InputError, match="Sampler 'consistency'"):
        Settings("consistency", 2)


def test_each_lane_asks_its_own_network(network):
    torch.manual_seed(1)
    other = FaceDenoiser(TINY).eval()
    start = begin(network, 2, "one of each", 3)
    lanes = lanes_from([["consistency", 2], ["ddim", 3], ["consistency", 1]], guidance=3.0)
    assert [lane.guidance for lane in lanes] == [1.0, 3.0, 1.0]
    *_, ends = states_of(nn.ModuleDict({"denoiser": network, "consistency": other}), lanes, start)
    for number, asked in ((0, other), (1, network), (2, other)):
        *_, alone = sample(asked, lanes[number], start)
        torch.testing.assert_close(ends[number].x, alone.x, atol=1e-4, rtol=1e-4)
    assert [ends[number].evaluations for number in range(3)] == [2, 6, 1]


def states_of(networks, lanes, start):
    """Where all lanes stand after each round."""
    stand = {}
    for moved in race(networks, lanes, start):
        stand |= moved
        yield dict(stand)


@pytest.fixture
def experiment():
    return ConsistencyTraining(Options(dry_run=True), TINY)


def test_a_walk_is_what_the_denoiser_meets_and_where_it_ends(experiment):
    noisy, timesteps, labels, end = experiment.walk(0, 5)
    assert noisy.shape == end.shape == (20, 3, 32, 32)
    assert sorted(timesteps.tolist()) == sorted([999, 749, 499, 249] * 5)
    assert end.abs().max() <= 1
    first = timesteps == 999
    start = Start(noisy[first], labels[first], (0,) * 5)
    *_, last = sample(experiment.denoiser, TAUGHT_BY, start)
    torch.testing.assert_close(last.x.clamp(-1, 1), end[first], atol=1e-4, rtol=1e-4)
    for t in (749, 499, 249):  # each way is met at every step, with one end
        assert sorted(end[timesteps == t].mean((1, 2, 3)).tolist()) == pytest.approx(
            sorted(end[first].mean((1, 2, 3)).tolist())
        )


def test_batches_are_walks_part_by_part_wherever_one_begins(experiment):
    indices = torch.arange(experiment.recipe.batch_size)
    batches = []
    for step in range(6):
        experiment.seen = step * len(indices)
        batches.append(experiment.batch(indices))
    one = experiment.walk(0, len(indices))
    for number, part in enumerate(one):
        assert torch.equal(torch.cat([batch[number] for batch in batches[:4]]), part)
    resumed = ConsistencyTraining(Options(dry_run=True), TINY)
    resumed.seen = 5 * len(indices)
    for again, before in zip(resumed.batch(indices), batches[5], strict=True):
        assert torch.equal(again, before)


def test_who_says_the_end_has_no_loss(experiment):
    """And the loss grows with the distance."""
    batch = experiment.walk(0, 4)
    end = batch[-1]

    class Says(torch.nn.Module):
        def __init__(self, face):
            super().__init__()
            self.face = face

        def forward(self, noisy, t, labels):
            alpha_bar = experiment.schedule.alphas_cumprod[t][:, None, None, None]
            return (alpha_bar.sqrt() * noisy - self.face) / (1 - alpha_bar).sqrt()

    losses = [
        experiment.losses("consistency", {"consistency": Says(end + off)}, batch)["loss"].item()
        for off in (0.0, 0.1, 0.5)
    ]
    assert losses[0] == pytest.approx(0, abs=1e-4)
    assert losses[1:] == pytest.approx([(off**2 + HUBER**2) ** 0.5 - HUBER for off in (0.1, 0.5)])


def test_it_begins_as_the_denoiser_and_is_kept(experiment, tmp_path):
    ours, theirs = experiment.networks["consistency"], experiment.denoiser
    before = {name: tensor.clone() for name, tensor in theirs.state_dict().items()}
    assert all(torch.equal(ours.state_dict()[name], before[name]) for name in before)
    experiment.recipe = replace(experiment.recipe, examples=16, batch_size=8, validate_every=16)
    *_, last = train(experiment, tmp_path, make_accelerator(torch.device("cpu")))
    assert {"kid", "kid_in_one_step"} == last.validation.keys()
    assert all(torch.equal(theirs.state_dict()[name], before[name]) for name in before)
    kept = checkpoint.load(FaceDenoiser, tmp_path / "best.safetensors")
    assert kept.config == TINY


def test_without_a_denoiser_it_is_not_begun(tmp_path, monkeypatch):
    monkeypatch.setattr(Options, "load", lambda self, name: data.synthetic(name, 40))
    with pytest.raises(InputError, match=r"denoiser\.safetensors"):
        ConsistencyTraining(Options(runs=tmp_path), weights=tmp_path)
