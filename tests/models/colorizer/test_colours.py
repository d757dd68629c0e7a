"""Lab, hints and measures, each against an oracle."""

import math

import kornia.color
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torchmetrics.image import PeakSignalNoiseRatio, StructuralSimilarityIndexMeasure

from models.colorizer import hints, lab, measures
from models.colorizer.hints import Hint
from models.core.errors import InputError
from models.core.metrics import decibels

# The test data of Sharma, Wu and Dalal 2005, table 1: two colours in L*a*b*, and CIEDE2000.
SHARMA = [
    (50.0, 2.6772, -79.7751, 50.0, 0.0, -82.7485, 2.0425),
    (50.0, 3.1571, -77.2803, 50.0, 0.0, -82.7485, 2.8615),
    (50.0, 2.8361, -74.0200, 50.0, 0.0, -82.7485, 3.4412),
    (50.0, -1.3802, -84.2814, 50.0, 0.0, -82.7485, 1.0),
    (50.0, -1.1848, -84.8006, 50.0, 0.0, -82.7485, 1.0),
    (50.0, -0.9009, -85.5211, 50.0, 0.0, -82.7485, 1.0),
    (50.0, 0.0, 0.0, 50.0, -1.0, 2.0, 2.3669),
    (50.0, -1.0, 2.0, 50.0, 0.0, 0.0, 2.3669),
    (50.0, 2.4900, -0.0010, 50.0, -2.4900, 0.0009, 7.1792),
    (50.0, 2.4900, -0.0010, 50.0, -2.4900, 0.0010, 7.1792),
    (50.0, 2.4900, -0.0010, 50.0, -2.4900, 0.0011, 7.2195),
    (50.0, 2.4900, -0.0010, 50.0, -2.4900, 0.0012, 7.2195),
    (50.0, -0.0010, 2.4900, 50.0, 0.0009, -2.4900, 4.8045),
    (50.0, -0.0010, 2.4900, 50.0, 0.0010, -2.4900, 4.8045),
    (50.0, -0.0010, 2.4900, 50.0, 0.0011, -2.4900, 4.7461),
    (50.0, 2.5, 0.0, 50.0, 0.0, -2.5, 4.3065),
    (50.0, 2.5, 0.0, 73.0, 25.0, -18.0, 27.1492),
    (50.0, 2.5, 0.0, 61.0, -5.0, 29.0, 22.8977),
    (50.0, 2.5, 0.0, 56.0, -27.0, -3.0, 31.9030),
    (50.0, 2.5, 0.0, 58.0, 24.0, 15.0, 19.4535),
    (50.0, 2.5, 0.0, 50.0, 3.1736, 0.5854, 1.0),
    (50.0, 2.5, 0.0, 50.0, 3.2972, 0.0, 1.0),
    (50.0, 2.5, 0.0, 50.0, 1.8634, 0.5757, 1.0),
    (50.0, 2.5, 0.0, 50.0, 3.2592, 0.3350, 1.0),
    (60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644),
    (63.0109, -31.0961, -5.8663, 62.8187, -29.7946, -4.0864, 1.2630),
    (61.2901, 3.7196, -5.3901, 61.4292, 2.2480, -4.9620, 1.8731),
    (35.0831, -44.1164, 3.7933, 35.0232, -40.0716, 1.5901, 1.8645),
    (22.7233, 20.0904, -46.6940, 23.0331, 14.9730, -42.5619, 2.0373),
    (36.4612, 47.8580, 18.3852, 36.2715, 50.5065, 21.2231, 1.4146),
    (90.8027, -2.0831, 1.4410, 91.1528, -1.6435, 0.0447, 1.4441),
    (90.9257, -0.5406, -0.9208, 88.6381, -0.8985, -0.7239, 1.5381),
    (6.7747, -0.2908, -2.4247, 5.8714, -0.0985, -2.2286, 0.6377),
    (2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082),
]


GREY_LEVEL = 0.4  # of L: what one of 256 levels is


def every_colour(step=15):
    """A picture with every colour of a screen, in steps."""
    levels = torch.arange(0, 256, step) / 255
    return torch.cartesian_prod(levels, levels, levels).T.reshape(1, 3, -1, 18)


