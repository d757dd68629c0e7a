"""Colour hints: small squares of known colour, drawn at random to train by, or set by a person.

After Zhang et al. 2017 ("Real-time user-guided image colorization with learned deep priors"),
section 3.2, for pictures of a quarter of their size.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from PIL import ImageColor

from models.colorizer import lab
from models.core.checks import between
from models.core.errors import InputError

MOST_POINTS = 32
FEWER_POINTS = 1 / 8
"""How likely the points are to end after each one (a geometric distribution, as in the paper)."""
NO_POINTS = 0.5
"""Share of pictures without any, more than the paper's eighth: most people set none at first."""
ALL_POINTS = 0.01
"""Share of pictures of which everything is told, so that the network learns to copy."""
LARGEST_REACH = 3
"""Squares reach 0 to so many pixels from their middle: sides of 1 to 7."""
REACH = 2
"""Of a person's hints."""
MOST_HINTS = 64
"""That a person may set: twice of what the network was ever told in training."""
LONGEST_COLOUR = 40


@dataclass(frozen=True)
class Hint:
    """One colour at one place: x and y in [0, 1] from the top left corner, RGB in [0, 1].

    Only the colour's hue and strength count; its lightness is the picture's.

    Raises:
        InputError: the place is outside of the picture, or a number is none.
    """

    x: float
    y: float
    colour: tuple[float, float, float]

    @property
    def code(self) -> str:
        """The colour as `#rrggbb`."""
        return "#" + "".join(f"{round(255 * value):02x}" for value in self.colour)

    def __post_init__(self) -> None:
        between("A hint's x", self.x, 0, 1)
        between("A hint's y", self.y, 0, 1)
        if not isinstance(self.colour, list | tuple) or len(self.colour) != 3:
            raise InputError("A hint's colour must be three numbers: red, green and blue.")
        for name, value in zip(("red", "green", "blue"), self.colour, strict=True):
            between(f"A hint's {name}", value, 0, 1)

    @classmethod
    def from_data(cls, data: Any) -> "Hint":
        """A hint out of JSON, `{"x", "y", "colour"}`; the colour as CSS writes it: `#e0662f`.

        Raises:
            InputError: it is none.
        """
        if not isinstance(data, dict) or set(data) != {"x", "y", "colour"}:
            raise InputError('A hint must be {"x": ..., "y": ..., "colour": "#rrggbb"}.')
        return cls(data["x"], data["y"], colour_of(data["colour"]))


def colour_of(text: Any) -> tuple[float, float, float]:
    """R, G and B in [0, 1] of a colour's name or code, such as `#e0662f`.

    Raises:
        InputError: it is no colour.
    """
    try:
        if not isinstance(text, str) or len(text) > LONGEST_COLOUR:
            raise ValueError
        red, green, blue = ImageColor.getrgb(text.strip())[:3]
    except ValueError:
        raise InputError(
            f"{str(text)[:LONGEST_COLOUR]!r} is not a colour; write it as #rrggbb, "
            "such as #e0662f, or by its name in English."
        ) from None
    return red / 255, green / 255, blue / 255


def from_data(data: Any) -> tuple[Hint, ...]:
    """Hints out of JSON, a list of what `Hint.from_data` takes; None are none.

    Raises:
        InputError: it is no such list, or too long.
    """
    if data is None:
        return ()
    if not isinstance(data, list):
        raise InputError("Hints must be a list.")
    check_count(data)
    return tuple(Hint.from_data(one) for one in data)


def check_count(hints: Sequence) -> None:
    """Refuse more hints than anybody may set.

    Raises:
        InputError: with how many there are, and how many there may be.
    """
    if len(hints) > MOST_HINTS:
        raise InputError(f"There are {len(hints)} hints; at most {MOST_HINTS} can be set.")


