"""Scene: what the filters of a trained network have learned, on the person's own photo."""

import gradio as gr

from demos.convolution.learned.presets import PRESETS, WALK
from demos.convolution.learned.view import (
    CLASSES,
    FILTERS,
    LOOKS,
    Units,
    class_value,
    unit_value,
    units_value,
)
from demos.kit import Number, Overlay, Radio, Scene, SceneInfo, Slider, openings
from demos.kit.handlers import heard
from demos.kit.overlay import chosen_in
from demos.kit.photo import EXAMPLES, open_photo, photo_row
from models.backbone import shipped
from models.backbone.network import Backbone
from models.backbone.see import SIDES, Seen, Shown, see, show
from models.backbone.shipped import SIZE
from models.core import images
from models.core.checks import is_number, one_of, whole
from models.core.errors import InputError

OPENING = "convolution/learned"
EXAMPLE = "coffee"
LONGEST_SIDE = 640  # pixels: of the photo as it is shown
GUESSES = 5
OVER = ("answers", "gradient")
BEST = ""  # the place where a unit answers most
MOST_UNITS = 4096

INFO = SceneInfo(
    slug="learned",
    title="Learned",
    lead="Nobody drew these filters: a network found them while it learned to tell 202 kinds of "
    "things apart on 96,000 small photos. First it sees edges and colours, stage by stage more of "
    "the picture at once, and at last it names what is there. It knows no people, and knows "
    "nothing else than its 202 names. Choose a unit by a click, and a place on the photo.",
    presets=PRESETS,
    walk=WALK,
)


def learned(photo: str | None = None, look: str = FILTERS, side: int = SIZE) -> dict:
    """Show a trained network a photo, and look at one of its layers.

    Args:
        photo: the picture.
        look: `filters`, the first layer's; `first layer`, `stage 1`, `stage 2`, `stage 3` or
            `stage 4`, their maps; or `classes`, what it takes the photo for.
        side: pixels of the short side that the network is shown: 64, 80, 96, 128 or 160.

    Returns:
        `units` of that layer, which answers most first: `unit`, its number from 1, and `most`, its
        largest answer; `sheet`, all their filters or maps in one picture, `across` in a row, each
        `wide` x `high` pixels; or `classes`, the best five with `name`, `logit`, `probability`;
        and `said`, what the network was shown.
    """
    one_of("Look", look, (value for _, value in LOOKS))
    network = shipped.backbone().network
    shown, seen = _seen(network, photo, side)
    return units_value(network, look, shown, seen, GUESSES)


def learned_over(
    photo: str | None = None,
    look: str = FILTERS,
    unit: int = 0,
    over: str = "answers",
    place: str = BEST,
    rank: int = 1,
    side: int = SIZE,
) -> dict:
    """Look at one unit on the photo, or at what each part of the photo gave to a class.

    Args:
        photo: the picture.
        look: as `/learned` takes it.
        unit: its number from 1; 0 for the one of the layer that answers most.
        over: what lies over the photo: the unit's `answers`, or the `gradient`: how much its
            answer at the place changes with each pixel.
        place: x and y as shares of width and height, such as `0.5,0.25`; empty for where the unit
            answers most.
        rank: with `classes`: which of the best five, 1 to 5.
        side: as `/learned` takes it.

    Returns:
        `src`, the part of the photo that the network saw, in grey under colours; over it `grid`,
        numbers in rows; `marks`, the receptive field's border as shares of the picture; `caption`;
        and `unit`, which it is.
    """
    one_of("Look", look, (value for _, value in LOOKS))
    one_of("What lies over the photo", over, OVER)
    whole("The unit", unit, 0, MOST_UNITS)
    whole("The rank", rank, 1, GUESSES)
    where = _place(place)
    network = shipped.backbone().network
    shown, seen = _seen(network, photo, side)
    if look == CLASSES:
        return class_value(network, shown, seen, rank, GUESSES)
    return unit_value(network, shown, seen, look, unit, over, where)


