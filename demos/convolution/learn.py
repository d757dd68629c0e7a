"""Scene: a kernel is learned in front of the audience, by gradient descent."""

import math
from collections.abc import Iterator
from itertools import count
from time import monotonic

import gradio as gr
from PIL import Image, ImageOps

from demos.convolution.kernel_grid import rows
from demos.kit import (
    Dropdown,
    Number,
    Preset,
    Radio,
    Scene,
    SceneInfo,
    Slider,
    Step,
    View,
    openings,
)
from demos.kit.photo import EXAMPLES, open_photo, photo_row
from demos.kit.run import Wanted, always, draw_button, stop_button
from models.convolution import learn as learning
from models.convolution.display import DIVERGING
from models.convolution.grids import show, times
from models.convolution.learn import LearningStep, Lesson, Picture, Settings
from models.convolution.presets import PRESETS, preset
from models.core import images
from models.core.checks import one_of

OPENING = "convolution/learn"
TARGET, SOURCE = "Sobel x", "photo"
SOURCES = ("photo", "noise")
DIGITS = 5  # decimals of a weight that is sent
NEAR = 0.01
PAUSE = 0.1  # seconds from one value on its way to the next
RUNS = count(1)

INFO = SceneInfo(
    slug="learn",
    title="Learn a kernel",
    lead="Kernels are not chosen, they are learned. This one begins with random weights and sees "
    "a picture and what an unknown kernel made of it. Every step takes each weight a little down "
    r"the slope of the loss, the mean squared difference: $w \leftarrow w - \eta\,\partial L / "
    r"\partial w$. The unknown weights stand small below the learned ones.",
    presets=(
        Preset("photo", "Sobel, from a photo"),
        Preset("noise", "From noise", {"source": "noise", "rate": 0.5, "momentum": 0, "steps": 40}),
        Preset("diverges", "Too high a rate", {"rate": 0.3}),
        Preset("no-momentum", "Without momentum", {"momentum": 0}),
        Preset("five", "5 × 5: a Gaussian", {"target": "Gaussian 5×5", "size": 5, "rate": 0.05}),
        Preset(
            "seven",
            "7 × 7: a blur on the move",
            {"target": "Motion blur", "size": 7, "rate": 0.03, "steps": 400},
        ),
        Preset("too-small", "Too small to fit", {"target": "Gaussian 5×5", "size": 3}),
        Preset("too-large", "Larger than it need be", {"size": 5, "rate": 0.05, "steps": 400}),
    ),
    walk=(
        Step(
            "The kernel began with random weights; 200 steps later nothing is seen of the "
            "difference. Play it from the start: prediction and weights move together.",
            "photo",
        ),
        Step(
            "In noise no pixel tells anything of its neighbours, so every weight learns by itself: "
            "a few steps are enough, and no momentum.",
            "noise",
        ),
        Step(
            "Too large a step lands higher on the other side of the valley than it began: the "
            "loss grows at every turn.",
            "diverges",
        ),
        Step(
            "Without momentum: a photo's neighbours are alike, and what tells the weights apart "
            "is learned last.",
            "no-momentum",
        ),
        Step("Nine weights for a kernel of twenty-five: as near as they come.", "too-small"),
    ),
)


class Learning(View):
    """A kernel while it is learned: input, weights, prediction, difference and loss, with a player.

    The browser makes each step's prediction of the step's weights and the input's pixels.
    """

    script = "convolution/learn"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "frames": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
            "first": {"type": "integer"},
            "input": {"type": "string", "description": "data URI of the grey picture, lossless"},
            "said": {"type": "string"},
        },
    }


def learn(
    photo: str | None = None,
    target: str = TARGET,
    size: int = 3,
    rate: float = 0.1,
    source: str = SOURCE,
    steps: int = 200,
    momentum: float = 0.9,
    seed: int = 0,
    *,
    wanted: Wanted = always,
) -> Iterator[dict]:
    """Let gradient descent find a kernel from a picture and what the kernel made of it.

    Args:
        photo: what is learned from: its middle square, in grey, at 96 x 96 pixels.
        target: the unknown kernel, one of the tab's by its name, such as `Sobel x`.
        size: of the kernel that learns: 3, 5 or 7.
        rate: the learning rate, above 0 to 10.
        source: `photo`, or `noise` for pixels drawn evenly.
        steps: 1 to 1000.
        momentum: 0 to 0.99, as in `torch.optim.SGD`.
        seed: of the random weights to begin with, and of the noise.

    Returns:
        `frames`, of each step from 0 on: its loss, the largest difference of a weight to the
        unknown kernel's, and the weights, row by row; `first`, the number of the first of them;
        `unknown`, that kernel's weights; `largest_rate`, above which the loss grows without end;
        and in the last value `done`, `stopped` (by you), `hopeless` (the loss grew out of all
        measure) and `said`, how it ended. The kernels meet (pixels - `mean`) / `deviation` of
        `input`.
    """
    one_of("Input", source, SOURCES)
    settings = Settings(size, rate, momentum, steps, seed)
    unknown = preset(target)
    picture = learning.of_noise(seed) if source == "noise" else _of_photo(photo)
    lesson = learning.lesson(picture, unknown, size)
    about = _about(picture, lesson, settings, target) | {"run": next(RUNS)}
    frames, sent, due = [], 0, monotonic()
    step = None
    for step in learning.learn(lesson, settings, wanted):
        frames.append(_frame(lesson, step))
        if monotonic() >= due:
            yield {**about, "first": sent, "frames": frames[sent:], "done": False}
            sent, due = len(frames), monotonic() + PAUSE
    yield {**about, "first": 0, "frames": frames, **_end(lesson, settings, step)}


