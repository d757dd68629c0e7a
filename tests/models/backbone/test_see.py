"""What the backbone makes of a picture: maps, receptive fields, classes and their activation."""

import pytest
import torch

from models.backbone import shipped
from models.backbone.classify import best, bias, class_activation
from models.backbone.network import Backbone, BackboneConfig
from models.backbone.receptive_field import Field, heeded, receptive_field
from models.backbone.see import LAYERS, SIDES, layer_number, place, see, show, strongest_first
from models.core.errors import InputError


@pytest.fixture(scope="module")
def network() -> Backbone:
    return shipped.backbone().network


@pytest.fixture(scope="module")
def picture() -> torch.Tensor:
    return torch.rand(1, 3, 80, 112, generator=torch.Generator().manual_seed(0))


def test_maps_are_what_a_hook_finds_on_the_way(network, picture):
    found = []
    places = [network.norm, *network.stages]
    hooks = [each.register_forward_hook(lambda *call: found.append(call[2])) for each in places]
    logits = network(picture)[0]
    for hook in hooks:
        hook.remove()
    seen = see(network, picture)
    assert len(seen.maps) == len(LAYERS) == len(found)
    assert torch.equal(seen.maps[0], found[0][0].relu())
    for ours, theirs in zip(seen.maps[1:], found[1:], strict=True):
        assert torch.equal(ours, theirs[0])
    torch.testing.assert_close(seen.logits, logits)


def test_units_are_sorted_by_their_largest_answer(network, picture):
    maps = see(network, picture).maps[2]
    peaks = maps.flatten(1).max(1).values[strongest_first(maps)]
    assert torch.equal(peaks, peaks.sort(descending=True).values)
    unit = strongest_first(maps)[0].item()
    row, column = place(maps, unit)
    assert maps[unit, row, column] == maps.max()
    assert place(maps, unit, 1) == (0, 0)
    assert place(maps, unit, maps.shape[2] + 2) == (1, 1)
    for wrong in (-1, maps[0].numel() + 1, 1.5, True, "x", None):
        with pytest.raises(InputError, match="rows of"):
            place(maps, unit, wrong)


