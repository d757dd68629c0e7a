"""SLIDES 24 through the endpoint: a noised digit in, a clean one out; what is refused."""

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from demos.vae import denoise
from models.core import images
from models.core.metrics import psnr
from tests.pictures import opened


def _pixels(src: str):
    return images.to_tensor(opened(src))


def test_slides_24(client: Client):
    view, _ = client.predict(api_name="/denoise")
    digit, shown = _pixels(view["digit"]["src"]), view["shown"]
    assert shown["level"] == view["trained"] == 0.5
    assert shown["after"] > shown["before"] + 8
    assert psnr(_pixels(shown["clean"]), digit).item() == pytest.approx(shown["after"], abs=0.05)
    assert psnr(_pixels(shown["noisy"]), digit).item() == pytest.approx(shown["before"], abs=0.05)
    assert view["beside"]["after"] < shown["after"]


def test_every_level_at_once(client: Client):
    view, _ = client.predict("7:71", 0.3, 4, api_name="/denoise")
    assert [each["level"] for each in view["levels"]] == [round(i / 10, 1) for i in range(1, 10)]
    assert view["levels"][2]["noisy"] == view["shown"]["noisy"]
    before = [each["before"] for each in view["levels"]]
    assert before == sorted(before, reverse=True)
    again, _ = client.predict("7:71", 0.3, 4, api_name="/denoise")
    assert again == view == denoise.denoise("7:71", 0.3, 4)


def test_without_noise_nothing_differs(client: Client):
    view, _ = client.predict("3:1", 0, 0, api_name="/denoise")
    assert view["shown"]["before"] is None
    assert view["shown"]["noisy"] == view["digit"]["src"]


def test_a_drawing_takes_the_digit_s_place(client: Client):
    view, _ = client.predict("3:1", 0.5, 0, [[140, 40, 140, 240]], api_name="/denoise")
    assert view["digit"]["label"] == "your drawing"
    assert view["shown"]["after"] > view["shown"]["before"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("3:1", 1.5, 0), "noise level is 1.5, but must be a number from 0 to 1"),
        (("3:1", "much", 0), "noise level is much"),
        (("3:1", 0.5, -1), "seed must be from 0"),
        (("3:1", 0.5, 0.5), "seed must be a whole number"),
        (("homer_simpson", 0.5, 0), "no place among the digits"),
        (("3:100", 0.5, 0), "100 of the digit 3"),
        (("3:1", 0.5, 0, [[1, 2, 999, 4]]), "from 0 to 280"),
        (("3:1", 0.5, 0, "scribble"), "list of strokes"),
    ],
)
def test_bad_input_is_refused_in_words(client: Client, arguments, words):
    with pytest.raises(AppError, match=words):
        client.predict(*arguments, api_name="/denoise")
