"""The packed data format: one `.npz` of pictures and what is known of each.

Either `images` (uint8, N H W or N H W C), or `blob` (uint8, encoded files one after another) with
`offsets` (int64, N+1): picture i is `blob[offsets[i]:offsets[i+1]]`. Beside them any of `labels`
with `label_names`, `clean`, and `captions`: UTF-8 JSON, a list of sentences for each picture.
"""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from models.core.checkpoint import write_atomically
from models.core.errors import InputError

DAMAGED_PICTURE = (  # as Pillow fails on them
    OSError, SyntaxError, EOFError, ValueError, struct.error, zlib.error,
    Image.DecompressionBombError,
)  # fmt: skip
_DAMAGED_ARCHIVE = (  # as NumPy fails on them
    OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error,
    TypeError, AttributeError,  # one array (.npy) that is named .npz
    RuntimeError,  # encrypted, or compressed in a way that zipfile does not know
)  # fmt: skip
_WRONG_COLUMNS = (KeyError, IndexError, TypeError, *DAMAGED_PICTURE)


@dataclass(frozen=True)
class Dataset:
    """Pictures (uint8, N C H W) in memory and what is known of each; absent columns are empty."""

    images: torch.Tensor
    labels: torch.Tensor | None = None
    label_names: tuple[str, ...] = ()
    captions: tuple[tuple[str, ...], ...] = ()
    clean: torch.Tensor | None = None

    def __len__(self) -> int:
        """How many pictures."""
        return len(self.images)

    def to(self, device: torch.device) -> "Dataset":
        """The same data set, its tensors on `device`."""
        moved = {
            name: value.to(device)
            for name, value in vars(self).items()
            if isinstance(value, torch.Tensor)
        }
        return replace(self, **moved)

    def take(self, indices: torch.Tensor) -> "Dataset":
        """The pictures at `indices` (int64, or a bool mask), in that order."""
        if indices.dtype == torch.bool:
            indices = indices.nonzero().flatten()
        return Dataset(
            self.images[indices],
            None if self.labels is None else self.labels[indices],
            self.label_names,
            tuple(self.captions[i] for i in indices.tolist()) if self.captions else (),
            None if self.clean is None else self.clean[indices],
        )


def read(path: Path) -> Dataset:
    """Read and decode one archive.

    Raises:
        InputError: the file is missing, damaged, or not of this format; the message names it.
    """
    columns = read_columns(path)
    try:
        return _from_columns(columns)
    except _WRONG_COLUMNS as error:
        raise InputError(f"{path} is not an archive of pictures: {error}") from error


def read_columns(path: Path) -> dict[str, np.ndarray]:
    """All columns of an `.npz`, by name.

    Raises:
        InputError: the file is missing or damaged; the message names it.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except FileNotFoundError as error:
        raise InputError(f"There is no archive {path}.") from error
    except _DAMAGED_ARCHIVE as error:
        raise InputError(f"{path} is damaged or no .npz archive: {error}") from error


def write(path: Path, images: torch.Tensor) -> None:
    """Write pictures (uint8, N 3 H W) as an archive, encoded without loss."""
    files = []
    for pixels in images.permute(0, 2, 3, 1).numpy():
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "WEBP", lossless=True)
        files.append(file.getvalue())
    blob = np.frombuffer(b"".join(files), np.uint8)
    offsets = np.cumsum([0, *map(len, files)], dtype=np.int64)
    write_columns(path, np.savez, blob=blob, offsets=offsets)


def write_columns(path: Path, save: Callable[..., None], **columns: np.ndarray) -> None:
    """Write an `.npz` of these columns, atomically.

    Args:
        path: where to.
        save: `np.savez`, or `np.savez_compressed` where the columns are not compressed already.
        columns: by name.

    Raises:
        InputError: the file cannot be written; what stood there is untouched.
    """

    def write(beside: Path) -> None:
        with open(beside, "wb") as file:
            save(file, **columns)

    write_atomically(path, write)


def _from_columns(columns: dict[str, np.ndarray]) -> Dataset:
    images = _raw(columns["images"]) if "images" in columns else _decoded(columns)
    labels = columns.get("labels")
    clean = columns.get("clean")
    captions = json.loads(bytes(columns["captions"])) if "captions" in columns else []
    for name, column in (("labels", labels), ("clean", clean), ("captions", captions)):
        if column is not None and len(column) not in (0, len(images)):
            raise ValueError(f"{len(column)} {name} for {len(images)} pictures")
    return Dataset(
        images,
        None if labels is None else torch.from_numpy(labels.astype(np.int64)),
        tuple(str(name) for name in columns.get("label_names", ())),
        tuple(tuple(sentences) for sentences in captions),
        None if clean is None else torch.from_numpy(clean.astype(bool)),
    )


def _raw(images: np.ndarray) -> torch.Tensor:
    if images.dtype != np.uint8 or images.ndim not in (3, 4):
        raise ValueError(f"`images` is {images.dtype} {images.shape}, expected uint8 N,H,W[,C]")
    images = torch.from_numpy(images)
    return images[:, None] if images.ndim == 3 else images.permute(0, 3, 1, 2).contiguous()


def _decoded(columns: dict[str, np.ndarray]) -> torch.Tensor:
    """The encoded pictures of `blob`, as RGB; they have to be of one size."""
    blob, offsets = columns["blob"], columns["offsets"].tolist()
    if len(offsets) < 2 or offsets[-1] > len(blob):
        raise ValueError(f"`offsets` end at {offsets[-1:]}, the blob at {len(blob)}")
    first = _picture(blob[offsets[0] : offsets[1]])
    images = np.empty((len(offsets) - 1, *first.shape), np.uint8)
    for i, (start, stop) in enumerate(pairwise(offsets)):
        images[i] = _picture(blob[start:stop])
    return torch.from_numpy(images)


def _picture(encoded: np.ndarray) -> np.ndarray:
    """One encoded file as uint8 3 H W."""
    with Image.open(io.BytesIO(encoded.tobytes())) as picture:
        return np.asarray(picture.convert("RGB")).transpose(2, 0, 1)


def concatenate(parts: Sequence[Dataset]) -> Dataset:
    """Several parts of one data set as one.

    Raises:
        InputError: the parts do not name the same classes.
    """
    first = parts[0]
    if any(part.label_names != first.label_names for part in parts):
        raise InputError("The parts of this data set name different classes.")
    return Dataset(
        torch.cat([part.images for part in parts]),
        None if first.labels is None else torch.cat([part.labels for part in parts]),
        first.label_names,
        tuple(sentences for part in parts for sentences in part.captions),
        None if first.clean is None else torch.cat([part.clean for part in parts]),
    )
