"""L, a and b of a picture: the true ones are kornia's, a network's are what it says."""

import kornia.color
import pytest
import torch

from models.colorizer import hints, lab, planes
from models.colorizer.network import Colorizer, ColorizerConfig
from models.core.errors import InputError
from models.core.images import shrunk


@pytest.fixture(scope="module")
def painter():
    torch.manual_seed(0)
    return Colorizer(ColorizerConfig((4, 8, 8), hints=True, sides=(16, 32))).eval()


@pytest.fixture(scope="module")
def picture():
    return torch.rand(1, 3, 24, 32, generator=torch.Generator().manual_seed(0))


def test_the_photo_s_own_planes_are_kornia_s(painter, picture):
    found = planes.planes(painter, *lab.split(picture), "photo")
    expected = kornia.color.rgb_to_lab(picture)[0]
    torch.testing.assert_close(found.lightness, expected[0], atol=1e-3, rtol=0)
    torch.testing.assert_close(found.ab, expected[1:], atol=1e-3, rtol=0)
    assert found.beyond == 0
    assert not found.told.any()


def test_the_network_s_planes_are_what_it_says_of_l_and_of_what_it_is_told(painter, picture):
    lightness, ab = lab.split(picture)
    found = planes.planes(painter, lightness, ab, "network", 5, 3)
    told = torch.cat([found.told[:2] / 110, found.told[2:]])
    with torch.no_grad():
        expected = painter(lightness, told[None])[0] * 110
    torch.testing.assert_close(found.ab, expected)
    where = found.told[2].bool()
    assert 5 <= where.sum() <= 5 * 49
    alone = planes.planes(painter, lightness, ab, "network", 0)
    with torch.no_grad():
        torch.testing.assert_close(alone.ab, painter(lightness)[0] * 110)
    assert not torch.equal(alone.ab, found.ab)
    again = planes.planes(painter, lightness, ab, "network", 5, 3)
    assert torch.equal(again.told, found.told)
    assert not torch.equal(planes.planes(painter, lightness, ab, "network", 5, 4).told, found.told)


def test_without_true_colours_none_are_told(painter, picture):
    lightness, _ = lab.split(picture)
    found = planes.planes(painter, lightness, None, "network", 8)
    assert not found.told.any()
    assert not planes.planes(painter, lightness, None, "photo").ab.any()


def test_large_pictures_are_shrunk_to_what_the_network_knows(painter):
    lightness, ab = lab.split(torch.rand(1, 3, 90, 60))
    assert planes.planes(painter, lightness, ab).lightness.shape == (32, 21)


@pytest.mark.parametrize("size", [(333, 500), (168, 300), (500, 333), (1, 700)])
def test_planes_that_came_by_two_steps_are_as_large_as_what_came_by_one(painter, size):
    lightness, ab = lab.split(torch.rand(1, 3, *size, generator=torch.Generator().manual_seed(0)))
    found = planes.planes(painter, lightness, shrunk(ab, 77), "network", 3)
    assert found.ab.shape[1:] == found.told.shape[1:] == found.lightness.shape
    own = planes.planes(painter, lightness, shrunk(ab, 77), "photo")
    assert own.ab.shape[1:] == own.lightness.shape


def test_all_squares_that_are_told_lie_in_the_picture():
    ab = torch.full((1, 2, 160, 160), 0.5)
    for seed in range(40):
        generator = torch.Generator().manual_seed(seed)
        for count in (1, 2):
            told = hints.scatter(ab, torch.tensor([count]), generator, within=True)[0, 2]
            assert told.sum() >= count  # of a pixel at least each, but where they overlap


def test_beyond_counts_what_no_screen_can_show(picture):
    class Loud(Colorizer):
        def forward(self, lightness, hints=None, advice=None):
            ab = torch.zeros(1, 2, *lightness.shape[2:])
            ab[..., : ab.shape[-1] // 4] = 1.0  # of a quarter
            return ab

    network = Loud(ColorizerConfig((4, 8, 8), hints=True, sides=(16, 32))).eval()
    found = planes.planes(network, *lab.split(picture))
    assert found.beyond == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (("nobody",), "What is shown 'nobody' is not known"),
        (("network", 33), "number of hints is 33, but must be a whole number from 0 to 32"),
        (("network", float("nan")), "number of hints is nan"),
        (("network", 1, -1), "The seed is -1"),
    ],
)
def test_settings_out_of_range_are_refused(painter, picture, settings, words):
    with pytest.raises(InputError, match=words):
        planes.planes(painter, *lab.split(picture), *settings)


def test_the_outline_holds_every_colour_of_a_screen():
    outline = planes.outline()
    assert outline.shape == (180, 2)
    levels = torch.linspace(0, 1, 9)
    colours = torch.cartesian_prod(levels, levels, levels).T.reshape(1, 3, -1, 1)
    ab = kornia.color.rgb_to_lab(colours)[0, 1:, :, 0].T  # N 2
    hue = torch.atan2(ab[:, 1], ab[:, 0]).rad2deg() % 360
    sector = (hue / 2).long() % 180  # between two corners of the outline
    reach = torch.maximum(outline.norm(dim=1), outline.roll(-1, 0).norm(dim=1))
    assert (ab.norm(dim=1) <= reach[sector] + 4).all()
