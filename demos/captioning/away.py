"""Scene: look away. A part of the photo is painted over, or each place in turn: which words go?"""

from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr
import torch

from demos.captioning.chosen import follow_words
from demos.captioning.photos import FIRST, LONGEST_SIDE, CaptionPhoto, seen
from demos.captioning.view import RUNS
from demos.kit import Preset, Radio, Scene, SceneInfo, Slider, Step, View, openings
from demos.kit.photo import open_photo, photo_row
from demos.kit.run import Wanted, always, draw_button, stop_button
from models.captioning import shipped
from models.captioning.beam import best
from models.captioning.caption import annotate, read
from models.captioning.network import WRITERS, Writer
from models.captioning.occlude import MASK_SIDE, hidden, mask_of, occlusion
from models.captioning.vocabulary import END
from models.core import images
from models.core.checks import one_of, whole

OPENING = "captioning/away"
DECODERS = [("LSTM", "lstm"), ("Transformer", "transformer"), ("Both", "both")]
SQUARES = [("1 place", 1), ("3 × 3", 3), ("5 × 5", 5)]
DECODER, WORD, CELLS = "both", 2, 3
NOTHING = [0] * MASK_SIDE


def rectangle(top: int, left: int, bottom: int, right: int) -> list[int]:
    """A mask with one rectangle painted: its rows and columns from 0, the ends not among them."""
    row = sum(1 << (MASK_SIDE - 1 - x) for x in range(left, right))
    return [row if top <= y < bottom else 0 for y in range(MASK_SIDE)]


COVERED = rectangle(2, 8, 9, 16)  # the face and the camera of the first photo

INFO = SceneInfo(
    slug="away",
    title="Look away",
    lead="Paint over a part of the photo, and it is captioned again: words that change hung on "
    "what is hidden. Or let every place be hidden in turn, and see how much **one word** of the "
    r"first sentence loses there: $\log p(w \mid \text{photo}) - \log p(w \mid \text{photo with a "
    r"place hidden})$.",
    presets=(
        Preset("covered", "Painted over"),
        Preset("whole", "Nothing hidden", {"mask": NOTHING}),
        Preset("middle", "No middle", {"mask": rectangle(5, 5, 15, 15)}),
        Preset("everything", "Nothing to see", {"mask": rectangle(0, 0, MASK_SIDE, MASK_SIDE)}),
        Preset("other", "The last noun", {"word": 11}),
    ),
    walk=(
        Step("A part of the photo is grey now. Marked words are those that changed.", "covered"),
        Step("Everything hidden: this is what it says of nothing at all.", "everything"),
        Step(
            "Every place is hidden in turn. Orange: without it the word is less probable. Blue: "
            "more probable, for what was there spoke against it.",
            "whole",
        ),
        Step("Another word of the same sentence hangs on other places.", "other"),
    ),
)


class Mask(View):
    """A photo to paint over, 20 x 20 cells.

    Its value: for each row, from the top, a whole number whose 20 bits say what is hidden, the
    left cell's the highest.
    """

    script = "captioning/away-mask"
    schema = {  # noqa: RUF012
        "type": "array",
        "items": {"type": "integer", "description": "a row's bits, the left cell's the highest"},
    }
    example = COVERED

    def check(self, value: Any) -> list[int]:
        """A mask out of a link.

        Raises:
            InputError: it is none.
        """
        mask_of(value)
        return value


class Sentences(View):
    """What is said of the photo, and of what is left of it.

    Choosing a word of the first sentence raises `select` with `word`, from 1.
    """

    script = "captioning/away"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "src": {"type": "string", "description": "data URI of the photo"},
            "before": {"type": "array", "items": {"type": "object"}},
            "after": {"type": "array", "items": {"type": "object"}},
        },
    }


class Importance(View):
    """How much each place matters to one word, as it is being tried out."""

    script = "captioning/away-map"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "drop": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
            "done": {"type": "integer"},
        },
    }