def place(hints: Sequence[Hint], height: int, width: int) -> torch.Tensor:
    """A person's hints as the planes that a network takes: 1 3 H W (a, b, where).

    Where two cover each other the later one counts.

    Raises:
        InputError: there are too many.
    """
    check_count(hints)
    planes = torch.zeros(1, 3, height, width)
    for hint in hints:
        x, y = min(int(hint.x * width), width - 1), min(int(hint.y * height), height - 1)
        _, ab = lab.split(torch.tensor(hint.colour).reshape(1, 3, 1, 1))
        square = planes[0, :, max(y - REACH, 0) : y + REACH + 1, max(x - REACH, 0) : x + REACH + 1]
        square[:2] = ab[0]
        square[2] = 1.0
    return planes


def draw(ab: torch.Tensor) -> torch.Tensor:
    """Random hints out of true colours, as training takes them, from torch's own generator.

    Half of the pictures get none; the others seven points on average, normally distributed around
    the middle, each with the mean colour of a small square.

    Args:
        ab: true colours, B 2 H W.

    Returns:
        B 3 H W (a, b, where).
    """
    count, device = len(ab), ab.device
    chance = torch.rand(count, device=device)
    points = torch.empty(count, device=device).geometric_(FEWER_POINTS) - 1
    points = points.masked_fill(chance < NO_POINTS, 0).clamp(max=MOST_POINTS)
    planes = scatter(ab, points)
    everything = torch.cat([ab, torch.ones_like(ab[:, :1])], 1)
    told = chance > 1 - ALL_POINTS
    return torch.where(told[:, None, None, None], everything, planes)


def scatter(
    ab: torch.Tensor,
    points: torch.Tensor,
    generator: torch.Generator | None = None,
    within: bool = False,
) -> torch.Tensor:
    """So many random hints for each picture; of eight one usually lies beside it, and is lost.

    Args:
        ab: true colours, B 2 H W.
        points: how many, B, at most `MOST_POINTS`.
        generator: of the tensors' device; torch's own where None.
        within: put those that would lie beside the picture at its edge: as many as were asked for.

    Returns:
        B 3 H W (a, b, where).
    """
    count, _, height, width = ab.shape
    device, most = ab.device, MOST_POINTS
    size = torch.tensor([height, width], device=device)
    middle = torch.randn(count, most, 2, device=device, generator=generator)
    middle = (middle * 0.25 + 0.5) * size  # B P 2
    if within:
        middle = torch.minimum(middle.clamp(min=0), size - 1)
    reach = torch.randint(LARGEST_REACH + 1, (count, most, 1), device=device, generator=generator)

    offsets = torch.arange(-LARGEST_REACH, LARGEST_REACH + 1, device=device)
    offsets = torch.cartesian_prod(offsets, offsets)  # S 2: the largest square's pixels
    pixels = middle.floor().long()[:, :, None] + offsets  # B P S 2
    inside = (offsets.abs().amax(1) <= reach) & ((pixels >= 0) & (pixels < size)).all(-1)
    inside &= (torch.arange(most, device=device) < points[:, None])[:, :, None]  # B P S
    nowhere = height * width  # a pixel behind the last, for what lies outside
    flat = (pixels[..., 0] * width + pixels[..., 1]).masked_fill(~inside, nowhere).flatten(1)

    canvas = torch.cat([ab.flatten(2), ab.new_zeros(count, 2, 1)], 2)  # B 2 HW+1
    colours = canvas.gather(2, flat[:, None].expand(-1, 2, -1)).unflatten(2, inside.shape[1:])
    share = inside / inside.sum(-1, keepdim=True).clamp(min=1)  # B P S
    colours = (colours * share[:, None]).sum(-1, keepdim=True)  # B 2 P 1, means of the squares
    colours = colours.expand(-1, -1, -1, len(offsets)).flatten(2)  # B 2 PS
    told = torch.cat([colours, torch.ones_like(colours[:, :1])], 1)  # B 3 PS

    planes = ab.new_zeros(count, 3, nowhere + 1)
    planes.scatter_(2, flat[:, None].expand(-1, 3, -1), told)
    return planes[..., :nowhere].unflatten(2, (height, width))
