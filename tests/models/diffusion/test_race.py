"""A race is its lanes alone, all asked at once; and curves measure what they say."""

import pytest
import torch
from torch import nn

from models.core.errors import InputError
from models.diffusion import display, quality
from models.diffusion.draw import begin
from models.diffusion.network import DenoiserConfig, FaceDenoiser
from models.diffusion.race import lanes_from, race
from models.diffusion.sample import sample
from models.diffusion.samplers import Settings
from models.diffusion.states import denoiser_states, timesteps

TINY = DenoiserConfig(("a", "b", "other"), 16, (16, 32), norm_groups=8, head_channels=16)
LANES = [["ddpm", 5], ["ddim", 3], ["heun", 2], ["unipc", 4]]


def alone(network):
    return nn.ModuleDict({"denoiser": network})


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return FaceDenoiser(TINY).eval()


def test_each_lane_is_its_sampler_alone(network):
    start = begin(network, 3, "one of each", 7)
    states = {number: [] for number in range(len(LANES))}
    for moved in race(alone(network), lanes_from(LANES), start):
        for number, state in moved.items():
            states[number].append(state)
    for number, lane in enumerate(lanes_from(LANES)):
        steps = list(sample(network, lane, start))
        first, *walked = states[number]
        assert torch.equal(first.x, start.noise)
        assert first.predicted_x0 is None
        assert [state.step for state in states[number]] == list(range(lane.steps + 1))
        for state, step in zip(walked, steps, strict=True):
            torch.testing.assert_close(state.x, step.x, atol=1e-4, rtol=1e-4)
            torch.testing.assert_close(state.predicted_x0, step.predicted_x0, atol=1e-4, rtol=1e-4)
        assert [state.evaluations for state in walked] == [step.evaluations for step in steps]
        assert [state.timestep for state in states[number]] == [
            *(step.timestep for step in steps),
            0,
        ]


def test_the_few_arrive_first_and_all_are_asked_at_once(network, monkeypatch):
    calls = []
    forward = network.forward
    monkeypatch.setattr(network, "forward", lambda *a: calls.append(len(a[0])) or forward(*a))
    start = begin(network, 2, "anyone", 0)
    moved = list(race(alone(network), lanes_from(LANES), start))
    assert calls == [8, 8, 8, 4, 2]  # Heun's two steps ask three times
    assert [sorted(lanes) for lanes in moved] == [
        [0, 1, 2, 3],  # the noise
        [0, 1, 3],
        [0, 1, 2, 3],
        [0, 1, 2, 3],
        [0, 3],
        [0],
    ]
    assert moved[3][1].step == 3


def test_a_guided_race_costs_two_evaluations_a_step(network):
    start = begin(network, 1, "a", 0)
    moved = list(race(alone(network), lanes_from(LANES[:2], 2.0), start))
    assert [lanes[1].evaluations for lanes in moved if 1 in lanes] == [0, 2, 4, 6]


def test_a_race_that_nobody_wants_ends_after_its_evaluation(network):
    answers = iter([True, True, False])
    start = begin(network, 1, "anyone", 0)
    *_, last = race(alone(network), lanes_from(LANES), start, lambda: next(answers))
    assert last[0].step == 3
    assert last[1].step == 3  # had finished: nothing is missing of it


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("ddim", "list of pairs"),
        ([["ddim", 3]], "2 to 4 lanes, but 1 were"),
        ([["ddim", 3]] * 5, "2 to 4 lanes, but 5 were"),
        ([["ddim", 3], ["ddim"]], "list of pairs"),
        ([["ddim", 3], ["plms", 3]], "Sampler 'plms'"),
        ([["ddim", 3], [7, 3]], "by its name"),
        ([["ddim", 3], [["ddim"], 3]], "by its name"),
        ([["ddim", 0], ["ddim", 3]], "number of steps is 0"),
        ([["ddim", 10_000], ["ddim", 3]], "number of steps is 10000"),
        ([["ddim", "many"], ["ddim", 3]], "number of steps is 'many'"),
        (None, "list of pairs"),
    ],
)
def test_what_cannot_race_is_named(wrong, words):
    with pytest.raises(InputError, match=words):
        lanes_from(wrong)


def test_curves_are_distances_to_the_reference(network, monkeypatch):
    monkeypatch.setattr(quality, "STEPS", (1, 2, 4))
    monkeypatch.setattr(quality, "REFERENCE_STEPS", 12)
    monkeypatch.setattr(quality, "EVERY", 5)
    start = begin(network, 6, "anyone", 3)
    values = list(quality.steps_and_quality(network, start))
    assert {value.reference for value in values} == {quality.Reference("euler", 12)}
    assert [value.under_way for value in values] == [None, None, None, 2, 4, None]
    assert [value.reference_steps for value in values[:3]] == [0, 5, 10]
    assert [value.done for value in values] == [False] * 5 + [True]
    few = quality.first_faces(start, 4)
    assert few.seeds == (3, 4, 5, 6)
    *_, reference = sample(network, Settings("euler", 12), few)
    assert values[-1].faces == 4
    for name, asked in (("ddim", [1, 2, 4]), ("heun", [1, 3])):
        *_, end = sample(network, Settings(name, len(asked) + (name == "ddim")), few)
        error = (display.faces(end.x) - display.faces(reference.x)).square().mean().item()
        points = values[-1].points[name]
        assert [evaluations for evaluations, _ in points] == asked
        assert points[-1][1] == pytest.approx(error, rel=0.02, abs=1e-9)
    assert "ddpm" not in values[-1].points
    assert all(not points for points in values[0].points.values())


def test_the_reference_takes_more_steps_than_anybody_may_ask_for():
    longest = max(quality.STEPS)
    assert quality.Reference(quality.REFERENCE, quality.REFERENCE_STEPS).steps >= 10 * longest
    with pytest.raises(InputError, match="number of steps"):
        Settings(quality.REFERENCE, quality.REFERENCE_STEPS)
    with pytest.raises(InputError, match="number of steps"):
        quality.Reference(quality.REFERENCE, 1001)  # there are no more timesteps


def test_a_measurement_that_nobody_wants_ends(network):
    start = begin(network, 1, "anyone", 0)
    values = list(quality.steps_and_quality(network, start, wanted=lambda: False))
    assert len(values) == 1
    assert not values[0].done


def test_a_lane_says_how_noisy_it_is(network):
    settings = Settings("ddim", 4)
    times = timesteps(network, settings)
    assert times == [999, 749, 499, 249, 0]
    first, *_ = denoiser_states(network, settings, begin(network, 1, "anyone", 0))
    assert (first.timestep, first.evaluations, first.seconds) == (999, 0, 0)
