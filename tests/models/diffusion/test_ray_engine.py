"""The engine on Ray's workers: the local one's faces, whoever draws them, and whoever dies."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import pytest
import torch

from models.core.errors import InputError
from models.diffusion import draw, ray_cluster, ray_engine, shipped
from models.diffusion.engine import FullError, Waiting
from models.diffusion.ray_engine import LOST, TRIES, RayEngine
from models.diffusion.replicas import ENVIRONMENT_VARIABLE, Replicas
from models.diffusion.sample import sample
from models.diffusion.samplers import Settings
from models.diffusion.trajectory import DenoisingStep, Start
from models.diffusion.wire import Packer
from tests.models.diffusion.test_engine import NEAR, NUMBERS, PICTURES, WHILE

STEPS = 0.1
"""Seconds of a processor: several steps, of a hundred."""


@pytest.fixture(scope="module", autouse=True)
def ray():
    return pytest.importorskip("ray", reason="no Ray here: see tests/requirements.txt")


@pytest.fixture(scope="module")
def engine(ray):
    """Two workers on this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(ray_cluster.ADDRESS, raising=False)
        patch.setenv(ENVIRONMENT_VARIABLE, "2")
        yield RayEngine.started()
    ray.shutdown()


@pytest.fixture(scope="module")
def network():
    return shipped.denoiser()


def reports(engine) -> Iterator[tuple[int, int]]:
    """A worker's process and how many runs it has, again and again; Ray chooses who is asked."""
    handle, until = engine._handle.options(stream=False), time.monotonic() + WHILE
    while time.monotonic() < until:
        yield handle.state.remote().result(timeout_s=WHILE)


def states(engine) -> dict[int, int]:
    """How many runs each of the two workers has, by its process."""
    found = {}
    for process, runs in reports(engine):
        found[process] = runs
        if len(found) == 2:
            break
    return found


def steps(told) -> list[DenoisingStep]:
    return [one for one in told if isinstance(one, DenoisingStep)]


def assert_drawn(told, network, settings, begin):
    """That these are all steps of that run, each once, as the plain loop yields them."""
    ours, expected = steps(told), list(sample(network, settings, begin))
    assert [step.step for step in ours] == list(range(len(expected)))
    for mine, other in zip(ours, expected, strict=True):
        assert [getattr(mine, name) for name in NUMBERS] == [
            getattr(other, name) for name in NUMBERS
        ]
        for name in PICTURES:
            assert (getattr(mine, name) - getattr(other, name)).abs().max() / 2 <= NEAR
    seconds = [step.seconds for step in ours]
    assert seconds == sorted(seconds)


def redrawn(network) -> Start:
    """A start with a picture and a mask."""
    begin, mask = draw.begin(network, 2, "bart_simpson", 4), torch.zeros(1, 1, 32, 32)
    mask[..., 16:] = 1
    picture = torch.zeros(1, 3, 32, 32)
    return Start(begin.noise, begin.labels, begin.seeds, picture, 0.8, mask)


def test_runs_of_two_workers_are_the_local_engines(engine, network):
    asked = [
        (Settings("ddpm", 8, 2.0), draw.begin(network, 2, "bart_simpson", 3)),
        (Settings("unipc", 8), draw.begin(network, 3, "one of each", 0)),
        (Settings("heun", 5, 3.0), draw.begin(network, 1, "anyone", 7)),
        (Settings("ddim", 10, 2.0, eta=0.5), redrawn(network)),
    ]
    with ThreadPoolExecutor(len(asked)) as pool:
        told = list(pool.map(lambda one: list(engine.follow(*one)), asked))
    for one, (settings, begin) in zip(told, asked, strict=True):
        assert_drawn(one, network, settings, begin)


def test_a_second_page_finds_the_workers_that_are_there(engine, network):
    other = RayEngine(ray_cluster.workers())
    assert states(other).keys() == states(engine).keys()
    settings, begin = Settings("ddim", 2), draw.begin(network, 1, "anyone", 1)
    assert_drawn(other.follow(settings, begin), network, settings, begin)


def test_two_workers_share_the_runs_and_who_leaves_frees_them(engine, network):
    settings = Settings("ddim", 100, 2.0)
    runs = [engine.follow(settings, draw.begin(network, 4, "bart_simpson", n)) for n in range(2)]
    last = [until_step(run, 2)[-1] for run in runs]  # one after the other: who has less is asked
    assert list(states(engine).values()) == [1, 1]
    for run in runs:
        run.close()
    left = time.monotonic()
    while any(states(engine).values()):
        time.sleep(0.05)
    remaining = 97 * min(step.seconds for step in last) / 3
    assert time.monotonic() - left < remaining / 2