def test_the_round_trip_through_lab_stays_below_one_grey_level():
    images = every_colour()
    error = (lab.join(*lab.split(images)) - images).abs().max()
    assert error < 0.01 / 255  # of kornia's float32; a grey level is a hundred times that


def test_lightness_alone_is_that_of_both():
    torch.testing.assert_close(lab.lightness_of(every_colour()), lab.split(every_colour())[0])


def test_colours_of_a_screen_fit_the_scaling():
    lightness, ab = lab.split(every_colour())
    assert (lightness.min(), lightness.max()) == (pytest.approx(-1), pytest.approx(1))
    assert 0.95 < ab.abs().max() < 1


@given(
    level=st.integers(0, 255),
    a=st.floats(-4, 4),
    b=st.floats(-4, 4),
)
def test_lightness_and_hue_stay_whatever_the_colour(level, a, b):
    grey = torch.full((1, 3, 1, 1), level / 255)
    lightness, _ = lab.split(grey)
    ab = torch.tensor([a, b]).reshape(1, 2, 1, 1)
    shown = (lab.join(lightness, ab) * 255).round() / 255  # as a screen has it
    found = lab.to_lab(shown).flatten()
    assert abs(found[0] - lab.to_lab(grey)[0, 0, 0, 0]) < GREY_LEVEL
    exact = lab.to_lab(lab.join(lightness, ab)).flatten()[1:]
    wanted = torch.tensor([a, b]) * lab.AB_SCALE
    across = (exact[0] * wanted[1] - exact[1] * wanted[0]) / wanted.norm().clamp(min=1e-9)
    assert abs(across) < 0.5  # of Lab's units, off the line from grey to the colour
    assert exact.norm() <= wanted.norm() + 0.5


def test_colours_of_a_screen_are_left_as_they_are():
    lightness, ab = lab.split(every_colour())
    assert torch.equal(lab.fitted(lightness, ab), ab)


def test_what_no_screen_can_show_is_made_as_strong_as_it_can():
    lightness, ab = torch.full((1, 1, 1, 1), 0.1), torch.tensor([1.5, 0.6]).reshape(1, 2, 1, 1)
    fitted = lab.fitted(lightness, ab)
    torch.testing.assert_close(lab.join(lightness, ab), lab.join(lightness, fitted))
    torch.testing.assert_close(fitted[0, 0] / fitted[0, 1], torch.full((1, 1), 2.5))
    more = lab.join(lightness, fitted * 1.05)  # by kornia, which cuts channels, it would be darker
    torch.testing.assert_close(more, lab.join(lightness, fitted), atol=5e-3, rtol=0)


def test_the_border_is_where_a_screen_ends():
    """Against kornia: just inside every channel fits, a little further out one does not."""
    lightness = torch.tensor([20.0, 50.0, 80.0])
    edge = lab.border(lightness, 36)  # 3 36 2
    assert edge.shape == (3, 36, 2)
    for share, inside in ((0.98, True), (1.03, False)):
        ab = edge.permute(2, 0, 1)[None] * share
        values = torch.cat([lightness[None, None, :, None].expand(1, 1, 3, 36), ab], 1)
        rgb = kornia.color.lab_to_rgb(values, clip=False)
        fits = ((rgb > -0.004) & (rgb < 1.004)).all(1)
        assert fits.all() if inside else not fits.any()
    furthest = lab.border(torch.arange(101.0), 360).norm(dim=-1).max()
    assert furthest == pytest.approx(math.hypot(79.2, 107.9), abs=3)  # blue, of L 32.3


def test_known_colours():
    colours = torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.5, 0.5, 0.5]])
    expected = torch.tensor([[53.24, 80.09, 67.20], [32.30, 79.19, -107.86], [53.39, 0.0, 0.0]])
    found = lab.to_lab(colours.T.reshape(1, 3, 3, 1))[0, :, :, 0].T
    torch.testing.assert_close(found, expected, atol=0.02, rtol=0)


def test_half_precision_stays_outside_of_lab():
    images = every_colour(51)
    expected = lab.to_lab(images)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(lab.to_lab(images), expected)
        error = (lab.join(*lab.split(images)) - images).abs().max()
    assert error < 0.01 / 255


