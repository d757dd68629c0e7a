"""Paths and sums of codes: what a walk decodes, where it goes, and what is refused."""

import pytest
import torch

from models.core.errors import InputError
from models.vae import path
from models.vae.decode import decode
from models.vae.network import Autoencoder, AutoencoderConfig


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return Autoencoder(AutoencoderConfig(5, channels=(4, 8), squeezed=4, hidden=16)).eval()


@pytest.fixture(scope="module")
def ends():
    return torch.randn(2, 1, 5, generator=torch.Generator().manual_seed(1)).unbind(0)


@pytest.mark.parametrize("kind", path.KINDS)
def test_a_walk_decodes_every_stop(network, ends, kind):
    stops = list(path.walk(network, *ends, 7, kind))
    assert [stop.step for stop in stops] == list(range(7))
    assert [stop.share for stop in stops] == pytest.approx([i / 6 for i in range(7)])
    assert torch.equal(stops[0].latent, ends[0])
    assert torch.equal(stops[-1].latent, ends[1])
    for stop in stops:
        torch.testing.assert_close(stop.image, decode(network, stop.latent))
        assert stop.norm == pytest.approx(stop.latent.square().sum().sqrt().item())


def test_the_straight_way_dips_and_the_arc_does_not():
    start, end = torch.tensor([[3.0, 0.0]]), torch.tensor([[0.0, 3.0]])
    straight = path.stops(start, end, 3, "linear").norm(dim=1)
    arc = path.stops(start, end, 3, "slerp").norm(dim=1)
    torch.testing.assert_close(straight, torch.tensor([3.0, 3 / 2**0.5, 3.0]))
    torch.testing.assert_close(arc, torch.full((3,), 3.0))


@pytest.mark.parametrize(
    "steps", [0, 1, 61, 1000, 2.5, float("nan"), float("inf"), "7", None, True]
)
def test_steps_that_are_none_are_refused(network, ends, steps):
    with pytest.raises(InputError, match="2 to 60 whole steps"):
        next(path.walk(network, *ends, steps, "linear"))
    with pytest.raises(InputError, match="2 to 60 whole steps"):
        path.crossfade(*ends, steps)


@pytest.mark.parametrize("kind", ["curly", "", None, 3, ["slerp"]])
def test_a_way_that_is_none_is_refused(network, ends, kind):
    with pytest.raises(InputError, match="is not known; choose one of linear, slerp"):
        next(path.walk(network, *ends, 5, kind))


def test_a_cross_fade_is_the_mean_halfway():
    one, other = torch.zeros(1, 1, 2, 2), torch.tensor([[[[1.0, 0.0], [0.5, 0.2]]]])
    faded = path.crossfade(one, other, 3)
    assert torch.equal(faded[0], one)
    torch.testing.assert_close(faded[1], other / 2)
    assert torch.equal(faded[2], other)


def test_sums_of_codes():
    a, b, c = torch.tensor([[5.0, 1.0]]), torch.tensor([[2.0, 3.0]]), torch.tensor([[1.0, 1.0]])
    assert path.combine(a, b, c).tolist() == [[4.0, -1.0]]
    assert torch.equal(path.combine(a, b, c, 0), c)
    assert path.combine(a, b, c, 2).tolist() == [[7.0, -3.0]]
    assert torch.equal(path.combine(a, a, c, 1.7), c)


@pytest.mark.parametrize("strength", [-0.1, 2.1, float("nan"), "1", None, True])
def test_a_strength_that_is_none_is_refused(strength):
    with pytest.raises(InputError, match=r"strength .* must be a number from 0 to 2"):
        path.combine(*torch.zeros(3, 1, 2), strength)
