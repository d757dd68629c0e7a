"""Pictures that the page shows first, as files: the page itself stays light for sixty phones."""

import base64
from typing import Any

from gradio.processing_utils import save_bytes_to_cache
from gradio.utils import get_upload_folder

INLINE = 4096  # characters: a data URI up to here is no longer than a request for a file


def linked(value: Any) -> Any:
    """A view's value with each long data URI in it replaced by the address of a file.

    The files lie in Gradio's cache, from where its server hands them out; the address is relative
    to the page. What handlers send later stays a data URI, which needs no second request.
    """
    if isinstance(value, dict):
        return {name: linked(held) for name, held in value.items()}
    if isinstance(value, list):
        return [linked(held) for held in value]
    if isinstance(value, str) and value.startswith("data:image/") and len(value) > INLINE:
        kind, content = value.removeprefix("data:image/").split(";base64,", 1)
        path = save_bytes_to_cache(base64.b64decode(content), f"first.{kind}", get_upload_folder())
        return f"gradio_api/file={path}"
    return value
