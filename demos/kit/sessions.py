"""What the server keeps of each visitor: next to nothing.

At a session's first event Gradio copies the configuration of the whole page, and from then on keeps
in it the last value of everything that was shown, for its deep links: with some 2,000 components
that is a fifth of a second, two megabytes and the visitor's pictures, for each page that was opened
and each call of a program, until 10,000 sessions later. Our links are addresses; nobody needs it.
"""

from types import SimpleNamespace
from typing import Any

import gradio as gr
from gradio import blocks, route_utils, state_holder

MOST = 1000
"""Sessions that are remembered. Who is forgotten, and comes back, finds the page as it was: all of
its state is in the browser."""


class Session(state_holder.SessionState):
    """A visitor's components as handlers changed them, without what deep links are made of."""

    def __init__(self, page: gr.Blocks):
        # Of the page's blocks it would copy each; it is shown none, and its events as they are.
        super().__init__(SimpleNamespace(default_config=page.default_config, blocks={}))

    def _update_config(self, key: int) -> None:
        """A component was changed: it is kept, its configuration is not."""

    def _update_value_in_config(self, key: int, value: Any) -> None:
        """A value came or went: the browser has it."""


def keep_little() -> None:
    """Let Gradio keep such sessions from now on; to be called before any visitor comes."""
    for module in (state_holder, blocks, route_utils):
        module.SessionState = Session
