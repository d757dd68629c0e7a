"""Runs that go on or ended lately, so that nothing of them has to be sent twice.

A run's steps are sent as they come, and its last value holds what is new alone. A page that missed
a step, as it does where they come faster than it draws, asks for it here; so does a program that
wants a run in one.
"""

import secrets
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from demos.diffusion.film import Film
from demos.kit.handlers import answer
from models.core.checks import whole as check_whole
from models.core.errors import InputError
from models.diffusion.samplers import MOST_STEPS

MOST_BYTES = 64 * 2**20
"""Of all films kept: two or three of the largest runs, hundreds of common ones."""
QUIET = 60.0
"""Seconds without a step after which a run counts as left alone; the line's are told meanwhile."""
GONE = "This run is no longer kept; draw it again for all of its steps."


@dataclass
class Run:
    """One run: what the page is told of it in every value, its film, and what it is told at last.

    `about["run"]` is its name, which nobody can guess: some films are of visitors' photos.
    """

    about: dict[str, Any]
    film: Film
    end: dict[str, Any] = field(default_factory=dict)

    @property
    def at_rest(self) -> bool:
        """Whether it has come to its end, or is of somebody who left."""
        return bool(self.end) or time.monotonic() - self.film.touched > QUIET

    def newest(self) -> dict[str, Any]:
        """The value for the step that came last."""
        return {**self.about, **self.film.newest()}

    def whole(self) -> dict[str, Any]:
        """All of it in one value, as far as it has come."""
        return {**self.about, **self.film.since(0), **self.end}


class Runs:
    """The newest runs by their names, as many as the bytes of their films allow; and those that go
    on, whose pages ask for what they missed.
    """

    def __init__(self, most_bytes: int = MOST_BYTES):
        self._runs: OrderedDict[str, Run] = OrderedDict()
        self._lock = threading.Lock()
        self._most = most_bytes

    def begin(self, about: dict[str, Any], film: Film, name: str = "") -> Run:
        """Keep a run that begins, under a new name unless it is given one."""
        run = Run({**about, "run": name or new_name()}, film)
        with self._lock:
            self._runs[run.about["run"]] = run
        self.trim()
        return run

    def trim(self) -> None:
        """Forget what is at rest, the oldest first, until the films are as small as they may be."""
        with self._lock:
            films = {name: run.film.sheets() for name, run in self._runs.items()}
            held = Counter(sheet for film in films.values() for sheet in film)
            taken = _bytes(films.values())
            for name, run in list(self._runs.items())[:-1]:
                if taken <= self._most:
                    return
                if run.at_rest:
                    del self._runs[name]
                    held.subtract(films[name].keys())
                    taken -= sum(size for one, size in films[name].items() if not held[one])

    def find(self, name: Any) -> Run:
        """A run by its name.

        Raises:
            InputError: there is none any more, or never was.
        """
        with self._lock:
            run = self._runs.get(name) if isinstance(name, str) else None
        if run is None:
            raise InputError(GONE)
        return run

    def bytes(self) -> int:
        """What the films take."""
        return _bytes(run.film.sheets() for run in self._runs.values())


def _bytes(films: Iterable[dict[int, int]]) -> int:
    """What films' sheets take, each counted once."""
    return sum({sheet: size for film in films for sheet, size in film.items()}.values())


RUNS = Runs()


def new_name() -> str:
    """A name for a run that nobody can guess."""
    return secrets.token_urlsafe(12)


def ended(runs: dict[Any, Run], steps: dict[Any, int]) -> dict[str, Any]:
    """The end of several walks side by side, whose steps were all sent.

    Args:
        runs: the walks, by the names that they have in `films`; each film has a frame more than
            steps where it came to its end.
        steps: how many each would have.
    """
    for run in runs.values():
        run.end = {"faces": run.film.faces()}
    films = {
        str(name): {**run.film.since(len(run.film.frames)), **run.end} for name, run in runs.items()
    }
    RUNS.trim()
    stopped = any(len(run.film.frames) <= steps[name] for name, run in runs.items())
    return {"films": films, "done": True, "stopped": stopped}


def whole_of(last: dict[str, Any]) -> dict[str, Any]:
    """The last value of walks side by side with the whole of each, as a scene opens with it."""
    names = {name: f"{last['run']}/{name}" for name in last["films"]}
    films = {}
    for name, run in names.items():
        films[name] = whole_run(run)
        del films[name]["run"]
    return {**last, "films": films, "run": 0}


def whole_run(run: str) -> dict:
    """Take a run of this tab in one: all of its steps, which were sent one by one.

    Args:
        run: its name, `run` in each of its values; of a race or of the two objectives with the
            lane's number or the network's name: `run/0`, `run/denoiser`.

    Returns:
        As its last value, with the `frames` of all steps, and `film` with all sheets, one below the
        other. Runs are kept for a while, the newest for longest.
    """
    return RUNS.find(run).whole()


def missed(asked: dict) -> dict:
    """What a page asks for that missed steps: `{"run": name, "steps": numbers}`."""
    return answer(steps_of, asked)


def steps_of(run: str, steps: list) -> dict[str, Any]:
    """Some steps of a run once more.

    Returns:
        `values`, one for each, as they were sent.

    Raises:
        InputError: the run is no longer kept, or has no such steps.
    """
    film = RUNS.find(run).film
    if not isinstance(steps, list) or not 0 < len(steps) <= MOST_STEPS + 1:
        raise InputError(f"1 to {MOST_STEPS + 1} steps can be asked for at a time.")
    for step in steps:
        check_whole("The number of the step", step, 0, len(film.frames) - 1)
    return {"values": [film.between(step, step + 1) for step in steps]}
