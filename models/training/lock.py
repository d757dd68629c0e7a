"""One process at a time to a run's folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from models.core.errors import InputError


class BusyError(InputError):
    """Another process is training in this folder."""


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Keep other processes out of `folder` while the block runs, however this process ends.

    Raises:
        BusyError: another process holds it.
        InputError: the folder cannot be made or written to.
    """
    lock = FileLock(folder / "lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(blocking=False)
    except Timeout as error:
        raise BusyError(f"{folder} is being trained by another process.") from error
    except (OSError, NotImplementedError) as error:  # or a file system that has no locks
        raise InputError(f"Could not write to {folder}: {error}.") from error
    try:
        yield
    finally:
        lock.release()


def held(folder: Path) -> bool:
    """Whether some process holds `folder`."""
    if not (folder / "lock").is_file():
        return False
    try:
        with FileLock(folder / "lock").acquire(blocking=False):
            return False
    except Timeout:
        return True
    except (OSError, NotImplementedError):  # not ours to write to: `hold` says so
        return False
