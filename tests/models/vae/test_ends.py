"""Places of latent space by name: each form is what it says, and the rest is refused in words."""

import pytest
import torch

from models.core.errors import InputError
from models.vae import codes, digits, ends, points
from models.vae.decode import decode
from models.vae.encode import encode
from models.vae.shipped import autoencoder


def test_a_digit_is_its_posterior_mean():
    held_back = digits.held_back()
    image = held_back.images[(held_back.labels == 3).nonzero().flatten()[12]][None] / 255
    found = ends.find("digits_16d", "3:12")
    assert torch.equal(found.image, image)
    torch.testing.assert_close(found.latent, encode(autoencoder("digits_16d"), image).mean)
    assert torch.equal(ends.find("digits_16d", 3).image, ends.find("digits_16d", "3:0").image)


def test_a_draw_is_the_prior_s_by_its_seed():
    found = ends.find("digits_16d", "prior:7")
    expected = torch.randn(1, 16, generator=torch.Generator().manual_seed(7))
    assert torch.equal(found.latent, expected)
    assert torch.equal(found.image, decode(autoencoder("digits_16d"), expected))


def test_coordinates_as_a_list_or_with_commas():
    one, other = ends.find("digits_2d", [0.5, -1.25]), ends.find("digits_2d", "0.5,-1.25")
    assert one.latent.tolist() == other.latent.tolist() == [[0.5, -1.25]]
    assert one.text == "0.5,-1.25"
    assert one.label == "(0.50, −1.25)"


def test_a_character_is_the_mean_and_its_faces_are_single_codes():
    known = codes.load()
    row = known.index("homer_simpson")
    mean, face = ends.find("faces", "homer_simpson"), ends.find("faces", "homer_simpson:4")
    assert torch.equal(mean.latent, known.means[row][None])
    assert torch.equal(face.latent, known.faces[row, 4][None])
    assert mean.label == "Homer Simpson, mean"
    assert mean.image.shape == (1, 3, 32, 32)


@pytest.mark.parametrize(
    ("model", "place"),
    [
        ("digits_16d", "3:5"),
        ("digits_2d", "prior:9"),
        ("digits_2d", [1.5, 2.0]),
        ("faces", "bart_simpson"),
        ("faces", "bart_simpson:2"),
    ],
)
def test_a_place_is_found_again_by_its_text(model, place):
    found = ends.find(model, place)
    assert torch.equal(ends.find(model, found.text).latent, found.latent)


@pytest.mark.parametrize(
    ("model", "place", "words"),
    [
        ("digits_16d", "homer_simpson", "no place among the digits"),
        ("digits_16d", None, "no place among the digits"),
        ("digits_16d", {"a": 1}, "no place among the digits"),
        ("digits_16d", "", "no place among the digits"),
        ("digits_16d", "12:1", "no place among the digits"),
        ("digits_16d", "3:100", "100 of the digit 3"),
        ("digits_16d", "3:-1", "whole number from 0 on"),
        ("digits_16d", "3:1.5", "whole number from 0 on"),
        ("digits_16d", "prior:99999999999", "whole number from 0 on"),
        ("digits_16d", "prior:9999999999", "seed must be from 0"),
        ("digits_16d", [1.0, 2.0], "list of 16 numbers"),
        ("digits_2d", [1.0, float("nan")], "must be finite"),
        ("digits_2d", "1,nan", "must be finite"),
        ("digits_2d", "1,x", "no list of coordinates"),
        ("digits_2d", [1.0, 1e9], "up to ±20"),
        ("digits_2d", [True, 1], "numbers only"),
        ("faces", "3:1", "no place among the faces"),
        ("faces", "homer", "Character 'homer'"),
        ("faces", "homer_simpson:12", "12 faces of Homer Simpson"),
        ("nobody", "3", "Autoencoder 'nobody'"),
    ],
)
def test_what_is_no_place_is_refused_in_words(model, place, words):
    with pytest.raises(InputError, match=words):
        ends.find(model, place)


def test_missing_faces_are_said_and_digits_go_on(monkeypatch, tmp_path):
    load = codes.load
    monkeypatch.setattr(codes, "load", lambda: load(tmp_path / "none.npz"))
    with pytest.raises(InputError, match="missing or damaged"):
        ends.find("faces", "homer_simpson")
    assert ends.find("digits_16d", "3").latent.shape == (1, 16)


def test_a_drawing_is_a_place():
    found = ends.drawn("digits_16d", [[140, 40, 140, 240]])
    assert found.image.shape == (1, 1, 28, 28)
    assert found.latent.norm() < points.FARTHEST
    with pytest.raises(InputError, match="A stroke"):
        ends.drawn("digits_16d", [[1, 2, 3]])
