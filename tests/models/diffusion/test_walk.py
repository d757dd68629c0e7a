"""Ways through the noise: in a circle, around a seed, poked; the line is in `test_edit`."""

import pytest
import torch

from models.core.errors import InputError
from models.diffusion import walk
from models.diffusion.sample import initial_noise
from tests.models.diffusion.test_edit import network  # noqa: F401 - a fixture


def test_a_circle_comes_back(network):  # noqa: F811
    start = walk.walked(network, 3, 8, 4, "bart", walk.CIRCLE)
    first, other = (initial_noise(network, [seed]) for seed in (3, 8))
    expected = torch.cat([first, other, -first, -other])
    torch.testing.assert_close(start.noise, expected, atol=1e-5, rtol=0)


def test_around_a_face_a_little_of_the_next_seeds_is_mixed_in(network):  # noqa: F811
    start = walk.walked(network, 3, 8, 3, "bart", walk.AROUND, 0.6)
    first, one, two = (initial_noise(network, [seed]) for seed in (3, 8, 9))
    expected = torch.cat([first, 0.8 * first + 0.6 * one, 0.8 * first + 0.6 * two])
    torch.testing.assert_close(start.noise, expected)
    still = walk.walked(network, 3, 8, 3, "bart", walk.AROUND, 0.0).noise
    torch.testing.assert_close(still, first.repeat(3, 1, 1, 1))


@pytest.mark.parametrize("seed", range(9, 17))
def test_around_a_face_its_own_noise_is_not_mixed_in(network, seed):  # noqa: F811
    """It would be laid on itself, and stronger than any noise that the network was trained on."""
    start = walk.walked(network, seed, 9, 9, "bart", walk.AROUND, 0.6)
    first = initial_noise(network, [seed])
    others = initial_noise(network, [other for other in range(9, 18) if other != seed])
    torch.testing.assert_close(start.noise[1:], 0.8 * first + 0.6 * others)
    assert ((start.noise.flatten(1).std(1) - 1).abs() < 0.1).all()


def test_a_circle_through_one_seed_is_none(network):  # noqa: F811
    with pytest.raises(InputError, match="A circle needs two different seeds"):
        walk.walked(network, 3, 3, 4, "bart", walk.CIRCLE)


@pytest.mark.parametrize("way", [walk.LINE, walk.POKE])
def test_other_ways_from_a_seed_to_itself_stay_there(network, way):  # noqa: F811
    noise = walk.walked(network, 3, 3, 4, "bart", way).noise
    torch.testing.assert_close(noise, initial_noise(network, [3]).repeat(4, 1, 1, 1))


def test_a_poke_changes_the_noise_in_one_region_each(network):  # noqa: F811
    start = walk.walked(network, 3, 8, 5, "bart", walk.POKE)
    first, other = (initial_noise(network, [seed]) for seed in (3, 8))
    assert torch.equal(start.noise[:1], first)
    size = first.shape[-1]
    for stop, region in enumerate(walk.regions(4, size), 1):
        inside = torch.zeros(size, size, dtype=torch.bool)
        inside[region.y : region.y + region.height, region.x : region.x + region.width] = True
        assert torch.equal(start.noise[stop][:, inside], other[0][:, inside])
        assert torch.equal(start.noise[stop][:, ~inside], first[0][:, ~inside])


@pytest.mark.parametrize("count", range(2, 12))
def test_regions_cover_the_picture_once(count):
    covered = torch.zeros(32, 32)
    found = walk.regions(count)
    assert len(found) == count
    for region in found:
        covered[region.y : region.y + region.height, region.x : region.x + region.width] += 1
    assert (covered == 1).all()


@pytest.mark.parametrize("way", walk.WAYS)
def test_every_way_keeps_the_noises_strength(network, way):  # noqa: F811
    noise = walk.walked(network, 3, 8, 9, "bart", way).noise
    strengths = noise.flatten(1).std(1)
    assert ((strengths - 1).abs() < 0.25).all()


def test_what_is_no_way_is_refused(network):  # noqa: F811
    with pytest.raises(InputError, match="Way 'sideways' is not known"):
        walk.walked(network, 0, 1, 3, "bart", "sideways")
    with pytest.raises(InputError, match="The amount is 2"):
        walk.walked(network, 0, 1, 3, "bart", walk.AROUND, 2)
