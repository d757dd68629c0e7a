"""What a view keeps, what it refuses, and what of it reaches the page."""

from collections.abc import Iterator
from typing import Any

import gradio as gr
import pytest

from demos.convolution.kernel_grid import NumberGrid
from demos.kit import View


class Forgetful(View):
    """Takes an argument, hands it to its script and keeps it nowhere."""

    script = "forgetful"

    def __init__(self, value: Any = None, signed: bool = True, **arguments):
        super().__init__(value, options={"signed": signed}, **arguments)


class Keeping(Forgetful):
    """The same, which keeps it."""

    def __init__(self, value: Any = None, signed: bool = True, **arguments):
        self.signed = signed
        super().__init__(value, signed=signed, **arguments)


def callables(value: Any, path: tuple = ()) -> Iterator[tuple]:
    """Where in a configuration something lies that can be called."""
    if callable(value):
        yield path
    elif isinstance(value, dict):
        for key, held in value.items():
            yield from callables(held, (*path, key))
    elif isinstance(value, list | tuple | set | frozenset):
        for i, held in enumerate(value):
            yield from callables(held, (*path, i))


def props(demo: gr.Blocks, kind: type) -> dict:
    """What the page holds of the only component of a kind."""
    (number,) = [number for number, block in demo.blocks.items() if type(block) is kind]
    return next(one["props"] for one in demo.config["components"] if one["id"] == number)


def test_the_whole_page_holds_nothing_that_can_be_called(demo: gr.Blocks):
    assert list(callables(demo.config)) == []


def test_every_view_can_be_made_anew_without_its_value(demo: gr.Blocks):
    """As Gradio does where an event changes something else of it, such as whether it is seen."""
    views = [block for block in demo.blocks.values() if isinstance(block, View)]
    assert views
    for view in views:
        arguments = {**view.constructor_args, "render": False}
        arguments.pop("value", None)
        assert type(view)(**arguments).js_on_load == view.js_on_load


def test_callables_are_found_wherever_they_lie():
    assert list(callables({"a": [1, ({"b": len},)], "c": "len"})) == [("a", 1, 0, "b")]


def test_a_view_that_forgets_an_argument_is_refused_when_the_page_is_built():
    with (
        pytest.raises(TypeError, match="Forgetful takes signed and keeps no such attribute"),
        gr.Blocks(),
    ):
        Forgetful(label="forgetful")


def test_a_view_that_keeps_it_is_built_and_the_page_says_so():
    with gr.Blocks() as demo:
        Keeping(label="keeping", signed=False)
    assert props(demo, Keeping)["signed"] is False


def test_no_name_in_a_script_is_taken_for_an_event():
    with gr.Blocks():
        grid = NumberGrid([[1.0]], label="grid", signed=False)
    assert f'"{grid.script}"' in grid.js_on_load
    assert not hasattr(grid, grid.script)
    assert callable(grid.change)  # Gradio's own events stand


def test_an_argument_that_nobody_knows_is_refused():
    with gr.Blocks(), pytest.raises(TypeError, match="NumberGrid has no argument sined"):
        NumberGrid([[1.0]], label="grid", sined=True)
