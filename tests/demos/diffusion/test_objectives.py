"""Three objectives: all walks pixel for pixel, and a sentence where one is missing."""

import re

import numpy as np
import pytest
import torch
from gradio_client import Client
from gradio_client.exceptions import AppError

from demos.diffusion import film
from demos.diffusion import objectives as scene
from demos.diffusion.runs import whole_of
from demos.kit import openings
from models.core.errors import InputError
from models.diffusion import display, shipped
from models.diffusion.deblending import deblended
from models.diffusion.draw import ANYONE, begin
from models.diffusion.next_state import NextState, NextStateConfig, next_states
from models.diffusion.sample import sample
from models.diffusion.samplers import Settings
from tests.pictures import pixels


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


def test_the_ddpms_side_is_the_models_pixels(client: Client):
    run, _ = client.predict(2, 21, 2, "dpm", api_name="/objectives")
    network = shipped.denoiser()
    *_, last = sample(network, Settings("dpm", 2), begin(network, 2, ANYONE, 21))
    shown = pixels(run["films"]["denoiser"]["faces"])
    assert np.array_equal(shown, film.sheet(film.made(last)["x"]))
    assert run["seeds"] == [21, 22]
    assert run["done"]


def test_the_other_side_is_its_networks_pixels(simple):
    *_, run = scene.objectives(3, 4, 1)
    *_, last = next_states(simple, begin(shipped.denoiser(), 3, ANYONE, 4).noise)
    expected = film.sheet(display.faces(last.x))
    assert np.array_equal(pixels(run["films"]["next_state"]["faces"]), expected)
    assert run["missing"] == ""
    assert run["steps"] == {"denoiser": 1, "next_state": 16, "deblending": 1}


def test_the_third_is_the_displacements_pixels(simple):
    *_, run = scene.objectives(3, 4, 2)
    network = shipped.denoiser()
    *_, last = deblended(network, begin(network, 3, ANYONE, 4), 2)
    expected = film.sheet(display.faces(last.x))
    assert np.array_equal(pixels(run["films"]["deblending"]["faces"]), expected)


def test_where_it_is_missing_a_sentence_says_so_and_the_ddpm_goes_on(nothing):
    *_, run = scene.objectives(1, 0, 1)
    assert list(run["films"]) == ["denoiser", "deblending"]
    assert run["missing"].startswith("The network that predicts the next state is not here. There")
    first = scene.first_value()
    if "next_state" not in openings.read(scene.OPENING)["films"]:
        assert "not here" in first["missing"]


def test_films_are_of_all_walks(simple):
    settings, start = Settings("ddim", 4), begin(shipped.denoiser(), 3, ANYONE, 9)
    values = list(scene.films(shipped.denoiser(), settings, start, simple))
    whole = whole_of(values[-1])["films"]
    *_, ours = sample(shipped.denoiser(), settings, start)
    assert np.array_equal(pixels(whole["denoiser"]["faces"]), film.sheet(film.made(ours)["x"]))
    assert values[-1]["steps"] == {"denoiser": 4, "next_state": 16, "deblending": 4}
    assert not values[-1]["stopped"]
    assert [frame["level"] for frame in whole["next_state"]["frames"]] == list(range(17))
    assert [frame["t"] for frame in whole["denoiser"]["frames"]] == [999, 749, 499, 249, 0]
    assert [frame["level"] for frame in whole["deblending"]["frames"]] == list(range(5))
    first = [pixels(whole[name]["film"]["x"])[:64] for name in whole]
    assert len(first) == 3
    assert all(np.array_equal(one, first[0]) for one in first)  # the same noise
    assert all(len(value["films"]) == 1 for value in values[:-1])  # only who has moved


def test_films_that_were_ended_say_so(simple):
    start = begin(shipped.denoiser(), 1, ANYONE, 0)
    *_, last = scene.films(shipped.denoiser(), Settings("ddim", 9), start, simple, lambda: False)
    last = whole_of(last)
    assert last["stopped"]
    assert {name: len(one["frames"]) for name, one in last["films"].items()} == {
        "denoiser": 2,
        "next_state": 2,
        "deblending": 2,
    }


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


def test_a_stopped_run_says_so(simple):
    values = list(scene.objectives(1, 0, 50, wanted=lambda: False))
    assert values[-1]["stopped"]
    assert len(whole_of(values[-1])["films"]["denoiser"]["frames"]) == 2


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
    shown = openings.read(scene.OPENING)
    network = shipped.denoiser()
    start = begin(network, scene.COUNT, ANYONE, scene.SEED)
    *_, last = sample(network, scene.FIRST, start)
    faces = pixels(shown["films"]["denoiser"]["faces"]).astype(float)
    now = film.sheet(film.made(last)["x"])
    assert abs(faces - now).mean() < 1  # another machine's rounding at most
