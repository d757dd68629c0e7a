"""What a training run leaves to be looked at: losses over time and sample strips, as JSON."""

import base64
import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from models.core.checkpoint import write_json
from models.core.errors import InputError

MOST_STRIPS = 24


@dataclass
class History:
    """The records of one run, oldest first.

    A record is `{"step", "seen", "seconds", "train": {name: mean loss since the record before},
    "validation": {name: value}}`, and `"texts"` where sentences are made; a strip is `{"step",
    "seen", "image"}`, a WebP data URI. `about` is what a run says of itself when it is saved.
    """

    about: dict[str, Any] = field(default_factory=dict)
    records: list[dict[str, Any]] = field(default_factory=list)
    strips: list[dict[str, Any]] = field(default_factory=list)

    @property
    def trained_on(self) -> str:
        """What the run has been on, in order; empty where that was not noted."""
        return ", then ".join(self.about.get("devices", ()))

    @classmethod
    def read(cls, path: Path, until_step: int | None = None) -> "History":
        """The history in a file, without what came after `until_step`; empty where none is.

        Raises:
            InputError: the file is damaged.
        """
        if not path.is_file():
            return cls()
        try:
            saved = cls(**json.loads(path.read_text()))
            if until_step is not None:
                saved.records = [record for record in saved.records if record["step"] <= until_step]
                saved.strips = [strip for strip in saved.strips if strip["step"] <= until_step]
        except (OSError, TypeError, ValueError, KeyError) as error:
            raise InputError(f"{path} is damaged: {error}. Delete it to go on anew.") from error
        return saved

    def write(self, path: Path) -> None:
        """Save as JSON, atomically."""
        write_json(path, vars(self))

    def add_strip(self, step: int, seen: int, images: torch.Tensor) -> None:
        """Append a row of pictures, and thin the strips to a number that can be shipped.

        Args:
            step: the step at which they were made.
            seen: examples seen until then.
            images: N C H W in [0, 1], C 1 or 3.
        """
        self.strips.append({"step": step, "seen": seen, "image": data_uri(images)})
        if len(self.strips) > MOST_STRIPS:  # keep the first, then every second one, and the last
            self.strips = self.strips[:-1:2] + self.strips[-1:]


def data_uri(images: torch.Tensor) -> str:
    """A row of pictures (N C H W in [0, 1]) as one WebP data URI."""
    row = torch.cat(tuple(images.detach().float().cpu().clamp(0, 1)), dim=-1)  # C H N*W
    pixels = (row * 255).round().byte().expand(3, -1, -1).permute(1, 2, 0).numpy()
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "WEBP", quality=90)
    return "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode()
