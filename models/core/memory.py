"""Memory that is no longer needed, given back to the system."""

import ctypes
import threading
import time
from functools import cache

EVERY = 3.0  # seconds


def trim() -> bool:
    """Give freed memory back to the system; whether there was any.

    glibc keeps what is freed in one arena for each of up to eight threads a core: after sixty
    visitors' runs that was half of what a server held. Where there is another allocator nothing is
    done, and False is returned.
    """
    give_back = _of_glibc()
    return bool(give_back and give_back(0))


@cache
def keep_trimmed() -> threading.Thread | None:
    """Trim again and again, beside everything else; the thread that does, one for a process."""
    if not _of_glibc():
        return None
    thread = threading.Thread(target=_go_on, name="memory", daemon=True)
    thread.start()
    return thread


def _go_on() -> None:
    while True:
        time.sleep(EVERY)
        trim()


def _of_glibc():
    try:
        return ctypes.CDLL("libc.so.6").malloc_trim
    except (OSError, AttributeError):
        return None
