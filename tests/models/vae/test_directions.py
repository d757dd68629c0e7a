"""Principal directions: against scikit-style closed forms, and steps along them."""

import pytest
import torch

from models.core.errors import InputError
from models.vae import codes, digits, directions, ends
from models.vae.decode import decode
from models.vae.encode import encode
from models.vae.shipped import autoencoder


@pytest.mark.parametrize("model", ["digits_16d", "digits_2d"])
def test_digits_directions_are_the_covariance_s_eigenvectors(model):
    found = directions.directions(model)
    means = encode(autoencoder(model), digits.held_back().images / 255).mean
    covariance = torch.cov(means.T)
    for vector, deviation in zip(found.vectors, found.deviations, strict=True):
        torch.testing.assert_close(covariance @ vector, deviation**2 * vector, rtol=1e-3, atol=1e-3)
        assert vector[vector.abs().argmax()] > 0
    assert torch.allclose(found.vectors @ found.vectors.T, torch.eye(len(found.vectors)), atol=1e-4)
    assert len(found.vectors) == min(6, autoencoder(model).config.latent)


def test_faces_directions_are_those_that_travel():
    found, known = directions.directions("faces"), codes.load()
    assert torch.allclose(
        (found.vectors * known.directions[:6]).sum(1).abs(), torch.ones(6), atol=1e-2
    )
    assert torch.equal(found.deviations, known.deviations[:6])


def test_moving_is_deviations_along_unit_vectors():
    along = directions.directions("digits_16d")
    start = ends.find("digits_16d", "3:1").latent
    moved = directions.move(start, along, [2.0, 0.0, -1.0])
    expected = start + 2 * along.deviations[0] * along.vectors[0]
    expected = expected - along.deviations[2] * along.vectors[2]
    torch.testing.assert_close(moved, expected)
    assert torch.equal(directions.move(start, along, [0, 0, 0, 0, 0, 0]), start)
    assert torch.equal(directions.move(start, along, []), start)


def test_the_sheet_decodes_each_stop_of_each_direction():
    along = directions.directions("digits_16d")
    start = ends.find("digits_16d", "3:1").latent
    sheet = directions.sheet("digits_16d", start)
    assert sheet.shape == (6, 7, 1, 28, 28)
    for row, column in ((0, 0), (2, 5), (5, 3)):
        amounts = [0.0] * row + [directions.STOPS[column]]
        alone = decode(autoencoder("digits_16d"), directions.move(start, along, amounts))
        torch.testing.assert_close(sheet[row, column][None], alone, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("amounts", "words"),
    [
        ([3.1], "from −3 to 3"),
        ([0, float("nan")], "must be finite"),
        ([0] * 7, "There are 6 directions, got 7"),
        (["1"], "numbers only"),
        ("11", "list of"),
        (5, "list of"),
    ],
)
def test_what_is_no_step_is_refused_in_words(amounts, words):
    along = directions.directions("digits_16d")
    with pytest.raises(InputError, match=words):
        directions.move(torch.zeros(1, 16), along, amounts)
