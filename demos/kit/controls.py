"""Gradio's controls where a model's own check says more than Gradio's."""

from typing import Any

import gradio as gr


class Unchecked:
    """Makes a Gradio component hand over what came as it came.

    Gradio checks values before a handler sees them, in its own words ("Value 0 is less than minimum
    value 1."). With this the handler does, and its error names the control. To be put before the
    component's class; the page shows that component.
    """

    @classmethod
    def _shown(cls) -> type:
        return next(base for base in cls.__mro__ if not issubclass(base, Unchecked))

    def get_block_name(self) -> str:
        """The component that the page shows."""
        return self._shown().__name__.lower()

    def get_config(self) -> dict[str, Any]:
        """The component's own configuration."""
        return super().get_config(self._shown())

    def preprocess(self, payload: Any) -> Any:
        """The value as it came."""
        return payload


class Slider(Unchecked, gr.Slider):
    """`gr.Slider`, its bounds left to the handler."""


class Radio(Unchecked, gr.Radio):
    """`gr.Radio`, its choices left to the handler."""


class Dropdown(Unchecked, gr.Dropdown):
    """`gr.Dropdown`, its choices left to the handler."""


class CheckboxGroup(Unchecked, gr.CheckboxGroup):
    """`gr.CheckboxGroup`, its choices left to the handler."""


class Number(Unchecked, gr.Number):
    """`gr.Number`, its bounds left to the handler."""
