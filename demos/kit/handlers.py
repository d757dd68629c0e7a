"""What stands around every handler: errors in the page's words, and the status line."""

import functools
import html
import inspect
import time
from collections.abc import Callable
from typing import Any

import gradio as gr

from models.core import device
from models.core.errors import InputError, MissingInputError


def status(milliseconds: float | None = None) -> str:
    """The status line: device, precision and, after a run, how long it took."""
    line = device.current().describe()
    return line if milliseconds is None else f"{line} · {milliseconds:.0f} ms"


def trouble(sentence: str) -> str:
    """What stands in the place of the status line while a scene cannot work."""
    return f'<p class="gb-trouble" role="alert">{html.escape(sentence)}</p>'


def message(sentence: str) -> str:
    """A sentence as Gradio's messages show it, which take it for HTML: it may quote a visitor."""
    return html.escape(sentence, quote=False)


def handler(function: Callable, timed: bool = True) -> Callable:
    """A function of models' world as a Gradio event handler.

    `InputError` becomes `gr.Error` with the same sentence; `MissingInputError` a mere hint, while
    what the page shows stays. Where it is `timed`, the status line is added as the last output; a
    generator's counts from the start of the run.

    Args:
        function: returns (or yields) one value, or a tuple with one value an output.
        timed: whether its time is worth telling.
    """

    def outputs(result: Any, start: float) -> Any:
        if not timed:
            return result
        values = result if isinstance(result, tuple) else (result,)
        return (*values, status(1000 * (time.perf_counter() - start)))

    def spoken(error: InputError) -> gr.Error:
        return gr.Error(message(str(error)), title="That does not work", print_exception=False)

    @functools.wraps(function)
    def call(*args, **kwargs):
        start = time.perf_counter()
        try:
            return outputs(function(*args, **kwargs), start)
        except MissingInputError as hint:
            gr.Info(message(str(hint)))
            return gr.skip()
        except InputError as error:
            raise spoken(error) from error

    @functools.wraps(function)
    def stream(*args, **kwargs):
        start = time.perf_counter()
        try:
            for result in function(*args, **kwargs):
                yield outputs(result, start)
        except MissingInputError as hint:
            gr.Info(message(str(hint)))
            yield gr.skip()
        except InputError as error:
            raise spoken(error) from error

    return stream if inspect.isgeneratorfunction(function) else call


def answer(function: Callable[..., dict], asked: Any) -> dict:
    """What a view's server function returns: the answer of `function`, or why there is none.

    Args:
        function: takes keywords, raises `InputError`.
        asked: the keywords, as they came from the page.

    Returns:
        `function`'s answer; or `{"error": sentence}`.
    """
    try:
        known = inspect.signature(function).parameters
        needed = {name for name, one in known.items() if one.default is one.empty}
        if not isinstance(asked, dict) or not needed <= set(asked) <= set(known):
            raise InputError(f"What is asked for must be some of {', '.join(known)}.")
        return function(**asked)
    except InputError as error:
        return {"error": str(error)}
