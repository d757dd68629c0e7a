"""Live trainings of all visitors: few at a time, one a visitor, kept for a while when they rest."""

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from models.core.errors import InputError
from models.vae.live import LiveTraining
from models.vae.live_settings import LiveSettings

MOST_RUNNING = 2
MOST_KEPT = 24
KEPT_SECONDS = 30 * 60
BUSY = (
    "{most} trainings are running on this computer already, which is all that it takes at a time. "
    "Each ends within 3 minutes: press Start again then, or drag through the shipped networks in "
    "“Plane” meanwhile."
)
GONE = "This training is no longer kept here; begin a new one."


@dataclass(eq=False)
class Run:
    """One training of one visitor: its name, which nobody can guess, and whether it is to stop."""

    visitor: str
    training: LiveTraining | None = None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    running: bool = True
    stopping: threading.Event = field(default_factory=threading.Event)
    stopped: threading.Event = field(default_factory=threading.Event)
    used: float = 0.0


class Trainings:
    """The runs that are kept, by their tokens, and how many of them are learning.

    A visitor is a session, which is one page in a browser, or one client. A run that rests keeps
    its network for half an hour after it was last asked for, as long as no 24 newer ones do.
    """

    def __init__(
        self, most_running: int = MOST_RUNNING, clock: Callable[[], float] = time.monotonic
    ):
        self._runs: dict[str, Run] = {}
        self._lock = threading.Lock()
        self._most, self._clock = most_running, clock

    def running(self) -> int:
        """How many trainings are learning at the moment."""
        with self._lock:
            return sum(run.running for run in self._runs.values())

    def kept(self) -> int:
        """How many trainings are held in memory."""
        with self._lock:
            return len(self._runs)

    @contextmanager
    def started(self, visitor: str, settings: LiveSettings) -> Iterator[Run]:
        """Begin a training, which holds its place while the block runs; the one before is let go.

        Raises:
            InputError: the visitor's own is still running, or too many others are.
        """
        run = Run(visitor)
        with self._lock:
            self._refuse(visitor)
            for token in [token for token, one in self._runs.items() if one.visitor == visitor]:
                del self._runs[token]
            self._runs[run.token] = run
            self._tidy(run)
        with self._released(run):
            run.training = LiveTraining(settings)
            yield run

    @contextmanager
    def resumed(self, visitor: str) -> Iterator[Run]:
        """Go on with the visitor's training, which holds a place while the block runs.

        Raises:
            InputError: there is none any more, it is at its end, or see `started`.
        """
        with self._lock:
            self._refuse(visitor)
            run = self._of(visitor)
            if run is None or run.training is None:
                raise InputError(GONE)
            if run.training.finished:
                raise InputError("This training has used up its time; press “Start over”.")
            run.running = True
            run.stopping.clear()
            run.stopped.clear()
            self._tidy(run)
        with self._released(run):
            yield run

    @contextmanager
    def _released(self, run: Run) -> Iterator[None]:
        """Give the place back however the block ends: an error, or a generator that is closed."""
        try:
            yield
        finally:
            with self._lock:
                run.running = False
                self._tidy(run)
                if run.training is None:
                    self._runs.pop(run.token, None)
            run.stopped.set()

    def _refuse(self, visitor: str) -> None:
        running = [run for run in self._runs.values() if run.running]
        if any(run.visitor == visitor for run in running):
            raise InputError("Your training is running already; pause it first.")
        if len(running) >= self._most:
            raise InputError(BUSY.format(most=self._most))

    def of(self, visitor: str) -> Run | None:
        """The visitor's training, running or resting, or None."""
        with self._lock:
            return self._of(visitor)

    def _of(self, visitor: str) -> Run | None:
        return next((run for run in self._runs.values() if run.visitor == visitor), None)

    def find(self, token: str) -> Run:
        """A training by its token, which keeps it for longer.

        Raises:
            InputError: there is none any more, or never was.
        """
        with self._lock:
            run = self._runs.get(token) if isinstance(token, str) else None
            if run is None or run.training is None:
                raise InputError(GONE)
            self._tidy(run)
            return run

    def pause(self, token: str, patience: float = 5.0) -> None:
        """Let a training stop after its next step, and wait (seconds) until it has."""
        run = self.find(token)
        run.stopping.set()
        if run.running:
            run.stopped.wait(patience)

    def _tidy(self, used: Run) -> None:
        """Note that a run was asked for; let go of those at rest that nobody asks for."""
        now = used.used = self._clock()
        resting = sorted((run for run in self._runs.values() if not run.running), key=_used)
        surplus = max(0, len(self._runs) - MOST_KEPT)
        for place, run in enumerate(resting):
            if place < surplus or now - run.used > KEPT_SECONDS:
                del self._runs[run.token]


def _used(run: Run) -> float:
    return run.used
