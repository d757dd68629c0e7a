"""A disk without room: uploads, drawings and painted photos lie there for a while."""

import errno

from gradio.exceptions import ComponentProcessingError

FULL = "The disk of the computer that runs this app is full: it can keep no file at the moment."


def is_full(error: BaseException) -> bool:
    """Whether an error says that there is no room for a file.

    Gradio wraps what a component raised in an error of its own.
    """
    cause = error.__cause__ if isinstance(error, ComponentProcessingError) else error
    return isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT)
