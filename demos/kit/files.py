"""What the page shows first, as files: the page itself stays light for sixty phones."""

import json
from typing import Any

from gradio.processing_utils import save_bytes_to_cache
from gradio.utils import get_upload_folder

KEPT: set[str] = set()
"""The files' paths: nobody who names one of them as an upload is to have it deleted."""
INLINE = 4096  # characters: a value up to here is no longer than a request for a file


def stored(value: Any) -> Any:
    """A view's first value, or where that is long `{"stored": address}` of a file that holds it.

    The files lie in Gradio's cache, from where its server hands them out; the address is relative
    to the page. `mount` in `assets/kit/core.js` fetches it when the scene is first drawn: what
    nobody opens nobody loads. What handlers send later stays as it is and needs no second request.
    """
    content = json.dumps(value)
    if len(content) <= INLINE:
        return value
    path = save_bytes_to_cache(content.encode(), "first.json", get_upload_folder())
    KEPT.add(path)
    return {"stored": f"gradio_api/file={path}"}
