"""Scene: how the captioner was trained, what it said along the way, and the describers' habits."""

import gradio as gr

from demos.kit import Preset, Radio, Scene, SceneInfo, Step
from demos.kit.controls import Dropdown
from demos.kit.training import Plot, Shelf
from models.captioning import describers
from models.captioning.shipped import WEIGHTS
from models.core.errors import InputError

NATS = "nats a word"
SHOWN = [("Curves", "curves"), ("Captions", "captions"), ("Who described", "habits")]
WRITERS = {"lstm": "LSTM", "transformer": "Transformer", "both": "Both"}

SHELF = Shelf(
    WEIGHTS,
    {"captioner": "Captioner: one encoder, two decoders"},
    (
        Plot("LSTM: cross-entropy", ("lstm",), ("lstm",), NATS),
        Plot("Transformer: cross-entropy", ("transformer",), ("transformer",), NATS),
        Plot("LSTM: BLEU-4 of greedy captions", (), ("lstm_bleu4",), "%"),
        Plot("Transformer: BLEU-4 of greedy captions", (), ("transformer_bleu4",), "%"),
    ),
    rows=("LSTM", "Transformer"),
    writers=("LSTM", "Transformer"),
)

INFO = SceneInfo(
    slug="training",
    title="Training",
    lead="Both decoders first learn to guess the next word of people's captions; in the end they "
    "are **rewarded** for captions of their own that agree with what several people wrote "
    "(CIDEr-D). Step through the player: the same held-back photos, captioned again and again. "
    "What the describers took for granted, the networks learned with their words.",
    presets=(
        Preset("captioner", "The captioner"),
        Preset("captions", "What it said", {"show": "captions"}),
        Preset("habits", "Who described", {"show": "habits"}),
    ),
    walk=(
        Step(
            "Two curves, training and validation. The training curve ends where words are no "
            "longer given and captions are rewarded instead.",
            "captioner",
        ),
        Step(
            "From there the cross-entropy on held-back captions need not fall any more: nobody "
            "asks for people's very words. BLEU-4 of its own captions is what is asked for.",
            "captioner",
        ),
        Step(
            "The same six photos each time: read one line from the first frame to the last. Above, "
            "where each decoder looked for its first words.",
            "captions",
        ),
        Step(
            "Compare the rows of “man” and “child”: of several words that might do, a network says "
            "the likeliest one, more often than people do.",
            "habits",
        ),
    ),
)


def habits() -> str:
    """Count words in people's captions and in the networks' captions of the same photos.

    Returns:
        A Markdown table: a row for each group of words that are counted as one, the share of
        captions in which one of them stands.
    """
    found = describers.read()
    people, *networks = found["shares"]
    titles = ["people", *(WRITERS.get(name, name) for name in networks)]
    lines = [
        f"**Who described, and how.** Share of captions of {found['pictures']:,} held-back photos "
        "that say one of these words:",
        "",
        f"| | {' | '.join(titles)} |",
        f"|---|{'---:|' * len(titles)}",
    ]
    for group, words in describers.WATCHED.items():
        row = [f"{found['shares'][name][group]:.0%}" for name in (people, *networks)]
        lines.append(f"| {', '.join(words)} | {' | '.join(row)} |")
    lines += [
        "",
        "The describers guessed age and sex from a photo, and often named colours of clothes. "
        "A network has their guesses alone to learn from; it says the likeliest one.",
    ]
    return "\n".join(lines)


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    try:
        text = habits()
    except InputError as error:
        text = str(error)

    def controls(model: Dropdown) -> None:
        # Which of the three it is, the style sheet reads from the control.
        show = Radio(SHOWN, value="curves", label="On the stage", elem_classes=["gb-pills"])
        scene.control("show", show)

    table = gr.Markdown(text, elem_classes=["gb-habits"], render=False)
    SHELF.lay_out(scene, api_name="captioning_training", aside=table, controls=controls)
    scene.offer(habits, api_name="habits")
