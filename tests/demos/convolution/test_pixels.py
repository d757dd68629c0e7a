import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from demos.convolution import pixels
from demos.kit.photo import EXAMPLES
from models.convolution.pixels import Place
from tests.pictures import opened

EYE = {"x": 0.405, "y": 0.197, "span": 0.02}


def test_the_picture_that_is_sent_is_exact(client: Client):
    sent, _ = client.predict(handle_file(EXAMPLES["cat"]), 768, api_name="/pixels_picture")
    decoded = opened(sent["src"])
    original = np.asarray(Image.open(EXAMPLES["cat"]).convert("RGB"))
    assert np.array_equal(np.asarray(decoded.convert("RGB")), original)
    assert (sent["width"], sent["height"]) == (451, 300)
    assert sent["sums"] == original.sum(axis=(0, 1)).tolist()


def test_the_endpoint_reads_exact_numbers(client: Client):
    photo = handle_file(EXAMPLES["astronaut"])
    part = client.predict(photo, 768, "planes", EYE, api_name="/pixels")
    (top, bottom), (left, right) = part["rows"], part["columns"]
    original = np.asarray(Image.open(EXAMPLES["astronaut"]).convert("RGB"))
    for i, name in enumerate("RGB"):
        assert part["planes"][name] == original[top : bottom + 1, left : right + 1, i].tolist()
    assert part["picture"]["numbers"] == 512 * 512 * 3


def test_a_small_photo_can_be_read_as_a_whole(client: Client):
    photo = handle_file(EXAMPLES["camera"])
    part = client.predict(photo, 32, "grey", {"x": 0.5, "y": 0.5, "span": 1}, api_name="/pixels")
    grey = np.array(part["planes"]["grey"])
    assert grey.shape == (32, 32)
    assert (grey.min(), grey.max()) == (
        part["picture"]["minimum"]["grey"],
        part["picture"]["maximum"]["grey"],
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"side": 768, "place": {"x": 0.5, "y": 0.5, "span": 1}}, "Please zoom in first"),
        ({"place": {"x": 9, "y": 0.5, "span": 1}}, "not a share from 0 to 1"),
        ({"place": "here"}, "a place is"),
    ],
)
def test_what_cannot_be_read_is_said_in_words(client: Client, arguments, words):
    photo = handle_file(EXAMPLES["cat"])
    with pytest.raises(AppError, match=words):
        client.predict(photo, api_name="/pixels", **arguments)


def test_every_preset_is_a_place():
    for preset in pixels.INFO.presets:
        Place.from_data(preset.values.get("place", pixels.WHOLE))
