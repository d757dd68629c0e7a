"""The planes scene: its endpoint gives the model's numbers, its brush comes by link."""

import json

import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from demos.colorizer import planes as scene
from demos.colorizer.planes.view import PlanesBrush
from demos.colorizer.shown import SHELF
from demos.kit import links
from demos.kit.photo import EXAMPLES
from models.colorizer import planes
from models.colorizer.shipped import colorizer
from models.core.errors import InputError
from tests.pictures import pixels

CONTROL = PlanesBrush(None, label="Brush")


def unpacked(uri: str) -> np.ndarray:
    """The numbers of a plane, H W."""
    found = pixels(uri).astype(int)
    return (256 * found[..., 0] + found[..., 1] - 32768) / 100


def test_the_page_shows_the_model_s_numbers(client: Client):
    found, _ = client.predict(handle_file(EXAMPLES["coffee"]), "network", 4, 2, api_name="/planes")
    shown = SHELF.take(EXAMPLES["coffee"])
    expected = planes.planes(colorizer(), shown.lightness, shown.ab, "network", 4, 2)
    for name, plane in (("L", expected.lightness), ("a", expected.ab[0]), ("b", expected.ab[1])):
        assert np.abs(unpacked(found[name]) - plane.numpy()).max() < 0.006
    assert len(found["told"]) == int(expected.told[2].sum())
    column, row, a, b = found["told"][0]
    assert expected.told[2, int(row), int(column)] == 1
    assert [a, b] == pytest.approx(expected.told[:2, int(row), int(column)].tolist(), abs=0.006)
    assert found["beyond"] == expected.beyond
    assert "L and 4 squares of true colours" in found["caption"]


def test_what_is_said_is_true_in_every_state():
    captions = {
        (photo, source, count): scene.planes(EXAMPLES[photo], source, count)["caption"]
        for photo in ("cat", "camera")
        for source in ("network", "photo")
        for count in (0, 1, 2)
    }
    assert "given L alone" in captions["cat", "network", 0]
    assert captions["cat", "network", 1].endswith("L and 1 square of true colours")
    assert "no colours to tell" in captions["camera", "network", 2]
    assert "own L, a and b" in captions["cat", "photo", 2]


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        (("nobody", 0, 0), "What is shown 'nobody' is not known"),
        (("network", 99, 0), "number of hints is 99"),
        (("network", 1, -5), "The seed is -5"),
    ],
)
def test_the_endpoint_refuses_in_a_sentence(client: Client, inputs, words):
    with pytest.raises(AppError, match=words):
        client.predict(handle_file(EXAMPLES["cat"]), *inputs, api_name="/planes")


def test_a_brush_comes_by_link():
    for value in (None, scene.SUIT, scene.ORANGE):
        assert links.decode(CONTROL, json.dumps(value)) == value


@pytest.mark.parametrize("value", [scene.SUIT, scene.ORANGE])
def test_a_brush_whose_corners_are_swapped_is_put_right(value):
    swapped = {"left": "right", "right": "left", "top": "bottom", "bottom": "top", "on": "on"}
    turned = {swapped[name]: part for name, part in value.items()}
    assert links.decode(CONTROL, json.dumps(turned)) == value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({**scene.SUIT, "on": "moon"}, "on the picture or on the plane"),
        ({**scene.SUIT, "left": 1.5}, "left = 1.5 is not a number from 0 to 1"),
        ({**scene.ORANGE, "top": float("nan")}, "top = nan is not a number from -110 to 110"),
        ({**scene.ORANGE, "top": "1"}, "top = 1 is not a number"),
        ([1], "has the keys"),
        ({"on": "plane"}, "has the keys"),
    ],
)
def test_a_brush_that_is_none_is_refused(value, words):
    with pytest.raises(InputError, match=words):
        links.decode(CONTROL, json.dumps(value))
