"""Long runs, one a visitor: a newer one, or *Stop*, ends the one before."""

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Turns:
    """Knows which run of each visitor counts. Holds nothing of visitors whose runs have ended."""

    def __init__(self):
        self._numbers = itertools.count()
        self._counting: dict[str, int] = {}
        self._lock = threading.Lock()

    @contextmanager
    def taken(self, visitor: str | None) -> Iterator[Callable[[], bool]]:
        """Let a run of this visitor count while the block runs; earlier ones no longer do.

        Args:
            visitor: the session's hash; runs without one have nobody to stop them.

        Yields:
            Whether the run still counts; to be asked between two steps.
        """
        visitor = visitor or ""
        with self._lock:
            number = next(self._numbers)
            name = visitor or f"nobody {number}"
            self._counting[name] = number
        try:
            yield lambda: self._counting.get(name) == number
        finally:
            with self._lock:
                if self._counting.get(name) == number:
                    del self._counting[name]

    def stop(self, visitor: str | None) -> bool:
        """Let no run of this visitor count any more; whether one did."""
        with self._lock:
            return self._counting.pop(visitor or "", None) is not None

    def __len__(self) -> int:
        """How many runs count at the moment."""
        return len(self._counting)
