"""The race scene: pixel for pixel its samplers, refused in words where it cannot run."""

import numpy as np
import pytest
import torch
from gradio_client import Client
from gradio_client.exceptions import AppError
from torch import nn

from demos.diffusion import film
from demos.diffusion import race as scene
from demos.diffusion.race.view import Lanes
from demos.diffusion.runs import whole_of
from demos.kit import openings
from demos.kit.links import decode
from models.core.errors import InputError
from models.diffusion import quality, shipped
from models.diffusion.draw import begin
from models.diffusion.network import DenoiserConfig, FaceDenoiser
from models.diffusion.race import lanes_from
from models.diffusion.sample import sample
from tests.pictures import pixels

LANES = [["ddpm", 2], ["euler", 1], ["heun", 1]]
RACERS = [["ddpm", 5], ["ddim", 3], ["heun", 2], ["unipc", 4]]
TINY = DenoiserConfig(("a", "b", "other"), 16, (16, 32), norm_groups=8, head_channels=16)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return FaceDenoiser(TINY).eval()


def test_the_endpoint_gives_the_pixels_of_the_models(client: Client):
    run, _ = client.predict(LANES, 2, "bart_simpson", 11, 1.0, api_name="/race")
    network = shipped.denoiser()
    for number, settings in enumerate(lanes_from(LANES)):
        *_, last = sample(network, settings, begin(network, 2, "bart_simpson", 11))
        expected = film.sheet(film.made(last)["x"]).astype(int)
        shown = pixels(run["films"][str(number)]["faces"]).astype(int)
        assert abs(shown - expected).max() <= 1  # a batch of all lanes rounds otherwise
    assert run["seeds"] == [11, 12]
    assert [lane["steps"] for lane in run["lanes"]] == [2, 1, 1]
    again, _ = client.predict(LANES, 2, "bart_simpson", 11, 1.0, api_name="/race")
    for number in ("0", "1", "2"):
        assert again["films"][number]["faces"] == run["films"][number]["faces"]


