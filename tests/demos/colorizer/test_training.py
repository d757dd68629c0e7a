"""The colorizers' training scene: both players' losses, validation among them, as recorded."""

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from demos.colorizer import training
from models.colorizer.shipped import NAMES, WEIGHTS
from models.core.history import History


def points(history, part, name):
    return [[one["seen"], one[part][name]] for one in history.records if name in one[part]]


@pytest.mark.parametrize("name", NAMES)
def test_every_network_has_its_curves_pictures_and_card(client: Client, name):
    charts, strips, facts, card, _ = client.predict(name, api_name="/colorizer_training")
    history = History.read(WEIGHTS / f"{name}.history.json")
    found = {
        chart["title"]: {curve["name"]: curve["points"] for curve in chart["series"]}
        for chart in charts["charts"]
    }
    expected = {"Generator: distance, L1": "l1", "Fréchet distance to true colours": None}
    if name != "cifar_l1":
        expected |= {"Discriminator": "discriminator", "Generator: −log D(L, G(L))": "adversarial"}
    assert set(found) == set(expected)
    for title, key in expected.items():
        if key:
            assert found[title]["training"] == points(history, "train", key)
            assert found[title]["validation"] == points(history, "validation", key)
            assert found[title]["validation"]
    distances = found["Fréchet distance to true colours"]
    assert distances == {"validation": points(history, "validation", "colour_distance")}
    assert [frame["src"] for frame in strips["frames"]] == [one["image"] for one in history.strips]
    assert [frame["x"] for frame in strips["frames"]] == [one["seen"] for one in history.strips]
    assert "weights" in facts
    assert card.startswith("### Colorizers")


def test_no_recorded_loss_is_wilder_than_a_game_can_be():
    """Both players' losses are a few nats a patch; thousands were a discriminator that never was.

    One validation's were: of averaged weights with spectral norms that did not fit them.
    """
    for name in NAMES:
        history = History.read(WEIGHTS / f"{name}.history.json")
        for record in history.records:
            for part in ("train", "validation"):
                for key in {"adversarial", "discriminator"} & set(record[part]):
                    assert 0.1 < record[part][key] < 5


def test_where_the_judge_plays_the_colours_come_nearer():
    """What the walk-through says of the photos' training, in its own history."""
    history = History.read(WEIGHTS / "photo.history.json")
    judged = ["adversarial" in one["validation"] for one in history.records]
    distance = [one["validation"]["colour_distance"] for one in history.records]
    turns = [i for i in range(1, len(judged)) if judged[i] != judged[i - 1]]
    assert [judged[i] for i in turns] == [True, False, True]  # it was there twice
    for begin, end in zip(turns, [*turns[1:], len(judged)], strict=True):
        before, after = distance[begin - 1], distance[end - 1]
        assert after < before if judged[begin] else after > before


@pytest.mark.parametrize("name", ["gan", "", None, 3])
def test_a_network_that_there_is_not_is_refused(client: Client, name):
    with pytest.raises(AppError, match=r"Model .* is not known"):
        client.predict(name, api_name="/colorizer_training")


def test_every_network_of_the_tab_is_on_the_shelf():
    assert set(training.SHELF.names) == set(NAMES)
