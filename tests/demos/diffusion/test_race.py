"""The race scene: pixel for pixel its samplers, refused in words where it cannot run."""

import base64
import io

import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image

from demos.diffusion import race as scene
from demos.diffusion.race_view import Lanes
from demos.kit.links import decode
from models.core.errors import InputError
from models.core.images import to_array
from models.diffusion import film, first_race, quality, shipped
from models.diffusion.draw import begin
from models.diffusion.race import lanes_from
from models.diffusion.sample import sample

LANES = [["ddpm", 2], ["euler", 1], ["heun", 1]]


def opened(uri):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.split(",", 1)[1]))).convert("RGB"))


def test_the_endpoint_gives_the_pixels_of_the_models(client: Client):
    run, _ = client.predict(LANES, 2, "bart_simpson", 11, 1.0, api_name="/race")
    network = shipped.denoiser()
    for number, settings in enumerate(lanes_from(LANES)):
        *_, last = sample(network, settings, begin(network, 2, "bart_simpson", 11))
        expected = to_array(film.made(last).x).astype(int)
        shown = opened(run["films"][str(number)]["faces"]).astype(int)
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
    for curve, (name, points) in zip(picture["series"], found["points"].items(), strict=True):
        assert curve["name"] == scene.SAMPLERS[name].title
        np.testing.assert_allclose(curve["points"], points, rtol=1e-3, atol=1e-9)
    assert "UniPC, 3 steps" in note
    assert "one face from seed 5 on" in note
    assert "Under way" in values[0][1]
    assert "Under way" not in note


def test_a_stopped_measurement_says_so(monkeypatch):
    monkeypatch.setattr(quality, "REFERENCE_STEPS", 3)
    values = []
    for value in scene.steps_and_quality(1, "anyone", 0, 1.0):
        values.append(value)
        monkeypatch.setattr(scene.TURNS, "_counting", {})  # what *Stop* does
    assert len(values) == 2
    assert "Stopped." in values[-1][1]


def test_a_stopped_race_keeps_what_was_drawn(monkeypatch):
    values = []
    for value in scene.race([["ddim", 50], ["ddpm", 50]], 1, "anyone", 0, 1.0):
        values.append(value)
        if len(values) == 2:
            monkeypatch.setattr(scene.TURNS, "_counting", {})
    assert values[-1]["stopped"]
    assert len(values[-1]["films"]["0"]["frames"]) < 5


def test_stop_without_a_race_is_harmless(client: Client):
    client.predict(api_name="/race_stop")


def test_lanes_come_out_of_a_link():
    lanes = Lanes(scene.LANES, label="lanes")
    assert decode(lanes, '[["ddim",5],["heun",3]]') == [["ddim", 5], ["heun", 3]]
    for wrong in ('[["ddim",5]]', '{"a":1}', '[["plms",5],["ddim",5]]', "ddim", "NaN"):
        with pytest.raises(InputError):
            decode(lanes, wrong)


def test_the_first_race_is_what_its_settings_draw():
    """Run by the shipped weights when they were published; here its shortest lane once more."""
    shown = first_race.read()["race"]
    lanes = list(first_race.LANES)
    assert [[lane["sampler"], lane["steps"]] for lane in shown["lanes"]] == [list(x) for x in lanes]
    number = min(range(len(lanes)), key=lambda i: lanes[i][1])
    network = shipped.denoiser()
    start = begin(network, first_race.COUNT, first_race.CHARACTER, first_race.SEED)
    settings = lanes_from(lanes, first_race.GUIDANCE)[number]
    *_, last = sample(network, settings, start)
    faces = opened(shown["films"][str(number)]["faces"]).astype(float)
    assert abs(faces - to_array(film.made(last).x)).mean() < 1  # another machine's rounding at most
