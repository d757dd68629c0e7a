"""The sampler for a whole lecture hall: all runs under way share the evaluations of the network.

A run joins the batch at any time, at its own timestep, by its own sampler and guidance, and leaves
it when it is done or nobody wants it any more. It comes out as it would alone, but for the last
bits, in which a batch of another size adds up in another order.
"""

import atexit
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import torch

from models.core.errors import InputError
from models.diffusion.job import Job, key
from models.diffusion.line import Line
from models.diffusion.network import FaceDenoiser
from models.diffusion.samplers import Settings
from models.diffusion.shards import Shards
from models.diffusion.trajectory import DenoisingStep, Start

# Rows a batch: where more of them bring no more a second (`python -m tests.benchmarks.crowd`: 149
# in bfloat16 by 32 a core, which sixty people's single faces fill at once, 142 by 24; and
# `tests.benchmarks.gpu` on an H200: 10,400 a second by 256, 7,600 by 960).
ROWS_A_CORE, ROWS_OF_A_GPU = 32, 256
TURN = 400
"""Rows that a run is given in one go while others wait: nine guided faces in twenty steps, and
some. A longer one then stands at the end of the line again."""
MOST_REQUESTS = 96
"""Runs under way and in line: sixty people, half of whom press twice."""
MOST_BYTES = 32 * 2**20
"""Of all steps that are kept for those who ask for the same."""
PATIENCE = 0.5
"""Seconds after which who waits in line is told the place."""
KEPT = 0.8  # of the speed measured before, where a new one is taken in


class FullError(InputError):
    """There is no room for one more run; says when there may be."""


@dataclass(frozen=True)
class Waiting:
    """Told of a run that is in line: how many are before it, and for about how many seconds."""

    ahead: int
    seconds: float | None


