"""Runs that take a while: Draw and Stop, one run a visitor, one queue for the heavy work of all."""

import functools
import inspect
import itertools
import math
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import gradio as gr

from demos.kit import gpu

HEAVY = {"concurrency_id": "heavy", "concurrency_limit": 2, "show_progress": "minimal"}
"""Arguments of every event that keeps a network busy, in whichever tab: they share one machine, so
two run at once in all, and the status line says who waits."""
ENGINE = {"concurrency_id": "engine", "concurrency_limit": 112, "show_progress": "minimal"}
"""Of events whose work an engine does for all of them together: it says itself who waits in its
line (see `InLine`), and it is full before they are as many."""
LARGE = {"concurrency_id": "large", "concurrency_limit": 1, "show_progress": "minimal"}
"""Of events that hold a picture of many megapixels: one at a time, beside the heavy ones, or they
take all memory."""

LONG = 100  # seconds: more is told in minutes

Wanted = Callable[[], bool]
"""Whether a run is still wanted; to be asked between two of its steps."""


def always() -> bool:
    """For runs that nobody can stop."""
    return True


@dataclass(frozen=True)
class InLine:
    """What a handler yields while its run waits for others: the status line says it, and what the
    page shows stays.
    """

    ahead: int
    seconds: float | None
    """About how many it will take; None where nobody knows yet."""

    def __str__(self) -> str:
        others = {0: "You are next", 1: "One run is before yours"}
        line = others.get(self.ahead, f"{self.ahead} runs are before yours")
        if self.seconds is None:
            return line
        long = self.seconds > LONG
        return f"{line}: about " + (
            f"{round(self.seconds / 60)} min" if long else f"{math.ceil(self.seconds)} s"
        )


class Turns:
    """Knows which run of each visitor counts. Holds nothing of visitors whose runs have ended."""

    def __init__(self):
        self._numbers = itertools.count()
        self._counting: dict[Hashable, int] = {}
        self._lock = threading.Lock()

    @contextmanager
    def taken(self, visitor: Hashable | None) -> Iterator[Wanted]:
        """Let a run of this visitor count while the block runs; earlier ones no longer do.

        Args:
            visitor: who it is; runs of None have nobody to stop them.

        Yields:
            Whether the run still counts; to be asked between two steps.
        """
        with self._lock:
            number = next(self._numbers)
            name = ("nobody", number) if visitor is None else visitor
            self._counting[name] = number
        try:
            yield lambda: self._counting.get(name) == number
        finally:
            with self._lock:
                if self._counting.get(name) == number:
                    del self._counting[name]

    def stop(self, visitor: Hashable | None) -> bool:
        """Let no run of this visitor count any more; whether one did."""
        with self._lock:
            return self._counting.pop(visitor, None) is not None

    def __len__(self) -> int:
        """How many runs count at the moment."""
        return len(self._counting)


TURNS = Turns()
"""Of all scenes: a visitor is a session in one of them, so that runs in two scenes go on."""


def _visitor(scene: str, request: gr.Request | None) -> tuple[str, str] | None:
    session = request and request.session_hash
    return (scene, session) if session else None


def turn_by_turn(function: Callable[..., Iterator], scene: str) -> Callable[..., Iterator]:
    """A generator that can be stopped, as the handler of a scene's Draw button.

    Args:
        function: has a keyword `wanted`, and asks it between two steps; the parameters before it
            become the endpoint's. Where one of them is `gpu`, the values say what it said.
        scene: where it runs; a newer run of the same visitor there ends this one, as Stop does.
    """
    parameters = dict(inspect.signature(function).parameters)
    del parameters["wanted"]
    parameters["request"] = inspect.Parameter(
        "request", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=gr.Request
    )
    signature = inspect.Signature(parameters.values())

    @functools.wraps(function)
    def run(*args, **kwargs):
        given = signature.bind(*args, **kwargs).arguments
        with TURNS.taken(_visitor(scene, given.pop("request", None))) as wanted:
            values = function(**given, wanted=wanted)
            yield from gpu.marked(values, bool(given.get("gpu")))

    run.__signature__ = signature  # what Gradio reads the endpoint's parameters from
    run.__annotations__ = {name: one.annotation for name, one in parameters.items()}
    return run


def stopping(scene: str) -> Callable[[gr.Request], None]:
    """The handler of a scene's Stop button."""

    def stop(request: gr.Request) -> None:
        """End this visitor's run in this scene after the step that it is in; what came stays."""
        TURNS.stop(_visitor(scene, request))

    return stop


def draw_button(words: str = "Draw", *classes: str) -> gr.Button:
    """Lay out the button that begins a run; `assets/kit/run.js` knows it by its class."""
    return gr.Button(words, variant="primary", elem_classes=["gb-draw", *classes])


def stop_button() -> gr.Button:
    """Lay out the button that ends a scene's runs."""
    return gr.Button("Stop", elem_classes=["gb-halt"])
