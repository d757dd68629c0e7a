"""Distance or judge: what the endpoint answers is what the models paint and measure."""

import dataclasses
import json

import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from demos.colorizer import versus
from demos.colorizer.versus.view import MEASURES, said, table
from demos.kit.photo import EXAMPLES
from models.colorizer import shipped
from models.colorizer.compare import Painting, compare
from models.colorizer.square import square
from models.core import images
from models.core.errors import InputError
from tests.pictures import pixels


def painted(name: str, *place) -> dict[str, Painting]:
    truth = square(images.to_tensor(images.open_image(EXAMPLES[name])), 32, *place)
    networks = {one: shipped.colorizer(one) for one in ("cifar_l1", "cifar_gan")}
    return compare(networks, truth)


@pytest.mark.parametrize(
    ("name", "place"), [("astronaut", ()), ("rocket", (1.6, 0.5, 0.3)), ("coffee", (4, 1, 0))]
)
def test_pictures_and_numbers_are_the_models(client: Client, name, place):
    value, _ = client.predict(handle_file(EXAMPLES[name]), *place, api_name="/versus")
    expected = painted(name, *place)
    assert list(value["pictures"]) == ["grey", "cifar_l1", "cifar_gan", "truth"]
    for one, painting in expected.items():
        assert np.array_equal(pixels(value["pictures"][one]), images.to_array(painting.image))
        for measure in MEASURES:
            number = value["numbers"][one][measure]
            assert number == pytest.approx(getattr(painting, measure), abs=1e-3)
    assert value["said"] == said(expected)


def test_a_program_that_names_no_photo_gets_what_the_page_opens_with(client: Client):
    value, _ = client.predict(api_name="/versus")
    grey = painted("astronaut")["grey"]
    assert value["numbers"]["grey"]["psnr"] == pytest.approx(grey.psnr, abs=1e-3)


def words(grey, l1, gan, truth_colours=30.0):
    """What is said of these PSNR."""
    one = painted("astronaut")["grey"]
    numbers = {"grey": grey, "cifar_l1": l1, "cifar_gan": gan, "truth": 120.0}
    paintings = {name: dataclasses.replace(one, psnr=psnr) for name, psnr in numbers.items()}
    paintings["truth"] = dataclasses.replace(paintings["truth"], colourfulness=truth_colours)
    return said(paintings)


def test_what_is_said_follows_from_the_numbers():
    assert "22.0 dB of PSNR, more than L1 alone and L1 + GAN:" in words(22.0, 20.0, 21.0)
    assert "more than L1 + GAN:" in words(22.0, 23.0, 21.0)
    assert "more than L1 alone:" in words(22.0, 21.0, 23.0)
    assert "not far below L1 alone's 22.5 and L1 + GAN's 23.0" in words(22.0, 22.5, 23.0)
    assert "are well above" in words(18.0, 23.5, 23.0)
    assert "grey is right" in words(90.0, 25.0, 25.0, truth_colours=0.1)


def test_the_evaluation_is_the_shipped_one():
    measured = json.loads((shipped.WEIGHTS / "evaluation.json").read_text("utf-8"))
    found = versus.evaluated()
    assert (
        found["numbers"]["cifar_gan"]["frechet_distance"]
        == (measured["cifar_gan"]["frechet_distance"])
    )
    assert found["numbers"]["grey"]["psnr"] == measured["grey (cifar10)"]["psnr_mean"]
    assert (
        found["numbers"]["truth"]["colourfulness"] == (measured["truth (cifar10)"]["colourfulness"])
    )
    assert f"{measured['cifar_l1']['frechet_distance']:.1f} for L1 alone" in found["said"]
    way = measured["cifar_gan"]["psnr_mean"] - measured["grey (cifar10)"]["psnr_mean"]
    assert f"{abs(way):.2f} dB {'above' if way > 0 else 'below'} grey" in found["said"]


def test_an_evaluation_that_is_gone_or_damaged_leaves_the_scene_alone(monkeypatch, tmp_path):
    monkeypatch.setattr(versus, "WEIGHTS", tmp_path)
    assert versus.evaluated() == {}
    for text in ("{", "[]", '{"cifar_gan": {}}', "null"):
        (tmp_path / "evaluation.json").write_text(text)
        assert versus.evaluated() == {}
    with pytest.raises(LookupError):
        table({})


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "I;16", "RGBA"])
def test_every_kind_of_photo_is_painted(tmp_path, mode):
    path = tmp_path / "photo.tif"
    Image.new("L", (40, 30), 120).convert("RGB").convert(mode if mode != "I;16" else "I").save(path)
    assert versus.versus(str(path))["said"].startswith("The true picture has hardly any colours")


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 5000)])
def test_photos_of_odd_shapes_are_painted(tmp_path, width, height):
    path = tmp_path / "photo.png"
    Image.new("RGB", (width, height), (200, 90, 30)).save(path)
    assert pixels(versus.versus(str(path))["pictures"]["cifar_gan"]).shape == (32, 32, 3)


@pytest.mark.parametrize(
    ("place", "words"),
    [((9, 0.5, 0.5), "zoom is 9"), ((1, 2, 0.5), "x is 2"), ((1, 0.5, "low"), "y is low")],
)
def test_a_square_that_there_is_not_is_refused_in_words(client: Client, place, words):
    with pytest.raises(AppError, match=words):
        client.predict(handle_file(EXAMPLES["cat"]), *place, api_name="/versus")


def test_a_damaged_photo_and_a_missing_network_are_named(tmp_path, monkeypatch):
    path = tmp_path / "photo.png"
    path.write_bytes(b"no picture")
    with pytest.raises(InputError, match="not a picture"):
        versus.versus(str(path))
    monkeypatch.setattr(shipped, "WEIGHTS", tmp_path)
    with pytest.raises(InputError, match=r"cifar_l1\.safetensors"):
        versus.versus(EXAMPLES["cat"])
