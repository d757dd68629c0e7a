"""Visitors' files: what an upload may hold, and that all of it goes again.

Of Gradio's own upload whatever is no file is gathered in memory, as much as comes, and what its
sender broke off stays on the disk. Gradio looks through the files once an hour, until something
goes wrong with one: while it looks, a visitor uploads another, or has named one that is none.
"""

import logging
import os
from pathlib import Path
from time import time

import gradio as gr
from gradio import route_utils
from gradio.utils import get_upload_folder
from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException

from demos.kit import files

FIELD = "files"  # what the page and `gradio_client` call each
MOST_FILES = 100  # at once, each held open; of fewer a handler says how many are too many
FILES_ALONE = f"An upload holds files and nothing else, each called “{FIELD}”."
COMING = "tmp*"  # what files are called until they are there
LOG = logging.getLogger("glassbox.troubles")


class UploadParser(route_utils.GradioMultiPartParser):
    """Reads an upload onto the disk: files and nothing else, and all of them or none."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs | {"max_files": MOST_FILES})

    def on_headers_finished(self) -> None:
        """What a part is, before any of it is read.

        Raises:
            MultiPartException: it is none of the files of an upload.
        """
        super().on_headers_finished()
        if self._current_part.file is None or self._current_part.field_name != FIELD:
            raise MultiPartException(FILES_ALONE)

    async def parse(self) -> FormData:
        """All of it.

        Raises:
            MultiPartException: it is no upload, or holds too much; besides what its reading raises.
        """
        try:
            return await super().parse()
        except BaseException:  # whoever sent it left, the disk is full, the app stops
            for file in self._files_to_close_on_error:
                file.close()
                Path(file.name).unlink(missing_ok=True)
            raise


def delete(page: gr.Blocks, age: float | None) -> None:
    """Delete visitors' files that are older than `age`, in seconds; if that is None, all of them.

    No file can end it, for nobody would begin it again; and names are forgotten with their files.
    Uploads that were broken off by the end of a process have no name, and others' may be coming:
    of these the old ones go.
    """
    shown = files.KEPT.union(*(block.keep_in_cache for block in list(page.blocks.values())))
    for names in list(page.temp_file_sets):
        names -= {name for name in names.copy() - shown if _gone(name, age)}
    if age is not None:
        for path in Path(get_upload_folder()).glob(COMING):
            if path.is_file():
                _gone(path, age)


def _gone(path: str | Path, age: float | None) -> bool:
    """Whether a file is no longer there, which it is not if it was old enough."""
    try:
        if age is not None and time() - os.lstat(path).st_ctime <= age:
            return False
        os.remove(path)
    except (FileNotFoundError, ValueError):  # the latter: a name that no disk has
        return True
    except OSError as error:
        LOG.warning("A visitor's file stays: %s", type(error).__name__)
        return False
    return True


def keep_tidy() -> None:
    """Let Gradio read uploads and delete files like that; to be called before any visitor comes."""
    route_utils.GradioMultiPartParser = UploadParser
    route_utils.delete_files_created_by_app = delete
