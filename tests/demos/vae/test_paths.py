"""Paths through the endpoint: the same pixels as the model's, slerp in numbers, films, refusals."""

import pytest
import torch
from gradio_client import Client
from gradio_client.exceptions import AppError

from demos.vae import paths
from models.core import images
from models.vae import path
from models.vae.ends import find
from models.vae.shipped import autoencoder
from tests.pictures import opened


def _pixels(src: str) -> torch.Tensor:
    return images.to_tensor(opened(src))


@pytest.mark.parametrize(
    ("model", "a", "b"),
    [
        ("digits_16d", "3:12", "8:5"),
        ("digits_2d", "prior:4", "1:3"),
        ("faces", "bart_simpson", "prior:1"),
    ],
)
def test_the_endpoint_shows_what_the_model_makes(client: Client, model, a, b):
    view, _ = client.predict(model, a, b, 5, "slerp", api_name="/path")
    start, end = find(model, a), find(model, b)
    stops = list(path.walk(autoencoder(model), start.latent, end.latent, 5, "slerp"))
    for src, z, stop in zip(view["images"], view["z"], stops, strict=True):
        shown = images.to_tensor(images.to_pil(stop.image))
        assert (_pixels(src) - shown).abs().max() <= 1.01 / 255  # batches may round otherwise
        torch.testing.assert_close(torch.tensor([z]), stop.latent, rtol=0, atol=1e-5)
    assert view["norms"]["slerp"] == pytest.approx([stop.norm for stop in stops], rel=1e-4)
    assert torch.equal(_pixels(view["pixels"][0]), images.to_tensor(images.to_pil(start.image)))
    assert view["typical"] == pytest.approx(autoencoder(model).config.latent ** 0.5)


def test_the_page_the_api_and_the_handler_agree(client: Client):
    arguments = ("digits_16d", "prior:4", "prior:9", 6, "linear")
    view, _ = client.predict(*arguments, api_name="/path")
    assert view["images"] == paths.walk(*arguments)["images"]
    assert view["norms"]["linear"][3] < view["norms"]["slerp"][3]


def test_coordinates_of_a_plane(client: Client):
    view, _ = client.predict("digits_2d", [1.0, 0.0], [0.0, 1.0], 3, "slerp", api_name="/path")
    assert view["z"][1] == pytest.approx([0.5**0.5] * 2, abs=1e-5)
    assert view["ways"]["linear"][1] == pytest.approx([0.5, 0.5])


def test_slerp_in_numbers(client: Client):
    found = client.predict([3.0, 0.0, 0.0], [0.0, 0.0, 3.0], 3, "slerp", api_name="/slerp")
    assert found["points"][1] == pytest.approx([4.5**0.5, 0, 4.5**0.5])
    assert found["norms"] == pytest.approx([3, 3, 3])
    straight = client.predict([3.0, 0.0], [0.0, 3.0], 3, "linear", api_name="/slerp")
    assert straight["points"][1] == pytest.approx([1.5, 1.5])


def test_films_repeat_and_hold_every_stop(client: Client):
    arguments = ("digits_16d", "3:12", "8:5", 9, "linear")
    one = client.predict(*arguments, "gif", api_name="/path_film")
    assert one == client.predict(*arguments, "gif", api_name="/path_film")
    film = opened(one["src"])
    assert (film.format, film.n_frames, film.size) == ("GIF", 9, (252, 252))
    strip = client.predict(*arguments, "png", api_name="/path_film")
    assert _pixels(strip["src"]).shape == (1, 3, 2 * 4 * 28, 9 * 4 * 28)
    assert strip["name"] == "glassbox-digits_16d-3-12-8-5-linear.png"


@pytest.mark.parametrize("steps", [0, 1, 1000, 2.5, "x", None])
def test_steps_that_are_none_are_refused_in_words(client: Client, steps):
    with pytest.raises(AppError, match="2 to 60 whole steps"):
        client.predict("digits_2d", "3:1", "8:1", steps, api_name="/path")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("digits_2d", "nan,1", "8:1"), "must be finite"),
        (("digits_2d", [1e9, 1.0], "8:1"), "up to ±20"),
        (("digits_2d", [1.0], "8:1"), "list of 2 numbers"),
        (("faces", "homer", "prior:1"), "Character 'homer'"),
        (("faces", "3:1", "prior:1"), "no place among the faces"),
        (("digits_16d", "homer_simpson", "8:1"), "no place among the digits"),
        (("pixels", "3:1", "8:1"), "Autoencoder 'pixels'"),
        (("digits_2d", "3:1", "8:1", 5, "curly"), "choose one of linear, slerp"),
    ],
)
def test_bad_input_is_refused_in_words(client: Client, arguments, words):
    with pytest.raises(AppError, match=words):
        client.predict(*arguments, api_name="/path")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([1.0], [1.0], 3), "list of 2 to 256 numbers"),
        (([1.0, 2.0], [1.0], 3), "second point must be a list of 2"),
        (([1.0, "x"], [1.0, 2.0], 3), "numbers only"),
        (([1.0, 2.0], [1.0, 2.0], 99), "2 to 60 whole steps"),
    ],
)
def test_bad_numbers_are_refused_in_words(client: Client, arguments, words):
    with pytest.raises(AppError, match=words):
        client.predict(*arguments, api_name="/slerp")


@pytest.mark.parametrize(
    "asked", [None, [], {"model": "x"}, {"modell": "digits_2d"}, {"form": "mp4"}]
)
def test_the_page_s_own_questions_are_refused_in_words(asked):
    assert set(paths.film_for_page(asked)) == {"error"}
    assert set(paths.sheet_for_page({"model": "faces"})) == {"error"}
    assert set(paths.sheet_for_page({"model": "digits_2d", "extent": "x"})) == {"error"}


def test_where_the_faces_are_missing_the_scene_says_so(monkeypatch, tmp_path):
    from demos.vae import ends
    from models.vae import codes

    load = codes.load
    monkeypatch.setattr(codes, "load", lambda: load(tmp_path / "none.npz"))
    assert "missing or damaged" in ends.faces_missing()
    assert ends.model_choice().value == "digits_16d"
