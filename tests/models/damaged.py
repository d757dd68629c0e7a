"""Archives (.npz) that are damaged in ways that only show when they are read."""

from pathlib import Path

import numpy as np


def spoiled(path: Path) -> None:
    """Damage what is compressed, and leave the directory at the file's end whole."""
    content = path.read_bytes()
    path.write_bytes(content[:200] + bytes(300) + content[500:])


def one_array(path: Path) -> None:
    """A `.npy` under the name of an archive."""
    with open(path, "wb") as file:
        np.save(file, np.zeros(3))
