"""Runs as films: what the page shows of their steps, and what a program gets of them."""

import time
from collections.abc import Iterable
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch
from PIL import Image

from models.core.images import tiled, to_array, to_data_uri
from models.diffusion import display
from models.diffusion.draw import title
from models.diffusion.network import FaceDenoiser
from models.diffusion.trajectory import DenoisingStep, Start

PARTS = ("x", "x0", "noise")
Pictures = dict[str, torch.Tensor]
"""One moment of a run: of each part the faces' pictures, B 3 H W in [0, 1]."""

Sheets = dict[str, np.ndarray]
"""The same as sheets, H' W' 3 each."""
_ASKED: WeakKeyDictionary[DenoisingStep, Sheets] = WeakKeyDictionary()


class Film:
    """The moments of one run, as sheets of all its faces: bytes, a quarter of what tensors take."""

    def __init__(self, parts: Iterable[str] = PARTS):
        """A film of some parts; what else a moment has is left out."""
        self.parts = tuple(parts)
        self.frames: list[dict[str, Any]] = []
        self.touched = time.monotonic()
        """When the last moment came, in seconds of a clock that nobody sets."""
        self._sheets: list[Sheets] = []

    def add(self, frame: dict[str, Any], pictures: Pictures) -> None:
        """Take in the next moment: its numbers, and its pictures."""
        self.take(frame, {part: sheet(pictures[part]) for part in self.parts})

    def take(self, frame: dict[str, Any], sheets: Sheets) -> None:
        """The same with the pictures on sheets already."""
        self._sheets.append(sheets)
        self.frames.append(frame)  # last: whoever counts frames finds their sheets
        self.touched = time.monotonic()

    def between(self, first: int, end: int) -> dict[str, Any]:
        """The moments from frame number `first` on, those from `end` on left out.

        Returns:
            `first`, `frames` (numbers each) and `film`: of each part the sheets, one below the
            other, as a data URI; nothing where there are no frames.
        """
        frames, sheets = self.frames[first:end], self._sheets[first:end]
        film = {}
        if sheets:
            film = {part: _below_each_other([one[part] for one in sheets]) for part in self.parts}
        return {"first": first, "frames": frames, "film": film}

    def since(self, first: int) -> dict[str, Any]:
        """What was added from frame number `first` on; see `between`."""
        return self.between(first, len(self.frames))

    def newest(self) -> dict[str, Any]:
        """What was added last; see `between`."""
        return self.since(len(self.frames) - 1)

    def bytes(self) -> int:
        """What the sheets take."""
        return sum(self.sheets().values())

    def sheets(self) -> dict[int, int]:
        """The bytes of each sheet, by what tells it from others: films of one run share theirs."""
        return {id(one): one.nbytes for sheets in list(self._sheets) for one in sheets.values()}

    def faces(self) -> str:
        """The last pictures, a data URI without loss."""
        return to_data_uri(Image.fromarray(self._sheets[-1]["x"], "RGB"), lossless=True)


def sheet(pictures: torch.Tensor) -> np.ndarray:
    """Pictures (B 3 H W in [0, 1]) as square a sheet as can be: H' W' 3, uint8."""
    return to_array(tiled(pictures, display.columns_of(len(pictures))))


def _below_each_other(sheets: list[np.ndarray]) -> str:
    return to_data_uri(Image.fromarray(np.concatenate(sheets), "RGB"))


def asked(step: DenoisingStep) -> Pictures:
    """What the network saw at a step, and what it predicted."""
    return {
        "x": display.faces(step.noisy),
        "x0": display.faces(step.predicted_x0),
        "noise": display.noise(step.predicted_noise),
    }


def asked_sheets(step: DenoisingStep) -> Sheets:
    """The same on sheets: once for all who follow one run."""
    found = _ASKED.get(step)
    if found is None:
        found = {part: sheet(pictures) for part, pictures in asked(step).items()}
        found = _ASKED.setdefault(step, found)
    return found


def made(step: DenoisingStep) -> Pictures:
    """What came out of a step: the picture twice, and the noise that was found last."""
    picture = display.faces(step.x)
    return {"x": picture, "x0": picture, "noise": display.noise(step.predicted_noise)}


def numbers(step: DenoisingStep) -> dict[str, float]:
    """A step's numbers, rounded to what can be read."""
    return {
        "t": round(step.timestep, 2),
        "signal_rate": round(step.signal_rate, 5),
        "noise_rate": round(step.noise_rate, 5),
        "evaluations": step.evaluations,
        "seconds": round(step.seconds, 3),
    }


def end_numbers(step: DenoisingStep) -> dict[str, float]:
    """The numbers of what came out of the last step, in which no noise is left."""
    return {**numbers(step), "t": 0, "signal_rate": 1, "noise_rate": 0}


def drawn(network: FaceDenoiser, start: Start) -> dict[str, Any]:
    """Who is drawn: `seeds`, `characters` by title, and `columns` of the sheet of them."""
    names = network.config.characters
    labels = start.labels.tolist()
    return {
        "seeds": list(start.seeds),
        "characters": [title(names[i]) if i < len(names) else "Anyone" for i in labels],
        "columns": display.columns_of(len(labels)),
    }
