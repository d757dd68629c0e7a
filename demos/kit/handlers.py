"""What stands around every handler: errors in the page's words, and the status line."""

import functools
import html
import inspect
import time
from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from demos.kit import gpu
from demos.kit.run import InLine
from models.core import device
from models.core.errors import InputError, MissingInputError, MissingPictureError


def status(milliseconds: float | None = None, where: str = "") -> str:
    """The status line: the app's device, or where else; after a run, how long it took."""
    line = where or device.current().describe()
    return line if milliseconds is None else f"{line} · {milliseconds:.0f} ms"


def trouble(sentence: str) -> str:
    """What stands in the place of the status line while a scene cannot work."""
    return f'<p class="gb-trouble" role="alert">{html.escape(sentence)}</p>'


def missing(sentence: str) -> str:
    """What a scene shows in the place of its picture while something it needs is missing."""
    return f'<p class="gb-missing" role="status">{html.escape(sentence)}</p>'


def message(sentence: str) -> str:
    """A sentence as Gradio's messages show it, which take it for HTML: it may quote a visitor."""
    return html.escape(sentence, quote=False)


def warn(title: str, sentences: Sequence[str]) -> None:
    """Say some things that went otherwise than asked for, all in one message; nothing, if none."""
    if sentences:
        gr.Warning("<br>".join(map(message, sentences)), title=title)


def in_line(sentence: str) -> str:
    """The status line of a run that waits; the sentence is seen for as long as it does."""
    return f'{status()} <span class="gb-in-line">{html.escape(sentence)}</span>'


def handler(
    function: Callable, timed: bool = True, views: int = 1, line: gr.HTML | None = None
) -> Callable:
    """A function of models' world as a Gradio event handler.

    `InputError` becomes `gr.Error` with the same sentence; `MissingInputError` a mere hint, while
    what the page shows stays. That there is no picture is a state of the scene: its status `line`
    holds it, and the page lays it over the stage. Where it is `timed`, the status line is added as
    the last output; a generator's counts from the start of the run.

    Args:
        function: returns (or yields) one value, or a tuple with one value an output.
        timed: whether its time is worth telling.
        views: how many outputs it has, the status line not counted.
        line: the scene's status line, where it is one of the event's outputs.
    """

    def outputs(result: Any, start: float) -> Any:
        if isinstance(result, InLine):
            return (*(gr.skip() for _ in range(views)), in_line(str(result)))
        lent = isinstance(result, gpu.Lent)
        result = result.value if lent else result
        if not timed:
            return result
        values = result if isinstance(result, tuple) else (result,)
        where = gpu.NAME if lent else ""
        return (*values, status(1000 * (time.perf_counter() - start), where))

    def absent(hint: MissingInputError) -> Any:
        if line is not None and isinstance(hint, MissingPictureError):
            return {line: missing(str(hint))}
        gr.Info(message(str(hint)))
        return gr.skip()

    def spoken(error: InputError) -> gr.Error:
        return gr.Error(message(str(error)), title="That does not work", print_exception=False)

    @functools.wraps(function)
    def call(*args, **kwargs):
        start = time.perf_counter()
        try:
            return outputs(function(*map(_told, args), **kwargs), start)
        except MissingInputError as hint:
            return absent(hint)
        except InputError as error:
            raise spoken(error) from error

    @functools.wraps(function)
    def stream(*args, **kwargs):
        start = time.perf_counter()
        try:
            for result in function(*map(_told, args), **kwargs):
                yield outputs(result, start)
        except MissingInputError as hint:
            yield absent(hint)
        except InputError as error:
            raise spoken(error) from error

    return stream if inspect.isgeneratorfunction(function) else call


def _told(value: Any) -> Any:
    """What an event tells, if anything: a page that somebody wrote may send any JSON for it."""
    if type(value) is gr.EventData and not isinstance(value._data, dict):
        return gr.EventData(value.target, {})
    return value


def heard(
    event: Callable[..., Any],
    function: Callable,
    inputs: Any,
    outputs: Any,
    *,
    queue: bool = False,
    **more: Any,
) -> None:
    """Let controls or views follow what is chosen in a view; no program calls it.

    Args:
        event: the view's, such as `view.select`.
        function: the handler; it is told of by `gr.EventData`.
        inputs: as Gradio takes them.
        outputs: likewise.
        queue: whether it waits its turn.
        more: arguments of the Gradio event.
    """
    event(
        handler(function, timed=False),
        inputs,
        outputs,
        api_visibility="private",
        show_progress="hidden",
        queue=queue,
        **more,
    )


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
