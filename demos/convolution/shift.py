"""Scene: a shape moves across the picture; its feature maps move along, and the answer stays."""

import gradio as gr

from demos.kit import Preset, Radio, Scene, SceneInfo, Slider, Step, View
from models.convolution import slides
from models.convolution.journey import MOST, POOLINGS, START, WINDOWS, Stop, journey
from models.convolution.translation import SHAPES, SIZE, filters

DX, DY = slides.TRANSLATION_SHIFT
DECIMALS = 4  # of a map's numbers: what a colour can show

INFO = SceneInfo(
    slug="shift",
    title="Shift",
    lead="A convolution does the same everywhere: move the shape, and its feature maps move along, "
    "$f(\\text{shift}(x)) = \\text{shift}(f(x))$. Global pooling keeps the largest number of each "
    "map and forgets where it was: the answer stays. Play, or step with the arrow keys.",
    presets=(
        Preset("slides-9", "The answer stays", slide="9"),
        Preset("across", "All the way", {"shape": "tee", "dx": MOST, "dy": MOST}, slide="9"),
        Preset("no-pooling", "Without pooling", {"shape": "corner", "pooling": "none"}, slide="9"),
        Preset("some-pooling", "A little pooling", {"shape": "corner", "pooling": "2x2"}),
        Preset("more-pooling", "More pooling", {"shape": "corner", "pooling": "4x4"}),
    ),
    walk=(
        Step(
            "Five filters, one for each shape. A map is largest where its filter fits.", "slides-9"
        ),
        Step(
            "Without pooling, the classifier has a weight for every place, and has learned the "
            "shapes at the start. One step away, it is wrong.",
            "no-pooling",
        ),
        Step("The largest of each 2×2 window: one pixel no longer matters.", "some-pooling"),
        Step("Windows of 4×4 forgive more.", "more-pooling"),
        Step("One number a map: wherever the shape lies, the answer is the same.", "across"),
    ),
)


class Journey(View):
    """A shape under way: picture, feature maps, pooled maps, scores and answer, stop by stop."""

    script = "convolution/shift"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "shapes": {"type": "array", "items": {"type": "string"}},
            "stops": {"type": "array", "items": {"type": "object"}},
        },
    }


def shift(shape: str = "plus", dx: int = DX, dy: int = DY, pooling: str = "global") -> dict:
    """Move a shape across a 16 x 16 picture and look at it with a small network at every stop.

    Args:
        shape: `plus`, `cross`, `corner`, `tee` or `diamond`, 5 x 5 pixels.
        dx: pixels to the right, 0 to 9.
        dy: pixels down, 0 to 9; one of the two is at least 1.
        pooling: max pooling over everything, `global`, after which a shape's score is its map's
            largest number; in windows of `8x8`, `4x4` or `2x2`; or `none`. After these the score
            is the match with what was learned where the journey starts (a cosine, 0 to 1).

    Returns:
        `shapes`, their `filters`, and `stops`: each with `image`, `maps` (one per shape, rounded to
        4 decimals), `peaks` (row and column of each map's largest number), `pooled`, `scores`,
        `answer` (empty where every score is 0), and `difference`: the largest one between the maps
        and the first maps moved by (dx, dy).
    """
    stops = list(journey(shape, dx, dy, pooling))
    return {
        "shape": shape,
        "pooling": pooling,
        "window": WINDOWS.get(pooling),
        "shapes": list(SHAPES),
        "size": SIZE,
        "start": START,
        "filters": _rounded(filters()[:, 0]),
        "limit": max(float(stop.maps.max()) for stop in stops),
        "best": max(float(stop.scores.max()) for stop in stops),
        "right": sum(stop.answer == shape for stop in stops),
        "stops": [_stop(stop) for stop in stops],
    }


def _stop(stop: Stop) -> dict:
    """One stop as the page and the API hold it."""
    width = stop.maps.shape[-1]
    peaks = [[int(at) // width, int(at) % width] for at in stop.maps[0].flatten(1).argmax(1)]
    return {
        "dx": stop.dx,
        "dy": stop.dy,
        "image": stop.image[0, 0].int().tolist(),
        "maps": _rounded(stop.maps[0]),
        "peaks": peaks,
        "pooled": _rounded(stop.pooled[0]),
        "scores": stop.scores.tolist(),
        "answer": stop.answer,
        "difference": stop.difference,
    }


def _rounded(maps) -> list:
    return [[[round(value, DECIMALS) for value in row] for row in rows] for rows in maps.tolist()]


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage(wide=True):
        view = Journey(None, label="A shape moves across the picture")
    with scene.desk(), gr.Row(elem_classes=["gb-bar-of-controls"]):
        shape = scene.control(
            "shape", Radio(SHAPES, value="plus", label="Shape", elem_classes=["gb-pills"])
        )
        pooling = scene.control(
            "pooling",
            Radio(POOLINGS, value="global", label="Max pooling", elem_classes=["gb-pills"]),
        )
        dx = scene.control("dx", Slider(0, MOST, DX, step=1, label="Pixels to the right"))
        dy = scene.control("dy", Slider(0, MOST, DY, step=1, label="Pixels down"))
    scene.wire(shift, [shape, dx, dy, pooling], [view], api_name="shift")
