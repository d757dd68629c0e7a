"""The encode scene: posteriors, drawings and photos through handlers and endpoints."""

import math

import numpy as np
import pytest
import torch
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image
from torch import distributions

from demos.vae import encode as scene
from demos.vae.encode.presets import INFO
from demos.vae.encode.view import ByHand, DrawingPad, packed, unpacked
from models.core import images
from models.core.errors import InputError
from models.vae import digits, drawing, points
from models.vae.encode import encode
from models.vae.inspection import inspect
from models.vae.shipped import DIGITS, autoencoder
from tests.pictures import pixels

SEVEN = [[90, 60, 190, 60, 130, 230]]


@pytest.mark.parametrize("name", DIGITS)
def test_the_endpoint_is_the_model(client: Client, name: str):
    found, _ = client.predict(model=name, digit=7, number=11, seed=3, api_name="/encode")
    picture = digits.example(7, 11)
    np.testing.assert_array_equal(pixels(found["x"]), images.to_array(picture))
    network = autoencoder(name)
    expected = inspect(network, picture, points.drawn(network.config.latent, 1, 3))
    now = found["now"]
    for key, value in (("mean", expected.mean), ("deviation", expected.deviation)):
        assert now[key] == pytest.approx(value[0].tolist(), rel=1e-5)
    assert now["z"] == pytest.approx(expected.latent[0].tolist(), rel=1e-5)
    np.testing.assert_array_equal(pixels(now["image"]), images.to_array(expected.image))
    if now["kl"] is not None:
        gaussian = distributions.Normal(expected.mean, expected.deviation)
        kl = distributions.kl_divergence(gaussian, distributions.Normal(0.0, 1.0))
        assert now["kl"] == pytest.approx(kl[0].tolist(), rel=1e-3, abs=1e-4)
        beta = {"digits_2d_beta_tenth": 0.1, "digits_2d_beta_four": 4}.get(name, 1)
        assert found["beta"] == beta
        assert now["loss"] == pytest.approx(now["reconstruction"] + beta * sum(now["kl"]))


def test_slides_21_noise_is_held(client: Client):
    before, _ = client.predict(api_name="/encode")
    noise = before["now"]["noise"]
    moved = client.predict(
        "digits_2d", [1.0, -1.0], [0.5, 0.25], noise, before["pixels"], api_name="/reparameterise"
    )
    assert moved["z"] == pytest.approx([1 + 0.5 * noise[0], -1 + 0.25 * noise[1]], rel=1e-5)
    held = client.predict(
        "digits_2d", None, [0.5, 0.5], None, before["pixels"], api_name="/reparameterise"
    )
    assert held["noise"] == noise
    assert held["mean"] == before["now"]["mean"]


def test_slides_22_sigma_and_collapse():
    found = scene.encode()
    rows = {row["model"]: row for row in found["models"]}
    assert rows["digits_2d_autoencoder"]["deviation"] == [0, 0]
    assert rows["digits_2d_autoencoder"]["kl"] is None
    betas = ("digits_2d_beta_tenth", "digits_2d", "digits_2d_beta_four")
    sigmas = [sum(rows[name]["deviation"]) for name in betas]
    assert sigmas == sorted(sigmas)
    assert rows["digits_16d"]["active"].count(False) == 3
    wide = rows["digits_16d"]
    gone = [kl for kl, on in zip(wide["kl"], wide["active"], strict=True) if not on]
    assert max(gone) < 0.05


def test_the_same_seed_is_the_same_noise_and_another_is_not():
    one, same, other = (scene.encode(seed=seed) for seed in (4, 4, 5))
    assert one == same
    assert one["now"]["mean"] == other["now"]["mean"]
    assert one["now"]["z"] != other["now"]["z"]


def test_a_drawing_is_brought_to_mnist_s_form(client: Client):
    found, _ = client.predict(source="drawing", strokes=SEVEN, api_name="/encode")
    expected = unpacked(packed(drawing.from_strokes(SEVEN)))
    assert torch.equal(unpacked(found["pixels"]), expected)
    mean = encode(autoencoder("digits_2d"), expected).mean[0].tolist()
    assert found["now"]["mean"] == pytest.approx(mean, rel=1e-5)


def test_a_photo_of_a_digit_is_encoded(client: Client, tmp_path):
    paper = 255 - digits.held_back().images[5, 0].numpy()
    Image.fromarray(paper).resize((280, 280), Image.Resampling.BICUBIC).save(tmp_path / "five.png")
    found, _ = client.predict(
        source="photo", photo=handle_file(tmp_path / "five.png"), api_name="/encode"
    )
    own = encode(autoencoder("digits_2d"), digits.held_back().images[5:6] / 255).mean[0].tolist()
    assert math.dist(found["now"]["mean"], own) < 0.5