def test_every_evaluation_is_streamed(client: Client):
    job = client.submit([["ddim", 3], ["unipc", 1]], 1, "anyone", 0, 1.0, api_name="/race")
    job.result()
    moved = [sorted(value["films"]) for value, _ in job.outputs()]
    assert moved == [["0", "1"], ["0", "1"], ["0"], ["0"], ["0", "1"]]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (([["ddpm", 5]],), "2 to 4 lanes, but 1"),
        (([["ddpm", 5]] * 5,), "2 to 4 lanes, but 5"),
        (([["ddpm", 0], ["ddim", 5]],), "number of steps is 0"),
        (([["ddpm", 10_000], ["ddim", 5]],), "number of steps is 10000"),
        (([["plms", 5], ["ddim", 5]],), "Sampler 'plms'"),
        (("ddpm",), "list of pairs"),
        ((LANES, 0), "number of faces is 0"),
        ((LANES, 10), "number of faces is 10"),
        ((LANES, 1, "maggie"), "Character 'maggie'"),
        ((LANES, 1, "anyone", -1), "seed is -1"),
        ((LANES, 1, "anyone", "x"), "seed is 'x'"),
        ((LANES, 1, "anyone", 0, 11), "guidance scale is 11"),
    ],
)
def test_what_cannot_race_is_refused_in_words(client: Client, wrong, words):
    with pytest.raises(AppError, match=words):
        client.predict(*wrong, api_name="/race")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ((0,), "number of faces is 0"),
        ((1, "maggie"), "Character 'maggie'"),
        ((1, "anyone", 0, "much"), "guidance scale is much"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_words(client: Client, wrong, words):
    with pytest.raises(AppError, match=words):
        client.predict(*wrong, api_name="/steps_and_quality")


def test_the_measurement_is_the_models(monkeypatch):
    monkeypatch.setattr(quality, "STEPS", (1, 2))
    monkeypatch.setattr(quality, "REFERENCE_STEPS", 3)
    values = list(scene.steps_and_quality(1, "anyone", 5, 1.0))
    network = shipped.denoiser()
    *_, found = quality.steps_and_quality(network, begin(network, 1, "anyone", 5))
    picture, note = values[-1]
    for curve, (name, points) in zip(picture["series"], found.points.items(), strict=True):
        assert curve["name"] == scene.SAMPLERS[name].title
        np.testing.assert_allclose(curve["points"], points, rtol=1e-3, atol=1e-9)
    assert "Euler's method draws from the same noise in 3 steps" in note
    assert "one face from seed 5 on" in note
    assert "Under way" in values[0][1]
    assert "Under way" not in note


def test_a_stopped_measurement_says_so(monkeypatch):
    monkeypatch.setattr(quality, "REFERENCE_STEPS", 3)
    values = list(scene.steps_and_quality(1, "anyone", 0, 1.0, wanted=lambda: False))
    assert len(values) == 2
    assert "Stopped." in values[-1][1]


def test_a_stopped_race_keeps_what_was_drawn():
    lanes = [["ddim", 50], ["ddpm", 50]]
    stopped = iter([True, False]).__next__
    values = list(scene.race(lanes, 1, "anyone", 0, 1.0, wanted=stopped))
    assert values[-1]["stopped"]
    assert len(whole_of(values[-1])["films"]["0"]["frames"]) < 5


def test_stop_without_a_race_is_harmless(client: Client):
    client.predict(api_name="/race_stop")


def test_lanes_come_out_of_a_link():
    lanes = Lanes(scene.LANES, label="lanes")
    assert decode(lanes, '[["ddim",5],["heun",3]]') == [["ddim", 5], ["heun", 3]]
    for wrong in ('[["ddim",5]]', '{"a":1}', '[["plms",5],["ddim",5]]', "ddim", "NaN"):
        with pytest.raises(InputError):
            decode(lanes, wrong)


def test_each_lanes_film_is_its_sampler_alone(network):
    start = begin(network, 3, "one of each", 7)
    *_, last = scene.films(nn.ModuleDict({"denoiser": network}), lanes_from(RACERS), start)
    assert all(not film["frames"] for film in last["films"].values())  # they were sent
    whole = whole_of(last)
    assert whole["done"]
    assert not whole["stopped"]
    assert [lane["title"] for lane in whole["lanes"]] == ["DDPM", "DDIM", "Heun", "UniPC"]
    for number, lane in enumerate(lanes_from(RACERS)):
        steps = list(sample(network, lane, start))
        shown = whole["films"][str(number)]
        expected = film.sheet(film.made(steps[-1])["x"]).astype(int)
        assert abs(pixels(shown["faces"]).astype(int) - expected).max() <= 1  # rounding
        assert [frame["evaluations"] for frame in shown["frames"]] == [
            0,
            *(step.evaluations for step in steps),
        ]
        assert [frame["t"] for frame in shown["frames"]] == [
            *(round(step.timestep, 2) for step in steps),
            0,
        ]
        sheets = pixels(shown["film"]["x"])
        assert sheets.shape == (32 * (lane.steps + 1), 32, 3)
        noise = film.sheet(film.asked(steps[0])["x"]).astype(int)
        assert abs(sheets[:32].astype(int) - noise).mean() < 8  # JPEG


def test_only_who_has_moved_is_sent(network):
    start = begin(network, 2, "anyone", 0)
    values = list(scene.films(nn.ModuleDict({"denoiser": network}), lanes_from(RACERS), start))
    moved = [sorted(value["films"]) for value in values]
    assert moved == [
        ["0", "1", "2", "3"],  # the noise
        ["0", "1", "3"],
        ["0", "1", "2", "3"],
        ["0", "1", "2", "3"],
        ["0", "3"],
        ["0"],
        ["0", "1", "2", "3"],  # how it ended
    ]
    assert values[3]["films"]["1"]["first"] == 3
    assert len(values[3]["films"]["1"]["frames"]) == 1


def test_a_guided_races_frames_count_two_evaluations_a_step(network):
    *_, last = scene.films(
        nn.ModuleDict({"denoiser": network}), lanes_from(RACERS[:2], 2.0), begin(network, 1, "a", 0)
    )
    whole = whole_of(last)
    assert [frame["evaluations"] for frame in whole["films"]["1"]["frames"]] == [0, 2, 4, 6]


def test_a_race_that_was_ended_says_so(network):
    answers = iter([True, True, False])
    start = begin(network, 1, "anyone", 0)
    *_, last = scene.films(
        nn.ModuleDict({"denoiser": network}), lanes_from(RACERS), start, lambda: next(answers)
    )
    last = whole_of(last)
    assert last["stopped"]
    assert last["done"]
    assert len(last["films"]["0"]["frames"]) == 4
    assert len(last["films"]["1"]["frames"]) == 4  # had finished: nothing is missing of it


def test_the_first_race_is_what_its_settings_draw():
    """Run by the shipped weights when they were published; here its shortest lane once more."""
    shown = openings.read(scene.OPENING)["race"]
    lanes = scene.LANES
    assert [[lane["sampler"], lane["steps"]] for lane in shown["lanes"]] == [list(x) for x in lanes]
    number = min(range(len(lanes)), key=lambda i: lanes[i][1])
    network = shipped.denoiser()
    start = begin(network, scene.COUNT, scene.CHARACTER, scene.SEED)
    settings = lanes_from(lanes, scene.GUIDANCE)[number]
    *_, last = sample(network, settings, start)
    faces = pixels(shown["films"][str(number)]["faces"]).astype(float)
    now = film.sheet(film.made(last)["x"])
    assert abs(faces - now).mean() < 1  # another machine's rounding at most


def test_ddims_first_curve_is_eulers():
    """One method, of x_t in the one and of x_t / sqrt(alpha_bar) in the other (Song et al. 2021,
    equation 14): what differs is rounding, and guesses that DDIM cuts to the range of pictures."""
    curves, _ = scene.first_curves()
    ddim, euler = (
        dict(curve["points"]) for curve in curves["series"] if curve["name"] in ("DDIM", "Euler")
    )
    assert ddim.keys() == euler.keys() == set(quality.STEPS)
    for steps in ddim:
        assert ddim[steps] == pytest.approx(euler[steps], rel=0.01)


def test_the_curves_that_the_page_opens_with_are_of_its_settings(network, monkeypatch):
    curves, note = scene.first_curves()
    assert [curve["name"] for curve in curves["series"]] == [
        scene.SAMPLERS[name].title for name in quality.DETERMINISTIC
    ]
    assert all(len(curve["points"]) >= len(quality.STEPS) - 2 for curve in curves["series"])
    assert note.startswith(
        "The error is the mean squared distance to the faces that Euler's method draws from the "
        "same noise in 500 steps: 4 faces from seed 0 on, guidance 1."
    )
    monkeypatch.setattr(quality, "STEPS", (1, 2))
    monkeypatch.setattr(quality, "REFERENCE_STEPS", 3)
    monkeypatch.setattr(scene, "LANES", [["ddpm", 2], ["ddim", 1]])
    opened_with = scene.opening(network)
    assert opened_with["race"]["done"]
    assert opened_with["race"]["run"] == 0
    assert "Under way" not in opened_with["quality"][1]
