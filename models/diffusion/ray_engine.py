"""The engine on many machines: `python app.py --engine ray` has faces drawn by Ray Serve.

Each worker (a replica) has an engine of its own; Ray sends a run to one that has less to do. If the
worker dies, the run begins again with another: from the same seed come the same faces, so who
follows it waits a little and loses nothing. If the page dies, Ray does not tell the workers: its
runs go on to their last steps, a hundred at most, and nobody follows them.

Ray is imported where it is used, and so only where it was asked for (see `ray_cluster`).
"""

import asyncio
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

from models.core.errors import InputError
from models.diffusion import ray_cluster
from models.diffusion.engine import PATIENCE, Waiting
from models.diffusion.samplers import Settings
from models.diffusion.trajectory import DenoisingStep, Start
from models.diffusion.wire import moved, unpacked

LOST = "The run was lost with the worker that drew it: press Draw again."
TRIES = 3
"""How often a run is begun where its worker dies."""
_END = object()


class WorkerLostError(Exception):
    """A run's worker is no more, or there is none."""


class RayEngine:
    """Has runs drawn by Ray's workers (`models.diffusion.engines.Drawing`)."""

    def __init__(self, handle: Any):
        """Around a `DeploymentHandle` of `models.diffusion.ray_replica.Replica`."""
        self._handle = handle.options(stream=True)
        # One loop takes in the messages of all runs; who follows one waits for it no longer than
        # a while, and so can leave, even where no worker has taken the run.
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="ray", daemon=True).start()

    @classmethod
    def started(cls) -> "RayEngine":
        """With workers that are there already, or that come up now.

        Raises:
            InputError: Ray is not installed, or no worker comes up.
        """
        return cls(ray_cluster.workers())

    def follow(self, settings: Settings, start: Start) -> Iterator[DenoisingStep | Waiting]:
        """What the engine of a worker yields (see `models.diffusion.engine.Engine.follow`).

        While no worker has taken the run, it is told twice a second that it is next. Steps are on
        the CPU; their seconds count from the first beginning.

        Raises:
            FullError: the worker has too many in line.
            InputError: the run failed, or its worker died, and so did those who drew it again.
        """
        start, given, began = moved(start, "cpu"), 0, time.perf_counter()
        for number in range(TRIES):
            lost = time.perf_counter() - began if number else 0.0
            try:
                with closing(self._messages(settings, start)) as messages:
                    for one in unpacked(messages):
                        if not isinstance(one, DenoisingStep):
                            yield one
                        elif one.step == given:  # those before it came from who died
                            given += 1
                            yield replace(one, seconds=one.seconds + lost)
            except WorkerLostError:
                continue
            return
        raise InputError(LOST)

    def _messages(self, settings: Settings, start: Start) -> Iterator[Any]:
        """What a worker tells of a run, one by one; `Waiting` while none has it.

        Raises:
            InputError: the worker's.
            WorkerLostError: it died.
        """
        with self._asked(settings, start) as news:
            taken = False
            while True:
                try:
                    message = news.get(timeout=None if taken else PATIENCE)
                except queue.Empty:
                    yield Waiting(0, None)
                    continue
                if message is _END:
                    return
                if isinstance(message, Exception):
                    raise message
                taken = True
                for one in message:
                    if isinstance(one, InputError):
                        raise one
                    yield one

    @contextmanager
    def _asked(self, settings: Settings, start: Start) -> Iterator[queue.SimpleQueue]:
        """Send a run to a worker; its messages come while the block runs, then it is cancelled."""
        news: queue.SimpleQueue = queue.SimpleQueue()
        taking = asyncio.run_coroutine_threadsafe(self._take(settings, start, news), self._loop)
        try:
            yield news
        finally:
            taking.cancel()

    async def _take(self, settings: Settings, start: Start, news: queue.SimpleQueue) -> None:
        """Put messages there as they come, then the end or the error."""
        answer = None
        try:
            answer = self._handle.follow.remote(settings, start)
            async for message in answer:
                news.put(message)
            news.put(_END)
        except asyncio.CancelledError:
            if answer is not None:
                answer.cancel()
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, it is told to who waits
            gone = ray_cluster.is_a_loss(error)
            news.put(WorkerLostError(str(error)) if gone else error)
