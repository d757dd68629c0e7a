"""A worker in which PyTorch keeps to one thread, beside others that use all cores."""

from concurrent.futures import ThreadPoolExecutor

import torch


def worker() -> ThreadPoolExecutor:
    """An executor of one thread of its own, whose tensors' work stays in that thread.

    For small networks one core is as quick as two, far steadier where others compute at the same
    time, and adds up in the same order on every machine. `torch.set_num_threads` holds for the
    calling thread and for those that PyTorch has yet to meet; so it is called in the worker, and
    then again here with what was in force, which changes nothing for any other thread.
    """
    executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="one-thread")
    before = torch.get_num_threads()
    executor.submit(torch.get_num_threads).result()  # now PyTorch has met it
    try:
        executor.submit(torch.set_num_threads, 1).result()
    finally:
        torch.set_num_threads(before)
    return executor
