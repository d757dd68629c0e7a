"""What the scene of learned filters shows, as the page and the API hold it."""

from collections.abc import Sequence
from typing import Any

import torch

from demos.kit import View
from demos.kit.overlay import box, overlay
from models.backbone.classify import Guess, best, bias, class_activation
from models.backbone.network import Backbone
from models.backbone.receptive_field import Field, heeded, receptive_field
from models.backbone.see import FIRST, LAYERS, Seen, Shown, layer_number, place, strongest_first
from models.convolution.display import filters_shown
from models.convolution.grids import adds_up, hundredths
from models.core import images

FILTERS, CLASSES = "filters", "classes"
LOOKS = [
    ("Filters", FILTERS),
    ("First maps", FIRST),
    *((name.capitalize(), name) for name in LAYERS[1:]),
    ("Classes", CLASSES),
]
ACROSS = 16  # tiles in a row of the sheet that is sent
MOST_CELLS = 16_000  # of a gradient that is sent
Place = tuple[float, float] | None


class Units(View):
    """Units of one layer as tiles, the strongest first, or the best classes; raises `select`.

    The event names `unit`, from 1, or `rank`, from 1.
    """

    script = "convolution/learned"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "look": {"type": "string"},
            "sheet": {"type": "string", "description": "data URI: all tiles, lossless"},
            "units": {"type": "array", "items": {"type": "object"}},
            "classes": {"type": "array", "items": {"type": "object"}},
            "said": {"type": "string"},
        },
    }


def units_value(
    network: Backbone, look: str, shown: Shown, seen: Seen, guesses: int
) -> dict[str, Any]:
    """The value of `Units`."""
    value = {"look": look, "said": _shown(shown)}
    if look == CLASSES:
        found = best(network, seen.logits, guesses)
        return {**value, "classes": [_class(guess) for guess in found]}
    maps = seen.maps[_layer(look)]
    order = strongest_first(maps)
    if look == FILTERS:
        tiles = filters_shown(network.stem.weight.detach()[order])
    else:
        most = maps[order].amax((1, 2), keepdim=True)
        tiles = (maps[order] / most.clamp_min(1e-12))[:, None]
    peaks = maps.amax((1, 2))
    return {
        **value,
        "sheet": images.to_data_uri(images.tiled(tiles, ACROSS), lossless=True),
        "across": ACROSS,
        "wide": tiles.shape[-1],
        "high": tiles.shape[-2],
        "units": [
            {"unit": number + 1, "most": round(peaks[number].item(), 3)}
            for number in order.tolist()
        ],
    }


def _layer(look: str) -> int:
    return layer_number(FIRST if look == FILTERS else look)


def _class(guess: Guess) -> dict[str, Any]:
    return {"name": guess.name, "logit": guess.logit, "probability": guess.probability}


def _shown(shown: Shown) -> str:
    """What the network was shown, in a sentence."""
    height, width = shown.picture.shape[-2:]
    part = "the middle of the photo" if shown.cropped else "the photo"
    said = f"The network sees {part} at {width} × {height} pixels"
    stretch = round(100 * (shown.stretch - 1))
    if stretch:
        said += f", {abs(stretch)} % {'wider' if stretch > 0 else 'narrower'} than it is"
    return f"{said}."


