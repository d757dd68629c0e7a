"""Which is real: a question does not tell, an answer tells what the models know."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image

from demos.colorizer import quiz
from demos.colorizer.quiz.view import choice_of
from demos.kit.photo import EXAMPLES
from models.colorizer import measures, shipped
from models.colorizer.colorize import colorize
from models.colorizer.quiz import question
from models.colorizer.square import square
from models.core import images
from models.core.errors import InputError
from tests.pictures import opened, pixels


@pytest.mark.parametrize("painter", ["cifar_gan", "cifar_l1"])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_one_is_the_photo_and_the_other_its_painting(client: Client, painter, number):
    value, _ = client.predict(4, number, painter, [], api_name="/quiz")
    told = client.predict(4, number, painter, "B", api_name="/quiz_answer")
    asked = question(4, number, len(quiz._names()))
    name = quiz._names()[asked.picture]
    photo = images.to_tensor(images.open_image(EXAMPLES[name]))
    truth = square(photo, 32, asked.zoom, asked.x, asked.y)
    made = colorize(shipped.colorizer(painter), truth).image
    real, other = ("A", "B") if asked.real_first else ("B", "A")
    assert np.array_equal(pixels(value["pictures"][real]), images.to_array(truth))
    assert np.array_equal(pixels(value["pictures"][other]), images.to_array(made))
    answer = told["answer"]
    assert answer["real"] == real
    assert answer["right"] == (real == "B")
    assert answer["name"] == name
    numbers = answer["numbers"]
    assert numbers["painted"]["ab_error"] == pytest.approx(
        measures.ab_error(made, truth).item(), abs=1e-3
    )
    assert numbers["painted"]["psnr"] == pytest.approx(
        measures.signal_to_noise(made, truth).item(), abs=1e-3
    )
    assert numbers["real"]["colourfulness"] == pytest.approx(
        measures.colourfulness(truth).item(), abs=1e-3
    )
    assert told["pictures"] == value["pictures"]


def test_a_question_does_not_tell_which_is_real(client: Client):
    """The same keys in the same order, pictures of one kind and size, and nothing else in them."""
    orders = set()
    for number in range(1, 7):
        value, _ = client.predict(0, number, "photo", [], api_name="/quiz")
        assert list(value) == ["pictures", "side", "seed", "number", "painter", "own"]
        assert list(value["pictures"]) == ["A", "B"]
        pair = [opened(uri) for uri in value["pictures"].values()]
        assert {one.size for one in pair} == {(quiz.SIDE, quiz.SIDE)}
        assert {one.format for one in pair} == {"JPEG"}
        assert pair[0].quantization == pair[1].quantization
        assert pair[0].info == pair[1].info
        told = json.dumps({**value, "pictures": None})
        assert not any(word in told for word in ("real", "truth", "first", "answer"))
        orders.add(question(0, number, len(quiz._names())).real_first)
    assert orders == {True, False}


def test_only_photos_with_colours_are_asked_about():
    names = quiz._names()
    assert "camera" not in names
    assert {"astronaut", "cat", "coffee", "rocket"} <= set(names)


def test_own_photos_are_asked_about_instead(tmp_path):
    path = tmp_path / "mine.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (40, 50, 3), np.uint8)).save(path)
    value = quiz.quiz(0, 1, "cifar_gan", [str(path)])
    assert value["own"] == 1
    event = SimpleNamespace(choice="A", painter="cifar_gan", seed=0, number=1)
    told = quiz._answer(0, 1, "cifar_gan", [str(path)], event)
    assert told["answer"]["name"] == "your own photo"
    grey = tmp_path / "grey.png"
    Image.new("RGB", (40, 40), (90, 90, 90)).save(grey)
    with pytest.raises(InputError, match="hardly any colours of its own"):
        quiz.quiz(0, 1, "cifar_gan", [str(grey)])
    grey.write_bytes(b"no picture")
    with pytest.raises(InputError, match="not a picture"):
        quiz.quiz(0, 1, "cifar_gan", [str(grey)])


@pytest.mark.parametrize("other", [{"number": 2}, {"seed": 1}, {"painter": "photo"}])
def test_an_answer_to_a_question_that_is_gone_changes_nothing(other):
    asked = {"painter": "cifar_gan", "seed": 0, "number": 3}
    event = SimpleNamespace(choice="A", **asked)
    assert quiz._answer(0, 3, "cifar_gan", None, event)["answer"]["chosen"] == "A"
    event = SimpleNamespace(choice="A", **{**asked, **other})
    assert "answer" not in quiz._answer(0, 3, "cifar_gan", None, event)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ((-1, 1, "photo", "A"), "seed is -1"),
        ((0, 0, "photo", "A"), "number is 0"),
        ((0, 1, "nobody", "A"), "Painter 'nobody'"),
        ((0, 1, "cifar_l1", "C"), "Choice 'C'"),
        ((0.5, 1, "photo", "A"), "seed is 0.5"),
    ],
)
def test_what_there_is_not_is_refused_in_words(client: Client, wrong, words):
    with pytest.raises(AppError, match=words):
        client.predict(*wrong, api_name="/quiz_answer")


@pytest.mark.parametrize("choice", ["C", None, 1, ["A"]])
def test_a_click_that_is_none_is_refused(choice):
    with pytest.raises(InputError, match="Choice"):
        choice_of(SimpleNamespace(choice=choice))
