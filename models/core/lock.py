"""One process at a time to a run's folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

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
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = open(folder / "lock", "w")  # noqa: SIM115 (closed below)
    except OSError as error:
        raise InputError(f"Could not write to {folder}: {error}.") from error
    with file:
        if not _lock(file):
            raise BusyError(f"{folder} is being trained by another process.")
        yield


def held(folder: Path) -> bool:
    """Whether some process holds `folder`."""
    if not (folder / "lock").is_file():
        return False
    with open(folder / "lock") as file:
        return not _lock(file)


def _lock(file: IO[str]) -> bool:
    """Lock a file until it is closed; False where it is locked already."""
    import fcntl  # of POSIX systems; models are used on others too, though not trained there

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