def _of_photo(photo: str | None) -> Picture:
    opened = ImageOps.fit(
        open_photo(photo, 4 * learning.SIDE),
        (learning.SIDE, learning.SIDE),
        Image.Resampling.LANCZOS,
    )
    return learning.of_photo(images.to_tensor(opened))


def _about(picture: Picture, lesson: Lesson, settings: Settings, target: str) -> dict:
    """What stays the same all along a run."""
    return {
        "input": images.to_data_uri(picture.pixels / 255, lossless=True),
        "mean": picture.mean,
        "deviation": picture.deviation,
        "size": settings.size,
        "unknown": rows(lesson.unknown.tolist()),
        "target": target,
        "total": settings.steps,
        "rate": settings.rate,
        "momentum": settings.momentum,
        "largest_rate": learning.largest_rate(lesson, settings.momentum),
    }


def _frame(lesson: Lesson, step: LearningStep) -> list[float]:
    """Loss, distance, weights: in numbers that JSON knows."""
    weights = [round(weight, DIGITS) for weight in step.weights.flatten().tolist()]
    return [_short(step.loss), _short(learning.distance(lesson, step.weights)), *weights]


def _short(number: float) -> float:
    return float(f"{number:.5g}")


def _end(lesson: Lesson, settings: Settings, last: LearningStep | None) -> dict:
    """How a run ended, in a sentence that is made of what came out."""
    if last is None:
        said = "Stopped before its first step."
        return {"done": True, "stopped": True, "hopeless": False, "said": said}
    stopped = last.step < settings.steps and not last.hopeless
    most = learning.largest_rate(lesson, settings.momentum)
    if last.hopeless:
        said = (
            f"Stopped after step {last.step}: the loss had grown to {last.loss:,.0f}. With this "
            f"input, size and momentum it grows without end at a rate above {show(most, 3)}."
        )
    elif stopped:
        said = f"Stopped after {last.step} of {settings.steps} steps."
    else:
        far = learning.distance(lesson, last.weights)
        said = f"After {last.step} steps {_how_far(far)}."
        size = lesson.unknown.shape[0]
        if settings.size < size:
            ours = times(settings.size, settings.size)
            said += f" The unknown kernel is {times(size, size)}, this one {ours}."
    return {"done": True, "stopped": stopped, "hopeless": last.hopeless, "said": said}


def _how_far(far: float) -> str:
    """How far the furthest weight is from the unknown kernel's, in words."""
    if far > NEAR:
        return f"the furthest weight is {show(far, 2)} from the unknown kernel’s"
    bound = 10.0 ** math.ceil(math.log10(max(far, 1e-6)))
    return f"every weight lies within {bound:f}".rstrip("0") + " of the unknown kernel’s"


def opening() -> dict:
    """What the page opens with: the whole run of the defaults."""
    *_, last = learn(EXAMPLES["astronaut"])
    return {**last, "run": 0}


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    names = list(PRESETS)
    with scene.stage(wide=True):
        view = Learning(None, label="A kernel is learned", options={"colours": list(DIVERGING)})
    with scene.desk():
        with gr.Row(elem_classes=["gb-bar-of-controls"]):
            target = scene.control(
                "target", Dropdown(names, value=TARGET, label="Unknown kernel", filterable=False)
            )
            size = scene.control(
                "size",
                Radio(learning.SIZES, value=3, label="Size", elem_classes=["gb-pills"]),
            )
            source = scene.control(
                "source", Radio(SOURCES, value=SOURCE, label="Input", elem_classes=["gb-pills"])
            )
            rate = scene.control("rate", Slider(0.005, 1, 0.1, step=0.005, label="Learning rate"))
            steps = scene.control(
                "steps", Slider(10, learning.MOST_STEPS, 200, step=10, label="Steps")
            )
            with gr.Row(elem_classes=["gb-tight"]):
                start, halt = draw_button("Learn"), stop_button()
        with gr.Accordion("More: photo, momentum, seed", open=False):
            with gr.Row():
                momentum = scene.control(
                    "momentum", Slider(0, 0.95, 0.9, step=0.05, label="Momentum")
                )
                seed = scene.control("seed", Number(0, label="Seed", precision=0))
            photo = photo_row(scene, "learn_sketch")
    scene.run(
        learn,
        start,
        halt,
        [photo, target, size, rate, source, steps, momentum, seed],
        [view],
        api_name="learn",
        first=lambda: openings.read(OPENING),
    )
