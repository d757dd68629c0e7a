"""From drawings and photos to MNIST's form: a box of 20 x 20, the centre of mass in the middle."""

import math

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw, ImageFilter

from models.core.errors import InputError, MissingInputError
from models.vae import digits, drawing
from models.vae.encode import encode
from models.vae.inspection import inspect
from models.vae.plane import landmarks
from models.vae.shipped import autoencoder

SEVEN = [[90, 60, 190, 60, 130, 230]]


def mass_centre(picture: torch.Tensor) -> tuple[float, float]:
    """Row and column of the centre of mass, counted from pixel 0."""
    shares = picture[0, 0] / picture.sum()
    along = torch.arange(28.0)
    return (shares.sum(1) @ along).item(), (shares.sum(0) @ along).item()


def box(picture: torch.Tensor) -> tuple[int, int]:
    """Height and width of what is not black."""
    on = picture[0, 0] > 0.02
    return tuple(
        int(line.nonzero().max() - line.nonzero().min() + 1) for line in (on.any(1), on.any(0))
    )


@pytest.mark.parametrize(
    "strokes",
    [SEVEN, [[10, 10, 40, 40]], [[20, 140, 260, 150]], [[200, 5, 200, 275], [60, 100, 80, 100]]],
)
def test_a_drawing_takes_mnist_s_form(strokes):
    found = drawing.from_strokes(strokes)
    assert found.shape == (1, 1, 28, 28)
    assert 0 <= found.min() <= found.max() <= 1
    assert max(box(found)) == 20
    assert mass_centre(found) == pytest.approx((14, 14), abs=0.5)


def test_where_and_how_large_it_was_drawn_does_not_matter():
    large = torch.zeros(1, 1, 280, 280)
    large[..., 40:240, 100:140] = 1
    large[..., 200:240, 100:220] = 1
    small = torch.zeros(1, 1, 280, 280)
    small[..., 3:103, 7:27] = 1
    small[..., 83:103, 7:67] = 1
    torch.testing.assert_close(drawing.to_mnist(large), drawing.to_mnist(small), atol=0.05, rtol=0)


def test_held_back_digits_are_in_that_form_already():
    held_back = digits.held_back().images[:200] / 255
    formed = torch.cat([drawing.to_mnist(picture[None]) for picture in held_back])
    same = (formed - held_back).abs().amax((1, 2, 3)) < 1e-6
    assert same.float().mean() > 0.5  # the others lose a faint edge, and are fitted anew
    centres = [mass_centre(picture[None]) for picture in held_back]
    assert np.abs(np.array(centres) - 14).max() <= 0.51


def test_a_drawn_stroke_is_as_thick_as_mnist_s():
    strokes = [[140, 40, 140, 240]]
    ones = digits.held_back().images[digits.held_back().labels == 1] / 255
    thickness = drawing.from_strokes(strokes).sum() / 20
    ink = ones.sum((1, 2, 3)) / 20
    assert ink.quantile(0.25) < thickness < ink.quantile(0.75)


def test_a_drawn_one_lands_among_the_ones():
    found = inspect(
        autoencoder("digits_2d"), drawing.from_strokes([[150, 40, 130, 240]]), torch.zeros(1, 2)
    )
    known = landmarks("digits_2d")
    near = (known.means - found.mean).norm(dim=1).argsort()[:15]
    assert known.labels[near].bincount(minlength=10).argmax() == 1


def test_every_point_leaves_ink():
    found = drawing.drawn([[100, 100], [30, 200, 30, 200]])
    for x, y in ((100, 100), (30, 200)):
        assert found[0, 0, y, x] == 1
    assert found[0, 0, 20, 250] == 0
    assert found.sum().item() == pytest.approx(2 * math.pi * (drawing.BRUSH / 2) ** 2, rel=0.05)


@pytest.mark.parametrize("strokes", [[], [[]], [[], []]])
def test_an_empty_pad_is_a_hint(strokes):
    with pytest.raises(MissingInputError, match="draw a digit"):
        drawing.from_strokes(strokes)