@pytest.mark.parametrize(
    ("source", "words"), [("drawing", "pad is empty"), ("photo", "no photo yet")]
)
def test_what_is_missing_is_a_state_and_no_error(client: Client, source, words):
    found, _ = client.predict(source=source, strokes=[], api_name="/encode")
    assert words in found.pop("missing")
    assert found == {"model": "digits_2d", "plane": True, "source": source}  # and no numbers


def test_a_file_that_is_no_picture_gets_a_sentence(client: Client, tmp_path):
    (tmp_path / "five.png").write_text("five")
    with pytest.raises(AppError, match="not a picture"):
        client.predict(source="photo", photo=handle_file(tmp_path / "five.png"), api_name="/encode")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"model": "digits_3d"}, "Model 'digits_3d'"), ({"model": "faces"}, "Model 'faces'"),
        ({"source": "mail"}, "Source 'mail'"), ({"digit": 12}, "from 0 to 9"),
        ({"number": 100}, "0 to 99"), ({"number": 2.5}, "0 to 99"), ({"seed": -1}, "seed must be"),
        ({"seed": 0.5}, "seed must be a whole"), ({"seed": 2**31}, "seed must be from"),
        ({"source": "drawing", "strokes": [[1, 2, 3]]}, "A stroke is a list"),
        ({"source": "drawing", "strokes": [[1, 900]]}, "from 0 to 280"),
        ({"source": "drawing", "strokes": "seven"}, "list of strokes"),
    ],
)  # fmt: skip
def test_bad_input_gets_a_sentence(client: Client, values, words):
    with pytest.raises(AppError, match=words):
        client.predict(**values, api_name="/encode")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (None, "must be some of"), ({"model": "none"}, "Model 'none' is not known"),
        ({"model": ["a"]}, "Model ['a'] is not known"), ({"modle": "a"}, "must be some of"),
        ({"model": "digits_2d", "mean": [0]}, "The mean must be a list of 2"),
        ({"model": "digits_2d", "mean": [30, 0]}, "up to ±20"),
        ({"model": "digits_2d", "deviation": [0, 1]}, "infinite KL"),
        ({"model": "digits_2d", "deviation": [-1, 1]}, "not below 0"),
        ({"model": "digits_2d", "noise": [math.nan, 0]}, "finite"),
        ({"model": "digits_2d", "pixels": "AAAA"}, "784 pixels"),
        ({"model": "digits_2d", "pixels": "?"}, "base64"),
        ({"model": "digits_2d", "pixels": 7}, "base64"),
        ({"model": "digits_2d", "seed": "x"}, "seed must be"),
    ],
)  # fmt: skip
def test_the_page_gets_a_sentence_and_no_traceback(asked, words):
    assert words in scene.by_hand(asked)["error"]


def test_the_page_asks_for_a_plane_that_is_none():
    assert "Plane 'digits_16d' is not known" in scene.plane_behind({"model": "digits_16d"})["error"]
    assert "Plane 'nothing' is not known" in scene.plane_behind({"model": "nothing"})["error"]
    assert "Plane ['digits_2d'] is" in scene.plane_behind({"model": ["digits_2d"]})["error"]
    assert "must be some of model" in scene.plane_behind("digits_2d")["error"]


def test_pixels_come_back_as_they_were():
    picture = digits.example(8, 3)
    assert torch.equal(unpacked(packed(picture)), picture)


@pytest.mark.parametrize("preset", INFO.presets, ids=lambda preset: preset.slug)
def test_a_preset_set_by_hand_is_of_the_digit_that_it_shows(preset):
    values = {name: value for name, value in preset.values.items() if name != "hand"}
    if values.get("source") == "drawing":
        return
    found = scene.encode(**values)
    if hand := preset.values.get("hand"):
        assert hand["of"] == found["key"]


@pytest.mark.parametrize(
    "value",
    [[], {"mean": 3}, {"mean": [math.nan]}, {"deviation": [0] * 17}, {"of": 3}, {"sigma": [1]}],
)
def test_states_by_hand_that_are_none_are_refused(value):
    with pytest.raises(InputError):
        ByHand({}, label="x").check(value)


def test_a_link_holds_a_drawing():
    assert DrawingPad([], label="x").check(SEVEN) == SEVEN
    with pytest.raises(InputError):
        DrawingPad([], label="x").check([[1]])
