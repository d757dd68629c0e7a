"""Steps and starts between processes: not a bit is lost."""

import pickle
from dataclasses import fields

import pytest
import torch

from models.diffusion.engine import Waiting
from models.diffusion.network import FaceDenoiser
from models.diffusion.sample import initial_noise, sample
from models.diffusion.samplers import SAMPLERS, Settings
from models.diffusion.trajectory import Start
from models.diffusion.wire import Packer, moved, unpacked
from tests.models.diffusion.test_sample import TINY


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return FaceDenoiser(TINY).eval()


def start(network, **more):
    seeds = (7, 8)
    return Start(initial_noise(network, seeds), torch.full((2,), 3), seeds, **more)


def edit(network):
    mask = torch.zeros(1, 1, 16, 16)
    mask[..., :8] = 1
    return start(network, image=torch.rand(1, 3, 16, 16) * 2 - 1, strength=0.6, mask=mask)


def sent(messages):
    return pickle.loads(pickle.dumps(messages))


def assert_equal(one, other):
    for field in fields(one):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        if torch.is_tensor(mine):
            assert mine.dtype == theirs.dtype
            assert torch.equal(mine, theirs)
        else:
            assert mine == theirs


@pytest.mark.parametrize("begin", [start, edit])
@pytest.mark.parametrize("name", SAMPLERS)
def test_every_step_arrives_as_it_was(network, name, begin):
    steps = list(sample(network, Settings(name, 5, 2.0, eta=0.5), begin(network)))
    packer = Packer()
    arrived = list(unpacked(iter(sent([packer.packed(step) for step in steps]))))
    assert len(arrived) == len(steps)
    for mine, theirs in zip(arrived, steps, strict=True):
        assert_equal(mine, theirs)


def test_what_the_step_before_made_is_sent_once(network):
    packer = Packer()
    messages = [
        packer.packed(step) for step in sample(network, Settings("unipc", 3), start(network))
    ]
    assert [message.keys() >= {"noisy"} for message in messages] == [True, False, False]


def test_what_is_no_step_comes_as_it_is_between_them(network):
    packer, waiting = Packer(), Waiting(1, 2.0)
    steps = list(sample(network, Settings("ddim", 2), start(network)))
    messages = [waiting, packer.packed(steps[0]), waiting, packer.packed(steps[1])]
    first, one, between, two = unpacked(iter(sent(messages)))
    assert first == between == waiting
    assert_equal(one, steps[0])
    assert_equal(two, steps[1])


def test_what_arrived_can_be_written_on(network):
    (step,) = sample(network, Settings("ddim", 1), start(network))
    (arrived,) = unpacked(iter(sent([Packer().packed(step)])))
    arrived.x.zero_()
    assert not torch.equal(arrived.x, step.x)


@pytest.mark.parametrize("begin", [start, edit])
def test_a_start_moves_with_all_it_has(network, begin):
    before = begin(network)
    assert_equal(moved(before, "cpu"), before)
    there = moved(before, "meta")
    assert {
        getattr(there, name).device.type
        for name in ("noise", "labels", "image", "mask")
        if getattr(before, name) is not None
    } == {"meta"}
