"""A worker of Ray's, without Ray: its runs as messages, and its end where nobody listens."""

import asyncio
import os
import time

import pytest
import torch

from models.core.errors import InputError
from models.diffusion.engine import FullError
from models.diffusion.network import FaceDenoiser
from models.diffusion.ray_replica import MESSAGE_EVERY, Replica
from models.diffusion.sample import sample
from models.diffusion.samplers import Settings
from models.diffusion.wire import unpacked
from tests.models.diffusion.test_engine import WHILE, assert_same, start
from tests.models.diffusion.test_sample import TINY


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return FaceDenoiser(TINY).eval()


@pytest.fixture
def replica(network):
    made = Replica(network)
    yield made
    made.engine.close()


def messages(replica, settings, begin) -> list[list]:
    """All that a run is told of, message by message."""

    async def followed():
        return [message async for message in replica.follow(settings, begin)]

    return asyncio.run(followed())


def test_its_messages_hold_the_run_in_order(network, replica):
    settings, begin = Settings("heun", 6, 2.0), start(network, 7, 8)
    told = messages(replica, settings, begin)
    steps = list(unpacked(one for message in told for one in message))
    assert_same(steps, list(sample(network, settings, begin)), near=5e-3)  # see test_engine


def test_steps_that_are_there_come_in_one_message(network, replica):
    settings, begin = Settings("ddim", 60), start(network, 1)
    began = time.perf_counter()
    told = messages(replica, settings, begin)
    seconds = time.perf_counter() - began
    assert sum(map(len, told)) == 60
    assert all(told)
    assert len(told) <= seconds / MESSAGE_EVERY + 1
    # A run that is there already, for it was drawn just now, comes in a few at most.
    assert len(messages(replica, settings, begin)) < 10


def test_a_run_that_fails_says_so_as_its_last_word(network, replica, monkeypatch):
    replica.engine.most_requests = 0
    (told,) = messages(replica, Settings("ddim", 3), start(network, 1))
    assert isinstance(told[-1], FullError)
    replica.engine.most_requests = 1
    nothing = torch.full((1, 3, 16, 16), torch.nan)
    monkeypatch.setattr(network, "forward", lambda *_: nothing)
    told = messages(replica, Settings("ddim", 3), start(network, 2, label=None))
    assert isinstance(told[-1][-1], InputError)
    assert "left the range of numbers" in str(told[-1][-1])


def test_a_defect_is_no_word_but_an_error(network, replica, monkeypatch):
    def broken(*_):
        raise KeyError("a defect")

    monkeypatch.setattr(replica.engine, "follow", broken)
    with pytest.raises(KeyError, match="a defect"):
        messages(replica, Settings("ddim", 3), start(network, 1))


def test_a_run_that_is_cancelled_leaves_the_batch(network, replica, monkeypatch):
    forward, asked = network.forward, []

    def slowly(*inputs):
        asked.append(len(inputs[0]))
        time.sleep(0.05)  # a hundred of them would take five seconds
        return forward(*inputs)

    async def left() -> tuple[int, int]:
        first = asyncio.Event()

        async def listen():
            async for _ in replica.follow(Settings("ddim", 100), start(network, 0, label=None)):
                first.set()

        listening = asyncio.create_task(listen())
        await asyncio.wait_for(first.wait(), WHILE)
        (_, before), until = await replica.state(), time.monotonic() + WHILE
        listening.cancel()
        while (await replica.state())[1] and time.monotonic() < until:
            await asyncio.sleep(0.01)
        return before, (await replica.state())[1]

    monkeypatch.setattr(network, "forward", slowly)
    assert asyncio.run(left()) == (1, 0)
    assert len(asked) < 100


def test_it_says_who_it_is_and_what_it_has_to_do(replica):
    assert asyncio.run(replica.state()) == (os.getpid(), 0)
