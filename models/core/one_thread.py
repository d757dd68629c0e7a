"""Workers in which PyTorch keeps to one thread, beside others that use all cores."""

import threading
from concurrent.futures import ThreadPoolExecutor

import torch

COUNT = 2
"""Workers in all: as many small trainings as run at once."""
_lock = threading.Lock()
_made: list[ThreadPoolExecutor] = []
_made_a_core: list[ThreadPoolExecutor] = []


def workers() -> ThreadPoolExecutor:
    """The executor whose tensors' work stays in the thread that does it; always the same one.

    For small networks one core is as quick as two, far steadier where others compute at the same
    time, and adds up in the same order on every machine.

    `torch.set_num_threads` holds for the calling thread and for all those that PyTorch has yet to
    meet. So for a moment, while the workers are made, a thread that meets PyTorch for the first
    time would keep to one thread for good: the page makes them while it is built, before there are
    visitors. Nothing is ever set afterwards.
    """
    with _lock:
        if not _made:
            _made.append(_executor(COUNT))
        return _made[0]


def workers_a_core() -> ThreadPoolExecutor:
    """The executor of workers like those, one for each core, whose tasks are short: no training
    keeps them waiting. Always the same one.
    """
    with _lock:
        if not _made_a_core:
            _made_a_core.append(_executor(torch.get_num_threads()))
        return _made_a_core[0]


def _executor(count: int) -> ThreadPoolExecutor:
    """An executor with all of its workers running, each with one thread of PyTorch's."""
    executor = ThreadPoolExecutor(max_workers=count, thread_name_prefix="one-thread")
    before = torch.get_num_threads()
    all_here = threading.Barrier(count)

    def alone() -> None:
        all_here.wait()  # or one worker would serve for all of them
        torch.get_num_threads()  # PyTorch meets the thread, and does not set it anew later
        torch.set_num_threads(1)

    try:
        for ready in [executor.submit(alone) for _ in range(count)]:
            ready.result()
    finally:
        torch.set_num_threads(before)
    return executor
