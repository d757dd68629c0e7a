"""Components of our own: a `gr.HTML` drawn by one function of `assets/js`."""

import json
from pathlib import Path
from typing import Any, ClassVar

import gradio as gr

ASSETS = Path(__file__).resolve().parents[2] / "assets"


class View(gr.HTML):
    """A component whose value is JSON and whose picture is drawn in the browser.

    A subclass names the JavaScript function that draws it (`glassbox.views[script]`), and the JSON
    schema of its value for the API page. The function is called once, with
    `{element, props, trigger, server, watch, options}`; it draws `props.value`, redraws on
    `watch("value")`, and, where people can edit, sets `props.value` (Gradio then raises `change`).
    `options` are fixed; they travel in the script, since Gradio forgets the props of a view that a
    link sets before its tab was ever opened.
    """

    script: ClassVar[str]
    schema: ClassVar[dict[str, Any]] = {"type": "object"}
    example: ClassVar[Any] = {}

    def __init__(self, value: Any = None, *, label: str, options: dict | None = None, **arguments):
        super().__init__(
            value,
            label=label,
            html_template=f'<div class="gb-view gb-{self.script}" role="group"></div>',
            js_on_load=f"glassbox.mount({json.dumps(self.script)}, "
            f"{{element, props, trigger, server, watch, options: {json.dumps(options or {})}}});",
            apply_default_css=False,
            **arguments,
        )

    def check(self, value: Any) -> Any:
        """The value as this view holds it, from JSON that came by link or API.

        Raises:
            InputError: the JSON is not a value of this view.
        """
        return value

    def preprocess(self, payload: Any) -> Any:
        """The JSON value as it came: handlers check it, so that errors are theirs to word."""
        return payload

    def postprocess(self, value: Any) -> Any:
        """The JSON value, as it is."""
        return value

    def api_info(self) -> dict[str, Any]:
        """The JSON schema of the value, for the API page and for clients."""
        return self.schema

    def example_payload(self) -> Any:
        """A value to show on the API page."""
        return self.example

    def example_value(self) -> Any:
        """A value to show on the API page."""
        return self.example
