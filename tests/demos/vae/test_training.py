"""The VAE tab's training scene: draws by the seed, and what a missing file says."""

import math

import pytest
import torch
from gradio_client import Client
from gradio_client.exceptions import AppError

from demos.vae import training
from models.core import images
from models.core.errors import InputError
from models.core.history import History
from models.vae import sample, shipped
from models.vae.shipped import WEIGHTS
from tests.pictures import opened


def pixels(src: str) -> torch.Tensor:
    """A picture of the page as a tensor, 1 3 H W."""
    image = opened(src)
    return images.to_tensor(image.convert("RGB"))


def test_draws_are_the_models_by_the_seed():
    shown = pixels(training.draw_from_prior("digits_2d", 5, 7)["pictures"][0]["src"])
    made = sample.draw(shipped.autoencoder("digits_2d"), 5, torch.Generator().manual_seed(7))
    assert shown.shape[-2:] == (2 * 28 + 1, 3 * 28 + 2)
    torch.testing.assert_close(
        shown[..., 29:, 29:57], made[4:5].expand(-1, 3, -1, -1), atol=1 / 255, rtol=0
    )
    assert training.draw_from_prior("digits_2d", 5, 7) == training.draw_from_prior(
        "digits_2d", 5, 7
    )


@pytest.mark.parametrize("name", [name for _, name in training.SHELF.choices()])
def test_every_model_draws_and_has_a_history(name):
    charts, strips, facts, card = training.SHELF.training(name)
    history = History.read(WEIGHTS / f"{name}.history.json")
    reconstruction = charts["charts"][0]["series"][1]
    assert reconstruction["name"] == "validation"
    assert reconstruction["points"] == [
        [one["seen"], one["validation"]["reconstruction"]] for one in history.records
    ]
    variational = shipped.autoencoder(name).config.variational
    assert len(charts["charts"]) == (2 if variational else 1)
    assert [frame["src"] for frame in strips["frames"]] == [one["image"] for one in history.strips]
    assert "weights" in facts
    assert card.startswith("### Autoencoders")
    drawn, *_ = training.draw_from_prior(name, 1, 0)["pictures"]
    assert ("no prior" in drawn["note"]) == (not variational)


def test_the_walk_is_true_of_the_shipped_networks():
    two, four, sixteen = (
        History.read(WEIGHTS / f"{name}.history.json").records
        for name in ("digits_2d", "digits_2d_beta_four", "digits_16d")
    )
    first, last = two[0]["validation"], two[-1]["validation"]
    assert last["reconstruction"] < first["reconstruction"]
    assert last["kl"] > first["kl"]
    assert four[-1]["validation"]["kl"] < last["kl"]
    assert four[-1]["validation"]["reconstruction"] > last["reconstruction"]
    assert sixteen[-1]["validation"]["kl"] > last["kl"]
    assert sixteen[-1]["validation"]["reconstruction"] < 0.75 * last["reconstruction"]


@pytest.mark.parametrize("name", [name for _, name in training.SHELF.choices()])
def test_a_strip_is_made_of_the_pictures_that_are_named(name):
    _, strips, *_ = training.SHELF.training(name)
    width, height = opened(strips["frames"][0]["src"]).size
    assert width // height % len(strips["parts"]) == 0
    noisy = shipped.autoencoder(name).config.noise > 0
    assert (strips["parts"][0] == "under noise") == noisy


def test_diffusions_faces_stand_beside_the_vaes(monkeypatch, tmp_path):
    own, other = training.draw_from_prior("faces", 4, 3)["pictures"]
    assert "VAE, faces" in own["title"]
    assert other["title"] == "Drawn by diffusion"
    assert pixels(other["src"]).shape == (1, 3, 96, 96)  # the nine of the diffusion tab
    assert len(training.draw_from_prior("digits_2d", 4, 3)["pictures"]) == 1
    monkeypatch.setattr(training, "FACES_BY_DIFFUSION", tmp_path / "nothing.webp")
    assert len(training.draw_from_prior("faces", 4, 3)["pictures"]) == 1


@pytest.mark.parametrize("count", [0, 65, 2.5, math.nan, math.inf, "many", None, True])
def test_a_number_that_cannot_be_drawn_is_refused_in_words(count):
    with pytest.raises(InputError, match="1 to 64"):
        training.draw_from_prior("digits_2d", count, 0)


def test_a_missing_model_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(shipped, "WEIGHTS", tmp_path)
    with pytest.raises(InputError, match=r"no weight file .*digits_2d\.safetensors"):
        training.draw_from_prior("digits_2d", 1, 0)
    with pytest.raises(InputError, match="Autoencoder 'nobody'"):
        training.draw_from_prior("nobody", 1, 0)


def test_the_endpoints(client: Client):
    charts, strips, *_ = client.predict("digits_2d", api_name="/vae_training")
    assert charts["charts"][0]["title"] == "Reconstruction"
    assert strips["frames"]
    drawn, _ = client.predict("digits_2d", 4, 1, api_name="/draw_from_prior")
    assert drawn == training.draw_from_prior("digits_2d", 4, 1)


@pytest.mark.parametrize(
    ("endpoint", "arguments", "words"),
    [
        ("/vae_training", ("nobody",), "Model 'nobody'"),
        ("/draw_from_prior", ("digits_2d", 0, 0), "1 to 64"),
        ("/draw_from_prior", ("digits_2d", 4, -1), "seed"),
        ("/draw_from_prior", ("nobody", 4, 0), "Autoencoder 'nobody'"),
    ],
)
def test_the_endpoints_refuse_in_words(client: Client, endpoint, arguments, words):
    with pytest.raises(AppError, match=words):
        client.predict(*arguments, api_name=endpoint)
