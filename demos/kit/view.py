"""Components of our own: a `gr.HTML` drawn by one function of `assets/<tab>/<scene>.js`."""

import inspect
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import gradio as gr
from gradio import component_meta

ASSETS = Path(__file__).resolve().parents[2] / "assets"
# Beside every class of a component Gradio writes an interface file for editors, at each start anew:
# a third of a second for ours, in a folder that need not be writable. Ours need none.
if hasattr(component_meta, "create_or_modify_pyi"):
    component_meta.create_or_modify_pyi = lambda *_: None


@cache
def _parameters(kind: type) -> Mapping[str, inspect.Parameter]:
    """What a class's constructor takes."""
    return inspect.signature(kind.__init__).parameters


class View(gr.HTML):
    """A component whose value is JSON and whose picture is drawn in the browser.

    A subclass names the JavaScript function that draws it (`glassbox.views[script]`), and the JSON
    schema of its value for the API page. `tab/scene`, or `tab/scene-part` where a scene has more
    than one, lies in `assets/tab/scene.js`; a name alone in `assets/kit`. It is called once, with
    `{element, props, trigger, server, watch, options}`; it draws `props.value`, redraws on
    `watch("value")`, and, where people can edit, sets `props.value` (Gradio then raises `change`).
    `options` are fixed; they travel in the script, since Gradio forgets the props of a view that a
    link sets before its tab was ever opened.

    What a subclass's constructor takes it keeps, as an attribute of that name or as `value`; one
    that forgets is refused when the page is built, and so is an argument that nobody knows.
    """

    script: ClassVar[str]
    schema: ClassVar[dict[str, Any]] = {"type": "object"}
    example: ClassVar[Any] = {}

    def __init__(self, value: Any = None, *, label: str, options: dict | None = None, **arguments):
        name = self.script.replace("/", "-")
        super().__init__(
            value,
            label=label,
            html_template=f'<div class="gb-view gb-{name}" role="group"></div>',
            js_on_load=f"glassbox.mount({json.dumps(self.script)}, "
            f"{{element, props, trigger, server, watch, options: {json.dumps(options or {})}}});",
            apply_default_css=False,
            **arguments,
        )
        if self.props:  # `gr.HTML` would take them for parts of a template, which a view has not
            raise TypeError(f"{type(self).__name__} has no argument {', '.join(self.props)}")

    def __getattr__(self, name: str) -> Any:
        """Nothing: `gr.HTML` would answer with an event for whatever name its script quotes.

        Gradio asks by `hasattr` for every argument of a constructor, and what it gets lands in the
        page; with an event, the page held all components and was copied with them at each visit.
        """
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    def get_config(self) -> dict[str, Any]:
        """The component's configuration, which goes into the page.

        Raises:
            TypeError: the constructor took an argument that it did not keep.
        """
        taken, ours = _parameters(type(self)), _parameters(View)
        forgotten = [
            name
            for name, one in taken.items()
            if name not in ours and one.kind is not one.VAR_KEYWORD and not hasattr(self, name)
        ]
        if forgotten:
            name = type(self).__name__
            raise TypeError(f"{name} takes {', '.join(forgotten)} and keeps no such attribute")
        return super().get_config()

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
