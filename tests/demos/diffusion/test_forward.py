"""Forward: the endpoint's x_t is the models', whatever picture it is put on; and the way back."""

import base64
import json

import numpy as np
import pytest
import torch
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from demos.diffusion import forward as scene
from demos.diffusion.forward.view import Timestep, curves
from demos.kit.photo import EXAMPLES
from models.core.errors import InputError
from models.core.images import to_array
from models.diffusion import display, faces, shipped
from models.diffusion import forward as process
from models.diffusion.sample import sample, standard_normal
from tests.demos.diffusion.test_generate import opened


def floats(text):
    return torch.from_numpy(np.frombuffer(base64.b64decode(text), "<f4").copy())


def pixels(uri):
    return np.asarray(opened(uri).convert("RGB"))


@pytest.mark.parametrize(("number", "t", "seed"), [(1, 0, 0), (5, 400, 3), (9, 999, 12)])
def test_the_endpoint_gives_the_models_x_t(client: Client, number, t, seed):
    made, _ = client.predict("face", number, None, t, seed, api_name="/forward")
    x0, noise = faces.to_x0(faces.own_face(number)), standard_normal([seed], 32)
    x = process.noised(x0, noise, process.cosine(), t)
    assert np.array_equal(pixels(made["x"]), to_array(display.faces(x)))
    assert np.array_equal(pixels(made["x0"]), to_array(faces.own_face(number)))
    assert {name: made[name] for name in process.CURVES} == process.cosine().at(t)
    # and the numbers that the page mixes are these
    torch.testing.assert_close(floats(made["mixed"]["x0"]), x0.flatten())
    torch.testing.assert_close(floats(made["mixed"]["noise"]), noise.flatten())


def test_a_photo_is_squeezed(client: Client):
    photo = handle_file(EXAMPLES["cat"])
    made, _ = client.predict("photo", 1, photo, 10, 0, api_name="/forward")
    with Image.open(EXAMPLES["cat"]) as cat:
        expected = to_array(faces.small_square(cat.convert("RGB")))
    assert np.array_equal(pixels(made["x0"]), expected)


def test_the_way_back_begins_at_the_models_x_t(client: Client):
    run, _ = client.predict("face", 3, None, 620, 4, "bart_simpson", 10, api_name="/reverse")
    run = client.predict(run["run"], api_name="/run")
    assert [frame["t"] for frame in run["frames"]] == [599, 499, 399, 299, 199, 99, 0]
    network = shipped.denoiser()
    label = network.config.characters.index("bart_simpson")
    x0, noise = faces.to_x0(faces.own_face(3)), standard_normal([4], 32)
    *_, last = sample(network, *process.back(network, x0, noise, 620, 10, label))
    assert np.array_equal(pixels(run["faces"]), to_array(display.faces(last.x)))
    assert run["characters"] == ["Bart Simpson"]
    of_another, _ = client.predict("face", 3, None, 620, 5, api_name="/forward")
    of_this, _ = client.predict("face", 3, None, 0, 4, api_name="/forward")
    assert run["of"] == of_this["of"] != of_another["of"]
    assert run["total"] == 6


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (("cat",), "Source 'cat' is not known; choose one of face, photo"),
        (("face", 0), "number of the face is 0"),
        (("face", "x"), "number of the face is 'x'"),
        (("face", 1, None, 1000), "timestep t is 1000, but must be a whole number from 0 to 999"),
        (("face", 1, None, -1), "timestep t is -1"),
        (("face", 1, None, 3.5), "timestep t is 3.5"),
        (("face", 1, None, "NaN"), "timestep t is 'NaN'"),
        (("face", 1, None, 5, -1), "seed is -1"),
    ],
)
def test_what_cannot_be_noised_is_refused_in_words(client: Client, wrong, words):
    with pytest.raises(AppError, match=words):
        client.predict(*wrong, api_name="/forward")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (("face", 1, None, 5000), "timestep t is 5000"),
        (("face", 1, None, 5, 0, "maggie"), "Character 'maggie'"),
        (("face", 1, None, 5, 0, "anyone", 0), "number of steps is 0"),
        (("face", 1, None, 5, 0, "anyone", 101), "number of steps is 101"),
    ],
)
def test_a_way_back_that_is_none_is_refused_in_words(client: Client, wrong, words):
    with pytest.raises(AppError, match=words):
        client.predict(*wrong, api_name="/reverse")


def test_what_is_no_picture_is_refused_in_words(client: Client, tmp_path):
    text = tmp_path / "text.png"
    text.write_text("no picture")
    with pytest.raises(AppError, match="not a picture"):
        client.predict("photo", 1, handle_file(text), 5, 0, api_name="/forward")
    huge = tmp_path / "huge.png"
    Image.new("1", (9000, 6000)).save(huge)
    with pytest.raises(AppError, match=r"54\.0 megapixels"):
        client.predict("photo", 1, handle_file(huge), 5, 0, api_name="/forward")


def test_one_pixel_is_a_picture(client: Client, tmp_path):
    one = tmp_path / "one.png"
    Image.new("RGB", (1, 1), (10, 200, 30)).save(one)
    made, _ = client.predict("photo", 1, handle_file(one), 0, 0, api_name="/forward")
    assert (pixels(made["x0"]) == (10, 200, 30)).all()


def test_a_way_back_can_be_stopped(client: Client):
    stopped = iter([True, False]).__next__
    values = list(scene.reverse(t=999, steps=50, wanted=stopped))
    assert len(values) == 3
    assert values[-1]["stopped"]
    client.predict(api_name="/reverse_stop")  # nothing to stop: harmless


def test_at_equal_shares_the_page_prints_a_log_snr_of_zero():
    (half,) = (preset for preset in scene.INFO.presets if preset.slug == "half")
    assert f"{process.cosine().at(half.values['t'])['log_snr']:.2f}" == "0.00"


def test_links_hold_t():
    view = Timestep(400, label="t")
    assert view.check(json.loads("999")) == 999
    for text in ("1000", "-1", "4.5", '"x"', "null", "true", "[1]"):
        with pytest.raises(InputError, match="timestep t"):
            view.check(json.loads(text))


def test_the_pages_curves_are_the_models():
    packed = curves(*process.CURVES)
    assert list(packed) == ["cosine", "linear"]
    for make, title in ((process.cosine, "cosine"), (process.linear, "linear")):
        for name in process.CURVES:
            expected = getattr(make(), name).float()
            torch.testing.assert_close(floats(packed[title][name]), expected)


def test_the_scene_opens_with_its_defaults():
    made = scene.forward()
    assert made["t"] == scene.START_T
    assert opened(made["x"]).size == (32, 32)
