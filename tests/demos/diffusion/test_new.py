"""Is it new: what the endpoint answers is what the models measure; no data set, no thumbnails."""

import numpy as np
import pytest
import torch
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from demos.diffusion import choices
from demos.diffusion import new as scene
from models.core import archive, data
from models.core.errors import InputError, MissingInputError
from models.core.images import tiled, to_array
from models.diffusion import features, novelty, shipped
from models.diffusion.evaluate import features as features_of
from models.diffusion.faces import own_face
from models.diffusion.shipped import FACE_VAE_SAMPLES, WEIGHTS
from tests.pictures import pixels


@pytest.fixture
def no_data(monkeypatch, tmp_path):
    monkeypatch.setenv("GLASSBOX_DATA", str(tmp_path))
    novelty._parts.cache_clear()
    yield
    novelty._parts.cache_clear()


def test_the_first_runs_faces_are_asked_about(client: Client):
    value, _ = client.predict(api_name="/nearest")
    faces = torch.cat([own_face(number) for number in range(1, 10)])
    assert np.array_equal(pixels(value["faces"]), to_array(tiled(faces, 3)))
    found = features.load()
    with torch.no_grad():
        asked = shipped.character_classifier().embed(faces)
    distances = torch.cdist(asked, found.codes * found.scale).amin(1)
    shown = [one["distance"] for one in value["found"]]
    np.testing.assert_allclose(shown, distances, atol=2e-3)
    for one in value["found"]:
        nearer = sum(real < one["distance"] for real in value["held_back"])
        assert one["closer"] == pytest.approx(nearer / len(value["held_back"]), abs=0.003)
        assert one["copied"] == (one["distance"] < value["threshold"])
        assert len(one["nearest"]) == 5
    assert value["held_back"] == sorted(value["held_back"])
    assert value["trained_on"] == len(found.labels)


def test_the_vaes_faces_are_asked_about_too(client: Client):
    value, _ = client.predict("vae", 7, api_name="/nearest")
    pictures = archive.read(WEIGHTS / FACE_VAE_SAMPLES).images[6:15] / 255
    assert np.array_equal(pixels(value["faces"]), to_array(tiled(pictures, 3)))


def test_other_faces_come_one_by_one():
    """Numbers 9 and above: the first is ready, the next are drawn."""
    values = scene.nearest("ddpm", 9)
    first = next(values)
    assert len(first["found"]) == 2
    assert not first["done"]
    expected = to_array(tiled(torch.cat([own_face(9), own_face(10)]), 2))
    assert np.array_equal(pixels(first["faces"]), expected)
    values.close()


def test_a_picture_of_ones_own(client: Client, tmp_path):
    path = tmp_path / "mine.png"
    Image.new("RGB", (90, 60), (255, 217, 15)).save(path)
    value, _ = client.predict("photo", 1, handle_file(path), api_name="/nearest")
    assert value["titles"] == ["Your picture"]
    (found,) = value["found"]
    yellow = torch.tensor([255, 217, 15]).reshape(1, 3, 1, 1).expand(1, 3, 32, 32) / 255
    (expected,) = novelty.answer(features.load(), yellow)
    assert found["distance"] == pytest.approx(expected["distance"], abs=2e-3)
    value, _ = client.predict("vae", 1, handle_file(path), api_name="/nearest")
    assert value["titles"][0] == "Drawn by the VAE, 1"  # what was uploaded does not count then


def test_without_a_picture_of_ones_own_the_page_asks_for_one():
    with pytest.raises(MissingInputError, match="There is no picture yet"):
        next(scene.nearest("photo"))


def test_what_is_no_picture_is_refused(client: Client, tmp_path):
    path = tmp_path / "mine.png"
    path.write_bytes(b"no picture")
    with pytest.raises(AppError, match="not a picture"):
        client.predict("photo", 1, handle_file(path), api_name="/nearest")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (("gan",), "'gan' is not known"),
        (("vae", 0), "number of the face is 0"),
        (("vae", 10_000_000_000), "number of the face is 10000000000"),
        (("vae", "x"), "number of the face is 'x'"),
        (("vae", 1.5), "number of the face is 1.5"),
    ],
)
def test_faces_that_there_are_not_are_refused_in_words(client: Client, wrong, words):
    with pytest.raises(AppError, match=words):
        client.predict(*wrong, api_name="/nearest")


def test_without_the_data_there_are_no_thumbnails_but_a_sentence(no_data):
    assert "No data set 'simpsons'" in scene.training_faces({"indices": [1, 2]})["error"]
    with pytest.raises(InputError, match="No data set 'simpsons'"):
        next(scene.nearest("real", 1))


def test_with_the_data_they_are_the_training_faces(monkeypatch):
    found = features.load()
    blank = torch.zeros(len(found.labels), 3, 32, 32, dtype=torch.uint8)
    blank[5] = 200
    part = archive.Dataset(blank, found.labels, found.characters)
    monkeypatch.setattr(novelty, "_parts", lambda: (part, part))
    one, other = scene.training_faces({"indices": [5, 0]})["pictures"]
    assert (pixels(one) == 200).all()
    assert (pixels(other) == 0).all()
    value = list(scene.nearest("training", 6))[-1]
    assert (pixels(value["faces"])[:32, :32] == 200).all()


@pytest.mark.parametrize(
    "wrong",
    [
        {"indices": []},
        {"indices": "all"},
        {"indices": [-1]},
        {"indices": [10**9]},
        {"indices": [0.5]},
        {"indices": list(range(1000))},
        {"numbers": [1]},
        None,
    ],
)
def test_thumbnails_that_there_are_not_are_a_sentence(wrong):
    assert scene.training_faces(wrong)["error"]


@pytest.mark.parametrize("face", [0, 10, "2", None, 1.5])
def test_a_face_that_is_not_there_cannot_be_chosen(face):
    with pytest.raises(InputError, match="number of the chosen face"):
        choices.face_of(type("Event", (), {"face": face})(), scene.COUNT)


def test_a_stopped_question_keeps_what_is_there(monkeypatch):
    calls = []

    def ask(source, number):
        calls.append(number)
        return novelty.AskedFace(torch.zeros(1, 3, 32, 32), "")

    monkeypatch.setattr(scene.novelty, "face", ask)
    (value,) = scene.nearest("ddpm", 50, wanted=lambda: not calls)
    assert calls == [50]
    assert value["done"]


def test_real_new_faces_are_what_the_hill_is_of():
    """Where the data are here: the held-back faces' own distances, as they were measured."""
    try:
        _, held_back = data.parts("simpsons", lambda name: data.load(name, data.root()))
    except InputError as error:
        pytest.skip(str(error))
    small = data.resized(held_back, 32).images / 255
    found = features.load()
    distances = found.distances(features_of(shipped.character_classifier(), small)).amin(1)
    torch.testing.assert_close(distances.sort().values, found.held_back, atol=1e-3, rtol=1e-3)
