"""The judge: grids, means, terms and curve are what the discriminator says."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from demos.colorizer import judge
from demos.colorizer.judge.view import SATURATIONS, saturation_of
from demos.kit.photo import EXAMPLES
from models.colorizer import colorize, game, shipped
from models.colorizer.square import square
from models.core import images
from models.core.errors import InputError
from tests.pictures import pixels


def photo(name):
    return images.to_tensor(images.open_image(EXAMPLES[name]))


@pytest.mark.parametrize(
    ("name", "network", "saturation"),
    [("cat", "photo", 1.0), ("coffee", "photo", 1.65), ("astronaut", "cifar_gan", 0.5)],
)
def test_the_answers_are_the_discriminators(client: Client, name, network, saturation):
    value, _ = client.predict(handle_file(EXAMPLES[name]), network, saturation, api_name="/judge")
    image = square(photo(name), 32) if network == "cifar_gan" else photo(name)
    painting = game.painted(shipped.colorizer(network), image)
    found = game.play(shipped.discriminator(network), painting, saturation)
    for part in ("truth", "painted", "grey"):
        judged = getattr(found, part)
        overlaid = value["overlays"][part]
        np.testing.assert_allclose(overlaid["grid"], judged.opinion.real, atol=6e-4)
        apart = pixels(overlaid["src"]).astype(float) - images.to_array(judged.image)
        assert abs(apart).mean() < (0.01 if network == "cifar_gan" else 5)  # of 255; photos: JPEG
        assert value["means"][part] == pytest.approx(judged.mean, abs=1e-4)
        assert value["believed"][part] == pytest.approx(judged.believed, abs=1e-4)
    assert value["size"] == [found.truth.opinion.height, found.truth.opinion.width]
    for term in ("log_real", "log_made", "value", "distance", "fooling", "generator_loss"):
        assert value["terms"][term] == pytest.approx(getattr(found, term), abs=1e-5)
    curve = dict(
        zip(
            SATURATIONS,
            game.by_saturation(shipped.discriminator(network), painting, SATURATIONS),
            strict=True,
        )
    )
    for at, made, truth in value["curve"]:
        assert (made, truth) == pytest.approx(curve[at], abs=1e-4)


def test_the_receptive_field_is_where_the_discriminator_says(client: Client):
    value, _ = client.predict(handle_file(EXAMPLES["cat"]), "photo", 1, api_name="/judge")
    opinion = colorize.judge(shipped.discriminator("photo"), photo("cat"))
    height, width = value["size"]
    sees = value["overlays"]["truth"]["sees"]
    assert value["patch"] == opinion.patch == 34
    assert sees["width"] * width == pytest.approx(34)
    assert sees["height"] * height == pytest.approx(34)
    assert (sees["x"] * width, sees["y"] * height) == pytest.approx((opinion.start,) * 2)
    assert (sees["dx"] * width, sees["dy"] * height) == pytest.approx((opinion.apart,) * 2)


def test_a_changed_file_of_the_same_name_is_painted_anew(tmp_path):
    path = tmp_path / "photo.png"
    Image.new("RGB", (40, 40), (200, 90, 30)).save(path)
    first = judge.judge(str(path))
    Image.new("RGB", (80, 40), (30, 90, 200)).save(path)
    assert judge.judge(str(path))["size"] == [40, 80]
    assert first["size"] == [40, 40]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (("gan", 1), "Network 'gan'"),
        (("photo", -1), "saturation is -1"),
        (("photo", 2.5), "saturation is 2.5"),
        (("photo", "much"), "saturation is much"),
    ],
)
def test_what_there_is_not_is_refused_in_words(client: Client, wrong, words):
    with pytest.raises(AppError, match=words):
        client.predict(handle_file(EXAMPLES["cat"]), *wrong, api_name="/judge")


def test_photos_that_cannot_be_judged_are_refused_in_words(tmp_path):
    path = tmp_path / "photo.png"
    Image.new("RGB", (1, 5000)).save(path)
    with pytest.raises(InputError, match="needs at least 12 each way"):
        judge.judge(str(path))
    path.write_bytes(b"no picture")
    with pytest.raises(InputError, match="not a picture"):
        judge.judge(str(path))
    with pytest.raises(InputError, match="choose one first"):
        judge.judge(None)


@pytest.mark.parametrize("saturation", [None, -1, 3, math.nan, "1", True])
def test_a_drag_to_nowhere_is_refused(saturation):
    with pytest.raises(InputError, match="saturation"):
        saturation_of(SimpleNamespace(saturation=saturation))
    assert saturation_of(SimpleNamespace(saturation=0.123)) == 0.12
