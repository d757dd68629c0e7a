"""A page served as the app serves its own, for as long as a test or several look at it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gradio as gr


@contextmanager
def served(demo: "gr.Blocks") -> Iterator[str]:
    """The address of a page; it ends with the block."""
    import app

    app.launch(demo, prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    yield demo.local_url
    demo.close()
