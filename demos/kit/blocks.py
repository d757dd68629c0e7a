"""The page's `gr.Blocks`, which has words for what its components cannot take."""

import copy
import inspect
import logging
import sysconfig
import traceback
from collections.abc import Callable
from typing import Any

import gradio as gr
from gradio.blocks import Block, BlockFunction
from gradio.exceptions import ComponentProcessingError, InvalidPathError
from gradio_client.utils import is_file_obj_with_meta, is_http_url_like

from demos.kit import disk

NOT_TAKEN = (
    "What was sent is not what this takes: “Use via API” at the page's foot lists its parameters."
)
NOT_UPLOADED = "A file that was sent was never uploaded here: upload it first, then send its path."
LOG = logging.getLogger("glassbox.troubles")
LIBRARIES = (
    *(sysconfig.get_path(name) for name in ("purelib", "platlib", "stdlib")),
    "<frozen ",  # parts of the standard library that Python has within itself, such as posixpath
)
# What Gradio's components and the readers of its data raise where a value is none of theirs.
REFUSALS = (ValueError, TypeError, LookupError, AttributeError, OSError, RecursionError)


def keep_signatures(kind: type = Block) -> None:
    """Keep what the constructor of each kind of component takes, where `inspect.signature` looks.

    Gradio asks for it with every component, each time that it describes the page: some thousand
    times a start (`__signature__`: PEP 362).
    """
    for component in kind.__subclasses__():
        if "__init__" in vars(component):
            component.__init__.__signature__ = inspect.signature(component.__init__)
        keep_signatures(component)


class Blocks(gr.Blocks):
    """`gr.Blocks` whose users read a sentence where a component cannot read what came.

    Gradio has none: a program that sends too few values, or another's file, reads that there was
    an error, and the log fills with traces. What a component takes a handler checks, in words that
    name it; see `kit.handlers`. And whatever is kept as a file, of a visitor or for one, can find
    the disk full.
    """

    async def process_api(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """All of an event.

        Raises:
            gr.Error: there is no room for a file; besides what the handler raises.
        """
        try:
            return await super().process_api(*args, **kwargs)
        except (OSError, ComponentProcessingError) as error:
            if not disk.is_full(error):
                raise
            LOG.error("The disk is full: %s", error)
            raise _spoken(disk.FULL) from error

    async def preprocess_data(self, *args: Any, **kwargs: Any) -> list[Any]:
        """The values as a handler gets them.

        Raises:
            gr.Error: a value is none that its component can read, or there are too few.
        """
        try:
            if _holds([args, kwargs], _too_large):
                raise ValueError("A number has more than 64 bits: no answer could hold it.")
            if _holds([args, kwargs], _elsewhere):
                raise InvalidPathError("Gradio would download it, however long it is.")
            return await super().preprocess_data(*args, **kwargs)
        except InvalidPathError as error:
            raise _spoken(NOT_UPLOADED) from error
        except REFUSALS as error:
            if disk.is_full(error):
                raise
            raise _spoken(NOT_TAKEN) from error

    async def call_function(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """What a handler returns.

        Raises:
            gr.Error: what came is refused before it reaches a handler of ours, as an event that
                tells of a file of the server's is; besides what the handler raises.
        """
        try:
            return await super().call_function(*args, **kwargs)
        except (gr.Error, *REFUSALS) as error:
            if _through_ours(error):
                raise  # a handler's own words, or a mistake of ours
            raise _spoken(NOT_TAKEN) from error

    async def postprocess_data(self, block_fn: BlockFunction, predictions: Any, state: Any) -> Any:
        """What goes to the page, by the order of an event's outputs.

        Of outputs that a handler does not name Gradio builds each anew, and keeps it for the
        visitor: all controls of all scenes, whenever somebody opens a link. Here they cost nothing.
        """
        outputs = list(block_fn.outputs)
        by_output = isinstance(predictions, dict) and predictions
        if not by_output or not predictions.keys() <= set(outputs):
            return await super().postprocess_data(block_fn, predictions, state)
        named = {block: value for block, value in predictions.items() if not _skipped(value)}
        found = {}
        if named:
            fewer = copy.copy(block_fn)
            fewer.outputs = [block for block in outputs if block in named]
            told = await super().postprocess_data(fewer, named, state)
            found = dict(zip(fewer.outputs, told, strict=True))
        return [found.get(block, gr.skip()) for block in outputs]


def _skipped(value: Any) -> bool:
    """Whether it leaves an output as it is."""
    return isinstance(value, dict) and value == gr.skip()


def _holds(value: Any, such: Callable[[Any], bool]) -> bool:
    """Whether there is such a value in it, however deep."""
    if such(value):
        return True
    parts = value.values() if isinstance(value, dict) else value
    return isinstance(value, list | tuple | dict) and any(_holds(part, such) for part in parts)


def _too_large(value: Any) -> bool:
    """Whether it is a whole number that JSON's writer refuses."""
    return isinstance(value, int) and not -(2**63) <= value < 2**64


def _elsewhere(value: Any) -> bool:
    """Whether it is a file that lies on another host; those of the page have a path on this one."""
    return is_file_obj_with_meta(value) and is_http_url_like(value["path"])


def _through_ours(error: BaseException) -> bool:
    """Whether an error came through a function that is neither Gradio's nor of what it stands on.

    That a handler was called is in the trace as the last line of Gradio's before it.
    """
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    beyond = [name for name in files if name != __file__ and not name.startswith(LIBRARIES)]
    return bool(beyond)


def _spoken(sentence: str) -> gr.Error:
    return gr.Error(sentence, title="That does not work", print_exception=False)