def away(photo: str | None, decoder: str = DECODER, mask: list | None = None) -> dict:
    """Caption a photo, and once more with a part of it painted over.

    Args:
        photo: the picture; it is squeezed to the square that the networks see.
        decoder: `lstm`, `transformer`, or `both`; captions are found by a beam of 3.
        mask: 20 whole numbers, for each row from the top its 20 cells as bits, the left one the
            highest; 1 is hidden. None hides nothing.

    Returns:
        `before` and `after`: words with `word` (empty at the end) and `probability`; `hidden`, the
        share of the photo that is painted over, 0 to 1; `src`, the photo.
    """
    one_of("Decoder", decoder, WRITERS)
    painted = mask_of(NOTHING if mask is None else mask)
    network = shipped.captioner().network
    writer = network.writer(decoder)
    picture = seen(photo)
    left = picture.annotations
    if painted.any():
        image = images.to_tensor(open_photo(photo, LONGEST_SIDE))
        left = annotate(network, hidden(network, image, painted))
    return {
        "src": picture.src,
        "before": _words(writer, picture.annotations),
        "after": _words(writer, left),
        "hidden": painted.float().mean().item(),
    }


def _words(writer: Writer, annotations: torch.Tensor) -> list[dict[str, Any]]:
    return [
        {"word": "" if word.number == END else word.word, "probability": word.probability}
        for word in read(writer, annotations, best(writer, annotations))
    ]


def matters(
    photo: str | None,
    decoder: str = DECODER,
    word: int = WORD,
    cells: int = CELLS,
    *,
    wanted: Wanted = always,
) -> Iterator[dict]:
    """Hide each of 10 x 10 places in turn, and see how much one word of the caption loses.

    Args:
        photo: the picture.
        decoder: `lstm`, `transformer`, or `both`, whose caption of the whole photo it is.
        word: which word of that caption, from 1; beyond it, its end.
        cells: the side of the square that is hidden around a place: 1, 3 or 5 places.

    Returns:
        A value after each few places: `drop`, 10 x 10 numbers, by how many nats the word's
        log-probability falls, null where not tried yet; `done` of `total` places; `word` (empty for
        the end), `step` (from 0), and its `log_probability` before the whole photo.
    """
    one_of("Decoder", decoder, WRITERS)
    network = shipped.captioner().network
    whole("The word", word, 1, network.config.longest)
    writer = network.writer(decoder)
    picture = seen(photo)
    numbers = list(best(writer, picture.annotations))
    step = min(word, len(numbers)) - 1
    image = images.to_tensor(open_photo(photo, LONGEST_SIDE))
    about = {
        "run": next(RUNS),
        "src": picture.src,
        "word": "" if numbers[step] == END else network.config.words[numbers[step]],
        "step": step,
        "cells": cells,
        "total": network.config.grid**2,
    }
    for found in occlusion(network, writer, image, numbers, step, cells):
        done = found.done == about["total"]
        yield {
            **about,
            "drop": _rows(found.drop.tolist()),
            "done": found.done,
            "log_probability": found.log_probability,
            "finished": done,
        }
        if not wanted():
            return


def _rows(rows: Sequence[Sequence[float]]) -> list[list[float | None]]:
    """Numbers for the page, null for those that are none."""
    return [[None if one != one else round(one, 4) for one in row] for row in rows]


def opening() -> dict[str, Any]:
    """What the page opens with, by the captioner that was published."""
    photo = CaptionPhoto.examples[FIRST]
    *_, last = matters(photo)
    return {"away": away(photo, mask=COVERED), "matters": {**last, "run": 0}}


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage(wide=True):
        sentences = Sentences(None, label="What is said of it")
        with gr.Row(elem_classes=["gb-away-pair"]):
            mask = Mask(COVERED, label="Paint over the photo")
            importance = Importance(None, label="How much each place matters")
        scene.control("mask", mask)
    with scene.desk():
        with gr.Row(elem_classes=["gb-bar-of-controls"]):
            pills = {"elem_classes": ["gb-pills"]}
            decoder = scene.control(
                "decoder", Radio(DECODERS, value=DECODER, label="Decoder", **pills)
            )
            word = scene.control("word", Slider(1, 22, WORD, step=1, label="The word it is about"))
            cells = scene.control(
                "cells", Radio(SQUARES, value=CELLS, label="Hidden at a time", **pills)
            )
            with gr.Row(elem_classes=["gb-tight"]):
                draw, halt = draw_button("Try every place"), stop_button()
        photo = photo_row(scene, "away_sketch", CaptionPhoto, FIRST)
    follow_words(sentences, word)
    first = lambda name: lambda: openings.read(OPENING)[name]  # noqa: E731
    scene.wire(away, [photo, decoder, mask], [sentences], api_name="away", first=first("away"))
    scene.run(
        matters,
        draw,
        halt,
        [photo, decoder, word, cells],
        [importance],
        api_name="matters",
        first=first("matters"),
    )
