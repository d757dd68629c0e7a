"""From a drawing or a photo to a digit as MNIST has them, so that an encoder knows what it sees.

MNIST's form (LeCun et al. 1998, section III.A): light ink on black, fitted into 20 x 20 pixels with
its proportions kept, then moved so that its centre of mass is the centre of 28 x 28.
"""

import math
from collections.abc import Sequence
from typing import Any

import torch
from PIL import Image, ImageDraw
from torch.nn import functional as F

from models.core import images
from models.core.checks import is_number
from models.core.errors import InputError, MissingInputError

SIZE, BOX = 28, 20
CENTRE = SIZE // 2  # of a digit's mass, counted from pixel 0: so MNIST's own lie
PAD = 280
"""Side of the pad that strokes are drawn on."""
BRUSH = 36
"""Width of a stroke on the pad."""
MOST_POINTS = 600
FINER = 2  # drawn so many times larger, then averaged: soft edges
VISIBLE = 0.1  # ink below this does not count for where a digit ends
FAINTEST = 0.15  # a picture whose strongest ink is weaker holds no digit
DARK = 0.5  # ink above this is a line's inside
LINE = 0.1  # width of MNIST's lines, of a digit's longer side
LONGEST_SIDE = 560

Strokes = list[list[float]]


def parse(drawing: Any) -> Strokes:
    """Strokes as they come from a page or a program: each x, y, x, y, ... from 0 to 280.

    Raises:
        InputError: not such lists, or more than 600 points.
    """
    if not isinstance(drawing, Sequence) or isinstance(drawing, str):
        raise InputError(f"A drawing is a list of strokes, got {str(drawing)[:40]}.")
    for stroke in drawing:
        if not isinstance(stroke, Sequence) or isinstance(stroke, str) or len(stroke) % 2:
            raise InputError(f"A stroke is a list x, y, x, y, ..., got {str(stroke)[:40]}.")
        for value in stroke:
            if not is_number(value) or not 0 <= value <= PAD:
                raise InputError(f"A stroke's numbers are from 0 to {PAD}, got {str(value)[:20]}.")
    if sum(map(len, drawing)) > 2 * MOST_POINTS:
        raise InputError(f"A drawing has at most {MOST_POINTS} points.")
    return [list(stroke) for stroke in drawing if stroke]


def drawn(drawing: Any) -> torch.Tensor:
    """Strokes with a round brush as ink: 1 1 280 280 in [0, 1]; see `parse`.

    Raises:
        InputError: no drawing.
        MissingInputError: an empty one.
    """
    strokes = parse(drawing)
    if not strokes:
        raise MissingInputError("The pad is empty: draw a digit on it first.")
    canvas = Image.new("L", (FINER * PAD, FINER * PAD))
    pen, radius = ImageDraw.Draw(canvas), FINER * BRUSH / 2
    for stroke in strokes:
        points = [(FINER * x, FINER * y) for x, y in zip(stroke[::2], stroke[1::2], strict=True)]
        pen.line(points, fill=255, width=FINER * BRUSH)
        for x, y in points:
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    grey = images.to_tensor(canvas.reduce(FINER).convert("RGB"))
    return grey[:, :1].contiguous()


def ink(picture: torch.Tensor) -> torch.Tensor:
    """How far each pixel of a photo (1 3 H W in [0, 1]) is from its paper: 1 1 H W in [0, 1].

    Paper is the median of the picture's border, dark or light. What varies along the border counts
    as noise of the paper and is taken off; the strongest ink becomes 1.

    Raises:
        InputError: one brightness everywhere.
    """
    grey = images.luminance(picture)
    edges = [grey[..., 0, :], grey[..., -1, :], grey[..., 0], grey[..., -1]]
    border = torch.cat([edge.flatten() for edge in edges])
    paper = border.median()
    lighter, darker = (_beyond(sign * (grey - paper), sign * (border - paper)) for sign in (1, -1))
    found = lighter if lighter.max() > darker.max() else darker
    if found.max() < FAINTEST:
        raise InputError(
            "There is no digit in this picture: ink and paper are nearly the same. A dark pen on "
            "light paper, or the other way round, with a free margin, works best."
        )
    return found / found.max()


def _beyond(found: torch.Tensor, border: torch.Tensor) -> torch.Tensor:
    """What is further from the paper than the paper's own noise, which the border tells."""
    return (found - torch.quantile(border.clamp_min(0), 0.95)).clamp_min(0)


def thickened(inked: torch.Tensor) -> torch.Tensor:
    """Ink (1 1 H W in [0, 1]), its lines as wide as MNIST's: a tenth of the digit's longer side.

    A ballpoint's line is a sixtieth of a digit, and too faint to be seen once that is 20 pixels
    high. What is wide enough stays as it is. The width is twice the area over the edge's length.
    """
    dark = (inked > DARK).float()
    edge = dark.sum() - (1 - F.max_pool2d(1 - dark, 3, 1, 1)).sum()
    if not edge:
        return inked
    wide = 2 * float(dark.sum() / edge)
    longest = max(int((dark[0, 0] > 0).any(axis).sum()) for axis in (0, 1))
    more = round((LINE * longest - wide) / 2)  # on each side
    if more < 1:
        return inked
    around = F.pad(inked, [more] * 4)
    grown = F.max_pool2d(around * (around > DARK), 2 * more + 1, 1, more)
    return torch.maximum(around, grown)


def to_mnist(inked: torch.Tensor) -> torch.Tensor:
    """Ink (1 1 H W in [0, 1]) in MNIST's form: 1 1 28 28 in [0, 1]; see the module's text.

    Raises:
        MissingInputError: there is no ink.
    """
    rows, columns = (
        (inked[0, 0] > VISIBLE).any(axis).nonzero().flatten().tolist() for axis in (1, 0)
    )
    if not rows:
        raise MissingInputError("There is no ink: draw a digit first.")
    cut = inked[..., rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    share = BOX / max(cut.shape[-2:])
    size = [max(1, round(side * share)) for side in cut.shape[-2:]]
    if size != list(cut.shape[-2:]):
        cut = F.interpolate(cut, size, mode="bilinear", antialias=True, align_corners=False)
    mass = cut.sum()
    top, left = (
        _place(float((cut.sum((0, 1, other)) * torch.arange(side)).sum() / mass), side)
        for side, other in zip(size, (3, 2), strict=True)
    )
    digit = torch.zeros(1, 1, SIZE, SIZE)
    digit[..., top : top + size[0], left : left + size[1]] = cut
    return digit.clamp_(0, 1)


def _place(centre: float, side: int) -> int:
    """Where a cut of this side begins so that its centre of mass lies at 14, inside 28 pixels."""
    return min(max(0, math.floor(CENTRE - centre + 0.5)), SIZE - side)


def from_strokes(drawing: Any) -> torch.Tensor:
    """A drawing's strokes as a digit: see `drawn` and `to_mnist`."""
    return to_mnist(drawn(drawing))


def from_file(source: Any) -> torch.Tensor:
    """A picture file (path or content) as a digit: see `images.open_image`, `ink`, `thickened`,
    `to_mnist`.
    """
    return to_mnist(thickened(ink(images.to_tensor(images.open_image(source, LONGEST_SIDE)))))
