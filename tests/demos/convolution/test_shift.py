"""SLIDES 9 through the endpoint."""

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from models.convolution import slides


def test_slides_9(client: Client):
    view, _ = client.predict(api_name="/shift")
    first, last = view["stops"][0], view["stops"][-1]
    assert (last["dx"], last["dy"]) == slides.TRANSLATION_SHIFT
    assert {stop["answer"] for stop in view["stops"]} == {slides.TRANSLATION_SHAPE}
    assert last["scores"] == pytest.approx(first["scores"])
    own = view["shapes"].index("plus")
    dx, dy = slides.TRANSLATION_SHIFT
    assert last["peaks"][own] == [first["peaks"][own][0] + dy, first["peaks"][own][1] + dx]
    moved = [row[: 16 - dx] for row in first["maps"][own][: 16 - dy]]
    assert [row[dx:] for row in last["maps"][own][dy:]] == moved
    assert all(stop["difference"] == 0 for stop in view["stops"])


def test_without_pooling_the_answer_changes(client: Client):
    view, _ = client.predict("corner", 4, 3, "none", api_name="/shift")
    assert view["stops"][0]["answer"] == "corner"
    assert view["right"] == 1


def test_a_shape_that_stays_is_refused_in_words(client: Client):
    with pytest.raises(AppError, match="does not move"):
        client.predict("plus", 0, 0, api_name="/shift")
