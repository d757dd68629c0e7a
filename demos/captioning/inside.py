"""Scene: an LSTM from inside, word by word; and what it forgets when its state is set to zero."""

import base64
from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr
import torch

from demos.captioning.chosen import follow_words
from demos.captioning.photos import FIRST, CaptionPhoto, seen
from demos.kit import Preset, Radio, Scene, SceneInfo, Slider, Step, View, openings
from demos.kit.photo import photo_row
from models.captioning import shipped
from models.captioning.gates import Tick, ticks
from models.captioning.vocabulary import SPECIAL
from models.core.checks import one_of, whole

OPENING = "captioning/inside"
PARTS = [("h and c", "both"), ("only c", "cell"), ("only h", "hidden")]
WIPE, PART = 5, "both"
MOST_WORDS = 21

MEANS: dict[str, Callable[[Tick], float]] = {
    "forget": lambda tick: tick.forget.mean().item(),
    "input": lambda tick: tick.input.mean().item(),
    "candidate": lambda tick: tick.candidate.abs().mean().item(),
    "cell": lambda tick: tick.cell.norm().item(),
    "output": lambda tick: tick.output.mean().item(),
    "hidden": lambda tick: tick.hidden.norm().item(),
}
"""What one number of each row is: gates' means, the candidate's mean size, the state's norms."""

INFO = SceneInfo(
    slug="inside",
    title="LSTM inside",
    lead="Before each word the LSTM reads the word before it, and what it looks at, and changes "
    r"its state: $c_t = f_t \odot c_{t-1} + i_t \odot g_t$, $h_t = o_t \odot \tanh c_t$. All that "
    "it knows of its own sentence is in $h$ and $c$. **Set them to zero** before some word, and "
    "read on: the photo is still there, the sentence is not.",
    presets=(
        Preset("wiped", "Forgotten in the middle"),
        Preset("slides-27", "Gates, word by word", {"wipe": 0}, slide="27"),
        Preset("early", "After the first word", {"wipe": 1}),
        Preset("cell", "Only the cell", {"part": "cell"}),
        Preset("hidden", "Only the hidden state", {"part": "hidden"}),
    ),
    walk=(
        Step(
            "Each column is a word; each row an equation. Step through with the keys.", "slides-27"
        ),
        Step(
            "The forget gate: its mean says how much of the cell is kept, the input gate's how "
            "much is written.",
            "slides-27",
        ),
        Step(
            "The state becomes zero before it reads the fifth word. What it had begun to say is "
            "lost: it goes on as if that word stood alone.",
            "wiped",
        ),
        Step(
            "Only the cell is zeroed: “and white dog” comes here too. The hidden state alone does "
            "not carry the sentence on.",
            "cell",
        ),
        Step(
            "Only the hidden state is zeroed: it stumbles over “black”, comes to “jacket”, and "
            "ends as the whole sentence does. The sentence is kept in the cell, and each new "
            "hidden state is read from it.",
            "hidden",
        ),
    ),
)


class Gates(View):
    """Two sentences, one whole and one whose state was wiped, and six strips of either.

    Choosing a word raises `select` with `word`: its number, from 1.
    """

    script = "captioning/inside"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "runs": {"type": "array", "items": {"type": "object"}},
            "wipe": {"type": "integer"},
        },
    }


def inside(photo: str | None, wipe: int = WIPE, part: str = PART) -> dict:
    """Write a caption by the LSTM, greedily, and look at its gates and its state at each word.

    Args:
        photo: the picture; it is squeezed to the square that the network sees.
        wipe: before which word is read the state becomes zero, from 1; 0: never.
        part: `both`, or `cell` or `hidden` alone.

    Returns:
        `runs`: the caption, and the one with the state set to zero, where it was. Each has `steps`
        with the word `read` (empty at the start), the word said then, `word` (empty at the end),
        and its `probability`; `means` of the gates `input`, `forget` and `output` in [0, 1], of the
        `candidate`'s absolute values, and the norms of `cell` and `hidden`, one number a step; and
        `units`: the same of every unit, bytes in base64, 256 a step, 0 to 255 standing for 0 to 1
        (gates) or -1 to 1 (`candidate`, `hidden`, and `cell` by its tanh). `wiped`: the step, from
        0, or null.
    """
    whole("The word before which the state becomes zero", wipe, 0, MOST_WORDS)
    one_of("The part of the state", part, [name for _, name in PARTS])
    decoder = shipped.captioner().network.writer("lstm")
    picture = seen(photo)
    runs = [list(ticks(decoder, picture.annotations))]
    said = len(runs[0])  # the end included, which nobody reads
    if 0 < wipe < said:
        runs.append(list(ticks(decoder, picture.annotations, wipe, part)))
    return {
        "runs": [_run(run) for run in runs],
        "wipe": wipe,
        "part": part,
        "units": decoder.config.hidden,
        "src": picture.src,
    }


def _run(steps: Sequence[Tick]) -> dict[str, Any]:
    """One caption with what happened inside."""
    wiped = [tick.step for tick in steps if tick.wiped]
    signed = {"candidate", "cell", "hidden"}
    units = {}
    for name in MEANS:
        values = torch.stack([getattr(tick, name) for tick in steps])  # T H
        values = values.tanh() if name == "cell" else values
        values = (values + 1) / 2 if name in signed else values
        shades = (values * 255).round().clamp(0, 255).to(torch.uint8)
        units[name] = base64.b64encode(shades.numpy().tobytes()).decode()
    return {
        "steps": [
            {
                "read": "" if tick.read in SPECIAL else tick.read,
                "word": "" if tick.word in SPECIAL else tick.word,
                "probability": tick.probability,
            }
            for tick in steps
        ],
        "means": {name: [round(of(tick), 4) for tick in steps] for name, of in MEANS.items()},
        "units": units,
        "wiped": wiped[0] if wiped else None,
    }


def opening() -> dict[str, Any]:
    """What the page opens with, by the captioner that was published."""
    return inside(CaptionPhoto.examples[FIRST])


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage(wide=True):
        view = Gates(None, label="The LSTM word by word")
    with scene.desk():
        with gr.Row(elem_classes=["gb-bar-of-controls"]):
            wipe = scene.control(
                "wipe",
                Slider(
                    0,
                    MOST_WORDS,
                    WIPE,
                    step=1,
                    label="State becomes zero before this word (0: never)",
                ),
            )
            part = scene.control(
                "part",
                Radio(PARTS, value=PART, label="What becomes zero", elem_classes=["gb-pills"]),
            )
        photo = photo_row(scene, "inside_sketch", CaptionPhoto, FIRST)
    follow_words(view, wipe)
    scene.wire(
        inside,
        [photo, wipe, part],
        [view],
        api_name="inside",
        first=lambda: openings.read(OPENING),
    )
