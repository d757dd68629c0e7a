"""The game on one picture: its terms, and each patch's answer by the patch alone."""

import copy
import math

import pytest
import torch
from torch.nn import functional as F

from models.colorizer import game, lab, shipped
from models.colorizer.colorize import colorize, judge
from models.colorizer.network import (
    Colorizer,
    ColorizerConfig,
    PatchDiscriminator,
    PatchDiscriminatorConfig,
)
from models.core.errors import InputError


@pytest.fixture(scope="module")
def players():
    torch.manual_seed(0)
    painter = Colorizer(ColorizerConfig((4, 8, 8), sides=(16, 64))).eval()
    judging = PatchDiscriminator(
        PatchDiscriminatorConfig((8, 8, 8), sides=(16, 64), weight=0.05)
    ).eval()
    return painter, judging


@pytest.fixture(scope="module")
def picture():
    return torch.rand(1, 3, 48, 64, generator=torch.Generator().manual_seed(1))


def windows(network, row, column, height, width):
    """Of one answer: rows and columns that each layer's input, and the answer, lie in."""
    sizes = [(height, width)]
    for stride in network.strides:
        sizes.append(tuple((side + 2 - 4) // stride + 1 for side in sizes[-1]))
    spans = [((row, row + 1), (column, column + 1))]
    for stride in reversed(network.strides):
        spans.append(tuple((lo * stride - 1, (hi - 1) * stride - 1 + 4) for lo, hi in spans[-1]))
    return sizes, spans[::-1]


def cut_out(planes, spans):
    """Planes (1 C H W) between rows and columns; zeros where these lie outside."""
    (top, bottom), (left, right) = spans
    height, width = planes.shape[-2:]
    padded = F.pad(planes, (max(-left, 0), max(right - width, 0),
                            max(-top, 0), max(bottom - height, 0)))  # fmt: skip
    top, left = top + max(-top, 0), left + max(-left, 0)
    return padded[..., top : top + bottom - spans[0][0], left : left + right - spans[1][0]]


def inside(spans, size):
    """Ones where rows and columns lie in a map of this size, zeros outside."""
    rows, columns = (
        ((torch.arange(lo, hi) >= 0) & (torch.arange(lo, hi) < side)).float()
        for (lo, hi), side in zip(spans, size, strict=True)
    )
    return rows[:, None] * columns


@torch.no_grad()
def by_the_patch_alone(network, image, row, column):
    """One answer from nothing but its patch; what lies outside of a map is zero, as in padding."""
    sizes, spans = windows(network, row, column, *image.shape[-2:])
    x = cut_out(torch.cat(lab.split(image), 1), spans[0])
    layers = list(network.layers)
    for number, stride in enumerate(network.strides):
        convolution = layers[2 * number]
        x = F.conv2d(x, convolution.weight, convolution.bias, stride)
        if number < len(network.strides) - 1:
            x = layers[2 * number + 1](x)
        x = x * inside(spans[number + 1], sizes[number + 1])
    return x.sigmoid().item()


@pytest.mark.parametrize(
    ("name", "size"), [("photo", (88, 64)), ("cifar_gan", (32, 32)), ("photo", (33, 47))]
)
def test_the_patch_map_is_the_network_on_each_patch_cut_out(name, size):
    network = shipped.discriminator(name)
    image = torch.rand(1, 3, *size, generator=torch.Generator().manual_seed(2))
    real = judge(network, image).real
    alone = [
        [by_the_patch_alone(network, image, row, column) for column in range(real.shape[1])]
        for row in range(real.shape[0])
    ]
    torch.testing.assert_close(real, torch.tensor(alone), atol=1e-5, rtol=0)


def test_a_patch_that_lies_inside_needs_no_padding_at_all():
    """There the 34 x 34 pixels alone give the answer; at 32 x 32 no patch lies inside."""
    network = shipped.discriminator("photo")
    image = torch.rand(1, 3, 88, 64, generator=torch.Generator().manual_seed(3))
    opinion = judge(network, image)
    planes, found = torch.cat(lab.split(image), 1), 0
    for row, column in torch.cartesian_prod(*map(torch.arange, opinion.real.shape)).tolist():
        top, left = (opinion.start + opinion.apart * place for place in (row, column))
        if min(top, left) < 0 or top + 34 > 88 or left + 34 > 64:
            continue
        x = planes[..., top : top + 34, left : left + 34]
        for layer in network.layers:
            convolution = isinstance(layer, torch.nn.Conv2d)
            x = F.conv2d(x, layer.weight, layer.bias, layer.stride) if convolution else layer(x)
        assert x.shape == (1, 1, 1, 1)
        assert x.sigmoid().item() == pytest.approx(opinion.real[row, column].item(), abs=1e-5)
        found += 1
    assert found == ((88 - 34 - 1) // 4 + 1) * ((64 - 34 - 1) // 4 + 1)
    small = judge(network, image[..., :32, :32])
    places = [small.start + small.apart * place for place in range(len(small.real))]
    assert [place for place in places if place >= 0 and place + small.patch <= 32] == []


def test_the_terms_are_means_of_the_logarithms_over_patches(players, picture):
    painter, judging = players
    found = game.play(judging, game.painted(painter, picture), 0.7)
    lightness, true_ab = lab.split(picture)
    with torch.no_grad():
        made = lab.join(lightness, 0.7 * painter(lightness))
        real, other = (judge(judging, one).real for one in (picture, made))
    close = {"abs": 1e-5}
    assert found.log_real == pytest.approx(real.log().mean().item(), **close)
    assert found.log_made == pytest.approx((1 - other).log().mean().item(), **close)
    assert found.value == pytest.approx(found.log_real + found.log_made)
    assert found.fooling == pytest.approx(-other.log().mean().item(), **close)
    distance = (lab.split(made)[1] - true_ab).abs().mean().item()
    assert found.distance == pytest.approx(distance, abs=1e-6)
    assert found.generator_loss == pytest.approx(distance + 0.05 * found.fooling)
    assert found.painted.mean == pytest.approx(other.mean().item())
    assert found.painted.believed == pytest.approx((other > 0.5).float().mean().item())


def test_as_painted_it_is_what_colorize_paints_and_without_saturation_grey(players, picture):
    painter, judging = players
    painting = game.painted(painter, picture)
    made = colorize(painter, picture)
    torch.testing.assert_close(game.play(judging, painting).painted.image, made.image)
    none = game.play(judging, painting, 0.0)
    torch.testing.assert_close(none.painted.image, made.grey)
    torch.testing.assert_close(none.painted.image, none.grey.image)
    assert torch.equal(none.truth.image, picture)


def test_the_terms_of_a_judge_that_is_sure_are_finite(players, picture):
    painter, judging = players
    sure = copy.deepcopy(judging)
    original = sure.forward
    sure.forward = lambda lightness, ab: original(lightness, ab) * 0 + 40.0
    found = game.play(sure, game.painted(painter, picture))
    assert found.painted.mean == 1.0
    assert found.log_made == pytest.approx(-40.0)
    assert found.log_real == pytest.approx(0, abs=1e-6)


def test_a_judge_that_cannot_tell_has_the_value_of_a_coin(players, picture):
    painter, _ = players
    coin = PatchDiscriminator(PatchDiscriminatorConfig((8, 8, 8), sides=(16, 64))).eval()
    coin.layers[-1].bias.data.zero_()
    coin.layers[-1].register_forward_hook(lambda *_: torch.zeros(1, 1, 10, 14))
    found = game.play(coin, game.painted(painter, picture))
    assert found.value == pytest.approx(-2 * math.log(2))
    assert found.fooling == pytest.approx(math.log(2))


def test_the_curve_is_play_at_each_saturation(players, picture):
    painter, judging = players
    painting = game.painted(painter, picture)
    for at, (made, truth) in zip(
        (0, 1, 1.5), game.by_saturation(judging, painting, (0, 1, 1.5)), strict=True
    ):
        found = game.play(judging, painting, at)
        assert made == pytest.approx(found.painted.mean, abs=1e-6)
        if at == 1:  # the truth put together again from its own lightness and ab
            assert truth == pytest.approx(found.truth.mean, abs=1e-4)


def test_a_photo_is_shrunk_to_what_the_networks_know(players):
    painter, judging = players
    found = game.play(judging, game.painted(painter, torch.rand(1, 3, 128, 96)))
    assert found.truth.image.shape == (1, 3, 64, 48)
    assert (found.truth.opinion.height, found.truth.opinion.width) == (64, 48)


@pytest.mark.parametrize("saturation", [-0.1, 2.01, math.nan, math.inf, "1", None, True])
def test_a_saturation_that_is_none_is_refused(players, picture, saturation):
    painter, judging = players
    painting = game.painted(painter, picture)
    with pytest.raises(InputError, match="saturation"):
        game.play(judging, painting, saturation)
    with pytest.raises(InputError, match="saturation"):
        game.by_saturation(judging, painting, (1.0, saturation))


def test_a_picture_too_small_to_be_judged_is_refused(players):
    painter, judging = players
    with pytest.raises(InputError, match="at least 12 each way"):
        game.play(judging, game.painted(painter, torch.rand(1, 3, 5, 64)))