def _seen(network: Backbone, photo: str | None, side: int) -> tuple[Shown, Seen]:
    shown = show(images.to_tensor(open_photo(photo, LONGEST_SIDE)), side)
    return shown, see(network, shown.picture)


def _place(text: str) -> tuple[float, float] | None:
    """x and y from the words of a link; None for where the unit answers most.

    Raises:
        InputError: they are no place of a picture.
    """
    if not isinstance(text, str):
        text = "?"
    if not text.strip():
        return None
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        x = y = float("nan")
    if not (is_number(x) and 0 <= x <= 1 and 0 <= y <= 1):
        raise InputError(
            f"The place {text[:40]!r} is none: write x and y from 0 to 1, such as 0.5,0.25, or "
            "nothing for where the unit answers most."
        )
    return x, y


def opening(network: Backbone) -> dict:
    """What the page opens with, by a network that was published."""
    shown, seen = _seen(network, EXAMPLES[EXAMPLE], SIZE)
    return {
        "units": units_value(network, FILTERS, shown, seen, GUESSES),
        "over": unit_value(network, shown, seen, FILTERS, 0, "answers", None),
    }


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage(wide=True), gr.Row(elem_classes=["gb-learned"]):
        with gr.Column(elem_classes=["gb-learned-photo"], min_width=200):
            over_photo = Overlay(None, label="The photo, and what lies over it")
        with gr.Column(elem_classes=["gb-learned-units"], min_width=200):
            units = Units(None, label="Units of a layer, or classes")
    with scene.desk():
        with gr.Row(elem_classes=["gb-bar-of-controls"]):
            look = scene.control(
                "look", Radio(LOOKS, value=FILTERS, label="Look at", elem_classes=["gb-pills"])
            )
            over = scene.control(
                "over",
                Radio(
                    [("its answers", "answers"), ("its gradient", "gradient")],
                    value="answers",
                    label="Over the photo",
                    elem_classes=["gb-pills"],
                ),
            )
            unit = scene.control("unit", Number(0, label="Unit (0: the strongest)", precision=0))
            rank = scene.control("rank", Slider(1, GUESSES, 1, step=1, label="Class of the five"))
        photo = photo_row(scene, "learned_sketch", example=EXAMPLE)
        with gr.Accordion("More: place, size", open=False):
            place = scene.control(
                "place",
                gr.Textbox(BEST, label="Place: x,y (empty: where it answers most)", max_length=40),
            )
            side = scene.control(
                "side",
                Radio(
                    SIDES,
                    value=SIZE,
                    label="Pixels of the short side that the network sees",
                    elem_classes=["gb-pills"],
                ),
            )
    first = lambda part: lambda: openings.read(OPENING)[part]  # noqa: E731
    scene.wire(learned, [photo, look, side], [units], api_name="learned", first=first("units"))
    scene.wire(
        learned_over,
        [photo, look, unit, over, place, rank, side],
        [over_photo],
        api_name="learned_over",
        first=first("over"),
    )
    _follow_clicks(units, over_photo, unit, place, rank)


def _follow_clicks(units: Units, over: Overlay, unit: Number, place: gr.Textbox, rank: Slider):
    """Let the controls follow clicks on a unit, a class, and a place of the photo."""

    def choose(event: gr.EventData):
        number, which = getattr(event, "unit", None), getattr(event, "rank", None)
        if which is not None:
            whole("The rank", which, 1, GUESSES)
            return gr.skip(), gr.skip(), which
        whole("The unit", number, 1, MOST_UNITS)
        return number, BEST, gr.skip()

    def go(event: gr.EventData) -> str:
        at = chosen_in(event)
        return f"{at.x:.3f},{at.y:.3f}"

    heard(units.select, choose, None, [unit, place, rank])
    heard(over.select, go, None, place)
