"""The plane scene: its planes and points through handlers, endpoints and links."""

import json

import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from demos.vae import plane as scene
from demos.vae.plane.presets import MODELS
from demos.vae.plane.view import MarkerPlace
from models.core import images
from models.core.errors import InputError
from models.vae import decode, digits, plane
from models.vae.shipped import PLANES, autoencoder
from tests.pictures import pixels


@pytest.mark.parametrize("name", PLANES)
def test_decode_is_the_model_pixel_for_pixel(client: Client, name: str):
    found = client.predict(name, [1.25, -0.5], api_name="/decode")
    assert found["z"] == [1.25, -0.5]
    spot = plane.spot(name, [1.25, -0.5])
    np.testing.assert_array_equal(pixels(found["image"]), images.to_array(spot.image))
    nearest = digits.held_back().images[found["nearest"]["index"]]
    np.testing.assert_array_equal(pixels(found["nearest"]["image"])[..., 0], nearest[0].numpy())
    assert found["nearest"]["label"] == digits.held_back().labels[found["nearest"]["index"]]


def test_slides_19(client: Client):
    found, _ = client.predict(api_name="/plane")
    (only,) = found["planes"]
    assert (only["model"], only["extent"], found["steps"]) == ("digits_2d", 3, 20)
    expected = images.to_array(decode.sheet(autoencoder("digits_2d"), 20, 3.0))
    shown = pixels(only["sheet"]).astype(int)
    assert shown.shape == expected.shape == (560, 560, 3)
    assert np.abs(shown - expected).mean() < 3  # JPEG
    assert len(only["points"]) == len(found["labels"]) == 1000


def test_slides_20_the_same_click_in_both(client: Client):
    state = client.predict("vae/plane", "gaps", api_name="/preset")
    found, _ = client.predict(state["model"], state["window"], api_name="/plane")
    ordinary, variational = found["planes"]
    assert ordinary["model"] == "digits_2d_autoencoder"
    assert ordinary["seen"] >= 0.98 <= variational["seen"]
    distances = []
    for each in (ordinary, variational):
        point = [state["at"][name] * each["extent"] for name in "xy"]
        spot = client.predict(each["model"], point, api_name="/decode")
        distances.append(spot["nearest"]["distance"] / each["extent"])
    assert distances[0] > 5 * distances[1]


def test_a_comparison_shows_each_of_its_planes():
    for name, models in MODELS.items():
        found = scene.plane(name, "digits", 2)
        assert tuple(each["model"] for each in found["planes"]) == models


def test_what_the_page_asks_for_is_what_the_endpoint_returns():
    pairs = [["digits_2d", [0.1, 0.2]], ["digits_2d_beta_four", [0.1, 0.2]]]
    answer = scene.decode_points({"places": pairs})
    sheet = pixels(answer["pictures"])
    assert sheet.shape[:2] == (2 * 28, len(pairs) * 28)
    for column, (pair, spot) in enumerate(zip(pairs, answer["spots"], strict=True)):
        told = scene.decode_point(*pair)
        for row, uri in enumerate((told.pop("image"), told["nearest"].pop("image"))):
            tile = sheet[28 * row :, 28 * column :][:28, :28]
            np.testing.assert_array_equal(tile, pixels(uri))
        assert spot == told


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (None, "pairs"), ([], "pairs"), ([1], "pairs"),
        ([["digits_2d"]], "pairs"), ({"a": 1}, "pairs"),
        ([["nothing", [0, 0]]], "Plane 'nothing' is"), ([["digits_2d", [1e9, 0]]], "up to ±20"),
        ([["digits_2d", "there"]], "list of 2 numbers"), ([[None, [0, 0]]], "Plane None is"),
    ],
)  # fmt: skip
def test_the_page_gets_a_sentence_and_no_traceback(asked, words):
    assert words in scene.decode_points({"places": asked})["error"]
    assert "must be some of places" in scene.decode_points(asked)["error"]


def test_a_point_that_is_not_finite_is_refused():
    with pytest.raises(InputError, match="must be finite"):
        scene.decode_point("digits_2d", [float("nan"), 0])


def test_at_most_four_points_are_decoded_at_once():
    assert len(scene.decode_points({"places": [["digits_2d", [0, 0]]] * 50})["spots"]) == 4


@pytest.mark.parametrize(
    ("model", "point", "words"),
    [
        ("digits_2d", [25, 0], "up to ±20"), ("digits_2d", ["NaN", 0], "numbers only"),
        ("digits_2d", ["a", "b"], "numbers only"), ("digits_2d", [1], "list of 2"),
        ("digits_16d", [0, 0], "Plane 'digits_16d'"), ("secret", [0, 0], "Plane 'secret'"),
        ("digits_2d_autoencoder", [101, 0], "up to ±100"),
    ],
)  # fmt: skip
def test_bad_points_get_a_sentence(client: Client, model, point, words):
    with pytest.raises(AppError, match=words):
        client.predict(model, point, api_name="/decode")


@pytest.mark.parametrize(
    ("model", "window", "steps", "words"),
    [
        ("digits_16d", "prior", 20, "Plane 'digits_16d'"),
        ("digits_2d", "wide", 20, "Window 'wide' is not known; choose one of prior, digits"),
        ("digits_2d", "prior", 0, "1 to 40"), ("digits_2d", "prior", float("nan"), "1 to 40"),
        (["gaps"], "prior", 20, r"Plane \['gaps'\] is not known"),
        ("digits_2d", ["prior"], 20, r"Window \['prior'\] is not known"),
        ("digits_2d", "prior", "20", "1 to 40"),
    ],
)  # fmt: skip
def test_bad_planes_get_a_sentence(model, window, steps, words):
    with pytest.raises(InputError, match=words):
        scene.plane(model, window, steps)


@pytest.mark.parametrize("text", ['{"x": 2, "y": 0}', '{"x": 0}', "[0, 0]", '{"x": "a", "y": 0}',
                                  '{"x": NaN, "y": 0}', '{"x": true, "y": 0}'])  # fmt: skip
def test_places_that_are_none_are_refused(text):
    with pytest.raises(InputError):
        MarkerPlace({"x": 0, "y": 0}, label="Marker").check(json.loads(text))