def test_ciede2000_is_sharma_s():
    table = torch.tensor(SHARMA, dtype=torch.float64)
    found = measures.ciede2000(table[:, :3], table[:, 3:6])
    torch.testing.assert_close(found, table[:, 6], atol=5e-5, rtol=0)
    other_way = measures.ciede2000(table[:, 3:6], table[:, :3])
    torch.testing.assert_close(other_way, table[:, 6], atol=5e-5, rtol=0)


def test_colourfulness_by_hand():
    picture = torch.zeros(2, 3, 1, 2)
    picture[0, 0, 0, 0] = 1.0  # one red pixel, one black: rg 255 and 0, yb 127.5 and 0
    spread = (127.5**2 + 63.75**2) ** 0.5
    mean = (127.5**2 + 63.75**2) ** 0.5
    found = measures.colourfulness(picture)
    assert found.tolist() == pytest.approx([spread + 0.3 * mean, 0.0])


def test_psnr_and_ssim_are_torchmetrics():
    torch.manual_seed(0)
    images = torch.rand(4, 3, 32, 32)
    made = (images + 0.1 * torch.randn_like(images)).clamp(0, 1)
    each = [PeakSignalNoiseRatio(data_range=1.0)(m, i) for m, i in zip(made, images, strict=True)]
    torch.testing.assert_close(measures.signal_to_noise(made, images), torch.stack(each))
    pooled = decibels((made - images).square().mean())
    torch.testing.assert_close(pooled, PeakSignalNoiseRatio(data_range=1.0)(made, images))
    ssim = StructuralSimilarityIndexMeasure(data_range=1.0)(made, images)
    torch.testing.assert_close(measures.structural_similarity(made, images).mean(), ssim)


def test_a_picture_without_error_has_a_number():
    assert measures.signal_to_noise(every_colour(), every_colour()).item() == 120


def test_ab_error_does_not_see_lightness():
    lightness = torch.zeros(1, 1, 4, 4)
    ab = torch.full((1, 2, 4, 4), 0.1)
    one, two = lab.join(lightness, ab), lab.join(lightness + 0.2, ab + 0.05)
    assert measures.ab_error(one, two).item() == pytest.approx(0.05 * 110, abs=1e-3)


def test_the_layout_is_the_mean_of_each_sixteenth():
    ab = torch.zeros(1, 2, 32, 32)
    ab[0, 1, :8, 8:16] = 0.5
    layout = measures.colour_layout(ab).reshape(2, 4, 4)
    assert layout[1, 0, 1] == 55
    assert layout.count_nonzero() == 1


def test_a_person_s_hint_is_its_colour_at_its_place():
    planes = hints.place([Hint(0.5, 0.25, (1.0, 0.0, 0.0))], 32, 64)
    where = planes[0, 2]
    assert where.sum() == 25
    assert where[6:11, 30:35].all()  # five pixels each way, around row 8 and column 32
    red = torch.tensor([80.09, 67.20]) / 110
    torch.testing.assert_close(planes[0, :2, 8, 32], red, atol=1e-3, rtol=0)
    assert (planes[0, :2] * (1 - where)).count_nonzero() == 0


def test_hints_at_the_border_stay_inside():
    planes = hints.place([Hint(1.0, 0.0, (0.0, 1.0, 0.0)), Hint(0.0, 1.0, (0.0, 1.0, 0.0))], 8, 8)
    assert planes[0, 2].sum() == 2 * 9
    assert hints.place([], 8, 8).count_nonzero() == 0


@pytest.mark.parametrize(
    ("hint", "words"),
    [
        ((-3, 0.5, (1, 0, 0)), "hint's x is -3, but must be a number from 0 to 1"),
        ((0.5, 7, (1, 0, 0)), "hint's y is 7"),
        ((math.nan, 0.5, (1, 0, 0)), "hint's x is nan"),
        ((0.5, math.inf, (1, 0, 0)), "hint's y is inf"),
        ((0.5, True, (1, 0, 0)), "hint's y is True"),
        ((0.5, 0.5, (1, 0)), "three numbers"),
        ((0.5, 0.5, (1, 0, 1.2)), "hint's blue is 1.2"),
        ((0.5, 0.5, (math.nan, 0, 0)), "hint's red is nan"),
    ],
)
def test_a_hint_that_is_none_is_refused(hint, words):
    with pytest.raises(InputError, match=words):
        Hint(*hint)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([{"x": 0, "y": 0, "colour": "not-a-colour"}], "'not-a-colour' is not a colour; write it"),
        ([{"x": 0, "y": 0, "colour": "#12345"}], "'#12345' is not a colour"),
        ([{"x": 0, "y": 0, "colour": 7}], "'7' is not a colour"),
        ([{"x": 0, "y": 0, "colour": "red" * 9999}], "is not a colour"),
        ([{"x": "0", "y": 0, "colour": "red"}], "hint's x is 0, but"),
        ([{"x": 0, "y": 0}], "A hint must be"),
        ([7], "A hint must be"),
        ({"x": 0}, "must be a list"),
        ([{"x": 0, "y": 0, "colour": "red"}] * 1000, "1000 hints; at most 64"),
    ],
)
def test_json_that_holds_no_hints_is_refused(data, words):
    with pytest.raises(InputError, match=words):
        hints.from_data(data)


