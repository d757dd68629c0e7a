"""Generate: the same seed gives the same faces everywhere, and a run can be stopped."""

import base64
import io
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image

from demos.diffusion import film, lent
from demos.diffusion import generate as scene
from demos.diffusion.run_view import film_of
from demos.diffusion.runs import whole_run
from demos.kit import openings
from demos.kit.run import InLine
from models.diffusion import display, draw, faces, shipped
from models.diffusion.engine import Waiting
from models.diffusion.sample import sample
from models.diffusion.samplers import Settings
from tests.pictures import opened

SEEDS = (3, 5, 8, 13)


def drawn(count, character, seed, settings):
    network = shipped.denoiser()
    *_, last = sample(network, settings, draw.begin(network, count, character, seed))
    return film.sheet(film.made(last)["x"])


def test_the_same_seed_gives_the_same_pixels_through_the_endpoint(client: Client):
    last, _ = client.predict(3, "bart_simpson", 2.0, 2, "dpm", 11, api_name="/generate")
    run = client.predict(last["run"], api_name="/run")
    assert run["faces"] == last["faces"]
    shown = np.asarray(opened(run["faces"]).convert("RGB"))
    again = drawn(3, "bart_simpson", 11, Settings("dpm", 2, 2.0))
    assert np.array_equal(shown, again)
    assert run["seeds"] == [11, 12, 13]
    assert set(run["characters"]) == {"Bart Simpson"}
    assert [frame["evaluations"] for frame in run["frames"]] == [2, 4, 4]
    assert [frame["t"] for frame in run["frames"]] == [999, 499, 0]
    assert opened(run["film"]["x0"]).size == (64, 3 * 64)


def test_every_step_is_streamed(client: Client):
    job = client.submit(1, "anyone", 1.0, 3, "heun", 0, api_name="/generate")
    job.result()
    firsts = [value["first"] for value, _ in job.outputs()]
    assert firsts == [0, 1, 2, 3]  # the last is what came out
    assert [len(value["frames"]) for value, _ in job.outputs()] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ((0,), "number of faces is 0, but must be a whole number from 1 to 25"),
        ((26,), "number of faces is 26"),
        ((1, "maggie"), "Character 'maggie'"),
        ((1, "anyone", 99), "guidance scale is 99, but must be a number from 0 to 10"),
        ((1, "anyone", 1, 0), "number of steps is 0"),
        ((1, "anyone", 1, 10_000), "number of steps is 10000"),
        ((1, "anyone", 1, 5, "plms"), "Sampler 'plms'"),
        ((1, "anyone", 1, 5, ["ddim"]), r"Sampler \['ddim'\]"),
        ((1, "anyone", 1, 5, "ddim", -1), "seed is -1"),
        ((1, "anyone", 1, 5, "ddim", "x"), "seed is 'x'"),
        ((1, "anyone", 1, 5, "ddim", 0, 2), "Eta is 2"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(client: Client, wrong, words):
    with pytest.raises(AppError, match=words):
        client.predict(*wrong, api_name="/generate")


def test_a_stopped_run_ends_after_its_step_and_says_so():
    stopped = iter([True, False]).__next__
    values = list(scene.generate(1, "anyone", 1.0, 50, wanted=stopped))
    assert len(values) == 3
    assert values[-1]["done"]
    assert values[-1]["stopped"]
    assert values[-1]["frames"] == []
    whole = whole_run(values[-1]["run"])
    assert whole["frames"] == [values[0]["frames"][0], values[1]["frames"][0]]
    assert whole["frames"][-1]["noise_rate"] > 0.9  # nobody says that no noise is left
    assert "faces" not in whole
    assert "faces" not in values[-1]  # none is finished


def test_those_who_draw_at_once_get_the_faces_of_their_seeds(app_url):
    visitors = [Client(app_url, verbose=False) for _ in SEEDS]
    jobs = [
        visitor.submit(1, "anyone", 1.0, 3, "unipc", seed, api_name="/generate")
        for visitor, seed in zip(visitors, SEEDS, strict=True)
    ]
    for seed, job in zip(SEEDS, jobs, strict=True):
        shown = np.asarray(opened(job.result()[0]["faces"]).convert("RGB")).astype(int)
        assert abs(shown - drawn(1, "anyone", seed, Settings("unipc", 3))).max() <= 1  # of 255


def test_who_stands_in_line_is_told_the_place_and_can_leave(monkeypatch):
    line = [Waiting(3, 9.0)] * 5
    monkeypatch.setattr(lent, "engine", lambda: SimpleNamespace(follow=lambda *_: iter(line)))
    wanted = iter([True, False]).__next__
    assert list(scene.generate(1, wanted=wanted)) == [InLine(3, 9.0)] * 2


def test_stop_without_a_run_is_harmless(client: Client):
    client.predict(api_name="/generate_stop")
    client.predict(api_name="/generate_stop")


def test_the_first_run_is_what_its_settings_draw():
    """Drawn by the shipped weights when they were published; here once more, some steps of it."""
    shown = openings.read(scene.OPENING)
    network = shipped.denoiser()
    start = draw.begin(network, scene.COUNT, scene.CHARACTER, scene.SEED)
    steps = list(sample(network, scene.FIRST, start))
    assert len(shown["frames"]) == len(steps) + 1
    ends = np.asarray(opened(shown["faces"]).convert("RGB")).astype(float)
    now = film.sheet(film.made(steps[-1])["x"]).astype(float)
    assert abs(ends - now).mean() < 1  # another machine's rounding at most
    with Image.open(faces.PATH) as ready:  # the page opens with the faces at hand elsewhere
        assert np.array_equal(ends, np.asarray(ready.convert("RGB")))
    assert shown["seeds"] == list(start.seeds)


def test_a_film_is_made_of_what_the_page_has_drawn():
    pictures = [Image.new("RGB", (32, 32), (40 * i, 0, 0)) for i in range(4)]
    frames = []
    for picture in pictures:
        file = io.BytesIO()
        picture.save(file, "PNG")
        frames.append("data:image/png;base64," + base64.b64encode(file.getvalue()).decode())
    made = opened(film_of({"frames": frames})["src"])
    assert made.format == "GIF"
    assert made.n_frames == 4
    assert film_of({"frames": frames[:1]})["error"].startswith("A film is made of 2 to 101")
    assert "error" in film_of({"frames": ["javascript:alert(1)", frames[0]]})
    assert "error" in film_of({"frames": [frames[0], "data:image/png;base64,AAAA"]})
    assert "must be some of" in film_of({})["error"]


@pytest.mark.parametrize(("form", "words"), [("PNG", "at most 160 pixels"), ("JPEG", "PNG files")])
def test_a_film_of_large_pictures_is_refused_before_they_are_decoded(form, words):
    file = io.BytesIO()
    Image.new("RGB", (5000, 5000)).save(file, form)
    frame = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    assert words in film_of({"frames": [frame] * 2})["error"]


def test_noise_and_faces_have_their_scales():
    assert display.faces(torch.tensor([-1.0, 0.0, 3.0])).tolist() == [0.0, 0.5, 1.0]
    shades = display.noise(torch.tensor([0.0, 3.0, -3.0, 9.0]))
    assert shades.tolist() == pytest.approx([0.5, 1, 0, 1])
