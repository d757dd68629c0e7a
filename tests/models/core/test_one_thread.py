"""Workers of one thread: the rest of the process keeps its own, however many ask at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread

import pytest
import torch

from demos.kit.page import Tab, page, tab
from demos.vae import live as scene
from models.core import one_thread
from models.vae.live import LiveTraining
from models.vae.live_settings import LiveSettings

ROUNDS = 200  # before the 75th, two who made workers of their own left new threads one core


@pytest.fixture(autouse=True)
def two_threads() -> Iterator[None]:
    """PyTorch on two threads, whatever machine this is."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def none_made(monkeypatch) -> list[ThreadPoolExecutor]:
    """A process that has made no workers yet."""
    made: list[ThreadPoolExecutor] = []
    monkeypatch.setattr(one_thread, "_made", made)
    return made


def of_a_new_thread() -> int:
    """On how many threads PyTorch works in a thread that it meets for the first time."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(torch.get_num_threads).result()


def in_every_worker() -> list[int]:
    """The same of each worker: no two of the tasks run in one."""
    together = Barrier(one_thread.COUNT)

    def asked(_: int) -> int:
        together.wait()
        return torch.get_num_threads()

    return list(one_thread.workers().map(asked, range(one_thread.COUNT)))


def test_the_workers_keep_to_one_thread_and_nobody_else(none_made):
    assert in_every_worker() == [1] * one_thread.COUNT
    assert torch.get_num_threads() == 2
    assert of_a_new_thread() == 2
    assert in_every_worker() == [1] * one_thread.COUNT  # also after others met PyTorch


def test_there_is_a_worker_for_each_core_beside_them(monkeypatch):
    monkeypatch.setattr(one_thread, "_made_a_core", [])
    workers = one_thread.workers_a_core()
    together = Barrier(torch.get_num_threads())

    def asked(_: int) -> int:
        together.wait()  # as many as there are cores, or this waits for good
        return torch.get_num_threads()

    assert list(workers.map(asked, range(2), timeout=60)) == [1, 1]
    assert workers is one_thread.workers_a_core() is not one_thread.workers()
    assert of_a_new_thread() == torch.get_num_threads() == 2
    workers.shutdown()


def test_two_who_ask_at_once_leave_every_new_thread_its_number(none_made):
    for _ in range(ROUNDS):
        none_made.clear()
        together, got = Barrier(2), []

        def ask(together: Barrier = together, got: list = got) -> None:
            together.wait()
            got.append(one_thread.workers())

        asking = [Thread(target=ask) for _ in range(2)]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join()
        assert got[0] is got[1]
        assert of_a_new_thread() == 2


def test_trainings_set_nothing_once_the_page_is_built(none_made, monkeypatch):
    page([scene_alone])
    assert len(none_made) == 1

    def refuse(number: int) -> None:
        raise AssertionError(f"the number of threads was set to {number} while visitors are here")

    monkeypatch.setattr(torch, "set_num_threads", refuse)
    together = Barrier(4)

    def train(seed: int) -> int:
        together.wait()
        return LiveTraining(LiveSettings(seed=seed)).advance().seen

    with ThreadPoolExecutor(4) as visitors:
        assert set(visitors.map(train, range(8))) == {32}
    assert of_a_new_thread() == 2


def scene_alone() -> Tab:
    """A tab of the one scene that trains."""
    return tab("vae", "VAE", [scene])