def test_hints_out_of_json():
    assert hints.from_data(None) == hints.from_data([]) == ()
    (hint,) = hints.from_data([{"x": 0.25, "y": 1, "colour": " #ff8000 "}])
    assert hint == Hint(0.25, 1, (1.0, 128 / 255, 0.0))
    assert hints.colour_of("orange") == (1.0, 165 / 255, 0.0)
    with pytest.raises(InputError, match="There are 65 hints; at most 64 can be set"):
        hints.place([hint] * 65, 8, 8)


def test_random_hints_are_means_of_true_colours_in_squares():
    torch.manual_seed(0)
    ab = torch.rand(64, 2, 32, 32) * 2 - 1
    planes = hints.scatter(ab, torch.ones(64))
    for true, (a, b, where) in zip(ab, planes, strict=True):
        told = where.bool()
        rows, columns = told.any(1).nonzero().flatten(), told.any(0).nonzero().flatten()
        if len(rows) == 0:  # wholly outside of the picture
            continue
        assert told.sum() == len(rows) * len(columns) <= 49
        torch.testing.assert_close(a[told], true[0][told].mean().expand(int(told.sum())))
        torch.testing.assert_close(b[told], true[1][told].mean().expand(int(told.sum())))
        assert not a[~told].any()
    assert planes[:, 2].flatten(1).any(1).float().mean() > 0.9


def test_half_of_the_pictures_get_no_hints_and_a_hundredth_everything():
    torch.manual_seed(0)
    told = hints.draw(torch.full((4000, 2, 16, 16), 0.5))[:, 2].flatten(1).mean(1)
    # A point has an eighth's chance to be none; others lie outside of the picture.
    assert (told == 0).float().mean() == pytest.approx(0.5 + 0.5 / 8, abs=0.04)
    assert (told == 1).float().mean() == pytest.approx(0.01, abs=0.005)


def test_no_more_hints_than_were_asked_for():
    torch.manual_seed(0)
    ab = torch.rand(32, 2, 64, 64)
    assert hints.scatter(ab, torch.zeros(32)).count_nonzero() == 0
    few = hints.scatter(ab, torch.full((32,), 2))[:, 2].flatten(1).sum(1)
    assert few.max() <= 2 * 49


@pytest.mark.parametrize("size", [(1, 3, 70, 50), (4, 3, 31, 40), (1, 3, 3, 5000)])
def test_some_rows_at_a_time_are_the_same_colours(size, monkeypatch):
    images = torch.rand(size, generator=torch.Generator().manual_seed(0))
    lightness, ab = lab.split(images)
    strong = 2 * ab  # many that no screen can show
    monkeypatch.setattr(lab, "PIXELS_AT_ONCE", images.numel())
    at_once = lab.to_lab(images), lab.join(lightness, strong)
    seen = []
    monkeypatch.setattr(lab, "PIXELS_AT_ONCE", 1000)
    monkeypatch.setattr(
        lab, "_shown", lambda part, shown=lab._shown: seen.append(part) or shown(part)
    )
    # Where a row's end falls among a vector's lanes PyTorch rounds a power otherwise: with AVX-512
    # by 3e-5 of Lab's 100.
    torch.testing.assert_close(lab.to_lab(images), at_once[0], atol=5e-5, rtol=1.3e-6)
    torch.testing.assert_close(lab.join(lightness, strong), at_once[1])
    assert len(seen) > 1
    assert sum(part.shape[2] for part in seen) == size[2]