@pytest.mark.parametrize(
    ("size", "side", "seen", "part"),
    [
        ((300, 300), 80, (80, 80), (300, 300)),
        ((200, 300), 80, (80, 128), (200, 300)),  # 120 is no multiple of 16
        ((300, 200), 64, (96, 64), (300, 200)),
        ((1, 5000), 64, (64, 256), (1, 4)),  # of a line its middle
        ((40, 10), 160, (640, 160), (40, 10)),
        ((1, 1), 96, (96, 96), (1, 1)),
    ],
)
def test_a_photo_keeps_its_shape_as_far_as_multiples_of_16_let_it(size, side, seen, part):
    photo = torch.rand(1, 3, *size)
    shown = show(photo, side)
    assert shown.picture.shape[-2:] == seen
    assert shown.part.shape[-2:] == part
    assert shown.cropped == (part != size)
    top, left = ((whole - kept) // 2 for whole, kept in zip(size, part, strict=True))
    assert torch.equal(shown.part, photo[..., top : top + part[0], left : left + part[1]])
    assert shown.stretch == pytest.approx(seen[1] / seen[0] * part[0] / part[1])
    assert 0.85 < shown.stretch < 1.2
    assert 0 <= shown.picture.min() <= shown.picture.max() <= 1


@pytest.mark.parametrize("side", [0, 81, 240, 80.0001, True, "80", None, float("nan")])
def test_other_sides_are_refused(side):
    with pytest.raises(InputError, match="Side"):
        show(torch.rand(1, 3, 8, 8), side)
    assert all(held % 16 == 0 for held in SIDES)


def support(values: torch.Tensor) -> Field:
    """The smallest part that holds all that is not 0."""
    rows, columns = values.nonzero().unbind(1)
    top, left = rows.min().item(), columns.min().item()
    return Field(top, left, rows.max().item() - top + 1, columns.max().item() - left + 1)


@pytest.mark.parametrize("layer", range(len(LAYERS)))
@pytest.mark.parametrize("where", [(0.0, 0.0), (0.5, 0.5), (0.99, 0.4)])
def test_the_gradient_lies_in_the_field_by_geometry_and_fills_it(layer, where):
    """On a network all of whose weights and answers are above 0, so that every pixel counts."""
    network = Backbone(BackboneConfig(("a",), widths=(4, 4, 4, 4), blocks=(2, 2, 2, 2))).eval()
    with torch.no_grad():
        for weights in network.parameters():
            weights.abs_().add_(0.1)
    picture = 1 + torch.rand(1, 3, 240, 272)  # above the mean that is taken off: no ReLU is at 0
    network.double()
    size = see(network, picture.double()).maps[layer].shape[1:]
    row, column = (int(share * length) for share, length in zip(where, size, strict=True))
    found = heeded(network, picture.double(), layer, 1, row, column)
    assert support(found) == receptive_field(network, layer, row, column).inside(240, 272)


def test_of_the_shipped_network_too_the_gradient_lies_in_the_field(network, picture):
    seen = see(network, picture)
    sizes = []
    for layer, maps in enumerate(seen.maps):
        unit = strongest_first(maps)[0].item()
        row, column = place(maps, unit)
        field = receptive_field(network, layer, row, column)
        sizes.append(field.height)
        assert field.height == field.width
        found = heeded(network, picture, layer, unit, row, column)
        part = field.inside(80, 112)
        outside = found.clone()
        outside[part.top : part.top + part.height, part.left : part.left + part.width] = 0
        assert found.max() > 0
        assert outside.max() == 0
    assert sizes == [7, 23, 51, 107, 219]


def test_heeded_is_the_change_of_the_answer(network, picture):
    maps = see(network, picture).maps[1]
    unit = strongest_first(maps)[0].item()
    row, column = place(maps, unit)
    found = heeded(network, picture, 1, unit, row, column)
    y, x = divmod(found.argmax().item(), found.shape[1])
    change = []
    for colour in range(3):
        moved = []
        for step in (1e-3, -1e-3):
            other = picture.double()
            other[0, colour, y, x] += step
            double = Backbone(network.config).eval().double()
            double.load_state_dict(network.state_dict())
            moved.append(see(double, other).maps[1][unit, row, column])
        change.append((moved[0] - moved[1]) / 2e-3)
    assert torch.stack(change).norm().item() == pytest.approx(found.max().item(), rel=1e-2)


def test_a_unit_that_does_not_answer_heeds_nothing(network, picture):
    maps = see(network, picture).maps[0]
    unit, row, column = (maps == 0).nonzero()[0].tolist()
    assert heeded(network, picture, 0, unit, row, column).max() == 0


def test_class_activation_and_bias_add_up_to_the_logit(network, picture):
    seen = see(network, picture)
    for guess in best(network, seen.logits, 5):
        parts = class_activation(network, seen.maps[-1], guess.number)
        assert parts.shape == seen.maps[-1].shape[1:] == (5, 7)
        total = parts.double().sum().item() + bias(network, guess.number)
        assert total == pytest.approx(guess.logit, abs=1e-4)
        assert network.config.classes[guess.number] == guess.name


def test_the_best_classes_are_softmax_s(network, picture):
    logits = see(network, picture).logits
    shares, order = logits.double().softmax(0).sort(descending=True)
    found = best(network, logits, 5)
    assert [guess.number for guess in found] == order[:5].tolist()
    assert [guess.probability for guess in found] == pytest.approx(shares[:5].tolist(), rel=1e-4)
    for wrong in (0, 203, 1.5, True, None):
        with pytest.raises(InputError, match="number of classes"):
            best(network, logits, wrong)


def test_a_layer_has_a_name():
    assert [layer_number(name) for name in LAYERS] == list(range(5))
    with pytest.raises(InputError, match="Layer 'stage 9'"):
        layer_number("stage 9")