@pytest.mark.parametrize(
    ("strokes", "words"),
    [
        (None, "list of strokes"), ("abc", "list of strokes"), ([3], "A stroke is a list"),
        ([[1, 2, 3]], "A stroke is a list"), (["ab"], "A stroke is a list"),
        ([[1, 281]], "from 0 to 280"), ([[-1, 3]], "from 0 to 280"),
        ([[math.nan, 3]], "from 0 to 280"), ([["1", 3]], "from 0 to 280"),
        ([[True, 3]], "from 0 to 280"), ([[1, 2] * 601], "at most 600 points"),
    ],
)  # fmt: skip
def test_drawings_that_are_none_are_refused(strokes, words):
    with pytest.raises(InputError, match=words):
        drawing.parse(strokes)


@pytest.mark.parametrize("dark_on_light", [True, False])
def test_a_photo_of_a_digit_is_read_on_any_paper(tmp_path, dark_on_light):
    digit = digits.example(2, 0)
    ink = Image.fromarray((digit[0, 0] * 255).byte().numpy()).resize((560, 560), Image.BICUBIC)
    photo = np.full((800, 700), 0.85)
    photo[100:660, 40:600] -= np.asarray(ink) / 255 * 0.6
    rng = np.random.default_rng(0)
    photo = photo + rng.normal(0, 0.01, photo.shape)
    photo = photo if dark_on_light else 1 - photo
    grey = Image.fromarray((photo.clip(0, 1) * 255).astype(np.uint8))
    grey.filter(ImageFilter.GaussianBlur(2)).save(tmp_path / "digit.jpg")
    found = drawing.from_file(tmp_path / "digit.jpg")
    assert (found - digit).abs().mean() < 0.04
    network = autoencoder("digits_2d")
    assert torch.dist(encode(network, found).mean, encode(network, digit).mean) < 0.5


def written(points, wide: int, paper: float, pen: float, falloff: float = 0.0) -> Image.Image:
    """A photo of 420 x 420 of a line on paper that is darker towards the corners."""
    rows, columns = np.mgrid[-1:1:420j, -1:1:420j]
    image = np.full((420, 420), paper) - falloff * (rows**2 + columns**2) / 2
    line = Image.new("1", (420, 420))
    ImageDraw.Draw(line).line(points, fill=1, width=wide, joint="curve")
    image[np.asarray(line)] = pen
    return Image.fromarray((image.clip(0, 1) * 255).astype(np.uint8))


ONE = [(230, 70), (195, 350)]
FOUR = [(250, 350), (250, 60), (110, 250), (310, 250)]


@pytest.mark.parametrize(
    ("paper", "pen", "falloff"), [(0.51, 0.1, 0), (0.48, 0.1, 0), (0.45, 0.05, 0), (0.6, 0.1, 0.25)]
)
def test_dim_paper_is_paper(tmp_path, paper, pen, falloff):
    written(FOUR, 30, paper, pen, falloff).save(tmp_path / "four.png")
    written(FOUR, 30, 1.0, 0.0).save(tmp_path / "white.png")
    dim, white = (drawing.from_file(tmp_path / f"{one}.png") for one in ("four", "white"))
    assert (dim - white).abs().mean() < 0.02


@pytest.mark.parametrize(("points", "digit"), [(ONE, 1), (FOUR, 4)])
def test_a_ballpoint_s_line_is_as_strong_as_mnist_s(tmp_path, points, digit):
    written(points, 5, 0.9, 0.1).save(tmp_path / "pen.png")
    found = drawing.from_file(tmp_path / "pen.png")
    assert found.max() > 0.9
    network, held_back = autoencoder("digits_16d"), digits.held_back()
    codes = encode(network, held_back.images / 255).mean
    near = (codes - encode(network, found).mean).norm(dim=1).argsort()[:15]
    assert held_back.labels[near].bincount(minlength=10).argmax() == digit


def test_lines_that_are_wide_enough_stay_as_they_are():
    for picture in digits.held_back().images[:100, None] / 255:
        assert drawing.thickened(picture) is picture
    assert drawing.thickened(blank := torch.zeros(1, 1, 40, 40)) is blank


def test_a_photo_without_a_digit_says_so(tmp_path):
    Image.new("RGB", (90, 60), (200, 190, 180)).save(tmp_path / "blank.png")
    with pytest.raises(InputError, match="no digit in this picture"):
        drawing.from_file(tmp_path / "blank.png")
    with pytest.raises(MissingInputError, match="no ink"):
        drawing.to_mnist(torch.zeros(1, 1, 50, 50))
