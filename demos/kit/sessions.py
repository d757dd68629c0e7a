"""What the server keeps of each visitor: next to nothing.

At a session's first event Gradio copies the configuration of the whole page, and from then on keeps
in it the last value of everything that was shown, for its deep links: with some 2,000 components
that is a fifth of a second, two megabytes and the visitor's pictures, for each page that was opened
and each call of a program, until 10,000 sessions later. Our links are addresses; nobody needs it.
"""

from collections import ChainMap
from types import SimpleNamespace
from typing import Any

import gradio as gr
from gradio import blocks, route_utils, state_holder

MOST = 1000
"""Sessions that are remembered. Who is forgotten, and comes back, finds the page as it was: all of
its state is in the browser."""


class _Layers:
    """A page's configuration; its copies share what they do not change."""

    def __init__(self, config: blocks.BlocksConfig):
        self.config = config

    def __copy__(self) -> blocks.BlocksConfig:
        """A configuration of its own, whose blocks and events are the page's until they differ."""
        new = blocks.BlocksConfig(self.config.root_block)
        new.blocks = ChainMap({}, self.config.blocks)
        new.fns = ChainMap({}, self.config.fns)
        new.fn_id = self.config.fn_id
        new.renderables = [*self.config.renderables]
        return new


class Session(state_holder.SessionState):
    """A visitor's components as handlers changed them, without what deep links are made of."""

    def __init__(self, page: gr.Blocks):
        # Of the page's blocks it would copy each; it is shown none. Of its configuration it copies
        # two dictionaries of hundreds of entries: what this visitor changes lies over them instead.
        super().__init__(SimpleNamespace(default_config=_Layers(page.default_config), blocks={}))

    def _update_config(self, key: int) -> None:
        """A component was changed: it is kept, its configuration is not."""

    def _update_value_in_config(self, key: int, value: Any) -> None:
        """A value came or went: the browser has it."""


def keep_little() -> None:
    """Let Gradio keep such sessions from now on; to be called before any visitor comes."""
    for module in (state_holder, blocks, route_utils):
        module.SessionState = Session