class Engine:
    """Draws for everybody. Its thread begins with the first run and ends with the last one."""

    def __init__(
        self,
        network: FaceDenoiser,
        *,
        most_rows: int | None = None,
        turn: int = TURN,
        most_requests: int = MOST_REQUESTS,
        most_bytes: int = MOST_BYTES,
    ):
        self.network, self.shards = network, Shards(network)
        cores = self.shards.cores
        self.line = Line(most_rows or (ROWS_A_CORE * cores if cores else ROWS_OF_A_GPU), turn)
        self.most_requests, self.most_bytes = most_requests, most_bytes
        self.rate: float | None = None
        """Rows a second, as measured lately."""
        self._changed = threading.Condition()
        self._equal: OrderedDict[str, Job] = OrderedDict()  # which more can join, oldest first
        self._thread: threading.Thread | None = None
        self._closing = False

    def sample(self, settings: Settings, start: Start) -> Iterator[DenoisingStep]:
        """Draw a batch of faces, as `models.diffusion.sample.sample` does.

        Raises:
            FullError: too many are in line.
            InputError: the run failed, which is told of it alone.
        """
        for one in self.follow(settings, start):
            if isinstance(one, DenoisingStep):
                yield one

    def follow(self, settings: Settings, start: Start) -> Iterator[DenoisingStep | Waiting]:
        """The same, and while the run is in line also its place, twice a second.

        A generator that is closed takes its run out of the batch before the next evaluation,
        unless somebody else follows the same.
        """
        job, follower = self._join(settings, start)
        try:
            while (found := self._next(job, follower)) is not None:
                yield found
        finally:
            with self._changed:
                job.leave(follower)
                if not job.followed and not job.finished:
                    self._drop(job)

    def __len__(self) -> int:
        """How many runs are under way or in line."""
        return len(self.line)

    def kept_bytes(self) -> int:
        """What the steps take that are kept for those who ask for the same."""
        return sum(job.bytes() for job in self._equal.values())

    def close(self) -> None:
        """End all runs, and the thread after the evaluation that it is in."""
        with self._changed:
            self._closing, thread = True, self._thread
        if thread is not None:
            thread.join()
        self._closing = False

    def _join(self, settings: Settings, start: Start) -> tuple[Job, object]:
        """The run of those settings, and who now follows it."""
        name = key(settings, start)
        with self._changed:
            if name in self._equal:
                return self._equal[name], self._equal[name].join()
            self._check_room()
        made = Job(self.network, settings, start, name)  # takes milliseconds: others go on
        with self._changed:
            if name not in self._equal:
                self._check_room()
            job = self._equal.setdefault(name, made)
            if job is made:
                self.line.add(job)
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="faces", daemon=True)
                    _RUNNING.add(self)
                    _end_with_the_interpreter()
                    self._thread.start()
            return job, job.join()

    def _check_room(self) -> None:
        if len(self) < self.most_requests:
            return
        seconds = self._seconds(self.line.work_in_line() / 2)
        when = "in a while" if seconds is None else f"in about {math.ceil(seconds)} s"
        raise FullError(f"All {len(self)} places are taken: please try again {when}.")

    def _next(self, job: Job, follower: object) -> DenoisingStep | Waiting | None:
        """What a follower is told next, once there is anything; None at the end."""
        with self._changed:
            while not self._changed.wait_for(lambda: job.has_news(follower), PATIENCE):
                if job in self.line.waiting:
                    ahead, rows = self.line.before(job)
                    return Waiting(ahead, self._seconds(rows))
            step = job.take(follower)
            if step is None and job.error is not None:
                raise job.error
            return step

    def _seconds(self, rows: float) -> float | None:
        return rows / self.rate if self.rate else None

    def _drop(self, job: Job) -> None:
        """Take a run out of everything."""
        self.line.remove(job)
        if self._equal.get(job.name) is job:
            del self._equal[job.name]
        job.unshare()

    def _run(self) -> None:
        """What the engine's thread does, until there is nothing to do."""
        while True:
            with self._changed:
                if self._closing:
                    for job in [*self.line.batch, *self.line.waiting]:
                        self._fail(job, InputError("The app is closing."))
                batch = self.line.fill()
                if not batch:
                    self._thread = None
                    _RUNNING.discard(self)
                    return
            began = time.perf_counter()
            for job, answer in self.shards.answers(batch):
                self._go_on(job, answer)
            rate = sum(job.rows for job in batch) / (time.perf_counter() - began)
            with self._changed:
                self.rate = rate if self.rate is None else KEPT * self.rate + (1 - KEPT) * rate
                self._trim()
                self._changed.notify_all()

    def _go_on(self, job: Job, answer: torch.Tensor | Exception) -> None:
        """Make of an answer of the network what the run makes of it."""
        step = None
        if not isinstance(answer, Exception):
            try:
                step = job.advance(answer)
            except Exception as error:  # noqa: BLE001 - whatever it was, it is told to who waits
                answer = error
        with self._changed:
            if isinstance(answer, Exception):
                self._fail(job, answer)
                return
            job.served += job.rows
            if step is not None:
                job.add(step)
            if job.finished:
                self.line.remove(job)
                if job.quick:  # who draws the same alone later gets what one gets alone
                    self._drop(job)
                elif self._equal.get(job.name) is job:
                    self._equal.move_to_end(job.name)

    def _fail(self, job: Job, error: Exception) -> None:
        job.fail(error)
        self._drop(job)
        self._changed.notify_all()

    def _trim(self) -> None:
        """Keep as many bytes as may be: finished runs go first, those longest done before."""
        kept = self.kept_bytes()
        for job in sorted(self._equal.values(), key=lambda job: not job.finished):
            if kept <= self.most_bytes:
                return
            kept -= job.bytes()
            del self._equal[job.name]
            job.unshare()


_RUNNING: set[Engine] = set()


@cache
def _end_with_the_interpreter() -> None:
    """See to it that no engine's thread meets the end of the interpreter."""
    atexit.register(lambda: [engine.close() for engine in list(_RUNNING)])
