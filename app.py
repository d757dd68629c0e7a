"""Glassbox: live deep-learning demos that you can see inside of. `python app.py` opens it."""

import gc

if __name__ == "__main__":
    gc.disable()  # a start makes little garbage, but all of it would be searched, often

import argparse
import atexit
import os
import signal
import sys
import threading
from contextlib import suppress

import gradio as gr
from starlette.middleware import Middleware

from demos import captioning, colorizer, convolution, diffusion, vae
from demos.kit import gpu, sessions, theme, uploads
from demos.kit.assets import Assets
from demos.kit.bounds import Bounds
from demos.kit.door import Door
from demos.kit.guard import Guard, log_requests
from demos.kit.page import page
from demos.kit.talk import Talk, chapters
from models.core import device, memory
from models.core.errors import InputError
from models.diffusion import engines, replicas

WARM_UP_AFTER = 3.0  # seconds
WARM_UP = "warm-up"
"""The thread that does so."""
# Events that wait at a time: sixty visitors open the page and press *Draw* twice. Who comes later
# is told at once that the app is busy, rather than to wait for minutes.
MOST_WAITING = 200
# A run that waits for its engine's next step keeps a thread, which then does nothing.
MOST_THREADS = 160
TABS = (convolution, colorizer, diffusion, vae, captioning)
MIDDLEWARE = (
    Middleware(Guard),
    Middleware(Bounds),
    Middleware(Talk, chapters=chapters(TABS)),
    Middleware(Door),
    Middleware(Assets),
)


def options() -> argparse.Namespace:
    """The command line's options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", help="address to listen on (default: 127.0.0.1, or Gradio's)")
    parser.add_argument(
        "--port", type=int, help="port to listen on (default: the first free from 7860)"
    )
    parser.add_argument("--share", action="store_true", help="open a public Gradio link as well")
    parser.add_argument(
        "--device", choices=device.CHOICES, help="where networks run (default: auto)"
    )
    parser.add_argument(
        "--engine", choices=engines.CHOICES, help="who draws faces (default: local, this process)"
    )
    parser.add_argument("--replicas", help="of the engine ray: 2, or 1-4 by need (default: 2)")
    parser.add_argument("--lecture", action="store_true", help="start every page in lecture mode")
    parser.add_argument("--log", action="store_true", help="a line of JSON for every request")
    return parser.parse_args()


def build(lecture: bool = False) -> gr.Blocks:
    """The page with all tabs; with `lecture`, in lecture mode until the visitor leaves it."""
    return page([tab.build for tab in TABS], lecture=lecture, most_waiting=MOST_WAITING)


def collect_again() -> None:
    """Collect garbage from now on, but never again search what the start has made.

    Does nothing where it was never left off.
    """
    if not gc.isenabled():
        gc.collect()
        gc.freeze()
        gc.enable()


def warm_up() -> None:
    """Load what the first run in a tab would otherwise wait for."""
    collect_again()
    for tab in TABS:
        getattr(tab, "warm_up", lambda: None)()


def launch(demo: gr.Blocks, **where) -> None:
    """Serve the page: our face, to be installed like an app, no telemetry, no record of runs."""
    later = threading.Timer(WARM_UP_AFTER, warm_up)  # the page comes first
    later.daemon, later.name = True, WARM_UP
    later.start()
    sessions.keep_little()
    uploads.keep_tidy()
    memory.keep_trimmed()
    gpu.place()
    demo.launch(
        theme=theme.theme(),
        favicon_path=theme.FAVICON,
        max_file_size="20mb",
        ssr_mode=False,
        pwa=True,
        max_threads=MOST_THREADS,
        state_session_capacity=sessions.MOST,
        footer_links=["api"],
        app_kwargs={"middleware": [*MIDDLEWARE]},
        run_history=False,  # it writes every picture into the browser's storage: seconds an edit
        **where,
    )


def leave(stopped: threading.Event) -> None:
    """End the process, where the app was stopped, while other threads still compute.

    Python would end each of them where it next comes back from PyTorch, by unwinding its C++, which
    aborts the whole process (github.com/python/cpython/issues/87135).
    """
    if stopped.is_set():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


if __name__ == "__main__":
    stopped = threading.Event()
    atexit.register(leave, stopped)  # before all else, since the first that registers leaves last
    chosen = options()
    for module, value in (
        (device, chosen.device),
        (engines, chosen.engine),
        (replicas, chosen.replicas),
    ):
        if value:
            os.environ[module.ENVIRONMENT_VARIABLE] = value
    try:
        device.current()
        engines.begin()
    except InputError as error:
        sys.exit(str(error))
    if chosen.log:
        log_requests()
    demo = build(chosen.lecture)
    # What stops a container or a service ends it like Ctrl-C, as the first process of all too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with suppress(KeyboardInterrupt):  # Gradio ends by it, but not while it begins
            launch(
                demo,
                server_name=chosen.host,
                server_port=chosen.port,
                share=chosen.share,
            )
        stopped.set()
    finally:
        uploads.delete(demo, None)  # Gradio comes to it only where no page is open
