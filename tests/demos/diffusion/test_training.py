"""The training scene of the face networks: what was recorded is what is shown."""

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from demos.diffusion import training
from models.core.history import History
from models.diffusion.shipped import WEIGHTS


@pytest.mark.parametrize("name", [name for _, name in training.SHELF.choices()])
def test_every_shipped_network_has_its_curves(client: Client, name):
    charts, strips, facts, card, _ = client.predict(name, api_name="/diffusion_training")
    history = History.read(WEIGHTS / f"{name}.history.json")
    curves = {curve["name"]: curve["points"] for curve in charts["charts"][0]["series"]}
    metric = "loss"
    if name == "consistency":  # is chosen by what it draws: it has no loss on held-back faces
        assert list(curves) == ["training"]
        metric = "kid"
        curves |= {curve["name"]: curve["points"] for curve in charts["charts"][1]["series"]}
    assert curves["validation"] == [
        [one["seen"], one["validation"][metric]] for one in history.records
    ]
    assert curves["training"] == [[one["seen"], one["train"]["loss"]] for one in history.records]
    assert [frame["src"] for frame in strips["frames"]] == [one["image"] for one in history.strips]
    assert "weights" in facts
    assert card.startswith("### Diffusion on faces")
    further_charts = [chart["title"] for chart in charts["charts"]][1:]
    known = {
        "character_classifier": ["Characters told apart"],
        "consistency": ["KID of faces in two steps"],
    }
    assert further_charts == known.get(name, [])


@pytest.mark.parametrize("name", ["gan", "", None, 3])
def test_a_network_that_there_is_not_is_refused(client: Client, name):
    with pytest.raises(AppError, match=r"Model .* is not known"):
        client.predict(name, api_name="/diffusion_training")


def test_every_network_of_the_tab_is_on_the_shelf():
    published = {path.stem for path in WEIGHTS.glob("*.safetensors")}
    assert published <= set(training.SHELF.names)
