"""Decoding points and sheets of the shipped planes, and points that are none."""

import math

import pytest
import torch

from models.core.errors import InputError
from models.vae import digits, plane, points
from models.vae.decode import decode, lattice, sheet
from models.vae.encode import encode
from models.vae.shipped import PLANES, autoencoder

SIDE = 28


@pytest.mark.parametrize("name", PLANES)
def test_a_sheet_is_its_single_decodes(name):
    network, steps, extent = autoencoder(name), 5, 2.5
    found = sheet(network, steps, extent)
    assert found.shape == (1, 1, steps * SIDE, steps * SIDE)
    for row in range(steps):
        for column in range(steps):
            x = -extent + (column + 0.5) * 2 * extent / steps
            y = extent - (row + 0.5) * 2 * extent / steps
            tile = found[..., row * SIDE : (row + 1) * SIDE, column * SIDE : (column + 1) * SIDE]
            torch.testing.assert_close(tile, decode(network, torch.tensor([[x, y]])))


def test_a_lattice_goes_from_one_corner_to_the_other():
    points_ = lattice(20)
    assert points_.shape == (400, 2)
    assert points_[0].tolist() == pytest.approx([-2.85, 2.85])
    assert points_[-1].tolist() == pytest.approx([2.85, -2.85])
    assert points_.mean(0).tolist() == pytest.approx([0, 0], abs=1e-6)


@pytest.mark.parametrize("steps", [0, 41])
def test_sheets_too_small_or_too_large_are_refused(steps):
    with pytest.raises(InputError, match="1 to 40"):
        sheet(autoencoder("digits_2d"), steps)


def test_sixteen_dimensions_have_no_sheet():
    with pytest.raises(InputError, match="16 axes"):
        sheet(autoencoder("digits_16d"))


def test_a_spot_is_the_decoder_and_the_nearest_digit():
    found = plane.spot("digits_2d", [0.3, -1.2])
    network = autoencoder("digits_2d")
    torch.testing.assert_close(found.image, decode(network, torch.tensor([[0.3, -1.2]])))
    held_back = digits.held_back()
    means = encode(network, held_back.images / 255).mean
    distances = [math.dist(mean, (0.3, -1.2)) for mean in means.tolist()]
    assert found.nearest == distances.index(min(distances))
    assert found.distance == pytest.approx(min(distances), rel=1e-5)
    assert found.label == held_back.labels[found.nearest]


def test_the_reach_is_the_smallest_that_holds_the_share():
    means = plane.landmarks("digits_2d_autoencoder").means
    reach = plane.reach(means)
    assert plane.within(means, reach) >= plane.SEEN > plane.within(means, reach - 1)


def test_the_autoencoder_s_digits_go_beyond_any_prior():
    reaches = [plane.reach(plane.landmarks(name).means) for name in PLANES]
    assert reaches[0] > 20 > max(reaches[1:])


def test_a_gap_is_far_from_any_digit_and_the_vae_s_same_place_is_not():
    shares = torch.tensor([0.62, 0.56])
    found = {}
    for name in ("digits_2d_autoencoder", "digits_2d"):
        extent = plane.reach(plane.landmarks(name).means)
        spot = plane.spot(name, (shares * extent).tolist())
        found[name] = spot.distance / extent
    assert found["digits_2d_autoencoder"] > 5 * found["digits_2d"]


@pytest.mark.parametrize("name", ["digits_16d", "nothing", "../secret", 3, None, ["digits_2d"]])
def test_planes_that_are_none_are_named(name):
    with pytest.raises(InputError, match=r"Plane .* is not known"):
        plane.spot(name, [0, 0])


@pytest.mark.parametrize(
    ("point", "words"),
    [
        ([0.0], "list of 2 numbers"), ([0, 0, 0], "list of 2 numbers"), ("12", "list of 2"),
        (None, "list of 2 numbers"), (7, "list of 2 numbers"), (["a", 0], "numbers only"),
        ([True, 0], "numbers only"), ([math.nan, 0], "must be finite"),
        ([0, math.inf], "must be finite"), ([20.5, 0], "up to ±20"), ([10**400, 0], "up to ±20"),
    ],
)  # fmt: skip
def test_points_that_are_none_are_refused(point, words):
    with pytest.raises(InputError, match=words):
        plane.spot("digits_2d", point)


def test_the_autoencoder_s_plane_is_shown_farther_out():
    assert plane.spot("digits_2d_autoencoder", [74, -74]).latent.tolist() == [[74, -74]]
    with pytest.raises(InputError, match="up to ±100"):
        plane.spot("digits_2d_autoencoder", [101, 0])


@pytest.mark.parametrize("seed", [-1, 2**31, 1.5, math.nan, math.inf, 10**400, "1", True, None])
def test_seeds_that_are_none_are_refused(seed):
    with pytest.raises(InputError, match="The seed must be"):
        points.drawn(2, 1, seed)
