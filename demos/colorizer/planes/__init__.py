"""Scene: L, a and b of a photo, and every pixel's colour as a point of the ab plane."""

import gradio as gr

from demos.colorizer.planes.view import PlanesBrush, ThreePlanes, planes_value
from demos.colorizer.shown import SHELF
from demos.kit import Number, Preset, Radio, Scene, SceneInfo, Slider, Step
from demos.kit.photo import photo_row
from models.colorizer import planes as taken_apart
from models.colorizer.planes import MOST_SEED, MOST_TOLD
from models.colorizer.shipped import colorizer

SOURCES = [("The network's", "network"), ("The photo's own", "photo")]
COUNT = 8


def brush(on: str, left: float, top: float, right: float, bottom: float) -> dict:
    """A brush as the page holds it."""
    return {"on": on, "left": left, "top": top, "right": right, "bottom": bottom}


SUIT = brush("picture", 0.28, 0.57, 0.5, 0.9)
ORANGE = brush("plane", 30, 75, 85, 25)
SKY = brush("plane", -40, -5, 20, -60)

INFO = SceneInfo(
    slug="planes",
    title="Planes",
    lead="Lab takes a colour apart: $L$ says how light it is, $a$ how far from green to red, $b$ "
    "how far from blue to yellow. The network is given $L$ and says $a$ and $b$. **Drag over a "
    "picture** to see where its pixels lie in the plane, or over the plane to see whose they are.",
    presets=(
        Preset("told", "Told eight squares"),
        Preset("unaided", "L alone", {"count": 0}),
        Preset("true", "The true colours", {"source": "photo", "count": 0}),
        Preset("suit", "Whose colours? The suit's", {"source": "photo", "count": 0, "brush": SUIT}),
        Preset("orange", "Where is it orange?", {"source": "photo", "count": 0, "brush": ORANGE}),
        Preset(
            "evening",
            "An evening sky",
            {"source": "photo", "count": 0, "photo": "rocket", "brush": SKY},
        ),
        Preset("camera", "A file without colours", {"photo": "camera"}),
    ),
    walk=(
        Step("What there is in truth: most colours lie near grey, a few far out.", "true"),
        Step("The suit alone: one cloud, far out between red and yellow.", "suit"),
        Step("And the other way round: whatever is orange, and nothing else.", "orange"),
        Step(
            "The network is given L alone, and says what is likely: all a little warm.", "unaided"
        ),
        Step("Told eight small squares of true colours, it dares to go further out.", "told"),
    ),
)


def planes(photo: str | None, source: str = "network", count: int = 0, seed: int = 0) -> dict:
    """Take a photo apart into L, a and b, at the size that the network works at.

    Args:
        photo: the picture; its longest side is brought to at most 160 pixels.
        source: whose a and b: `network`, what it says of L; or `photo`, the true ones.
        count: how many squares of the true colours the network is told, 0 to 32.
        seed: of where these are.

    Returns:
        `width` and `height`; `L`, `a` and `b`, each a picture without loss as a data URI: in
        hundredths, R * 256 + G - 32768; `told`, of every pixel that the network was told its
        column, row, a and b; `outline`, a and b of the strongest colour of a screen in 180 hues;
        `beyond`, the share of pixels whose colour no screen can show; and `caption`.
    """
    shown = SHELF.take(photo)
    found = taken_apart.planes(colorizer(), shown.lightness, shown.ab, source, count, seed)
    return planes_value(found, source, None if shown.ab is None else count)


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage():
        view = ThreePlanes(None, label="L, a and b, and the plane of colours")
    with scene.desk():
        source = scene.control(
            "source",
            Radio(SOURCES, value="network", label="Whose a and b", elem_classes=["gb-pills"]),
        )
        count = scene.control(
            "count", Slider(0, MOST_TOLD, COUNT, step=1, label="True squares that it is told")
        )
        scene.control("brush", PlanesBrush(None, label="What is chosen"))
        with gr.Accordion("More: where the squares are", open=False):
            seed = scene.control(
                "seed", Number(0, label="Seed", precision=0, minimum=0, maximum=MOST_SEED)
            )
        picture = photo_row(scene, "planes_sketch")
    scene.wire(
        planes,
        [picture, source, count, seed],
        [view],
        api_name="planes",
        kept=True,
    )
