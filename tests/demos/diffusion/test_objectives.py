"""Two objectives: both networks pixel for pixel, and a sentence where one is missing."""

import base64
import io
import re

import numpy as np
import pytest
import torch
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image

from demos.diffusion import objectives as scene
from models.core.errors import InputError
from models.core.images import tiled, to_array
from models.diffusion import film, first_objectives, shipped
from models.diffusion.draw import ANYONE, begin
from models.diffusion.next_state import NextState, NextStateConfig, next_states
from models.diffusion.sample import sample
from models.diffusion.samplers import Settings


@pytest.fixture
def simple(monkeypatch):
    torch.manual_seed(0)
    network = NextState(NextStateConfig(channels=4, time_channels=4, middle=(8, 2))).eval()
    monkeypatch.setattr(shipped, "next_state", lambda: network)
    return network


@pytest.fixture
def nothing(monkeypatch):
    def missing():
        raise InputError("There is no weight file next_state.safetensors.")

    monkeypatch.setattr(shipped, "next_state", missing)


def opened(uri):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.split(",", 1)[1]))).convert("RGB"))


def test_the_ddpms_side_is_the_models_pixels(client: Client):
    run, _ = client.predict(2, 21, 2, "dpm", api_name="/objectives")
    network = shipped.denoiser()
    *_, last = sample(network, Settings("dpm", 2), begin(network, 2, ANYONE, 21))
    shown = opened(run["films"]["denoiser"]["faces"])
    assert np.array_equal(shown, to_array(film.made(last).x))
    assert run["seeds"] == [21, 22]
    assert run["done"]


def test_the_other_side_is_its_networks_pixels(simple):
    *_, run = scene.objectives(3, 4, 1)
    *_, last = next_states(simple, begin(shipped.denoiser(), 3, ANYONE, 4).noise)
    expected = to_array(tiled(film.faces(last.x), 2))
    assert np.array_equal(opened(run["films"]["next_state"]["faces"]), expected)
    assert run["missing"] == ""
    assert run["steps"] == {"denoiser": 1, "next_state": 16}


def test_where_it_is_missing_a_sentence_says_so_and_the_ddpm_goes_on(nothing):
    *_, run = scene.objectives(1, 0, 1)
    assert list(run["films"]) == ["denoiser"]
    assert run["missing"].startswith("The network that predicts the next state is not here. There")
    first = scene.first_value()
    if "next_state" not in first_objectives.read()["films"]:
        assert "not here" in first["missing"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ((0,), "number of faces is 0"),
        ((26,), "number of faces is 26"),
        ((1, -1), "seed is -1"),
        ((1, "x"), "seed is 'x'"),
        ((1, 0, 0), "number of steps is 0"),
        ((1, 0, 10_000), "number of steps is 10000"),
        ((1, 0, 5, "plms"), "Sampler 'plms'"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(client: Client, wrong, words):
    with pytest.raises(AppError, match=words):
        client.predict(*wrong, api_name="/objectives")


def test_a_stopped_run_says_so(simple, monkeypatch):
    values = []
    for value in scene.objectives(1, 0, 50):
        values.append(value)
        monkeypatch.setattr(scene.TURNS, "_counting", {})  # what *Stop* does
    assert values[-1]["stopped"]
    assert len(values[-1]["films"]["denoiser"]["frames"]) == 2


def test_stop_without_a_run_is_harmless(client: Client):
    client.predict(api_name="/objectives_stop")


def test_the_table_adds_up(simple):
    *rows, total = scene.table().splitlines()[2:]
    weights = [int(re.search(r"([\d,]+) \|$", row)[1].replace(",", "")) for row in rows]
    assert f"**{sum(weights):,}**" in total
    assert sum(weights) == sum(parameter.numel() for parameter in simple.parameters())
    assert any("4 × 32 × 32" in row for row in rows)
    assert any("4 × 4 × 4" in row for row in rows)


def test_the_table_needs_no_weights(nothing):
    assert "64 × 16 × 16" in scene.table()


def test_the_first_run_is_what_its_settings_draw():
    shown = first_objectives.read()
    network = shipped.denoiser()
    start = begin(network, first_objectives.COUNT, ANYONE, first_objectives.SEED)
    *_, last = sample(network, first_objectives.SETTINGS, start)
    faces = opened(shown["films"]["denoiser"]["faces"]).astype(float)
    assert abs(faces - to_array(film.made(last).x)).mean() < 1  # another machine's rounding at most
