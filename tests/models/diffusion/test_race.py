"""A race is its lanes alone, all asked at once; and curves measure what they say."""

import base64
import io

import numpy as np
import pytest
import torch
from PIL import Image

from models.core.errors import InputError
from models.core.images import to_array
from models.diffusion import film, first_race, quality
from models.diffusion.draw import begin
from models.diffusion.network import DenoiserConfig, FaceDenoiser
from models.diffusion.race import LaneFilm, lanes_from, race
from models.diffusion.sample import sample
from models.diffusion.samplers import Settings

TINY = DenoiserConfig(("a", "b", "other"), 16, (16, 32), norm_groups=8, head_channels=16)
LANES = [["ddpm", 5], ["ddim", 3], ["heun", 2], ["unipc", 4]]


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return FaceDenoiser(TINY).eval()


def opened(uri):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.split(",", 1)[1]))).convert("RGB"))


def test_each_lane_is_its_sampler_alone(network):
    start = begin(network, 3, "one of each", 7)
    *_, whole = race(network, lanes_from(LANES), start)
    assert whole["done"]
    assert not whole["stopped"]
    assert [lane["title"] for lane in whole["lanes"]] == ["DDPM", "DDIM", "Heun", "UniPC"]
    for number, lane in enumerate(lanes_from(LANES)):
        steps = list(sample(network, lane, start))
        shown = whole["films"][str(number)]
        expected = to_array(film.made(steps[-1]).x).astype(int)
        assert abs(opened(shown["faces"]).astype(int) - expected).max() <= 1  # rounding
        assert [frame["evaluations"] for frame in shown["frames"]] == [
            0,
            *(step.evaluations for step in steps),
        ]
        assert [frame["t"] for frame in shown["frames"]] == [
            *(round(step.timestep, 2) for step in steps),
            0,
        ]
        sheets = opened(shown["film"]["x"])
        assert sheets.shape == (32 * (lane.steps + 1), 32, 3)
        noise = to_array(film.asked(steps[0]).x).astype(int)
        assert abs(sheets[:32].astype(int) - noise).mean() < 8  # JPEG


def test_the_few_arrive_first_and_all_are_asked_at_once(network, monkeypatch):
    calls = []
    forward = network.forward
    monkeypatch.setattr(network, "forward", lambda *a: calls.append(len(a[0])) or forward(*a))
    start = begin(network, 2, "anyone", 0)
    values = list(race(network, lanes_from(LANES), start))
    assert calls == [8, 8, 8, 4, 2]  # Heun's two steps ask three times
    moved = [sorted(value["films"]) for value in values]
    assert moved == [
        ["0", "1", "2", "3"],  # the noise
        ["0", "1", "3"],
        ["0", "1", "2", "3"],
        ["0", "1", "2", "3"],
        ["0", "3"],
        ["0"],
        ["0", "1", "2", "3"],  # all of it
    ]
    assert values[3]["films"]["1"]["first"] == 3
    assert len(values[3]["films"]["1"]["frames"]) == 1


def test_a_guided_race_costs_two_evaluations_a_step(network):
    *_, whole = race(network, lanes_from(LANES[:2], 2.0), begin(network, 1, "a", 0))
    assert [frame["evaluations"] for frame in whole["films"]["1"]["frames"]] == [0, 2, 4, 6]


def test_a_race_that_nobody_wants_ends_after_its_evaluation(network):
    answers = iter([True, True, False])
    start = begin(network, 1, "anyone", 0)
    *_, last = race(network, lanes_from(LANES), start, lambda: next(answers))
    assert last["stopped"]
    assert last["done"]
    assert len(last["films"]["0"]["frames"]) == 4
    assert len(last["films"]["1"]["frames"]) == 4  # had finished: nothing is missing of it


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
    start = begin(network, 6, "anyone", 3)
    values = list(quality.steps_and_quality(network, start))
    assert [value["working"] for value in values] == [
        "UniPC, 12 steps",
        "2 steps each",
        "4 steps each",
        "",
    ]
    assert [value["done"] for value in values] == [False, False, False, True]
    few = quality.first_faces(start, 4)
    assert few.seeds == (3, 4, 5, 6)
    *_, reference = sample(network, Settings("unipc", 12), few)
    assert values[-1]["faces"] == 4
    for name, asked in (("ddim", [1, 2, 4]), ("heun", [1, 3])):
        *_, end = sample(network, Settings(name, len(asked) + (name == "ddim")), few)
        error = (film.faces(end.x) - film.faces(reference.x)).square().mean().item()
        points = values[-1]["points"][name]
        assert [evaluations for evaluations, _ in points] == asked
        assert points[-1][1] == pytest.approx(error, rel=0.02, abs=1e-9)
    assert "ddpm" not in values[-1]["points"]
    assert all(not points for points in values[0]["points"].values())


def test_a_measurement_that_nobody_wants_ends(network):
    start = begin(network, 1, "anyone", 0)
    values = list(quality.steps_and_quality(network, start, wanted=lambda: False))
    assert len(values) == 1
    assert not values[0]["done"]


def test_a_lane_says_how_noisy_it_is(network):
    start = begin(network, 1, "anyone", 0)
    lane = LaneFilm(network, Settings("ddim", 4), start)
    assert lane.times == [999, 749, 499, 249, 0]
    assert lane.since(0)["frames"] == [{"t": 999, "evaluations": 0, "seconds": 0}]


def test_the_race_is_written_and_read(network, tmp_path, monkeypatch):
    monkeypatch.setattr(quality, "STEPS", (1, 2))
    monkeypatch.setattr(quality, "REFERENCE_STEPS", 3)
    monkeypatch.setattr(first_race, "LANES", (("ddpm", 2), ("ddim", 1)))
    path = tmp_path / "race.json"
    first_race.write(network, path)
    found = first_race.first_run.read(path)
    assert found["race"]["done"]
    assert found["quality"]["done"]
    with pytest.raises(InputError, match="missing or damaged"):
        first_race.first_run.read(tmp_path / "none.json")
