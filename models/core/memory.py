"""Memory that is no longer needed: kept for the next to come, and given back to the system."""

import ctypes
import threading
import time
from functools import cache

EVERY = 3.0  # seconds
# glibc's numbers of what can be set (mallopt(3)), and how high: the first cannot be set higher.
MMAP_THRESHOLD, TRIM_THRESHOLD = -3, -1
AT_HAND, MOST_AT_HAND = 32 * 2**20, 512 * 2**20


def trim() -> bool:
    """Give freed memory back to the system; whether there was any.

    glibc keeps what is freed in one arena for each of up to eight threads a core: after sixty
    visitors' runs that was half of what a server held. Where there is another allocator nothing is
    done, and False is returned.
    """
    give_back = _function("malloc_trim")
    return bool(give_back and give_back(0))


@cache
def keep_at_hand() -> bool:
    """Let memory that is freed serve what is allocated next; whether the allocator can do that.

    By itself glibc gives a picture's tensors back as soon as they are freed, and gets each of their
    pages anew, and zeroed, for the next operation: a third of the time of painting a photo. What
    this keeps, `keep_trimmed` gives back when it rests.
    """
    found = _function("mallopt")
    return bool(found and found(MMAP_THRESHOLD, AT_HAND) and found(TRIM_THRESHOLD, MOST_AT_HAND))


@cache
def keep_trimmed() -> threading.Thread | None:
    """Trim again and again, beside everything else; the thread that does, one for a process."""
    if not _function("malloc_trim"):
        return None
    thread = threading.Thread(target=_go_on, name="memory", daemon=True)
    thread.start()
    return thread


def _go_on() -> None:
    while True:
        time.sleep(EVERY)
        trim()


def _function(name: str):
    """One of glibc's functions, or None where there is another allocator."""
    try:
        return getattr(ctypes.CDLL("libc.so.6"), name)
    except (OSError, AttributeError):
        return None
