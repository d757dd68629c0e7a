"""Scene: beam search as a tree, and who would win at which length penalty."""

from collections.abc import Iterator

import gradio as gr

from demos.captioning.beam.presets import PRESETS, WALK
from demos.captioning.beam.view import BeamTree, Growing, chosen
from demos.captioning.choices import DECODERS, REPEATS, WIDEST
from demos.captioning.photos import FIRST, CaptionPhoto, seen
from demos.captioning.view import RUNS
from demos.kit import Dropdown, Radio, Scene, SceneInfo, Slider, openings
from demos.kit.handlers import heard
from demos.kit.photo import photo_row
from demos.kit.run import Wanted, always, draw_button, stop_button
from models.captioning import shipped
from models.captioning.beam import beam as beam_search
from models.captioning.defaults import LENGTH_PENALTY, NO_REPEAT, WIDTH
from models.core.checks import between, whole

OPENING = "captioning/beam"
DECODER = "both"
HIGHEST = 2.0
PENALTIES = tuple(tenth / 10 for tenth in range(int(10 * HIGHEST) + 1))
"""Those that the slider has: the search goes on until no caption could win at any of them."""

INFO = SceneInfo(
    slug="beam",
    title="Beam",
    lead="Beam search lets the $K$ most probable beginnings grow side by side. A caption that ends "
    r"leaves the beam with the score $\log p \,/\, n^{\alpha}$ for its $n$ words: at $\alpha = 0$ "
    "short captions win, and the more the larger it is the longer ones do. Move the slider: the "
    "same tree, another winner.",
    presets=PRESETS,
    walk=WALK,
)


def beam(
    photo: str | None,
    decoder: str = DECODER,
    width: int = WIDTH,
    no_repeat: int = NO_REPEAT,
    begin: str = "",
    penalty: float = LENGTH_PENALTY,
    *,
    wanted: Wanted = always,
) -> Iterator[dict]:
    """Search for a caption and show the whole tree.

    Args:
        photo: the picture, of any shape.
        decoder: `lstm`, `transformer`, or `both`.
        width: how many captions grow side by side, 1 to 8.
        no_repeat: no so many words in a row are said twice; 0 allows it.
        begin: the first words of the sentence, all of them known ones.
        penalty: the length penalty, 0 to 2. The tree does not depend on it; the winner does.

    Returns:
        A value for each step as it comes, the last with `done`: `nodes`, each with `step`, `parent`
        (its place among the nodes, -1 for the beginning), `word` (empty for the end), `kind`
        (`growing`, `ended` or `struck`), `log_probability` and what the word `added` to it;
        `ended`, the captions that came to an end, each with its `node`, `caption`,
        `log_probability` and `length`; and `winner`, the one among them that wins at the penalty.
    """
    whole("The beam's width", width, 1, WIDEST)
    between("The length penalty", penalty, 0, HIGHEST)
    writer = shipped.captioner().network.writer(decoder)
    prefix = writer.vocabulary.known_numbers(begin) if begin and begin.strip() else []
    annotations = seen(photo).annotations
    tree = Growing(len(prefix))
    about = {"run": next(RUNS), "width": width, "begin": writer.vocabulary.sentence(prefix)}
    stopped = False
    for step in beam_search(writer, annotations, width, penalty, no_repeat, prefix, PENALTIES):
        tree.take(step)
        yield {**about, **tree.value(), "winner": chosen(tree.ended, penalty)}
        if not wanted():
            stopped = True
            break
    end = {"done": True, "stopped": stopped, "winner": chosen(tree.ended, penalty)}
    yield {**about, **tree.value(), **end}


def opening() -> dict:
    """What the page opens with, by the captioner that was published."""
    *_, last = beam(CaptionPhoto.examples[FIRST])
    return {**last, "run": 0}


def penalty_in(event: gr.EventData) -> float:
    """The penalty that was set in the view."""
    penalty = getattr(event, "penalty", None)
    between("The length penalty", penalty, 0, HIGHEST)
    return penalty


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage(wide=True):
        view = BeamTree(None, label="The search's tree", options={"highest": HIGHEST})
    with scene.desk():
        with gr.Row(elem_classes=["gb-bar-of-controls"]):
            decoder = Radio(DECODERS, value=DECODER, label="Decoder", elem_classes=["gb-pills"])
            width = Slider(1, WIDEST, WIDTH, step=1, label="Width: captions side by side")
            penalty = Slider(0, HIGHEST, LENGTH_PENALTY, step=0.1, label="Length penalty α")
            repeat = Dropdown(REPEATS, value=NO_REPEAT, label="Repeats", filterable=False)
            begin = gr.Textbox("", label="The sentence begins", max_lines=1)
            controls = [
                scene.control("decoder", decoder),
                scene.control("width", width),
                scene.control("repeat", repeat),
                scene.control("begin", begin),
                scene.control("penalty", penalty),
            ]
            with gr.Row(elem_classes=["gb-tight"]):
                draw, halt = draw_button("Search"), stop_button()
        photo = photo_row(scene, "beam_sketch", CaptionPhoto, FIRST)
    heard(view.select, penalty_in, None, penalty)
    scene.run(
        beam,
        draw,
        halt,
        [photo, *controls],
        [view],
        api_name="beam",
        first=lambda: openings.read(OPENING),
        also=[begin.submit],
    )
