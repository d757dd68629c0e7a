"""What is made once and shared, also where many ask for it before it is there."""

import os
from collections.abc import Callable
from functools import cache, wraps
from threading import Lock
from typing import ParamSpec, TypeVar

P, R = ParamSpec("P"), TypeVar("R")


def once(function: Callable[P, R]) -> Callable[P, R]:
    """Remember a function's results, as `functools.cache`; who asks while one is made waits for it.

    `cache` itself lets everybody who comes meanwhile make another: of sixty who pressed *Draw* just
    after the start, fourteen loaded the network side by side. A failure is not remembered, and the
    next one tries again. `cache_clear` and `cache_info` are there as well.

    Args:
        function: its arguments are hashable; it doesn't call itself with the same ones.
    """
    cached = cache(function)
    locks: dict[object, Lock] = {}  # of each call's arguments
    if hasattr(os, "register_at_fork"):  # nobody is there who would open them again
        os.register_at_fork(after_in_child=locks.clear)

    @wraps(function)
    def made_once(*args: P.args, **kwargs: P.kwargs) -> R:
        with locks.setdefault((args, *sorted(kwargs.items())), Lock()):
            return cached(*args, **kwargs)

    made_once.cache_clear, made_once.cache_info = cached.cache_clear, cached.cache_info
    return made_once
