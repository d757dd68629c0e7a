"""A run on the page: x_t, the guess of x_0 and the predicted noise of every face, step by step."""

import base64
import struct
from collections.abc import Iterator, Sequence
from typing import Any

from PIL import Image

from demos.diffusion.film import PARTS, Film, asked_sheets, end_numbers, made, numbers
from demos.diffusion.runs import RUNS
from demos.kit import View
from demos.kit.handlers import answer
from demos.kit.run import InLine
from models.core.errors import InputError
from models.core.film import gif
from models.core.images import open_image, to_tensor
from models.diffusion.engine import Waiting
from models.diffusion.samplers import MOST_STEPS
from models.diffusion.trajectory import DenoisingStep

PNG = "data:image/png;base64,"
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
LARGEST_SHEET = 160  # pixels: five faces
LONGEST_URI = 200_000  # characters: more than such a sheet of noise takes


class Denoising(View):
    """Three sheets of faces in step, a player under them, and the film of one face."""

    script = "diffusion/generate"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "frames": {"type": "array", "items": {"type": "object"}},
            "film": {"type": "object"},
            "faces": {"type": "string", "description": "the finished faces, lossless data URI"},
        },
    }


def streamed(
    steps: Iterator[DenoisingStep | Waiting], total: int, about: dict[str, Any]
) -> Iterator[dict[str, Any] | InLine]:
    """A run as values of the view: each step as it comes, and at the end what is new then.

    Args:
        steps: a run's, or its first ones where it was stopped.
        total: how many there would be.
        about: what else the page shows of the run, in every value.

    Yields:
        `first` (the number of the first step in it), `frames` (a step's numbers each), `film` (a
        data URI for each of `x`, `x0` and `noise`, the steps' sheets one below the other), and in
        the last value `done`, `stopped` where steps are missing, and otherwise what came of the
        last step, as one frame more, with `faces`, without loss. `run` is its name, by which
        `demos.diffusion.runs` has all of it for a while. Before that, and between, its place in
        line where there is one.
    """
    run = RUNS.begin({**about, "total": total}, Film())
    last = None
    for step in steps:
        if isinstance(step, Waiting):
            yield InLine(step.ahead, step.seconds)
            continue
        last = step
        run.film.take(numbers(last), asked_sheets(last))
        yield run.newest()
    if last is not None:
        new = len(run.film.frames)
        run.end = _ended(run.film, last, total)
        RUNS.trim()
        yield {**run.about, **run.film.since(new), **run.end}


def recorded(
    steps: Iterator[DenoisingStep], total: int, about: dict[str, Any], parts: Sequence[str] = PARTS
) -> dict[str, Any]:
    """A whole run in one value of the view, as a scene opens with it; of its film some parts."""
    film = Film(parts)
    for last in steps:
        film.take(numbers(last), asked_sheets(last))
    end = _ended(film, last, total)
    return {**about, "run": 0, "total": total, **film.since(0), **end}


def _ended(film: Film, last: DenoisingStep, total: int) -> dict[str, Any]:
    """How a run ended; where it came to its end, the film gets one frame more: what came of it.

    Where it was stopped it ends with what its last step saw and guessed.
    """
    if len(film.frames) < total:
        return {"done": True, "stopped": True}
    film.add(end_numbers(last), made(last))
    return {"faces": film.faces(), "done": True, "stopped": False}


def film_of(asked: dict) -> dict:
    """What the page asks for at a press of *GIF*: `src`, the film, or `error`."""
    return answer(film_from, asked)


def film_from(frames: list[str]) -> dict[str, str]:
    """Make a film (GIF) of a run's sheets.

    Args:
        frames: 2 to 101 pictures of one size as data URIs (PNG), 160 pixels a side at most.

    Returns:
        `src`, a data URI.

    Raises:
        InputError: they are not such pictures.
    """
    if not isinstance(frames, list) or not 2 <= len(frames) <= MOST_STEPS + 1:
        raise InputError(f"A film is made of 2 to {MOST_STEPS + 1} pictures.")
    pictures = [to_tensor(_opened(frame)) for frame in frames]
    if len({picture.shape for picture in pictures}) > 1:
        raise InputError("The pictures of a film must be of one size.")
    content = base64.b64encode(gif(pictures)).decode()
    return {"src": f"data:image/gif;base64,{content}"}


def _opened(frame: str) -> Image.Image:
    """A sheet that the page has drawn, out of its data URI."""
    if not isinstance(frame, str) or not frame.startswith(PNG) or len(frame) > LONGEST_URI:
        raise InputError("A film is made of small pictures as data URIs of PNG files.")
    try:
        content = base64.b64decode(frame.removeprefix(PNG), validate=True)
    except ValueError as error:
        raise InputError("A picture's data URI is damaged.") from error
    if not content.startswith(PNG_SIGNATURE):
        raise InputError("A film is made of PNG files.")
    sides = struct.unpack(">2I", content[16:24].rjust(8, b"\0"))  # of the header, not yet decoded
    if max(sides) > LARGEST_SHEET:
        raise InputError(f"A film's pictures have at most {LARGEST_SHEET} pixels a side.")
    return open_image(content, None)
