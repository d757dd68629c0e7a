"""A link is a state: what the address of the page says, and how it gets back into the controls."""

import json
from collections.abc import Mapping
from functools import singledispatch
from typing import Any

import gradio as gr

from demos.kit.photo import PhotoInput
from demos.kit.scene import Scene
from demos.kit.view import View
from models.core.errors import InputError

MOST = 2.0**53  # a number beyond it is not the same in a browser
MAX_LENGTH = 4000  # characters of one control's value; a link has no business being longer


@singledispatch
def decode(component: gr.components.Component, text: str) -> Any:
    """A control's value from the text that a link holds for it.

    Raises:
        InputError: the text is no value of this control; the message says what would be.
    """
    raise TypeError(f"{type(component).__name__} has no form in a link")


@decode.register
def _(component: gr.Slider | gr.Number, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise InputError(f"{_quoted(text)} is not a number") from None
    low, high = component.minimum, component.maximum
    if not ((low is None or number >= low) and (high is None or number <= high)):
        raise InputError(f"{text[:40]} is not {_bounds(low, high)}")
    if not abs(number) <= MOST:
        raise InputError(f"{text[:40]} is too large, or no number")
    whole = component.step is not None and float(component.step).is_integer()
    if whole and not number.is_integer():
        raise InputError(f"{text[:40]} is not a whole number")
    return int(number) if whole else number


@decode.register
def _(component: gr.Checkbox, text: str) -> bool:
    if text not in ("0", "1"):
        raise InputError(f"{_quoted(text)} is neither 0 nor 1")
    return text == "1"


@decode.register
def _(component: gr.Radio | gr.Dropdown, text: str) -> str | int:
    for _, value in component.choices:
        if str(value) == text:
            return value
    if getattr(component, "allow_custom_value", False):
        return text
    options = ", ".join(str(value) for _, value in component.choices)
    raise InputError(f"{_quoted(text)} is not one of {options}")


@decode.register
def _(component: gr.CheckboxGroup, text: str) -> list[str]:
    known = [value for _, value in component.choices]
    try:
        chosen = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        chosen = None
    if not isinstance(chosen, list) or not all(one in known for one in chosen):
        raise InputError(f"{_quoted(text)} is not a list of some of {', '.join(known)}")
    return list(dict.fromkeys(chosen))


@decode.register
def _(component: gr.Textbox, text: str) -> str:
    return text


@decode.register
def _(component: PhotoInput, text: str) -> str:
    if text not in component.examples:
        raise InputError(f"there is no example photo {_quoted(text)}")
    return component.examples[text]


@decode.register
def _(component: View, text: str) -> Any:
    try:
        value = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        raise InputError(f"{_quoted(text)} is not a value that this control can hold") from None
    return component.check(value)


def _bounds(low: float | None, high: float | None) -> str:
    if low is None:
        return f"at most {high:g}"
    return f"at least {low:g}" if high is None else f"between {low:g} and {high:g}"


def _quoted(text: str) -> str:
    """The beginning of a link's text, for a message."""
    return repr(text if len(text) <= 40 else f"{text[:40]}…")


def _value(control: gr.components.Component, held: Any) -> Any:
    """What a control takes, from what a preset holds: for a photo, the file of an example."""
    return control.examples[held] if isinstance(control, PhotoInput) else held


def read(scene: Scene, params: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """The state of a scene that a link's parameters describe, and what could not be understood.

    A control that the link does not name has the preset's value, or its default. What is not
    understood keeps that value too, and is named in a sentence for the page.
    """
    presets = {preset.slug: preset for preset in scene.info.presets}
    state, problems = dict(scene.defaults), []
    if name := params.get("preset"):
        if name in presets:
            state = scene.state(presets[name])
        else:
            problems.append(f"There is no preset {_quoted(name)} in {scene.info.title}.")
    values = {name: _value(scene.controls[name], held) for name, held in state.items()}
    for name, control in scene.controls.items():
        if name not in params:
            continue
        try:
            if len(params[name]) > MAX_LENGTH:
                raise InputError("it is too long")
            values[name] = decode(control, params[name])
        except InputError as error:
            problems.append(f"The link's “{name}” was left out: {error}.")
    return values, problems
