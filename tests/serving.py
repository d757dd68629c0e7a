"""A page served as the app serves its own, for as long as a test or several look at it."""

import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gradio as gr

PORTS = range(20_000, 32_000)
"""Below those that systems give to who connects (from 32,768 on Linux, 49,152 elsewhere)."""


def free_port() -> int:
    """A port of this machine that nobody listens on.

    Of 0 the system would answer with one that it also gives to who connects. Asking again and again
    whether somebody answers there ends, in one of some thousand tries, in a connection of that port
    with itself, and then nobody can listen on it.
    """
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) != 0:
                return port


@contextmanager
def served(demo: "gr.Blocks") -> Iterator[str]:
    """The address of a page; it ends with the block."""
    import app

    app.launch(demo, prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    yield demo.local_url
    demo.close()