def test_a_worker_that_is_killed_costs_nobody_a_step(engine, network, monkeypatch):
    """Who has a run is seen by its processor time: on a busy machine it is over on the workers
    before they answer, and before its first steps are here."""
    ask, sent = engine._messages, []
    monkeypatch.setattr(engine, "_messages", lambda *run: sent.append(run) or ask(*run))
    asked = [(Settings("ddim", 100), draw.begin(network, 2, "anyone", 10 * n)) for n in range(2)]
    workers = {process: worked(process) for process in states(engine)}
    with ThreadPoolExecutor(len(asked)) as pool:
        told = pool.map(lambda one: list(engine.follow(*one)), asked)
        os.kill(first_at_work(workers), signal.SIGKILL)
        told = list(told)
    for one, (settings, begin) in zip(told, asked, strict=True):
        assert_drawn(one, network, settings, begin)
    assert len(sent) > len(asked)


def worked(process: int) -> float:
    """Seconds of a processor that a process has taken (proc(5): utime and stime, in ticks)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def first_at_work(workers: dict[int, float]) -> int:
    """The first process that has worked for a few steps longer than it then had."""
    until = time.monotonic() + WHILE
    while time.monotonic() < until:
        for process, before in workers.items():
            if worked(process) - before > STEPS:
                return process
        time.sleep(0.002)
    return pytest.fail("no worker does anything")


def until_step(run, number) -> list:
    """What a run tells, up to the step of that number."""
    told = []
    while not told or getattr(told[-1], "step", None) != number:
        told.append(next(run))
    return told


class Handle:
    """As much of Ray's handle as the engine uses; each call tells what it was given to tell."""

    def __init__(self, *calls):
        self.calls, self.cancelled = list(calls), 0
        self.follow = self

    def options(self, **_):
        return self

    def remote(self, settings, start):
        return Answer(self, self.calls.pop(0))


class Answer:
    def __init__(self, handle, messages):
        self.handle, self.messages = handle, iter(messages)

    def __aiter__(self):
        return self

    async def __anext__(self):
        message = next(self.messages, None)
        if message is None:
            raise StopAsyncIteration
        if isinstance(message, Exception):
            raise message
        if message == "nothing":
            await asyncio.sleep(WHILE)
        return message

    def cancel(self):
        self.handle.cancelled += 1


@pytest.fixture(scope="module")
def died(ray):
    return ray.exceptions.ActorDiedError()


def follow(handle, network):
    return RayEngine(handle).follow(Settings("ddim", 4), draw.begin(network, 1, "anyone", 0))


def packed(network) -> list[dict]:
    packer = Packer()
    start = draw.begin(network, 1, "anyone", 0)
    return [packer.packed(step) for step in sample(network, Settings("ddim", 4), start)]


def test_a_run_begins_again_where_its_worker_dies_and_gives_up_at_last(network, died):
    one, two, three, four = packed(network)
    again = Handle([[one, two], died], [[one], [two, three], died], [[one, two, three, four]])
    told = list(follow(again, network))
    assert [step.step for step in told] == [0, 1, 2, 3]
    never = follow(Handle(*[[[one], died]] * TRIES), network)
    assert next(never).step == 0
    with pytest.raises(InputError, match=LOST):
        next(never)


def test_a_runs_own_failure_is_not_tried_again(network):
    full = FullError("All 96 places are taken.")
    with pytest.raises(FullError, match="96 places"):
        list(follow(Handle([[full]]), network))
    with pytest.raises(KeyError, match="a defect"):
        list(follow(Handle([KeyError("a defect")]), network))


def test_who_has_no_worker_yet_is_told_so_and_can_leave(network):
    handle = Handle(["nothing"])
    run, began = follow(handle, network), time.monotonic()
    assert list(islice(run, 2)) == [Waiting(0, None)] * 2
    assert time.monotonic() - began >= 2 * ray_engine.PATIENCE
    run.close()
    while not handle.cancelled:
        assert time.monotonic() - began < WHILE
        time.sleep(0.01)


def test_no_cluster_at_the_address_is_told_of(ray, monkeypatch):
    def nobody(*_, **__):
        raise ConnectionError("nobody answers")

    monkeypatch.setattr(ray, "init", nobody)
    monkeypatch.setenv(ray_cluster.ADDRESS, "192.0.2.1:6379")
    with pytest.raises(InputError, match=r"no Ray at 192\.0\.2\.1:6379 .*nobody answers"):
        ray_cluster.workers()


def test_replicas_are_what_ray_takes_them_for(ray):
    from ray import serve

    fixed = serve.deployment(Handle, **Replicas(2, 2).options(4))
    assert fixed.num_replicas == 2
    scaled = serve.deployment(Handle, **Replicas(1, 4).options(6))._deployment_config
    found = scaled.autoscaling_config
    assert (found.min_replicas, found.max_replicas, found.target_ongoing_requests) == (1, 4, 6)
