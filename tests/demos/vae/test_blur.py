"""The blur scene's endpoint: the same characters by both, and what is said of their edges."""

import re

import pytest
import torch
from gradio_client import Client
from gradio_client.exceptions import AppError

from demos.vae import blur as scene
from models.core import images
from models.core.metrics import edge_strength
from models.diffusion import characters as drawn
from models.diffusion import shipped as diffusion
from models.vae import codes


def test_both_sheets_show_the_same_nine(client: Client):
    value, _ = client.predict(api_name="/blur")
    assert len(value["names"]) == len(set(value["names"])) == 9
    assert value["columns"] == 3
    for name in ("vae", "diffusion"):
        assert images.open_image(_bytes(value[name]), None).size == (98, 98)  # with a pixel between
    assert {name: len(each) for name, each in value["edges"].items()} == {
        "vae": 9, "diffusion": 9, "real": 9,
    }  # fmt: skip


def test_what_the_lead_says_is_so(client: Client):
    """A VAE's edges are the weaker ones, in every seed; by a mean alone they are weakest."""
    shares = []
    for seed in range(3):
        value, _ = client.predict("everybody", 1.0, seed, api_name="/blur")
        edges = {name: sum(each) / len(each) for name, each in value["edges"].items()}
        assert edges["vae"] < 0.6 * edges["diffusion"]
        assert edges["diffusion"] == pytest.approx(edges["real"], rel=0.25)
        shares.append(edges["vae"])
        said = re.search(r"VAE (\d+) %, diffusion (\d+) %", value["caption"])
        expected = [round(100 * edges[name] / edges["real"]) for name in ("vae", "diffusion")]
        assert [int(each) for each in said.groups()] == expected
    means, _ = client.predict("everybody", 0.0, 0, api_name="/blur")
    assert sum(means["edges"]["vae"]) / len(means["edges"]["vae"]) < min(shares)


def test_without_a_spread_one_character_has_one_face(client: Client):
    still, _ = client.predict("homer_simpson", 0.0, 0, api_name="/blur")
    assert len(still["names"]) == 8
    assert len({round(each, 4) for each in still["edges"]["vae"]}) == 1
    moved, _ = client.predict("homer_simpson", 1.0, 0, api_name="/blur")
    assert len(set(moved["edges"]["vae"])) == 8
    assert moved["diffusion"] == still["diffusion"]


def test_the_seed_is_diffusions_column(client: Client):
    value, _ = client.predict("nine", 1.0, 2, api_name="/blur")
    about, sheet = scene.drawn_by_diffusion()
    place = about["characters"].index(scene.NINE[0]) * about["each"] + 2
    assert value["edges"]["diffusion"][0] == pytest.approx(
        edge_strength(sheet[place][None]).item(), abs=1e-4
    )


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("nobody", 1.0, 0), "Who 'nobody' is not known"),
        (("nine", 2.0, 0), "spread is 2"),
        (("nine", 1.0, 8), "seed is 8"),
    ],
)
def test_what_is_out_of_range_is_refused(client: Client, asked, words):
    with pytest.raises(AppError, match=words):
        client.predict(*asked, api_name="/blur")


def test_missing_faces_are_said(monkeypatch, tmp_path):
    monkeypatch.setattr(scene, "DRAWN", tmp_path / "characters.webp")
    scene.drawn_by_diffusion.cache_clear()
    with pytest.raises(scene.InputError, match="missing or damaged"):
        scene.blur()
    scene.drawn_by_diffusion.cache_clear()


def test_the_sheet_is_the_shipped_denoisers():
    """Its rows are the characters of both networks; what it shows is drawn by the denoiser."""
    about, sheet = scene.drawn_by_diffusion()
    network = diffusion.denoiser()
    assert tuple(about["characters"]) == drawn.known(network) == codes.load().characters
    assert about["each"] == drawn.EACH
    assert about["steps"] == drawn.SETTINGS.steps
    *_, last = drawn.sample(
        network, drawn.SETTINGS, drawn.begin(network, 1, about["characters"][3], 0)
    )
    made = drawn.display.faces(last.x)
    torch.testing.assert_close(sheet[3 * drawn.EACH][None], made, atol=0.03, rtol=0)


def _bytes(uri: str) -> bytes:
    import base64

    return base64.b64decode(uri.split(",", 1)[1])