def unit_value(
    network: Backbone,
    shown: Shown,
    seen: Seen,
    look: str,
    unit: int,
    over: str,
    where: Place,
) -> dict[str, Any]:
    """The photo with one unit's answers or gradient over it, and its receptive field."""
    layer = _layer(look)
    maps = seen.maps[layer]
    there = 1 <= unit <= len(maps)
    number = unit - 1 if there else strongest_first(maps)[0].item()
    row, column = place(maps, number) if where is None else _cell(maps, where)
    field = receptive_field(network, layer, row, column)
    height, width = shown.picture.shape[-2:]
    part = field.inside(height, width)
    marks = [box(part.left / width, part.top / height, part.width / width, part.height / height)]
    answer = maps[number, row, column].item()
    name = f"unit {number + 1} of the {look if look != FILTERS else FIRST}"
    name = name.replace("the stage", "stage")
    caption = _unit_said(name, answer, where is None, field, part, (height, width))
    if unit and not there:
        caption = f"There is no unit {unit} here: this is the one that answers most. {caption}"
    common = {"marks": marks, "caption": caption, "alt": f"The photo, and {name} over it"}
    if over == "answers":
        value = overlay(
            _grey(shown), _rounded(maps[number]), name="answer", paint="heat", digits=2,
            limits=(0.0, maps[number].max().item()), chosen=(row, column), **common,
        )  # fmt: skip
    else:
        grid = _fewer(heeded(network, shown.picture, layer, number, row, column))
        value = overlay(
            images.to_data_uri(shown.part), _rounded(grid / grid.max().clamp_min(1e-30)),
            name="gradient, of its largest", paint="alpha", limits=(0, 1), digits=2, **common,
        )  # fmt: skip
    return {**value, "unit": number + 1, "answer": answer}


def _cell(maps: torch.Tensor, where: tuple[float, float]) -> tuple[int, int]:
    """Row and column of a layer's map under a point of the picture."""
    height, width = maps.shape[1:]
    x, y = where
    return min(int(y * height), height - 1), min(int(x * width), width - 1)


def _grey(shown: Shown) -> str:
    """The photo as it lies under colours that mean numbers: in grey, a data URI."""
    return images.to_data_uri(images.luminance(shown.part))


def _rounded(grid: torch.Tensor) -> torch.Tensor:
    """To three decimals: what a colour can show, in a third of the text."""
    return grid.double().mul(1000).round().div(1000)


def _fewer(grid: torch.Tensor) -> torch.Tensor:
    """A grid of at most `MOST_CELLS`, each the mean of the pixels in it."""
    side = 1
    while grid.numel() / side**2 > MOST_CELLS:
        side += 1
    return torch.nn.functional.avg_pool2d(grid[None], side, ceil_mode=True)[0]


def _unit_said(
    name: str, answer: float, most: bool, field: Field, part: Field, picture: Sequence[int]
) -> str:
    """What is marked, the `part` of the receptive field in the picture, in words true of it."""
    where = ", where it answers most" if most else " at this place"
    sees = f"{field.width} × {field.height} pixels"
    larger = field.height > picture[0] and field.width > picture[1]
    said = f"{name[0].upper()}{name[1:]}{where}: {answer:.2f}. "
    said += f"It can see {sees}, {'more than' if larger else 'of'} the picture’s "
    said += f"{picture[1]} × {picture[0]}"
    here = f", here {part.width} × {part.height} of them"
    said += f"{here if larger and (part.height, part.width) != tuple(picture) else ''}."
    return said if answer > 0 else f"{said} Its answer is 0: no pixel matters to it here."


def class_value(
    network: Backbone, shown: Shown, seen: Seen, rank: int, guesses: int
) -> dict[str, Any]:
    """The photo with what each part of it gave to one of the best classes."""
    guess = best(network, seen.logits, guesses)[rank - 1]
    parts = class_activation(network, seen.maps[-1], guess.number)
    own = bias(network, guess.number)
    together = parts.sum().item()
    near = "" if adds_up((together, own), guess.logit) else "≈ "
    caption = (
        f"What each of {parts.numel()} parts gave to “{guess.name}”: together "
        f"{hundredths(together)}, with the class’s bias of {hundredths(own)} {near}its logit, "
        f"{hundredths(guess.logit)}."
    )
    return overlay(
        _grey(shown), parts, name="gave", paint="diverging", digits=2, numbers=True,
        caption=caption, alt=f"The photo, and what speaks for {guess.name}",
    )  # fmt: skip
